/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "enroll/json.h"

/* What JSON (RFC 8259) and UTF-8 (RFC 3629) say of these bytes. */
static const struct row {
	const char *what, *text, *json, *tame;
} rows[] = {
	{ "plain", "phone", "\"phone\"", "phone" },
	{ "nothing", "", "\"\"", "" },
	{ "quote, backslash", "a\"b\\c", "\"a\\u0022b\\u005cc\"", "a\"b\\c" },
	{ "control", "a\033[1mb\n\x7f", "\"a\\u001b[1mb\\u000a\\u007f\"",
	    "a?[1mb??" },
	{ "two bytes", "\xc3\xbc", "\"\xc3\xbc\"", "\xc3\xbc" },
	{ "three", "\xe2\x82\xac", "\"\xe2\x82\xac\"", "\xe2\x82\xac" },
	{ "four", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"",
	    "\xf0\x9f\x98\x80" },
	{ "CSI in one character",
	    "\xc2\x9b"
	    "1m",
	    "\"\\u009b1m\"", "??1m" },
	{ "the last of C1, and no more", "\xc2\x9f\xc2\xa0",
	    "\"\\u009f\xc2\xa0\"", "??\xc2\xa0" },
	{ "from right to left", "\xe2\x80\xaex", "\"\xe2\x80\xaex\"", "???x" },
	{ "Latin-1", "\xfc!", "\"\\ufffd!\"", "?!" },
	{ "cut off", "\xe2\x82", "\"\\ufffd\\ufffd\"", "??" },
	{ "overlong", "\xc0\xaf", "\"\\ufffd\\ufffd\"", "??" },
	{ "overlong, three", "\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\"",
	    "???" },
	{ "surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"", "???" },
	{ "last before the surrogates", "\xed\x9f\xbf", "\"\xed\x9f\xbf\"",
	    "\xed\x9f\xbf" },
	{ "overlong, four", "\xf0\x8f\xbf\xbf",
	    "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", "????" },
	{ "the last of all", "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"",
	    "\xf4\x8f\xbf\xbf" },
	{ "beyond it", "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"",
	    "????" },
};

static void
text_is_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char tame[32] = "", *text = NULL;
		size_t size;
		struct json json = { .out = open_memstream(&text, &size) };

		print_message("  %s\n", rows[i].what);
		json_text(&json, NULL, rows[i].text);
		fclose(json.out);
		assert_string_equal(rows[i].json, text);
		free(text);

		memcpy(tame, rows[i].text, strlen(rows[i].text));
		utf8_tame(tame);
		assert_string_equal(rows[i].tame, tame);
	}
}

static void
values_are_nested(void **state)
{
	char *text = NULL;
	size_t size;
	struct json json = { .out = open_memstream(&text, &size) };

	(void)state;
	json_open(&json, NULL, '{');
	json_open(&json, "none", '[');
	json_close(&json, ']');
	json_open(&json, "some", '[');
	json_number(&json, NULL, 0);
	json_number(&json, NULL, UINT64_MAX);
	json_close(&json, ']');
	json_bool(&json, "yes", true);
	json_close(&json, '}');
	assert_int_equal(0, json_end(&json));
	fclose(json.out);
	assert_string_equal("{\"none\": [], \"some\": [0, "
			    "18446744073709551615], \"yes\": true}\n",
	    text);
	free(text);
}

static void
full_disk_is_told(void **state)
{
	struct json json = { .out = fopen("/dev/full", "w") };

	(void)state;
	assert_non_null(json.out);
	json_bool(&json, NULL, true);
	assert_int_not_equal(0, json_end(&json));
	fclose(json.out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(values_are_nested),
		cmocka_unit_test(full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
