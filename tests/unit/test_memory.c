/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where memory ends while OpenSSL sets itself up: an error, and never a crash
 * of the host.  It does that once in a process, so every try has one of its
 * own.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "common/store.h"

#include "folder.h"

/* More than its default context needs, which is some fifty. */
#define TRIES 200

static char path[64], key[64], other[64], other_key[64];
static long calls, bad; /* the call that fails, counted from 1 */

static void *
take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return ++calls == bad ? NULL : malloc(size);
}

static void *
retake(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return ++calls == bad ? NULL : realloc(old, size);
}

static void
give(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

static int
opens(void)
{
	struct store *store;
	int r = store_open(path, key, &store);

	store_close(&store);
	return r;
}

static int
makes(void)
{
	return store_init(other, other_key);
}

/* What "try" gives in a process of its own, where call "n" fails. */
static int
outcome(int (*try)(void), long n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL); /* not cmocka's */
		/* Its texts of errors come first: some 1500 calls. */
		ERR_set_mark();
		ERR_pop_to_mark();
		calls = 0;
		bad = n;
		/* Nothing of the tests or of OpenSSL runs at this end. */
		_exit(-try());
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	if (!WIFEXITED(status))
		fail_msg("signal %d where call %ld failed", WTERMSIG(status),
		    n);
	return -WEXITSTATUS(status);
}

static void
no_memory(void **state)
{
	(void)state;
	for (long n = 1; n <= TRIES; n++) {
		int r = outcome(opens, n);

		assert_true(r == 0 || r == -ENOMEM || r == -EIO);
		r = outcome(makes, n);
		assert_true(
		    r == 0 || r == -EEXIST || r == -ENOMEM || r == -EIO);
	}
	assert_int_equal(-ENOMEM, outcome(opens, 1));
	assert_int_equal(-ENOMEM, outcome(makes, 1));
	assert_int_equal(0, outcome(opens, 0));
}

static int
make_store(void)
{
	return store_init(path, key);
}

static int
set_up(void **state)
{
	(void)state;
	if (CRYPTO_set_mem_functions(take, retake, give) != 1 ||
	    folder_make(0700) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/store", dir);
	snprintf(key, sizeof(key), "%s/key", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	snprintf(other_key, sizeof(other_key), "%s/other-key", dir);
	return outcome(make_store, 0);
}

static int
tear_down(void **state)
{
	(void)state;
	return folder_remove();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_memory) };

	return cmocka_run_group_tests_name("memory", tests, set_up, tear_down);
}
