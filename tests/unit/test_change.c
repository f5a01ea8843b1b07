/* SPDX-License-Identifier: BSD-2-Clause */
/* How a second factor comes, changes and goes, by way of the authority. */
#include "world.h"

/* The code that a device with this secret shows at START. */
static const char *
code_of(const struct otp_params *otp, char codes[static 1][OTP_CODE_SIZE])
{
	assert_int_equal(0, otp_codes(otp, STEP, 1, codes));
	return codes[0];
}

static struct otp_params
enrol(const struct world *at, uid_t caller, const char *label, bool add)
{
	struct request request = request_of(VERB_ENROL, caller);
	struct reply reply;

	request.label = label;
	request.mode = add ? PENDING_ADD : PENDING_NEW;
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(20, reply.otp.secret.len);
	assert_int_equal(0, reply.n_codes);
	return reply.otp;
}

static void
enrol_and_confirm(void **state)
{
	static const struct {
		const char *what, *answer; /* NULL: the right one */
		uint64_t after;
		int expect;
		enum verdict verdict;
	} rows[] = {
		{ "cannot be one", "12345", 0, 0, VERDICT_MALFORMED },
		{ "fifteen minutes late", NULL, LATER, -ENOENT, VERDICT_DENY },
		{ "right", NULL, 0, 0, VERDICT_ACCEPT },
		{ "once more", NULL, 0, -ENOENT, VERDICT_DENY },
	};
	const struct world *at = *state;
	struct otp_params otp = enrol(at, OWNER, "phone", false);
	char codes[1][OTP_CODE_SIZE];
	struct request request = request_of(VERB_CONFIRM, OWNER);
	struct reply reply;
	struct record rec;

	for (size_t i = 0; i < N(rows); i++) {
		request.answer = rows[i].answer != NULL ? rows[i].answer
							: code_of(&otp, codes);
		request.now = START + rows[i].after;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, ask(at, &request, &reply));
		assert_int_equal(rows[i].verdict, reply.verdict);
		assert_int_equal(rows[i].verdict == VERDICT_ACCEPT
			? RECORD_RECOVERY
			: 0,
		    reply.n_codes);
		if (reply.n_codes == 0)
			continue;
		/* All ten are in force: spend the last of them. */
		request.verb = VERB_ANSWER;
		request.answer = reply.code[RECORD_RECOVERY - 1];
		reply = must(at, &request);
		assert_int_equal(VERDICT_ACCEPT, reply.verdict);
		assert_int_equal(9, reply.outcome.recovery_left);
		request.verb = VERB_CONFIRM;
	}
	rec = get(at);
	assert_string_equal("phone", rec.device[0].label);
	assert_int_equal(STEP, rec.device[0].spent[0]);
	assert_int_equal(0, rec.pending.until);
}

/* A phone whose clock is off is told by how much. */
static void
skew_is_told(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_CONFIRM, OWNER);
	struct reply reply;

	put(at, PENDING);
	request.answer = CODE_AFTER2;
	reply = must(at, &request);
	assert_int_equal(VERDICT_DENY, reply.verdict);
	assert_int_equal(75, reply.ahead);
	assert_int_equal(0, reply.behind);
	assert_int_equal(0, reply.n_codes);
}

/* Beside others: no new codes; anew: all of it. */
static void
devices(void **state)
{
	static const char *const names[RECORD_DEVICES] = { "phone", "tablet",
		"third", "fourth", "fifth" };
	const struct world *at = *state;
	struct request request = request_of(VERB_CONFIRM, ROOT);
	struct request more = request_of(VERB_ENROL, ROOT);
	struct otp_params otp;
	struct record before, after;
	struct reply reply;

	put(at, ENROLLED);
	before = get(at);
	request.unchecked = true;
	request.secret = &otp.secret;
	otp = enrol(at, ROOT, "tablet", true);
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(0, reply.n_codes);
	after = get(at);
	assert_int_equal(2, record_devices(&after));
	assert_memory_equal(&before.recovery, &after.recovery,
	    sizeof(before.recovery));

	more.mode = PENDING_ADD;
	more.label = "phone";
	assert_int_equal(-EEXIST, ask(at, &more, &reply));
	for (size_t i = 2; i < RECORD_DEVICES; i++) {
		otp = enrol(at, ROOT, names[i], true);
		(void)must(at, &request);
	}
	more.label = "sixth";
	assert_int_equal(-E2BIG, ask(at, &more, &reply));

	otp = enrol(at, ROOT, "phone", false);
	reply = must(at, &request);
	assert_int_equal(RECORD_RECOVERY, reply.n_codes);
	after = get(at);
	assert_int_equal(1, record_devices(&after));
	assert_memory_not_equal(before.recovery.salt, after.recovery.salt,
	    sizeof(before.recovery.salt));

	/* What somebody else has begun since is not taken on trust. */
	otp = enrol(at, ROOT, "phone", false);
	(void)enrol(at, ROOT, "phone", false);
	assert_int_equal(-ENOENT, ask(at, &request, &reply));
	request.secret = NULL;
	assert_int_equal(-ENOENT, ask(at, &request, &reply));
	before = get(at);
	assert_int_equal(after.changes, before.changes);
}

