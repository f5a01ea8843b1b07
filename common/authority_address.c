/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where codes are sent to, if the user says so.
 *
 * - An address MUST be in force only once a code that was sent to it came back.
 * - Whose first factor it is MUST be given recovery codes with it, or the
 *   change of an address would lock them out.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include "ascii.h"
#include "enrolment.h"

/* Is it the one that waits for its code? */
static bool
waits(const struct call *call, const struct record *rec)
{
	const struct pending_address *pending = &rec->pending_address;

	return !enrolment_over(pending->until, call->req->now) &&
	    pending->method == call->to.method &&
	    ascii_same(pending->text, call->to.address);
}

/*
 * May another be sent?  If not the reply says when, and whether there is one
 * that could be answered with.
 */
static bool
may_send(struct call *call, const struct record *rec)
{
	const struct request *req = call->req;
	const struct policy_sent *pol = &call->policy->sent;
	const struct sent *sent = &rec->sent[req->lane];
	struct send_reply *send = &call->reply->send;

	*send = (struct send_reply){ .wait = sent_wait(sent, pol, req->now) };
	if (send->wait == 0)
		return true;
	send->result = SEND_WAIT;
	if (waits(call, rec) && sent_live(sent, pol, SENT_CONFIRMS, req->now)) {
		send->n_offers = 1;
		address_mask(call->to.address, send->offer[0].masked);
	}
	return false;
}

static int
apply_address(struct call *call, struct record *next)
{
	uint64_t until;
	int r;

	if (call->again && !waits(call, next))
		return -EAGAIN;
	r = call->again ? 1 : call_may_begin(call, next);
	if (r <= 0)
		return r < 0 ? r : call->reply->outcome.keep;
	if (!may_send(call, next))
		return call_done(call, 0);
	until = next->pending_address.until;
	/* As it was begun with a code: to some mail servers case matters. */
	if (call->again)
		memcpy(call->to.address, next->pending_address.text,
		    sizeof(call->to.address));
	r = enrolment_address(call->to.address, call->to.method, call->req->now,
	    next);
	/* Without a code it waits no longer than the one there was gave it. */
	if (r == 0 && call->again)
		next->pending_address.until = until;
	if (r == 0)
		r = call_keep_sent(call, SENT_CONFIRMS, next);
	return call_done(call, r);
}

static int
apply_remove(struct call *call, struct record *next)
{
	const struct request *req = call->req;

	return call_done(call,
	    enrolment_address_remove(req->channel, req->now, next));
}

/*
 * What cannot be sent is to cost no code; nor is another one for an address
 * that was begun with one: who waits for a slow mail would need all their
 * recovery codes.
 */
static int
look(struct call *call, const struct record *rec)
{
	call->again = waits(call, rec);
	if (call->again)
		call->proof = 0;
	return may_send(call, rec);
}

int
call_address(struct call *call)
{
	const struct request *req = call->req;
	int r;

	if (!address_channel_ok(req->channel))
		return -EINVAL;
	if (req->address == NULL)
		return call_change_factor(call, apply_remove);
	if ((call->policy->channels & req->channel) == 0)
		return -ENOTSUP;
	/* Before a code is spent on it. */
	call->to.method = req->channel;
	if (!address_read(req->channel, req->address, call->to.address))
		return -EINVAL;
	r = call_look(call, look);
	if (r <= 0 && r != -ENOENT)
		return r;
	r = call_make_sent(call);
	if (r == 0)
		r = call_make(call, apply_address);
	if (r == 0 && call->reply->verdict == VERDICT_ACCEPT &&
	    call->reply->send.result != SEND_WAIT)
		call_deliver(call, false);
	return r;
}

static int
apply_confirm(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	struct reply *reply = call->reply;
	int r = enrolment_address_confirm(req->answer, req->lane,
	    &call->policy->sent, &call->fresh, req->now, next, &reply->verdict);

	call->replaced =
	    call->fresh.created != 0 && call_is_fresh(call, &next->recovery);
	/* Wrong ones are counted: that is kept too. */
	return r < 0 ? r : reply->verdict != VERDICT_MALFORMED;
}

/* Are recovery codes to come with it?  They take a while to make. */
static int
needs_codes(struct call *call, const struct record *rec)
{
	if (enrolment_over(rec->pending_address.until, call->req->now))
		return -ENOENT;
	return rec->recovery.created == 0;
}

int
call_confirm_address(struct call *call)
{
	int r;

	if (call->req->unchecked || call->req->answer == NULL)
		return -EINVAL;
	r = call_look(call, needs_codes);
	if (r > 0)
		r = call_make_codes(call);
	if (r == 0)
		r = call_change(call, apply_confirm);
	if (r < 0 || !call->replaced || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	return call_show_codes(call);
}
