/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that can be asked about a user's second factor.
 *
 * The front ends (the PAM module, the terminal tool) talk to people and call
 * this; they know nothing of stores, records or rules.  authority.c holds ONE
 * table: each verb, who may call it, and the function that does it.
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
	VERB_REMOVE,        /* take a device away, or everything */
	VERB_ADOPT,         /* bind the record to the account's present uid */
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
	uid_t caller; /* 0 may do what others need a current code for */
	struct account account;
	uint64_t now;

	/* CHALLENGE, ANSWER: what is known of the login. */
	const char *service, *scenario, *rhost;

	/*
	 * What was typed.  ANSWER, CONFIRM: the code in question.  ENROL,
	 * RECOVERY, REMOVE: a current code, which a caller other than root
	 * must give where there is an enrolment already.
	 */
	const char *answer;
	uint64_t told; /* ANSWER: as the challenge said */

	/* ENROL: the device to be.  REMOVE: its label; NULL is everything. */
	const char *label;
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits, period;
	bool add; /* ENROL: beside the devices there are */

	/* CONFIRM, for root: take effect without a code. */
	bool unchecked;
	bool recovery; /* CONFIRM: the recovery set, not the device */
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

struct status {
	bool enrolled, locked, off;
	size_t n_devices;
	struct device_status device[RECORD_DEVICES];
	unsigned int recovery_left;
	uint64_t recovery_created; /* 0: there is no set */
	uint64_t wait;
	uint32_t row, budget;
	struct missed missed;
	uint64_t pending_until, pending_set_until; /* 0: nothing waits */
};

struct reply {
	/*
	 * What was decided: of an answer, of a first code, of the current
	 * code that a change needed.  ACCEPT: done.
	 */
	enum verdict verdict;

	/* CHALLENGE: true only where policy wants nothing of this user. */
	bool pass;
	const char *reason; /* for the log: "exempt", "unenrolled", ... */
	struct challenge challenge;
	struct policy policy; /* CHALLENGE: what holds here */

	struct outcome outcome; /* ANSWER, or of the current code */
	int64_t skew;           /* CONFIRM: see enrolment.h */
	bool skewed;

	/* ENROL: the secret, shown once and never again. */
	struct otp_params otp;

	/* CONFIRM, RECOVERY: shown once and never again. */
	size_t n_codes;
	char code[RECORD_RECOVERY][CODE_RECOVERY_SIZE];

	struct status status;
};

struct authority;

/*
 * Read the configuration at "path" and judge it.  0; -EINVAL: it has faults,
 * and "fault" was told of each; -ENOMEM.  Nothing else is opened yet: whoever
 * is exempt needs no store.  *authority is NULL unless the result is 0.
 */
int authority_open(const char *path, conf_fault_fn *fault, void *arg,
    struct authority **authority) __attribute__((warn_unused_result));

/* Accepts NULL in *authority, and leaves NULL there. */
void authority_close(struct authority **authority);

/*
 * Ask.  0: the reply holds what was decided, and all of it is durable.
 * -EINVAL: the request or its scenario is not there; -EACCES: this caller may
 * not; -ENOENT: no record, no such device, nothing pending; -EEXIST, -E2BIG:
 * see enrolment.h; others: see store.h, and nothing was decided.
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

/* What [default] says, and [store]; as long as "authority" lives. */
const struct policy *authority_default(const struct authority *authority);
const struct policy_store *authority_store(const struct authority *authority);

/* One sentence for an error of this header: what it means and what to do. */
const char *authority_strerror(int error);

#endif
