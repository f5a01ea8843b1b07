/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of enrolment.h that changes what is there, or takes it away.
 *
 * - What takes away MUST take what waits along: whoever it is against may have
 *   begun that.
 */
#include "enrolment.h"

#include <errno.h>
#include <string.h>

#include "news.h"
#include "sent.h"
#include "throttle.h"

void
enrolment_drop(struct record *next)
{
	memset(&next->pending, 0, sizeof(next->pending));
	memset(&next->pending_set, 0, sizeof(next->pending_set));
	memset(&next->pending_address, 0, sizeof(next->pending_address));
	for (size_t i = 0; i < LANES; i++)
		sent_forget(&next->sent[i]);
}

int
enrolment_remove(const char *label, uint64_t now, struct record *next)
{
	int at = record_find(next, label);

	if (at < 0)
		return at;
	for (size_t i = (size_t)at; i + 1 < RECORD_DEVICES; i++)
		next->device[i] = next->device[i + 1];
	explicit_bzero(&next->device[RECORD_DEVICES - 1],
	    sizeof(struct device));
	enrolment_drop(next);
	news_note(CHANGE_DEVICE_REMOVED, label, now, next);
	return 0;
}

int
enrolment_rename(const char *label, const char *new_label, uint64_t now,
    struct record *next)
{
	char old[RECORD_LABEL + 1];
	int at = record_find(next, label);

	if (!record_label_new_ok(new_label))
		return -EINVAL;
	if (at < 0)
		return at;
	if (record_find(next, new_label) >= 0)
		return -EEXIST;
	memcpy(old, next->device[at].label, sizeof(old));
	memset(next->device[at].label, 0, sizeof(old));
	memcpy(next->device[at].label, new_label, strlen(new_label));
	/* One that waits to take its place still does. */
	if (next->pending.mode == PENDING_ROTATE &&
	    strcmp(next->pending.device.label, old) == 0)
		memcpy(next->pending.device.label, next->device[at].label,
		    sizeof(old));
	news_forget(CHANGE_DEVICE_RENAMED, old, next);
	news_note(CHANGE_DEVICE_RENAMED, new_label, now, next);
	return 0;
}

int
enrolment_lock(const char *label, enum lock_kind who, uint64_t now,
    struct record *next)
{
	int at = label != NULL ? record_find(next, label) : 0;

	if (at < 0)
		return at;
	if (label != NULL ? next->device[at].off : next->locked >= who)
		return 0;
	if (who == LOCK_USER && record_recovery_left(&next->recovery) == 0)
		return -EDEADLK;
	enrolment_drop(next);
	if (label != NULL) {
		next->device[at].off = true;
		news_note(CHANGE_DEVICE_LOCKED, label, now, next);
	} else {
		next->locked = who;
		next->locked_at = now < RECORD_TIME_MAX ? now : 0;
		news_note(CHANGE_LOCKED, "", now, next);
	}
	return 0;
}

static int
unlock_device(const char *label, uint64_t now, struct record *next)
{
	int at = record_find(next, label);

	if (at < 0)
		return at;
	if (!next->device[at].off)
		return 0;
	next->device[at].off = false;
	news_note(CHANGE_DEVICE_UNLOCKED, label, now, next);
	return 0;
}

int
enrolment_unlock(const char *label, enum lock_kind who,
    const struct policy_throttle *pol, uint64_t now, struct record *next)
{
	bool shut = next->locked != LOCK_NONE;

	if (label != NULL)
		return unlock_device(label, now, next);
	for (size_t i = 0; i < LANES; i++) {
		struct failures *fail = &next->failures[i];

		shut = shut || throttle_off(fail, pol);
		if (who == LOCK_ROOT)
			memset(fail, 0, sizeof(*fail));
		else
			throttle_recovery_pass(fail, pol);
	}
	next->locked = LOCK_NONE;
	next->locked_at = 0;
	if (shut)
		news_note(CHANGE_UNLOCKED, "", now, next);
	return 0;
}

void
enrolment_clear(uint64_t now, struct record *next)
{
	struct record left = {
		.uid = next->uid,
		.created = next->created,
		.changes = next->changes,
		.untold = next->untold,
		.notices = next->notices,
	};

	memcpy(left.change, next->change, sizeof(left.change));
	/* How often something was sent, to whomever, is not undone by it. */
	for (size_t i = 0; i < LANES; i++)
		memcpy(left.sent[i].times, next->sent[i].times,
		    sizeof(left.sent[i].times));
	explicit_bzero(next, sizeof(*next));
	*next = left;
	news_note(CHANGE_DISABLED, "", now, next);
}

void
enrolment_adopt(uint64_t uid, uint64_t now, struct record *next)
{
	next->uid = uid;
	enrolment_drop(next);
	news_note(CHANGE_ADOPTED, "", now, next);
}
