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

#include "common/contact.h"
#include "common/contact_file.h"
#include "common/deadline.h"
#include "common/deliver.h"

#include "folder.h"
#include "passwd.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOBODY 65534
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A256 A64 A64 A64 A64
#define A1024 A256 A256 A256 A256

static char told[8192];

/* In sources and in what is told, "@" at the beginning is the directory. */
static void
tell(void *arg, const char *what)
{
	size_t len = strlen(told);
	const char *at = strstr(what, dir);

	(void)arg;
	snprintf(told + len, sizeof(told) - len, "%.*s%s\n",
	    at != NULL ? (int)(at - what) : 0, what,
	    at != NULL ? at + strlen(dir) : what);
}

static int
setup(void **state)
{
	(void)state;
	told[0] = '\0';
	return folder_make(0755);
}

static void
put(const char *name, const char *text)
{
	folder_put(name, text, strlen(text), 0644);
}

/* What is asked where a test does not say otherwise; "%" is the directory. */
struct question {
	const char *sources, *account;
	enum policy_method method;
	bool local;
	struct record rec;
};

/* The addresses that are found, with blanks between. */
static const char *
find(const struct question *question)
{
	static char found[CONTACT_MAX * (ADDRESS_MAX + 1)];
	static char sources[2048], program[128];
	const struct policy_delivery policy = {
		.send = { program, "", "", 5 },
		.email.sources = sources,
		.sms.sources = sources,
		.ldap = { "", "" },
	};
	const struct contact_ask ask = { &policy,
		question->method != 0 ? question->method : METHOD_EMAIL,
		question->account != NULL ? question->account : "alice",
		&question->rec, question->local, deadline_in(5), tell, NULL };
	struct contact contact[CONTACT_MAX];
	char *out = sources;
	size_t n;

	for (const char *at = question->sources; *at != '\0'; at++)
		out += sprintf(out, *at == '%' ? "%s" : "%.1s",
		    *at == '%' ? dir : at);
	snprintf(program, sizeof(program), "%s/program", dir);
	*out = '\0';
	told[0] = '\0';
	memset(contact, 0xa5, sizeof(contact));
	n = contact_find(&ask, contact);
	assert_true(n <= CONTACT_MAX);
	found[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ask.method, contact[i].method);
		sprintf(found + strlen(found), "%s%s", i > 0 ? " " : "",
		    contact[i].address);
	}
	return found;
}

static void
records(void **state)
{
	struct question question = { .sources = "record",
		.rec = { .email = "alice@example.org",
		    .phone = "+442079460017" } };

	(void)state;
	assert_string_equal("alice@example.org", find(&question));
	question.method = METHOD_SMS;
	assert_string_equal("+442079460017", find(&question));
	question.local = true;
	assert_string_equal("+442079460017", find(&question));
	question.rec = (struct record){ 0 };
	assert_string_equal("", find(&question));
	assert_string_equal("", told);
}

static const char people[] = "# name email phone\n"
			     "\n"
			     "bob bob@example.org +12025550117\n"
			     "  alice\talice@example.org   +44-20-7946-0017  \n"
			     "alice second@example.org +442079460018\n"
			     "carol - -\n"
			     "dave nowhere 12\n"
			     "broken broken@example.org\n"
			     "broken broken@example.org - more\n"
			     "al al@example.org -\n"
			     "erin erin@example.org -";

static void
files(void **state)
{
	static const struct {
		const char *account;
		enum policy_method method;
		const char *found, *told;
	} rows[] = {
		{ "alice", METHOD_EMAIL, "alice@example.org", "" },
		{ "alice", METHOD_SMS, "+442079460017", "" },
		{ "bob", METHOD_EMAIL, "bob@example.org", "" },
		{ "carol", METHOD_EMAIL, "", "" },
		{ "carol", METHOD_SMS, "", "" },
		{ "dave", METHOD_EMAIL, "",
		    "file:/f: line 7: this is no address of mail\n" },
		{ "dave", METHOD_SMS, "",
		    "file:/f: line 7: this is no number\n" },
		{ "al", METHOD_EMAIL, "al@example.org",
		    "file:/f: line 8: not of the form: name email phone\n"
		    "file:/f: line 9: not of the form: name email phone\n" },
		{ "erin", METHOD_EMAIL, "erin@example.org",
		    "file:/f: line 8: not of the form: name email phone\n"
		    "file:/f: line 9: not of the form: name email phone\n" },
		{ "ALICE", METHOD_EMAIL, "",
		    "file:/f: line 8: not of the form: name email phone\n"
		    "file:/f: line 9: not of the form: name email phone\n" },
		{ "#", METHOD_EMAIL, "",
		    "file:/f: line 8: not of the form: name email phone\n"
		    "file:/f: line 9: not of the form: name email phone\n" },
	};

	(void)state;
	put("f", people);
	for (size_t i = 0; i < N(rows); i++) {
		struct question question = { .sources = "file:%/f",
			.account = rows[i].account,
			.method = rows[i].method,
			.local = true };

		print_message("  %s\n", rows[i].account);
		assert_string_equal(rows[i].found, find(&question));
		assert_string_equal(rows[i].told, told);
	}
}

