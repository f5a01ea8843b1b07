/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/address.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

#define A16 "aaaaaaaaaaaaaaaa"
#define A63 A16 A16 A16 "aaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16

static void
mail(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "alice@example.org", true },
		{ "a@b", true },
		{ "root@localhost", true },
		{ "Alice.B_%+=-9@EXAMPLE.org", true },
		{ "a-@example.org", true },
		{ "1@2.3", true },
		{ A64 "@example.org", true },
		{ "a@" A63 ".org", true },
		{ "a@" A63 "." A63 "." A63 ".aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    true }, /* 254 */
		{ "a@" A63 "." A63 "." A63 ".aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    false },
		{ A64 "a@example.org", false },
		{ "a@" A64 ".org", false },
		{ "", false },
		{ "@", false },
		{ "alice", false },
		{ "@example.org", false },
		{ "alice@", false },
		{ "a@b@c", false },
		{ ".a@example.org", false },
		{ "a.@example.org", false },
		{ "a..b@example.org", false },
		{ "-a@example.org", false },
		{ "a@.org", false },
		{ "a@example.", false },
		{ "a@example..org", false },
		{ "a@-b.org", false },
		{ "a@b-.org", false },
		{ "a@b_c.org", false },
		{ "a@[127.0.0.1]", false },
		{ " a@example.org", false },
		{ "a@example.org ", false },
		{ "a b@example.org", false },
		{ "a@example.org\n", false },
		{ "a@example.org\r\nRCPT TO:<b@example.org>", false },
		{ "a\r\n@example.org", false },
		{ "<a@example.org>", false },
		{ "a@example.org,b@example.org", false },
		{ "a@example.org;b", false },
		{ "\"a\"@example.org", false },
		{ "a'b@example.org", false },
		{ "a/b@example.org", false },
		{ "a!b@example.org", false },
		{ "a\\b@example.org", false },
		{ "{to}@example.org", false },
		{ "gr\xc3\xbc\xc3\x9f@example.org", false },
		{ "a@gr\xc3\xbc\xc3\x9f.org", false },
		{ "a\x7f@example.org", false },
	};

	char out[ADDRESS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		strcpy(out, "as it was");
		if (address_mail_ok(rows[i].text) != rows[i].ok ||
		    address_read(METHOD_EMAIL, rows[i].text, out) != rows[i].ok)
			fail_msg("%s", rows[i].text);
		assert_string_equal(rows[i].ok ? rows[i].text : "as it was",
		    out);
	}
}

static void
phone(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "+442079460017", true },
		{ "+1234567", true },
		{ "+123456789012345", true },
		{ "+123456", false },
		{ "+1234567890123456", false },
		{ "+0442079460017", false },
		{ "442079460017", false },
		{ "00442079460017", false },
		{ "+44 2079460017", false },
		{ "++442079460017", false },
		{ "+44207946001x", false },
		{ "+442079460017\n", false },
		{ "+", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (address_phone_ok(rows[i].text) != rows[i].ok)
			fail_msg("%s", rows[i].text);
}

static void
phone_as_people_write_it(void **state)
{
	static const struct {
		const char *text, *number; /* NULL: none */
	} rows[] = {
		{ "+44 20 7946 0017", "+442079460017" },
		{ "+44 (20) 7946-0017", "+442079460017" },
		{ "+1.202.555.0117", "+12025550117" },
		{ "0044 20 7946 0017", "+442079460017" },
		{ "(00)44 20 7946 0017", "+442079460017" },
		{ "00 123456789012345", "+123456789012345" },
		{ "+44 (0)20 7946 0017", NULL },
		{ "020 7946 0017", NULL },
		{ "000442079460017", NULL },
		{ "+44 20 7946 0017 ext 3", NULL },
		{ "+1 202 555 0117, +1 202 555 0118", NULL },
		{ "+1234567890123456", NULL },
		{ "00+442079460017", NULL },
		{ "", NULL },
		{ "- . -", NULL },
	};
	char out[ADDRESS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		strcpy(out, "as it was");
		if (address_read(METHOD_SMS, rows[i].text, out) !=
		    (rows[i].number != NULL))
			fail_msg("%s", rows[i].text);
		assert_string_equal(rows[i].number != NULL ? rows[i].number
							   : "as it was",
		    out);
	}
}

/* There are addresses of two kinds, and none of anything else. */
static void
channels(void **state)
{
	static const struct {
		enum policy_method method;
		bool channel, mail, phone;
	} rows[] = {
		{ METHOD_EMAIL, true, true, false },
		{ METHOD_SMS, true, false, true },
		{ 0, false, false, false },
		{ METHOD_TOTP, false, false, false },
		{ METHOD_RECOVERY, false, false, false },
		{ METHODS_SENT, false, false, false },
	};
	char out[ADDRESS_MAX + 1] = "as it was";

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const enum policy_method method = rows[i].method;

		print_message("  %d\n", (int)method);
		assert_int_equal(rows[i].channel, address_channel_ok(method));
		assert_int_equal(rows[i].mail,
		    address_read(method, "alice@example.org", out));
		assert_int_equal(rows[i].phone,
		    address_read(method, "+44 20 7946 0017", out));
	}
	assert_string_equal("+442079460017", out);
}

static void
mask(void **state)
{
	static const struct {
		const char *text, *masked;
	} rows[] = {
		{ "alice@example.org", "a***e@example.org" },
		{ "bob@example.org", "b***b@example.org" },
		{ "al@example.org", "***@example.org" },
		{ "a@example.org", "***@example.org" },
		{ "alice@" A16 A16 A16, "a***e@" A16 A16 A16 },
		{ "alice@" A16 A16 A16 ".org", "a***e@" A16 A16 A16 "..." },
		{ "+442079460017", "+44 *** 17" },
		{ "+12025550117", "+1 *** 17" },
		{ "+78005550135", "+7 *** 35" },
		{ "not an address", "***" },
		{ "x@\033[2J", "***" },
		{ "", "***" },
	};
	char out[ADDRESS_MASKED_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		address_mask(rows[i].text, out);
		assert_string_equal(rows[i].masked, out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail),
		cmocka_unit_test(phone),
		cmocka_unit_test(phone_as_people_write_it),
		cmocka_unit_test(channels),
		cmocka_unit_test(mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
