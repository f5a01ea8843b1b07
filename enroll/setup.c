/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enroll/codes.h"
#include "enroll/device.h"
#include "enroll/json.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* What holds for the whole command line; 0 or the exit status. */
static int
check_options(const struct options *options)
{
	const unsigned int given = options->given;

	if ((given & OPTION_HOTP) && (given & OPTION_PERIOD))
		return report_usage("--hotp has no --period");
	if (!(given & OPTION_JSON) != !(given & OPTION_NO_CONFIRM))
		return report_usage("--json and --no-confirm go together here");
	if ((given & OPTION_NO_CONFIRM) && getuid() != 0)
		return report(EXIT_NO,
		    "--no-confirm is for root: leave it "
		    "out, and type a first code");
	if (!(given & OPTION_JSON) && !tty_present())
		return report(EXIT_NO,
		    "this shows a secret, and shows it to a "
		    "terminal only: run it in one (scripts of root: --json "
		    "--no-confirm)");
	return 0;
}

/* Recovery codes come with the first device, and with those of "new". */
static int
check_output(const struct setup *setup)
{
	const char *path = setup->context->options.output;

	if (path == NULL || output_is_picture(path) ||
	    setup->mode == PENDING_NEW ||
	    (setup->mode == PENDING_ADD && setup->before.n_devices == 0))
		return 0;
	return report(EXIT_USAGE,
	    "this brings no recovery codes to write to "
	    "%s: for a picture of the QR code, the name ends in .svg; for new "
	    "codes: otp-enroll recovery --output FILE",
	    path);
}

int
setup_begin(const struct context *context, enum pending_mode mode,
    struct setup *setup)
{
	const struct options *options = &context->options;
	int r;

	*setup = (struct setup){
		.context = context,
		.mode = mode,
		.label = options->label,
		.terms = { options->kind, options->hash, options->digits,
		    options->period },
		.output = { .folder = -1, .file = -1 },
	};
	tty_keep(options->given & OPTION_KEEP);
	r = check_options(options);
	if (r == 0)
		r = context_status(context, &setup->before);
	return r == 0 ? check_output(setup) : r;
}

/* Have the secret made and stored, waiting for its first code. */
static int
make(struct setup *setup)
{
	const struct terms *terms = &setup->terms;
	struct request request = context_request(setup->context, VERB_ENROL);
	struct reply reply = { 0 };
	int r;

	request.label = setup->label;
	request.kind = terms->kind;
	request.hash = terms->hash;
	request.digits = terms->digits;
	request.period = terms->kind == DEVICE_TOTP ? terms->period : 0;
	request.mode = setup->mode;
	request.answer = setup->answer;
	r = authority_ask(setup->context->authority, &request, &reply);
	if (r < 0)
		r = report_error(r);
	else if (reply.verdict != VERDICT_ACCEPT)
		r = context_refusal(&setup->before, &reply);
	else {
		setup->secret = reply.otp.secret;
		r = offer_make(setup->context, terms, &reply.otp,
		    &setup->offer);
		r = r < 0 ? report_error(r) : 0;
	}
	explicit_bzero(&reply, sizeof(reply));
	return r;
}

static int
write_picture(struct setup *setup)
{
	int r = output_picture(&setup->output, &setup->offer.qr);

	return r < 0 ? report(EXIT_FAULT,
			   "%s cannot be written: %s: nothing was changed",
			   setup->output.path, strerror(-r))
		     : 0;
}

