/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may ask what; the questions of a login. */
#include "world.h"

#define UNCHECKED 1 /* without a code */
#define THE_SET 2   /* not the device: the recovery codes */

static void
who_may(void **state)
{
	static const struct {
		const char *what;
		enum verb verb;
		uid_t caller;
		enum state before;
		const char *answer, *label;
		unsigned int how;
		int expect; /* an error, or the verdict */
	} rows[] = {
		{ "root asks what to ask", VERB_CHALLENGE, ROOT, ENROLLED, NULL,
		    NULL, 0, VERDICT_DENY },
		{ "anybody does", VERB_CHALLENGE, OWNER, ENROLLED, NULL, NULL,
		    0, VERDICT_DENY },
		{ "root answers", VERB_ANSWER, ROOT, ENROLLED, CODE, NULL, 0,
		    VERDICT_ACCEPT },
		{ "anybody answers", VERB_ANSWER, OWNER, ENROLLED, CODE, NULL,
		    0, VERDICT_ACCEPT },
		{ "an answer that is none", VERB_ANSWER, ROOT, ENROLLED, NULL,
		    NULL, 0, VERDICT_MALFORMED },
		{ "an answer for nothing", VERB_ANSWER, ROOT, NOTHING, CODE,
		    NULL, 0, VERDICT_DENY },
		{ "root enrols", VERB_ENROL, ROOT, NOTHING, NULL, "tablet", 0,
		    VERDICT_ACCEPT },
		{ "root enrols anew", VERB_ENROL, ROOT, ENROLLED, NULL,
		    "tablet", 0, VERDICT_ACCEPT },
		{ "first enrolment", VERB_ENROL, OWNER, NOTHING, NULL, "tablet",
		    0, VERDICT_ACCEPT },
		{ "a pending one is no factor", VERB_ENROL, OWNER, PENDING,
		    NULL, "tablet", 0, VERDICT_ACCEPT },
		{ "anew without a code", VERB_ENROL, OWNER, ENROLLED, NULL,
		    "tablet", 0, VERDICT_MALFORMED },
		{ "anew with a wrong code", VERB_ENROL, OWNER, ENROLLED, WRONG,
		    "tablet", 0, VERDICT_DENY },
		{ "anew with a code", VERB_ENROL, OWNER, ENROLLED, CODE,
		    "tablet", 0, VERDICT_ACCEPT },
		{ "anew with a recovery code", VERB_ENROL, OWNER, ENROLLED,
		    RECOVERY_FIRST, "tablet", 0, VERDICT_ACCEPT },
		{ "no label", VERB_ENROL, ROOT, NOTHING, NULL, NULL, 0,
		    -EINVAL },
		{ "control bytes in it", VERB_ENROL, ROOT, NOTHING, NULL,
		    "a\nb", 0, -EINVAL },
		{ "root trusts a device", VERB_CONFIRM, ROOT, PENDING, NULL,
		    NULL, UNCHECKED, VERDICT_ACCEPT },
		{ "others trust none", VERB_CONFIRM, OWNER, PENDING, NULL, NULL,
		    UNCHECKED, -EACCES },
		{ "with a code neither", VERB_CONFIRM, OWNER, PENDING, CODE,
		    NULL, UNCHECKED, -EACCES },
		{ "nor a set of codes", VERB_CONFIRM, OWNER, PENDING, NULL,
		    NULL, UNCHECKED | THE_SET, -EACCES },
		{ "its first code", VERB_CONFIRM, OWNER, PENDING, CODE, NULL, 0,
		    VERDICT_ACCEPT },
		{ "root gives it too", VERB_CONFIRM, ROOT, PENDING, CODE, NULL,
		    0, VERDICT_ACCEPT },
		{ "a wrong one", VERB_CONFIRM, OWNER, PENDING, WRONG, NULL, 0,
		    VERDICT_DENY },
		{ "no code at all", VERB_CONFIRM, OWNER, PENDING, NULL, NULL, 0,
		    -EINVAL },
		{ "of nothing", VERB_CONFIRM, ROOT, NOTHING, CODE, NULL, 0,
		    -ENOENT },
		{ "nothing waits", VERB_CONFIRM, ROOT, ENROLLED, CODE, NULL, 0,
		    -ENOENT },
		{ "no set waits", VERB_CONFIRM, ROOT, ENROLLED, RECOVERY_FIRST,
		    NULL, THE_SET, -ENOENT },
		{ "root trusts no address", VERB_CONFIRM_ADDRESS, ROOT,
		    ENROLLED, NULL, NULL, UNCHECKED, -EINVAL },
		{ "nor with a code", VERB_CONFIRM_ADDRESS, ROOT, ENROLLED, CODE,
		    NULL, UNCHECKED, -EINVAL },
		{ "an address without a code", VERB_CONFIRM_ADDRESS, OWNER,
		    ENROLLED, NULL, NULL, 0, -EINVAL },
		{ "no address waits", VERB_CONFIRM_ADDRESS, OWNER, ENROLLED,
		    CODE, NULL, 0, -ENOENT },
		{ "nor a device as one", VERB_CONFIRM_ADDRESS, OWNER, PENDING,
		    CODE, NULL, 0, -ENOENT },
		{ "an address of nobody", VERB_CONFIRM_ADDRESS, ROOT, NOTHING,
		    CODE, NULL, 0, -ENOENT },
		{ "root looks", VERB_STATUS, ROOT, ENROLLED, NULL, NULL, 0,
		    VERDICT_ACCEPT },
		{ "anybody looks", VERB_STATUS, OWNER, ENROLLED, NULL, NULL, 0,
		    VERDICT_ACCEPT },
		{ "at nothing", VERB_STATUS, OWNER, NOTHING, NULL, NULL, 0,
		    VERDICT_ACCEPT },
		{ "root makes codes", VERB_RECOVERY, ROOT, ENROLLED, NULL, NULL,
		    0, VERDICT_ACCEPT },
		{ "for nobody", VERB_RECOVERY, ROOT, NOTHING, NULL, NULL, 0,
		    -ENOENT },
		{ "for nothing but a wish", VERB_RECOVERY, OWNER, PENDING, NULL,
		    NULL, 0, -ENOENT },
		{ "codes without a code", VERB_RECOVERY, OWNER, ENROLLED, NULL,
		    NULL, 0, VERDICT_MALFORMED },
		{ "trusted, without a code", VERB_RECOVERY, OWNER, ENROLLED,
		    NULL, NULL, UNCHECKED, VERDICT_MALFORMED },
		{ "codes for a wrong code", VERB_RECOVERY, OWNER, ENROLLED,
		    WRONG, NULL, 0, VERDICT_DENY },
		{ "codes for a code", VERB_RECOVERY, OWNER, ENROLLED, CODE,
		    NULL, 0, VERDICT_ACCEPT },
		{ "root removes a device", VERB_REMOVE, ROOT, ENROLLED, NULL,
		    "phone", 0, VERDICT_ACCEPT },
		{ "one that is not there", VERB_REMOVE, ROOT, ENROLLED, NULL,
		    "watch", 0, -ENOENT },
		{ "of nobody", VERB_REMOVE, ROOT, NOTHING, NULL, "phone", 0,
		    -ENOENT },
		{ "without a code", VERB_REMOVE, OWNER, ENROLLED, NULL, "phone",
		    0, VERDICT_MALFORMED },
		{ "with a wrong one", VERB_REMOVE, OWNER, ENROLLED, WRONG,
		    "phone", 0, VERDICT_DENY },
		{ "with a code", VERB_REMOVE, OWNER, ENROLLED, CODE, "phone", 0,
		    VERDICT_ACCEPT },
		{ "not there, and no code", VERB_REMOVE, OWNER, ENROLLED, WRONG,
		    "watch", 0, VERDICT_DENY },
		{ "root removes all", VERB_RESET, ROOT, ENROLLED, NULL, NULL, 0,
		    VERDICT_ACCEPT },
		{ "all of nobody", VERB_RESET, ROOT, NOTHING, NULL, NULL, 0,
		    -ENOENT },
		{ "others do not", VERB_RESET, OWNER, ENROLLED, NULL, NULL, 0,
		    -EACCES },
		{ "nor with a code", VERB_RESET, OWNER, ENROLLED, CODE, NULL, 0,
		    -EACCES },
		{ "nor where there is nothing", VERB_RESET, OWNER, NOTHING,
		    NULL, NULL, 0, -EACCES },
		{ "root adopts", VERB_ADOPT, ROOT, ENROLLED, NULL, NULL, 0,
		    VERDICT_ACCEPT },
		{ "nobody", VERB_ADOPT, ROOT, NOTHING, NULL, NULL, 0, -ENOENT },
		{ "others do not adopt", VERB_ADOPT, OWNER, ENROLLED, NULL,
		    NULL, 0, -EACCES },
		{ "nor with a code", VERB_ADOPT, OWNER, ENROLLED, CODE, NULL, 0,
		    -EACCES },
		{ "others do not send", VERB_TEST, OWNER, ENROLLED, NULL, NULL,
		    0, -EACCES },
		{ "where nothing can be", VERB_TEST, ROOT, ENROLLED, NULL, NULL,
		    0, -ENOTSUP },
		{ "no verb", VERBS, ROOT, ENROLLED, NULL, NULL, 0, -EINVAL },
		{ "less than a verb", (enum verb) - 1, ROOT, ENROLLED, NULL,
		    NULL, 0, -EINVAL },
	};
	const struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		const struct device made = make_totp();
		struct request request =
		    request_of(rows[i].verb, rows[i].caller);
		struct record before = { 0 }, after;
		struct reply reply;
		int r;

		print_message("  %s\n", rows[i].what);
		put(at, rows[i].before);
		if (rows[i].before != NOTHING)
			before = get(at);
		request.answer = rows[i].answer;
		request.label = rows[i].label;
		request.unchecked = rows[i].how & UNCHECKED;
		request.secret = &made.otp.secret;
		request.recovery = rows[i].how & THE_SET;
		r = ask(at, &request, &reply);
		assert_int_equal(rows[i].expect,
		    r < 0 ? r : (int)reply.verdict);
		if (reply.verdict == VERDICT_ACCEPT ||
		    rows[i].before == NOTHING)
			continue;
		/* What was not allowed changed nothing that is in force. */
		after = get(at);
		assert_memory_equal(before.device, after.device,
		    sizeof(before.device));
		assert_memory_equal(&before.recovery, &after.recovery,
		    sizeof(before.recovery));
		after.pending.wrong = 0;
		assert_memory_equal(&before.pending, &after.pending,
		    sizeof(before.pending));
		assert_memory_equal(&before.pending_set, &after.pending_set,
		    sizeof(before.pending_set));
		/* And a wrong code was counted. */
		assert_int_equal(rows[i].expect == VERDICT_DENY &&
			rows[i].before == ENROLLED && rows[i].answer != NULL,
		    after.failures[LANE_LOGIN].row);
	}
}

