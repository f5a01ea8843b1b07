/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crypto library that fails: nobody hears a verdict, and a host that uses
 * OpenSSL too finds its error queue as it was.
 */
#include "world.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "common/filename.h"
#include "common/random.h"
#include "common/seal.h"

#define OF_THE_HOST 42 /* the reason of an error that was there before */

/* The linker leads every call of RAND_bytes() here. */
int __wrap_RAND_bytes(unsigned char *out, int len);
int __real_RAND_bytes(unsigned char *out, int len);

static bool no_random; /* it fails */

/* What happens, once, while a salt is made: nobody holds the lock then. */
static void (*meanwhile)(void);
static const struct world *here;

int
__wrap_RAND_bytes(unsigned char *out, int len)
{
	void (*event)(void) = meanwhile;

	if (event != NULL && len == CODE_SALT_LEN) {
		meanwhile = NULL;
		event();
	}
	if (!no_random)
		return __real_RAND_bytes(out, len);
	memset(out, 'r', (size_t)len);
	ERR_raise(ERR_LIB_RAND, ERR_R_INTERNAL_ERROR);
	return 0;
}

/* Let an error of the host be there, and no provider from now on. */
static void
break_crypto(void)
{
	ERR_clear_error();
	ERR_raise(ERR_LIB_USER, OF_THE_HOST);
	assert_int_equal(1, EVP_set_default_properties(NULL, "provider=none"));
}

static void
mend_crypto(void)
{
	assert_int_equal(1, EVP_set_default_properties(NULL, ""));
	no_random = false;
}

/* That error is there, and no other. */
static void
assert_queue(void)
{
	assert_int_equal(OF_THE_HOST, ERR_GET_REASON(ERR_get_error()));
	assert_int_equal(0, ERR_peek_error());
	ERR_raise(ERR_LIB_USER, OF_THE_HOST);
}

static void
codes(void **state)
{
	static const char zero[2][OTP_CODE_SIZE];
	static const uint8_t salt[CODE_SALT_LEN], none[CODE_HASH_LEN];
	const struct device dev = make_totp();
	char out[2][OTP_CODE_SIZE];
	uint8_t hash[CODE_HASH_LEN];

	(void)state;
	memset(out, 'x', sizeof(out));
	memset(hash, 'x', sizeof(hash));
	break_crypto();
	assert_int_equal(-EIO, otp_codes(&dev.otp, STEP, 2, out));
	assert_queue();
	assert_memory_equal(zero, out, sizeof(out));
	assert_int_equal(-EIO, code_derive("0123456789ABCDEF", salt, hash));
	assert_queue();
	assert_memory_equal(none, hash, sizeof(hash));
	mend_crypto();
}

static void
seals(void **state)
{
	static const uint8_t no_slot[SEAL_SLOT];
	static const char no_text[SEAL_TEXT_MAX];
	const struct seal_head head = { 7, OWNER };
	struct seal_key key = { { 1 }, { 0 } };
	struct seal_head got = { 0 };
	uint8_t good[SEAL_SLOT], slot[SEAL_SLOT];
	char text[SEAL_TEXT_MAX];
	size_t len = 77;

	(void)state;
	assert_int_equal(0, seal_key_init(&key));
	assert_int_equal(0, seal_close(&key, "alice", &head, "x", 1, good));
	break_crypto();
	assert_int_equal(-EIO, seal_key_init(&key));
	assert_queue();
	memset(slot, 'x', sizeof(slot));
	assert_int_equal(-EIO, seal_close(&key, "alice", &head, "x", 1, slot));
	assert_queue();
	assert_memory_equal(no_slot, slot, sizeof(slot));
	/* Could not be tried: that is not "does not open". */
	memset(text, 'x', sizeof(text));
	assert_int_equal(-EIO,
	    seal_open(&key, "alice", good, &got, text, &len));
	assert_queue();
	assert_memory_equal(no_text, text, sizeof(text));
	assert_int_equal(0, got.generation);
	assert_int_equal(77, len);
	mend_crypto();
	assert_int_equal(0, seal_open(&key, "alice", good, &got, text, &len));

	/* A nonce that is no random one must not be used. */
	no_random = true;
	assert_int_equal(-EIO, seal_close(&key, "alice", &head, "x", 1, slot));
	assert_queue();
	assert_memory_equal(no_slot, slot, sizeof(slot));
	mend_crypto();
}

/* What does not open is an error of ours, and none of the host's. */
static void
seals_that_do_not_open(void **state)
{
	const struct seal_head head = { 7, OWNER };
	struct seal_key key = { { 1 }, { 0 } };
	struct seal_head got;
	uint8_t slot[SEAL_SLOT];
	char text[SEAL_TEXT_MAX];
	size_t len;

	(void)state;
	assert_int_equal(0, seal_key_init(&key));
	assert_int_equal(0, seal_close(&key, "alice", &head, "x", 1, slot));
	break_crypto();
	mend_crypto();
	assert_int_equal(-EBADMSG,
	    seal_open(&key, "bob", slot, &got, text, &len));
	assert_queue();
	slot[SEAL_HEADER] ^= 1;
	assert_int_equal(-EBADMSG,
	    seal_open(&key, "alice", slot, &got, text, &len));
	assert_queue();
}