static int
show_device(struct setup *setup)
{
	char title[LOGIN_NAME_MAX + RECORD_LABEL + 64];
	char label[RECORD_LABEL + 1];
	int r;

	if (setup->mode == PENDING_ROTATE)
		snprintf(title, sizeof(title), "A new secret for \"%s\" of %s",
		    listing_label(setup->label, label),
		    setup->context->person.shown);
	else
		snprintf(title, sizeof(title), "Second factor for %s",
		    setup->context->person.shown);
	r = device_show(setup->context, &setup->offer, title, &setup->reply);
	if (r == -ENOENT)
		return report(EXIT_NO,
		    "this waits no longer: 15 minutes are over, ten first "
		    "codes were wrong, or it was begun anew elsewhere; it "
		    "changed nothing, so start again");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
say_done(const struct setup *setup)
{
	const char *user = setup->context->person.shown;
	const struct output *output = &setup->output;
	char label[RECORD_LABEL + 1];

	listing_label(setup->label, label);
	if (setup->mode == PENDING_ROTATE)
		tty_say("Done: \"%s\" of %s has a new secret. Codes of the old "
			"one are refused from now on: take its entry out of "
			"the app.",
		    label, user);
	else
		tty_say("Done: \"%s\" is set up for %s. From now on, logins "
			"here can ask for its code.",
		    label, user);
	if (output->picture)
		tty_say("%s holds the secret: remove it once it is scanned.",
		    output->path);
	else if (output->kept)
		codes_say_where(output);
	else if (output->path != NULL)
		tty_say("There were no new recovery codes, so %s was not "
			"written.",
		    output->path);
	return EXIT_DONE;
}

static int
with_person(struct setup *setup)
{
	int r;

	r = show_device(setup);
	if (r != 0) {
		output_drop(&setup->output);
		return r;
	}
	r = codes_hand_over(setup->context, &setup->reply, "the device",
	    &setup->output);
	return r != 0 ? r : say_done(setup);
}

/* The secret was printed, so it holds; the codes were not. */
static int
say_unprinted(const struct setup *setup)
{
	const struct output *output = &setup->output;

	if (setup->reply.n_codes == 0)
		return report(EXIT_FAULT,
		    "it is in force, but the end of the output could not be "
		    "written");
	if (output->kept && !output->picture)
		return report(EXIT_FAULT,
		    "it is in force, but the recovery codes could not be "
		    "printed: they are in %s",
		    output->path);
	return report(EXIT_FAULT,
	    "it is in force, but the recovery codes could not be printed: "
	    "make new ones with otp-enroll recovery --user %s",
	    setup->context->person.shown);
}

/*
 * The secret goes out before the device comes into force: whoever has an old
 * one keeps it where nobody reads the new.
 */
static int
with_json(struct setup *setup)
{
	const struct context *context = setup->context;
	const struct reply *reply = &setup->reply;
	struct json json = { .out = stdout };
	int r;

	json_open(&json, NULL, '{');
	json_text(&json, "uri", setup->offer.uri);
	json_text(&json, "secret", setup->offer.secret);
	if (json_flush(&json) < 0) {
		output_drop(&setup->output);
		return report(EXIT_FAULT,
		    "it could not be printed: nothing was changed");
	}
	r = device_confirm(context, NULL, &setup->secret, &setup->reply);
	r = report_reply(r, reply);
	if (r != 0) {
		output_drop(&setup->output);
		return r;
	}
	r = output_codes(&setup->output, context->person.shown, reply,
	    context_request(context, VERB_STATUS).now);
	json_open(&json, "recovery_codes", '[');
	for (size_t i = 0; i < reply->n_codes; i++)
		json_text(&json, NULL, reply->code[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	if (json_end(&json) < 0)
		return say_unprinted(setup);
	if (r < 0)
		return report(EXIT_FAULT,
		    "it is in force, but %s cannot be written: %s",
		    setup->output.path, strerror(-r));
	return EXIT_DONE;
}

int
setup_run(struct setup *setup)
{
	const struct options *options = &setup->context->options;
	int r;

	r = output_open(options->output, &setup->output);
	if (r == 0)
		r = make(setup);
	if (r == 0)
		r = write_picture(setup);
	if (r == 0)
		r = options->given & OPTION_JSON ? with_json(setup)
						 : with_person(setup);
	output_close(&setup->output);
	return r;
}

void
setup_end(struct setup *setup)
{
	explicit_bzero(setup, sizeof(*setup));
}
