/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/otp.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The RFCs' secrets: these digits over and over, as many as the hash gives. */
static struct otp_params
rfc_params(enum otp_hash hash, uint32_t digits)
{
	struct otp_params params = { .hash = hash, .digits = digits };

	params.secret.len = hash == OTP_SHA1 ? 20
	    : hash == OTP_SHA256             ? 32
					     : 64;
	for (size_t i = 0; i < params.secret.len; i++)
		params.secret.bytes[i] = (uint8_t)('0' + (i + 1) % 10);
	return params;
}

/* RFC 4226, appendix D: the truncated values in decimal. */
static void
otp_rfc4226(void **state)
{
	static const uint32_t table[] = { 1284755224, 1094287082, 137359152,
		1726969429, 1640338314, 868254676, 1918287922, 82162583,
		673399871, 645520489 };
	static const char six[][7] = { "755224", "287082", "359152", "969429",
		"338314", "254676", "287922", "162583", "399871", "520489" };
	char codes[N(table)][OTP_CODE_SIZE], expect[OTP_CODE_SIZE];
	struct otp_params params = rfc_params(OTP_SHA1, 6);

	(void)state;
	assert_int_equal(0, otp_codes(&params, 0, N(table), codes));
	for (size_t i = 0; i < N(table); i++)
		assert_string_equal(six[i], codes[i]);

	for (params.digits = 7; params.digits <= 8; params.digits++) {
		uint32_t modulus = params.digits == 7 ? 10000000 : 100000000;

		assert_int_equal(0, otp_codes(&params, 0, N(table), codes));
		for (size_t i = 0; i < N(table); i++) {
			snprintf(expect, sizeof(expect), "%0*" PRIu32,
			    (int)params.digits, table[i] % modulus);
			assert_string_equal(expect, codes[i]);
		}
	}
}

/* RFC 6238, appendix B. */
static void
otp_rfc6238(void **state)
{
	static const struct {
		uint64_t time;
		const char *sha1, *sha256, *sha512;
	} rows[] = {
		{ 59, "94287082", "46119246", "90693936" },
		{ 1111111109, "07081804", "68084774", "25091201" },
		{ 1111111111, "14050471", "67062674", "99943326" },
		{ 1234567890, "89005924", "91819424", "93441116" },
		{ 2000000000, "69279037", "90698825", "38618901" },
		{ 20000000000, "65353130", "77737706", "47863826" },
	};
	char code[1][OTP_CODE_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const char *expect[] = { rows[i].sha1, rows[i].sha256,
			rows[i].sha512 };

		for (int hash = OTP_SHA1; hash <= OTP_SHA512; hash++) {
			struct otp_params params =
			    rfc_params((enum otp_hash)hash, 8);

			assert_int_equal(0,
			    otp_codes(&params, rows[i].time / 30, 1, code));
			assert_string_equal(expect[hash - OTP_SHA1], code[0]);
		}
	}
}

/* The same secret, 6 digits: a zero in front is part of the code. */
static void
otp_keeps_zeros(void **state)
{
	struct otp_params params = rfc_params(OTP_SHA1, 6);
	char code[1][OTP_CODE_SIZE];

	(void)state;
	assert_int_equal(0, otp_codes(&params, 1111111109 / 30, 1, code));
	assert_string_equal("081804", code[0]);
}

/* Run a shell command that must succeed; its output. */
static void
output_of(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "r");
	size_t len;

	assert_non_null(f);
	len = fread(out, 1, size - 1, f);
	out[len] = '\0';
	if (pclose(f) != 0)
		fail_msg("failed: %s", command);
}

