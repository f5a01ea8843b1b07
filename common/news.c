/* SPDX-License-Identifier: BSD-2-Clause */
#include "news.h"

#include <string.h>

/* How much it matters that the user is told. */
static int
weight(enum change_kind kind)
{
	switch (kind) {
	case CHANGE_NONE:
	case CHANGE_RECOVERY_USED:
	case CHANGE_DEVICE_RENAMED:
		return 0;
	case CHANGE_DEVICE_REMOVED:
	case CHANGE_DEVICE_LOCKED:
	case CHANGE_LOCKED:
	case CHANGE_ADDRESS_REMOVED:
		return 1;
	/* These let somebody in. */
	case CHANGE_DEVICE_ADDED:
	case CHANGE_DEVICE_REPLACED:
	case CHANGE_DEVICE_ROTATED:
	case CHANGE_DEVICE_UNLOCKED:
	case CHANGE_RECOVERY_SET:
	case CHANGE_UNLOCKED:
	case CHANGE_ADOPTED:
	case CHANGE_DISABLED:
	case CHANGE_ADDRESS:
		break;
	}
	return 2;
}

static void
take_out(size_t at, struct record *next)
{
	struct change *change = next->change;

	memmove(change + at, change + at + 1,
	    (RECORD_CHANGES - 1 - at) * sizeof(*change));
	memset(change + RECORD_CHANGES - 1, 0, sizeof(*change));
}

void
news_note(enum change_kind kind, const char *label, uint64_t now,
    struct record *next)
{
	struct change *change = next->change;
	size_t n = 0, out = 0;

	next->changes++;
	if (next->untold == 0)
		next->untold = now < RECORD_TIME_MAX ? now : 0;
	while (n < RECORD_CHANGES && change[n].kind != CHANGE_NONE)
		n++;
	if (n == RECORD_CHANGES) {
		/* The oldest of those that matter least makes room. */
		for (size_t i = 1; i < n; i++)
			if (weight(change[i].kind) < weight(change[out].kind))
				out = i;
		if (weight(kind) < weight(change[out].kind))
			return;
		n--;
		take_out(out, next);
	}
	change[n] = (struct change){
		.number = next->changes,
		.at = now < RECORD_TIME_MAX ? now : 0,
		.kind = kind,
	};
	memcpy(change[n].label, label, strnlen(label, RECORD_LABEL));
}

/* Is there what somebody may come in with every day? */
static bool
has_older(const struct record *rec, uint64_t made)
{
	if ((rec->email[0] != '\0' && rec->email_since < made) ||
	    (rec->phone[0] != '\0' && rec->phone_since < made))
		return true;
	for (size_t i = 0; i < record_devices(rec); i++)
		if (rec->device[i].created < made)
			return true;
	return false;
}

void
news_told(uint64_t number, uint64_t made, uint64_t now, struct record *next)
{
	struct change left[RECORD_CHANGES] = { 0 };
	bool heard = made < next->untold || !has_older(next, made);
	size_t n = 0, had = 0;

	for (; had < RECORD_CHANGES && next->change[had].kind != CHANGE_NONE;
	     had++) {
		const struct change *change = &next->change[had];

		if (change->number > number ||
		    (!heard && now < change->at + NEWS_SECONDS))
			left[n++] = *change;
	}
	/* What is left as it was may have begun with one that is not there. */
	if (n == had)
		return;
	memcpy(next->change, left, sizeof(left));
	next->untold = left[0].at;
}

void
news_forget(enum change_kind kind, const char *label, struct record *next)
{
	for (size_t i = 0; i < RECORD_CHANGES; i++)
		if (next->change[i].kind == kind &&
		    strcmp(next->change[i].label, label) == 0)
			take_out(i, next);
}

size_t
news_since(const struct record *rec, const struct record *next,
    struct change change[static RECORD_CHANGES])
{
	size_t n = 0;

	for (size_t i = 0; i < RECORD_CHANGES; i++)
		if (next->change[i].kind != CHANGE_NONE &&
		    next->change[i].number > rec->changes)
			change[n++] = next->change[i];
	return n;
}
