/* SPDX-License-Identifier: BSD-2-Clause */
#include "decide.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "ascii.h"
#include "device.h"
#include "news.h"
#include "sent.h"
#include "throttle.h"

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

		if (!device_usable(dev, pol, attempt->now) ||
		    dev->otp.digits != answer->len)
			continue;
		r = device_match(dev, answer, attempt->now, pol->window,
		    &next->device[i], &is);
		if (r < 0 || (outcome->method != 0 && is <= *match))
			continue;
		*match = is;
		outcome->method = device_method(dev);
		if (is == MATCH_GOOD) {
			next->device[i].used = attempt->now;
			outcome->made = dev->created;
		}
	}
	return r;
}

/* Is all but recovery codes shut, whatever the answer? */
static bool
is_shut(const struct record *rec, const struct policy *pol, enum lane lane)
{
	return rec->locked != LOCK_NONE ||
	    throttle_off(&rec->failures[lane], &pol->throttle);
}

/*
 * ACCEPT if an answer may be held against the code that was sent, else why
 * not.  MALFORMED: there is none that it could be.
 */
static enum verdict
may_look_sent(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer, uint64_t *wait)
{
	const struct sent *sent = &rec->sent[attempt->lane];

	if ((pol->methods & sent->method) == 0 ||
	    !sent_fits(answer, &pol->sent))
		return VERDICT_MALFORMED;
	if (!device_clock_set(attempt->now))
		return VERDICT_UNUSABLE;
	if (!sent_live(sent, &pol->sent, pol->scenario, attempt->now))
		return VERDICT_MALFORMED;
	if (is_shut(rec, pol, attempt->lane))
		return VERDICT_OFF;
	*wait = throttle_wait(&rec->failures[attempt->lane], &pol->throttle,
	    attempt->now);
	return *wait > 0 ? VERDICT_WAIT : VERDICT_ACCEPT;
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
		listed = listed || device_listed(dev, pol);
		usable = usable || device_usable(dev, pol, attempt->now);
	}
	if (!has)
		return VERDICT_MALFORMED;
	if (!listed || is_shut(rec, pol, attempt->lane))
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

/* When the address that codes are sent to by this method was confirmed. */
static uint64_t
address_since(const struct record *rec, enum policy_method method)
{
	return method == METHOD_EMAIL ? rec->email_since : rec->phone_since;
}

/*
 * A wrong one is counted here only if it is "last", what the answer is held
 * against: it is one failure, whatever it might have been.
 */
static int
answer_sent(const struct policy *pol, const struct attempt *attempt,
    const struct code *answer, bool last, struct record *next,
    struct outcome *outcome)
{
	struct failures *fail = &next->failures[attempt->lane];
	struct sent *sent = &next->sent[attempt->lane];
	bool right;

	outcome->method = sent->method;
	if (sent_match(answer, &pol->sent, sent, &right) < 0)
		return -EIO;
	if (right) {
		throttle_pass(fail);
		outcome->made = address_since(next, outcome->method);
		outcome->verdict = VERDICT_ACCEPT;
	} else if (last) {
		throttle_fail(fail, &pol->throttle, attempt->now, false);
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
	ascii_word(login ? attempt->rhost : NULL, missed->rhost,
	    sizeof(missed->rhost));
}

/* Hold the answer against all that it may be: the verdicts say of what. */
static int
judge(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer, enum verdict sent,
    enum verdict own, struct record *next, struct outcome *outcome)
{
	int r = 0;

	if (sent == VERDICT_ACCEPT)
		r = answer_sent(pol, attempt, answer, own != VERDICT_ACCEPT,
		    next, outcome);
	if (r < 0 || outcome->verdict == VERDICT_ACCEPT ||
	    own != VERDICT_ACCEPT)
		return r;
	r = answer->shape == CODE_RECOVERY
	    ? answer_recovery(pol, attempt, answer, next, outcome)
	    : answer_device(rec, pol, attempt, answer, next, outcome);
	/* What was right after all was no guess at the code that was sent. */
	if (outcome->verdict != VERDICT_DENY)
		next->sent[attempt->lane] = rec->sent[attempt->lane];
	return r;
}

static int
look(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, const struct code *answer,
    struct record *next, struct outcome *outcome)
{
	enum verdict sent, own = VERDICT_MALFORMED;
	uint64_t sent_wait = 0, own_wait = 0;
	int r;

	sent = may_look_sent(rec, pol, attempt, answer, &sent_wait);
	if (answer->shape == CODE_DIGITS)
		own =
		    may_look_devices(rec, pol, attempt, answer->len, &own_wait);
	else if (answer->shape == CODE_RECOVERY)
		own = may_look_recovery(rec, pol, attempt, &own_wait);
	if (sent != VERDICT_ACCEPT && own != VERDICT_ACCEPT) {
		bool is_own = sent == VERDICT_MALFORMED;

		outcome->verdict = is_own ? own : sent;
		outcome->wait = is_own ? own_wait : sent_wait;
		return 0;
	}
	r = judge(rec, pol, attempt, answer, sent, own, next, outcome);
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

	sent_read(attempt->answer, sent_policy(pol), &answer);
	r = look(rec, pol, attempt, &answer, next, outcome);
	outcome->recovery_left = record_recovery_left(&next->recovery);
	explicit_bzero(&answer, sizeof(answer));
	if (r < 0) {
		*next = *rec;
		memset(outcome, 0, sizeof(*outcome));
	}
	return r;
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