/* Hold "n" codes against those of oathtool, which is called with "how". */
static void
like_oathtool(const struct otp_params *params, uint64_t first, size_t n,
    const char *how)
{
	char hex[2 * OTP_SECRET_MAX + 1], command[512], theirs[1024];
	char ours[1024] = "", codes[32][OTP_CODE_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < params->secret.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", params->secret.bytes[i]);
	snprintf(command, sizeof(command), "oathtool %s -d %u -w %zu %s", how,
	    params->digits, n - 1, hex);
	output_of(command, theirs, sizeof(theirs));

	assert_true(n <= N(codes));
	assert_int_equal(0, otp_codes(params, first, n, codes));
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(ours + len, sizeof(ours) - len, "%s\n",
		    codes[i]);
	if (strcmp(theirs, ours) != 0)
		fail_msg("%s\ntheirs:\n%sours:\n%s", command, theirs, ours);
}

static uint64_t
random_below(uint64_t bound)
{
	uint64_t number;

	assert_int_equal(sizeof(number), getrandom(&number, sizeof(number), 0));
	return number % bound;
}

static struct otp_params
random_params(void)
{
	struct otp_params params = {
		.hash = (enum otp_hash)(OTP_SHA1 + random_below(3)),
		.digits = (uint32_t)(OTP_DIGITS_MIN + random_below(3)),
		.secret.len = OTP_SECRET_MIN +
		    random_below(OTP_SECRET_MAX - OTP_SECRET_MIN + 1),
	};

	assert_int_equal(params.secret.len,
	    getrandom(params.secret.bytes, params.secret.len, 0));
	return params;
}

static void
otp_like_oathtool_totp(void **state)
{
	static const uint64_t times[] = {
		0,
		59,
		UINT64_C(2147483647), /* 2038 */
		UINT64_C(2147483648),
		UINT64_C(4294967295), /* 2106 */
		UINT64_C(4294967296),
		UINT64_C(15) << 32, /* a counter of 2^32, with steps of 15 s */
		UINT64_C(1) << 38,
	};

	(void)state;
	for (size_t i = 0; i < 150; i++) {
		struct otp_params params = random_params();
		uint64_t period, time;
		char how[100];

		if (i < 3 * N(times)) {
			params.hash = (enum otp_hash)(OTP_SHA1 + i % 3);
			period = i / 3 % 2 ? OTP_PERIOD_MIN : 30;
			time = times[i / 3];
		} else {
			period = OTP_PERIOD_MIN +
			    random_below(OTP_PERIOD_MAX - OTP_PERIOD_MIN + 1);
			time = random_below(UINT64_C(1) << 36);
		}
		snprintf(how, sizeof(how),
		    "--totp=%s -s %" PRIu64 " -N @%" PRIu64,
		    otp_hash_name(params.hash), period, time);
		like_oathtool(&params, time / period, 21, how);
	}
}

static void
otp_like_oathtool_hotp(void **state)
{
	static const uint64_t counters[] = {
		0,
		UINT32_MAX - 10,
		UINT64_C(1) << 32,
		(UINT64_C(1) << 56) - 5,
		INT64_MAX - UINT64_C(30),
	};

	(void)state;
	for (size_t i = 0; i < 50; i++) {
		struct otp_params params = random_params();
		uint64_t counter = i < N(counters)
		    ? counters[i]
		    : random_below(INT64_MAX - 30);
		char how[100];

		params.hash = OTP_SHA1; /* oathtool knows no other HOTP */
		snprintf(how, sizeof(how), "--hotp -c %" PRIu64, counter);
		like_oathtool(&params, counter, 21, how);
	}
}

/*
 * The last counters there are, which oathtool cannot count to.  From Python:
 * hmac.digest(b"12345678901234567890", n.to_bytes(8, "big"), "sha1") for n of
 * 2^64 - 2 and 2^64 - 1, truncated after RFC 4226.
 */
static void
otp_last_counters(void **state)
{
	struct otp_params params = rfc_params(OTP_SHA1, 8);
	char codes[2][OTP_CODE_SIZE];

	(void)state;
	assert_int_equal(0, otp_codes(&params, UINT64_MAX - 1, 2, codes));
	assert_string_equal("89488204", codes[0]);
	assert_string_equal("63094451", codes[1]);
}

static void
otp_bounds(void **state)
{
	static const struct {
		const char *what;
		int hash;
		uint32_t digits;
		size_t secret_len;
		uint64_t first;
		size_t n;
		int expect;
	} rows[] = {
		{ "plain", OTP_SHA1, 6, 20, 0, 3, 0 },
		{ "no codes", OTP_SHA1, 6, 20, UINT64_MAX, 0, 0 },
		{ "shortest secret", OTP_SHA1, 6, 10, 0, 3, 0 },
		{ "the same, SHA-256", OTP_SHA256, 6, 10, 0, 3, 0 },
		{ "the same, SHA-512", OTP_SHA512, 6, 10, 0, 3, 0 },
		{ "longest secret", OTP_SHA1, 6, 64, 0, 3, 0 },
		{ "up to the last", OTP_SHA1, 6, 20, UINT64_MAX - 2, 3, 0 },
		{ "wraps", OTP_SHA1, 6, 20, UINT64_MAX - 1, 3, -EINVAL },
		{ "wraps soon", OTP_SHA1, 6, 20, UINT64_MAX, 2, -EINVAL },
		{ "5 digits", OTP_SHA1, 5, 20, 0, 3, -EINVAL },
		{ "9 digits", OTP_SHA1, 9, 20, 0, 3, -EINVAL },
		{ "no digits", OTP_SHA1, 0, 20, 0, 3, -EINVAL },
		{ "secret of 9", OTP_SHA1, 6, 9, 0, 3, -EINVAL },
		{ "no secret", OTP_SHA1, 6, 0, 0, 3, -EINVAL },
		{ "secret of 65", OTP_SHA1, 6, 65, 0, 3, -EINVAL },
		{ "hash 0", 0, 6, 20, 0, 3, -EINVAL },
		{ "hash 4", 4, 6, 20, 0, 3, -EINVAL },
	};
	static const char zero[3][OTP_CODE_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct otp_params params = {
			.hash = (enum otp_hash)rows[i].hash,
			.digits = rows[i].digits,
			.secret.len = rows[i].secret_len,
		};
		char codes[4][OTP_CODE_SIZE];
		size_t n = rows[i].n;

		print_message("  %s\n", rows[i].what);
		memset(codes, 'x', sizeof(codes));
		assert_int_equal(rows[i].expect,
		    otp_codes(&params, rows[i].first, n, codes));
		if (rows[i].expect != 0)
			assert_memory_equal(zero, codes, n * OTP_CODE_SIZE);
		else
			for (size_t c = 0; c < n; c++)
				assert_int_equal(params.digits,
				    strlen(codes[c]));
		assert_memory_equal("xxxxxxxxx", codes[n], OTP_CODE_SIZE);
	}
}

/* No provider is left: nothing is given away, not even an OpenSSL error. */
static void
otp_crypto_fails(void **state)
{
	struct otp_params params = rfc_params(OTP_SHA1, 6);
	static const char zero[2][OTP_CODE_SIZE];
	char codes[2][OTP_CODE_SIZE] = { "287082", "359152" };

	(void)state;
	ERR_clear_error();
	assert_int_equal(1, EVP_set_default_properties(NULL, "provider=none"));
	assert_int_equal(-EIO, otp_codes(&params, 1, 2, codes));
	assert_int_equal(1, EVP_set_default_properties(NULL, ""));
	assert_memory_equal(zero, codes, sizeof(codes));
	assert_int_equal(0, ERR_peek_error());
	assert_int_equal(0, otp_codes(&params, 1, 2, codes));
	assert_string_equal("359152", codes[1]);
}

static void
otp_names(void **state)
{
	static const struct {
		const char *name;
		int hash;
	} rows[] = {
		{ "SHA1", OTP_SHA1 }, { "SHA256", OTP_SHA256 },
		{ "SHA512", OTP_SHA512 }, { "sha1", OTP_SHA1 },
		{ "Sha256", OTP_SHA256 }, { "sHA512", OTP_SHA512 }, { "", 0 },
		{ "SHA", 0 }, { "SHA10", 0 }, { "SHA25", 0 }, { "SHA2567", 0 },
		{ "SHA-1", 0 }, { "SHA384", 0 }, { "MD5", 0 }, { " SHA1", 0 },
		{ "SHA1 ", 0 },
		{ "SHA\x11", 0 }, /* '1' but for the bit of the case */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(rows[i].hash, otp_hash_parse(rows[i].name));
	assert_string_equal("SHA1", otp_hash_name(OTP_SHA1));
	assert_string_equal("SHA256", otp_hash_name(OTP_SHA256));
	assert_string_equal("SHA512", otp_hash_name(OTP_SHA512));
	assert_null(otp_hash_name((enum otp_hash)0));
	assert_null(otp_hash_name((enum otp_hash)4));
	assert_int_equal(20, otp_secret_len(OTP_SHA1));
	assert_int_equal(32, otp_secret_len(OTP_SHA256));
	assert_int_equal(64, otp_secret_len(OTP_SHA512));
	assert_int_equal(0, otp_secret_len((enum otp_hash)0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(otp_rfc4226),
		cmocka_unit_test(otp_rfc6238),
		cmocka_unit_test(otp_keeps_zeros),
		cmocka_unit_test(otp_like_oathtool_totp),
		cmocka_unit_test(otp_like_oathtool_hotp),
		cmocka_unit_test(otp_last_counters),
		cmocka_unit_test(otp_bounds),
		cmocka_unit_test(otp_crypto_fails),
		cmocka_unit_test(otp_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
