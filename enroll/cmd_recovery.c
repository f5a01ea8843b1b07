/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/codes.h"
#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
check(const void *arg, const char *typed,
    char message[static REPORT_VERDICT_SIZE])
{
	const struct context *context = arg;
	struct request request = context_request(context, VERB_CONFIRM);
	struct reply reply;
	int r;

	request.recovery = true;
	request.answer = typed;
	r = authority_ask(context->authority, &request, &reply);
	if (r == 0 && reply.verdict == VERDICT_ACCEPT)
		return 1;
	snprintf(message, REPORT_VERDICT_SIZE,
	    "That is none of these codes: look again.");
	return r;
}

static int
show(const struct context *context, const struct reply *reply)
{
	const bool checked = !(context->options.given & OPTION_NO_CHECK);
	const struct codes codes = {
		.user = context->person.name,
		.reply = reply,
		.check = checked ? check : NULL,
		.arg = context,
	};
	int r;

	r = codes_show(&codes);
	if (r == -ENOENT)
		return report(EXIT_NO,
		    "that took more than 15 minutes, and "
		    "the old codes stay in force: start again");
	if (r < 0)
		return report_outcome(r,
		    checked
			? "the old recovery codes stay in force"
			: "the new recovery codes are in force; if you do not "
			  "have them, run this again");
	puts("Done: the new recovery codes are in force, and the old ones are "
	     "not any more.");
	return EXIT_DONE;
}

int
cmd_recovery(const struct context *context)
{
	struct request request;
	struct reply reply = { 0 };
	struct status status;
	char answer[CODE_TYPED_MAX + 2];
	int r;

	if (!tty_present())
		return report(EXIT_NO,
		    "recovery codes are shown to a terminal "
		    "only: run this in one");
	printf("New recovery codes for %s.\n", context->person.name);
	r = context_status(context, &status);
	if (r == 0)
		r = context_current(&status, answer, sizeof(answer));
	if (r != 0)
		return r;
	request = context_request(context, VERB_RECOVERY);
	request.answer = answer;
	request.unchecked = context->options.given & OPTION_NO_CHECK;
	r = authority_ask(context->authority, &request, &reply);
	if (r == -ENOENT)
		r = report(EXIT_NO,
		    "%s has no second factor: set one up with "
		    "otp-enroll new",
		    context->person.name);
	else if (r < 0)
		r = report_error(r);
	else if (reply.verdict != VERDICT_ACCEPT)
		r = report_refusal(&reply);
	else
		r = show(context, &reply);
	explicit_bzero(&reply, sizeof(reply));
	explicit_bzero(answer, sizeof(answer));
	return r;
}
