/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The half of decide.h that decides nothing: what there is to ask for.
 */
#include "decide.h"

#include <string.h>

#include "device.h"
#include "sent.h"
#include "throttle.h"

bool
decide_enrolled(const struct record *rec)
{
	return record_devices(rec) > 0 || rec->recovery.created != 0 ||
	    rec->locked != LOCK_NONE || rec->email[0] != '\0' ||
	    rec->phone[0] != '\0';
}

/* What devices can do for this challenge. */
static void
challenge_devices(const struct record *rec, const struct policy *pol,
    uint64_t now, struct challenge *challenge)
{
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
	if (locked && !listed)
		challenge->barriers |= BARRIER_LOCKED;
}

/* Channels that a code can be sent by to somebody who has this record. */
static unsigned int
channels(const struct record *rec, const struct policy *pol)
{
	unsigned int known = pol->elsewhere;

	if (rec->email[0] != '\0')
		known |= METHOD_EMAIL;
	if (rec->phone[0] != '\0')
		known |= METHOD_SMS;
	return pol->methods & pol->channels & known & METHODS_SENT;
}

/* What codes that are sent can do: they too need a clock. */
static void
challenge_sent(const struct record *rec, const struct policy *pol, uint64_t now,
    enum lane lane, struct challenge *challenge)
{
	const struct sent *sent = &rec->sent[lane];
	unsigned int methods = channels(rec, pol);

	if ((pol->methods & sent->method) != 0 &&
	    sent_live(sent, &pol->sent, pol->scenario, now)) {
		methods |= sent->method;
		challenge->sent = sent->method;
		challenge->sent_at = sent->times[0];
	}
	if (device_clock_set(now))
		challenge->methods |= methods;
	else if (methods != 0)
		challenge->barriers |= BARRIER_CLOCK;
}

/* What shuts all of these, or makes them wait. */
static void
challenge_shut(const struct record *rec, const struct policy *pol, uint64_t now,
    enum lane lane, struct challenge *challenge)
{
	const struct failures *fail = &rec->failures[lane];

	if (rec->locked != LOCK_NONE)
		challenge->barriers |= BARRIER_LOCKED;
	if (challenge->methods != 0 && throttle_off(fail, &pol->throttle))
		challenge->barriers |= BARRIER_FAILURES;
	if (rec->locked != LOCK_NONE ||
	    (challenge->barriers & BARRIER_FAILURES) != 0)
		challenge->methods = 0;
	if (challenge->methods != 0)
		challenge->wait = throttle_wait(fail, &pol->throttle, now);
	if ((challenge->methods & METHODS_SENT) == 0) {
		challenge->sent = 0;
		challenge->sent_at = 0;
	} else {
		challenge->send_only =
		    (challenge->methods & (METHOD_TOTP | METHOD_HOTP)) == 0;
	}
}

void
decide_challenge(const struct record *rec, const struct policy *pol,
    uint64_t now, enum lane lane, struct challenge *challenge)
{
	memset(challenge, 0, sizeof(*challenge));
	challenge->enrolled = decide_enrolled(rec);
	challenge_devices(rec, pol, now, challenge);
	challenge_sent(rec, pol, now, lane, challenge);
	challenge_shut(rec, pol, now, lane, challenge);

	challenge->recovery_left = record_recovery_left(&rec->recovery);
	if (challenge->recovery_left > 0 &&
	    (pol->methods & METHOD_RECOVERY) != 0)
		challenge->methods |= METHOD_RECOVERY;
	if (challenge->methods == 0 && challenge->barriers == 0)
		challenge->barriers = BARRIER_METHODS;

	challenge->missed = rec->missed;
	memcpy(challenge->change, rec->change, sizeof(challenge->change));
}
