/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of authority.h: one request on its way from the table of
 * verbs to the function that does it.
 *
 *	authority.c         the table, and the policy that holds
 *	authority_login.c   what a login asks
 *	authority_change.c  how a record is changed, and by whom; the verbs that
 *	                    change what is there, or take it away
 *	authority_enrol.c   the verbs that make what is shown once
 *	authority_status.c  what may be seen
 */
#ifndef COMMON_AUTHORITY_CALL_H
#define COMMON_AUTHORITY_CALL_H

#include "authority.h"
#include "store.h"

struct call {
	const struct store *store;
	const struct policy *policy;
	const struct request *req;
	struct reply *reply;

	/*
	 * What a current code, which this caller has to give where there is a
	 * factor, may be: METHOD_ bits, of which policy lists some; 0: no code
	 * is needed.
	 */
	unsigned int proof;

	/*
	 * For changes: makes the next record, and sets the verdict.  1: keep
	 * it; 0: do not; -errno: give up.
	 */
	int (*apply)(struct call *call, struct record *next);
	bool factor; /* only where there is one: else -ENOENT */
	int error;   /* it cannot be made, but its code is spent */
	bool found;  /* there is a record */

	/* What there was when the code was judged, if it is looked at again. */
	uint64_t changes;
	uint8_t salt[CODE_SALT_LEN];

	/* For what is made: as it is stored, and as it is shown. */
	struct device device;
	struct recovery_set fresh;
	bool replaced; /* "fresh" is in force now */
	char code[RECORD_RECOVERY][CODE_RECOVERY_SIZE];
	struct ticket ticket;
	char ticket_text[CODE_RECOVERY_SIZE];
};

struct store_account call_account(const struct call *call);

/* The answer that came with the request, as it has to be judged. */
struct attempt call_attempt(const struct call *call);

/*
 * Change the record of the account by "apply", once its current code was
 * judged where one is needed.  0: the verdict says what came of it.
 */
int call_change(struct call *call,
    int (*apply)(struct call *call, struct record *next))
    __attribute__((warn_unused_result));

/* The same, of a second factor; -ENOENT: there is none, whatever waits. */
int call_change_factor(struct call *call,
    int (*apply)(struct call *call, struct record *next))
    __attribute__((warn_unused_result));

/* As call_change(), and make a record for an account that has none. */
int call_make(struct call *call,
    int (*apply)(struct call *call, struct record *next))
    __attribute__((warn_unused_result));

/* The end of an apply(): "r" is of enrolment.h. */
int call_done(struct call *call, int r) __attribute__((warn_unused_result));

/* The verbs, in the order of the files above. */
int call_challenge(struct call *call) __attribute__((warn_unused_result));
int call_answer(struct call *call) __attribute__((warn_unused_result));

int call_rename(struct call *call) __attribute__((warn_unused_result));
int call_remove(struct call *call) __attribute__((warn_unused_result));
int call_lock(struct call *call) __attribute__((warn_unused_result));
int call_unlock(struct call *call) __attribute__((warn_unused_result));
int call_disable(struct call *call) __attribute__((warn_unused_result));
int call_reset(struct call *call) __attribute__((warn_unused_result));
int call_adopt(struct call *call) __attribute__((warn_unused_result));

int call_enrol(struct call *call) __attribute__((warn_unused_result));
int call_confirm(struct call *call) __attribute__((warn_unused_result));
int call_recovery(struct call *call) __attribute__((warn_unused_result));
int call_ticket(struct call *call) __attribute__((warn_unused_result));

int call_status(struct call *call) __attribute__((warn_unused_result));

#endif
