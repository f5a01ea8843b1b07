/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a second factor, asked of the authority over a real store: what
 * each verb does to the next login, and to those who may not call it.
 */
#include "world.h"

/* One record, or none, whatever was there. */
static void
put_record(const struct world *at, const struct record *rec)
{
	int r = store_remove(at->store, alice.name);

	assert_true(r == 0 || r == -ENOENT);
	if (rec != NULL)
		assert_int_equal(0, store_create(at->store, &alice, rec));
}

/* alice with phone and codes, under the defaults. */
static void
put_alice(struct world *at, const char *conf)
{
	const struct record rec = make_record();

	configure(at, conf);
	put_record(at, &rec);
}

static size_t
devices(const struct world *at)
{
	struct record rec = get(at);

	return record_devices(&rec);
}

/* The newest change that is not told. */
static enum change_kind
noted(const struct world *at)
{
	struct record rec = get(at);
	enum change_kind kind = CHANGE_NONE;

	for (size_t i = 0; i < RECORD_CHANGES; i++)
		if (rec.change[i].kind != CHANGE_NONE)
			kind = rec.change[i].kind;
	return kind;
}

/* Ask of alice, and now unless it is said when. */
static int
ask_alice(struct world *at, struct request request)
{
	request.account = (struct account){ "alice", OWNER, true };
	if (request.now == 0)
		request.now = START;
	return ask(at, &request, &at->reply);
}

/* The same, where it must not be an error; what was decided. */
static enum verdict
decided(struct world *at, struct request request)
{
	assert_int_equal(0, ask_alice(at, request));
	return at->reply.verdict;
}

/* The verb, the caller, and what else there is of the request. */
#define ASK(verb_, ...)                                                        \
	ask_alice(at,                                                          \
	    (struct request){ .verb = VERB_##verb_, .caller = __VA_ARGS__ })
#define DECIDED(verb_, ...)                                                    \
	decided(at,                                                            \
	    (struct request){ .verb = VERB_##verb_, .caller = __VA_ARGS__ })
#define LOGIN(code) DECIDED(ANSWER, ROOT, .service = "sshd", .answer = (code))
#define A_TOTP .kind = DEVICE_TOTP, .hash = OTP_SHA1, .digits = 6, .period = 30

/* The code of a device that was enrolled, at START and "step" steps on. */
static const char *
code_at(const struct otp_params *otp, int64_t step)
{
	static char code[1][OTP_CODE_SIZE];

	assert_int_equal(0,
	    otp_codes(otp, (uint64_t)((int64_t)STEP + step), 1, code));
	return code[0];
}

static void
rotate(void **state)
{
	struct world *at = *state;
	struct otp_params otp;

	put_alice(at, "");
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone",
		.mode = PENDING_ROTATE));
	assert_int_equal(-ENOENT,
	    ASK(ENROL, ROOT, A_TOTP, .label = "tablet",
		.mode = PENDING_ROTATE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone",
		.answer = CODE_BEFORE, .mode = PENDING_ROTATE));
	otp = at->reply.otp;
	assert_int_equal(0, ASK(STATUS, OWNER));
	assert_int_equal(PENDING_ROTATE, at->reply.status.pending_mode);
	assert_string_equal("phone", at->reply.status.pending_label);
	assert_int_equal(START + 900, at->reply.status.pending_until);

	/* The old one until then, the new one from then on. */
	assert_int_equal(VERDICT_DENY, LOGIN(code_at(&otp, 0)));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(CODE));
	assert_int_equal(VERDICT_DENY,
	    DECIDED(CONFIRM, OWNER, .answer = WRONG));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(CONFIRM, OWNER, .answer = code_at(&otp, 0)));
	assert_int_equal(0, at->reply.n_codes);
	assert_int_equal(CHANGE_DEVICE_ROTATED, noted(at));
	assert_int_equal(VERDICT_DENY, LOGIN(CODE_AFTER));
	assert_int_equal(VERDICT_REPLAY, LOGIN(code_at(&otp, 0)));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(code_at(&otp, 1)));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(RECOVERY_FIRST));
	assert_int_equal(1, devices(at));
}

