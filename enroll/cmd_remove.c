/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
agree(const struct context *context, const struct status *status)
{
	char question[512];
	int r;

	if (status->n_devices > 1 || (context->options.given & OPTION_YES))
		return 0;
	if (!tty_present())
		return report(EXIT_NO,
		    "that is the only device: to remove it "
		    "all the same, add --yes");
	snprintf(question, sizeof(question),
	    "That is the only device: without it, only the %u recovery codes "
	    "that are left%s let %s in.\nFor a new phone, \"otp-enroll new\" "
	    "is "
	    "the way. Remove it? [y/N] ",
	    status->recovery_left,
	    context_has_address(status) ? ", and codes that are sent," : "",
	    context->person.shown);
	r = tty_agree(question);
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
ask(const struct context *context, const char *answer)
{
	struct request request = context_request(context, VERB_REMOVE);
	struct reply reply;
	int r;

	request.label = context->word[0];
	request.answer = answer;
	r = authority_ask(context->authority, &request, &reply);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	tty_say("Done: \"%s\" of %s is removed, and its codes are refused from "
		"now on.",
	    context->word[0], context->person.shown);
	return EXIT_DONE;
}

int
cmd_remove(const struct context *context)
{
	const struct device_status *device;
	char answer[CODE_TYPED_MAX + 2] = "";
	struct status status;
	int r;

	r = context_status(context, &status);
	if (r == 0)
		r = context_device(context, &status, &device);
	if (r == 0)
		r = agree(context, &status);
	if (r == 0)
		r = context_current(&status, answer, sizeof(answer));
	if (r == 0)
		r = ask(context, answer);
	explicit_bzero(answer, sizeof(answer));
	return r;
}
