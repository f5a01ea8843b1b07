/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/random.h"

static const char *const alphabets[] = {
	[ALPHABET_DIGITS] = "0123456789",
	[ALPHABET_LETTERS] = "ABCDEFGHJKMNPQRSTVWXYZ",
	[ALPHABET_BOTH] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
};

/* Bytes that begin so and go on as the last of them. */
static void
written(void **state)
{
	static const struct {
		const char *what;
		enum policy_alphabet alphabet;
		uint32_t length;
		uint8_t bytes[12];
		const char *code; /* NULL: there were not enough */
	} rows[] = {
		{ "digits", ALPHABET_DIGITS, 10,
		    { 0, 11, 22, 33, 44, 55, 66, 77, 88, 99 }, "0123456789" },
		{ "digits, the ends", ALPHABET_DIGITS, 6,
		    { 0, 249, 250, 251, 255, 9, 240, 1 }, "099011" },
		{ "letters", ALPHABET_LETTERS, 10,
		    { 0, 1, 7, 8, 10, 12, 17, 18, 20, 21 }, "ABHJMPVWYZ" },
		{ "letters, the ends", ALPHABET_LETTERS, 6,
		    { 0, 241, 242, 249, 255, 22, 43, 220 }, "AZAZAA" },
		{ "both", ALPHABET_BOTH, 10,
		    { 0, 9, 10, 17, 18, 20, 31, 32, 255, 224 }, "09AHJMZ0Z0" },
		{ "as long as can be", ALPHABET_BOTH, 25, { 31 },
		    "ZZZZZZZZZZZZZZZZZZZZZZZZZ" },
		{ "nothing to take", ALPHABET_DIGITS, 8, { 255 }, NULL },
		{ "one too few", ALPHABET_DIGITS, 6, { 1, 2, 3, 4, 5, 255 },
		    NULL },
		{ "too short", ALPHABET_DIGITS, 5, { 1 }, NULL },
		{ "too long", ALPHABET_DIGITS, 26, { 1 }, NULL },
		{ "never set", ALPHABET_DIGITS, 0, { 1 }, NULL },
	};
	static const char empty[SENT_CODE_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct policy_sent pol = { .length = rows[i].length,
			.alphabet = rows[i].alphabet };
		uint8_t random[SENT_RANDOM];
		char code[SENT_CODE_SIZE];
		size_t n = sizeof(rows[i].bytes);

		while (n > 1 && rows[i].bytes[n - 1] == 0)
			n--;
		memset(random, rows[i].bytes[n - 1], sizeof(random));
		memcpy(random, rows[i].bytes, n);
		memset(code, 'x', sizeof(code));
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].code != NULL,
		    sent_write(&pol, random, code));
		if (rows[i].code != NULL)
			assert_string_equal(rows[i].code, code);
		else
			assert_memory_equal(empty, code, sizeof(code));
	}
}

#define CODES 100000
#define LENGTH 8

typedef bool write_fn(const struct policy_sent *pol,
    const uint8_t random[static SENT_RANDOM], char code[static SENT_CODE_SIZE]);

/* What is easily written instead: digits 0 to 5 a little more often. */
static bool
write_biased(const struct policy_sent *pol,
    const uint8_t random[static SENT_RANDOM], char code[static SENT_CODE_SIZE])
{
	const char *from = alphabets[pol->alphabet];

	for (size_t i = 0; i < LENGTH; i++)
		code[i] = from[random[i] % 255 % strlen(from)];
	return true;
}

/*
 * How far the characters of 100,000 codes are from being equally frequent, each
 * place of the code by itself: Pearson's chi-square.
 */
static double
chi_square(write_fn *write, enum policy_alphabet alphabet)
{
	static unsigned int seen[LENGTH][256];
	const struct policy_sent pol = { .length = LENGTH,
		.alphabet = alphabet };
	const char *from = alphabets[alphabet];
	double expected = (double)CODES / (double)strlen(from), sum = 0;
	uint8_t random[SENT_RANDOM];
	char code[SENT_CODE_SIZE];

	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < CODES; i++) {
		assert_int_equal(0, random_bytes(random, sizeof(random)));
		assert_true(write(&pol, random, code));
		for (size_t k = 0; k < LENGTH; k++)
			seen[k][(uint8_t)code[k]]++;
	}
	for (size_t k = 0; k < LENGTH; k++) {
		unsigned int all = 0;

		for (size_t c = 0; c < strlen(from); c++) {
			double off = seen[k][(uint8_t)from[c]] - expected;

			sum += off * off / expected;
			all += seen[k][(uint8_t)from[c]];
		}
		assert_int_equal(CODES, all); /* of this alphabet alone */
	}
	return sum;
}

