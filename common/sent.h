/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that are sent: made, stored, matched, and how often.  Pure: random
 * bytes and time are arguments.
 *
 * A code is bound to the scenario that asked for it and to the lane that it
 * was asked for in; only the newest of a lane is valid, for a while, for a few
 * tries, and across connections.  How often one may be sent stands in the
 * record, so coming again is no way round it.
 */
#ifndef COMMON_SENT_H
#define COMMON_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code.h"
#include "policy.h"
#include "record.h"

#define SENT_CODE_MIN CODE_LEN_MIN
#define SENT_CODE_MAX CODE_LEN_MAX
#define SENT_CODE_SIZE (SENT_CODE_MAX + 1)

/* More random bytes than any code needs; see sent_write(). */
#define SENT_RANDOM 256

/* Of what confirms an address; no section of a configuration is called so. */
#define SENT_CONFIRMS "@"

/*
 * Make a code of random bytes, every character of the alphabet as likely as
 * any other (what would favour one is passed over).  True; false: not even so
 * many bytes gave enough of them, which is not to be expected.
 */
bool sent_write(const struct policy_sent *pol,
    const uint8_t random[static SENT_RANDOM], char code[static SENT_CODE_SIZE]);

/* What is sent where this policy holds; NULL: it lists no method that is. */
const struct policy_sent *sent_policy(const struct policy *pol);

/*
 * Read an answer as code_read() does, but for the prefix of this policy, which
 * may stand before a code that is sent: in any case, with or without its
 * dashes.  What is of CODE_OTHER and is none of this policy's is of CODE_NONE.
 * "pol" is NULL where none is sent.
 */
void sent_read(const char *typed, const struct policy_sent *pol,
    struct code *code);

/* Are codes of this policy of that length, and of such characters? */
bool sent_fits(const struct code *answer, const struct policy_sent *pol);

/*
 * Seconds until another may be sent; 0: now.  resend_after since the last,
 * resend_max in 15 minutes, RECORD_SENDS in a day.  A clock that is put back
 * makes none of them longer, and what it leaves in the future counts no more.
 */
uint64_t sent_wait(const struct sent *sent, const struct policy_sent *pol,
    uint64_t now);

/*
 * Let "code" be the one that is valid for "scenario" from now on, and count it
 * as sent.  0, or -EIO: the crypto library failed, and "sent" is as it was.
 */
int sent_store(const char *code, const char *scenario,
    enum policy_method method, const uint8_t salt[static CODE_SALT_LEN],
    uint64_t now, struct sent *sent) __attribute__((warn_unused_result));

/* Was the newest sent for this scenario?  It may be dead since. */
bool sent_is_for(const struct sent *sent, const char *scenario);

/*
 * Is there one that could be answered with, for this scenario?  One of the
 * future is not: a clock that was put back gives it no second life.  Nor is any
 * where the crypto library fails.
 */
bool sent_live(const struct sent *sent, const struct policy_sent *pol,
    const char *scenario, uint64_t now);

/*
 * Hold what was typed against one that is live.  0 and whether it is right; a
 * right one is spent, a wrong one counted, and after "tries" of them it is
 * dead.  -EIO.
 */
int sent_match(const struct code *answer, const struct policy_sent *pol,
    struct sent *sent, bool *right) __attribute__((warn_unused_result));

/* No code is valid any more; how many were sent stays. */
void sent_forget(struct sent *sent);

#endif
