/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For a phone that is lost or stolen: at once, without a question or a code.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "enroll/context.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
say_device(const struct context *context, const struct status *status,
    const char *label)
{
	char text[RECORD_LABEL + 1];

	listing_label(label, text);
	tty_say("Done: \"%s\" of %s is locked, and its codes are refused from "
		"now on. %u recovery code%s left to get in with. For a new "
		"phone in its place: otp-enroll rotate \"%s\"",
	    text, context->person.shown, status->recovery_left,
	    status->recovery_left == 1 ? " is" : "s are", text);
	return EXIT_DONE;
}

static int
say_all(const struct context *context, const struct status *status)
{
	tty_say("Done: everything of %s is locked but the recovery codes, of "
		"which %u %s left. To unlock it, with one of them: otp-enroll "
		"unlock",
	    context->person.shown, status->recovery_left,
	    status->recovery_left == 1 ? "is" : "are");
	return EXIT_DONE;
}

static int
ask(const struct context *context, const struct status *status,
    const char *label)
{
	struct request request = context_request(context, VERB_LOCK);
	struct reply reply;
	int r;

	request.label = label;
	r = authority_ask(context->authority, &request, &reply);
	if (r == -EDEADLK && status->recovery_left > 0)
		return report(EXIT_NO,
		    "recovery codes are not accepted here, and nothing else "
		    "would undo a lock: ask an administrator");
	if (r == -EDEADLK)
		return report(EXIT_NO,
		    "there is no recovery code left, and nothing else would "
		    "let %s in: make some first, with otp-enroll recovery",
		    context->person.shown);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	return label != NULL ? say_device(context, status, label)
			     : say_all(context, status);
}

int
cmd_lock(const struct context *context)
{
	const bool all = context->options.given & OPTION_ALL;
	const struct device_status *device;
	struct status status;
	int r;

	if (all && context->word[0] != NULL)
		return report_usage("--all is every device: leave out %s",
		    context->word[0]);
	r = context_status(context, &status);
	if (r != 0)
		return r;
	if (!status.enrolled)
		return context_nothing(context);
	if (!status.self_lock && getuid() != 0)
		return report(EXIT_NO,
		    "locking is for administrators here: tell yours at once");
	if (all)
		return ask(context, &status, NULL);
	r = context_device(context, &status, &device);
	return r != 0 ? r : ask(context, &status, device->label);
}