/*
 * The bounds are passed by true randomness once in three million times each,
 * so that of a million runs one fails: of the chi-square distribution with
 * LENGTH * (characters - 1) degrees of freedom.
 */
static void
equally_likely(void **state)
{
	static const double bounds[] = {
		[ALPHABET_DIGITS] = 148.15,
		[ALPHABET_LETTERS] = 275.40,
		[ALPHABET_BOTH] = 374.91,
	};

	(void)state;
	for (unsigned int i = 0; i < N(bounds); i++) {
		double fair = chi_square(sent_write, i);
		double biased = chi_square(write_biased, i);

		print_message("  %zu characters: %.1f; biased: %.1f\n",
		    strlen(alphabets[i]), fair, biased);
		assert_true(fair < bounds[i]);
		assert_true(biased > bounds[i]);
	}
}

/* Which codes a policy takes, and how they may be typed. */
static void
read_as_typed(void **state)
{
	static const struct {
		const char *what, *typed, *prefix;
		enum policy_alphabet alphabet;
		uint32_t length;
		enum code_shape shape;
		const char *text;
		bool fits;
	} rows[] = {
		{ "plain", "12345678", "", ALPHABET_DIGITS, 8, CODE_DIGITS,
		    "12345678", true },
		{ "a blank", "1234 5678", "ssh-", ALPHABET_DIGITS, 8,
		    CODE_DIGITS, "12345678", true },
		{ "prefix", "ssh-12345678", "ssh-", ALPHABET_DIGITS, 8,
		    CODE_DIGITS, "12345678", true },
		{ "prefix, in capitals", " SSH-1234 5678", "ssh-",
		    ALPHABET_DIGITS, 8, CODE_DIGITS, "12345678", true },
		{ "prefix of capitals", "ssh-12345678", "SSH-", ALPHABET_DIGITS,
		    8, CODE_DIGITS, "12345678", true },
		{ "prefix without its dash", "ssh 12345678", "ssh-",
		    ALPHABET_DIGITS, 8, CODE_DIGITS, "12345678", true },
		{ "a dash too many", "ssh-12345678", "ssh", ALPHABET_DIGITS, 8,
		    CODE_DIGITS, "12345678", true },
		{ "half a prefix", "ss-12345678", "ssh-", ALPHABET_DIGITS, 8,
		    CODE_NONE, "", false },
		{ "the prefix alone", "ssh-", "ssh-", ALPHABET_DIGITS, 8,
		    CODE_NONE, "", false },
		{ "a prefix that no code has", "[#u] 12345678", "[#u]",
		    ALPHABET_DIGITS, 8, CODE_DIGITS, "12345678", true },
		{ "another prefix", "sudo-12345678", "ssh-", ALPHABET_DIGITS, 8,
		    CODE_NONE, "", false },
		{ "prefix twice", "ssh-ssh-12345678", "ssh-", ALPHABET_DIGITS,
		    8, CODE_NONE, "", false },
		{ "prefix, and of a device", "ssh-123456", "ssh-",
		    ALPHABET_DIGITS, 8, CODE_NONE, "", false },
		{ "of a device", "123456", "12", ALPHABET_DIGITS, 8,
		    CODE_DIGITS, "123456", false },
		{ "a code that begins like the prefix", "12345678", "12",
		    ALPHABET_DIGITS, 8, CODE_DIGITS, "12345678", true },
		{ "that prefix and a code", "1212345678", "12", ALPHABET_DIGITS,
		    8, CODE_DIGITS, "12345678", true },
		{ "a recovery code", RECOVERY_FIRST, "0123", ALPHABET_DIGITS, 8,
		    CODE_RECOVERY, "0123456789ABCDEF", false },
		{ "as long as a recovery code", "ABCD-EFGH-ABCD-EFGH", "",
		    ALPHABET_LETTERS, 16, CODE_RECOVERY, "ABCDEFGHABCDEFGH",
		    true },
		{ "letters", "abcd-efgh", "", ALPHABET_LETTERS, 8, CODE_OTHER,
		    "ABCDEFGH", true },
		{ "letters, but a digit", "abcd-efg1", "", ALPHABET_LETTERS, 8,
		    CODE_NONE, "", false },
		{ "digits are no letters", "12345678", "", ALPHABET_LETTERS, 8,
		    CODE_DIGITS, "12345678", false },
		{ "letters are no digits", "abcdefgh", "", ALPHABET_DIGITS, 8,
		    CODE_NONE, "", false },
		{ "o for 0", "o2345678", "", ALPHABET_DIGITS, 8, CODE_OTHER,
		    "02345678", true },
		{ "both", "ol2345zz", "", ALPHABET_BOTH, 8, CODE_OTHER,
		    "012345ZZ", true },
		{ "nine", "123456789", "", ALPHABET_DIGITS, 9, CODE_OTHER,
		    "123456789", true },
		{ "too long", "123456789", "", ALPHABET_DIGITS, 8, CODE_NONE,
		    "", false },
		{ "25 and a prefix", "ssh-0123456789ABCDEFGHJKMNPQR", "ssh-",
		    ALPHABET_BOTH, 25, CODE_OTHER, "0123456789ABCDEFGHJKMNPQR",
		    true },
		{ "empty", "", "", ALPHABET_DIGITS, 8, CODE_NONE, "", false },
		{ "never set", "12345678", "", ALPHABET_DIGITS, 0, CODE_DIGITS,
		    "12345678", false },
		{ "never set, nor typed", "", "", ALPHABET_DIGITS, 0, CODE_NONE,
		    "", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol = make_sends();
		struct code code;

		pol.sent.alphabet = rows[i].alphabet;
		pol.sent.length = rows[i].length;
		memcpy(pol.sent.prefix, rows[i].prefix,
		    strlen(rows[i].prefix) + 1);
		memset(&code, 'x', sizeof(code));
		sent_read(rows[i].typed, &pol.sent, &code);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].shape, code.shape);
		assert_string_equal(rows[i].text, code.text);
		assert_int_equal(rows[i].fits, sent_fits(&code, &pol.sent));
	}
}