/* First codes are there to be guessed, and so they are counted. */
static void
first_codes(void **state)
{
	struct world *at = *state;
	struct otp_params otp;

	put_alice(at, "");
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, ROOT, A_TOTP, .label = "new"));
	otp = at->reply.otp;
	/* What cannot be a code is no guess. */
	for (int i = 0; i < 2 * ENROLMENT_TRIES; i++)
		assert_int_equal(VERDICT_MALFORMED,
		    DECIDED(CONFIRM, OWNER, .answer = "12345"));
	for (int i = 0; i < ENROLMENT_TRIES; i++)
		assert_int_equal(VERDICT_DENY,
		    DECIDED(CONFIRM, OWNER, .answer = WRONG));
	assert_int_equal(-ENOENT,
	    ASK(CONFIRM, OWNER, .answer = code_at(&otp, 0)));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(CODE));

	/* One fewer, and it is still there. */
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, ROOT, A_TOTP, .label = "new"));
	otp = at->reply.otp;
	for (int i = 0; i < ENROLMENT_TRIES - 1; i++)
		assert_int_equal(VERDICT_DENY,
		    DECIDED(CONFIRM, OWNER, .answer = WRONG));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(CONFIRM, OWNER, .answer = code_at(&otp, 0)));
}

/* Its phone's clock is told as it is, and only if that is why. */
static void
clock_of_a_device(void **state)
{
	static const struct {
		int64_t step;
		uint64_t ahead, behind;
		enum verdict expect;
	} rows[] = {
		{ 4, 4 * 30 + 15, 0, VERDICT_DENY },
		{ -4, 0, 4 * 30 - 15, VERDICT_DENY },
		{ 0, 0, 0, VERDICT_ACCEPT },
	};
	struct world *at = *state;
	struct otp_params otp;

	put_alice(at, "");
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, ROOT, A_TOTP, .label = "new"));
	otp = at->reply.otp;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(rows[i].expect,
		    DECIDED(CONFIRM, OWNER,
			.answer = code_at(&otp, rows[i].step)));
		assert_int_equal(rows[i].ahead, at->reply.ahead);
		assert_int_equal(rows[i].behind, at->reply.behind);
	}
}

/* A character that is not seen: U+202E. */
#define OVERRIDE "a\xe2\x80\xae"

static void
renaming(void **state)
{
	struct world *at = *state;
	struct record rec;

	put_alice(at, "");
	assert_int_equal(VERDICT_DENY,
	    DECIDED(RENAME, OWNER, .label = "phone", .new_label = "mobile",
		.answer = WRONG));
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(RENAME, OWNER, .label = "phone", .new_label = "mobile"));
	assert_int_equal(-EINVAL, ASK(RENAME, ROOT, .label = "phone"));
	assert_int_equal(-EINVAL, ASK(RENAME, ROOT, .new_label = "mobile"));
	assert_int_equal(-EINVAL,
	    ASK(RENAME, ROOT, .label = "phone", .new_label = "a\n"));
	/* Refused before its code is looked at, and so not spent. */
	assert_int_equal(-EINVAL,
	    ASK(RENAME, OWNER, .label = "phone", .new_label = OVERRIDE,
		.answer = CODE));
	assert_int_equal(-EEXIST,
	    ASK(RENAME, ROOT, .label = "phone", .new_label = "phone"));
	assert_int_equal(-ENOENT,
	    ASK(RENAME, ROOT, .label = "watch", .new_label = "mobile"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(RENAME, OWNER, .label = "phone", .new_label = "mobile",
		.answer = CODE));
	assert_int_equal(CHANGE_DEVICE_RENAMED, noted(at));
	rec = get(at);
	assert_string_equal("mobile", rec.device[0].label);
	assert_int_equal(VERDICT_REPLAY, LOGIN(CODE));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(CODE_AFTER));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(RENAME, ROOT, .label = "mobile", .new_label = "phone"));
}