/* What may not be believed is not, and is told of. */
static void
files_refused(void **state)
{
	static const struct {
		const char *prepare, *told;
	} rows[] = {
		{ "true", "is not there" },
		{ "mkdir f", "is not a regular file" },
		{ "mkfifo f", "is not a regular file" },
		{ "cp g h; ln -s h f",
		    "is a symbolic link: put the file itself there" },
		{ "cp g f; chmod 0664 f",
		    "can be written by others than its owner: use chmod "
		    "go-w" },
		{ "cp g f; chmod 0646 f",
		    "can be written by others than its owner: use chmod "
		    "go-w" },
		{ "yes '#' | head -c 1048577 >f", "longer than 1 MiB" },
	};
	const struct question question = { .sources = "file:%/f" };
	char expect[256];

	(void)state;
	put("g", people);
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].prepare);
		assert_int_equal(0, system(rows[i].prepare));
		assert_string_equal("", find(&question));
		snprintf(expect, sizeof(expect), "file:/f: %s\n", rows[i].told);
		assert_string_equal(expect, told);
		assert_int_equal(0, system("rm -rf f"));
	}
	if (geteuid() != 0) {
		print_message("only root can give files away\n");
		return;
	}
	assert_int_equal(0, system("cp g f"));
	assert_int_equal(0, chown("f", NOBODY, 0));
	assert_string_equal("", find(&question));
	assert_string_equal("file:/f: must belong to root\n", told);
}

/* Lines as long as may be, across every boundary of what is read at once. */
static void
long_files(void **state)
{
	const struct question question = { .sources = "file:%/f" };
	FILE *file = fopen("f", "w");

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 5000; i++)
		fprintf(file, "user%d user%d@example.org -%*s\n", i, i, i % 97,
		    "");
	fprintf(file, "alice alice@example.org -%*s\n", 999, "");
	fclose(file);
	assert_string_equal("alice@example.org", find(&question));
	assert_string_equal("", told);

	put("f", "a" A1024 " x -\nalice alice@example.org -\n");
	assert_string_equal("alice@example.org", find(&question));
	assert_string_equal("file:/f: line 1: longer than 1024 bytes, or has a "
			    "NUL byte in it\n",
	    told);
	put("f", "alice " A256 "@example.org -\n");
	assert_string_equal("", find(&question));
	assert_string_equal(
	    "file:/f: line 1: not of the form: name email phone\n", told);
	folder_put("f", "alice a@example.org\0 -\n", 23, 0644);
	assert_string_equal("", find(&question));
	assert_string_equal("file:/f: line 1: longer than 1024 bytes, or has a "
			    "NUL byte in it\n",
	    told);
	put("f", "");
	assert_string_equal("", find(&question));
	assert_string_equal("", told);
}

/* Of another kind of file the log is not to have every line at each login. */
static void
faulty_files(void **state)
{
	const struct question question = { .sources = "file:%/f" };
	FILE *file = fopen("f", "w");

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 5000; i++)
		fprintf(file, "user%d,user%d@example.org\n", i, i);
	fprintf(file, "alice alice@example.org -\n");
	fclose(file);
	assert_string_equal("alice@example.org", find(&question));
	assert_string_equal(
	    "file:/f: line 1: not of the form: name email phone\n"
	    "file:/f: line 2: not of the form: name email phone\n"
	    "file:/f: line 3: not of the form: name email phone\n"
	    "file:/f: and more lines are none\n",
	    told);
}

/* The first that knows any ends it. */
static void
order(void **state)
{
	static const struct {
		const char *sources, *found, *told;
	} rows[] = {
		{ "record file:%/f", "me@example.org", "" },
		{ "file:%/f record", "alice@example.org", "" },
		{ "file:%/none record", "me@example.org",
		    "file:/none: is not there\n" },
		{ "file:%/none file:%/f", "alice@example.org",
		    "file:/none: is not there\n" },
		{ "nonsense record", "me@example.org",
		    "nonsense: this is no source of addresses\n" },
		{ "", "", "" },
	};

	(void)state;
	put("f", people);
	for (size_t i = 0; i < N(rows); i++) {
		const struct question question = { .sources = rows[i].sources,
			.rec = { .email = "me@example.org" } };

		assert_string_equal(rows[i].found, find(&question));
		assert_string_equal(rows[i].told, told);
	}
}

