/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that can be asked about a user's second factor.
 *
 * The front ends (the PAM module, the terminal tool) talk to people and call
 * this; they know nothing of stores, records or rules.  authority.c holds ONE
 * table: each verb, who may call it, and the function that does it.
 *
 * A caller that may not open the store is answered by the same functions in
 * pam_otpd, over a socket (authority_remote.h); no front end can tell.  Who the
 * caller is MUST be what the kernel says.
 */
#ifndef COMMON_AUTHORITY_H
#define COMMON_AUTHORITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf.h"
#include "decide.h"
#include "otp.h"
#include "policy.h"
#include "record.h"

enum verb {
	VERB_CHALLENGE = 0, /* may they pass unasked, and what to ask */
	VERB_ANSWER,        /* is this answer right */
	VERB_ENROL,         /* make a secret; it waits for its first code */
	VERB_CONFIRM,       /* the first code of it, or of a new recovery set */
	VERB_STATUS,        /* what there is, without secrets */
	VERB_RECOVERY,      /* make a new set of recovery codes */
	VERB_RENAME,        /* give a device another label */
	VERB_REMOVE,        /* take a device away */
	VERB_LOCK,          /* switch a device off, or all but recovery codes */
	VERB_UNLOCK,        /* and back on */
	VERB_DISABLE,       /* the user wants no second factor any more */
	VERB_RESET,         /* take away the whole record, whatever it holds */
	VERB_TICKET,        /* let a user enrol who may not do so unasked */
	VERB_SEND,          /* send a code for this login */
	VERB_ADDRESS,       /* set, change or remove an address */
	VERB_CONFIRM_ADDRESS, /* the code that was sent to it */
	VERB_TEST,            /* send as a login would, a code of no use */
	VERB_ADOPT,           /* bind the record to the account's present uid */
	VERBS,
};

/* The account that is asked about, as the system knows it. */
struct account {
	const char *name; /* canonical (pw_name), or as it was given */
	uid_t uid;
	bool known; /* false: there is no such account */
};

/* Members that a verb does not name are not looked at. */
struct request {
	enum verb verb;
	uid_t caller;   /* 0 may do what others need a current code for */
	enum lane lane; /* whose failures these are: see record.h */
	struct account account;
	uint64_t now;

	/* CHALLENGE, ANSWER, SEND, TEST: what is known of the login. */
	const char *service, *scenario, *rhost;

	/*
	 * What was typed.  ANSWER, CONFIRM, CONFIRM_ADDRESS: the code in
	 * question.  ENROL, RECOVERY, RENAME, REMOVE, UNLOCK, DISABLE, ADDRESS:
	 * a current code, which a caller other than root must give where there
	 * is an enrolment already: never one that was sent, and for UNLOCK it
	 * must be a recovery code.  ENROL and ADDRESS where there is none: the
	 * ticket, where policy wants one.
	 */
	const char *answer;
	uint64_t told; /* ANSWER by LANE_LOGIN: the newest change told */

	/*
	 * ENROL: the device to be.  RENAME, REMOVE, LOCK, UNLOCK: the label of
	 * the device that is meant.  LOCK: NULL is everything but recovery
	 * codes.  UNLOCK: NULL is the lock of everything, and what too many
	 * failures switched off; a label is for root alone.
	 */
	const char *label;
	const char *new_label; /* RENAME */
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits, period;
	enum pending_mode mode; /* ENROL: see record.h */

	/*
	 * CONFIRM, for root alone: without a code, if what waits is the device
	 * of this secret, as ENROL gave it, and not one that somebody else has
	 * begun since.  RECOVERY: in force at once, without one of them typed
	 * back.  CONFIRM_ADDRESS: refused, of whomever.
	 */
	bool unchecked;
	const struct otp_secret *secret;
	bool recovery; /* CONFIRM: the recovery set, not the device */

	/*
	 * SEND: METHOD_EMAIL, METHOD_SMS, or 0 for whatever there is; which of
	 * the addresses that were offered, from 1, or 0; and, where policy
	 * wants that, the address typed in full.
	 * ADDRESS: which it is, and the address; NULL takes it away.  The one
	 * that waits for its code already is sent another without a current
	 * code.
	 * TEST: both, of anybody.
	 */
	enum policy_method channel;
	uint32_t choice;
	const char *address;

	uint32_t seconds; /* TICKET: how long it is good; 0: a day */
};

/* STATUS.  Nothing in it is secret. */
struct device_status {
	char label[RECORD_LABEL + 1];
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits, period;
	bool off;
	uint64_t created, used;
};

/* Failures that came in one way, and what they brought. */
struct lane_status {
	bool off;
	uint32_t row, budget;
	uint64_t wait;
};

struct status {
	bool enrolled;
	enum lock_kind locked;
	uint64_t locked_at;
	uint32_t n_devices;
	struct device_status device[RECORD_DEVICES];
	uint32_t recovery_left;
	uint64_t recovery_created; /* 0: there is no set */
	struct lane_status lane[LANES];
	struct missed missed;
	uint64_t pending_until, pending_set_until; /* 0: nothing waits */
	enum pending_mode pending_mode;
	char pending_label[RECORD_LABEL + 1];
	uint64_t ticket_until; /* 0: there is none */
	char email[ADDRESS_MASKED_SIZE], phone[ADDRESS_MASKED_SIZE];
	uint64_t pending_address_until; /* 0: none waits */
	enum policy_method pending_channel;
	char pending_address[ADDRESS_MASKED_SIZE];
	unsigned int channels;          /* that a server is configured for */
	enum policy_self_enroll enroll; /* what a first enrolment needs */
	bool self_lock;
};

