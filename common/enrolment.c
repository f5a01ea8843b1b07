/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrolment.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "device.h"
#include "news.h"
#include "throttle.h"

bool
enrolment_over(uint64_t until, uint64_t now)
{
	return now >= until ||
	    until - now > ENROLMENT_PENDING_SECONDS + ENROLMENT_CLOCK_SECONDS;
}

/* Can the devices there are take this one in?  0, or as enrolment_begin(). */
static int
fits(const struct record *rec, const char *label, enum pending_mode mode)
{
	int at = record_find(rec, label);

	if (mode == PENDING_ROTATE)
		return at < 0 ? at : 0;
	if (mode == PENDING_ADD && at >= 0)
		return -EEXIST;
	if (mode == PENDING_ADD && record_devices(rec) == RECORD_DEVICES)
		return -E2BIG;
	return 0;
}

int
enrolment_begin(const struct device *device, enum pending_mode mode,
    uint64_t now, struct record *next)
{
	int r;

	if (now >= RECORD_TIME_MAX - ENROLMENT_PENDING_SECONDS)
		return -EINVAL;
	/* One that is rotated keeps the label it has, whatever that is. */
	if (mode > PENDING_ROTATE ||
	    (mode != PENDING_ROTATE && !record_label_new_ok(device->label)))
		return -EINVAL;
	r = fits(next, device->label, mode);
	if (r < 0)
		return r;
	next->pending = (struct pending){
		.until = now + ENROLMENT_PENDING_SECONDS,
		.mode = mode,
		.device = *device,
	};
	return 0;
}

/*
 * Look for the code around "now", nearest first.  What it was found at is the
 * middle of its step, so it is right to half a period.  To say so tells when
 * the code will be right, so it is spent: each try guesses what a login would
 * take, and nothing for later.
 */
