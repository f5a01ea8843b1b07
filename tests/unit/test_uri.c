/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is expected is written from RFC 3986, RFC 4648 and the key URI format,
 * by hand.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "enroll/uri.h"

/* RFC 4226: the ASCII digits; its base32 is known everywhere. */
#define SECRET "12345678901234567890"
#define BASE32 "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static const struct row {
	const char *what;
	const char *account, *issuer;
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits, period;
	const char *expect;
} rows[] = {
	{ "defaults are left out", "alice@web1", "web1", DEVICE_TOTP, OTP_SHA1,
	    6, 30, "otpauth://totp/alice@web1?secret=" BASE32 "&issuer=web1" },
	{ "algorithm", "a@b", "c", DEVICE_TOTP, OTP_SHA256, 6, 30,
	    "otpauth://totp/a@b?secret=" BASE32 "&issuer=c&algorithm=SHA256" },
	{ "everything", "a@b", "c", DEVICE_TOTP, OTP_SHA512, 8, 60,
	    "otpauth://totp/a@b?secret=" BASE32
	    "&issuer=c&algorithm=SHA512&digits=8&period=60" },
	{ "a counter has no period", "a@b", "c", DEVICE_HOTP, OTP_SHA1, 6, 60,
	    "otpauth://hotp/a@b?secret=" BASE32 "&issuer=c&counter=0" },
	{ "reserved characters", "a/b?c#d", "x&y=z", DEVICE_TOTP, OTP_SHA1, 6,
	    30,
	    "otpauth://totp/a%2Fb%3Fc%23d?secret=" BASE32 "&issuer=x%26y%3Dz" },
	{ "blank, plus, percent, colon", "a b", "+%:", DEVICE_TOTP, OTP_SHA1, 6,
	    30, "otpauth://totp/a%20b?secret=" BASE32 "&issuer=%2B%25%3A" },
	{ "unreserved characters", "A-z_0.9~", "-._~", DEVICE_TOTP, OTP_SHA1, 6,
	    30, "otpauth://totp/A-z_0.9~?secret=" BASE32 "&issuer=-._~" },
	{ "UTF-8", "j\xc3\xbcrg@b", "Caf\xc3\xa9", DEVICE_TOTP, OTP_SHA1, 6, 30,
	    "otpauth://totp/j%C3%BCrg@b?secret=" BASE32 "&issuer=Caf%C3%A9" },
	{ "a long account takes what the issuer leaves",
	    "abcdefghijklmnopqrstuvwxyz0123456789@host", "web1", DEVICE_TOTP,
	    OTP_SHA1, 6, 30,
	    "otpauth://totp/"
	    "abcdefghijklmnopqrstuvwxyz0123456789@ho?secret=" BASE32
	    "&issuer=web1" },
	{ "a long issuer takes what the account leaves", "a@b",
	    "abcdefghijklmnopqrstuvwxyz0123456789-and-more", DEVICE_TOTP,
	    OTP_SHA1, 6, 30,
	    "otpauth://totp/a@b?secret=" BASE32
	    "&issuer=abcdefghijklmnopqrstuvwxyz0123456789-and" },
	{ "two long ones share", "abcdefghijklmnopqrstuvwxyz",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", DEVICE_TOTP, OTP_SHA1, 6, 30,
	    "otpauth://totp/abcdefghijklmnopqrstuv?secret=" BASE32
	    "&issuer=ABCDEFGHIJKLMNOPQRSTU" },
	/* Seven of six bytes are 42: no eighth, and no half of it. */
	{ "cut between characters", "",
	    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6",
	    DEVICE_TOTP, OTP_SHA1, 6, 30,
	    "otpauth://totp/?secret=" BASE32
	    "&issuer=%C3%A4%C3%B6%C3%BC%C3%A4%C3%B6%C3%BC%C3%A4" },
};

static struct otp_params
params(enum otp_hash hash, uint32_t digits)
{
	struct otp_params otp = { .hash = hash, .digits = digits };

	otp.secret.len = strlen(SECRET);
	memcpy(otp.secret.bytes, SECRET, otp.secret.len);
	return otp;
}

static void
is_written(void **state)
{
	char out[URI_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct otp_params otp = params(row->hash, row->digits);
		struct uri uri = { row->account, row->issuer, row->kind, &otp,
			row->period };

		print_message("  %s\n", row->what);
		assert_int_equal(0, uri_write(&uri, out));
		assert_string_equal(row->expect, out);
	}
}

/* The longest that there can be is whole. */
static void
longest_fits(void **state)
{
	struct otp_params otp = params(OTP_SHA512, 8);
	char name[200], out[URI_SIZE];
	struct uri uri = { name, name, DEVICE_TOTP, &otp, OTP_PERIOD_MAX };

	(void)state;
	memset(name, '%', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	otp.secret.len = OTP_SECRET_MAX;
	assert_int_equal(0, uri_write(&uri, out));
	assert_non_null(strstr(out, "&digits=8&period=300"));
}

static void
nothing_is_left_of_what_is_no_device(void **state)
{
	static const char zero[URI_SIZE];
	struct otp_params otp = params(0, 6);
	struct uri uri = { "a", "b", DEVICE_TOTP, &otp, 30 };
	char out[URI_SIZE];

	(void)state;
	memset(out, 'x', sizeof(out));
	assert_int_equal(-EINVAL, uri_write(&uri, out));
	assert_memory_equal(zero, out, sizeof(out));

	otp.hash = OTP_SHA1;
	uri.kind = DEVICE_NONE;
	assert_int_equal(-EINVAL, uri_write(&uri, out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_written),
		cmocka_unit_test(longest_fits),
		cmocka_unit_test(nothing_is_left_of_what_is_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
