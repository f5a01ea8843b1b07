/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/logline.h"

/* A value stays one word, whatever is in it, and so the line stays one. */
static void
values(void **state)
{
	struct logline line = { 0 };

	(void)state;
	logline_add(&line, "user", "a b");
	logline_add(&line, "service", "s=\\");
	logline_add(&line, "rhost", "\x7f\x80\n\r\t");
	logline_add(&line, "scenario", "");
	logline_add(&line, "method", NULL);
	logline_add(&line, "result", "deny");
	assert_string_equal("user=a\\x20b service=s\\x3d\\x5c "
			    "rhost=\\x7f\\x80\\x0a\\x0d\\x09 scenario=- "
			    "method=- result=deny",
	    line.text);
	assert_int_equal(strlen(line.text), line.len);
}

/* The longest values are cut, so many fit, and what is too much is left out. */
static void
bounds(void **state)
{
	char wild[1000], expect[LOGLINE_SIZE];
	struct logline line = { 0 };
	size_t pair = LOGLINE_KEY + 1 + 4 * LOGLINE_VALUE, len;

	(void)state;
	memset(wild, '\n', sizeof(wild) - 1);
	wild[sizeof(wild) - 1] = '\0';
	len = (size_t)snprintf(expect, sizeof(expect), "123456789=");
	for (size_t i = 0; i < LOGLINE_VALUE; i++)
		len += (size_t)snprintf(expect + len, sizeof(expect) - len,
		    "\\x0a");
	for (size_t i = 0; i < LOGLINE_MOST; i++)
		logline_add(&line, "1234567890", wild);
	assert_int_equal(LOGLINE_MOST * (pair + 1) - 1, line.len);
	assert_int_equal(0, strncmp(expect, line.text, len));
	assert_int_equal(0, strcmp(expect, line.text + line.len - len));
	for (size_t i = 0; i < 3; i++)
		logline_add(&line, "1234567890", wild);
	assert_int_equal(LOGLINE_MOST * (pair + 1) - 1, line.len);
	assert_int_equal(strlen(line.text), line.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