/* Where no code is ever sent, nothing is read as one. */
static void
read_where_none_is_sent(void **state)
{
	struct policy pol = make_sends();
	char typed[CODE_TYPED_MAX + 1];
	struct code code;

	(void)state;
	memcpy(pol.sent.prefix, "ssh-", sizeof("ssh-"));
	pol.methods &= ~(unsigned int)METHODS_SENT;
	sent_read("ssh-12345678", sent_policy(&pol), &code);
	assert_int_equal(CODE_NONE, code.shape);
	sent_read("o2345678", sent_policy(&pol), &code);
	assert_int_equal(CODE_NONE, code.shape);
	sent_read("1234 5678", sent_policy(&pol), &code);
	assert_int_equal(CODE_DIGITS, code.shape);
	sent_read(RECOVERY_FIRST, sent_policy(&pol), &code);
	assert_int_equal(CODE_RECOVERY, code.shape);
	/* No byte after the 129th is looked at. */
	pol = make_sends();
	memcpy(pol.sent.prefix, "ssh-", sizeof("ssh-"));
	memset(typed, ' ', sizeof(typed));
	sent_read(typed, sent_policy(&pol), &code);
	assert_int_equal(CODE_NONE, code.shape);
}

static void
waits(void **state)
{
	static const struct {
		const char *what;
		uint64_t ago[RECORD_SENDS]; /* seconds; 0 ends it */
		uint32_t max;
		uint64_t wait;
	} rows[] = {
		{ "never", { 0 }, 3, 0 },
		{ "just now", { 1 }, 3, 59 },
		{ "a minute ago", { 60 }, 3, 0 },
		{ "59 seconds ago", { 59 }, 3, 1 },
		{ "two in 15 minutes", { 61, 122 }, 3, 0 },
		{ "three in 15 minutes", { 61, 122, 300 }, 3, 600 },
		{ "three, the first just in", { 61, 122, 899 }, 3, 1 },
		{ "three, the first just out", { 61, 122, 900 }, 3, 0 },
		{ "one is enough", { 300 }, 1, 600 },
		{ "the longer of two", { 1, 2, 890 }, 3, 59 },
		{ "nine in a day",
		    { 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000 }, 3,
		    0 },
		{ "ten in a day",
		    { 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000,
			80000 },
		    3, 6400 },
		{ "ten, the first yesterday",
		    { 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000,
			86400 },
		    3, 0 },
		{ "ten in 15 minutes",
		    { 61, 62, 63, 64, 65, 66, 67, 68, 69, 70 }, 10, 86330 },
		{ "more than are remembered",
		    { 100, 200, 300, 400, 500, 600, 700, 800, 850, 86400 }, 11,
		    0 },
		{ "none are allowed", { 0 }, 0, 900 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol = make_sends();
		struct sent sent = { 0 };

		for (size_t k = 0; k < RECORD_SENDS && rows[i].ago[k] != 0; k++)
			sent.times[k] = START - rows[i].ago[k];
		pol.sent.resend_max = rows[i].max;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].wait,
		    sent_wait(&sent, &pol.sent, START));
	}
}