static int
find_skew(struct device *dev, const struct code *answer, uint64_t now,
    struct confirmation *confirmation)
{
	char codes[64][OTP_CODE_SIZE];
	uint64_t reach = ENROLMENT_SKEW_SECONDS / dev->period;
	uint64_t step = now / dev->period, best = UINT64_MAX;
	uint64_t first = step - reach, found = 0;
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
			found = at;
			confirmation->skewed = true;
			confirmation->skew =
			    (int64_t)(at * dev->period + dev->period / 2) -
			    (int64_t)now;
		}
	}
	explicit_bzero(codes, sizeof(codes));
	if (r < 0)
		return -EIO;
	if (confirmation->skewed)
		device_spend(dev, found);
	return 0;
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
	} else if (outcome.verdict == VERDICT_REPLAY) {
		/* Wrong before, and nothing to try for free. */
		confirmation->verdict = VERDICT_DENY;
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

/*
 * Set up anew: of before no more is left than the addresses, and nothing that
 * was guessed at.
 */
static void
start_over(const struct recovery_set *fresh, struct record *next)
{
	memset(next->device, 0, sizeof(next->device));
	memset(next->failures, 0, sizeof(next->failures));
	next->locked = LOCK_NONE;
	next->locked_at = 0;
	next->recovery = *fresh;
	enrolment_drop(next);
}

/* Put the pending device in force; that it fits was found out. */
static void
install(const struct recovery_set *fresh, uint64_t now, struct record *next)
{
	enum change_kind change = CHANGE_DEVICE_ADDED;
	struct device dev = next->pending.device;
	size_t at = record_devices(next);

	dev.created = now;
	switch (next->pending.mode) {
	case PENDING_NEW:
		if (at > 0)
			change = CHANGE_DEVICE_REPLACED;
		start_over(fresh, next);
		at = 0;
		break;
	case PENDING_ADD:
		/* What was begun while there was nothing needed no code. */
		if (!decide_enrolled(next))
			enrolment_drop(next);
		if (next->recovery.created == 0) {
			next->recovery = *fresh;
			memset(&next->pending_set, 0,
			    sizeof(next->pending_set));
		}
		break;
	case PENDING_ROTATE:
		/* Whoever has the old one may have begun it. */
		enrolment_drop(next);
		at = (size_t)record_find(next, dev.label);
		change = CHANGE_DEVICE_ROTATED;
		break;
	}
	next->device[at] = dev;
	memset(&next->pending, 0, sizeof(next->pending));
	memset(&next->ticket, 0, sizeof(next->ticket));
	news_note(change, dev.label, now, next);
	explicit_bzero(&dev, sizeof(dev));
}

int
enrolment_confirm(const char *answer, const struct recovery_set *fresh,
    uint64_t now, struct record *next, struct confirmation *confirmation)
{
	int r;

	memset(confirmation, 0, sizeof(*confirmation));
	if (enrolment_over(next->pending.until, now) || now >= RECORD_TIME_MAX)
		return -ENOENT;
	/* Others may have come or gone since it began. */
	r = fits(next, next->pending.device.label, next->pending.mode);
	if (r < 0)
		return r;
	if (answer != NULL) {
		r = first_code(answer, now, &next->pending.device,
		    confirmation);
		if (r < 0)
			return r;
		if (confirmation->verdict == VERDICT_DENY &&
		    ++next->pending.wrong == ENROLMENT_TRIES)
			memset(&next->pending, 0, sizeof(next->pending));
		if (confirmation->verdict != VERDICT_ACCEPT)
			return 0;
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
	struct code code = { 0 };
	bool hit = false;
	int r = 0;

	*verdict = VERDICT_DENY;
	if (enrolment_over(next->pending_set.until, now))
		return -ENOENT;
	if (answer != NULL) {
		code_read(answer, &code);
		if (code.shape != CODE_RECOVERY) {
			*verdict = VERDICT_MALFORMED;
			goto out;
		}
		r = code_derive(code.text, set->salt, hash);
		if (r < 0)
			goto out;
		for (size_t i = 0; i < RECORD_RECOVERY; i++)
			hit = hit ||
			    memcmp(hash, set->hash[i], sizeof(hash)) == 0;
		if (!hit) {
			if (++next->pending_set.wrong == ENROLMENT_TRIES)
				memset(&next->pending_set, 0,
				    sizeof(next->pending_set));
			goto out;
		}
	}
	next->recovery = *set;
	/* What waits may have been begun with a code of the old one. */
	enrolment_drop(next);
	news_note(CHANGE_RECOVERY_SET, "", now, next);
	*verdict = VERDICT_ACCEPT;
out:
	explicit_bzero(&code, sizeof(code));
	explicit_bzero(hash, sizeof(hash));
	return r;
}

/* The same work whether there is a ticket, and whether it is in time. */
int
enrolment_ticket(const char *answer, enum lane lane,
    const struct policy_throttle *pol, uint64_t now, struct record *next,
    struct outcome *outcome)
{
	struct failures *fail = &next->failures[lane];
	const struct ticket *ticket = &next->ticket;
	uint64_t wait = throttle_recovery_wait(fail, now);
	uint8_t hash[CODE_HASH_LEN];
	struct code code;
	int r = 0;

	*outcome = (struct outcome){ .keep = throttle_clamp(fail, pol, now) };
	code_read(answer, &code);
	if (code.shape != CODE_RECOVERY) {
		outcome->verdict = VERDICT_MALFORMED;
	} else if (wait > 0) {
		outcome->verdict = VERDICT_WAIT;
		outcome->wait = wait;
	} else if (code_derive(code.text, ticket->salt, hash) < 0) {
		r = -EIO;
	} else if (CRYPTO_memcmp(hash, ticket->hash, sizeof(hash)) == 0 &&
	    now < ticket->until &&
	    ticket->made <= now + ENROLMENT_CLOCK_SECONDS) {
		outcome->verdict = VERDICT_ACCEPT;
	} else {
		throttle_recovery_fail(fail, now);
		outcome->wait = throttle_recovery_wait(fail, now);
		outcome->verdict = VERDICT_DENY;
		outcome->keep = true;
	}
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(&code, sizeof(code));
	return r;
}