/* A program in the place of the delivery program. */
static void
put_program(const char *script)
{
	char text[1024];

	snprintf(text, sizeof(text), "#!/bin/sh\ncat >%s/request\n%s\n", dir,
	    script);
	put("program.new", text);
	assert_int_equal(0, chmod("program.new", 0755));
	assert_int_equal(0, rename("program.new", "program"));
}

static void
programs(void **state)
{
	static const struct {
		const char *script, *found, *told;
		enum policy_method method;
	} rows[] = {
		{ "echo ok alice@example.org", "alice@example.org", "", 0 },
		{ "echo ok a@b c@d A@B e@f g@h i@j", "a@b c@d e@f g@h", "", 0 },
		{ "echo ok '+44 20'", "", "", 0 },
		{ "echo ok junk a@b", "a@b", "", 0 },
		{ "echo ok 0044-20-7946-0017", "+442079460017", "",
		    METHOD_SMS },
		{ "echo ok a@b", "", "", METHOD_SMS },
		{ "echo ok", "", "", 0 },
		{ "echo failed the directory is down", "",
		    "exec:/find: the directory is down\n", 0 },
		{ "exit 1", "",
		    "exec:/find: the delivery program said nothing that can "
		    "be understood\n",
		    0 },
	};
	char request[1024] = "", account[258];
	struct question question = { .sources = "exec:%/find" };
	FILE *file;

	(void)state;
	assert_int_equal(0, chmod(dir, 0777)); /* the program is not root's */
	for (size_t i = 0; i < N(rows); i++) {
		question.method = rows[i].method;
		print_message("  %s\n", rows[i].script);
		put_program(rows[i].script);
		assert_string_equal(rows[i].found, find(&question));
		assert_string_equal(rows[i].told, told);
	}
	/* What it was asked. */
	file = fopen("request", "r");
	assert_non_null(file);
	assert_true(fread(request, 1, sizeof(request) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(request, "kind=3\n"));
	assert_non_null(strstr(request, "account=alice\n"));
	assert_non_null(strstr(request, "channel=8\n"));
	/* One that is too long could be somebody else's if it were cut. */
	assert_int_equal(0, unlink("request"));
	put_program("echo ok a@b");
	memset(account, 'x', sizeof(account) - 1);
	account[sizeof(account) - 1] = '\0';
	question.account = account;
	question.method = METHOD_EMAIL;
	assert_string_equal("", find(&question));
	assert_string_equal("exec:/find: the account's name is too long\n",
	    told);
	assert_int_equal(-1, access("request", F_OK));
	question.account = account + 1;
	assert_string_equal("a@b", find(&question));
	assert_int_equal(0, unlink("request"));
	/* Not where only what is here is asked. */
	question.local = true;
	assert_string_equal("", find(&question));
	assert_int_equal(-1, access("request", F_OK));
}

static int
make_users(void **state)
{
	static const char lines[] = DELIVER_USER
	    ":x:64998:64998::/:/bin/false\n"
	    "test-four:x:64901:64901:A,+1 202 555 0117,+44 20 7946 0017,"
	    "(+44) 20 7946-0018,+12025550118:/:/bin/false\n"
	    "test-mail:x:64902:64902:A, a@example.org,,,b@example.org:/:/x\n"
	    "test-only:x:64903:64903:a@example.org:/:/x\n"
	    "test-name:x:64904:64904:Anna <a@example.org>:/:/x\n"
	    "test-none:x:64905:64905::/:/x\n";

	(void)state;
	return geteuid() == 0 ? passwd_add(lines) : 0;
}

/* What finger(1) and chfn(1) hold the fields for. */
static void
gecos(void **state)
{
	static const struct {
		const char *account, *mail, *phone;
	} rows[] = {
		{ "test-four", "", "+442079460017 +442079460018" },
		{ "test-mail", "a@example.org b@example.org", "" },
		{ "test-only", "a@example.org", "" },
		{ "test-name", "", "" },
		{ "test-none", "", "" },
		{ "test-absent", "", "" },
	};

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can make users\n");
		skip();
	}
	for (size_t i = 0; i < N(rows); i++) {
		struct question question = { .sources = "gecos",
			.account = rows[i].account };

		assert_string_equal(rows[i].mail, find(&question));
		question.method = METHOD_SMS;
		assert_string_equal(rows[i].phone, find(&question));
		assert_string_equal("", told);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(records),
		TEST(files),
		TEST(files_refused),
		TEST(long_files),
		TEST(faulty_files),
		TEST(order),
		TEST(programs),
		TEST(gecos),
	};

	return cmocka_run_group_tests(tests, make_users, NULL);
}
