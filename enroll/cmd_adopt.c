/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

int
cmd_adopt(const struct context *context)
{
	struct request request = context_request(context, VERB_ADOPT);
	struct reply reply;
	int r;

	r = authority_ask(context->authority, &request, &reply);
	if (r == -ENOENT)
		return report(EXIT_NO,
		    "%s has no second factor: there is "
		    "nothing to adopt",
		    context->person.shown);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	tty_say("The second factor of %s belongs to uid %u now.",
	    context->person.shown, (unsigned int)request.account.uid);
	return EXIT_DONE;
}
