/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/codes.h"
#include "enroll/context.h"
#include "enroll/output.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
check(const void *arg, const char *typed)
{
	const struct context *context = arg;
	struct request request = context_request(context, VERB_CONFIRM);
	struct reply reply;
	int r;

	request.recovery = true;
	request.answer = typed;
	r = authority_ask(context->authority, &request, &reply);
	return r < 0 ? r : reply.verdict == VERDICT_ACCEPT;
}

static int
show(const struct context *context, const struct output *output,
    const struct reply *reply)
{
	const bool checked = !(context->options.given & OPTION_NO_CHECK);
	const struct codes codes = {
		.user = context->person.shown,
		.reply = reply,
		.file = output->kept ? output->path : NULL,
		.check = checked ? check : NULL,
		.arg = context,
	};

	return codes_show(&codes);
}

/* What came of show(). */
static int
say(const struct context *context, const struct output *output, int r)
{
	const bool checked = !(context->options.given & OPTION_NO_CHECK);

	if (r == -ENOENT)
		return report(EXIT_NO,
		    "these codes wait no longer, because 15 minutes are over "
		    "or others were made elsewhere: they are not in force");
	if (report_is_open(r) && output->kept)
		tty_say("%s is kept, as its codes may be in force.",
		    output->path);
	if (r < 0)
		return report_outcome(r,
		    checked
			? "the old recovery codes stay in force"
			: "the new recovery codes are in force; if you do not "
			  "have them, run this again");
	tty_say("Done: the new recovery codes are in force, and the old ones "
		"are not any more.");
	if (output->kept)
		codes_say_where(output);
	return EXIT_DONE;
}

/* To the file first: nobody is to hear "done" of what is not there. */
static int
write_and_show(const struct context *context, struct output *output,
    const struct reply *reply)
{
	const bool unchecked = context->options.given & OPTION_NO_CHECK;
	int r;

	r = output_codes(output, context->person.shown, reply,
	    context_request(context, VERB_STATUS).now);
	if (r < 0)
		return report(EXIT_FAULT, "%s cannot be written: %s: %s",
		    output->path, strerror(-r),
		    unchecked ? "the new recovery codes are in force, so run "
				"this again"
			      : "the old recovery codes stay in force");
	r = show(context, output, reply);
	/* What is not in force is of no use to anybody. */
	if (r < 0 && !unchecked && !report_is_open(r))
		output_drop(output);
	return say(context, output, r);
}

static int
make(const struct context *context, const char *answer, struct output *output)
{
	struct request request = context_request(context, VERB_RECOVERY);
	struct reply reply = { 0 };
	int r;

	request.answer = answer;
	request.unchecked = context->options.given & OPTION_NO_CHECK;
	r = authority_ask(context->authority, &request, &reply);
	r = r == -ENOENT ? context_nothing(context) : report_reply(r, &reply);
	if (r == 0)
		r = write_and_show(context, output, &reply);
	explicit_bzero(&reply, sizeof(reply));
	return r;
}

int
cmd_recovery(const struct context *context)
{
	const char *path = context->options.output;
	struct output output = { .folder = -1, .file = -1 };
	char answer[CODE_TYPED_MAX + 2] = "";
	struct status status;
	int r;

	if (path != NULL && output_is_picture(path))
		return report_usage("recovery codes are text: give their file "
				    "a name that does not end in .svg");
	if (!tty_present())
		return report(EXIT_NO,
		    "recovery codes are shown to a terminal "
		    "only: run this in one");
	tty_keep(context->options.given & OPTION_KEEP);
	r = context_status(context, &status);
	if (r == 0 && !status.enrolled)
		return context_nothing(context);
	if (r == 0) {
		tty_say("New recovery codes for %s.%s", context->person.shown,
		    context->options.given & OPTION_NO_CHECK
			? ""
			: " The old ones work until you have typed one of "
			  "the new.");
		r = context_current(&status, answer, sizeof(answer));
	}
	if (r == 0)
		r = output_open(path, &output);
	if (r == 0)
		r = make(context, answer, &output);
	output_close(&output);
	explicit_bzero(answer, sizeof(answer));
	return r;
}
