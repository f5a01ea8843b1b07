/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/template.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct template_value values[] = {
	{ "code", "12345678" },
	{ "user", "alice" },
	{ "odd", "a b&c=\"\\\n{code}\xc3\xbc" },
	{ "none", NULL },
	{ "", NULL },
};

static void
fills(void **state)
{
	static const struct {
		const char *text, *filled; /* NULL: -EINVAL */
		template_escape *escape;
	} rows[] = {
		{ "", "", NULL },
		{ "code {code} of {user}", "code 12345678 of alice", NULL },
		{ "{code}{code}", "1234567812345678", NULL },
		{ "[{none}]", "[]", NULL },
		{ "one\\ntwo\\\\n", "one\ntwo\\n", NULL },
		{ "{{code}", "{code}", NULL },
		{ "{{{user}}", "{alice}", NULL },
		{ "a } b", "a } b", NULL },
		/* A value is not looked at again. */
		{ "{odd}", "a b&c=\"\\\n{code}\xc3\xbc", NULL },
		{ "u={odd}&x", "u=a%20b%26c%3D%22%5C%0A%7Bcode%7D%C3%BC&x",
		    template_form },
		{ "{{\"u\":\"{odd}\"}",
		    "{\"u\":\"a b&c=\\\"\\\\\\u000a{code}\xc3\xbc\"}",
		    template_json },
		{ "{other}", NULL, NULL },
		{ "{cod}", NULL, NULL },
		{ "{codes}", NULL, NULL },
		{ "{CODE}", NULL, NULL },
		{ "{ code}", NULL, NULL },
		{ "{}", NULL, NULL },
		{ "{", NULL, NULL },
		{ "{code", NULL, NULL },
		{ "{{code}{code", NULL, NULL },
		{ "\\", NULL, NULL },
		{ "\\t", NULL, NULL },
		{ "end\\", NULL, NULL },
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		bool ok = rows[i].filled != NULL;

		memset(out, 'x', sizeof(out));
		print_message("  %s\n", rows[i].text);
		assert_int_equal(ok ? 0 : -EINVAL,
		    template_fill(rows[i].text, values, rows[i].escape, out,
			sizeof(out)));
		assert_string_equal(ok ? rows[i].filled : "", out);
		assert_int_equal(ok,
		    template_ok(rows[i].text, "code user odd none"));
	}
}

/* What fits to the byte, and what is one byte too long, leave nothing. */
static void
bounds(void **state)
{
	static const struct {
		const char *text;
		template_escape *escape;
		size_t len;
	} rows[] = {
		{ "{code}", NULL, 8 },
		{ "x{code}x", NULL, 10 },
		{ "\\n", NULL, 1 },
		{ "{{", NULL, 1 },
		{ "{odd}", template_json, 24 },
		{ "{odd}", template_form, 37 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		for (size_t size = 1; size <= rows[i].len + 1; size++) {
			char *out = malloc(size);

			assert_non_null(out);
			assert_int_equal(size > rows[i].len ? 0 : -ENOBUFS,
			    template_fill(rows[i].text, values, rows[i].escape,
				out, size));
			assert_int_equal(size > rows[i].len ? rows[i].len : 0,
			    strlen(out));
			free(out);
		}
}

static void
names(void **state)
{
	static const struct {
		const char *text, *names;
		bool ok;
	} rows[] = {
		{ "plain", "", true },
		{ "{code}", "code", true },
		{ "{minutes}", "code prefix minutes", true },
		{ "{code}", "", false },
		{ "{code}", "prefix minutes", false },
		{ "{code prefix}", "code prefix", false },
		{ "{cod}", "code", false },
		{ "{codec}", "code", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(rows[i].ok,
		    template_ok(rows[i].text, rows[i].names));
}

static void
has(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} rows[] = {
		{ "{code}", true },
		{ "x {user}{code}", true },
		{ "", false },
		{ "code", false },
		{ "{{code}", false },
		{ "{{{code}", true },
		{ "{codes}{cod}", false },
		{ "{user", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(rows[i].has,
		    template_has(rows[i].text, "code"));
}

static void
escapes(void **state)
{
	static const struct {
		template_escape *escape;
		const char *value, *out;
	} rows[] = {
		{ template_form, "", "" },
		{ template_form, "AZaz09-._~", "AZaz09-._~" },
		{ template_form, "+44 20", "%2B44%2020" },
		{ template_form, "\x01\x7f\xff", "%01%7F%FF" },
		{ template_json, "", "" },
		{ template_json, "\"\\/", "\\\"\\\\/" },
		{ template_json, "\x01\t\x1f", "\\u0001\\u0009\\u001f" },
		{ template_json, "\xe2\x82\xac", "\xe2\x82\xac" },
		{ template_json, "\xff\xc3", "\\ufffd\\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t len = strlen(rows[i].out);
		char out[64];

		assert_int_equal(len,
		    rows[i].escape(rows[i].value, out, sizeof(out)));
		assert_string_equal(rows[i].out, out);
	}
	/* Whoever has no room at all has none for the NUL. */
	assert_int_equal(-1, template_form("", (char[1]){ 0 }, 0));
	assert_int_equal(-1, template_json("", (char[1]){ 0 }, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills),
		cmocka_unit_test(bounds),
		cmocka_unit_test(names),
		cmocka_unit_test(has),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
