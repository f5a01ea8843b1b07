/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest authenticator: it keeps nothing, and asks nobody.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"
#include "enroll/uri.h"

/* The longest line fits into a window of 20 columns. */
#define WATCH_WIDTH 19

#define SAID_BY_URI (OPTION_ALGORITHM | OPTION_DIGITS | OPTION_PERIOD)

/* What is typed or piped in: a URI has a colon, and no secret has one. */
static int
read_code(const struct options *options, const char *line,
    struct uri_code *code)
{
	const char *why = "";
	int r;

	line += strspn(line, " \t\r");
	if (strchr(line, ':') != NULL) {
		if (options->given & SAID_BY_URI)
			return report_usage("a URI says that itself: leave out "
					    "--%s",
			    options_name(options->given & SAID_BY_URI));
		r = uri_read(line, code, &why);
	} else {
		code->otp.hash = options->hash;
		code->otp.digits = options->digits;
		code->period = options->period;
		r = uri_secret(line, &code->otp.secret, &why);
	}
	return r < 0 ? report(EXIT_NO, "%s", why) : 0;
}

/* The code of now, and the seconds that it has left. */
static int
make(const struct uri_code *code, char text[static OTP_CODE_SIZE],
    unsigned int *left)
{
	const uint64_t now = (uint64_t)time(NULL);
	int r;

	r = otp_codes(&code->otp, now / code->period, 1,
	    (char(*)[OTP_CODE_SIZE])text);
	*left = (unsigned int)(code->period - now % code->period);
	return r;
}

static int
show_once(const struct uri_code *code)
{
	char text[OTP_CODE_SIZE];
	unsigned int left;
	int r;

	r = make(code, text, &left);
	if (r < 0)
		return report_error(r);
	puts(text);
	explicit_bzero(text, sizeof(text));
	return EXIT_DONE;
}

/* One line, drawn anew; to what is no terminal, one for each code. */
static void
draw(const char *text, unsigned int left, char last[static OTP_CODE_SIZE])
{
	if (isatty(STDOUT_FILENO))
		printf("\r%s %3u s left", text, left);
	else if (strcmp(text, last) != 0)
		printf("%s\n", text);
	snprintf(last, OTP_CODE_SIZE, "%s", text);
}

static int
watch(const struct uri_code *code)
{
	char text[OTP_CODE_SIZE], last[OTP_CODE_SIZE] = "";
	unsigned int left;
	int r;

	tty_hide(true);
	do {
		r = make(code, text, &left);
		if (r < 0)
			break;
		draw(text, left, last);
		if (fflush(stdout) != 0)
			break;
		r = tty_pause(250);
	} while (r == 0);
	tty_hide(false);
	if (isatty(STDOUT_FILENO))
		printf("\r%*s\r", WATCH_WIDTH, "");
	explicit_bzero(text, sizeof(text));
	explicit_bzero(last, sizeof(last));
	if (r == 0)
		return EXIT_DONE; /* nobody reads it: main() says so */
	return r == -EINTR ? EXIT_SIGNAL + tty_signal() : report_error(r);
}

int
cmd_code(const struct context *context)
{
	struct uri_code code = { 0 };
	/* Blanks around it, and a line end; more than that is cut, and seen. */
	char line[URI_READ_MAX + 64];
	int r;

	r = tty_ask_hidden("Secret or otpauth URI (not shown): ", line,
	    sizeof(line));
	if (r < 0)
		r = report_error(r);
	else {
		for (size_t n = strlen(line);
		     n > 0 && strchr(" \t\r", line[n - 1]) != NULL;)
			line[--n] = '\0';
		r = read_code(&context->options, line, &code);
	}
	if (r == 0)
		r = context->options.given & OPTION_WATCH ? watch(&code)
							  : show_once(&code);
	explicit_bzero(line, sizeof(line));
	explicit_bzero(&code, sizeof(code));
	return r;
}
