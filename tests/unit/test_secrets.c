/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/secrets.h"

#include "folder.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOBODY 65534
#define P16 "0123456789abcdef"
#define P128 P16 P16 P16 P16 P16 P16 P16 P16
#define P512 P128 P128 P128 P128

static char told[4096];

static void
tell(void *arg, const char *file, unsigned int line, const char *what)
{
	size_t len = strlen(told);

	(void)arg;
	(void)file;
	snprintf(told + len, sizeof(told) - len, "%u: %s\n", line, what);
}

static void
put(const char *name, const char *text, mode_t mode)
{
	folder_put(name, text, strlen(text), mode);
}

/* Read it; what fails leaves nothing. */
static int
run(struct secrets *secrets)
{
	static const struct secrets zero;
	int r;

	told[0] = '\0';
	memset(secrets, 0xa5, sizeof(*secrets));
	r = secrets_read("s", tell, NULL, secrets);
	if (r < 0)
		assert_memory_equal(&zero, secrets, sizeof(zero));
	return r;
}

static void
reads(void **state)
{
	struct secrets secrets;

	(void)state;
	assert_int_equal(0, run(&secrets)); /* no file: no passwords */
	assert_string_equal("", secrets.email);
	put("s",
	    "[email]\npassword = a # b=\"c\"\n[ldap]\npassword=" P512
	    "\n[sms]\n",
	    0600);
	assert_int_equal(0, run(&secrets));
	assert_string_equal("a # b=\"c\"", secrets.email);
	assert_string_equal(P512, secrets.ldap);
	assert_string_equal("", secrets.sms);
	assert_string_equal("", told);
	/* Drop-ins are for what all may read. */
	assert_int_equal(0, mkdir("s.d", 0755));
	put("s.d/a.conf", "[sms]\npassword = x\n", 0600);
	assert_int_equal(0, run(&secrets));
	assert_string_equal("", secrets.sms);
}

/* Whatever is wrong is told, all at once, and never with what is secret. */
static void
faults(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{ "[mail]\npassword = hunter2\n",
		    "1: there is no section [mail]: use [email], [sms] or "
		    "[ldap]\n" },
		{ "[email]\npasswort = hunter2\npassword = hunter2\n",
		    "2: the only key is password\n" },
		{ "[email]\nhunter2 =\nhunter3==\n",
		    "2: the only key is password\n"
		    "3: the only key is password\n" },
		{ "[email]\npassword hunter2\n[sms]\npassword = x\n",
		    "2: neither a section header nor key = value\n" },
		{ "[email]\npassword = hunter2\npassword = hunter3\n",
		    "3: password is given twice in [email], first in line "
		    "2\n" },
		{ "[email]\npassword = hunter\t2\n",
		    "2: a password has no tabs in it\n" },
		{ "[sms]\npassword = " P512 "x\n[x]\n",
		    "2: a password has at most 512 bytes\n"
		    "3: there is no section [x]: use [email], [sms] or "
		    "[ldap]\n" },
	};
	struct secrets secrets;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		put("s", rows[i].text, 0600);
		assert_int_equal(-EINVAL, run(&secrets));
		assert_string_equal(rows[i].told, told);
	}
}

static void
modes(void **state)
{
	static const struct {
		mode_t mode;
		int error;
	} rows[] = {
		{ 0600, 0 },
		{ 0400, 0 },
		{ 0604, -EPERM },
		{ 0602, -EPERM },
		{ 0601, -EPERM },
		{ 0620, -EPERM },
		{ 0644, -EPERM },
		{ 0666, -EPERM },
	};
	struct secrets secrets;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		put("s", "[sms]\npassword = x\n", 0600);
		assert_int_equal(0, chmod("s", rows[i].mode));
		assert_int_equal(rows[i].error, run(&secrets));
		assert_int_equal(rows[i].error == 0, told[0] == '\0');
		assert_int_equal(0, unlink("s"));
	}
	put("other", "[sms]\npassword = x\n", 0600);
	assert_int_equal(0, symlink("other", "s"));
	assert_int_equal(-EINVAL, run(&secrets));
	assert_string_equal(
	    "0: is a symbolic link: put the file itself there\n", told);
}

/* Groups and owners that root alone can play. */
static void
groups(void **state)
{
	struct secrets secrets;

	(void)state;
	put("s", "[sms]\npassword = x\n", 0640);
	if (geteuid() != 0) {
		if (getegid() == 0)
			fail_msg("root's group without root");
		assert_int_equal(-EPERM, run(&secrets));
		print_message("only root can give files away\n");
		skip();
	}
	assert_int_equal(0, run(&secrets)); /* root's group */
	assert_int_equal(0, chown("s", 0, NOBODY));
	assert_int_equal(-EPERM, run(&secrets));
	assert_int_equal(0, chmod("s", 0600));
	assert_int_equal(0, run(&secrets)); /* which may not read it */
	assert_int_equal(0, chown("s", NOBODY, 0));
	assert_int_equal(-EPERM, run(&secrets));
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(reads),
		TEST(faults),
		TEST(modes),
		TEST(groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
