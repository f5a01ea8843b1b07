/* SPDX-License-Identifier: BSD-2-Clause */
#include "notices.h"

#include <string.h>

#include "news.h"
#include "throttle.h"

/* Does it let somebody in, keep somebody out for good, or is all told? */
static bool
is_told(enum change_kind kind, enum policy_notify notify)
{
	switch (kind) {
	case CHANGE_DEVICE_ADDED:
	case CHANGE_DEVICE_REPLACED:
	case CHANGE_DEVICE_REMOVED:
	case CHANGE_RECOVERY_SET:
	case CHANGE_RECOVERY_USED:
	case CHANGE_ADOPTED:
	case CHANGE_DEVICE_ROTATED:
	case CHANGE_DISABLED:
	case CHANGE_ADDRESS:
	case CHANGE_ADDRESS_REMOVED:
		return true;
	case CHANGE_NONE:
	case CHANGE_DEVICE_RENAMED:
	case CHANGE_DEVICE_LOCKED:
	case CHANGE_DEVICE_UNLOCKED:
	case CHANGE_LOCKED:
	case CHANGE_UNLOCKED:
		break;
	}
	return notify == NOTIFY_ALL;
}

static void
see_failures(struct notices *notices, const struct failures *fail,
    const struct failures *next, const struct policy_throttle *pol)
{
	notices->row = notices->row ||
	    (fail->row < NOTICES_ROW && next->row >= NOTICES_ROW);
	notices->off = notices->off ||
	    (!throttle_off(fail, pol) && throttle_off(next, pol));
}

void
notices_see(struct notices *notices, const struct record *rec,
    const struct record *next, const struct policy *pol)
{
	struct change change[RECORD_CHANGES];
	size_t n = news_since(rec, next, change);

	memset(notices, 0, sizeof(*notices));
	memcpy(notices->old_email, rec->email, sizeof(rec->email));
	memcpy(notices->old_phone, rec->phone, sizeof(rec->phone));
	memcpy(notices->email, next->email, sizeof(next->email));
	memcpy(notices->phone, next->phone, sizeof(next->phone));
	if (pol->notify == NOTIFY_NONE)
		return;
	for (size_t i = 0; i < n; i++)
		if (is_told(change[i].kind, pol->notify))
			notices->change[notices->n++] = change[i];
	notices->untold = next->changes - rec->changes > n;
	for (size_t i = 0; i < LANES; i++)
		see_failures(notices, &rec->failures[i], &next->failures[i],
		    &pol->throttle);
	notices->any =
	    notices->n > 0 || notices->untold || notices->row || notices->off;
}

/* Who has the old address hears of nothing after this. */
static bool
is_moved(const struct notices *notices)
{
	return strcmp(notices->old_email, notices->email) != 0 ||
	    strcmp(notices->old_phone, notices->phone) != 0;
}

void
notices_count(struct notices *notices, uint64_t now, struct record *next)
{
	const uint64_t most = now + NOTICES_AT_ONCE * NOTICES_SECONDS;
	uint64_t paid = next->notices > now ? next->notices : now;

	if (!notices->any || most > RECORD_TIME_MAX)
		return;
	/* A clock that was put back is to keep nobody uninformed for long. */
	if (paid > most)
		paid = most;
	if (paid + NOTICES_SECONDS <= most)
		paid += NOTICES_SECONDS;
	else
		notices->any = is_moved(notices);
	notices->last = paid + NOTICES_SECONDS > most;
	next->notices = paid;
}

void
notices_add(struct notices *notices, const struct notices *later)
{
	size_t n = 0;

	if (!later->any)
		return;
	if (!notices->any) {
		*notices = *later;
		return;
	}
	memcpy(notices->email, later->email, sizeof(later->email));
	memcpy(notices->phone, later->phone, sizeof(later->phone));
	while (n < later->n && notices->n < RECORD_CHANGES)
		notices->change[notices->n++] = later->change[n++];
	notices->untold = notices->untold || later->untold || n < later->n;
	notices->row = notices->row || later->row;
	notices->off = notices->off || later->off;
	notices->last = notices->last || later->last;
}
