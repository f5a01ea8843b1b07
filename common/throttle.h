/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often a user may be wrong.
 *
 * Codes of devices: wait_after wrong ones in a row bring a wait before the next
 * look, which every further one doubles, up to a bound; after off_after in a
 * row, or a budget of failures within 30 days that no success clears, they are
 * off until a recovery code or an administrator.  Recovery codes have 80 bits
 * and need no such wall: after five wrong ones a fixed wait, never longer,
 * never off.
 *
 * Counts do not depend on the clock.  Waits do, so none is believed that is
 * longer than it could have been made: a clock put back locks nobody out.
 */
#ifndef COMMON_THROTTLE_H
#define COMMON_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"
#include "record.h"

#define THROTTLE_BUDGET_SECONDS (30 * 86400)
#define THROTTLE_RECOVERY_FREE 5
#define THROTTLE_RECOVERY_WAIT 5

/* Are codes of devices off? */
bool throttle_off(const struct failures *fail,
    const struct policy_throttle *pol);

/* Seconds until a device's code is looked at; 0: now. */
uint64_t throttle_wait(const struct failures *fail,
    const struct policy_throttle *pol, uint64_t now);

/* The same for a recovery code. */
uint64_t throttle_recovery_wait(const struct failures *fail, uint64_t now);

/*
 * Bring waits that no clock could have made back into their bounds.  True if
 * there were any.
 */
bool throttle_clamp(struct failures *fail, const struct policy_throttle *pol,
    uint64_t now);

/* Count a wrong code of a device; "slow": was right a little while ago. */
void throttle_fail(struct failures *fail, const struct policy_throttle *pol,
    uint64_t now, bool slow);
void throttle_recovery_fail(struct failures *fail, uint64_t now);

/* A code of a device was accepted: the row ends, the budget stays. */
void throttle_pass(struct failures *fail);

/*
 * A recovery code was accepted: devices are on again.  The budget is given
 * back only where it was used up, else devices would be off at once again.
 */
void throttle_recovery_pass(struct failures *fail,
    const struct policy_throttle *pol);

#endif
