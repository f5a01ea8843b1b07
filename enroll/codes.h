/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Showing a set of recovery codes, the one time that it can be seen.
 */
#ifndef ENROLL_CODES_H
#define ENROLL_CODES_H

#include "common/authority.h"

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

#endif