static void
new_codes(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_RECOVERY, OWNER);
	struct request confirm = request_of(VERB_CONFIRM, OWNER);
	struct reply reply, made;
	struct record before, after;

	put(at, ENROLLED);
	before = get(at);
	request.answer = CODE;
	made = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, made.verdict);
	assert_int_equal(RECORD_RECOVERY, made.n_codes);
	after = get(at);
	assert_int_equal(START + LATER, after.pending_set.until);
	assert_memory_equal(&before.recovery, &after.recovery,
	    sizeof(before.recovery));

	confirm.recovery = true;
	confirm.answer = RECOVERY_FIRST; /* of the old set */
	reply = must(at, &confirm);
	assert_int_equal(VERDICT_DENY, reply.verdict);
	assert_int_equal(1, get(at).pending_set.wrong);
	confirm.answer = made.code[4];
	confirm.now = START + LATER;
	assert_int_equal(-ENOENT, ask(at, &confirm, &reply));
	confirm.now--;
	reply = must(at, &confirm);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(0, reply.n_codes);
	after = get(at);
	assert_int_equal(0, after.pending_set.until);
	/* The one that was typed back is not used up. */
	assert_int_equal(10, record_recovery_left(&after.recovery));
	request = request_of(VERB_ANSWER, ROOT);
	request.answer = made.code[4];
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	request.answer = RECOVERY_FIRST;
	reply = must(at, &request);
	assert_int_equal(VERDICT_DENY, reply.verdict);
}

/* Root, and whoever gave a code, may leave the typing back out. */
static void
new_codes_unchecked(void **state)
{
	static const struct {
		uid_t caller;
		const char *answer;
	} rows[] = { { ROOT, NULL }, { OWNER, CODE } };
	const struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		struct request request =
		    request_of(VERB_RECOVERY, rows[i].caller);
		struct reply reply;
		struct record rec;

		put(at, ENROLLED);
		request.answer = rows[i].answer;
		request.unchecked = true;
		reply = must(at, &request);
		assert_int_equal(VERDICT_ACCEPT, reply.verdict);
		assert_int_equal(RECORD_RECOVERY, reply.n_codes);
		rec = get(at);
		assert_int_equal(0, rec.pending_set.until);
		assert_int_equal(START, rec.recovery.created);
	}
}

static void
removing(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_REMOVE, ROOT);
	struct record rec;
	struct reply reply;

	put(at, ENROLLED);
	request.label = "phone";
	(void)must(at, &request);
	rec = get(at);
	assert_int_equal(0, record_devices(&rec));
	assert_true(decide_enrolled(&rec));
	assert_int_equal(-ENOENT, ask(at, &request, &reply));

	/* Everything: also of an account that is gone, or is another's. */
	request.verb = VERB_RESET;
	request.account.known = false;
	request.account.uid = 4711;
	(void)must(at, &request);
	assert_int_equal(-ENOENT, store_read(at->store, &alice, &rec));
	assert_int_equal(-ENOENT, ask(at, &request, &reply));
}

/* An account that was made anew inherits nothing until root says so. */
static void
adopting(void **state)
{
	const struct world *at = *state;
	struct request request;
	struct record rec, again;
	struct reply reply;

	put(at, ENROLLED);
	for (enum verb verb = 0; verb < VERBS; verb++) {
		request = request_of(verb, ROOT);
		request.account.uid = 2000;
		request.answer = CODE;
		request.label = "phone";
		request.new_label = "tablet";
		request.channel = METHOD_EMAIL;
		/* Two are what root does about it; one looks at no record. */
		if (verb != VERB_ADOPT && verb != VERB_RESET &&
		    verb != VERB_TEST)
			assert_int_equal(-ESTALE, ask(at, &request, &reply));
	}
	/* The account that there was is let in no more than before. */
	rec = get(at);
	assert_int_equal(OWNER, rec.uid);
	assert_int_equal(0, rec.device[0].spent[0]);

	request = request_of(VERB_ADOPT, ROOT);
	request.account.uid = 2000;
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	rec = get(at);
	assert_int_equal(2000, rec.uid);
	assert_int_equal(CHANGE_ADOPTED, rec.change[0].kind);
	/* Once is enough. */
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	again = get(at);
	assert_int_equal(rec.changes, again.changes);

	request.verb = VERB_ANSWER;
	request.answer = CODE;
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	request.account.uid = OWNER;
	assert_int_equal(-ESTALE, ask(at, &request, &reply));
}

