/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Showing a set of recovery codes, the one time that it can be seen.
 */
#ifndef ENROLL_CODES_H
#define ENROLL_CODES_H

#include "enroll/context.h"
#include "enroll/output.h"

struct codes {
	const char *user;
	const struct reply *reply; /* the codes */
	const char *file;          /* that they are written to; NULL: none */

	/*
	 * Looks at one that was typed back: 1: it is one of them; 0: it is
	 * not; or -errno.  NULL: none is asked for.
	 */
	int (*check)(const void *arg, const char *typed);
	const void *arg;
};

/*
 * Show them until one was typed back.  0, or -errno as tty_ask() and the
 * check give it.
 */
int codes_show(const struct codes *codes) __attribute__((warn_unused_result));

/*
 * Hand over the codes that came into force together with "what" ("the device"),
 * if any did: to the file, and to the person.  0, or the exit status, of which
 * a line was printed.
 */
int codes_hand_over(const struct context *context, const struct reply *reply,
    const char *what, struct output *output)
    __attribute__((warn_unused_result));

/* They are in the file: say so, and what to do with it. */
void codes_say_where(const struct output *output);

#endif
