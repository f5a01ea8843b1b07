/* SPDX-License-Identifier: BSD-2-Clause */
#include "decide.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "news.h"
#include "throttle.h"

/* What a code turned out to be, the best last: several may be true at once. */
enum match {
	MATCH_NONE = 0,
	MATCH_NEAR,  /* right a while ago or before long: a slow typist */
	MATCH_SPENT, /* right, and used before */
	MATCH_GOOD,
};

static bool
clock_set(uint64_t now)
{
	return now >= DECIDE_CLOCK_MIN && now < RECORD_TIME_MAX;
}

static enum policy_method
method_of(const struct device *dev)
{
	return dev->kind == DEVICE_HOTP ? METHOD_HOTP : METHOD_TOTP;
}

static bool
is_spent(const struct device *dev, uint64_t step)
{
	for (size_t i = 0; i < RECORD_SPENT; i++)
		if (dev->spent[i] == step)
			return true;
	/* Full: whatever is below was forgotten, and may have been spent. */
	return step < dev->spent[RECORD_SPENT - 1];
}

void
decide_spend(struct device *dev, uint64_t step)
{
	size_t i = RECORD_SPENT - 1;

	if (is_spent(dev, step))
		return;
	for (; i > 0 && dev->spent[i - 1] < step; i--)
		dev->spent[i] = dev->spent[i - 1];
	dev->spent[i] = step;
}

/* Every code is compared, whatever the ones before were. */
static bool
is_same(const struct code *answer, const char *code)
{
	return CRYPTO_memcmp(answer->text, code, answer->len) == 0;
}

static int
match_totp(const struct device *dev, const struct code *answer, uint64_t now,
    uint32_t window, struct device *next, enum match *match)
{
	char codes[2 * DECIDE_NEAR + 1][OTP_CODE_SIZE];
	uint64_t step = now / dev->period;
	int r;

	*match = MATCH_NONE;
	r = otp_codes(&dev->otp, step - DECIDE_NEAR, 2 * DECIDE_NEAR + 1,
	    codes);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i <= 2 * DECIDE_NEAR; i++) {
		uint64_t at = step - DECIDE_NEAR + i;
		bool inside =
		    i + window >= DECIDE_NEAR && i <= DECIDE_NEAR + window;
		enum match is = is_spent(dev, at) ? MATCH_SPENT
		    : inside                      ? MATCH_GOOD
						  : MATCH_NEAR;

		if (!is_same(answer, codes[i]))
			continue;
		if (is == MATCH_GOOD)
			decide_spend(next, at);
		if (is > *match)
			*match = is;
	}
	explicit_bzero(codes, sizeof(codes));
	return 0;
}

/*
 * Looked at are some counters before the next one, which tell a replay, and
 * those ahead of it.  One that is further ahead than may pass is remembered:
 * if the code after it comes next, the device is found again.
 */
static int
match_hotp(const struct device *dev, const struct code *answer,
    struct device *next, enum match *match)
{
	char codes[DECIDE_NEAR + DECIDE_RESYNC + 2][OTP_CODE_SIZE];
	uint64_t before =
	    dev->counter < DECIDE_NEAR ? dev->counter : DECIDE_NEAR;
	uint64_t n = before + DECIDE_RESYNC + 2;
	int r;

	*match = MATCH_NONE;
	r = otp_codes(&dev->otp, dev->counter - before, n, codes);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = dev->counter - before + i;
		enum match is = MATCH_NONE;

		if (at < dev->counter)
			is = MATCH_SPENT;
		else if (at <= dev->counter + DECIDE_LOOK_AHEAD ||
		    (dev->resync != 0 && at == dev->resync))
			is = MATCH_GOOD;
		else if (at <= dev->counter + DECIDE_RESYNC)
			is = MATCH_NEAR;

		/* Of two alike the later: the code must not pass again. */
		if (!is_same(answer, codes[i]) || is < *match)
			continue;
		*match = is;
		if (is == MATCH_GOOD)
			next->counter = at + 1;
		else if (is == MATCH_NEAR)
			next->resync = at + 1;
	}
	if (*match != MATCH_NEAR)
		next->resync = 0;
	explicit_bzero(codes, sizeof(codes));
	return 0;
}

/* Is this device asked about at all, by this policy at this time? */
static bool
is_listed(const struct device *dev, const struct policy *pol)
{
	return !dev->off && (pol->methods & method_of(dev)) != 0;
}

/* Would it be, had nobody locked it? */
static bool
is_locked(const struct device *dev, const struct policy *pol)
{
	return dev->off && (pol->methods & method_of(dev)) != 0;
}

