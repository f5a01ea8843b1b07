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
	const char *word[OPTIONS_WORDS]; /* the arguments; NULL: left out */
	struct authority *authority;
	struct person person;
};

/* A request of this verb, by this caller, about this account, now. */
struct request context_request(const struct context *context, enum verb verb);

/* What there is.  0, or the exit status, of which a line was printed. */
int context_status(const struct context *context, struct status *status)
    __attribute__((warn_unused_result));

/* The device of this label; NULL: there is none. */
const struct device_status *context_find(const struct status *status,
    const char *label);

/* Is there an address in it that codes can be sent to? */
bool context_has_address(const struct status *status);

/*
 * The device that the first argument names, or without one the only device
 * there is.  0, or the exit status, as above.
 */
int context_device(const struct context *context, const struct status *status,
    const struct device_status **device) __attribute__((warn_unused_result));

/*
 * Ask for the current code that a change needs: of whoever has something, and
 * is not root.  Else "answer" is empty.  0, or the exit status, as above: also
 * where nothing is left that could give one.
 */
int context_current(const struct status *status, char *answer, size_t size)
    __attribute__((warn_unused_result));

/* The same for a recovery code, where no other will do. */
int context_recovery(const struct status *status, char *answer, size_t size)
    __attribute__((warn_unused_result));

/*
 * May this caller set up a first second factor, if there is none?  0, or the
 * exit status, as above.
 */
int context_leave(const struct context *context, const struct status *status)
    __attribute__((warn_unused_result));

/*
 * Ask for what it takes to set something up: the current code, or of whoever
 * has nothing the ticket, where policy wants one.  0, or the exit status, as
 * above.
 */
int context_proof(const struct context *context, const struct status *status,
    char *answer, size_t size) __attribute__((warn_unused_result));

/* What was given there was refused: the exit status, as above. */
int context_refusal(const struct status *status, const struct reply *reply);

/* There is nothing of a second factor: EXIT_NO, and a line that says so. */
int context_nothing(const struct context *context);

/* There is one, but no device of it: the same. */
int context_no_device(const struct context *context,
    const struct status *status);

/* Each gives the exit status. */
int cmd_add(const struct context *context);
int cmd_adopt(const struct context *context);
int cmd_check(const struct context *context);
int cmd_code(const struct context *context);
int cmd_config(const struct context *context);
int cmd_devices(const struct context *context);
int cmd_disable(const struct context *context);
int cmd_email(const struct context *context);
int cmd_init(const struct context *context);
int cmd_list(const struct context *context);
int cmd_lock(const struct context *context);
int cmd_new(const struct context *context);
int cmd_phone(const struct context *context);
int cmd_recovery(const struct context *context);
int cmd_remove(const struct context *context);
int cmd_rename(const struct context *context);
int cmd_reset(const struct context *context);
int cmd_rotate(const struct context *context);
int cmd_status(const struct context *context);
int cmd_test(const struct context *context);
int cmd_ticket(const struct context *context);
int cmd_unlock(const struct context *context);

#endif
