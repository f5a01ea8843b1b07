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

int
context_current(const struct status *status, char *answer, size_t size)
{
	int r;

	answer[0] = '\0';
	if (!status->enrolled || getuid() == 0)
		return 0;
	r = tty_ask(NULL, NULL,
	    "A code from the device you have now, or a recovery code: ", answer,
	    size);
	return r < 0 ? report_error(r) : 0;
}