/* A stolen phone: at once, without a code. */
static void
lock_one(void **state)
{
	struct world *at = *state;
	struct record rec = make_record();

	put_alice(at, "");
	rec.device[1] = make_hotp(0);
	strcpy(rec.device[1].label, "token");
	put_record(at, &rec);
	assert_int_equal(-ENOENT, ASK(LOCK, OWNER, .label = "watch"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(LOCK, OWNER, .label = "phone", .lane = LANE_SOCKET));
	assert_int_equal(CHANGE_DEVICE_LOCKED, noted(at));
	rec = get(at);
	assert_true(rec.device[0].off);
	assert_false(rec.device[1].off);
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(LOCK, OWNER, .label = "phone"));
	assert_int_equal(rec.changes, get(at).changes);
	assert_int_equal(VERDICT_DENY, LOGIN(CODE));
	assert_int_equal(VERDICT_ACCEPT, LOGIN("755224"));

	/* It comes back by root, or enrolled anew. */
	assert_int_equal(-EACCES,
	    ASK(UNLOCK, OWNER, .label = "phone", .answer = RECOVERY_FIRST));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(UNLOCK, ROOT, .label = "phone"));
	assert_int_equal(CHANGE_DEVICE_UNLOCKED, noted(at));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(CODE));
	assert_int_equal(-ENOENT, ASK(UNLOCK, ROOT, .label = "watch"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(LOCK, OWNER, .label = "phone"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone",
		.answer = RECOVERY_LAST, .mode = PENDING_ROTATE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(CONFIRM, OWNER, .answer = code_at(&at->reply.otp, 0)));
	assert_false(get(at).device[0].off);

	/* All of them, one by one: what helps is asked for. */
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT, .label = "phone"));
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT, .label = "token"));
	assert_int_equal(0, ASK(CHALLENGE, ROOT));
	assert_int_equal(BARRIER_LOCKED, at->reply.challenge.barriers);
	assert_int_equal(METHOD_RECOVERY, at->reply.challenge.methods);
}

static void
lock_all(void **state)
{
	struct world *at = *state;
	struct record rec = make_record();
	struct otp_params otp;

	put_alice(at, "");
	/* What a thief has begun is over with it. */
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "thief's",
		.answer = CODE_BEFORE));
	otp = at->reply.otp;
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, OWNER));
	assert_int_equal(CHANGE_LOCKED, noted(at));
	assert_int_equal(-ENOENT,
	    ASK(CONFIRM, OWNER, .answer = code_at(&otp, 0)));
	assert_int_equal(0, ASK(STATUS, OWNER));
	assert_int_equal(LOCK_USER, at->reply.status.locked);
	assert_int_equal(START, at->reply.status.locked_at);
	assert_int_equal(VERDICT_OFF, LOGIN(CODE));
	assert_int_equal(VERDICT_ACCEPT, LOGIN(RECOVERY_FIRST));
	assert_int_equal(LOCK_USER, get(at).locked);
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT));
	assert_int_equal(LOCK_ROOT, get(at).locked);

	/* Nothing but codes would let in, and there are none. */
	rec.recovery.spent = (1U << RECORD_RECOVERY) - 1;
	put_record(at, &rec);
	assert_int_equal(-EDEADLK, ASK(LOCK, OWNER));
	assert_int_equal(-EDEADLK, ASK(LOCK, OWNER, .label = "phone"));
	assert_int_equal(LOCK_NONE, get(at).locked);
	assert_false(get(at).device[0].off);
	assert_non_null(
	    strstr(authority_strerror(-EDEADLK), "otp-enroll recovery"));
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT));
	put_alice(at, "[default]\nmethods = totp\n");
	assert_int_equal(-EDEADLK, ASK(LOCK, OWNER));

	put_alice(at, "[default]\nself-lock = no\n");
	assert_int_equal(-EACCES, ASK(LOCK, OWNER));
	assert_int_equal(-EACCES,
	    ASK(LOCK, OWNER, .label = "phone", .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT));
	/* The caller does not choose what holds. */
	put_alice(at,
	    "[default]\nself-lock = no\n[x]\nservice = sshd\n"
	    "self-lock = yes\n");
	assert_int_equal(-EACCES, ASK(LOCK, OWNER, .service = "sshd"));
	assert_int_equal(-EACCES, ASK(LOCK, OWNER, .scenario = "x"));

	/* Where there is nothing, there is nothing to lock. */
	put_alice(at, "");
	rec = (struct record){ .uid = OWNER };
	rec.ticket.until = START;
	put_record(at, &rec);
	assert_int_equal(-ENOENT, ASK(LOCK, ROOT));
	put_record(at, NULL);
	assert_int_equal(-ENOENT, ASK(LOCK, OWNER));
}

