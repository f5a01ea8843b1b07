/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/deadline.h"
#include "common/stream.h"

static int
pair(void **state)
{
	static int fds[2];

	*state = fds;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

static int
unpair(void **state)
{
	int *fds = *state;

	close(fds[0]);
	close(fds[1]);
	return 0;
}

/* Up to the last byte that there is room for, and not one more. */
static void
whole(void **state)
{
	const int *fds = *state;
	char text[8];
	size_t len;

	assert_int_equal(0, stream_send(fds[0], "abc", 3, deadline_in(5)));
	assert_int_equal(0, stream_send(fds[0], "defgh", 5, deadline_in(5)));
	assert_int_equal(0, shutdown(fds[0], SHUT_WR));
	assert_int_equal(0,
	    stream_receive(fds[1], text, sizeof(text), &len, deadline_in(5)));
	assert_int_equal(8, len);
	assert_memory_equal("abcdefgh", text, 8);
}

static void
too_much(void **state)
{
	const int *fds = *state;
	char text[8];
	size_t len;

	assert_int_equal(0,
	    stream_send(fds[0], "abcdefghi", 9, deadline_in(5)));
	assert_int_equal(-EMSGSIZE,
	    stream_receive(fds[1], text, sizeof(text), &len, deadline_in(5)));
}

static void
nothing(void **state)
{
	const int *fds = *state;
	char text[8];
	size_t len = 99;

	assert_int_equal(0, shutdown(fds[0], SHUT_WR));
	assert_int_equal(0,
	    stream_receive(fds[1], text, sizeof(text), &len, deadline_in(5)));
	assert_int_equal(0, len);
}

/* Who says half and stays is not waited for, nor is who does not listen. */
static void
late(void **state)
{
	static char much[1 << 20];
	const int *fds = *state;
	const int64_t deadline = deadline_in(1);
	char text[8];
	size_t len;

	assert_true(deadline_left(deadline) > 0);
	assert_int_equal(0, stream_send(fds[0], "abc", 3, deadline));
	assert_int_equal(-ETIME,
	    stream_receive(fds[1], text, sizeof(text), &len, deadline));
	assert_true(deadline_left(deadline) <= 0);
	assert_int_equal(-ETIME,
	    stream_send(fds[1], much, sizeof(much), deadline_in(1)));
}

/* Nobody there is an error, and not a signal. */
static void
gone(void **state)
{
	int *fds = *state;
	char text[8];
	size_t len;

	assert_int_equal(0, stream_send(fds[0], "abc", 3, deadline_in(5)));
	close(fds[1]); /* with three bytes that it did not read */
	assert_int_equal(-EPIPE, stream_send(fds[0], "def", 3, deadline_in(5)));
	assert_int_equal(-ECONNRESET,
	    stream_receive(fds[0], text, sizeof(text), &len, deadline_in(5)));
	fds[1] = dup(fds[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, pair, unpair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole),
		TEST(too_much),
		TEST(nothing),
		TEST(late),
		TEST(gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
