/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "email" and "phone": where codes can be sent to.
 *
 * An address is in force once the code that was sent to it was typed; every
 * way out before that leaves all as it was.
 */
#include <stdio.h>
#include <string.h>

#include "enroll/codes.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/sending.h"
#include "enroll/sshd.h"
#include "enroll/tty.h"

static const struct channel mail = {
	.method = METHOD_EMAIL,
	.command = "email",
	.thing = "email address",
	.form = "NAME@DOMAIN, of letters, digits and . _ % + = - alone",
	.argument = "ADDRESS",
	.sent = "email",
};

static const struct channel sms = {
	.method = METHOD_SMS,
	.command = "phone",
	.thing = "phone number",
	.form = "as one word, with the country's code: +49-151-2345678",
	.argument = "NUMBER",
	.sent = "text message",
};

/* The address that is in force, masked; empty: none. */
static const char *
current(const struct setting *setting)
{
	return setting->channel->method == METHOD_EMAIL ? setting->before.email
							: setting->before.phone;
}

/* The only one that is left would be a device, or nothing. */
static const char *
other(const struct setting *setting)
{
	return setting->channel->method == METHOD_EMAIL ? setting->before.phone
							: setting->before.email;
}

static bool
is_configured(const struct setting *setting)
{
	return setting->before.channels & setting->channel->method;
}

static void
tell_pending(const struct setting *setting)
{
	const struct status *status = &setting->before;
	char when[LISTING_TIME_SIZE];

	if (status->pending_channel != setting->channel->method)
		return;
	tty_say("A code was sent to %s, to set it; otp-enroll %s, with that "
		"%s, asks for it until %s.",
	    status->pending_address, setting->channel->command,
	    setting->channel->thing,
	    listing_date(status->pending_address_until, when));
}

/* What there is, and how it is changed. */
static int
tell(const struct setting *setting)
{
	const struct channel *channel = setting->channel;
	const struct context *context = setting->context;
	const char *user = context->person.shown;

	if (current(setting)[0] != '\0')
		tty_say("Codes for %s can be sent to %s, if a login takes "
			"such codes. Another one: otp-enroll %s %s. To take "
			"it away: otp-enroll %s --remove",
		    user, current(setting), channel->command, channel->argument,
		    channel->command);
	else
		tty_say("%s has set no %s. To set one: otp-enroll %s %s", user,
		    channel->thing, channel->command, channel->argument);
	tell_pending(setting);
	if (authority_default(context->authority)->elsewhere & channel->method)
		tty_say("There may be one that an administrator keeps: that is "
			"not shown, nor changed here.");
	if (!is_configured(setting))
		tty_say("This host cannot send codes by %s as long as no "
			"administrator has configured it.",
		    channel->sent);
	return current(setting)[0] != '\0' ? EXIT_DONE : EXIT_NO;
}

