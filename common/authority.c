/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be asked, who may ask it, and the policy that it is judged by.
 */
#include "authority.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "authority_call.h"
#include "authority_remote.h"
#include "deadline.h"

struct authority {
	struct conf *conf;
	struct policy defaults;
	struct policy_store place;
	struct policy_delivery delivery;
	authority_log_fn *log; /* NULL: nobody is told */
	void *log_arg;
	struct store *store; /* NULL until it is needed */
};

/* Who may call a verb on a store that they were able to open. */
enum may {
	MAY_ROOT,    /* root alone */
	MAY_PROVE,   /* others with a current code, if there is a factor */
	MAY_RECOVER, /* the same, and it has to be a recovery code */
	MAY_ANYONE,
};

/*
 * Whose policy holds.  The caller says what login it is; where a current code
 * is judged for a change it does not, or it would choose what suits it.
 */
enum facts {
	OF_TOOL, /* what service "otp-enroll" gets, whatever the request says */
	OF_LOGIN,
};

static const struct {
	enum may may;
	enum facts facts;
	int (*fn)(struct call *call);
} verbs[VERBS] = {
	[VERB_CHALLENGE] = { MAY_ANYONE, OF_LOGIN, call_challenge },
	[VERB_ANSWER] = { MAY_ANYONE, OF_LOGIN, call_answer },
	[VERB_ENROL] = { MAY_PROVE, OF_TOOL, call_enrol },
	[VERB_CONFIRM] = { MAY_ANYONE, OF_TOOL, call_confirm },
	[VERB_STATUS] = { MAY_ANYONE, OF_TOOL, call_status },
	[VERB_RECOVERY] = { MAY_PROVE, OF_TOOL, call_recovery },
	[VERB_RENAME] = { MAY_PROVE, OF_TOOL, call_rename },
	[VERB_REMOVE] = { MAY_PROVE, OF_TOOL, call_remove },
	[VERB_LOCK] = { MAY_ANYONE, OF_TOOL, call_lock },
	[VERB_UNLOCK] = { MAY_RECOVER, OF_TOOL, call_unlock },
	[VERB_DISABLE] = { MAY_PROVE, OF_TOOL, call_disable },
	[VERB_RESET] = { MAY_ROOT, OF_TOOL, call_reset },
	[VERB_TICKET] = { MAY_ROOT, OF_TOOL, call_ticket },
	[VERB_SEND] = { MAY_ANYONE, OF_LOGIN, call_send },
	[VERB_ADDRESS] = { MAY_PROVE, OF_TOOL, call_address },
	[VERB_CONFIRM_ADDRESS] = { MAY_ANYONE, OF_TOOL, call_confirm_address },
	[VERB_TEST] = { MAY_ROOT, OF_TOOL, call_test },
	[VERB_ADOPT] = { MAY_ROOT, OF_TOOL, call_adopt },
};

/*
 * What a current code may be, for who has to give one.  Whoever reads the mail
 * may log in where policy says so, and change nothing.
 */
static const unsigned int proofs[] = {
	[MAY_ROOT] = 0,
	[MAY_PROVE] = ~(unsigned int)METHODS_SENT,
	[MAY_RECOVER] = METHOD_RECOVERY,
	[MAY_ANYONE] = 0,
};

int
authority_open(const char *path, conf_fault_fn *fault, void *arg,
    struct authority **authority)
{
	struct authority *new = calloc(1, sizeof(*new));
	int r = -ENOMEM;

	*authority = NULL;
	if (new == NULL)
		goto out;
	r = conf_read(path != NULL ? path : POLICY_CONF, path != NULL, fault,
	    arg, &new->conf);
	if (r < 0 && r != -EINVAL)
		goto out;
	/* Faults of form keep none of sense from being found. */
	if (policy_check(new->conf, fault, arg, &new->defaults) < 0)
		r = -EINVAL;
	if (r < 0)
		goto out;
	policy_store(new->conf, &new->place);
	policy_delivery(new->conf, &new->delivery);
	*authority = new;
	new = NULL;
out:
	authority_close(&new);
	return r;
}

void
authority_log(struct authority *authority, authority_log_fn *fn, void *arg)
{
	authority->log = fn;
	authority->log_arg = arg;
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
	return store_open(authority->place.path, authority->place.key,
	    &authority->store);
}

/*
 * It reads a configuration of its own: where the one that holds here was named
 * by hand, that may let pass whom this one does not.
 */
static int
ask_service(const struct authority *authority, struct call *call)
{
	struct reply *reply = call->reply;
	int r = authority_remote_ask(authority->place.socket,
	    authority_remote_seconds(call->req->verb, &authority->delivery),
	    call->req, reply);

	if (r == 0 && reply->policy.unenrolled != UNENROLLED_ALLOW)
		reply->pass = false;
	return r;
}

