/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs that make something of which the clear text is shown once: a
 * device's secret, recovery codes, a ticket.
 *
 * - Nothing MUST be shown that is not stored: it is read back first.
 * - A caller other than root MUST NOT make the first device of a user unless
 *   policy says so, whatever else the record holds.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "enrolment.h"
#include "random.h"

#define TICKET_SECONDS 86400

/* What is shown to people must be what is stored: look. */
static int
read_back(struct call *call,
    int (*is_there)(struct call *, const struct record *))
{
	int r = call_look(call, is_there);

	if (r < 0)
		return r;
	return r > 0 ? 0 : -EIO;
}

static int
make_device(struct call *call)
{
	const struct request *req = call->req;
	struct device *dev = &call->device;
	size_t len = otp_secret_len(req->hash);

	/* Before a code is spent on it; see enrolment_begin(). */
	if (req->label == NULL || len == 0 ||
	    (req->mode == PENDING_ROTATE ? !record_label_ok(req->label)
					 : !record_label_new_ok(req->label)))
		return -EINVAL;
	*dev = (struct device){
		.kind = req->kind,
		.otp = { req->hash, req->digits, { .len = len } },
		.period = req->kind == DEVICE_TOTP ? req->period : 0,
	};
	memcpy(dev->label, req->label, strlen(req->label));
	return random_bytes(dev->otp.secret.bytes, len);
}

int
call_may_begin(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	struct outcome *outcome = &call->reply->outcome;
	int r;

	if (req->caller == 0 || decide_enrolled(next))
		return 1;
	switch (call->policy->self_enroll) {
	case SELF_ENROLL_OPEN:
		return 1;
	case SELF_ENROLL_TICKET:
		r = enrolment_ticket(req->answer != NULL ? req->answer : "",
		    req->lane, &call->policy->throttle, req->now, next,
		    outcome);
		call->reply->verdict = outcome->verdict;
		return r < 0 ? r : outcome->verdict == VERDICT_ACCEPT;
	case SELF_ENROLL_OFF:
	case SELF_ENROLL_AUTO: /* policy_apply() leaves none */
		break;
	}
	return -EACCES;
}

static int
apply_enrol(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	int r = call_may_begin(call, next);

	if (r <= 0)
		return r < 0 ? r : call->reply->outcome.keep;
	return call_done(call,
	    enrolment_begin(&call->device, req->mode, req->now, next));
}

static int
is_pending(struct call *call, const struct record *rec)
{
	const struct device *have = &rec->pending.device;

	return strcmp(have->label, call->device.label) == 0 &&
	    memcmp(&have->otp.secret, &call->device.otp.secret,
		sizeof(have->otp.secret)) == 0;
}

int
call_enrol(struct call *call)
{
	struct reply *reply = call->reply;
	int r = make_device(call);

	if (r < 0)
		return r;
	r = call_make(call, apply_enrol);
	if (r < 0 || reply->verdict != VERDICT_ACCEPT)
		return r;
	r = read_back(call, is_pending);
	if (r == 0)
		reply->otp = call->device.otp;
	return r;
}

/* One code of 80 random bits: in clear for its owner, hashed for the record. */
static int
make_code(const uint8_t salt[static CODE_SALT_LEN],
    char text[static CODE_RECOVERY_SIZE], uint8_t hash[static CODE_HASH_LEN])
{
	uint8_t bits[CODE_RECOVERY_BYTES];
	struct code code = { 0 };
	int r = random_bytes(bits, sizeof(bits));

	if (r == 0) {
		code_recovery_write(bits, text);
		code_read(text, &code);
		r = code_derive(code.text, salt, hash);
	}
	explicit_bzero(bits, sizeof(bits));
	explicit_bzero(&code, sizeof(code));
	return r;
}

int
call_make_codes(struct call *call)
{
	struct recovery_set *set = &call->fresh;
	int r;

	*set = (struct recovery_set){ .created = call->req->now };
	r = random_bytes(set->salt, sizeof(set->salt));
	for (size_t i = 0; r == 0 && i < RECORD_RECOVERY; i++)
		r = make_code(set->salt, call->code[i], set->hash[i]);
	return r;
}

bool
call_is_fresh(const struct call *call, const struct recovery_set *set)
{
	return memcmp(set->salt, call->fresh.salt, sizeof(set->salt)) == 0;
}

static int
is_in_record(struct call *call, const struct record *rec)
{
	return call_is_fresh(call, &rec->recovery) ||
	    call_is_fresh(call, &rec->pending_set.set);
}

int
call_show_codes(struct call *call)
{
	int r = read_back(call, is_in_record);

	if (r == 0) {
		memcpy(call->reply->code, call->code, sizeof(call->code));
		call->reply->n_codes = RECORD_RECOVERY;
	}
	return r;
}

