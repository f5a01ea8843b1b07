/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of authority.h: one request on its way from the table of
 * verbs to the function that does it.
 *
 *	authority.c         the table, and the policy that holds
 *	authority_login.c   what a login asks
 *	authority_change.c  how a record is changed, by whom; the verbs that
 *	                    change what is there, or take it away
 *	authority_enrol.c   the verbs that make what is shown once
 *	authority_send.c    codes that are sent for a login
 *	authority_address.c where to, if the user says so
 *	authority_deliver.c how they are sent
 *	authority_status.c  what may be seen
 *	authority_notify.c  who is told of what was changed
 */
#ifndef COMMON_AUTHORITY_CALL_H
#define COMMON_AUTHORITY_CALL_H

#include <limits.h>

#include "authority.h"
#include "contact.h"
#include "message.h"
#include "notices.h"
#include "secrets.h"
#include "sent.h"
#include "store.h"

struct call {
	const struct store *store;
	const struct policy *policy;
	const struct policy_delivery *delivery;
	const struct request *req;
	struct reply *reply;
	authority_log_fn *log; /* or NULL */
	void *log_arg;
	int64_t deadline; /* of all look-ups and the server together */

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

	/* For what is sent: the code, and where to. */
	char sent[SENT_CODE_SIZE];
	uint8_t sent_salt[CODE_SALT_LEN];
	struct contact to;
	const struct record *seen; /* what addresses were looked up with */
	bool again; /* it waits for one already, and this is another */

	struct notices notices; /* what was kept, and is to be told */
};

/* Tell the log of something that went wrong; nothing where there is none. */
void call_log(const struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct store_account call_account(const struct call *call);

/* The answer that came with the request, as it has to be judged. */
struct attempt call_attempt(const struct call *call);

/*
 * Read the record of the account, and give what "look" says of it; or what
 * store_read() did, and it was not asked.  Nothing of the record is left.
 */
int call_look(struct call *call,
    int (*look)(struct call *call, const struct record *rec))
    __attribute__((warn_unused_result));

/*
 * store_update() and store_create(): the only ways to them, so that what is
 * kept is also told.  "fn" is given the call.
 */
int call_update(struct call *call, const struct store_account *account,
    store_fn *fn) __attribute__((warn_unused_result));
int call_create(struct call *call, const struct record *rec)
    __attribute__((warn_unused_result));

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

/*
 * May somebody who has nothing set up a factor alone?  1: yes; 0: not with
 * this ticket, and the verdict says why.
 */
int call_may_begin(struct call *call, struct record *next)
    __attribute__((warn_unused_result));

/* Recovery codes: made, found to be in this record, and shown. */
int call_make_codes(struct call *call) __attribute__((warn_unused_result));
bool call_is_fresh(const struct call *call, const struct recovery_set *set);
int call_show_codes(struct call *call) __attribute__((warn_unused_result));

/* A code to be sent: made, kept in "next" for "scenario", and sent. */
int call_make_sent(struct call *call) __attribute__((warn_unused_result));
int call_keep_sent(struct call *call, const char *scenario, struct record *next)
    __attribute__((warn_unused_result));

/*
 * Send it to call->to, while the caller waits or "later", and forget it; what
 * came of it is in the reply, unless nobody waits.  Without an address the same
 * is done, and nothing sent.
 */
void call_deliver(struct call *call, bool later);

/* What is asked about, as messages say it; "host" is filled for them. */
struct message call_message(const struct call *call,
    char host[static HOST_NAME_MAX + 1]);

/* How the addresses of the account are asked for. */
struct contact_ask call_contacts(struct call *call, enum policy_method method,
    const struct record *rec);

/* The passwords for servers; 0, or an error, and it was logged. */
int call_secrets(struct call *call, struct secrets *secrets)
    __attribute__((warn_unused_result));

/* Tell whoever has to be told of what was kept; nobody waits for it. */
void call_notify(struct call *call);

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

int call_send(struct call *call) __attribute__((warn_unused_result));
int call_address(struct call *call) __attribute__((warn_unused_result));
int call_confirm_address(struct call *call) __attribute__((warn_unused_result));

int call_test(struct call *call) __attribute__((warn_unused_result));

int call_status(struct call *call) __attribute__((warn_unused_result));

#endif