/* A clock that was put back: no wait is longer, and none lasts. */
static void
waits_whatever_the_clock(void **state)
{
	static const struct {
		uint64_t ahead, wait;
	} rows[] = { { 0, 60 }, { 1, 60 }, { 60, 60 }, { 61, 0 },
		{ 86400 * 365, 0 } };
	struct policy pol = make_sends();

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct sent sent = { .times = { START + rows[i].ahead } };

		assert_int_equal(rows[i].wait,
		    sent_wait(&sent, &pol.sent, START));
	}
}

static void
stored(void **state)
{
	const struct sent expect = make_sent();
	struct sent sent = { .times = { SENT_AT - 100, SENT_AT - 200 },
		.wrong = 2 };

	(void)state;
	assert_int_equal(0,
	    sent_store(SENT_CODE, "ssh", METHOD_EMAIL, expect.salt, SENT_AT,
		&sent));
	assert_memory_equal(expect.bound, sent.bound, sizeof(sent.bound));
	assert_memory_equal(expect.salt, sent.salt, sizeof(sent.salt));
	assert_memory_equal(expect.hash, sent.hash, sizeof(sent.hash));
	assert_int_equal(METHOD_EMAIL, sent.method);
	assert_int_equal(0, sent.wrong);
	assert_int_equal(SENT_AT, sent.times[0]);
	assert_int_equal(SENT_AT - 100, sent.times[1]);
	assert_int_equal(SENT_AT - 200, sent.times[2]);
	assert_int_equal(0, sent.times[3]);
	assert_true(sent_is_for(&sent, "ssh"));
	assert_false(sent_is_for(&sent, "sudo"));
}

/* Always as a record takes it: falling, in bounds, the newest first. */
static void
stored_times(void **state)
{
	static const struct {
		const char *what;
		uint64_t before[3], after[4]; /* START + these - 1000 */
	} rows[] = {
		{ "the same second", { 1000, 900 }, { 1000, 999, 900 } },
		{ "two of that second", { 1000, 999, 900 },
		    { 1000, 999, 998, 900 } },
		{ "clocks differ", { 1060, 1059, 900 },
		    { 1000, 999, 998, 900 } },
		{ "a clock put back", { 1061, 1060, 900 }, { 1000, 999, 900 } },
		{ "far back", { 9000, 8000, 7000 }, { 1000 } },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct sent made = make_sent();
		struct sent sent = { 0 };

		for (size_t k = 0; k < 3 && rows[i].before[k] != 0; k++)
			sent.times[k] = START + rows[i].before[k] - 1000;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(0,
		    sent_store(SENT_CODE, "ssh", METHOD_SMS, made.salt, START,
			&sent));
		for (size_t k = 0; k < 4; k++)
			assert_int_equal(rows[i].after[k] == 0
				? 0
				: START + rows[i].after[k] - 1000,
			    sent.times[k]);
	}
}

/* The eleventh pushes the first out. */
static void
stored_often(void **state)
{
	const struct sent made = make_sent();
	struct sent sent = { 0 };

	(void)state;
	for (uint64_t i = 0; i < RECORD_SENDS + 1; i++)
		assert_int_equal(0,
		    sent_store(SENT_CODE, "ssh", METHOD_SMS, made.salt,
			START + 100 * i, &sent));
	for (uint64_t i = 0; i < RECORD_SENDS; i++)
		assert_int_equal(START + 100 * (RECORD_SENDS - i),
		    sent.times[i]);
}