/*
 * What came of SEND, which decides nothing and has no verdict; of TEST: SENT or
 * FAILED; and of ADDRESS, where SEND_WAIT says that its code was not looked at
 * or, with ACCEPT, that another was sent meanwhile; with an offer, that this
 * address waits for one that can still be typed.
 */
enum send_result {
	SEND_NOTHING = 0, /* there is nowhere to send one to */
	SEND_SENT,        /* to the one in offer[0], unless policy hides it */
	SEND_OFFER,       /* to which one? */
	SEND_TYPE,        /* policy wants the address typed in full */
	SEND_WAIT,        /* one was sent not long ago, or too many */
	SEND_OFF,    /* locked, off, or a wait: it would not be looked at */
	SEND_FAILED, /* the server did not take it */
	SEND_RESULTS,
};

#define SEND_OFFERS 8

struct send_reply {
	enum send_result result;
	uint64_t wait; /* seconds */
	uint32_t n_offers;
	struct offer_address {
		char masked[ADDRESS_MASKED_SIZE];
	} offer[SEND_OFFERS];
};

struct reply {
	/*
	 * What was decided: of an answer, of a first code, of the current
	 * code that a change needed.  ACCEPT: done.
	 */
	enum verdict verdict;

	/*
	 * CHALLENGE: true only where policy wants nothing of this user.  Also
	 * who has nothing any more is told what was changed: challenge.change
	 * holds it for 30 days.
	 */
	bool pass;
	const char *reason; /* for the log: "exempt", "unenrolled", ... */
	struct challenge challenge;
	struct policy policy; /* CHALLENGE, ADDRESS: what holds here */

	struct outcome outcome; /* ANSWER, or of the current code */

	/* CONFIRM, DENY: seconds that the device's clock is off, if that is
	 * why; else both are 0. */
	uint64_t ahead, behind;

	/* ENROL: the secret, shown once and never again. */
	struct otp_params otp;

	/* CONFIRM, CONFIRM_ADDRESS, RECOVERY: shown once and never again. */
	uint32_t n_codes;
	char code[RECORD_RECOVERY][CODE_RECOVERY_SIZE];

	/* TICKET: shown once and never again. */
	char ticket[CODE_RECOVERY_SIZE];
	uint64_t ticket_until;

	struct send_reply send; /* SEND, ADDRESS, TEST */

	struct status status;
};

struct authority;

/*
 * Read the configuration at "path" and judge it; NULL is POLICY_CONF, which
 * need not be there, while a file that was named must.  0; -EINVAL: it has
 * faults, and "fault" was told of each; -ENOMEM.  Nothing else is opened yet:
 * whoever is exempt needs no store.  *authority is NULL unless the result is 0.
 */
int authority_open(const char *path, conf_fault_fn *fault, void *arg,
    struct authority **authority) __attribute__((warn_unused_result));

/*
 * Say whom to tell of what goes wrong beside the question, and that its reply
 * says nothing of: an address that could not be looked up, mail that was not
 * taken.  One line each, for a log; never a code or a whole address.  Until
 * then nobody is told.
 */
typedef void authority_log_fn(void *arg, const char *what);
void authority_log(struct authority *authority, authority_log_fn *fn,
    void *arg);

/* Accepts NULL in *authority, and leaves NULL there. */
void authority_close(struct authority **authority);

/*
 * Ask.  0: the reply holds what was decided, and all of it is durable.
 * -EINVAL: the request is not one; -ENXIO: its scenario is not there; -EACCES:
 * this caller may not, or policy says no; -ENOENT: no record, no such device,
 * nothing pending; -EDEADLK: a lock would leave nothing to get in with;
 * -EAGAIN: somebody else changed it between the proof and the change;
 * -EEXIST, -E2BIG: see enrolment.h; -ENOTSUP: no server is configured for the
 * channel of ADDRESS or TEST; -EHOSTDOWN, -EBUSY, -ETIME, -EPROTO: see
 * authority_remote.h; others: see store.h, and nothing was decided.
 * A current code that was right is spent also where the change then fails.
 * "reply" is all zero, a denial, unless the result is 0; it may hold secrets,
 * and the caller wipes it.
 */
int authority_ask(struct authority *authority, const struct request *request,
    struct reply *reply) __attribute__((warn_unused_result));

/* The names of all who have a record; see store_list(). */
int authority_list(struct authority *authority,
    int (*fn)(void *arg, const char *name), void *arg)
    __attribute__((warn_unused_result));

/* Make the store and the key that the configuration names; store_init(). */
int authority_init(struct authority *authority)
    __attribute__((warn_unused_result));

/* What [default] says, [store], and the rest; as long as "authority" lives. */
const struct policy *authority_default(const struct authority *authority);
const struct policy_store *authority_store(const struct authority *authority);
const struct policy_delivery *authority_delivery(
    const struct authority *authority);

/* A constant string such as "sent", for logs.  Never NULL. */
const char *authority_send_name(enum send_result result);

/* One sentence for an error of this header: what it means and what to do. */
const char *authority_strerror(int error);

#endif