static void
unlocking(void **state)
{
	struct world *at = *state;
	struct record rec = make_record();
	const struct record ticket_only = { .uid = OWNER,
		.ticket = { .until = START } };

	put_alice(at, "");
	rec.locked = LOCK_ROOT;
	rec.locked_at = START;
	for (size_t i = 0; i < LANES; i++)
		rec.failures[i] =
		    (struct failures){ 20, 50, START, START + 9, 0, 0 };
	put_record(at, &rec);
	/* No code of a device unlocks, and none is counted. */
	assert_int_equal(VERDICT_OFF, DECIDED(UNLOCK, OWNER, .answer = CODE));
	assert_int_equal(VERDICT_OFF, DECIDED(UNLOCK, OWNER, .answer = WRONG));
	assert_int_equal(VERDICT_MALFORMED, DECIDED(UNLOCK, OWNER));
	assert_int_equal(LOCK_ROOT, get(at).locked);
	assert_int_equal(20, get(at).failures[LANE_LOGIN].row);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(UNLOCK, OWNER, .answer = RECOVERY_NONE,
		.lane = LANE_SOCKET));
	assert_int_equal(1, get(at).failures[LANE_SOCKET].recovery_row);
	assert_int_equal(0, get(at).failures[LANE_LOGIN].recovery_row);
	assert_int_equal(LOCK_ROOT, get(at).locked);

	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(UNLOCK, OWNER, .answer = RECOVERY_FIRST,
		.lane = LANE_SOCKET));
	assert_int_equal(METHOD_RECOVERY, at->reply.outcome.method);
	assert_int_equal(CHANGE_UNLOCKED, noted(at));
	rec = get(at);
	assert_int_equal(LOCK_NONE, rec.locked);
	assert_int_equal(1, rec.recovery.spent);
	for (size_t i = 0; i < LANES; i++) {
		assert_int_equal(0, rec.failures[i].row);
		assert_int_equal(0, rec.failures[i].budget);
		assert_int_equal(0, rec.failures[i].wait_until);
	}
	assert_int_equal(VERDICT_ACCEPT, LOGIN(CODE));
	assert_int_equal(VERDICT_REPLAY,
	    DECIDED(UNLOCK, OWNER, .answer = RECOVERY_FIRST));

	/* A device's code neither where nothing is locked. */
	put_alice(at, "");
	assert_int_equal(VERDICT_OFF, DECIDED(UNLOCK, OWNER, .answer = CODE));

	/* Root: all, budgets that are not used up included. */
	rec = make_record();
	rec.locked = LOCK_USER;
	for (size_t i = 0; i < LANES; i++)
		rec.failures[i] =
		    (struct failures){ 7, 49, START, START + 9, 7, START + 5 };
	put_record(at, &rec);
	assert_int_equal(VERDICT_ACCEPT, DECIDED(UNLOCK, ROOT));
	rec = get(at);
	for (size_t i = 0; i < LANES; i++)
		assert_int_equal(0,
		    rec.failures[i].row + rec.failures[i].budget +
			rec.failures[i].recovery_row);
	assert_int_equal(LOCK_NONE, rec.locked);
	/* Again: it is so. */
	assert_int_equal(VERDICT_ACCEPT, DECIDED(UNLOCK, ROOT));
	assert_int_equal(rec.changes, get(at).changes);

	put_record(at, &ticket_only);
	assert_int_equal(-ENOENT, ASK(UNLOCK, OWNER, .answer = RECOVERY_FIRST));
}

