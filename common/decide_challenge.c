/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The half of decide.h that decides nothing: what there is to ask for.
 */
#include "decide.h"

#include <string.h>

#include "device.h"
#include "throttle.h"

bool
decide_enrolled(const struct record *rec)
{
	return record_devices(rec) > 0 || rec->recovery.created != 0 ||
	    rec->locked != LOCK_NONE;
}

/* What devices can do for this challenge. */
static void
challenge_devices(const struct record *rec, const struct policy *pol,
    uint64_t now, enum lane lane, struct challenge *challenge)
{
	const struct failures *fail = &rec->failures[lane];
	bool locked = false, listed = false;

	for (size_t i = 0; i < record_devices(rec); i++) {
		const struct device *dev = &rec->device[i];

		locked = locked || device_locked(dev, pol);
		listed = listed || device_listed(dev, pol);
		if (device_usable(dev, pol, now))
			challenge->methods |= device_method(dev);
		else if (device_listed(dev, pol))
			challenge->barriers |= BARRIER_CLOCK;
	}
	/* Locked one by one, all of them: the same things help. */
	if (rec->locked != LOCK_NONE || (locked && !listed))
		challenge->barriers |= BARRIER_LOCKED;
	if (challenge->methods != 0 && throttle_off(fail, &pol->throttle))
		challenge->barriers |= BARRIER_FAILURES;
	if ((challenge->barriers & (BARRIER_LOCKED | BARRIER_FAILURES)) != 0)
		challenge->methods = 0;
	else if (challenge->methods != 0)
		challenge->wait = throttle_wait(fail, &pol->throttle, now);
}

void
decide_challenge(const struct record *rec, const struct policy *pol,
    uint64_t now, enum lane lane, struct challenge *challenge)
{
	memset(challenge, 0, sizeof(*challenge));
	challenge->enrolled = decide_enrolled(rec);
	challenge_devices(rec, pol, now, lane, challenge);

	challenge->recovery_left = record_recovery_left(&rec->recovery);
	if (challenge->recovery_left > 0 &&
	    (pol->methods & METHOD_RECOVERY) != 0)
		challenge->methods |= METHOD_RECOVERY;
	if (challenge->methods == 0 && challenge->barriers == 0)
		challenge->barriers = BARRIER_METHODS;

	challenge->missed = rec->missed;
	memcpy(challenge->change, rec->change, sizeof(challenge->change));
}
