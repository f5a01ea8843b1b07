/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder that a test has for itself, and stands in.
 */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[32]; /* its path */

/* Programs are started there, which may not be so in /tmp. */
static inline int
folder_make(mode_t mode)
{
	strcpy(dir, "/var/tmp/pam_otp-unit.XXXXXX");
	return !mkdtemp(dir) || chdir(dir) < 0 || chmod(dir, mode) < 0;
}

static inline int
folder_remove(void)
{
	char command[64];

	snprintf(command, sizeof(command), "exec rm -rf %s", dir);
	return chdir("/") < 0 || system(command);
}

/* The fixtures of tests that need no more. */
static inline int
folder_setup(void **state)
{
	(void)state;
	return folder_make(0755);
}

static inline int
folder_teardown(void **state)
{
	(void)state;
	return folder_remove();
}

static inline void
folder_put(const char *name, const char *text, size_t len, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(len, fwrite(text, 1, len, file));
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(name, mode));
}

#endif
