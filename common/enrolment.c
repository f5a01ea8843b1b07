/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrolment.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

void
enrolment_note(enum change_kind kind, const char *label, uint64_t now,
    struct record *next)
{
	struct change *change = next->change;
	size_t n = 0;

	while (n < RECORD_CHANGES && change[n].kind != CHANGE_NONE)
		n++;
	if (n == RECORD_CHANGES) {
		n--;
		memmove(change, change + 1, n * sizeof(*change));
	}
	change[n] = (struct change){
		.number = ++next->changes,
		.at = now < RECORD_TIME_MAX ? now : 0,
		.kind = kind,
	};
	memcpy(change[n].label, label, strnlen(label, RECORD_LABEL));
}

void
enrolment_told(uint64_t number, struct record *next)
{
	struct change left[RECORD_CHANGES] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < RECORD_CHANGES; i++)
		if (next->change[i].number > number)
			left[n++] = next->change[i];
	memcpy(next->change, left, sizeof(left));
}

int
enrolment_begin(const struct device *device, enum pending_mode mode,
    uint64_t now, struct record *next)
{
	bool add = mode == PENDING_ADD;

	if (now >= RECORD_TIME_MAX - ENROLMENT_PENDING_SECONDS)
		return -EINVAL;
	if (!record_label_ok(device->label))
		return -EINVAL;
	if (add && record_find(next, device->label) >= 0)
		return -EEXIST;
	if (add && record_devices(next) == RECORD_DEVICES)
		return -ENOSPC;
	next->pending = (struct pending){
		.until = now + ENROLMENT_PENDING_SECONDS,
		.mode = mode,
		.device = *device,
	};
	return 0;
}

/*
 * Look for the code around "now", nearest first.  What it was found at is the
 * middle of its step, so it is right to half a period.
 */
static int
find_skew(const struct device *dev, const struct code *answer, uint64_t now,
    struct confirmation *confirmation)
{
	char codes[64][OTP_CODE_SIZE];
	uint64_t reach = ENROLMENT_SKEW_SECONDS / dev->period;
	uint64_t step = now / dev->period, best = UINT64_MAX;
	uint64_t first = step - reach;
	int r = 0;

	for (; r == 0 && first <= step + reach; first += 64) {
		r = otp_codes(&dev->otp, first, 64, codes);
		for (uint64_t i = 0; r == 0 && i < 64; i++) {
			uint64_t at = first + i;
			uint64_t far = at < step ? step - at : at - step;

			if (memcmp(codes[i], answer->text, answer->len) != 0 ||
			    far >= best)
				continue;
			best = far;
			confirmation->skewed = true;
			confirmation->skew =
			    (int64_t)(at * dev->period + dev->period / 2) -
			    (int64_t)now;
		}
	}
	explicit_bzero(codes, sizeof(codes));
	return r < 0 ? -EIO : 0;
}

/*
 * Hold the first code against the pending device as a login would, in a record
 * that has nothing but it, so that what it accepts is spent.
 */
static int
first_code(const char *answer, uint64_t now, struct device *dev,
    struct confirmation *confirmation)
{
	const struct policy policy = {
		.methods = METHOD_TOTP | METHOD_HOTP,
		.window = 1,
		.throttle = { 1, 1, 1, 1, 1 },
	};
	const struct attempt attempt = { .now = now, .answer = answer };
	struct record alone = { 0 }, next = { 0 };
	struct outcome outcome;
	struct code code;
	int r;

	alone.device[0] = *dev;
	r = decide_answer(&alone, &policy, &attempt, &next, &outcome);
	if (r < 0)
		goto out;
	confirmation->verdict = outcome.verdict;
	if (outcome.verdict == VERDICT_ACCEPT) {
		*dev = next.device[0];
	} else if (outcome.verdict == VERDICT_DENY &&
	    dev->kind == DEVICE_TOTP) {
		code_read(answer, &code);
		r = find_skew(dev, &code, now, confirmation);
		explicit_bzero(&code, sizeof(code));
	}
out:
	explicit_bzero(&alone, sizeof(alone));
	explicit_bzero(&next, sizeof(next));
	return r;
}

