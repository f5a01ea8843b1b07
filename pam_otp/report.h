/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line that the log gets of every attempt.
 *
 *	user=alice service=sshd rhost=192.0.2.1 scenario=default
 *	    method=totp result=accept reason=accept		(in one line)
 *
 * Keys and their order are stable, for those who count failures with a
 * program.  A value has no blank and no "="; whatever could break the line
 * apart or play with a terminal is written as \xNN.
 */
#ifndef PAM_OTP_REPORT_H
#define PAM_OTP_REPORT_H

/* Of each value, so much at most: what is longer is cut. */
#define REPORT_VALUE_MAX 64
#define REPORT_SIZE 2048

/* NULL or empty is written as "-". */
struct report {
	const char *user; /* NULL: there is no such account */
	const char *service, *rhost, *scenario;
	const char *method;
	const char *result; /* accept, deny, pass or error */
	const char *reason;
};

/* Pure.  The text is NUL-terminated and has no line end. */
void report_write(const struct report *report, char text[static REPORT_SIZE]);

#endif
