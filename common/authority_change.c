/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a record is changed, and by whom; and the verbs that change what is
 * there, or take it away.
 *
 * - A caller other than root MUST have given a current code of a factor that
 *   is in force, which is counted and spent as at a login, before anything of
 *   it is changed; but for a lock, which takes away and gives nothing.
 * - What is made of a record and what its code spends MUST be kept together.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include "enrolment.h"

struct store_account
call_account(const struct call *call)
{
	return (struct store_account){ call->req->account.name,
		call->req->account.uid };
}

/*
 * Only who logs in with it has been told: a process of the user could say so
 * of anything.
 */
struct attempt
call_attempt(const struct call *call)
{
	const struct request *req = call->req;
	bool answer = req->verb == VERB_ANSWER;

	return (struct attempt){
		.now = req->now,
		.lane = req->lane,
		.answer = req->answer != NULL ? req->answer : "",
		.rhost = answer ? req->rhost : NULL,
		.told = answer && req->lane == LANE_LOGIN ? req->told : 0,
	};
}

int
call_look(struct call *call, int (*look)(struct call *, const struct record *))
{
	struct store_account account = call_account(call);
	struct record rec;
	int r = store_read(call->store, &account, &rec);

	if (r == 0)
		r = look(call, &rec);
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

/* What an update has done, for who is told of it if it is kept. */
struct watch {
	struct call *call;
	store_fn *fn;
	struct notices seen;
};

static int
watch(const struct record *rec, struct record *next, void *arg)
{
	struct watch *at = arg;
	int r = at->fn(rec, next, at->call);

	/* It may be run again. */
	memset(&at->seen, 0, sizeof(at->seen));
	if (r <= 0)
		return r;
	notices_see(&at->seen, rec, next, at->call->policy);
	if (at->call->req->lane == LANE_SOCKET)
		notices_count(&at->seen, at->call->req->now, next);
	return r;
}

int
call_update(struct call *call, const struct store_account *account,
    store_fn *fn)
{
	struct watch at = { .call = call, .fn = fn };
	int r = store_update(call->store, account, watch, &at);

	if (r == 0)
		notices_add(&call->notices, &at.seen);
	explicit_bzero(&at, sizeof(at));
	return r;
}

int
call_create(struct call *call, const struct record *rec)
{
	static const struct record none;
	struct store_account account = call_account(call);
	int r = store_create(call->store, &account, rec);

	if (r == 0)
		notices_see(&call->notices, &none, rec, call->policy);
	return r;
}

/*
 * Before a change: the current code that it needs, judged and counted as at a
 * login.  1: go on; 0: not, and the verdict says why.
 */
static int
prove(struct call *call, const struct record *rec, struct record *next)
{
	struct outcome *outcome = &call->reply->outcome;
	struct attempt attempt = call_attempt(call);
	struct policy policy = *call->policy;
	int r;

	if (call->proof == 0 || !decide_enrolled(rec))
		return 1;
	policy.methods &= call->proof;
	r = decide_answer(rec, &policy, &attempt, next, outcome);
	call->reply->verdict = outcome->verdict;
	return r < 0 ? r : outcome->verdict == VERDICT_ACCEPT;
}

static int
change_update(const struct record *rec, struct record *next, void *arg)
{
	struct call *call = arg;
	int r;

	call->error = 0;
	call->found = true;
	if (call->factor && !decide_enrolled(rec))
		return -ENOENT;
	r = prove(call, rec, next);
	if (r == 0)
		return call->reply->outcome.keep;
	if (r > 0)
		r = call->apply(call, next);
	/* Whatever comes of it tells that the code was right. */
	if (r < 0 && call->reply->outcome.verdict == VERDICT_ACCEPT) {
		call->error = r;
		return 1;
	}
	return r;
}

int
call_change(struct call *call, int (*apply)(struct call *, struct record *))
{
	struct store_account account = call_account(call);
	int r;

	call->apply = apply;
	r = call_update(call, &account, change_update);
	return r < 0 ? r : call->error;
}

int
call_change_factor(struct call *call,
    int (*apply)(struct call *, struct record *))
{
	call->factor = true;
	return call_change(call, apply);
}

static int
create(struct call *call)
{
	struct store_account account = call_account(call);
	struct record rec = { .uid = account.uid, .created = call->req->now };
	int r = -ENOENT;

	if (call->req->account.known)
		r = call->apply(call, &rec);
	/* What came to nothing leaves nothing behind. */
	if (r > 0)
		r = call->reply->verdict == VERDICT_ACCEPT
		    ? call_create(call, &rec)
		    : 0;
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

int
call_make(struct call *call, int (*apply)(struct call *, struct record *))
{
	int r = call_change(call, apply);

	if (r != -ENOENT || call->found)
		return r;
	r = create(call);
	/* Somebody else made one meanwhile, and nobody looked at it. */
	return r == -EEXIST ? call_change(call, apply) : r;
}

int
call_done(struct call *call, int r)
{
	if (r < 0)
		return r;
	call->reply->verdict = VERDICT_ACCEPT;
	return 1;
}

static int
apply_rename(struct call *call, struct record *next)
{
	const struct request *req = call->req;

	return call_done(call,
	    enrolment_rename(req->label, req->new_label, req->now, next));
}

int
call_rename(struct call *call)
{
	const struct request *req = call->req;

	/* What cannot be done is to cost no code. */
	if (req->label == NULL || req->new_label == NULL ||
	    !record_label_new_ok(req->new_label))
		return -EINVAL;
	return call_change(call, apply_rename);
}

static int
apply_remove(struct call *call, struct record *next)
{
	const struct request *req = call->req;

	return call_done(call, enrolment_remove(req->label, req->now, next));
}

int
call_remove(struct call *call)
{
	if (call->req->label == NULL)
		return -EINVAL;
	return call_change(call, apply_remove);
}

static enum lock_kind
who(const struct call *call)
{
	return call->req->caller == 0 ? LOCK_ROOT : LOCK_USER;
}

static int
apply_lock(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	uint64_t before = next->changes;
	int r;

	/* Codes that no policy lists would not undo it either. */
	if (who(call) == LOCK_USER &&
	    (call->policy->methods & METHOD_RECOVERY) == 0)
		return -EDEADLK;
	r = enrolment_lock(req->label, who(call), req->now, next);
	r = call_done(call, r);
	/* It needs no code, so whoever repeats it is to cost no write. */
	return r > 0 ? next->changes != before : r;
}

int
call_lock(struct call *call)
{
	if (who(call) == LOCK_USER && !call->policy->self_lock)
		return -EACCES;
	return call_change_factor(call, apply_lock);
}

static int
apply_unlock(struct call *call, struct record *next)
{
	const struct request *req = call->req;

	return call_done(call,
	    enrolment_unlock(req->label, who(call), &call->policy->throttle,
		req->now, next));
}

int
call_unlock(struct call *call)
{
	if (who(call) == LOCK_USER && call->req->label != NULL)
		return -EACCES;
	/* Who has no factor may have failed at codes that were sent. */
	if (who(call) == LOCK_ROOT)
		return call_change(call, apply_unlock);
	return call_change_factor(call, apply_unlock);
}

static int
apply_disable(struct call *call, struct record *next)
{
	enrolment_clear(call->req->now, next);
	return call_done(call, 0);
}

int
call_disable(struct call *call)
{
	return call_change_factor(call, apply_disable);
}

/*
 * Also what does not open, or is somebody else's: only where it says who is to
 * be told does it matter what it was.
 */
int
call_reset(struct call *call)
{
	struct store_account account = { call->req->account.name,
		STORE_ANY_UID };
	struct record rec, next;
	bool factor;
	int r;

	r = store_read(call->store, &account, &rec);
	factor = r < 0 || decide_enrolled(&rec);
	next = rec;
	enrolment_clear(call->req->now, &next);
	r = store_remove(call->store, account.name);
	if (r == 0)
		call->reply->verdict = VERDICT_ACCEPT;
	if (r == 0 && factor)
		notices_see(&call->notices, &rec, &next, call->policy);
	explicit_bzero(&rec, sizeof(rec));
	explicit_bzero(&next, sizeof(next));
	return r;
}

static int
adopt_update(const struct record *rec, struct record *next, void *arg)
{
	struct call *call = arg;

	call->reply->verdict = VERDICT_ACCEPT;
	if (rec->uid == call->req->account.uid)
		return 0;
	enrolment_adopt(call->req->account.uid, call->req->now, next);
	return 1;
}

int
call_adopt(struct call *call)
{
	struct store_account account = call_account(call);

	account.uid = STORE_ANY_UID;
	return call_update(call, &account, adopt_update);
}
