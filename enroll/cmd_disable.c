/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* What logins do then, and how a second factor would come back. */
static void
say_what_follows(const struct context *context, const struct status *status)
{
	const char *user = context->person.shown;

	tty_say("This takes the second factor of %s away: %u device%s and %u "
		"recovery code%s%s. It cannot be undone.",
	    user, status->n_devices, status->n_devices == 1 ? "" : "s",
	    status->recovery_left, status->recovery_left == 1 ? "" : "s",
	    context_has_address(status) ? ", and where codes are sent to" : "");
	if (authority_default(context->authority)->unenrolled ==
	    UNENROLLED_DENY)
		tty_say("Logins here refuse whoever has no second factor: they "
			"would refuse %s.",
		    user);
	else if (status->enroll != SELF_ENROLL_OPEN)
		tty_say("Logins that demand a second factor would refuse %s; "
			"for others the password alone is enough then.",
		    user);
	else
		tty_say("After that, the password alone is enough, except "
			"where a login demands more.");
	if (status->enroll == SELF_ENROLL_TICKET)
		tty_say("To set one up again, a ticket of your administrator's "
			"is needed.");
	else if (status->enroll == SELF_ENROLL_OFF)
		tty_say("Only an administrator can set one up again.");
}

static int
agree(const struct context *context, const struct status *status)
{
	int r;

	if (context->options.given & OPTION_YES)
		return 0;
	if (!tty_present())
		return report(EXIT_USAGE,
		    "disable takes everything away: if that is meant, add "
		    "--yes");
	say_what_follows(context, status);
	r = tty_agree("Go on? [y/N] ");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
ask(const struct context *context, const char *answer)
{
	struct request request = context_request(context, VERB_DISABLE);
	struct reply reply;
	int r;

	request.answer = answer;
	r = authority_ask(context->authority, &request, &reply);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	tty_say("Done: %s has no second factor any more. To set one up again: "
		"otp-enroll new",
	    context->person.shown);
	return EXIT_DONE;
}

int
cmd_disable(const struct context *context)
{
	char answer[CODE_TYPED_MAX + 2] = "";
	struct status status;
	int r;

	r = context_status(context, &status);
	if (r == 0 && !status.enrolled)
		return report(EXIT_NO,
		    "%s has no second factor: there was nothing to take away",
		    context->person.shown);
	if (r == 0)
		r = agree(context, &status);
	if (r == 0)
		r = context_current(&status, answer, sizeof(answer));
	if (r == 0)
		r = ask(context, answer);
	explicit_bzero(answer, sizeof(answer));
	return r;
}
