/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/duration.h"

static void
as_people_say_it(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} rows[] = {
		{ 0, "0 seconds" },
		{ 1, "1 second" },
		{ 119, "119 seconds" },
		{ 120, "2 minutes" },
		{ 121, "3 minutes" },
		{ 7199, "120 minutes" },
		{ 7200, "2 hours" },
		{ 7201, "3 hours" },
		{ UINT64_MAX, "5124095576030432 hours" },
	};
	char text[DURATION_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(rows[i].text,
		    duration_text(rows[i].seconds, text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_people_say_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