static void
disable(void **state)
{
	struct world *at = *state;
	struct record rec;

	put_alice(at, "");
	assert_int_equal(VERDICT_MALFORMED, DECIDED(DISABLE, OWNER));
	assert_int_equal(VERDICT_DENY,
	    DECIDED(DISABLE, OWNER, .answer = WRONG));
	assert_int_equal(1, devices(at));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(DISABLE, OWNER, .answer = CODE));
	rec = get(at);
	assert_int_equal(0, record_devices(&rec));
	assert_int_equal(0, rec.recovery.created);
	assert_int_equal(0, rec.failures[LANE_LOGIN].row);
	assert_int_equal(0, rec.missed.wrong);
	assert_int_equal(CHANGE_DISABLED, noted(at));

	/* Who is not asked any more is told all the same. */
	assert_int_equal(0, ASK(CHALLENGE, ROOT));
	assert_true(at->reply.pass);
	assert_false(at->reply.challenge.enrolled);
	assert_int_equal(CHANGE_DISABLED, at->reply.challenge.change[0].kind);
	assert_int_equal(0,
	    ASK(CHALLENGE, ROOT, .now = START + 30 * 86400 - 1));
	assert_int_equal(CHANGE_DISABLED, at->reply.challenge.change[0].kind);
	assert_int_equal(0, ASK(CHALLENGE, ROOT, .now = START + 30 * 86400));
	assert_int_equal(CHANGE_NONE, at->reply.challenge.change[0].kind);
	assert_int_equal(VERDICT_DENY, LOGIN(CODE_AFTER));
	assert_int_equal(VERDICT_DENY, LOGIN(RECOVERY_FIRST));
	assert_int_equal(-ENOENT, ASK(DISABLE, OWNER, .answer = CODE_AFTER));
	assert_int_equal(-ENOENT, ASK(DISABLE, ROOT));

	/* Set up anew, all of it is told once. */
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "new"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(CONFIRM, OWNER, .answer = code_at(&at->reply.otp, 0)));
	assert_int_equal(0, ASK(CHALLENGE, ROOT));
	assert_int_equal(CHANGE_DISABLED, at->reply.challenge.change[0].kind);
	assert_int_equal(CHANGE_DEVICE_ADDED,
	    at->reply.challenge.change[1].kind);

	/* A lock is no way round it, and a recovery code will do. */
	put_alice(at, "");
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, OWNER));
	assert_int_equal(VERDICT_OFF, DECIDED(DISABLE, OWNER, .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(DISABLE, OWNER, .answer = RECOVERY_FIRST));
	put_alice(at, "");
	assert_int_equal(VERDICT_ACCEPT, DECIDED(DISABLE, ROOT));
	assert_int_equal(CHANGE_DISABLED, noted(at));
}

static void
reset(void **state)
{
	struct world *at = *state;
	struct record rec;

	put_alice(at, "");
	assert_int_equal(-EACCES, ASK(RESET, OWNER, .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT, DECIDED(RESET, ROOT));
	assert_int_equal(-ENOENT, store_read(at->store, &alice, &rec));
	assert_int_equal(-ENOENT, ASK(RESET, ROOT));
}

/* Have root make one, good for as long; its text. */
static const char *
ticket_of(struct world *at, uint32_t seconds)
{
	static char text[CODE_RECOVERY_SIZE];

	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(TICKET, ROOT, .seconds = seconds));
	assert_int_equal(START + (seconds != 0 ? seconds : 86400),
	    at->reply.ticket_until);
	assert_int_equal(START, get(at).ticket.made);
	memcpy(text, at->reply.ticket, sizeof(text));
	return text;
}

