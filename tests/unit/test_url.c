/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/url.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define L63 "0123456789-0123456789-0123456789-0123456789-0123456789-01234567"

static void
good(void **state)
{
	static const struct {
		const char *text, *scheme, *host, *rest;
		unsigned int port;
		bool loopback;
	} rows[] = {
		{ "smtp://mail", "smtp", "mail", "", 0, false },
		{ "smtps://mail.example.org:465", "smtps", "mail.example.org",
		    "", 465, false },
		{ "https://a-b.example/x?y=@z", "https", "a-b.example",
		    "/x?y=@z", 0, false },
		{ "https://a?b", "https", "a", "?b", 0, false },
		{ "https://a/{user}/b", "https", "a", "/{user}/b", 0, false },
		{ "http://" L63 ".example:1/", "http", L63 ".example", "/", 1,
		    false },
		{ "http://a:65535", "http", "a", "", 65535, false },
		{ "http://localhost:8080/", "http", "localhost", "/", 8080,
		    true },
		{ "http://127.0.0.1", "http", "127.0.0.1", "", 0, true },
		{ "http://127.255.3.4:1", "http", "127.255.3.4", "", 1, true },
		{ "http://[::1]:25", "http", "[::1]", "", 25, true },
		{ "http://[2001:db8::1]/", "http", "[2001:db8::1]", "/", 0,
		    false },
		/* What only looks so. */
		{ "http://127.0.0.1.example", "http", "127.0.0.1.example", "",
		    0, false },
		{ "http://127.1", "http", "127.1", "", 0, false },
		{ "http://localhost.example", "http", "localhost.example", "",
		    0, false },
		{ "http://127.0.0.256", "http", "127.0.0.256", "", 0, false },
		{ "http://1.127.0.0", "http", "1.127.0.0", "", 0, false },
		{ "http://[::127.0.0.1]", "http", "[::127.0.0.1]", "", 0,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct url url;

		assert_true(url_read(rows[i].text, &url));
		assert_true(url_is(&url, rows[i].scheme));
		assert_int_equal(strlen(rows[i].host), url.host_len);
		assert_memory_equal(rows[i].host, url.host, url.host_len);
		assert_int_equal(rows[i].port, url.port);
		assert_string_equal(rows[i].rest, url.rest);
		assert_int_equal(rows[i].loopback, url_loopback(&url));
		assert_false(url_is(&url, "ftp"));
		assert_false(url_is(&url, "htt"));
		assert_false(url_is(&url, "httpsx"));
	}
}

static void
bad(void **state)
{
	static const char *const rows[] = { "", "smtp", "smtp:", "smtp:/",
		"smtp://", "://a", "smtp:a", "SMTP://a", " smtp://a",
		"smtp://a ", "smtp://a b", "http://a/ b", "http://a/#b",
		"http://a/\x7f", "http://a/\xc3\xbc", "http://a/\r\nHELO",
		"http://a\tb",
		/* Who is there, hidden in what looks like a host. */
		"http://a@b", "http://user:pass@b/", "http://a:1@b",
		"http://good\\@b/", "http://good#@b/", "http://good%40b/",
		"http://{user}/", "http://a,b", "http://a_b",
		/* Hosts. */
		"http://.a", "http://a.", "http://a..b", "http://-a",
		"http://a-", "http://a-.b", "http://a.-b", "http:///x",
		"http://?", "http://" L63 "8.example",
		/* Addresses. */
		"http://[]", "http://[::1", "http://::1/", "http://[::1]x",
		"http://[::g]", "http://[127.0.0.1]", "http://[fe80::1%eth0]",
		/* Ports. */
		"http://a:", "http://a:/", "http://a:0", "http://a:080",
		"http://a:65536", "http://a:100000", "http://a:-1",
		"http://a:1x" };
	struct url url;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		memset(&url, 7, sizeof(url));
		if (url_read(rows[i], &url))
			fail_msg("%s", rows[i]);
		assert_int_equal(0x07070707, url.port);
	}
}

static void
hosts(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'a', sizeof(name));
	for (size_t i = 60; i < sizeof(name); i += 60)
		name[i] = '.';
	assert_true(url_host_ok(name, 253));
	assert_false(url_host_ok(name, 254));
	assert_false(url_host_ok(name, 0));
	assert_false(url_host_ok("a\0b", 3));
	assert_true(url_host_ok("a\0b", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(hosts),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