static bool
is_usable(const struct device *dev, const struct policy *pol, uint64_t now)
{
	return is_listed(dev, pol) &&
	    (dev->kind == DEVICE_HOTP || clock_set(now));
}

/*
 * Hold the answer against every device that it may be of.  Each must be able
 * to spend what it matched, so none is left out once one has.
 */
static int
match_devices(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer,
    struct record *next, struct outcome *outcome, enum match *match)
{
	int r = 0;

	*match = MATCH_NONE;
	for (size_t i = 0; r == 0 && i < record_devices(rec); i++) {
		const struct device *dev = &rec->device[i];
		enum match is;

		if (!is_usable(dev, pol, attempt->now) ||
		    dev->otp.digits != answer->len)
			continue;
		r = dev->kind == DEVICE_HOTP
		    ? match_hotp(dev, answer, &next->device[i], &is)
		    : match_totp(dev, answer, attempt->now, pol->window,
			  &next->device[i], &is);
		if (r < 0 || (outcome->method != 0 && is <= *match))
			continue;
		*match = is;
		outcome->method = method_of(dev);
		if (is == MATCH_GOOD) {
			next->device[i].used = attempt->now;
			outcome->made = dev->created;
		}
	}
	return r;
}

/* ACCEPT if a code of a device may be looked at, else why not. */
static enum verdict
may_look_devices(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, size_t len, uint64_t *wait)
{
	const struct failures *fail = &rec->failures[attempt->lane];
	bool has = false, listed = false, usable = false;

	for (size_t i = 0; i < record_devices(rec); i++) {
		const struct device *dev = &rec->device[i];

		if (dev->otp.digits != len)
			continue;
		has = true;
		listed = listed || is_listed(dev, pol);
		usable = usable || is_usable(dev, pol, attempt->now);
	}
	if (!has)
		return VERDICT_MALFORMED;
	if (!listed || rec->locked != LOCK_NONE ||
	    throttle_off(fail, &pol->throttle))
		return VERDICT_OFF;
	if (!usable)
		return VERDICT_UNUSABLE;
	*wait = throttle_wait(fail, &pol->throttle, attempt->now);
	return *wait > 0 ? VERDICT_WAIT : VERDICT_ACCEPT;
}

static enum verdict
may_look_recovery(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, uint64_t *wait)
{
	if (rec->recovery.created == 0 || (pol->methods & METHOD_RECOVERY) == 0)
		return VERDICT_OFF;
	*wait =
	    throttle_recovery_wait(&rec->failures[attempt->lane], attempt->now);
	return *wait > 0 ? VERDICT_WAIT : VERDICT_ACCEPT;
}

static int
answer_device(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer,
    struct record *next, struct outcome *outcome)
{
	struct failures *fail = &next->failures[attempt->lane];
	enum match match;
	int r;

	r = match_devices(rec, pol, attempt, answer, next, outcome, &match);
	if (r < 0)
		return -EIO;
	switch (match) {
	case MATCH_GOOD:
		throttle_pass(fail);
		outcome->verdict = VERDICT_ACCEPT;
		break;
	case MATCH_SPENT:
		outcome->verdict = VERDICT_REPLAY;
		break;
	case MATCH_NEAR:
	case MATCH_NONE:
		throttle_fail(fail, &pol->throttle, attempt->now,
		    match == MATCH_NEAR);
		outcome->verdict = VERDICT_DENY;
		break;
	}
	outcome->wait = throttle_wait(fail, &pol->throttle, attempt->now);
	return 0;
}

/* One derivation a try, compared with all codes of the set. */
static int
answer_recovery(const struct policy *pol, const struct attempt *attempt,
    const struct code *answer, struct record *next, struct outcome *outcome)
{
	struct failures *fail = &next->failures[attempt->lane];
	struct recovery_set *set = &next->recovery;
	uint8_t hash[CODE_HASH_LEN];
	uint32_t hit = 0;

	outcome->method = METHOD_RECOVERY;
	if (code_derive(answer->text, set->salt, hash) < 0)
		return -EIO;
	for (unsigned int i = 0; i < RECORD_RECOVERY; i++)
		if (CRYPTO_memcmp(hash, set->hash[i], sizeof(hash)) == 0)
			hit = 1U << i;
	explicit_bzero(hash, sizeof(hash));

	if (hit == 0) {
		throttle_recovery_fail(fail, attempt->now);
		outcome->verdict = VERDICT_DENY;
	} else if ((set->spent & hit) != 0) {
		outcome->verdict = VERDICT_REPLAY;
	} else {
		set->spent |= hit;
		outcome->made = set->created;
		throttle_recovery_pass(fail, &pol->throttle);
		outcome->verdict = VERDICT_ACCEPT;
	}
	outcome->wait = throttle_recovery_wait(fail, attempt->now);
	return 0;
}