static int
agree_to_remove(const struct setting *setting)
{
	const struct status *status = &setting->before;
	const char *user = setting->context->person.shown;
	int r;

	if (setting->context->options.given & OPTION_YES)
		return 0;
	if (!tty_present())
		return report(EXIT_USAGE,
		    "if the %s is to be taken away, add --yes",
		    setting->channel->thing);
	tty_say("No code for %s can be sent to %s any more then.", user,
	    current(setting));
	if (status->n_devices == 0 && other(setting)[0] == '\0')
		tty_say("There is no device: only the %u recovery codes that "
			"are left let %s in after that.",
		    status->recovery_left, user);
	r = tty_agree("Take it away? [y/N] ");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
take_away(struct setting *setting)
{
	const struct context *context = setting->context;
	struct request request = context_request(context, VERB_ADDRESS);
	int r;

	if (current(setting)[0] == '\0')
		return report(EXIT_NO,
		    "%s has set no %s: there was nothing to "
		    "take away",
		    context->person.shown, setting->channel->thing);
	r = agree_to_remove(setting);
	if (r == 0)
		r = context_current(&setting->before, setting->answer,
		    sizeof(setting->answer));
	if (r != 0)
		return r;
	request.channel = setting->channel->method;
	request.answer = setting->answer;
	r = authority_ask(context->authority, &request, &setting->reply);
	r = report_reply(r, &setting->reply);
	if (r == 0)
		tty_say("Done: %s is taken away, and no code for %s is sent "
			"there any more.",
		    current(setting), context->person.shown);
	return r;
}

/* What was typed, as an address; else EXIT_USAGE. */
static int
read_address(struct setting *setting)
{
	const struct channel *channel = setting->channel;
	const char *word = setting->context->word[0];

	if (address_read(channel->method, word, setting->address))
		return 0;
	return report_usage("\"%s\" is no %s that codes can be sent to: "
			    "write it as %s",
	    word, channel->thing, channel->form);
}

/* Recovery codes come with what is confirmed where there are none. */
static int
check_codes(const struct setting *setting)
{
	const char *path = setting->context->options.output;
	const bool come = setting->before.recovery_created == 0;

	if (path != NULL && output_is_picture(path))
		return report_usage("recovery codes are text: give their file "
				    "a name that does not end in .svg");
	if (path != NULL && !come)
		return report(EXIT_USAGE,
		    "this brings no recovery codes to write to %s; for new "
		    "ones: otp-enroll recovery --output FILE",
		    path);
	if (come && !tty_present())
		return report(EXIT_NO,
		    "this brings recovery codes, which are shown to a "
		    "terminal only: run it in one");
	return 0;
}

/*
 * It makes a second factor of whoever has none: that is more than many expect
 * of an address.
 */
static int
agree_to_first(const struct setting *setting)
{
	const struct context *context = setting->context;
	const struct policy *policy = authority_default(context->authority);
	char warning[SSHD_WARNING_SIZE];
	struct sshd sshd;
	int r;

	if (setting->before.enrolled)
		return 0;
	tty_say("%s has no second factor yet, and this is one: after the "
		"password, logins can then ask for a code that is sent to %s, "
		"or for one of ten recovery codes that you get now. An app on "
		"a phone is safer: otp-enroll new",
	    context->person.shown, setting->address);
	if (!(policy->methods & setting->channel->method))
		tty_say("Most logins here take no codes sent by %s: at these, "
			"only recovery codes would let %s in.",
		    setting->channel->sent, context->person.shown);
	if (sshd_read(SSHD_CONFIG, &sshd) == 0 && sshd_warning(&sshd, warning))
		tty_say("%s", warning);
	if (context->options.given & OPTION_YES)
		return 0;
	r = tty_agree("Go on? [y/N] ");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

/* From the command line to a code that was sent. */
static int
begin(struct setting *setting)
{
	const struct status *before = &setting->before;
	int r;

	/* It may be the same, by one of these that was ended too early. */
	if (before->pending_channel == setting->channel->method) {
		r = sending_ask(setting, "");
		if (r < 0 || sending_done(setting))
			return sending_see(setting, r);
	}
	r = context_leave(setting->context, before);
	if (r == 0)
		r = agree_to_first(setting);
	if (r == 0)
		r = context_proof(setting->context, before, setting->answer,
		    sizeof(setting->answer));
	if (r != 0)
		return r;
	tty_say("Sending a code to %s ...", setting->address);
	fflush(stdout);
	r = sending_ask(setting, setting->answer);
	return sending_see(setting, r);
}

static int
finish(struct setting *setting)
{
	const struct context *context = setting->context;
	const struct channel *channel = setting->channel;
	int r;

	r = codes_hand_over(context, &setting->reply, "the address",
	    &setting->output);
	if (r != 0)
		return r;
	tty_say("Done: codes for %s can be sent to %s from now on%s%s.",
	    context->person.shown, setting->address,
	    current(setting)[0] != '\0' ? ", and no longer to " : "",
	    current(setting));
	if (setting->reply.policy.methods & channel->method)
		tty_say("To get one at a login, type %s in the place of a "
			"code.",
		    decide_method_name(channel->method));
	if (setting->output.kept)
		codes_say_where(&setting->output);
	return EXIT_DONE;
}

static int
set(struct setting *setting)
{
	int r;

	r = read_address(setting);
	if (r == 0 && !is_configured(setting))
		r = sending_unconfigured(setting);
	if (r == 0)
		r = check_codes(setting);
	if (r == 0)
		r = output_open(setting->context->options.output,
		    &setting->output);
	if (r == 0)
		r = begin(setting);
	if (r == 0)
		r = sending_confirm(setting);
	return r == 0 ? finish(setting) : r;
}

static int
run(const struct context *context, const struct channel *channel)
{
	const bool remove = context->options.given & OPTION_REMOVE;
	struct setting setting = {
		.context = context,
		.channel = channel,
		.output = { .folder = -1, .file = -1 },
	};
	int r;

	if (remove && context->word[0] != NULL)
		return report_usage("--remove takes away what is set: leave "
				    "out the %s",
		    channel->argument);
	tty_keep(context->options.given & OPTION_KEEP);
	r = context_status(context, &setting.before);
	if (r == 0)
		r = remove                     ? take_away(&setting)
		    : context->word[0] != NULL ? set(&setting)
					       : tell(&setting);
	output_close(&setting.output);
	explicit_bzero(&setting, sizeof(setting));
	return r;
}

int
cmd_email(const struct context *context)
{
	return run(context, &mail);
}

int
cmd_phone(const struct context *context)
{
	return run(context, &sms);
}
