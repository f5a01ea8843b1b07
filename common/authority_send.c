/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that are sent for a login.
 *
 * - A code MUST NOT be sent that is not in the record, counted: coming again
 *   is no way round a limit, and what was sent is what is valid.
 * - It MUST NOT go to an address of the record that is none any more.
 * - What is answered MUST be the same for who does not exist and for who has
 *   no address, and cost the same look-up.
 * - Where the address has to be typed, a wrong one MUST give the same reply as
 *   the right one, and a record of the same size.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include "ascii.h"
#include "deliver.h"
#include "device.h"
#include "place.h"
#include "throttle.h"

/* METHOD_ bits that one may be sent by: here, and as the caller wants. */
static unsigned int
wanted(const struct call *call)
{
	const struct policy *policy = call->policy;
	unsigned int methods =
	    policy->methods & policy->channels & METHODS_SENT;

	return call->req->channel != 0 ? methods & call->req->channel : methods;
}

/*
 * May a code let this user in?  Not who does not exist, and not who has nothing
 * where that is let pass unasked or where only the record knows addresses.
 */
static bool
has_use(const struct call *call, const struct record *rec)
{
	const struct policy *policy = call->policy;

	if (!call->req->account.known)
		return false;
	return decide_enrolled(rec) ||
	    (policy->unenrolled == UNENROLLED_DENY &&
		(wanted(call) & policy->elsewhere) != 0);
}

/* Would an answer be looked at, and is it time?  If not the reply says why. */
static bool
may_send(struct call *call, const struct record *rec)
{
	const struct policy *policy = call->policy;
	const struct request *req = call->req;
	const struct failures *fail = &rec->failures[req->lane];
	struct send_reply *send = &call->reply->send;

	*send = (struct send_reply){
		.wait = throttle_wait(fail, &policy->throttle, req->now),
	};
	if (rec->locked != LOCK_NONE || throttle_off(fail, &policy->throttle) ||
	    send->wait > 0 || !device_clock_set(req->now)) {
		send->result = SEND_OFF;
		return false;
	}
	send->wait = sent_wait(&rec->sent[req->lane], &policy->sent, req->now);
	if (send->wait > 0)
		send->result = SEND_WAIT;
	return send->wait == 0;
}

/* All addresses; of who has no use for one, none, after the same search. */
static size_t
look_up(struct call *call, const struct record *rec,
    struct contact contact[static SEND_OFFERS])
{
	const enum policy_method methods[] = { METHOD_EMAIL, METHOD_SMS };
	const bool use = has_use(call, rec);
	size_t n = 0;

	_Static_assert(SEND_OFFERS >= 2 * CONTACT_MAX, "all are offered");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct contact_ask ask = call_contacts(call, methods[i], rec);

		if (!use)
			ask.account = PLACE_USER;
		if ((wanted(call) & methods[i]) != 0)
			n += contact_find(&ask, contact + n);
	}
	return use ? n : 0;
}

static int
apply_send(struct call *call, struct record *next)
{
	int r;

	/* Others may have been sent since it was looked at. */
	if (!may_send(call, next))
		return 0;
	/* Nor may one go to an address that was taken away meanwhile. */
	if (strcmp(next->email, call->seen->email) != 0 ||
	    strcmp(next->phone, call->seen->phone) != 0)
		return -EAGAIN;
	r = call_keep_sent(call, call->policy->scenario, next);
	if (r < 0)
		return r;
	call->reply->send.result = SEND_SENT;
	return call_done(call, 0);
}

/* Make one and keep it.  1: it is to be sent; 0: the reply says why not. */
static int
prepare(struct call *call)
{
	int r = call_make_sent(call);

	if (r == 0)
		r = call_make(call, apply_send);
	/* It says that it was kept; of a login it decides nothing. */
	call->reply->verdict = VERDICT_DENY;
	return r < 0 ? r : call->reply->send.result == SEND_SENT;
}

static void
offer(const struct contact *contact, size_t n, struct send_reply *send)
{
	send->result = SEND_OFFER;
	send->n_offers = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		address_mask(contact[i].address, send->offer[i].masked);
}

static int
send_chosen(struct call *call, const struct record *rec)
{
	const uint32_t choice = call->req->choice;
	struct contact contact[SEND_OFFERS];
	size_t n = look_up(call, rec, contact);
	int r;

	if (n > 1 && (choice < 1 || choice > n))
		offer(contact, n, &call->reply->send);
	if (n == 0 || call->reply->send.result == SEND_OFFER)
		return 0;
	call->to = contact[n > 1 ? choice - 1 : 0];
	/* Where looking up took all the time none is kept: it says so. */
	r = deliver_in_time(call->deadline) ? prepare(call) : 1;
	if (r > 0)
		call_deliver(call, false);
	return r < 0 ? r : 0;
}

/* Is it one of them?  Numbers are typed in many ways. */
static bool
is_typed(const struct contact *contact, const char *typed)
{
	char address[ADDRESS_MAX + 1];

	return address_read(contact->method, typed, address) &&
	    ascii_same(contact->address, address);
}

/* Right or wrong, a code is made and kept, and sent to somebody or nobody. */
static int
send_typed(struct call *call, const struct record *rec)
{
	const char *typed = call->req->address;
	struct contact contact[SEND_OFFERS];
	size_t n;
	int r;

	if (typed == NULL || typed[0] == '\0') {
		call->reply->send.result = SEND_TYPE;
		return 0;
	}
	n = look_up(call, rec, contact);
	call->to.method = address_channel(typed);
	if ((wanted(call) & call->to.method) == 0)
		call->to.method ^= METHODS_SENT;
	for (size_t i = 0; i < n; i++)
		if (is_typed(&contact[i], typed))
			call->to = contact[i];
	/* Of who does not exist nothing is kept, nor of who is as such. */
	if (!has_use(call, rec) || (n == 0 && !decide_enrolled(rec))) {
		call->reply->send.result = SEND_SENT;
		return 0;
	}
	r = prepare(call);
	if (r > 0)
		call_deliver(call, true);
	return r < 0 ? r : 0;
}

static int
read_record(const struct call *call, struct record *rec)
{
	struct store_account account = call_account(call);
	int r;

	memset(rec, 0, sizeof(*rec));
	if (!call->req->account.known)
		return 0;
	r = store_read(call->store, &account, rec);
	return r == -ENOENT ? 0 : r;
}

int
call_send(struct call *call)
{
	const enum policy_method channel = call->req->channel;
	struct record rec;
	int r;

	if (channel != 0 && !address_channel_ok(channel))
		return -EINVAL;
	r = read_record(call, &rec);
	call->seen = &rec;
	/* Who is let pass unasked has no use for one. */
	if (r == 0 && wanted(call) != 0 && may_send(call, &rec))
		r = call->policy->sent.confirm ? send_typed(call, &rec)
					       : send_chosen(call, &rec);
	explicit_bzero(&rec, sizeof(rec));
	return r;
}
