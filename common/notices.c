/* SPDX-License-Identifier: BSD-2-Clause */
#include "notices.h"

#include <string.h>

#include "news.h"
#include "throttle.h"

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
    const struct record *next, const struct policy_throttle *pol)
{
	memset(notices, 0, sizeof(*notices));
	memcpy(notices->old_email, rec->email, sizeof(rec->email));
	memcpy(notices->old_phone, rec->phone, sizeof(rec->phone));
	memcpy(notices->email, next->email, sizeof(next->email));
	memcpy(notices->phone, next->phone, sizeof(next->phone));
	notices->n = news_since(rec, next, notices->change);
	notices->untold = next->changes - rec->changes > notices->n;
	for (size_t i = 0; i < LANES; i++)
		see_failures(notices, &rec->failures[i], &next->failures[i],
		    pol);
	notices->any =
	    next->changes != rec->changes || notices->row || notices->off;
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
	notices->any = paid + NOTICES_SECONDS <= most;
	if (notices->any)
		paid += NOTICES_SECONDS;
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
