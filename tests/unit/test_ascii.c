/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/ascii.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define OTHER " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

/* Every byte there is. */
static void
kinds(void **state)
{
	(void)state;
	for (int i = CHAR_MIN; i <= CHAR_MAX; i++) {
		char c = (char)i;
		bool alnum = c != '\0' && strchr(DIGITS SMALL CAPITAL, c);
		const char *capital = c != '\0' ? strchr(CAPITAL, c) : NULL;

		assert_int_equal(alnum, ascii_alnum(c));
		assert_int_equal(alnum || (c != '\0' && strchr(OTHER, c)),
		    ascii_printable(c));
		assert_int_equal(capital ? SMALL[capital - CAPITAL] : c,
		    ascii_lower(c));
	}
}

static void
same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "alice@example.org", "alice@example.org", true },
		{ "Alice@Example.ORG", "aLICE@example.org", true },
		{ "", "", true },
		{ "alice@example.org", "alice@example.or", false },
		{ "alice@example.or", "alice@example.org", false },
		{ "alice@example.org", "blice@example.org", false },
		{ "", "a", false },
		{ "a[", "a{", false }, /* as letters they would be the same */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(rows[i].same,
		    ascii_same(rows[i].a, rows[i].b));
}

/* What is cut, hidden, and filled up. */
static void
words(void **state)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
		{ "", "" },
		{ NULL, "" },
		{ "abc", "abc" },
		{ "abcdefgh", "abcdefg" },
		{ "a b\n\xff~", "a?b??~" },
	};
	char out[8];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char expect[sizeof(out)] = "";

		strcpy(expect, rows[i].word);
		memset(out, 0xa5, sizeof(out));
		assert_ptr_equal(out,
		    ascii_word(rows[i].text, out, sizeof(out)));
		assert_memory_equal(expect, out, sizeof(out));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(same),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
