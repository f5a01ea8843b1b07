/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/context.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enroll/report.h"
#include "enroll/tty.h"

struct request
context_request(const struct context *context, enum verb verb)
{
	return (struct request){
		.verb = verb,
		.caller = getuid(),
		.account = context->person.account,
		.now = (uint64_t)time(NULL),
		.service = "otp-enroll",
	};
}

int
context_status(const struct context *context, struct status *status)
{
	struct request request = context_request(context, VERB_STATUS);
	struct reply reply;
	int r;

	r = authority_ask(context->authority, &request, &reply);
	*status = reply.status;
	return r < 0 && r != -ENOENT ? report_error(r) : 0;
}

const struct device_status *
context_find(const struct status *status, const char *label)
{
	for (size_t i = 0; i < status->n_devices; i++)
		if (strcmp(status->device[i].label, label) == 0)
			return &status->device[i];
	return NULL;
}

bool
context_has_address(const struct status *status)
{
	return status->email[0] != '\0' || status->phone[0] != '\0';
}

int
context_nothing(const struct context *context)
{
	return report(EXIT_NO,
	    "%s has no second factor: set one up with otp-enroll new",
	    context->person.shown);
}

int
context_no_device(const struct context *context, const struct status *status)
{
	return report(EXIT_NO, "%s has no device, only recovery codes%s",
	    context->person.shown,
	    context_has_address(status) ? " and codes that are sent" : "");
}

int
context_device(const struct context *context, const struct status *status,
    const struct device_status **device)
{
	const char *label = context->word[0];

	*device = NULL;
	if (!status->enrolled)
		return context_nothing(context);
	if (label != NULL)
		*device = context_find(status, label);
	else if (status->n_devices == 1)
		*device = &status->device[0];
	if (*device != NULL)
		return 0;
	if (label != NULL)
		return report(EXIT_NO,
		    "%s has no device called \"%s\": otp-enroll devices names "
		    "them",
		    context->person.shown, label);
	if (status->n_devices == 0)
		return context_no_device(context, status);
	return report(EXIT_NO,
	    "there are %u devices: say which is meant (otp-enroll devices "
	    "names them)",
	    status->n_devices);
}

static int
ask_for(const struct status *status, const char *prompt, char *answer,
    size_t size)
{
	int r;

	answer[0] = '\0';
	if (!status->enrolled || getuid() == 0)
		return 0;
	if (status->n_devices == 0 && status->recovery_left == 0)
		return report(EXIT_NO,
		    "there is no device and no recovery code left, and a code "
		    "that is sent changes nothing: ask an administrator");
	r = tty_ask_code(prompt, answer, size);
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

int
context_current(const struct status *status, char *answer, size_t size)
{
	if (status->n_devices == 0)
		return context_recovery(status, answer, size);
	return ask_for(status,
	    status->channels != 0
		? "A code from the device you have now, or a recovery code, "
		  "but none that was sent: "
		: "A code from the device you have now, or a recovery code: ",
	    answer, size);
}

int
context_recovery(const struct status *status, char *answer, size_t size)
{
	return ask_for(status, "A recovery code: ", answer, size);
}

/* Has somebody who has nothing yet to be given leave? */
static bool
needs_leave(const struct status *status)
{
	return !status->enrolled && getuid() != 0 &&
	    status->enroll != SELF_ENROLL_OPEN;
}

int
context_leave(const struct context *context, const struct status *status)
{
	if (!needs_leave(status) || status->enroll == SELF_ENROLL_TICKET)
		return 0;
	return report(EXIT_NO,
	    "a first second factor is set up by an administrator here: ask "
	    "yours for \"otp-enroll new --user %s\"",
	    context->person.shown);
}

int
context_proof(const struct context *context, const struct status *status,
    char *answer, size_t size)
{
	int r;

	if (!needs_leave(status))
		return context_current(status, answer, size);
	tty_say("Here this needs a ticket: four groups of four characters, "
		"which your administrator gives you (\"otp-enroll ticket "
		"--user %s\").",
	    context->person.shown);
	r = tty_ask_code("Ticket: ", answer, size);
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

int
context_refusal(const struct status *status, const struct reply *reply)
{
	if (!needs_leave(status) || reply->verdict == VERDICT_WAIT ||
	    reply->verdict == VERDICT_UNUSABLE)
		return report_refusal(reply);
	return report(EXIT_NO,
	    "that is not the ticket, or it is not good any "
	    "more: ask your administrator for a new one");
}