static void
ticket(void **state)
{
	struct world *at = *state;
	struct otp_params otp;
	const char *text;
	char old[CODE_RECOVERY_SIZE];

	configure(at, "[default]\nself-enroll = ticket\n");
	put_record(at, NULL);
	assert_int_equal(-EACCES, ASK(TICKET, OWNER));
	assert_int_equal(-EINVAL,
	    ASK(TICKET, ROOT, .now = RECORD_TIME_MAX - 86400));
	/* Without one: no, and no record either. */
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone"));
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone",
		.answer = RECOVERY_FIRST));
	assert_int_equal(-ENOENT,
	    store_read(at->store, &alice, &(struct record){ 0 }));

	text = ticket_of(at, 0);
	assert_int_equal(CODE_RECOVERY_SIZE - 1, strlen(text));
	assert_int_equal(0, ASK(STATUS, OWNER));
	assert_false(at->reply.status.enrolled);
	assert_int_equal(START + 86400, at->reply.status.ticket_until);
	assert_int_equal(SELF_ENROLL_TICKET, at->reply.status.enroll);
	assert_true(at->reply.status.self_lock);
	/* It is no factor: whoever may pass without one does. */
	assert_int_equal(0, ASK(CHALLENGE, ROOT));
	assert_true(at->reply.pass);
	assert_int_equal(VERDICT_DENY, LOGIN(text));

	/* A newer one takes its place. */
	memcpy(old, text, sizeof(old));
	text = ticket_of(at, 3600);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = old));
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone"));
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = CODE));
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text,
		.now = START + 3600));
	assert_int_equal(2, get(at).failures[LANE_LOGIN].recovery_row);
	assert_int_equal(0, get(at).pending.until);
	assert_int_equal(0, ASK(STATUS, OWNER, .now = START + 3600));
	assert_int_equal(0, at->reply.status.ticket_until);

	/* What was begun with one is over with the next. */
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text));
	otp = at->reply.otp;
	text = ticket_of(at, 3600);
	assert_int_equal(-ENOENT,
	    ASK(CONFIRM, OWNER, .answer = code_at(&otp, 0)));

	/* Typed, and then given up: it is still good. */
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "tablet", .answer = text,
		.now = START + 1800));
	otp = at->reply.otp;
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(CONFIRM, OWNER, .answer = code_at(&otp, 60),
		.now = START + 1800));
	assert_int_equal(RECORD_RECOVERY, at->reply.n_codes);
	assert_int_equal(CHANGE_DEVICE_ADDED, noted(at));
	assert_int_equal(0, get(at).ticket.until);
	/* Spent, and no proof of anything. */
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "other", .answer = text));
	assert_int_equal(-EEXIST, ASK(TICKET, ROOT));

	/* After five wrong ones a wait, in the lane that they came in by. */
	put_record(at, NULL);
	text = ticket_of(at, 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(VERDICT_DENY,
		    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone",
			.answer = RECOVERY_NONE, .lane = LANE_SOCKET));
	assert_int_equal(5, at->reply.outcome.wait);
	assert_int_equal(VERDICT_WAIT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text,
		.lane = LANE_SOCKET));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text,
		.lane = LANE_LOGIN));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "phone", .answer = text,
		.lane = LANE_SOCKET, .now = START + 5));
}

static void
self_enroll(void **state)
{
	static const struct {
		const char *conf, *service;
		uid_t caller;
		int expect;
		enum verdict verdict;
		enum policy_self_enroll says;
	} rows[] = {
		{ "", NULL, OWNER, 0, VERDICT_ACCEPT, SELF_ENROLL_OPEN },
		{ "[default]\nunenrolled = deny\n", NULL, OWNER, 0,
		    VERDICT_MALFORMED, SELF_ENROLL_TICKET },
		{ "[x]\nservice = sshd\nunenrolled = deny\n", NULL, OWNER, 0,
		    VERDICT_MALFORMED, SELF_ENROLL_TICKET },
		{ "[default]\nself-enroll = ticket\n", NULL, OWNER, 0,
		    VERDICT_MALFORMED, SELF_ENROLL_TICKET },
		{ "[default]\nself-enroll = off\n", NULL, OWNER, -EACCES,
		    VERDICT_DENY, SELF_ENROLL_OFF },
		{ "[default]\nunenrolled = deny\nself-enroll = open\n", NULL,
		    OWNER, 0, VERDICT_ACCEPT, SELF_ENROLL_OPEN },
		{ "[default]\nself-enroll = off\n", NULL, ROOT, 0,
		    VERDICT_ACCEPT, SELF_ENROLL_OFF },
		{ "[default]\nself-enroll = ticket\n", NULL, ROOT, 0,
		    VERDICT_ACCEPT, SELF_ENROLL_TICKET },
		/* The caller does not choose what holds. */
		{ "[default]\nself-enroll = off\n[x]\nservice = sshd\n"
		  "self-enroll = open\n",
		    "sshd", OWNER, -EACCES, VERDICT_DENY, SELF_ENROLL_OFF },
		{ "[x]\nservice = otp-enroll\nself-enroll = off\n", "sshd",
		    OWNER, -EACCES, VERDICT_DENY, SELF_ENROLL_OFF },
	};
	/* No record, and one that does not make a factor. */
	const struct record empty = { .uid = OWNER };
	struct world *at = *state;

	for (size_t i = 0; i < 2 * N(rows); i++) {
		size_t row = i / 2;

		configure(at, rows[row].conf);
		put_record(at, i % 2 == 0 ? NULL : &empty);
		print_message("  %zu\n", row);
		assert_int_equal(0, ASK(STATUS, OWNER));
		assert_int_equal(rows[row].says, at->reply.status.enroll);
		assert_int_equal(rows[row].expect,
		    ASK(ENROL, rows[row].caller, A_TOTP, .label = "phone",
			.service = rows[row].service));
		assert_int_equal(rows[row].verdict, at->reply.verdict);
	}

	/* Who has a factor needs a code, whatever it says. */
	put_alice(at, "[default]\nself-enroll = off\n");
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "tablet", .answer = CODE,
		.mode = PENDING_ADD));
	put_alice(at, "");
	assert_int_equal(VERDICT_MALFORMED,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "tablet"));
	/* And nobody makes one for an account that is not there. */
	put_record(at, NULL);
	assert_int_equal(-ENOENT,
	    authority_ask(at->authority,
		&(struct request){ .verb = VERB_TICKET,
		    .account = { "alice", OWNER, false },
		    .now = START },
		&at->reply));
}

