/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "enrolment.h"
#include "store.h"
#include "throttle.h"

struct authority {
	struct conf *conf;
	struct policy defaults;
	struct store *store; /* NULL until it is needed */
};

/* One request on its way. */
struct call {
	const struct store *store;
	const struct policy *policy;
	const struct request *req;
	struct reply *reply;
	bool must_prove; /* a current code has to come with it */

	/* For changes: makes the next record.  1: keep it, 0: do not. */
	int (*apply)(struct call *call, struct record *next);
	struct device device;
	struct recovery_set fresh;
	bool replaced; /* "fresh" is in force now */
	char code[RECORD_RECOVERY][CODE_RECOVERY_SIZE];
};

static struct store_account
account_of(const struct request *req)
{
	return (struct store_account){ req->account.name, req->account.uid };
}

static struct attempt
attempt_of(const struct request *req)
{
	return (struct attempt){
		.now = req->now,
		.lane = LANE_LOGIN,
		.answer = req->answer != NULL ? req->answer : "",
		.rhost = req->rhost,
		.told = req->told,
	};
}

/* Ask and refuse as if there were something to ask for. */
static void
challenge_decoy(struct call *call)
{
	struct record decoy;

	decide_decoy(&decoy);
	decide_challenge(&decoy, call->policy, call->req->now, LANE_LOGIN,
	    &call->reply->challenge);
	call->reply->challenge.enrolled = false;
}

static int
do_challenge(struct call *call)
{
	struct store_account account = account_of(call->req);
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
		decide_challenge(&rec, call->policy, call->req->now, LANE_LOGIN,
		    &reply->challenge);
	} else if (r == 0 || r == -ENOENT) {
		reply->pass = call->req->account.known &&
		    call->policy->unenrolled == UNENROLLED_ALLOW;
		challenge_decoy(call);
		r = 0;
	}
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

/* The same work for those who have nothing, and never a yes. */
static int
answer_decoy(struct call *call)
{
	struct attempt attempt = attempt_of(call->req);
	struct record decoy, next;
	int r;

	decide_decoy(&decoy);
	r = decide_answer(&decoy, call->policy, &attempt, &next,
	    &call->reply->outcome);
	if (call->reply->outcome.verdict == VERDICT_ACCEPT)
		call->reply->outcome.verdict = VERDICT_DENY;
	return r;
}

static int
answer_update(const struct record *rec, struct record *next, void *arg)
{
	struct call *call = arg;
	struct attempt attempt = attempt_of(call->req);
	int r;

	if (!decide_enrolled(rec))
		return answer_decoy(call);
	r = decide_answer(rec, call->policy, &attempt, next,
	    &call->reply->outcome);
	return r < 0 ? r : call->reply->outcome.keep;
}

static int
do_answer(struct call *call)
{
	struct store_account account = account_of(call->req);
	int r = -ENOENT;

	if (call->req->account.known)
		r = store_update(call->store, &account, answer_update, call);
	if (r == -ENOENT)
		r = answer_decoy(call);
	if (r == 0)
		call->reply->verdict = call->reply->outcome.verdict;
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
	struct attempt attempt = attempt_of(call->req);
	int r;

	if (!call->must_prove || !decide_enrolled(rec))
		return 1;
	r = decide_answer(rec, call->policy, &attempt, next, outcome);
	call->reply->verdict = outcome->verdict;
	return r < 0 ? r : outcome->verdict == VERDICT_ACCEPT;
}

static int
change_update(const struct record *rec, struct record *next, void *arg)
{
	struct call *call = arg;
	int r = prove(call, rec, next);

	if (r == 0)
		return call->reply->outcome.keep;
	if (r > 0)
		r = call->apply(call, next);
	return r;
}

static int
change(struct call *call, int (*apply)(struct call *, struct record *))
{
	struct store_account account = account_of(call->req);

	call->apply = apply;
	return store_update(call->store, &account, change_update, call);
}

