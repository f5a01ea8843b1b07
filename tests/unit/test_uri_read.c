/* SPDX-License-Identifier: BSD-2-Clause */
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
#define URI "otpauth://totp/a@b?secret=" BASE32

static void
is_read(void **state)
{
	static const struct {
		const char *what, *text;
		enum otp_hash hash;
		uint32_t digits, period;
	} rows[] = {
		{ "defaults", URI, OTP_SHA1, 6, 30 },
		{ "everything",
		    URI "&issuer=c&algorithm=SHA512&digits=8&period=60",
		    OTP_SHA512, 8, 60 },
		{ "in another order",
		    "otpauth://totp/x?period=15&digits=7&algorithm=SHA256&"
		    "secret=" BASE32,
		    OTP_SHA256, 7, 15 },
		{ "any case",
		    "OTPAUTH://TOTP/x?SECRET=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&"
		    "Algorithm=sha256",
		    OTP_SHA256, 6, 30 },
		{ "a secret with padding and blanks",
		    "otpauth://totp/x?secret=GEZDGNBV%20GY3TQOJQ%20GEZDGNBV%20"
		    "GY3TQOJQ",
		    OTP_SHA1, 6, 30 },
		{ "a percent that need not be",
		    "otpauth://totp/x?secret=%47EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ"
		    "%51&digits=%38",
		    OTP_SHA1, 8, 30 },
		{ "what an app has added",
		    URI "&image=http%3A%2F%2Fx%2Fy.png&lock=true&flag",
		    OTP_SHA1, 6, 30 },
		{ "the same of those twice", URI "&image=a&image=b", OTP_SHA1,
		    6, 30 },
		{ "nothing between two signs", URI "&&digits=6&", OTP_SHA1, 6,
		    30 },
		{ "no label", "otpauth://totp/?secret=" BASE32, OTP_SHA1, 6,
		    30 },
		{ "a label with a slash", "otpauth://totp/a/b:c?secret=" BASE32,
		    OTP_SHA1, 6, 30 },
		{ "a question mark in a value", URI "&issuer=what?", OTP_SHA1,
		    6, 30 },
		{ "longest period", URI "&period=300", OTP_SHA1, 6, 300 },
		{ "zeros before a number", URI "&digits=008", OTP_SHA1, 8, 30 },
	};
	struct uri_code code;
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("  %s\n", rows[i].what);
		assert_int_equal(0, uri_read(rows[i].text, &code, &why));
		assert_int_equal(rows[i].hash, code.otp.hash);
		assert_int_equal(rows[i].digits, code.otp.digits);
		assert_int_equal(rows[i].period, code.period);
		assert_int_equal(strlen(SECRET), code.otp.secret.len);
		assert_memory_equal(SECRET, code.otp.secret.bytes,
		    strlen(SECRET));
	}
}

static void
is_refused(void **state)
{
	static const struct {
		const char *what, *text, *why;
	} rows[] = {
		{ "nothing", "", "no otpauth URI" },
		{ "another scheme", "https://totp/x?secret=" BASE32,
		    "no otpauth URI" },
		{ "an export of a whole app",
		    "otpauth-migration://offline?data=CjEK", "no otpauth URI" },
		{ "a counter", "otpauth://hotp/x?secret=" BASE32 "&counter=0",
		    "follow a counter (hotp)" },
		{ "a counter, shouted", "otpauth://HOTP/x?secret=" BASE32,
		    "follow a counter (hotp)" },
		{ "another kind", "otpauth://yaotp/x?secret=" BASE32,
		    "not known here" },
		{ "a longer kind", "otpauth://totpx/x?secret=" BASE32,
		    "not known here" },
		{ "no kind", "otpauth:///x?secret=" BASE32, "not known here" },
		{ "no label at all", "otpauth://totp?secret=" BASE32,
		    "not whole" },
		{ "no query", "otpauth://totp/x", "not whole" },
		{ "a slash after the query", "otpauth://totp?secret=a/b",
		    "not whole" },
		{ "no secret", "otpauth://totp/x?digits=6", "no secret" },
		{ "an empty secret", "otpauth://totp/x?secret=", "too short" },
		{ "a secret without a value", "otpauth://totp/x?secret",
		    "was it copied whole" },
		{ "two secrets", URI "&secret=" BASE32, "twice" },
		{ "two secrets in two cases", URI "&SECRET=" BASE32, "twice" },
		{ "two periods", URI "&period=30&period=60", "twice" },
		{ "no base32", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJ1",
		    "no secret" },
		{ "a plus is no blank",
		    "otpauth://totp/x?secret=GEZDGNBV+GY3TQOJQ", "no secret" },
		{ "a short one", "otpauth://totp/x?secret=GEZDGNBVGY3TQ",
		    "too short" },
		{ "md5", URI "&algorithm=MD5", "SHA1, SHA256 and SHA512" },
		{ "no algorithm", URI "&algorithm=", "SHA1, SHA256" },
		{ "five digits", URI "&digits=5", "6, 7 or 8" },
		{ "nine digits", URI "&digits=9", "6, 7 or 8" },
		{ "no digits", URI "&digits=", "6, 7 or 8" },
		{ "digits and more", URI "&digits=6x", "6, 7 or 8" },
		{ "a sign", URI "&digits=%2B6", "6, 7 or 8" },
		{ "digits beyond 32 bits", URI "&digits=4294967302",
		    "6, 7 or 8" },
		{ "no period", URI "&period=0", "15 to 300" },
		{ "a long period", URI "&period=301", "15 to 300" },
		{ "half a percent", URI "&digits=%", "was it copied whole" },
		{ "more of it", URI "&digits=%3", "was it copied whole" },
		{ "no hexadecimal", URI "&digits=%g0", "was it copied whole" },
		{ "a NUL", URI "&digits=6%00", "was it copied whole" },
		{ "a blank", URI " &digits=6", "characters" },
		{ "a control byte", URI "\033", "characters" },
		{ "UTF-8", "otpauth://totp/\xc3\xa4?secret=" BASE32,
		    "characters" },
		{ "a fragment", URI "#x", "characters" },
	};
	static const struct uri_code zero;
	struct uri_code code;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;

		print_message("  %s\n", rows[i].what);
		assert_int_equal(-EINVAL, uri_read(rows[i].text, &code, &why));
		assert_non_null(why);
		if (strstr(why, rows[i].why) == NULL)
			fail_msg("%s", why);
		assert_memory_equal(&zero, &code, sizeof(code));
	}
}