static void
not_a_request(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_CHALLENGE, ROOT);
	struct reply reply;

	put(at, ENROLLED);
	request.scenario = "nowhere";
	assert_int_equal(-ENXIO, ask(at, &request, &reply));
	request.scenario = NULL;
	request.account.name = "";
	assert_int_equal(-EINVAL, ask(at, &request, &reply));
	request.account.name = NULL;
	assert_int_equal(-EINVAL, ask(at, &request, &reply));
}

static void
challenges(void **state)
{
	static const struct {
		const char *what, *scenario;
		bool known;
		enum state before;
		bool pass;
		const char *reason;
		unsigned int methods;
	} rows[] = {
		{ "enrolled", NULL, true, ENROLLED, false, "enrolled",
		    METHOD_TOTP | METHOD_RECOVERY },
		{ "enrolled, codes alone", "codes", true, ENROLLED, false,
		    "enrolled", METHOD_RECOVERY },
		{ "exempt, enrolled", "free", true, ENROLLED, true, "exempt",
		    0 },
		{ "exempt, unknown", "free", false, NOTHING, true, "exempt",
		    0 },
		{ "unenrolled, by default", NULL, true, NOTHING, true,
		    "unenrolled", METHOD_TOTP | METHOD_RECOVERY },
		{ "unenrolled, allowed", "open", true, NOTHING, true,
		    "unenrolled", METHOD_TOTP | METHOD_RECOVERY },
		{ "unenrolled, denied", "strict", true, NOTHING, false,
		    "unenrolled", METHOD_TOTP | METHOD_RECOVERY },
		{ "pending, allowed", "open", true, PENDING, true, "unenrolled",
		    METHOD_TOTP | METHOD_RECOVERY },
		{ "pending, denied", "strict", true, PENDING, false,
		    "unenrolled", METHOD_TOTP | METHOD_RECOVERY },
		{ "unknown, allowed", "open", false, NOTHING, false, "unknown",
		    METHOD_TOTP | METHOD_RECOVERY },
		{ "unknown, denied", "strict", false, NOTHING, false, "unknown",
		    METHOD_TOTP | METHOD_RECOVERY },
		/* A record of somebody who is no account lets nobody in. */
		{ "unknown, with a record", "open", false, ENROLLED, false,
		    "unknown", METHOD_TOTP | METHOD_RECOVERY },
	};
	const struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = request_of(VERB_CHALLENGE, ROOT);
		struct reply reply;

		print_message("  %s\n", rows[i].what);
		put(at, rows[i].before);
		request.scenario = rows[i].scenario;
		request.account.known = rows[i].known;
		reply = must(at, &request);
		assert_int_equal(VERDICT_DENY, reply.verdict);
		assert_int_equal(rows[i].pass, reply.pass);
		assert_string_equal(rows[i].reason, reply.reason);
		assert_int_equal(rows[i].methods, reply.challenge.methods);
		assert_int_equal(strcmp(rows[i].reason, "enrolled") == 0,
		    reply.challenge.enrolled);
		assert_string_equal(rows[i].scenario != NULL ? rows[i].scenario
							     : "default",
		    reply.policy.scenario);
	}
}

