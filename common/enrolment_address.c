/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of enrolment.h that is about addresses.
 *
 * - An address MUST be confirmed by a code that was sent to it, and to no
 *   other: whatever waited for one before is forgotten with its code.
 */
#include "enrolment.h"

#include <errno.h>
#include <string.h>

#include "news.h"
#include "sent.h"

static const char *
label_of(enum policy_method method)
{
	return method == METHOD_EMAIL ? "email" : "phone";
}

static void
set(enum policy_method method, const char *text, uint64_t since,
    struct record *next)
{
	bool mail = method == METHOD_EMAIL;
	char *to = mail ? next->email : next->phone;
	size_t size = mail ? sizeof(next->email) : sizeof(next->phone);

	memset(to, 0, size);
	memcpy(to, text, strnlen(text, size - 1));
	if (mail)
		next->email_since = since;
	else
		next->phone_since = since;
}

/* Codes that went to an address of this channel are good for nothing now. */
static void
forget_codes(enum policy_method method, struct record *next)
{
	for (size_t i = 0; i < LANES; i++)
		if (next->sent[i].method == method)
			sent_forget(&next->sent[i]);
}

/* The address that waits, and the code that went to it, in whichever lane. */
static void
forget_pending(struct record *next)
{
	for (size_t i = 0; i < LANES; i++)
		if (sent_is_for(&next->sent[i], SENT_CONFIRMS))
			sent_forget(&next->sent[i]);
	memset(&next->pending_address, 0, sizeof(next->pending_address));
}

/* As address_read() leaves it. */
static bool
is_address(const char *text, enum policy_method method)
{
	char address[ADDRESS_MAX + 1];

	return address_read(method, text, address) &&
	    strcmp(text, address) == 0;
}

int
enrolment_address(const char *text, enum policy_method method, uint64_t now,
    struct record *next)
{
	if (now >= RECORD_TIME_MAX - ENROLMENT_PENDING_SECONDS ||
	    !is_address(text, method))
		return -EINVAL;
	forget_pending(next);
	next->pending_address = (struct pending_address){
		.until = now + ENROLMENT_PENDING_SECONDS,
		.method = method,
	};
	memcpy(next->pending_address.text, text, strlen(text));
	return 0;
}

/* Hold the answer against the code; the last wrong one ends the waiting. */
static int
judge(const char *answer, const struct policy_sent *pol, struct sent *sent,
    struct record *next, enum verdict *verdict)
{
	struct code code;
	bool right = false;
	int r = 0;

	*verdict = VERDICT_DENY;
	sent_read(answer, pol, &code);
	if (!sent_fits(&code, pol))
		*verdict = VERDICT_MALFORMED;
	else
		r = sent_match(&code, pol, sent, &right);
	explicit_bzero(&code, sizeof(code));
	if (right)
		*verdict = VERDICT_ACCEPT;
	else if (sent->method == 0)
		memset(&next->pending_address, 0,
		    sizeof(next->pending_address));
	return r;
}

/* Put it in force. */
static void
install(const struct recovery_set *fresh, uint64_t now, struct record *next)
{
	const struct pending_address *pending = &next->pending_address;

	/* What was begun while there was nothing needed no code. */
	if (!decide_enrolled(next))
		memset(&next->pending, 0, sizeof(next->pending));
	set(pending->method, pending->text, now, next);
	forget_codes(pending->method, next);
	if (next->recovery.created == 0) {
		next->recovery = *fresh;
		memset(&next->pending_set, 0, sizeof(next->pending_set));
	}
	memset(&next->ticket, 0, sizeof(next->ticket));
	news_note(CHANGE_ADDRESS, label_of(pending->method), now, next);
	memset(&next->pending_address, 0, sizeof(next->pending_address));
}

int
enrolment_address_confirm(const char *answer, enum lane lane,
    const struct policy_sent *pol, const struct recovery_set *fresh,
    uint64_t now, struct record *next, enum verdict *verdict)
{
	struct sent *sent = &next->sent[lane];
	int r;

	*verdict = VERDICT_DENY;
	if (now >= RECORD_TIME_MAX ||
	    enrolment_over(next->pending_address.until, now) ||
	    !sent_live(sent, pol, SENT_CONFIRMS, now))
		return -ENOENT;
	r = judge(answer, pol, sent, next, verdict);
	if (r == 0 && *verdict == VERDICT_ACCEPT)
		install(fresh, now, next);
	return r;
}

uint32_t
enrolment_address_minutes(const struct policy_sent *pol)
{
	const uint32_t most = ENROLMENT_PENDING_SECONDS / 60;

	return pol->minutes < most ? pol->minutes : most;
}

int
enrolment_address_remove(enum policy_method method, uint64_t now,
    struct record *next)
{
	const char *text = method == METHOD_EMAIL ? next->email : next->phone;

	if (!address_channel_ok(method) || *text == '\0')
		return -ENOENT;
	set(method, "", 0, next);
	forget_codes(method, next);
	if (next->pending_address.method == method)
		forget_pending(next);
	news_note(CHANGE_ADDRESS_REMOVED, label_of(method), now, next);
	return 0;
}