static int
dispatch(struct authority *authority, struct call *call)
{
	const struct request *req = call->req;
	enum may may = verbs[req->verb].may;
	int r;

	if (may == MAY_ROOT && req->caller != 0)
		return -EACCES;
	call->proof = req->caller != 0 ? proofs[may] : 0;
	r = need_store(authority);
	/*
	 * Root never asks the service, for no login of root's side is to
	 * depend on it; nor does the service, which would ask itself.
	 */
	if (r == -EACCES && req->caller != 0 && req->lane == LANE_LOGIN)
		return ask_service(authority, call);
	if (r < 0)
		return r;
	call->store = authority->store;
	call->delivery = &authority->delivery;
	call->log = authority->log;
	call->log_arg = authority->log_arg;
	call->deadline = deadline_in(call->delivery->send.seconds);
	r = verbs[req->verb].fn(call);
	/* Whatever came of it: some of it may have been kept. */
	call_notify(call);
	return r;
}

static int
apply_facts(const struct authority *authority, const struct policy_facts *facts,
    struct policy *policy)
{
	int r =
	    policy_apply(authority->conf, &authority->defaults, facts, policy);

	return r == -ENOENT ? -ENXIO : r;
}

static int
find_policy(const struct authority *authority, const struct request *req,
    struct policy *policy)
{
	const struct policy_facts tool = { .service = "otp-enroll" };
	const struct policy_facts login = { req->service, req->scenario };
	struct policy own;
	int r;

	if (verbs[req->verb].facts == OF_TOOL)
		return apply_facts(authority, &tool, policy);
	r = apply_facts(authority, &login, policy);
	if (r < 0 || req->lane != LANE_SOCKET || req->caller == 0)
		return r;
	/*
	 * Which login it is may be a lie: how often it is wrong is not, nor
	 * how often something is sent, nor who is told.
	 */
	r = apply_facts(authority, &tool, &own);
	policy->throttle = own.throttle;
	policy->window = own.window;
	policy->sent.tries = own.sent.tries;
	policy->sent.resend_after = own.sent.resend_after;
	policy->sent.resend_max = own.sent.resend_max;
	policy->notify = own.notify;
	return r;
}

int
authority_ask(struct authority *authority, const struct request *req,
    struct reply *reply)
{
	struct call call = { .req = req,
		.reply = reply,
		.policy = &reply->policy };
	int r;

	memset(reply, 0, sizeof(*reply));
	if ((unsigned int)req->verb >= VERBS ||
	    (unsigned int)req->lane >= LANES || req->account.name == NULL ||
	    req->account.name[0] == '\0')
		return -EINVAL;
	r = find_policy(authority, req, &reply->policy);
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
	return store_init(authority->place.path, authority->place.key);
}

const struct policy *
authority_default(const struct authority *authority)
{
	return &authority->defaults;
}

const struct policy_store *
authority_store(const struct authority *authority)
{
	return &authority->place;
}

const struct policy_delivery *
authority_delivery(const struct authority *authority)
{
	return &authority->delivery;
}

const char *
authority_send_name(enum send_result result)
{
	static const char *const names[SEND_RESULTS] = {
		[SEND_NOTHING] = "nothing",
		[SEND_SENT] = "sent",
		[SEND_OFFER] = "offer",
		[SEND_TYPE] = "type",
		[SEND_WAIT] = "wait",
		[SEND_OFF] = "off",
		[SEND_FAILED] = "failed",
	};

	return (unsigned int)result < SEND_RESULTS ? names[result]
						   : names[SEND_NOTHING];
}

const char *
authority_strerror(int error)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = {
		{ -EINVAL,
		    "the configuration or the request is not as it must be: "
		    "run \"otp-enroll config --check\"" },
		{ -ENXIO,
		    "the configuration has no scenario of the name that was "
		    "asked for (scenario=)" },
		{ -E2BIG,
		    "there are five devices, which is the most: take one away "
		    "with \"otp-enroll remove\"" },
		{ -EDEADLK,
		    "nothing would let you in again: no recovery code is left "
		    "(otp-enroll recovery makes new ones), or none is accepted "
		    "here" },
		{ -EAGAIN,
		    "somebody else changed it meanwhile: look at \"otp-enroll "
		    "status\", and try again" },
		{ -ENOTSUP,
		    "no server is configured that could send there: ask an "
		    "administrator" },
		{ -EACCES, "this is not yours to do: ask an administrator" },
		{ -EHOSTDOWN,
		    "pam_otpd, which keeps it for you, does not run: ask an "
		    "administrator to start pam_otpd.socket" },
		{ -EBUSY,
		    "pam_otpd has too many questions of yours at once: try "
		    "again in a few seconds" },
		{ -ETIME,
		    "pam_otpd did not answer in time: otp-enroll status says "
		    "what holds now" },
		{ -ECONNRESET,
		    "pam_otpd ended before it answered: otp-enroll status says "
		    "what holds now" },
		{ -EPROTO,
		    "pam_otpd and this program do not understand each other: "
		    "are they of one version?" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].text;
	return store_strerror(error);
}
