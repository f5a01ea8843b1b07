/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enroll/context.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static const struct device_status *
find_off(const struct status *status)
{
	for (size_t i = 0; i < status->n_devices; i++)
		if (status->device[i].off)
			return &status->device[i];
	return NULL;
}

static bool
is_shut(const struct status *status)
{
	for (size_t i = 0; i < LANES; i++)
		if (status->lane[i].off || status->lane[i].wait > 0)
			return true;
	return status->locked != LOCK_NONE;
}

/* A device that was locked by name is another matter. */
static int
device_is_off(const struct context *context, const char *label)
{
	char text[RECORD_LABEL + 1];

	listing_label(label, text);
	if (getuid() == 0)
		return report(EXIT_NO,
		    "only \"%s\" of %s is locked, by its name: to unlock it, "
		    "add that name",
		    text, context->person.shown);
	return report(EXIT_NO,
	    "\"%s\" was locked by its name: set it up anew (otp-enroll rotate "
	    "\"%s\"), or ask an administrator to unlock it",
	    text, text);
}

/* Is there something that this would unlock?  0 or the exit status. */
static int
check(const struct context *context, const struct status *status)
{
	const struct device_status *device;
	int r;

	if (!status->enrolled)
		return context_nothing(context);
	if (context->word[0] != NULL) {
		r = context_device(context, status, &device);
		if (r != 0)
			return r;
		if (device->off && getuid() != 0)
			return device_is_off(context, device->label);
		return device->off
		    ? 0
		    : report(EXIT_NO, "\"%s\" of %s is not locked",
			  context->word[0], context->person.shown);
	}
	if (is_shut(status))
		return 0;
	device = find_off(status);
	if (device != NULL)
		return device_is_off(context, device->label);
	return report(EXIT_NO, "nothing of %s is locked",
	    context->person.shown);
}

static int
ask(const struct context *context, const char *answer)
{
	struct request request = context_request(context, VERB_UNLOCK);
	struct reply reply;
	int r;

	request.label = context->word[0];
	request.answer = answer;
	r = authority_ask(context->authority, &request, &reply);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	if (context->word[0] != NULL)
		tty_say("Done: \"%s\" of %s is unlocked.", context->word[0],
		    context->person.shown);
	else
		tty_say("Done: the second factor of %s is unlocked.",
		    context->person.shown);
	return EXIT_DONE;
}

int
cmd_unlock(const struct context *context)
{
	char answer[CODE_TYPED_MAX + 2] = "";
	struct status status;
	int r;

	r = context_status(context, &status);
	if (r == 0)
		r = check(context, &status);
	if (r == 0)
		r = context_recovery(&status, answer, sizeof(answer));
	if (r == 0)
		r = ask(context, answer);
	explicit_bzero(answer, sizeof(answer));
	return r;
}