static void
names(void **state)
{
	char file[FILENAME_SIZE], user[2 * FILENAME_SIZE];

	(void)state;
	memset(user, 'u', sizeof(user));
	user[sizeof(user) - 1] = '\0';
	break_crypto();
	assert_int_equal(-EIO, filename_of(user, file));
	assert_queue();
	no_random = true;
	assert_int_equal(-EIO, filename_temporary(file));
	assert_queue();
	mend_crypto();
	assert_int_equal(0, filename_of(user, file));
	assert_int_equal(0, filename_temporary(file));
}

static void
random_bits(void **state)
{
	static const uint8_t zero[16];
	uint8_t out[17];

	(void)state;
	memset(out, 'x', sizeof(out));
	break_crypto();
	no_random = true;
	assert_int_equal(-EIO, random_bytes(out, 16));
	assert_queue();
	mend_crypto();
	assert_memory_equal(zero, out, 16);
	assert_int_equal(0, random_bytes(out, 16));
	assert_memory_not_equal(zero, out, 16);
	assert_int_equal('x', out[16]);
}

/* Whatever the answer: no verdict, and nothing that could be kept. */
static void
verdicts(void **state)
{
	static const char *const rows[] = { CODE, "000000", RECOVERY_FIRST,
		RECOVERY_NONE };
	static const struct outcome none;
	const struct record rec = make_record();

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct attempt attempt = { .now = START,
			.answer = rows[i] };
		struct record next;
		struct outcome outcome;

		memset(&next, 'x', sizeof(next));
		memset(&outcome, 'x', sizeof(outcome));
		break_crypto();
		assert_int_equal(-EIO,
		    decide_answer(&rec, &policy, &attempt, &next, &outcome));
		assert_queue();
		mend_crypto();
		assert_int_not_equal(VERDICT_ACCEPT, outcome.verdict);
		assert_memory_equal(&none, &outcome, sizeof(none));
		assert_memory_equal(&rec, &next, sizeof(rec));
	}
}

/* The same through the door of the authority, for every verb of it. */
static void
verbs(void **state)
{
	const struct world *at = *state;
	struct request request = request_of(VERB_STATUS, ROOT);
	struct record before, after;
	struct reply reply;

	put(at, ENROLLED);
	before = get(at);
	(void)must(at, &request); /* so that the store is open */
	request.label = "phone";
	request.new_label = "tablet";
	request.answer = CODE;
	request.channel = METHOD_EMAIL;
	break_crypto();
	for (enum verb verb = 0; verb < VERBS; verb++) {
		request.verb = verb;
		request.unchecked = verb != VERB_CONFIRM_ADDRESS;
		/* These also take what does not open, or none at all. */
		if (verb == VERB_RESET || verb == VERB_TEST)
			continue;
		assert_int_equal(-EIO, ask(at, &request, &reply));
		assert_queue();
	}
	request.verb = VERB_ANSWER;
	request.account.known = false;
	assert_int_equal(-EIO, ask(at, &request, &reply));
	assert_queue();
	mend_crypto();
	after = get(at);
	assert_memory_equal(before.device, after.device, sizeof(before.device));
	assert_int_equal(0, after.failures[LANE_LOGIN].row);
}

/* Nothing secret is made of bytes that are not random. */
static void
secrets(void **state)
{
	static const enum verb makers[] = { VERB_ENROL, VERB_CONFIRM,
		VERB_RECOVERY };
	const struct world *at = *state;

	for (size_t i = 0; i < N(makers); i++) {
		struct request request = request_of(makers[i], ROOT);
		struct record before, after;
		struct reply reply;

		put(at, makers[i] == VERB_CONFIRM ? PENDING : ENROLLED);
		before = get(at);
		request.unchecked = true;
		no_random = true;
		assert_int_equal(-EIO, ask(at, &request, &reply));
		no_random = false;
		after = get(at);
		assert_memory_equal(&before, &after, sizeof(before));
	}
}

static void
lock_it(void)
{
	struct request request = request_of(VERB_LOCK, ROOT);

	request.label = NULL;
	(void)must(here, &request);
}

/* Codes that were asked for before a lock do not come after it. */
static void
locked_meanwhile(void **state)
{
	struct request request = request_of(VERB_RECOVERY, OWNER);
	struct reply reply;
	struct record rec;

	here = *state;
	put(here, ENROLLED);
	request.answer = CODE;
	meanwhile = lock_it;
	assert_int_equal(-EAGAIN, ask(here, &request, &reply));
	rec = get(here);
	assert_int_equal(LOCK_ROOT, rec.locked);
	assert_int_equal(0, rec.pending_set.until);
	/* The code that it came with is spent all the same. */
	assert_int_equal(STEP, rec.device[0].spent[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes),
		cmocka_unit_test(seals),
		cmocka_unit_test(seals_that_do_not_open),
		cmocka_unit_test(names),
		cmocka_unit_test(random_bits),
		cmocka_unit_test(verdicts),
		TEST(verbs),
		TEST(secrets),
		cmocka_unit_test_setup_teardown(locked_meanwhile, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
