/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login asks: what to ask for, and whether the answer passes.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include "news.h"
#include "sent.h"

/*
 * Ask and refuse as if there were something to ask for; and as if a code could
 * be sent to everybody, where some who have nothing here have an address
 * elsewhere.  One that was sent can be answered with.
 */
static void
challenge_decoy(struct call *call, const struct record *rec)
{
	const struct policy *policy = call->policy;
	const enum lane lane = call->req->lane;
	struct record decoy;

	decide_decoy(&decoy);
	decoy.sent[lane] = rec->sent[lane];
	decoy.failures[lane] = rec->failures[lane];
	decide_challenge(&decoy, policy, call->req->now, lane,
	    &call->reply->challenge);
	call->reply->challenge.enrolled = false;
	call->reply->challenge.send_only =
	    (call->reply->challenge.methods & METHODS_SENT) != 0;
}

/*
 * Who has nothing any more is asked for nothing, so that no answer ever says
 * that they were told: they are told again, for some weeks.
 */
static void
challenge_news(struct call *call, const struct record *rec)
{
	struct challenge *challenge = &call->reply->challenge;
	size_t n = 0;

	for (size_t i = 0; i < RECORD_CHANGES; i++) {
		const struct change *change = &rec->change[i];

		if (change->at == 0 ||
		    call->req->now < change->at + NEWS_SECONDS)
			challenge->change[n++] = *change;
	}
}

int
call_challenge(struct call *call)
{
	struct store_account account = call_account(call);
	struct reply *reply = call->reply;
	struct record rec = { 0 };
	int r = -ENOENT;

	reply->reason = "unknown";
	if (call->req->account.known) {
		reply->reason = "unenrolled";
		r = store_read(call->store, &account, &rec);
	}
	if (r == 0 && decide_enrolled(&rec)) {
		reply->reason = "enrolled";
		decide_challenge(&rec, call->policy, call->req->now,
		    call->req->lane, &reply->challenge);
	} else if (r == 0 || r == -ENOENT) {
		reply->pass = call->req->account.known &&
		    call->policy->unenrolled == UNENROLLED_ALLOW;
		challenge_decoy(call, &rec);
		challenge_news(call, &rec);
		r = 0;
	}
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

/* The same work for those who have nothing, and never a yes. */
static int
answer_decoy(struct call *call)
{
	struct attempt attempt = call_attempt(call);
	struct record decoy, next;
	int r;

	decide_decoy(&decoy);
	r = decide_answer(&decoy, call->policy, &attempt, &next,
	    &call->reply->outcome);
	if (call->reply->outcome.verdict == VERDICT_ACCEPT)
		call->reply->outcome.verdict = VERDICT_DENY;
	return r;
}

/* Who has nothing may still have been sent a code for this. */
static bool
was_sent(const struct call *call, const struct record *rec)
{
	return sent_live(&rec->sent[call->req->lane], &call->policy->sent,
	    call->policy->scenario, call->req->now);
}

static int
answer_update(const struct record *rec, struct record *next, void *arg)
{
	struct call *call = arg;
	struct attempt attempt = call_attempt(call);
	int r;

	if (!decide_enrolled(rec) && !was_sent(call, rec))
		return answer_decoy(call);
	r = decide_answer(rec, call->policy, &attempt, next,
	    &call->reply->outcome);
	return r < 0 ? r : call->reply->outcome.keep;
}

int
call_answer(struct call *call)
{
	struct store_account account = call_account(call);
	int r = -ENOENT;

	if (call->req->account.known)
		r = call_update(call, &account, answer_update);
	if (r == -ENOENT)
		r = answer_decoy(call);
	if (r == 0)
		call->reply->verdict = call->reply->outcome.verdict;
	return r;
}