/* Nobody learns from the question who exists, or who has nothing. */
static void
unknown_as_unenrolled(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_CHALLENGE, ROOT);
	struct reply known, unknown;

	put(at, NOTHING);
	request.scenario = "strict";
	known = must(at, &request);
	request.account.known = false;
	unknown = must(at, &request);
	assert_memory_equal(&known.challenge, &unknown.challenge,
	    sizeof(known.challenge));
}

/* Whoever is exempt needs no store; nobody else passes without one. */
static void
no_store(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_CHALLENGE, ROOT);
	char elsewhere[PATH_MAX];
	struct reply reply;

	snprintf(elsewhere, sizeof(elsewhere), "%s.away", at->path);
	assert_int_equal(0, rename(at->path, elsewhere));
	for (enum verb verb = 0; verb < VERBS; verb++) {
		request.verb = verb;
		assert_int_equal(-ENOMEDIUM, ask(at, &request, &reply));
	}
	request.verb = VERB_CHALLENGE;
	request.account.known = false;
	assert_int_equal(-ENOMEDIUM, ask(at, &request, &reply));
	request.scenario = "free";
	reply = must(at, &request);
	assert_true(reply.pass);
	/* Exempt is from the question: no other verb knows the word. */
	request.verb = VERB_ANSWER;
	assert_int_equal(-ENOMEDIUM, ask(at, &request, &reply));
}