/* What is shown to people must be what is stored: look. */
static int
read_back(struct call *call,
    bool (*is_there)(const struct call *, const struct record *))
{
	struct store_account account = account_of(call->req);
	struct record rec;
	int r = store_read(call->store, &account, &rec);

	if (r == 0 && !is_there(call, &rec))
		r = -EIO;
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

static int
make_device(struct call *call)
{
	const struct request *req = call->req;
	struct device *dev = &call->device;
	size_t len = otp_secret_len(req->hash);

	if (req->label == NULL || !record_label_ok(req->label) || len == 0)
		return -EINVAL;
	*dev = (struct device){
		.kind = req->kind,
		.otp = { req->hash, req->digits, { .len = len } },
		.period = req->kind == DEVICE_TOTP ? req->period : 0,
	};
	memcpy(dev->label, req->label, strlen(req->label));
	if (RAND_bytes(dev->otp.secret.bytes, (int)len) != 1)
		return -EIO;
	return 0;
}

static int
apply_enrol(struct call *call, struct record *next)
{
	int r = enrolment_begin(&call->device, call->req->mode, call->req->now,
	    next);

	return r < 0 ? r : 1;
}

static bool
is_pending(const struct call *call, const struct record *rec)
{
	const struct device *have = &rec->pending.device;

	return strcmp(have->label, call->device.label) == 0 &&
	    memcmp(&have->otp.secret, &call->device.otp.secret,
		sizeof(have->otp.secret)) == 0;
}

static int
create(struct call *call)
{
	struct store_account account = account_of(call->req);
	struct record rec = { .uid = account.uid, .created = call->req->now };
	int r = apply_enrol(call, &rec);

	if (r > 0)
		r = store_create(call->store, &account, &rec);
	explicit_bzero(&rec, sizeof(rec));
	return r;
}

static int
do_enrol(struct call *call)
{
	struct reply *reply = call->reply;
	int r = make_device(call);

	if (r < 0)
		return r;
	reply->verdict = VERDICT_ACCEPT;
	r = change(call, apply_enrol);
	if (r == -ENOENT)
		r = create(call);
	if (r < 0 || reply->verdict != VERDICT_ACCEPT)
		return r;
	r = read_back(call, is_pending);
	if (r == 0)
		reply->otp = call->device.otp;
	return r;
}

/* Ten codes, in clear for their owner and hashed for the record. */
static int
make_codes(struct call *call)
{
	uint8_t bits[RECORD_RECOVERY][CODE_RECOVERY_BYTES];
	struct recovery_set *set = &call->fresh;
	struct code code;
	int r = -EIO;

	*set = (struct recovery_set){ .created = call->req->now };
	if (RAND_bytes(set->salt, sizeof(set->salt)) != 1 ||
	    RAND_bytes(&bits[0][0], sizeof(bits)) != 1)
		goto out;
	for (size_t i = 0; i < RECORD_RECOVERY; i++) {
		code_recovery_write(bits[i], call->code[i]);
		code_read(call->code[i], &code);
		if (code_derive(code.text, set->salt, set->hash[i]) < 0)
			goto out;
	}
	r = 0;
out:
	explicit_bzero(bits, sizeof(bits));
	explicit_bzero(&code, sizeof(code));
	return r;
}

static bool
is_set(const struct call *call, const struct recovery_set *set)
{
	return memcmp(set->salt, call->fresh.salt, sizeof(set->salt)) == 0;
}

static bool
is_in_record(const struct call *call, const struct record *rec)
{
	return is_set(call, &rec->recovery) ||
	    is_set(call, &rec->pending_set.set);
}

static int
show_codes(struct call *call)
{
	int r = read_back(call, is_in_record);

	if (r == 0) {
		memcpy(call->reply->code, call->code, sizeof(call->code));
		call->reply->n_codes = RECORD_RECOVERY;
	}
	return r;
}

static int
apply_confirm(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	const char *answer = req->unchecked ? NULL : req->answer;
	struct confirmation confirmation;
	int r;

	if (req->recovery) {
		r = enrolment_recovery_confirm(answer, req->now, next,
		    &call->reply->verdict);
	} else {
		r = enrolment_confirm(answer, &call->fresh, req->now, next,
		    &confirmation);
		call->reply->verdict = confirmation.verdict;
		if (confirmation.skew > 0)
			call->reply->ahead = (uint64_t)confirmation.skew;
		else
			call->reply->behind = (uint64_t)-confirmation.skew;
		call->replaced = is_set(call, &next->recovery);
	}
	return r < 0 ? r : call->reply->verdict == VERDICT_ACCEPT;
}

static int
do_confirm(struct call *call)
{
	const struct request *req = call->req;
	int r = 0;

	if (req->unchecked && req->caller != 0)
		return -EACCES;
	if (!req->unchecked && req->answer == NULL)
		return -EINVAL;
	if (!req->recovery)
		r = make_codes(call);
	if (r == 0)
		r = change(call, apply_confirm);
	/* A device that came beside others brings no codes. */
	if (r < 0 || !call->replaced || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	return show_codes(call);
}

/* Who gave a current code, or is root, may leave out the typing back. */
static int
apply_recovery(struct call *call, struct record *next)
{
	const struct request *req = call->req;
	int r = 0;

	if (!decide_enrolled(next))
		return -ENOENT;
	enrolment_recovery(&call->fresh, req->now, next);
	call->reply->verdict = VERDICT_ACCEPT;
	if (req->unchecked)
		r = enrolment_recovery_confirm(NULL, req->now, next,
		    &call->reply->verdict);
	return r < 0 ? r : 1;
}

static int
do_recovery(struct call *call)
{
	int r = make_codes(call);

	if (r == 0)
		r = change(call, apply_recovery);
	if (r < 0 || call->reply->verdict != VERDICT_ACCEPT)
		return r;
	return show_codes(call);
}

static int
apply_remove(struct call *call, struct record *next)
{
	int r = enrolment_remove(call->req->label, call->req->now, next);

	if (r < 0)
		return r;
	call->reply->verdict = VERDICT_ACCEPT;
	return 1;
}

static int
do_remove(struct call *call)
{
	if (call->req->label == NULL)
		return -EINVAL;
	return change(call, apply_remove);
}

static int
do_reset(struct call *call)
{
	const struct request *req = call->req;
	int r;

	r = store_remove(call->store, req->account.name);
	if (r == 0)
		call->reply->verdict = VERDICT_ACCEPT;
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

static int
do_adopt(struct call *call)
{
	struct store_account account = account_of(call->req);

	account.uid = STORE_ANY_UID;
	return store_update(call->store, &account, adopt_update, call);
}

static void
device_status(const struct device *dev, struct device_status *status)
{
	*status = (struct device_status){
		.kind = dev->kind,
		.hash = dev->otp.hash,
		.digits = dev->otp.digits,
		.period = dev->period,
		.off = dev->off,
		.created = dev->created,
		.used = dev->used,
	};
	memcpy(status->label, dev->label, sizeof(status->label));
}

static int
do_status(struct call *call)
{
	const struct policy_throttle *throttle = &call->policy->throttle;
	struct store_account account = account_of(call->req);
	struct status *status = &call->reply->status;
	struct record rec;
	int r;

	r = store_read(call->store, &account, &rec);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	*status = (struct status){
		.enrolled = decide_enrolled(&rec),
		.locked = rec.locked,
		.locked_at = rec.locked_at,
		.n_devices = (uint32_t)record_devices(&rec),
		.recovery_left = record_recovery_left(&rec.recovery),
		.recovery_created = rec.recovery.created,
		.missed = rec.missed,
		.pending_until = rec.pending.until,
		.pending_set_until = rec.pending_set.until,
	};
	for (size_t i = 0; i < status->n_devices; i++)
		device_status(&rec.device[i], &status->device[i]);
	for (size_t i = 0; i < LANES; i++)
		status->lane[i] = (struct lane_status){
			throttle_off(&rec.failures[i], throttle),
			rec.failures[i].row,
			rec.failures[i].budget,
			throttle_wait(&rec.failures[i], throttle,
			    call->req->now),
		};
	explicit_bzero(&rec, sizeof(rec));
	return 0;
}

/* Who may call a verb on a store that they were able to open. */
enum may {
	MAY_ROOT,  /* root alone */
	MAY_PROVE, /* others with a current code, if there is a factor */
	MAY_ANYONE,
};

static const struct {
	enum may may;
	int (*fn)(struct call *call);
} verbs[VERBS] = {
	[VERB_CHALLENGE] = { MAY_ANYONE, do_challenge },
	[VERB_ANSWER] = { MAY_ANYONE, do_answer },
	[VERB_ENROL] = { MAY_PROVE, do_enrol },
	[VERB_CONFIRM] = { MAY_ANYONE, do_confirm },
	[VERB_STATUS] = { MAY_ANYONE, do_status },
	[VERB_RECOVERY] = { MAY_PROVE, do_recovery },
	[VERB_REMOVE] = { MAY_PROVE, do_remove },
	[VERB_RESET] = { MAY_ROOT, do_reset },
	[VERB_ADOPT] = { MAY_ROOT, do_adopt },
};

int
authority_open(const char *path, conf_fault_fn *fault, void *arg,
    struct authority **authority)
{
	const struct policy_facts nobody = { 0 };
	struct authority *new = calloc(1, sizeof(*new));
	int r = -ENOMEM;

	*authority = NULL;
	if (new == NULL)
		goto out;
	r = conf_read(path, fault, arg, &new->conf);
	if (r < 0)
		goto out;
	r = policy_check(new->conf, fault, arg);
	if (r < 0)
		goto out;
	r = policy_apply(new->conf, &nobody, &new->defaults);
	if (r < 0)
		goto out;
	*authority = new;
	new = NULL;
out:
	authority_close(&new);
	return r;
}

void
authority_close(struct authority **authority)
{
	if (*authority == NULL)
		return;
	store_close(&(*authority)->store);
	conf_free(&(*authority)->conf);
	free(*authority);
	*authority = NULL;
}

static int
need_store(struct authority *authority)
{
	if (authority->store != NULL)
		return 0;
	return store_open(authority->defaults.store_path,
	    authority->defaults.store_key, &authority->store);
}

static int
dispatch(struct authority *authority, struct call *call)
{
	const struct request *req = call->req;
	enum may may;
	int r;

	if ((unsigned int)req->verb >= VERBS)
		return -EINVAL;
	may = verbs[req->verb].may;
	if (may == MAY_ROOT && req->caller != 0)
		return -EACCES;
	call->must_prove = may == MAY_PROVE && req->caller != 0;
	if (verbs[req->verb].fn == NULL)
		return -EOPNOTSUPP;
	r = need_store(authority);
	if (r < 0)
		return r;
	call->store = authority->store;
	return verbs[req->verb].fn(call);
}

int
authority_ask(struct authority *authority, const struct request *req,
    struct reply *reply)
{
	const struct policy_facts facts = { req->service, req->scenario };
	struct call call = { .req = req,
		.reply = reply,
		.policy = &reply->policy };
	int r;

	memset(reply, 0, sizeof(*reply));
	if (req->account.name == NULL || req->account.name[0] == '\0')
		return -EINVAL;
	r = policy_apply(authority->conf, &facts, &reply->policy);
	if (r == -ENOENT)
		r = -EINVAL;
	if (r == 0 && req->verb == VERB_CHALLENGE && reply->policy.exempt) {
		/* Needs no store: this is also the way in without one. */
		reply->reason = "exempt";
		reply->pass = true;
	} else if (r == 0) {
		r = dispatch(authority, &call);
	}
	if (r < 0)
		explicit_bzero(reply, sizeof(*reply));
	explicit_bzero(&call, sizeof(call));
	return r;
}

int
authority_list(struct authority *authority,
    int (*fn)(void *arg, const char *name), void *arg)
{
	int r = need_store(authority);

	return r < 0 ? r : store_list(authority->store, fn, arg);
}

int
authority_init(struct authority *authority)
{
	return store_init(authority->defaults.store_path,
	    authority->defaults.store_key);
}

const struct policy *
authority_default(const struct authority *authority)
{
	return &authority->defaults;
}

const char *
authority_strerror(int error)
{
	if (error == -EINVAL)
		return "the configuration or the request is not as it must "
		       "be: run \"otp-enroll config --check\"";
	if (error == -ENOSPC)
		return "there is no room: five devices are the most, and a "
		       "new record needs free disk space";
	return store_strerror(error);
}