/* Text from outside, as it may be shown: no control bytes, cut to size. */
static void
note_rhost(const char *rhost, char out[static RECORD_RHOST + 1])
{
	size_t n = rhost == NULL ? 0 : strnlen(rhost, RECORD_RHOST);

	memset(out, 0, RECORD_RHOST + 1);
	for (size_t i = 0; i < n; i++)
		out[i] =
		    (char)(rhost[i] > ' ' && rhost[i] < 127 ? rhost[i] : '?');
}

/*
 * What the user will be told at the next login, and need not be any more.  A
 * process of the user tells nobody, is of this machine whatever it says, and
 * hides no address that something came from.
 */
static void
note_attempt(const struct attempt *attempt, const struct outcome *outcome,
    struct record *next)
{
	struct missed *missed = &next->missed;
	bool login = attempt->lane == LANE_LOGIN;

	if (outcome->verdict == VERDICT_ACCEPT) {
		if (login)
			memset(missed, 0, sizeof(*missed));
		news_told(attempt->told, outcome->made, attempt->now, next);
		if (outcome->method == METHOD_RECOVERY)
			news_note(CHANGE_RECOVERY_USED, "", attempt->now, next);
		return;
	}
	if (outcome->verdict == VERDICT_REPLAY)
		missed->replayed++;
	else
		missed->wrong++;
	if (!login && missed->last != 0)
		return;
	missed->last = attempt->now < RECORD_TIME_MAX ? attempt->now : 0;
	note_rhost(login ? attempt->rhost : NULL, missed->rhost);
}

static int
look(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer,
    struct record *next, struct outcome *outcome)
{
	enum verdict look = VERDICT_MALFORMED;
	int r;

	if (answer->shape == CODE_DIGITS)
		look = may_look_devices(rec, pol, attempt, answer->len,
		    &outcome->wait);
	else if (answer->shape == CODE_RECOVERY)
		look = may_look_recovery(rec, pol, attempt, &outcome->wait);
	if (look != VERDICT_ACCEPT) {
		outcome->verdict = look;
		return 0;
	}
	r = answer->shape == CODE_RECOVERY
	    ? answer_recovery(pol, attempt, answer, next, outcome)
	    : answer_device(rec, pol, attempt, answer, next, outcome);
	if (r < 0)
		return r;
	note_attempt(attempt, outcome, next);
	outcome->keep = true;
	return 0;
}

int
decide_answer(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, struct record *next, struct outcome *outcome)
{
	struct code answer;
	int r;

	*next = *rec;
	memset(outcome, 0, sizeof(*outcome));
	outcome->keep = throttle_clamp(&next->failures[attempt->lane],
	    &pol->throttle, attempt->now);

	code_read(attempt->answer, &answer);
	r = look(rec, pol, attempt, &answer, next, outcome);
	outcome->recovery_left = record_recovery_left(&next->recovery);
	explicit_bzero(&answer, sizeof(answer));
	if (r < 0) {
		*next = *rec;
		memset(outcome, 0, sizeof(*outcome));
	}
	return r;
}

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

		locked = locked || is_locked(dev, pol);
		listed = listed || is_listed(dev, pol);
		if (is_usable(dev, pol, now))
			challenge->methods |= method_of(dev);
		else if (is_listed(dev, pol))
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

void
decide_decoy(struct record *rec)
{
	struct device *dev = &rec->device[0];

	memset(rec, 0, sizeof(*rec));
	*dev = (struct device){ .label = "none",
		.kind = DEVICE_TOTP,
		.otp = { OTP_SHA1, 6, { .len = 20 } },
		.period = 30 };
	/* Whatever the step and the code: they are spent. */
	for (size_t i = 0; i < RECORD_SPENT; i++)
		dev->spent[i] = RECORD_TIME_MAX - i;
	/* Hashes of all zeros: nobody has a code that becomes one. */
	rec->recovery.created = 1;
}

const char *
decide_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_DENY:
		return "wrong";
	case VERDICT_MALFORMED:
		return "malformed";
	case VERDICT_REPLAY:
		return "replay";
	case VERDICT_WAIT:
		return "wait";
	case VERDICT_OFF:
		return "off";
	case VERDICT_UNUSABLE:
		return "clock";
	case VERDICT_ACCEPT:
		return "accepted";
	}
	return "wrong";
}

const char *
decide_method_name(enum policy_method method)
{
	switch (method) {
	case METHOD_TOTP:
		return "totp";
	case METHOD_HOTP:
		return "hotp";
	case METHOD_RECOVERY:
		return "recovery";
	case METHOD_EMAIL:
		return "email";
	case METHOD_SMS:
		return "sms";
	}
	return "none";
}
