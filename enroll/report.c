/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/duration.h"
#include "common/utf8.h"
#include "enroll/tty.h"

/*
 * One line, or for people as many as the window needs.  What stands in it may
 * be anybody's: names, labels, words of the command line.
 */
static void
print(char *text)
{
	utf8_tame(text);
	/* Lines come in the order in which they were written. */
	fflush(stdout);
	tty_print(stderr, text);
}

__attribute__((format(printf, 1, 0))) static void
say(const char *format, va_list args, const char *more)
{
	char what[2048], text[sizeof(what) + 64];

	vsnprintf(what, sizeof(what), format, args);
	snprintf(text, sizeof(text), "otp-enroll: %s%s", what, more);
	print(text);
}

void
report_fault(void *status, const char *file, unsigned int line,
    const char *what)
{
	char text[CONF_FAULT_SIZE];

	if (line == 0 && status != NULL)
		*(int *)status = EXIT_FAULT;
	print(conf_fault_text(file, line, what, text));
}

void
report_log(void *unused, const char *what)
{
	(void)unused;
	report(0, "%s", what);
}

int
report(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "");
	va_end(args);
	return status;
}

int
report_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "; see otp-enroll help");
	va_end(args);
	return EXIT_USAGE;
}

static const struct {
	int error, status;
	const char *sentence; /* NULL: as the authority says it */
} errors[] = {
	{ -EINTR, EXIT_SIGNAL, "interrupted" },
	{ -ENODATA, EXIT_NO, "there was no answer" },
	{ -ECANCELED, EXIT_NO, "as you wish" },
	{ -ENOENT, EXIT_NO, NULL },
	{ -EACCES, EXIT_NO, NULL },
	{ -EEXIST, EXIT_NO, NULL },
	{ -E2BIG, EXIT_NO, NULL },
	{ -ESTALE, EXIT_NO, NULL },
	{ -EDEADLK, EXIT_NO, NULL },
};

bool
report_is_open(int error)
{
	return error == -ECONNRESET || error == -ETIME;
}

int
report_outcome(int error, const char *holds)
{
	const char *sentence = NULL;
	int status = EXIT_FAULT;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == error) {
			status = errors[i].status;
			sentence = errors[i].sentence;
		}
	if (status == EXIT_SIGNAL)
		status += tty_signal();
	if (report_is_open(error))
		holds = NULL;
	return report(status, "%s%s%s",
	    sentence != NULL ? sentence : authority_strerror(error),
	    holds != NULL ? ": " : "", holds != NULL ? holds : "");
}

int
report_error(int error)
{
	return report_outcome(error, NULL);
}

const char *
report_verdict(const struct reply *reply, char text[static REPORT_VERDICT_SIZE])
{
	const char *sentence = "That code is wrong.";
	char wait[DURATION_SIZE];

	switch (reply->verdict) {
	case VERDICT_DENY:
		break;
	case VERDICT_MALFORMED:
		sentence = "That cannot be a code: it is 6 to 8 digits, or "
			   "the 16 characters of a recovery code.";
		break;
	case VERDICT_REPLAY:
		sentence = "That code was used already: each works once. "
			   "Wait for the next one.";
		break;
	case VERDICT_WAIT:
		snprintf(text, REPORT_VERDICT_SIZE,
		    "Too many wrong codes: the next one is looked at in %s.",
		    duration_text(reply->outcome.wait, wait));
		return text;
	case VERDICT_OFF:
		sentence = "Codes of this kind are switched off here: use a "
			   "recovery code, or ask an administrator.";
		break;
	case VERDICT_UNUSABLE:
		sentence = "This machine's clock was never set, so codes "
			   "cannot be checked: set it, or use a recovery "
			   "code.";
		break;
	case VERDICT_ACCEPT:
		sentence = "That code is right.";
		break;
	}
	snprintf(text, REPORT_VERDICT_SIZE, "%s", sentence);
	return text;
}

int
report_refusal(const struct reply *reply)
{
	char text[REPORT_VERDICT_SIZE];

	return report(reply->verdict == VERDICT_UNUSABLE ? EXIT_FAULT : EXIT_NO,
	    "%s", report_verdict(reply, text));
}

int
report_reply(int error, const struct reply *reply)
{
	if (error < 0)
		return report_error(error);
	return reply->verdict == VERDICT_ACCEPT ? 0 : report_refusal(reply);
}
