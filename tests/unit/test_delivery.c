/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/delivery.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct delivery mail = {
	.kind = DELIVERY_MAIL,
	.seconds = 10,
	.later = true,
	.source = "ldap://ldap.example.org/ou=people?mail?sub?(uid={user})",
	.account = "alice",
	.server = "smtp://mail.example.org",
	.to = "alice@example.org",
	.from = "login@example.org",
	.user = "login",
	.password = "a=b c\\n",
	.ca_file = "/etc/ca.pem",
	.client_cert = "/etc/cert.pem",
	.client_key = "/etc/key.pem",
	.helo = "host.example.org",
	.subject = "A code",
	.text = "gr\xc3\xbc\xc3\x9f\n\n\t\"{code}\" \\n\n",
	.method = "POST",
	.format = "json",
	.auth = "basic",
	.body = "{{\"to\":\"{to}\"}",
	.expect_status = "200-299",
	.expect_reply = "ok",
};

static void
both_ways(void **state)
{
	char text[DELIVERY_REQUEST_MAX];
	struct delivery got;
	size_t len;

	(void)state;
	memset(&got, 0xa5, sizeof(got));
	assert_int_equal(0, delivery_write(&mail, text, &len));
	assert_int_equal(0, delivery_read(text, len, &got));
	assert_memory_equal(&mail, &got, sizeof(got));
}

/* Every place of it full. */
static void
fullest(void **state)
{
	struct delivery most = { .kind = DELIVERY_LOOKUP,
		.seconds = 999,
		.later = true },
			got;
	char text[DELIVERY_REQUEST_MAX];
	size_t len;

	(void)state;
#define FILL(member) memset(most.member, '~', sizeof(most.member) - 1)
	FILL(source);
	FILL(account);
	FILL(server);
	FILL(to);
	FILL(from);
	FILL(user);
	FILL(password);
	FILL(ca_file);
	FILL(client_cert);
	FILL(client_key);
	FILL(helo);
	FILL(subject);
	FILL(text);
	FILL(method);
	FILL(format);
	FILL(auth);
	FILL(body);
	FILL(expect_status);
	FILL(expect_reply);
#undef FILL
	assert_int_equal(0, delivery_write(&most, text, &len));
	assert_int_equal(0, delivery_read(text, len, &got));
	assert_memory_equal(&most, &got, sizeof(got));
}

/* What cannot be carried is refused, and leaves no password behind. */
static void
not_written(void **state)
{
	static const char zero[DELIVERY_REQUEST_MAX];
	struct delivery row[3] = { mail, mail, mail };
	char text[DELIVERY_REQUEST_MAX];
	size_t len;

	(void)state;
	strcpy(row[0].to, "a@b\nRCPT TO:<c@d>");
	strcpy(row[1].subject, "two\nlines");
	row[2].seconds = 1000;
	for (size_t i = 0; i < N(row); i++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(-EINVAL, delivery_write(&row[i], text, &len));
		assert_memory_equal(zero, text, sizeof(text));
	}
}

static void
from_outside(void **state)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
		{ "kind=1\n", 0 },
		{ "kind=3\nsource=exec:/x\n", 0 },
		{ "kind=1\ntext=Zm9v\n", 0 },
		{ "", -EBADMSG },
		{ "seconds=1\n", -EBADMSG },
		{ "kind=0\n", -EBADMSG },
		{ "kind=4\n", -EBADMSG },
		{ "kind=1", -EBADMSG },
		{ "kind=1\nkind=1\n", -EBADMSG },
		{ "kind=1\nother=1\n", -EBADMSG },
		{ "kind=1\npassword=secret\nother=1\n", -EBADMSG },
		{ "kind=1\nmethod=12345678\n", -EBADMSG },
		{ "kind=1\nseconds=1000\n", -EBADMSG },
		{ "kind=1\ntext=foo\n", -EBADMSG },
		{ "kind=1\ntext=\n", -EBADMSG },
		{ "kind=1\ntext=AAAA\n", -EBADMSG },
		{ "kind=1\ntext=ZgBv\n", -EBADMSG },
		{ "kind=1\ntext=Zm9v\ntext=Zm9v\n", -EBADMSG },
	};
	static const struct delivery zero;
	struct delivery got;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  row %zu\n", i);
		memset(&got, 0xa5, sizeof(got));
		assert_int_equal(rows[i].error,
		    delivery_read(rows[i].text, strlen(rows[i].text), &got));
		if (rows[i].error < 0)
			assert_memory_equal(&zero, &got, sizeof(got));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(fullest),
		cmocka_unit_test(not_written),
		cmocka_unit_test(from_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
