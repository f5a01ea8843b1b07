/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static void
tell(const struct reply *reply)
{
	printf("That code is right, and now used up.");
	if (reply->outcome.method == METHOD_RECOVERY)
		printf(" Recovery codes left: %u.",
		    reply->outcome.recovery_left);
	putchar('\n');
}

int
cmd_check(const struct context *context)
{
	struct request request;
	struct reply reply = { 0 };
	struct status status;
	char line[CODE_TYPED_MAX + 2], prompt[512];
	int r;

	r = context_status(context, &status);
	if (r != 0)
		return r;
	if (!status.enrolled)
		return context_nothing(context);
	snprintf(prompt, sizeof(prompt),
	    "A code for %s: ", context->person.shown);
	r = tty_ask_code(prompt, line, sizeof(line));
	if (r < 0)
		return report_error(r);
	request = context_request(context, VERB_ANSWER);
	request.answer = line;
	r = authority_ask(context->authority, &request, &reply);
	r = report_reply(r, &reply);
	if (r == 0)
		tell(&reply);
	explicit_bzero(line, sizeof(line));
	return r;
}
