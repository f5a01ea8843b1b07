/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "new" and "add": from a secret to a second factor.
 *
 * Whatever was in force stays so until the device has shown a code that is
 * right; every way out before that leaves it as it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enroll/codes.h"
#include "enroll/context.h"
#include "enroll/device.h"
#include "enroll/json.h"
#include "enroll/offer.h"
#include "enroll/report.h"
#include "enroll/tty.h"

struct enrolment {
	const struct context *context;
	bool add;
	const char *label;
	struct status before;
	FILE *svg; /* NULL: none was asked for */
	struct offer offer;
	struct reply reply; /* of CONFIRM */
};

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

static bool
has_device(const struct status *status, const char *label)
{
	for (size_t i = 0; i < status->n_devices; i++)
		if (strcmp(status->device[i].label, label) == 0)
			return true;
	return false;
}

static int
check_room(const struct enrolment *enrolment)
{
	const struct status *before = &enrolment->before;

	if (!enrolment->add)
		return 0;
	if (has_device(before, enrolment->label))
		return report(EXIT_NO,
		    "there is a device called \"%s\" "
		    "already: give this one another name with --label",
		    enrolment->label);
	if (before->n_devices == RECORD_DEVICES)
		return report(EXIT_NO,
		    "there are %d devices already, and no "
		    "room for more: take one away with otp-enroll remove",
		    RECORD_DEVICES);
	return 0;
}