static int
apply_set(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	int r = enrolment_recovery_confirm(req->unchecked ? NULL : req->answer,
	    req->now, next, &call->reply->verdict);

	/* Wrong ones are counted: that is kept too. */
	return r < 0 ? r : call->reply->verdict != VERDICT_MALFORMED;
}

/* Is it the device that was given this secret? */
static bool
is_of(const struct device *dev, const struct otp_secret *secret)
{
	return secret != NULL && dev->kind != DEVICE_NONE &&
	    secret->len == dev->otp.secret.len &&
	    CRYPTO_memcmp(secret->bytes, dev->otp.secret.bytes, secret->len) ==
	    0;
}

static int
apply_device(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	struct reply *reply = call->reply;
	struct confirmation confirmation;
	int r;

	if (req->unchecked && !is_of(&next->pending.device, req->secret))
		return -ENOENT;
	r = enrolment_confirm(req->unchecked ? NULL : req->answer, &call->fresh,
	    req->now, next, &confirmation);
	reply->verdict = confirmation.verdict;
	if (confirmation.skew > 0)
		reply->ahead = (uint64_t)confirmation.skew;
	else
		reply->behind = (uint64_t)-confirmation.skew;
	call->replaced = call_is_fresh(call, &next->recovery);
	if (r < 0)
		return r;
	/* Wrong ones are counted: that is kept too. */
	return reply->verdict == VERDICT_ACCEPT ||
	    reply->verdict == VERDICT_DENY;
}

/* Is there something to confirm?  To ask is cheaper than to make codes. */
static int
waits(struct call *call, const struct record *rec)
{
	return enrolment_over(rec->pending.until, call->req->now) ? -ENOENT : 0;
}

int
call_confirm(struct call *call)
{
	const struct request *req = call->req;
	int r;

	if (req->unchecked && req->caller != 0)
		return -EACCES;
	if (!req->unchecked && req->answer == NULL)
		return -EINVAL;
	if (req->recovery)
		return call_change(call, apply_set);
	r = call_look(call, waits);
	if (r == 0)
		r = call_make_codes(call);
	if (r == 0)
		r = call_change(call, apply_device);
	/* A device that came beside others brings no codes. */
	if (r < 0 || !call->replaced || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	return call_show_codes(call);
}

/* Who gave a current code, or is root, may leave out the typing back. */
static int
apply_recovery(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	int r = 0;

	/* Locked meanwhile, or it is not the record any more. */
	if (next->changes != call->changes ||
	    memcmp(next->recovery.salt, call->salt, sizeof(call->salt)) != 0)
		return -EAGAIN;
	enrolment_recovery(&call->fresh, req->now, next);
	if (req->unchecked)
		r = enrolment_recovery_confirm(NULL, req->now, next,
		    &call->reply->verdict);
	return call_done(call, r);
}

static int
apply_proof(struct call *call, struct record *next)
{
	call->changes = next->changes;
	memcpy(call->salt, next->recovery.salt, sizeof(call->salt));
	return call_done(call, 0);
}

/*
 * Ten codes take a while to make: not under the lock, and not for somebody who
 * has shown nothing yet.
 */
int
call_recovery(struct call *call)
{
	int r;

	r = call_change_factor(call, apply_proof);
	if (r < 0 || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	call->proof = 0;
	r = call_make_codes(call);
	if (r == 0)
		r = call_change_factor(call, apply_recovery);
	if (r < 0 || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	return call_show_codes(call);
}

static int
make_ticket(struct call *call)
{
	const struct request *req = call->req;
	uint32_t seconds = req->seconds != 0 ? req->seconds : TICKET_SECONDS;
	struct ticket *ticket = &call->ticket;
	int r;

	if (req->now >= RECORD_TIME_MAX - seconds)
		return -EINVAL;
	ticket->made = req->now;
	ticket->until = req->now + seconds;
	r = random_bytes(ticket->salt, sizeof(ticket->salt));
	if (r == 0)
		r = make_code(ticket->salt, call->ticket_text, ticket->hash);
	return r;
}

/*
 * A new one takes the place of one that is there, and of what was begun with
 * that: it may have come into other hands.
 */
static int
apply_ticket(struct call *call, struct record *next)
{
	if (decide_enrolled(next))
		return -EEXIST;
	next->ticket = call->ticket;
	memset(&next->pending, 0, sizeof(next->pending));
	memset(&next->pending_address, 0, sizeof(next->pending_address));
	return call_done(call, 0);
}

static int
is_ticket(struct call *call, const struct record *rec)
{
	return memcmp(&rec->ticket, &call->ticket, sizeof(rec->ticket)) == 0;
}

int
call_ticket(struct call *call)
{
	struct reply *reply = call->reply;
	int r = make_ticket(call);

	if (r == 0)
		r = call_make(call, apply_ticket);
	if (r == 0)
		r = read_back(call, is_ticket);
	if (r == 0) {
		memcpy(reply->ticket, call->ticket_text, sizeof(reply->ticket));
		reply->ticket_until = call->ticket.until;
	}
	return r;
}
