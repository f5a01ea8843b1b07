/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose second factor it is about.
 */
#ifndef ENROLL_ACCOUNT_H
#define ENROLL_ACCOUNT_H

#include <limits.h>

#include "common/authority.h"
#include "enroll/options.h"

struct person {
	struct account account; /* its name points to the one below */
	char name[LOGIN_NAME_MAX + 1];
	char shown[LOGIN_NAME_MAX + 1]; /* the same, tamed for a terminal */
};

/*
 * The account of --user, or the caller's own; root by way of sudo is asked
 * which is meant, and without a terminal must say it.  An account that is not
 * there is given as unknown.  0, or the exit status, of which a line on
 * standard error has told.
 */
int account_find(const struct options *options, struct person *person)
    __attribute__((warn_unused_result));

#endif
