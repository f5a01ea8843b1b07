/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/sources.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define LDAP                                                                   \
	"ldaps://ldap.example.org/ou=People,dc=example,dc=org?mail?sub?(uid={" \
	"user})"

static void
kinds(void **state)
{
	static const struct {
		const char *word;
		enum source_kind kind;
		const char *path;
	} rows[] = {
		{ "record", SOURCE_RECORD, NULL },
		{ "gecos", SOURCE_GECOS, NULL },
		{ "file:/etc/otp/mail", SOURCE_FILE, "/etc/otp/mail" },
		{ "exec:/usr/bin/who-is", SOURCE_EXEC, "/usr/bin/who-is" },
		{ LDAP, SOURCE_LDAP, NULL },
		{ "ldaps://[::1]:636/dc=x?mail?sub?(|(uid={user})(cn={user}))",
		    SOURCE_LDAP, NULL },
		{ "ldap://localhost/{user}?mail", SOURCE_LDAP, NULL },
		{ "ldap://127.0.0.1:389/{user}?mail", SOURCE_LDAP, NULL },
		{ "ldap://h/{user}?mail", SOURCE_NONE, NULL }, /* in clear */
		{ "ldaps://h/{user}", SOURCE_NONE, NULL },
		{ "ldaps://h/{user}?", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x??sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x?*?sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x?mail,*?sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x?mail,+?sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/{user}?+", SOURCE_NONE, NULL },
		{ "ldaps://h/{user}?,", SOURCE_NONE, NULL },
		{ "ldaps://h/{user}?2.5.4.20;lang-en", SOURCE_LDAP, NULL },
		{ "ldaps://h/dc=x?%2a?sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x?mail?sub?(&(uid={user})(mail=*@x))",
		    SOURCE_LDAP, NULL },
		{ "ldaps://h/dc=x?mail,email?sub?(uid={user})", SOURCE_LDAP,
		    NULL },
		{ "Record", SOURCE_NONE, NULL },
		{ "records", SOURCE_NONE, NULL },
		{ "record,gecos", SOURCE_NONE, NULL },
		{ "file:", SOURCE_NONE, NULL },
		{ "file:/", SOURCE_NONE, NULL },
		{ "file:etc", SOURCE_NONE, NULL },
		{ "file://etc", SOURCE_FILE, "//etc" },
		{ "/etc/mail", SOURCE_NONE, NULL },
		{ "exec:psql", SOURCE_NONE, NULL },
		{ "exec:~/x", SOURCE_NONE, NULL },
		{ "EXEC:/x", SOURCE_NONE, NULL },
		{ "ldaps:///dc=x?mail?sub?(uid={user})", SOURCE_NONE, NULL },
		{ "ldaps://h/dc=x?mail?sub?(uid=joe)", SOURCE_NONE, NULL },
		{ "ldaps://h/(uid={user})({name})", SOURCE_NONE, NULL },
		{ "ldaps://h/{user", SOURCE_NONE, NULL },
		{ "ldaps://h?{user}", SOURCE_NONE, NULL },
		{ "ldaps://{user}/", SOURCE_NONE, NULL },
		{ "ldaps://cn=a:b@h/{user}", SOURCE_NONE, NULL },
		{ "ldapi://h/{user}", SOURCE_NONE, NULL },
		{ "https://h/{user}", SOURCE_NONE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const char *at = rows[i].word;
		struct source source;
		char both[512];

		print_message("  %s\n", rows[i].word);
		assert_true(sources_next(&at, &source));
		assert_int_equal(rows[i].kind, source.kind);
		assert_string_equal(rows[i].word, source.text);
		if (rows[i].path)
			assert_string_equal(rows[i].path, source.path);
		else
			assert_null(source.path);
		assert_false(sources_next(&at, &source));

		assert_int_equal(rows[i].kind != SOURCE_NONE,
		    sources_ok(rows[i].word));
		snprintf(both, sizeof(both), "record\t %s", rows[i].word);
		assert_int_equal(rows[i].kind != SOURCE_NONE, sources_ok(both));
		assert_int_equal(rows[i].kind > SOURCE_RECORD,
		    sources_elsewhere(both));
	}
}

/* In order, and none is left out. */
static void
lists(void **state)
{
	const char *at = "  exec:/a\tfile:/b   record gecos ";
	static const enum source_kind kinds[] = { SOURCE_EXEC, SOURCE_FILE,
		SOURCE_RECORD, SOURCE_GECOS };
	struct source source;

	(void)state;
	for (size_t i = 0; i < N(kinds); i++) {
		assert_true(sources_next(&at, &source));
		assert_int_equal(kinds[i], source.kind);
	}
	assert_false(sources_next(&at, &source));
	assert_false(sources_ok(""));
	assert_false(sources_ok(" \t"));
	assert_false(sources_elsewhere(""));
	assert_false(sources_elsewhere("record"));
}

/* One that is too long is none: it is not cut. */
static void
bounds(void **state)
{
	char word[POLICY_SOURCE_MAX + 2];
	struct source source;
	const char *at = word;

	(void)state;
	memset(word, 'x', sizeof(word));
	memcpy(word, "file:/", 6);
	word[POLICY_SOURCE_MAX + 1] = '\0';
	assert_true(sources_next(&at, &source));
	assert_int_equal(SOURCE_NONE, source.kind);
	word[POLICY_SOURCE_MAX] = '\0';
	at = word;
	assert_true(sources_next(&at, &source));
	assert_int_equal(SOURCE_FILE, source.kind);
	assert_string_equal(word, source.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(lists),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
