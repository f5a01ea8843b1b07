/* SPDX-License-Identifier: BSD-2-Clause */
#include "throttle.h"

/* What is left of a wait that ends at "until" and cannot exceed "most". */
static uint64_t
left(uint64_t until, uint64_t now, uint64_t most)
{
	if (until <= now)
		return 0;
	return until - now < most ? until - now : most;
}

/* The wait that a row of this many failures brings. */
static uint64_t
wait_after(uint32_t row, const struct policy_throttle *pol)
{
	uint64_t wait = pol->wait_first;

	if (row < pol->wait_after)
		return 0;
	for (uint32_t i = pol->wait_after; i < row; i++) {
		wait *= 2;
		if (wait >= pol->wait_max)
			break;
	}
	return wait < pol->wait_max ? wait : pol->wait_max;
}

static uint64_t
recovery_wait_after(uint32_t row)
{
	return row < THROTTLE_RECOVERY_FREE ? 0 : THROTTLE_RECOVERY_WAIT;
}

bool
throttle_off(const struct failures *fail, const struct policy_throttle *pol)
{
	return fail->row >= pol->off_after || fail->budget >= pol->budget;
}

uint64_t
throttle_wait(const struct failures *fail, const struct policy_throttle *pol,
    uint64_t now)
{
	return left(fail->wait_until, now, wait_after(fail->row, pol));
}

uint64_t
throttle_recovery_wait(const struct failures *fail, uint64_t now)
{
	return left(fail->recovery_wait_until, now,
	    recovery_wait_after(fail->recovery_row));
}

bool
throttle_clamp(struct failures *fail, const struct policy_throttle *pol,
    uint64_t now)
{
	uint64_t wait = throttle_wait(fail, pol, now);
	uint64_t recovery_wait = throttle_recovery_wait(fail, now);
	bool changed = false;

	if (wait > 0 && fail->wait_until != now + wait) {
		fail->wait_until = now + wait;
		changed = true;
	}
	if (recovery_wait > 0 &&
	    fail->recovery_wait_until != now + recovery_wait) {
		fail->recovery_wait_until = now + recovery_wait;
		changed = true;
	}
	return changed;
}

/*
 * The budget's window starts with a failure, and is not believed to be in the
 * future.  Once used up it stays so: time alone brings nothing back.
 */
static void
spend_budget(struct failures *fail, const struct policy_throttle *pol,
    uint64_t now)
{
	if (fail->budget_from > now)
		fail->budget_from = now;
	if (fail->budget < pol->budget &&
	    now - fail->budget_from >= THROTTLE_BUDGET_SECONDS)
		fail->budget = 0;
	if (fail->budget == 0)
		fail->budget_from = now;
	if (fail->budget < UINT32_MAX)
		fail->budget++;
}

void
throttle_fail(struct failures *fail, const struct policy_throttle *pol,
    uint64_t now, bool slow)
{
	if (!slow)
		spend_budget(fail, pol, now);
	if (fail->row < UINT32_MAX)
		fail->row++;
	fail->wait_until = now + wait_after(fail->row, pol);
}

void
throttle_recovery_fail(struct failures *fail, uint64_t now)
{
	if (fail->recovery_row < UINT32_MAX)
		fail->recovery_row++;
	fail->recovery_wait_until =
	    now + recovery_wait_after(fail->recovery_row);
}

void
throttle_pass(struct failures *fail)
{
	fail->row = 0;
	fail->wait_until = 0;
}

void
throttle_recovery_pass(struct failures *fail, const struct policy_throttle *pol)
{
	throttle_pass(fail);
	fail->recovery_row = 0;
	fail->recovery_wait_until = 0;
	/* A budget that is not used up is not given back: see throttle.h. */
	if (fail->budget >= pol->budget)
		fail->budget = 0;
}
