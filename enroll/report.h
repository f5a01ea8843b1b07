/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the program ends, and what it says then: one line on standard error,
 * with what to do.  Each function gives the exit status that goes with it.
 */
#ifndef ENROLL_REPORT_H
#define ENROLL_REPORT_H

#include "common/authority.h"

enum status_code {
	EXIT_DONE = 0,
	EXIT_NO = 1,       /* refused, wrong, or not there */
	EXIT_USAGE = 2,    /* the command line is wrong */
	EXIT_FAULT = 3,    /* it cannot be done now */
	EXIT_SIGNAL = 128, /* and the number of the signal; 130 for Ctrl-C */
};

int report(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A conf_fault_fn: "FILE:LINE: what", or where the file as a whole is at fault
 * "FILE: what".  "status", a pointer to an int, may be NULL; a file that cannot
 * be believed makes it EXIT_FAULT, since nothing in it has been looked at.
 */
void report_fault(void *status, const char *file, unsigned int line,
    const char *what);

/* An authority_log_fn: what a log would be told. */
void report_log(void *unused, const char *what);

/* EXIT_USAGE */
int report_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For a -errno of authority_ask() and its like, or of tty_ask(). */
int report_error(int error);

/*
 * Was an answer lost, so that nobody here knows whether it was done?  What may
 * be in force is then neither denied nor taken away.
 */
bool report_is_open(int error);

/* The same, and what holds now, unless that is open: "nothing was changed". */
int report_outcome(int error, const char *holds);

/*
 * A sentence on a code that was not accepted.  "text" receives it, and is
 * given back.
 */
#define REPORT_VERDICT_SIZE 256
const char *report_verdict(const struct reply *reply,
    char text[static REPORT_VERDICT_SIZE]);

/* EXIT_NO, or EXIT_FAULT where it could not be judged. */
int report_refusal(const struct reply *reply);

/*
 * What authority_ask() gave: 0 if it was done, else one of the two, of which a
 * line was printed.
 */
int report_reply(int error, const struct reply *reply)
    __attribute__((warn_unused_result));

#endif