static void
assert_no_secret(const struct record *rec, const struct reply *reply)
{
	const struct device *dev = &rec->pending.device;

	assert_null(memmem(reply, sizeof(*reply),
	    rec->device[0].otp.secret.bytes, rec->device[0].otp.secret.len));
	assert_null(memmem(reply, sizeof(*reply), dev->otp.secret.bytes, 20));
	for (size_t i = 0; i < RECORD_RECOVERY; i++)
		assert_null(memmem(reply, sizeof(*reply), rec->recovery.hash[i],
		    CODE_HASH_LEN));
}

static void
status(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_STATUS, OWNER);
	struct request wrong = request_of(VERB_ANSWER, ROOT);
	struct record rec;
	struct reply reply;
	const struct status *is = &reply.status;

	put(at, NOTHING);
	reply = must(at, &request);
	assert_false(is->enrolled);
	assert_int_equal(0, is->n_devices);

	put(at, ENROLLED);
	(void)enrol(at, ROOT, "tablet", true);
	rec = get(at);
	wrong.answer = WRONG;
	for (int i = 0; i < 5; i++)
		(void)must(at, &wrong);
	wrong = request_of(VERB_RECOVERY, ROOT);
	wrong.now = START + 60;
	(void)must(at, &wrong);
	request.now = START + 10;
	reply = must(at, &request);
	assert_no_secret(&rec, &reply);
	assert_true(is->enrolled);
	assert_false(is->locked);
	assert_false(is->lane[LANE_LOGIN].off);
	assert_int_equal(1, is->n_devices);
	assert_string_equal("phone", is->device[0].label);
	assert_int_equal(DEVICE_TOTP, is->device[0].kind);
	assert_int_equal(OTP_SHA1, is->device[0].hash);
	assert_int_equal(6, is->device[0].digits);
	assert_int_equal(30, is->device[0].period);
	assert_int_equal(START - 86400, is->device[0].created);
	assert_int_equal(0, is->device[0].used);
	assert_int_equal(10, is->recovery_left);
	assert_int_equal(START - 86400, is->recovery_created);
	assert_int_equal(20, is->lane[LANE_LOGIN].wait);
	assert_int_equal(5, is->lane[LANE_LOGIN].row);
	assert_int_equal(5, is->lane[LANE_LOGIN].budget);
	assert_int_equal(5, is->missed.wrong);
	assert_int_equal(START + LATER, is->pending_until);
	assert_int_equal(START + 60 + LATER, is->pending_set_until);

	/* What is over waits no more. */
	request.now = START + LATER;
	reply = must(at, &request);
	assert_int_equal(0, is->pending_until);
	assert_int_equal(START + 60 + LATER, is->pending_set_until);
	request.now = START + 60 + LATER;
	reply = must(at, &request);
	assert_int_equal(0, is->pending_set_until);
}

/* Each sentence says one thing, and what to do. */
static void
sentences(void **state)
{
	static const struct {
		int error;
		const char *has, *has_not;
	} rows[] = {
		{ -E2BIG, "five devices", "disk" },
		{ -ENOSPC, "disk", "five" },
		{ -EINVAL, "config --check", "disk" },
		{ -ESTALE, "adopt", "config" },
		{ -ENOMEDIUM, "init", "config" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const char *is = authority_strerror(rows[i].error);

		print_message("  %s\n", is);
		assert_non_null(strstr(is, rows[i].has));
		assert_null(strstr(is, rows[i].has_not));
	}
	/* Others have some too, and none is empty. */
	for (int error = 0; error < 200; error++)
		assert_true(strlen(authority_strerror(-error)) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enrol_and_confirm),
		TEST(skew_is_told),
		TEST(devices),
		TEST(new_codes),
		TEST(new_codes_unchecked),
		TEST(removing),
		TEST(adopting),
		TEST(status),
		cmocka_unit_test(sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
