/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
ask(const struct context *context, const char *answer)
{
	struct request request = context_request(context, VERB_RENAME);
	struct reply reply;
	int r;

	request.label = context->word[0];
	request.new_label = context->word[1];
	request.answer = answer;
	r = authority_ask(context->authority, &request, &reply);
	if (r == -EEXIST)
		return report(EXIT_NO,
		    "there is a device called \"%s\" already: choose another "
		    "name",
		    context->word[1]);
	r = report_reply(r, &reply);
	if (r != 0)
		return r;
	tty_say("Done: \"%s\" of %s is called \"%s\" now.", context->word[0],
	    context->person.shown, context->word[1]);
	return EXIT_DONE;
}

int
cmd_rename(const struct context *context)
{
	const struct device_status *device;
	char answer[CODE_TYPED_MAX + 2];
	struct status status;
	int r;

	if (!record_label_new_ok(context->word[1]))
		return report_usage("a name is 1 to %d bytes of UTF-8, without "
				    "characters that are not seen",
		    RECORD_LABEL);
	r = context_status(context, &status);
	if (r == 0)
		r = context_device(context, &status, &device);
	if (r == 0)
		r = context_current(&status, answer, sizeof(answer));
	if (r != 0)
		return r;
	r = ask(context, answer);
	explicit_bzero(answer, sizeof(answer));
	return r;
}
