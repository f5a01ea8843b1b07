/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
agree(const struct context *context)
{
	char question[512];
	int r;

	if (context->options.given & OPTION_YES)
		return 0;
	if (!tty_present())
		return report(EXIT_USAGE,
		    "reset takes everything away: if "
		    "that is meant, add --yes");
	snprintf(question, sizeof(question),
	    "This takes every device and all recovery codes of %s away, and "
	    "cannot be undone.\nGo on? [y/N] ",
	    context->person.shown);
	r = tty_agree(question);
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

int
cmd_reset(const struct context *context)
{
	struct request request;
	struct reply reply;
	int r;

	r = agree(context);
	if (r != 0)
		return r;
	request = context_request(context, VERB_RESET);
	r = authority_ask(context->authority, &request, &reply);
	if (r == -ENOENT)
		return report(EXIT_NO,
		    "%s has no second factor: there was "
		    "nothing to take away",
		    context->person.shown);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	tty_say("Done: %s has no second factor any more.",
	    context->person.shown);
	return EXIT_DONE;
}