/* Failures of one lane never stop the other, whatever is asked. */
static void
lanes(void **state)
{
	static const enum verb needs_a_code[] = { VERB_ANSWER, VERB_ENROL,
		VERB_RECOVERY, VERB_RENAME, VERB_REMOVE, VERB_DISABLE };
	struct world *at = *state;

	for (enum lane lane = LANE_LOGIN; lane < LANES; lane++) {
		enum lane other = lane == LANE_LOGIN ? LANE_SOCKET : LANE_LOGIN;
		uint32_t n = 0;

		put_alice(at, "");
		for (; n < 5; n++) {
			struct request wrong = { A_TOTP,
				.verb = needs_a_code[n], .caller = OWNER,
				.lane = lane, .answer = WRONG, .label = "phone",
				.new_label = "x" };

			assert_int_equal(VERDICT_DENY, decided(at, wrong));
		}
		assert_int_equal(VERDICT_WAIT,
		    DECIDED(DISABLE, OWNER, .lane = lane, .answer = CODE));
		assert_int_equal(VERDICT_WAIT,
		    DECIDED(ANSWER, OWNER, .lane = lane, .answer = CODE));
		assert_int_equal(0, ASK(STATUS, OWNER));
		assert_int_equal(5, at->reply.status.lane[lane].row);
		assert_int_equal(5, at->reply.status.lane[lane].budget);
		assert_int_equal(30, at->reply.status.lane[lane].wait);
		assert_int_equal(0, at->reply.status.lane[other].row);
		assert_int_equal(0, ASK(CHALLENGE, ROOT, .lane = lane));
		assert_int_equal(30, at->reply.challenge.wait);
		assert_int_equal(0, ASK(CHALLENGE, ROOT, .lane = other));
		assert_int_equal(0, at->reply.challenge.wait);
		assert_int_equal(VERDICT_ACCEPT,
		    DECIDED(ANSWER, OWNER, .lane = other, .answer = CODE));
		assert_int_equal(5, get(at).failures[lane].row);
	}
	assert_int_equal(-EINVAL, ASK(STATUS, ROOT, .lane = LANES));
}