/* Put the pending device in force. */
static void
install(const struct recovery_set *fresh, uint64_t now, struct record *next)
{
	bool replaced = record_devices(next) > 0;
	struct device dev = next->pending.device;
	bool add = next->pending.mode == PENDING_ADD;

	dev.created = now;
	if (!add)
		memset(next->device, 0, sizeof(next->device));
	next->device[record_devices(next)] = dev;
	memset(&next->pending, 0, sizeof(next->pending));

	if (!add || next->recovery.created == 0) {
		next->recovery = *fresh;
		memset(&next->pending_set, 0, sizeof(next->pending_set));
	}
	if (!add) {
		/* Set up anew: nothing that was guessed at is left. */
		next->locked = LOCK_NONE;
		next->locked_at = 0;
		memset(next->failures, 0, sizeof(next->failures));
	}
	enrolment_note(!add && replaced ? CHANGE_DEVICE_REPLACED
					: CHANGE_DEVICE_ADDED,
	    dev.label, now, next);
	explicit_bzero(&dev, sizeof(dev));
}

int
enrolment_confirm(const char *answer, const struct recovery_set *fresh,
    uint64_t now, struct record *next, struct confirmation *confirmation)
{
	memset(confirmation, 0, sizeof(*confirmation));
	if (next->pending.until == 0 || now >= next->pending.until ||
	    now >= RECORD_TIME_MAX)
		return -ENOENT;
	/* Others may have come since it began. */
	if (next->pending.mode == PENDING_ADD &&
	    record_devices(next) == RECORD_DEVICES)
		return -ENOSPC;
	if (answer != NULL) {
		int r = first_code(answer, now, &next->pending.device,
		    confirmation);

		if (r < 0 || confirmation->verdict != VERDICT_ACCEPT)
			return r;
	}
	install(fresh, now, next);
	confirmation->verdict = VERDICT_ACCEPT;
	return 0;
}

void
enrolment_recovery(const struct recovery_set *fresh, uint64_t now,
    struct record *next)
{
	next->pending_set = (struct pending_set){
		.until = now + ENROLMENT_PENDING_SECONDS,
		.set = *fresh,
	};
}

int
enrolment_recovery_confirm(const char *answer, uint64_t now,
    struct record *next, enum verdict *verdict)
{
	struct recovery_set *set = &next->pending_set.set;
	uint8_t hash[CODE_HASH_LEN];
	struct code code;
	bool hit = false;

	*verdict = VERDICT_DENY;
	if (next->pending_set.until == 0 || now >= next->pending_set.until)
		return -ENOENT;
	if (answer != NULL) {
		code_read(answer, &code);
		if (code.shape != CODE_RECOVERY) {
			*verdict = VERDICT_MALFORMED;
			return 0;
		}
		if (code_derive(code.text, set->salt, hash) < 0)
			return -EIO;
		for (size_t i = 0; i < RECORD_RECOVERY; i++)
			hit = hit ||
			    memcmp(hash, set->hash[i], sizeof(hash)) == 0;
		explicit_bzero(&code, sizeof(code));
		explicit_bzero(hash, sizeof(hash));
		if (!hit)
			return 0;
	}
	next->recovery = *set;
	memset(&next->pending_set, 0, sizeof(next->pending_set));
	enrolment_note(CHANGE_RECOVERY_SET, "", now, next);
	*verdict = VERDICT_ACCEPT;
	return 0;
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
	enrolment_note(CHANGE_DEVICE_REMOVED, label, now, next);
	return 0;
}

void
enrolment_adopt(uint64_t uid, uint64_t now, struct record *next)
{
	next->uid = uid;
	enrolment_note(CHANGE_ADOPTED, "", now, next);
}
