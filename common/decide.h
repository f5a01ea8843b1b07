/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core: what may pass, and what must be remembered of it.
 *
 * Nothing here reads a file, a clock or a random source, keeps state, or logs.
 * Whatever a verdict depends on is an argument, so every case can be written
 * down as one row of a test table (tests/unit/test_decide.c).
 */
#ifndef COMMON_DECIDE_H
#define COMMON_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "record.h"

/* Before this the clock was never set: TOTP cannot be judged. */
#define DECIDE_CLOCK_MIN UINT64_C(1767225600) /* 2026-01-01 */

#define DECIDE_NEAR 10       /* steps: a slow typist, not a guess */
#define DECIDE_LOOK_AHEAD 10 /* HOTP counters that are accepted at once */
#define DECIDE_RESYNC 50     /* and with the next code after it */

enum verdict {
	VERDICT_DENY = 0,  /* wrong; or never set: zero must not pass */
	VERDICT_MALFORMED, /* cannot be a code: not counted */
	VERDICT_REPLAY,    /* right once, spent since: not counted */
	VERDICT_WAIT,      /* too many failures: not looked at, not counted */
	VERDICT_OFF,       /* locked, switched off, or not accepted here */
	VERDICT_UNUSABLE,  /* the clock was never set */
	/* Far from all others: no single flipped bit makes one of it. */
	VERDICT_ACCEPT = 0x3a96c5a5,
};

/* Why nothing, or not everything, is accepted at the moment; a set of bits. */
enum barrier {
	BARRIER_LOCKED = 1 << 0,   /* somebody locked it, or each device */
	BARRIER_FAILURES = 1 << 1, /* all but recovery, after too many */
	BARRIER_METHODS = 1 << 2,  /* nothing they have is listed here */
	BARRIER_CLOCK = 1 << 3,    /* the clock was never set */
};

/* What has to be known in order to ask. */
struct challenge {
	bool enrolled;
	unsigned int methods;  /* what would be looked at: METHOD_ bits */
	unsigned int barriers; /* BARRIER_ bits */
	uint64_t wait; /* seconds until any but recovery's is looked at */
	unsigned int recovery_left;

	/* Of codes that are sent, for this scenario. */
	enum policy_method sent; /* one is on its way or there; 0: none */
	uint64_t sent_at;
	bool send_only; /* no device could be answered with */

	struct missed missed;
	struct change change[RECORD_CHANGES];
};

struct attempt {
	uint64_t now;
	enum lane lane;
	const char *answer; /* as it was typed */
	const char *rhost;  /* NULL, "", or not a login: from this machine */
	uint64_t told;      /* the number of the newest change that was told */
};

struct outcome {
	enum verdict verdict;
	enum policy_method method; /* that was answered with; 0: none */
	uint64_t made; /* when what was accepted was: its device, or its set */
	uint64_t wait; /* seconds to the next look */
	unsigned int recovery_left;
	bool keep; /* "next" differs, and must be stored */
};

/*
 * Enrolled is who has a confirmed device or address, a set of recovery codes
 * (spent or not) or a lock; something pending alone does not make it.
 */
bool decide_enrolled(const struct record *rec);

/*
 * What to ask at "now", and what to tell.  It decides nothing: whoever is asked
 * may still be refused, and that no method is left is not that nothing is
 * wanted.  "challenge" is filled in full, and says nothing that is secret.
 */
void decide_challenge(const struct record *rec, const struct policy *pol,
    uint64_t now, enum lane lane, struct challenge *challenge);

/*
 * Decide whether an answer passes: held against the code that was sent if one
 * is live here and it could be that, then against whatever else it could be.
 * What is none of them is one failure.  A record that holds nothing but a code
 * that was sent is judged like any other.
 *
 * "next" receives the record as it has to be stored, whatever the verdict; it
 * must not alias "rec".  0, or -EIO: the crypto library failed, and neither
 * output says anything.
 *
 * A verdict counts only once "next" is durable: run this inside
 * store_update(), and if that fails say the same whatever the verdict was.
 *
 * Takes the same time for every answer of the same shape, but that one which
 * was right is held against nothing more.
 */
int decide_answer(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, struct record *next, struct outcome *outcome)
    __attribute__((warn_unused_result));

/*
 * The record that answers of unknown and unenrolled users are held against,
 * so that they cost what others do.  No answer passes for it.
 */
void decide_decoy(struct record *rec);

/* A constant string such as "replay", for logs.  Never NULL. */
const char *decide_name(enum verdict verdict);
const char *decide_method_name(enum policy_method method);

#endif
