/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "enroll/page.h"

static void
lines_break(void **state)
{
	static const struct {
		const char *what, *text, *line[4];
	} rows[] = {
		{ "nothing", "", { NULL } },
		{ "as long as the line", "0123456789", { "0123456789" } },
		{ "words", "one two three", { "one two", "three" } },
		{ "a blank at the edge", "0123456789 x",
		    { "0123456789", "x" } },
		{ "a long word", "0123456789abc", { "0123456789", "abc" } },
		{ "a long word after another", "a 0123456789ab",
		    { "a", "0123456789", "ab" } },
		{ "what moves the cursor", "a\033[2Jb\n\xc2\x9b[m",
		    { "a?[2Jb???[m" } },
		{ "characters, not bytes", "\u00e4\u00f6\u00fc456789\u20ac x",
		    { "\u00e4\u00f6\u00fc456789\u20ac", "x" } },
	};
	static struct page page;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("  %s\n", rows[i].what);
		page_begin(&page, 10);
		page_text(&page, rows[i].text);
		for (size_t j = 0; j < 4 && rows[i].line[j] != NULL; j++)
			assert_string_equal(rows[i].line[j], page.line[j]);
		assert_true(page.n == 4 || rows[i].line[page.n] == NULL);
		assert_false(page.overflow);
	}
}

static void
gaps_are_between(void **state)
{
	static struct page page;

	(void)state;
	page_begin(&page, 10);
	page_gap(&page);
	assert_int_equal(0, page.n);
	page_text(&page, "x");
	page_gap(&page);
	page_text(&page, "y");
	assert_int_equal(3, page.n);
	assert_string_equal("", page.line[1]);
}

static void
bounds_hold(void **state)
{
	static struct page page;
	static char text[PAGE_LINES * PAGE_WIDTH_MAX + 100];

	(void)state;
	page_begin(&page, 1);
	assert_int_equal(PAGE_WIDTH_MIN, page.width);
	page_begin(&page, 10000);
	assert_int_equal(PAGE_WIDTH_MAX, page.width);

	memset(text, 'x', sizeof(text) - 1);
	page_text(&page, text);
	assert_int_equal(PAGE_LINES, page.n);
	assert_true(page.overflow);
	page_begin(&page, 20);
	assert_false(page.overflow);

	/* What is not UTF-8 takes no more than its room either. */
	memset(text, '\x80', sizeof(text) - 1);
	page_text(&page, text);
	assert_true(page.n > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_break),
		cmocka_unit_test(gaps_are_between),
		cmocka_unit_test(bounds_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