static void
answers(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now;
		bool known;
		enum state before;
		enum verdict verdict;
		unsigned int method, recovery_left;
	} rows[] = {
		{ "right", CODE, START, true, ENROLLED, VERDICT_ACCEPT,
		    METHOD_TOTP, 10 },
		{ "with a gap", "279 037", START, true, ENROLLED,
		    VERDICT_ACCEPT, METHOD_TOTP, 10 },
		{ "wrong", WRONG, START, true, ENROLLED, VERDICT_DENY,
		    METHOD_TOTP, 10 },
		{ "too late", CODE, END + 31, true, ENROLLED, VERDICT_DENY,
		    METHOD_TOTP, 10 },
		{ "no clock", CODE, 59, true, ENROLLED, VERDICT_UNUSABLE, 0,
		    10 },
		{ "recovery", RECOVERY_FIRST, START, true, ENROLLED,
		    VERDICT_ACCEPT, METHOD_RECOVERY, 9 },
		{ "wrong recovery", RECOVERY_NONE, START, true, ENROLLED,
		    VERDICT_DENY, METHOD_RECOVERY, 10 },
		{ "empty", "", START, true, ENROLLED, VERDICT_MALFORMED, 0,
		    10 },
		{ "of what waits", CODE, START, true, PENDING, VERDICT_DENY, 0,
		    0 },
		{ "unenrolled", CODE, START, true, NOTHING, VERDICT_DENY, 0,
		    0 },
		{ "unknown", CODE, START, false, NOTHING, VERDICT_DENY, 0, 0 },
		{ "unknown, recovery", RECOVERY_FIRST, START, false, NOTHING,
		    VERDICT_DENY, 0, 0 },
		{ "unknown, with a record", CODE, START, false, ENROLLED,
		    VERDICT_DENY, 0, 0 },
	};
	const struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = request_of(VERB_ANSWER, ROOT);
		bool real = rows[i].known && rows[i].before == ENROLLED;
		struct reply reply;

		print_message("  %s\n", rows[i].what);
		put(at, rows[i].before);
		request.account.known = rows[i].known;
		request.answer = rows[i].answer;
		request.now = rows[i].now;
		reply = must(at, &request);
		assert_int_equal(reply.outcome.verdict, reply.verdict);
		assert_int_equal(rows[i].verdict, reply.verdict);
		if (!real)
			continue;
		assert_int_equal(rows[i].method, reply.outcome.method);
		assert_int_equal(rows[i].recovery_left,
		    reply.outcome.recovery_left);
	}
}