static int
agree(const struct enrolment *enrolment)
{
	int r;

	printf("Setting up a second factor for %s.\n",
	    enrolment->context->person.name);
	if (enrolment->add || !enrolment->before.enrolled)
		return 0;
	puts("There is one already. The new one takes its place, recovery "
	     "codes included, once\nyou have typed a first code; until then "
	     "nothing changes. (For a second device\nbeside it: otp-enroll "
	     "add.)");
	r = tty_agree("Go on? [y/N] ");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

/* Never a file that is there already, and never by way of a link. */
static int
open_svg(struct enrolment *enrolment)
{
	const char *path = enrolment->context->options.output;
	int fd;

	if (path == NULL)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return report(EXIT_NO,
		    "%s: %s: choose another file with "
		    "--output",
		    path, strerror(errno));
	enrolment->svg = fdopen(fd, "w");
	if (enrolment->svg != NULL)
		return 0;
	close(fd);
	unlink(path);
	return report_error(-ENOMEM);
}

static int
write_svg(struct enrolment *enrolment)
{
	if (enrolment->svg == NULL)
		return 0;
	qr_svg(&enrolment->offer.qr, enrolment->svg);
	if (fflush(enrolment->svg) == 0 && !ferror(enrolment->svg))
		return 0;
	return report(EXIT_FAULT, "%s cannot be written: %s",
	    enrolment->context->options.output, strerror(errno));
}

/* A picture of a secret that came to nothing is of no use to anybody. */
static void
close_svg(struct enrolment *enrolment, bool keep)
{
	if (enrolment->svg == NULL)
		return;
	fclose(enrolment->svg);
	if (!keep)
		unlink(enrolment->context->options.output);
}

/* Have the secret made and stored, waiting for its first code. */
static int
begin(struct enrolment *enrolment, const char *answer)
{
	const struct options *options = &enrolment->context->options;
	struct request request =
	    context_request(enrolment->context, VERB_ENROL);
	struct reply reply = { 0 };
	int r;

	request.label = enrolment->label;
	request.kind = options->kind;
	request.hash = options->hash;
	request.digits = options->digits;
	request.period = options->kind == DEVICE_TOTP ? options->period : 0;
	request.mode = enrolment->add ? PENDING_ADD : PENDING_NEW;
	request.answer = answer;
	r = authority_ask(enrolment->context->authority, &request, &reply);
	if (r < 0)
		r = report_error(r);
	else if (reply.verdict != VERDICT_ACCEPT)
		r = report_refusal(&reply);
	else {
		r = offer_make(enrolment->context, &reply.otp,
		    &enrolment->offer);
		r = r < 0 ? report_error(r) : 0;
	}
	explicit_bzero(&reply, sizeof(reply));
	return r;
}

static int
show_device(struct enrolment *enrolment)
{
	int r;

	r = device_show(enrolment->context, &enrolment->offer,
	    &enrolment->reply);
	if (r == -ENOENT)
		return report(EXIT_NO,
		    "that took more than 15 minutes, and "
		    "nothing was changed: start again");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

/* In force they are already: a look is enough, and none is used up. */
static int
check_code(const void *arg, const char *typed,
    char message[static REPORT_VERDICT_SIZE])
{
	const struct reply *reply = arg;
	struct code asked, shown;
	int found = 0;

	code_read(typed, &asked);
	for (size_t i = 0; i < reply->n_codes; i++) {
		code_read(reply->code[i], &shown);
		if (strcmp(asked.text, shown.text) == 0)
			found = 1;
	}
	explicit_bzero(&asked, sizeof(asked));
	explicit_bzero(&shown, sizeof(shown));
	snprintf(message, REPORT_VERDICT_SIZE,
	    "That is none of these codes: look again.");
	return found;
}

static int
show_codes(const struct enrolment *enrolment)
{
	const struct options *options = &enrolment->context->options;
	const struct codes codes = {
		.user = enrolment->context->person.name,
		.reply = &enrolment->reply,
		.check = options->given & OPTION_NO_CHECK ? NULL : check_code,
		.arg = &enrolment->reply,
	};
	int r;

	if (enrolment->reply.n_codes == 0)
		return 0;
	r = codes_show(&codes);
	return r < 0
	    ? report_outcome(r,
		  "the device and the recovery codes "
		  "are in force; to get new codes: otp-enroll recovery")
	    : 0;
}

static int
with_person(struct enrolment *enrolment)
{
	const struct options *options = &enrolment->context->options;
	int r;

	r = show_device(enrolment);
	if (r != 0)
		return r;
	close_svg(enrolment, true);
	enrolment->svg = NULL;
	r = show_codes(enrolment);
	if (r != 0)
		return r;
	printf("Done: \"%s\" is set up for %s. From now on, logins here can "
	       "ask for its code.\n",
	    enrolment->label, enrolment->context->person.name);
	if (options->output != NULL)
		printf("%s holds the secret: remove it once it is scanned.\n",
		    options->output);
	return EXIT_DONE;
}

static int
with_json(struct enrolment *enrolment)
{
	const struct reply *reply = &enrolment->reply;
	struct json json = { .out = stdout };
	int r;

	r = device_confirm(enrolment->context, NULL, &enrolment->reply);
	if (r < 0)
		return report_error(r);
	if (reply->verdict != VERDICT_ACCEPT)
		return report_refusal(reply);
	close_svg(enrolment, true);
	enrolment->svg = NULL;
	json_open(&json, NULL, '{');
	json_text(&json, "uri", enrolment->offer.uri);
	json_text(&json, "secret", enrolment->offer.secret);
	json_open(&json, "recovery_codes", '[');
	for (size_t i = 0; i < reply->n_codes; i++)
		json_text(&json, NULL, reply->code[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	if (json_end(&json) < 0)
		return report(EXIT_FAULT,
		    "it is in force, but could not be "
		    "printed: run this again");
	return EXIT_DONE;
}

static int
enrol(struct enrolment *enrolment)
{
	const struct context *context = enrolment->context;
	const bool json = context->options.given & OPTION_JSON;
	char answer[CODE_TYPED_MAX + 2] = "";
	int r;

	r = context_status(context, &enrolment->before);
	if (r == 0)
		r = check_room(enrolment);
	if (r == 0 && !json)
		r = agree(enrolment);
	if (r == 0)
		r = context_current(&enrolment->before, answer, sizeof(answer));
	if (r == 0)
		r = open_svg(enrolment);
	if (r == 0)
		r = begin(enrolment, answer);
	if (r == 0)
		r = write_svg(enrolment);
	if (r == 0)
		r = json ? with_json(enrolment) : with_person(enrolment);
	close_svg(enrolment, false);
	explicit_bzero(answer, sizeof(answer));
	return r;
}

static int
run(const struct context *context, bool add)
{
	struct enrolment enrolment = {
		.context = context,
		.add = add,
		.label = context->options.label,
	};
	int r;

	if (enrolment.label == NULL)
		enrolment.label = "phone";
	r = check_options(&context->options);
	if (r == 0)
		r = enrol(&enrolment);
	explicit_bzero(&enrolment, sizeof(enrolment));
	return r;
}

int
cmd_new(const struct context *context)
{
	return run(context, false);
}

int
cmd_add(const struct context *context)
{
	return run(context, true);
}