/* The longest that is looked at, and one byte more. */
static void
has_an_end(void **state)
{
	static char text[URI_READ_MAX + 2];
	struct uri_code code;
	const char *why = NULL;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, URI "&image=", strlen(URI "&image="));
	assert_int_equal(-EINVAL, uri_read(text, &code, &why));
	assert_non_null(strstr(why, "too long"));
	text[URI_READ_MAX] = '\0';
	assert_int_equal(0, uri_read(text, &code, &why));

	/* All of it as one value, which no secret fills. */
	memset(text, 'A', URI_READ_MAX);
	memcpy(text, "otpauth://totp/?secret=", 23);
	text[23 + 1600] = '\0';
	assert_int_equal(-EINVAL, uri_read(text, &code, &why));
	assert_non_null(strstr(why, "longer than any"));
}

/* What this program writes, it reads. */
static void
own_are_read(void **state)
{
	static const enum otp_hash hashes[] = { OTP_SHA1, OTP_SHA256,
		OTP_SHA512 };
	char out[URI_SIZE];
	const char *why;

	(void)state;
	for (uint32_t i = 0; i < 3 * 3; i++) {
		struct otp_params otp = { hashes[i % 3], 6 + i / 3,
			{ .len = otp_secret_len(hashes[i % 3]) } };
		struct uri uri = { "a:b&c@d", "Caf\xc3\xa9 %", DEVICE_TOTP,
			&otp, 15 + i * 15 };
		struct uri_code code;

		memset(otp.secret.bytes, (int)(i * 37 + 1), otp.secret.len);
		assert_int_equal(0, uri_write(&uri, out));
		assert_int_equal(0, uri_read(out, &code, &why));
		assert_memory_equal(&otp, &code.otp, sizeof(otp));
		assert_int_equal(uri.period, code.period);
	}
}

static void
bare_secrets(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: refused */
	} rows[] = {
		{ BASE32, 20 },
		{ "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 20 },
		{ "GEZD-GNBV-GY3T-QOJQ", 10 },
		{ "GEZDGNBVGY3TQOJQGA======", 11 },
		{ "GEZDGNBVGY3TQOJQGB", 11 }, /* bits are left over */
		{ "GEZDGNBVGY3TQOJQG", 0 },   /* no such length */
		{ "GEZDGNBVGY3TQ", 0 },
		{ "GEZDGNBVGY3TQOJ0", 0 },
		{ "", 0 },
		{ "123456", 0 },
	};
	struct otp_secret secret;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;
		const int r = uri_secret(rows[i].text, &secret, &why);

		print_message("  %s\n", rows[i].text);
		assert_int_equal(rows[i].len > 0 ? 0 : -EINVAL, r);
		assert_int_equal(rows[i].len, secret.len);
		assert_int_equal(r < 0, why != NULL);
		assert_memory_equal(SECRET, secret.bytes,
		    secret.len < 10 ? 0 : 10);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read),
		cmocka_unit_test(is_refused),
		cmocka_unit_test(has_an_end),
		cmocka_unit_test(own_are_read),
		cmocka_unit_test(bare_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