/* What was accepted is in the store when it is told. */
static void
answers_are_kept(void **state)
{
	static const struct {
		const char *answer;
		enum verdict verdict;
	} rows[] = {
		{ WRONG, VERDICT_DENY },
		{ CODE, VERDICT_ACCEPT },
		{ CODE, VERDICT_REPLAY },
		{ RECOVERY_LAST, VERDICT_ACCEPT },
		{ RECOVERY_LAST, VERDICT_REPLAY },
		{ CODE_AFTER, VERDICT_ACCEPT },
		{ WRONG, VERDICT_DENY },
		{ WRONG, VERDICT_DENY },
		{ WRONG, VERDICT_DENY },
		{ WRONG, VERDICT_DENY },
		{ WRONG, VERDICT_DENY },
		{ CODE_BEFORE, VERDICT_WAIT },
		{ RECOVERY_FIRST, VERDICT_ACCEPT },
		{ CODE_BEFORE, VERDICT_ACCEPT },
	};
	const struct world *at = *state;
	struct request request = request_of(VERB_ANSWER, ROOT);
	struct record rec;

	put(at, ENROLLED);
	request.rhost = "192.0.2.7";
	for (size_t i = 0; i < N(rows); i++) {
		struct reply reply;

		request.answer = rows[i].answer;
		reply = must(at, &request);
		print_message("  %zu %s\n", i, rows[i].answer);
		assert_int_equal(rows[i].verdict, reply.verdict);
		if (i == 0) {
			rec = get(at);
			assert_int_equal(1, rec.failures[LANE_LOGIN].row);
			assert_string_equal("192.0.2.7", rec.missed.rhost);
		}
	}
	rec = get(at);
	assert_int_equal(STEP + 1, rec.device[0].spent[0]);
	assert_int_equal(STEP, rec.device[0].spent[1]);
	assert_int_equal(START, rec.device[0].used);
	assert_int_equal(8, record_recovery_left(&rec.recovery));
	assert_int_equal(0, rec.failures[LANE_LOGIN].row);
}

/* Guessing by way of a change is guessing. */
static void
proof_is_counted(void **state)
{
	static const enum verb verbs[] = { VERB_ENROL, VERB_RECOVERY,
		VERB_REMOVE, VERB_ENROL, VERB_REMOVE };
	const struct world *at = *state;
	struct request request;
	struct reply reply;

	put(at, ENROLLED);
	for (size_t i = 0; i < N(verbs); i++) {
		request = request_of(verbs[i], OWNER);
		request.answer = WRONG;
		reply = must(at, &request);
		assert_int_equal(VERDICT_DENY, reply.verdict);
		assert_int_equal(0, reply.n_codes);
		assert_int_equal(0, reply.otp.secret.len);
	}
	for (enum verb verb = 0; verb < VERBS; verb++) {
		if (verb != VERB_ANSWER && verb != VERB_ENROL &&
		    verb != VERB_RECOVERY && verb != VERB_REMOVE)
			continue;
		request = request_of(verb, OWNER);
		request.answer = CODE;
		reply = must(at, &request);
		assert_int_equal(VERDICT_WAIT, reply.verdict);
		assert_int_equal(30, reply.outcome.wait);
	}
	/* What a change was allowed with is spent. */
	put(at, ENROLLED);
	request = request_of(VERB_ENROL, OWNER);
	request.answer = CODE;
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	request.verb = VERB_ANSWER;
	reply = must(at, &request);
	assert_int_equal(VERDICT_REPLAY, reply.verdict);
}

/* Also where the change that it was for cannot be made. */
static void
proof_is_spent(void **state)
{
	static const struct {
		enum verb verb;
		const char *label;
		int expect;
	} rows[] = {
		{ VERB_REMOVE, "watch", -ENOENT },
		{ VERB_ENROL, "phone", -EEXIST },
	};
	const struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = request_of(rows[i].verb, OWNER);
		struct record before, after;
		struct reply reply;

		put(at, ENROLLED);
		before = get(at);
		request.label = rows[i].label;
		request.mode = PENDING_ADD;
		request.answer = CODE;
		assert_int_equal(rows[i].expect, ask(at, &request, &reply));
		after = get(at);
		assert_int_equal(STEP, after.device[0].spent[0]);
		assert_int_equal(before.changes, after.changes);
		assert_int_equal(0, after.pending.until);
		reply = must(at, &request);
		assert_int_equal(VERDICT_REPLAY, reply.verdict);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_may),
		TEST(not_a_request),
		TEST(challenges),
		TEST(unknown_as_unenrolled),
		TEST(no_store),
		TEST(answers),
		TEST(answers_are_kept),
		TEST(proof_is_counted),
		TEST(proof_is_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