/* A code is judged by the tool's policy, not by one that the caller names. */
static void
whose_policy(void **state)
{
	static const char conf[] =
	    "[lax]\nservice = lax\nwait-after = 10\nwindow = 2\n"
	    "[strict]\nservice = otp-enroll\nwait-after = 1\n";
	struct world *at = *state;

	put_alice(at, conf);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(DISABLE, OWNER, .answer = WRONG, .service = "lax",
		.scenario = "lax"));
	assert_int_equal(30, at->reply.outcome.wait);
	assert_string_equal("strict", at->reply.policy.scenario);
	put_alice(at, conf);
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ANSWER, ROOT, .answer = CODE_AFTER2, .service = "lax"));
	put_alice(at, conf);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(DISABLE, OWNER, .answer = CODE_AFTER2, .service = "lax"));
	/* Through the socket it is not the caller's word how often. */
	put_alice(at, conf);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ANSWER, OWNER, .answer = WRONG, .service = "lax"));
	assert_int_equal(0, at->reply.outcome.wait);
	assert_int_equal(VERDICT_DENY,
	    DECIDED(ANSWER, OWNER, .answer = CODE_AFTER2, .service = "lax",
		.lane = LANE_SOCKET));
	assert_int_equal(30, at->reply.outcome.wait);
	assert_string_equal("lax", at->reply.policy.scenario);
	/* A scenario that is not there: where it is asked for at all. */
	assert_int_equal(-ENXIO, ASK(ANSWER, ROOT, .scenario = "none"));
	assert_int_equal(0, ASK(STATUS, ROOT, .scenario = "none"));
}

/* A process of the user cannot say that the user was told. */
static void
told_by_a_login(void **state)
{
	struct world *at = *state;

	put_alice(at, "");
	assert_int_equal(VERDICT_ACCEPT, DECIDED(LOCK, ROOT, .label = "phone"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(UNLOCK, ROOT, .label = "phone"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(RENAME, OWNER, .label = "phone", .new_label = "x",
		.answer = CODE_BEFORE, .told = UINT64_MAX, .rhost = "x"));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ANSWER, OWNER, .lane = LANE_SOCKET, .answer = CODE,
		.told = UINT64_MAX));
	assert_int_equal(CHANGE_DEVICE_LOCKED, get(at).change[0].kind);
	assert_int_equal(CHANGE_DEVICE_UNLOCKED, get(at).change[1].kind);
	assert_int_equal(CHANGE_DEVICE_RENAMED, get(at).change[2].kind);
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ANSWER, ROOT, .answer = CODE_AFTER, .told = 2));
	assert_int_equal(CHANGE_DEVICE_RENAMED, get(at).change[0].kind);
}

/* A name that may not be given any more: kept by whoever has it. */
static void
old_name(void **state)
{
	struct world *at = *state;
	struct record rec = make_record();

	strcpy(rec.device[0].label, OVERRIDE);
	configure(at, "");
	put_record(at, &rec);
	assert_int_equal(-EINVAL,
	    ASK(ENROL, OWNER, A_TOTP, .label = OVERRIDE, .mode = PENDING_ADD,
		.answer = CODE));
	assert_int_equal(-EINVAL,
	    ASK(ENROL, OWNER, A_TOTP, .label = OVERRIDE, .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = OVERRIDE,
		.mode = PENDING_ROTATE, .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(RENAME, OWNER, .label = OVERRIDE, .new_label = "phone",
		.answer = CODE_AFTER));
}

/* What a removed device has begun is over with it. */
static void
removal(void **state)
{
	struct world *at = *state;

	put_alice(at, "");
	assert_int_equal(-EINVAL, ASK(REMOVE, ROOT));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(ENROL, OWNER, A_TOTP, .label = "thief's",
		.mode = PENDING_ADD, .answer = CODE));
	assert_int_equal(VERDICT_ACCEPT,
	    DECIDED(REMOVE, OWNER, .label = "phone", .answer = RECOVERY_FIRST));
	assert_int_equal(CHANGE_DEVICE_REMOVED, noted(at));
	assert_int_equal(0, get(at).pending.until);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotate),
		cmocka_unit_test(first_codes),
		cmocka_unit_test(clock_of_a_device),
		cmocka_unit_test(renaming),
		cmocka_unit_test(old_name),
		cmocka_unit_test(lock_one),
		cmocka_unit_test(lock_all),
		cmocka_unit_test(unlocking),
		cmocka_unit_test(disable),
		cmocka_unit_test(reset),
		cmocka_unit_test(ticket),
		cmocka_unit_test(self_enroll),
		cmocka_unit_test(lanes),
		cmocka_unit_test(whose_policy),
		cmocka_unit_test(told_by_a_login),
		cmocka_unit_test(removal),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