static void
live(void **state)
{
	static const struct {
		const char *what, *scenario;
		uint64_t now;
		uint32_t wrong;
		enum policy_method method;
		bool expect;
	} rows[] = {
		{ "at once", "ssh", SENT_AT, 0, METHOD_SMS, true },
		{ "last second", "ssh", SENT_AT + 599, 0, METHOD_SMS, true },
		{ "too late", "ssh", SENT_AT + 600, 0, METHOD_SMS, false },
		{ "another scenario", "sudo", SENT_AT, 0, METHOD_SMS, false },
		{ "none", "", SENT_AT, 0, METHOD_SMS, false },
		{ "spent, or none", "ssh", SENT_AT, 0, 0, false },
		{ "the last try", "ssh", SENT_AT, 2, METHOD_SMS, true },
		{ "no try left", "ssh", SENT_AT, 3, METHOD_SMS, false },
		{ "clocks differ", "ssh", SENT_AT - 60, 0, METHOD_SMS, true },
		{ "a clock put back", "ssh", SENT_AT - 61, 0, METHOD_SMS,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol = make_sends();
		struct sent sent = make_sent();

		sent.wrong = rows[i].wrong;
		sent.method = rows[i].method;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    sent_live(&sent, &pol.sent, rows[i].scenario, rows[i].now));
	}
}

static bool
match(struct sent *sent, const char *typed, const struct policy *pol)
{
	struct code code;
	bool right;

	sent_read(typed, &pol->sent, &code);
	assert_int_equal(0, sent_match(&code, &pol->sent, sent, &right));
	return right;
}

/* None of it is left, but that it was sent. */
static void
assert_forgotten(const struct sent *sent)
{
	const struct sent nothing = { .times = { SENT_AT } };

	assert_memory_equal(&nothing, sent, sizeof(nothing));
}

static void
matched(void **state)
{
	struct policy pol = make_sends();
	struct sent sent = make_sent();

	(void)state;
	assert_true(match(&sent, SENT_CODE, &pol));
	assert_forgotten(&sent);

	sent = make_sent();
	assert_false(match(&sent, SENT_WRONG, &pol));
	assert_int_equal(1, sent.wrong);
	assert_false(match(&sent, "02345678", &pol));
	assert_int_equal(2, sent.wrong);
	assert_true(sent_live(&sent, &pol.sent, "ssh", START));
	assert_true(match(&sent, "1234-5678", &pol));
	assert_forgotten(&sent);

	sent = make_sent();
	for (int i = 0; i < 3; i++)
		assert_false(match(&sent, SENT_WRONG, &pol));
	assert_forgotten(&sent);
	/* What is forgotten has no code: not even that of no hash. */
	assert_false(sent_live(&sent, &pol.sent, "ssh", START));
}

/* All of what is stored is compared. */
static void
matched_in_full(void **state)
{
	struct policy pol = make_sends();

	(void)state;
	for (size_t i = 0; i < RECORD_SENT_HASH; i++) {
		struct sent sent = make_sent();

		sent.hash[i] ^= 1;
		assert_false(match(&sent, SENT_CODE, &pol));
	}
	for (size_t i = 0; i < RECORD_BOUND; i++) {
		struct sent sent = make_sent();

		sent.bound[i] ^= 1;
		assert_false(sent_live(&sent, &pol.sent, "ssh", START));
	}
}

/* No provider is left: nothing is changed, and nothing is live. */
static void
crypto_fails(void **state)
{
	const struct sent before = make_sent();
	const struct code code = { CODE_DIGITS, 8, SENT_CODE };
	struct policy pol = make_sends();
	struct sent sent = before;
	bool right;

	(void)state;
	ERR_clear_error();
	assert_int_equal(1, EVP_set_default_properties(NULL, "provider=none"));
	assert_int_equal(-EIO, sent_match(&code, &pol.sent, &sent, &right));
	assert_int_equal(-EIO,
	    sent_store(SENT_WRONG, "ssh", METHOD_SMS, before.salt, START,
		&sent));
	assert_false(sent_live(&sent, &pol.sent, "ssh", START));
	assert_int_equal(1, EVP_set_default_properties(NULL, ""));
	assert_memory_equal(&before, &sent, sizeof(sent));
	assert_int_equal(0, ERR_peek_error());
	assert_true(sent_live(&sent, &pol.sent, "ssh", START));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written),
		cmocka_unit_test(equally_likely),
		cmocka_unit_test(read_as_typed),
		cmocka_unit_test(read_where_none_is_sent),
		cmocka_unit_test(waits),
		cmocka_unit_test(waits_whatever_the_clock),
		cmocka_unit_test(stored),
		cmocka_unit_test(stored_times),
		cmocka_unit_test(stored_often),
		cmocka_unit_test(live),
		cmocka_unit_test(matched),
		cmocka_unit_test(matched_in_full),
		cmocka_unit_test(crypto_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
