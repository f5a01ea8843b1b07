/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every subcommand is given, and the subcommands themselves: one file
 * each, and one row each in the table of main.c.
 */
#ifndef ENROLL_CONTEXT_H
#define ENROLL_CONTEXT_H

#include <stdbool.h>

#include "common/authority.h"
#include "enroll/account.h"
#include "enroll/options.h"

struct context {
	struct options options;
	const char *word; /* the argument, if the subcommand has one */
	struct authority *authority;
	struct person person;
};

/* A request of this verb, by this caller, about this account, now. */
struct request context_request(const struct context *context, enum verb verb);

/* What there is.  0, or the exit status, of which a line was printed. */
int context_status(const struct context *context, struct status *status)
    __attribute__((warn_unused_result));

/*
 * Ask for the current code that a change needs: of whoever has something, and
 * is not root.  Else "answer" is empty.  0, or the exit status, as above.
 */
int context_current(const struct status *status, char *answer, size_t size)
    __attribute__((warn_unused_result));

/* Each gives the exit status. */
int cmd_add(const struct context *context);
int cmd_adopt(const struct context *context);
int cmd_check(const struct context *context);
int cmd_config(const struct context *context);
int cmd_init(const struct context *context);
int cmd_list(const struct context *context);
int cmd_new(const struct context *context);
int cmd_recovery(const struct context *context);
int cmd_remove(const struct context *context);
int cmd_reset(const struct context *context);
int cmd_status(const struct context *context);

#endif
