/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/conf_text.h"
#include "common/policy.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define S16 "0123456789abcdef"
#define S64 S16 S16 S16 S16

static char told[4096];     /* line: what */
static const char *example; /* the path of pam_otp.conf */

/* A configuration, from text instead of a file. */
struct source {
	struct conf conf;
	char *text;
};

static void
tell(void *arg, const char *file, unsigned int line, const char *what)
{
	size_t len = strlen(told);

	(void)arg;
	assert_string_equal("f", file);
	snprintf(told + len, sizeof(told) - len, "%u: %s\n", line, what);
}

static void
source_open(struct source *src, const char *text)
{
	struct conf_faults faults = { .fault = tell };

	told[0] = '\0';
	*src = (struct source){ .text = strdup(text) };
	assert_non_null(src->text);
	assert_int_equal(0,
	    conf_text_read(&src->conf, "f", src->text, strlen(text), &faults));
	assert_string_equal("", told);
}

static void
source_close(struct source *src)
{
	for (size_t i = 0; i < src->conf.n; i++)
		free(src->conf.section[i].entry);
	free(src->conf.section);
	free(src->text);
}

static void
assert_zero(const struct policy *policy)
{
	static const struct policy zero;

	assert_memory_equal(&zero, policy, sizeof(zero));
}

/* What holds under a faultless text. */
static struct policy
apply(const char *text, const char *service, const char *scenario)
{
	const struct policy_facts facts = { service, scenario };
	struct policy base, policy;
	struct source src;
	int r;

	source_open(&src, text);
	r = policy_check(&src.conf, tell, NULL, &base);
	assert_string_equal("", told);
	assert_int_equal(0, r);
	memset(&policy, 0xff, sizeof(policy));
	assert_int_equal(0, policy_apply(&src.conf, &base, &facts, &policy));
	source_close(&src);
	return policy;
}

static void
defaults(void **state)
{
	static const char *const texts[] = { "", "[default]\n", "[store]\n",
		"[other]\ntries = 9\n", "[other]\nservice = su\ntries = 9\n" };

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct policy pol = apply(texts[i], "sshd", NULL);

		assert_string_equal("default", pol.scenario);
		assert_int_equal(METHOD_TOTP | METHOD_HOTP | METHOD_RECOVERY,
		    pol.methods);
		assert_int_equal(UNENROLLED_ALLOW, pol.unenrolled);
		assert_int_equal(SELF_ENROLL_OPEN, pol.self_enroll);
		assert_true(pol.self_lock);
		assert_false(pol.exempt);
		assert_false(pol.echo);
		assert_int_equal(3, pol.tries);
		assert_int_equal(1, pol.window);
		assert_string_equal("Verification code: ", pol.prompt);
		assert_string_equal("", pol.issuer);
		assert_int_equal(5, pol.throttle.wait_after);
		assert_int_equal(30, pol.throttle.wait_first);
		assert_int_equal(3600, pol.throttle.wait_max);
		assert_int_equal(20, pol.throttle.off_after);
		assert_int_equal(50, pol.throttle.budget);
	}
}

static void
every_key(void **state)
{
	struct policy pol = apply("[default]\n"
				  "methods = recovery\thotp\n"
				  "unenrolled = deny\n"
				  "self-enroll = off\n"
				  "self-lock = no\n"
				  "exempt = yes\n"
				  "tries = 10\n"
				  "window = 0\n"
				  "prompt = Gr\xc3\xbc\xc3\x9f = # Gott?\n"
				  "echo = yes\n"
				  "issuer = Example, Inc.\n"
				  "wait-after = 1\n"
				  "wait-first = 600\n"
				  "wait-max = 600\n"
				  "off-after = 50\n"
				  "budget = 10\n",
	    "sshd", NULL);

	(void)state;
	assert_string_equal("default", pol.scenario);
	assert_int_equal(METHOD_HOTP | METHOD_RECOVERY, pol.methods);
	assert_int_equal(UNENROLLED_DENY, pol.unenrolled);
	assert_int_equal(SELF_ENROLL_OFF, pol.self_enroll);
	assert_false(pol.self_lock);
	assert_true(pol.exempt);
	assert_true(pol.echo);
	assert_int_equal(10, pol.tries);
	assert_int_equal(0, pol.window);
	assert_string_equal("Gr\xc3\xbc\xc3\x9f = # Gott? ", pol.prompt);
	assert_string_equal("Example, Inc.", pol.issuer);
	assert_int_equal(1, pol.throttle.wait_after);
	assert_int_equal(600, pol.throttle.wait_first);
	assert_int_equal(600, pol.throttle.wait_max);
	assert_int_equal(50, pol.throttle.off_after);
	assert_int_equal(10, pol.throttle.budget);
}

static void
stores(void **state)
{
	static const struct {
		const char *text, *path, *key;
	} rows[] = {
		{ "", "/var/lib/pam_otp", "/etc/security/pam_otp.key" },
		{ "[store]\n", "/var/lib/pam_otp",
		    "/etc/security/pam_otp.key" },
		{ "[store]\nkey = /k\n", "/var/lib/pam_otp", "/k" },
		{ "[x]\ntries = 1\n[store]\nkey = /k\npath = /srv/otp store\n",
		    "/srv/otp store", "/k" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy_store store;
		struct policy base;
		struct source src;

		source_open(&src, rows[i].text);
		assert_int_equal(0, policy_check(&src.conf, tell, NULL, &base));
		policy_store(&src.conf, &store);
		assert_string_equal(rows[i].path, store.path);
		assert_string_equal(rows[i].key, store.key);
		source_close(&src);
	}
}

/* One "key = value" in [default], or where it belongs, and what is told. */
static void
values(void **state)
{
#define NUMBER(min, max) "must be a number from " #min " to " #max "\n"
#define SET                                                                    \
	"must be one or more of: totp, hotp, recovery, each once, with "       \
	"blanks between\n"
#define TEXT(min, max)                                                         \
	"must be " #min " to " #max " bytes of UTF-8 without control "         \
	"characters\n"
#define NAMES                                                                  \
	"must be names of PAM services, in lower case, with blanks between\n"
	static const struct {
		const char *section, *key, *value;
		const char *must; /* NULL: is a good one */
	} rows[] = {
		{ "default", "tries", "1", NULL },
		{ "default", "tries", "10", NULL },
		{ "default", "tries", "0", NUMBER(1, 10) },
		{ "default", "tries", "11", NUMBER(1, 10) },
		{ "default", "tries", "", NUMBER(1, 10) },
		{ "default", "tries", "+3", NUMBER(1, 10) },
		{ "default", "tries", "-3", NUMBER(1, 10) },
		{ "default", "tries", "03", NUMBER(1, 10) },
		{ "default", "tries", "3x", NUMBER(1, 10) },
		{ "default", "tries", "3 ;", NUMBER(1, 10) },
		{ "default", "tries", "0x3", NUMBER(1, 10) },
		{ "default", "tries", "3.0", NUMBER(1, 10) },
		{ "default", "tries", "4294967299", NUMBER(1, 10) },
		{ "default", "tries", "18446744073709551619", NUMBER(1, 10) },
		{ "default", "window", "0", NULL },
		{ "default", "window", "2", NULL },
		{ "default", "window", "3", NUMBER(0, 2) },
		{ "default", "window", "00", NUMBER(0, 2) },
		{ "default", "wait-after", "10", NULL },
		{ "default", "wait-after", "0", NUMBER(1, 10) },
		{ "default", "wait-after", "11", NUMBER(1, 10) },
		{ "default", "wait-first", "10", NULL },
		{ "default", "wait-first", "600", NULL },
		{ "default", "wait-first", "9", NUMBER(10, 600) },
		{ "default", "wait-first", "601", NUMBER(10, 600) },
		{ "default", "wait-max", "60", NULL },
		{ "default", "wait-max", "86400", NULL },
		{ "default", "wait-max", "59", NUMBER(60, 86400) },
		{ "default", "wait-max", "86401", NUMBER(60, 86400) },
		{ "default", "off-after", "6", NULL },
		{ "default", "off-after", "50", NULL },
		{ "default", "off-after", "2", NUMBER(3, 50) },
		{ "default", "off-after", "51", NUMBER(3, 50) },
		{ "default", "budget", "10", NULL },
		{ "default", "budget", "100", NULL },
		{ "default", "budget", "9", NUMBER(10, 100) },
		{ "default", "budget", "101", NUMBER(10, 100) },
		{ "default", "exempt", "no", NULL },
		{ "default", "exempt", "Yes", "must be one of: no, yes\n" },
		{ "default", "exempt", "true", "must be one of: no, yes\n" },
		{ "default", "exempt", "1", "must be one of: no, yes\n" },
		{ "default", "exempt", "", "must be one of: no, yes\n" },
		{ "default", "exempt", "y", "must be one of: no, yes\n" },
		{ "default", "exempt", "no, yes", "must be one of: no, yes\n" },
		{ "default", "echo", "off", "must be one of: no, yes\n" },
		{ "default", "unenrolled", "deny", NULL },
		{ "default", "unenrolled", "maybe",
		    "must be one of: deny, allow\n" },
		{ "default", "unenrolled", "deny allow",
		    "must be one of: deny, allow\n" },
		{ "default", "self-enroll", "ticket", NULL },
		{ "default", "self-enroll", "yes",
		    "must be one of: off, ticket, open, auto\n" },
		{ "default", "self-lock", "ticket",
		    "must be one of: no, yes\n" },
		{ "default", "methods", "hotp", NULL },
		{ "default", "methods", "", SET },
		{ "default", "methods", "totp,hotp", SET },
		{ "default", "methods", "totp sms", SET },
		{ "default", "methods", "totp totp", SET },
		{ "default", "methods", "TOTP", SET },
		{ "default", "methods", "tot", SET },
		{ "default", "prompt", "", TEXT(1, 128) },
		{ "default", "prompt", S64 S64, NULL },
		{ "default", "prompt", S64 S64 "x", TEXT(1, 128) },
		{ "default", "prompt", "a\tb", TEXT(1, 128) },
		/* UTF-8: ends of every length, then what is none. */
		{ "default", "prompt", "\xc2\xa0\xdf\xbf", NULL },
		{ "default", "prompt", "\xe0\xa0\x80\xef\xbf\xbf", NULL },
		{ "default", "prompt", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
		    NULL },
		{ "default", "prompt", "\xed\x9f\xbf\xee\x80\x80", NULL },
		{ "default", "prompt", "\x80", TEXT(1, 128) },
		{ "default", "prompt", "\xc3", TEXT(1, 128) },
		{ "default", "prompt", "\xc3(", TEXT(1, 128) },
		{ "default", "prompt",
		    "\xc3"
		    "A",
		    TEXT(1, 128) },
		{ "default", "prompt", "\xc3\xc3", TEXT(1, 128) },
		{ "default", "prompt", "\xe2\x82", TEXT(1, 128) },
		{ "default", "prompt", "\xf0\x90\x80", TEXT(1, 128) },
		{ "default", "prompt", "\xc0\xaf", TEXT(1, 128) },
		{ "default", "prompt", "\xc1\xbf", TEXT(1, 128) },
		{ "default", "prompt", "\xe0\x9f\xbf", TEXT(1, 128) },
		{ "default", "prompt", "\xf0\x8f\xbf\xbf", TEXT(1, 128) },
		{ "default", "prompt", "\xed\xa0\x80", TEXT(1, 128) },
		{ "default", "prompt", "\xed\xbf\xbf", TEXT(1, 128) },
		{ "default", "prompt", "\xf4\x90\x80\x80", TEXT(1, 128) },
		{ "default", "prompt", "\xf5\x80\x80\x80", TEXT(1, 128) },
		{ "default", "prompt", "\xff", TEXT(1, 128) },
		{ "default", "prompt",
		    "\xc2\x9b"
		    "2J",
		    TEXT(1, 128) },
		{ "default", "issuer", "", NULL },
		{ "default", "issuer", S64, NULL },
		{ "default", "issuer", S64 "x", TEXT(0, 64) },
		{ "store", "path", "/", "must be an absolute path\n" },
		{ "store", "path", "", "must be an absolute path\n" },
		{ "store", "path", "var", "must be an absolute path\n" },
		{ "store", "path", "~/otp", "must be an absolute path\n" },
		{ "store", "key", "/a\tb", "must be an absolute path\n" },
		{ "store", "key", "/a", NULL },
		{ "x", "service", "sshd", NULL },
		{ "x", "service", "sshd su-l\tsystemd-user", NULL },
		{ "x", "service", "", NAMES },
		{ "x", "service", "sshd,su", NAMES },
		{ "x", "service", "SSHD", NAMES },
		{ "x", "service", "\"sshd\"", NAMES },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[512], expect[512] = "";
		struct policy base;
		struct source src;
		int r;

		snprintf(text, sizeof(text), "[%s]\n%s = %s\n", rows[i].section,
		    rows[i].key, rows[i].value);
		if (rows[i].must)
			snprintf(expect, sizeof(expect), "2: %s = %.128s: %s",
			    rows[i].key, rows[i].value, rows[i].must);
		source_open(&src, text);
		r = policy_check(&src.conf, tell, NULL, &base);
		assert_string_equal(expect, told);
		assert_int_equal(rows[i].must ? -EINVAL : 0, r);
		source_close(&src);
	}
}

/* Whole texts, and all that is told of them. */
static void
faults(void **state)
{
	static const struct {
		const char *text, *expect;
	} rows[] = {
		{ "[default]\ntires = 3\n", "2: unknown key tires\n" },
		{ "[default]\nservice = su\n",
		    "2: service cannot stand in [default], only in a section "
		    "of another name\n" },
		{ "[store]\nservice = su\n",
		    "2: service cannot stand in [store], only in a section of "
		    "another name\n" },
		{ "[store]\ntries = 3\n",
		    "2: tries cannot stand in [store], only in [default] or a "
		    "section of another name\n" },
		{ "[default]\npath = /x\n",
		    "2: path cannot stand in [default], only in [store]\n" },
		{ "[x]\nkey = /x\n",
		    "2: key cannot stand in [x], only in [store]\n" },
		/* Also where nobody ever comes, and all of them. */
		{ "[x]\ntries = 0\nfoo =\n[y]\nservice = su\nwindow = 9\n",
		    "2: tries = 0: must be a number from 1 to 10\n"
		    "3: unknown key foo\n"
		    "6: window = 9: must be a number from 0 to 2\n" },

		/* Numbers that depend on others. */
		{ "[default]\nwait-first = 600\nwait-max = 600\n", "" },
		{ "[default]\nwait-first = 600\nwait-max = 599\n",
		    "3: wait-max is 599: must be 600 or more here, as "
		    "wait-first is 600\n" },
		{ "[default]\nwait-after = 5\noff-after = 6\n", "" },
		{ "[default]\noff-after = 5\n",
		    "2: off-after is 5: must be 6 or more here, as "
		    "wait-after is 5\n" },
		{ "[default]\noff-after = 4\nwait-after = 4\n",
		    "2: off-after is 4: must be 5 or more here, as "
		    "wait-after is 4\n" },
		/* A scenario on top of [default], wherever that stands. */
		{ "[x]\nwait-first = 61\n[default]\nwait-max = 60\n",
		    "2: wait-max is 60: must be 61 or more here, as "
		    "wait-first is 61\n" },
		{ "[default]\nwait-after = 10\n[x]\nservice = su\n"
		  "off-after = 10\n",
		    "5: off-after is 10: must be 11 or more here, as "
		    "wait-after is 10\n" },
		/* It may mend what it needs; nothing is told twice. */
		{ "[default]\nwait-max = 60\n[x]\nwait-first = 61\n"
		  "wait-max = 61\n[y]\ntries = 1\n",
		    "" },
		{ "[default]\noff-after = 3\n[x]\ntries = 1\n",
		    "2: off-after is 3: must be 6 or more here, as "
		    "wait-after is 5\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy base;
		struct source src;
		int r;

		source_open(&src, rows[i].text);
		r = policy_check(&src.conf, tell, NULL, &base);
		assert_string_equal(rows[i].expect, told);
		assert_int_equal(rows[i].expect[0] ? -EINVAL : 0, r);
		if (r < 0)
			assert_zero(&base);
		source_close(&src);
	}
}

#define LAYERS                                                                 \
	"[alone]\ntries = 9\nexempt = yes\n"                                   \
	"[remote]\nservice = sshd\ntries = 2\nwindow = 2\n"                    \
	"[default]\ntries = 4\nissuer = All\n"                                 \
	"[two]\nservice = su sshd\tlogin\ntries = 1\n"                         \
	"[last]\nservice = login\nissuer = Last\n"

static void
layers(void **state)
{
	static const struct {
		const char *service, *scenario;
		const char *expect;
		uint32_t tries, window;
		const char *issuer;
	} rows[] = {
		{ NULL, NULL, "default", 4, 1, "All" },
		{ "", NULL, "default", 4, 1, "All" },
		{ "sudo", NULL, "default", 4, 1, "All" },
		{ "sshd", NULL, "two", 1, 2, "All" },
		{ "su", NULL, "two", 1, 1, "All" },
		{ "login", NULL, "last", 1, 1, "Last" },
		/* Exactly, or not at all. */
		{ "SSHD", NULL, "default", 4, 1, "All" },
		{ "ssh", NULL, "default", 4, 1, "All" },
		{ "sshd2", NULL, "default", 4, 1, "All" },
		{ "su sshd", NULL, "default", 4, 1, "All" },
		/* The one alone, whatever it matches. */
		{ "sshd", "alone", "alone", 9, 1, "All" },
		{ NULL, "remote", "remote", 2, 2, "All" },
		{ "su", "remote", "remote", 2, 2, "All" },
		{ "sshd", "last", "last", 4, 1, "Last" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol =
		    apply(LAYERS, rows[i].service, rows[i].scenario);

		assert_string_equal(rows[i].expect, pol.scenario);
		assert_int_equal(rows[i].tries, pol.tries);
		assert_int_equal(rows[i].window, pol.window);
		assert_string_equal(rows[i].issuer, pol.issuer);
		assert_int_equal(rows[i].tries == 9,
		    pol.exempt); /* [alone] only */
	}
}

/* Two scenarios, each right, that do not go together: the lower is lifted. */
static void
lifted(void **state)
{
	struct policy pol = apply("[a]\nservice = su\nwait-first = 600\n"
				  "wait-after = 10\n"
				  "[b]\nservice = su\nwait-max = 60\n"
				  "off-after = 6\n",
	    "su", NULL);

	(void)state;
	assert_string_equal("b", pol.scenario);
	assert_int_equal(600, pol.throttle.wait_first);
	assert_int_equal(600, pol.throttle.wait_max);
	assert_int_equal(10, pol.throttle.wait_after);
	assert_int_equal(11, pol.throttle.off_after);
}

/* What "auto" is depends on every section, not on those that fit. */
static void
self_enroll(void **state)
{
	static const struct {
		const char *text, *service, *scenario;
		enum policy_self_enroll expect;
	} rows[] = {
		{ "[default]\nunenrolled = allow\n", "sshd", NULL,
		    SELF_ENROLL_OPEN },
		{ "[default]\nself-enroll = auto\n", "sshd", NULL,
		    SELF_ENROLL_OPEN },
		{ "[default]\nunenrolled = deny\n", "sshd", NULL,
		    SELF_ENROLL_TICKET },
		{ "[x]\nservice = sshd\nunenrolled = deny\n", "sshd", NULL,
		    SELF_ENROLL_TICKET },
		{ "[x]\nservice = sshd\nunenrolled = deny\n", "otp-enroll",
		    NULL, SELF_ENROLL_TICKET },
		{ "[a]\ntries = 1\n[x]\nunenrolled = deny\n[z]\ntries = 1\n",
		    "sshd", "a", SELF_ENROLL_TICKET },
		{ "[default]\nunenrolled = deny\n[x]\nservice = sshd\n"
		  "unenrolled = allow\n",
		    "sshd", NULL, SELF_ENROLL_TICKET },
		{ "[x]\nservice = sshd\nunenrolled = deny\n[y]\n"
		  "service = sshd\nunenrolled = allow\n",
		    "sshd", NULL, SELF_ENROLL_TICKET },
		/* What is said is not asked about. */
		{ "[default]\nunenrolled = deny\nself-enroll = open\n", "sshd",
		    NULL, SELF_ENROLL_OPEN },
		{ "[default]\nself-enroll = ticket\n", "sshd", NULL,
		    SELF_ENROLL_TICKET },
		{ "[default]\nself-enroll = off\n", "sshd", NULL,
		    SELF_ENROLL_OFF },
		{ "[default]\nself-enroll = off\n[x]\nservice = otp-enroll\n"
		  "self-enroll = auto\n",
		    "otp-enroll", NULL, SELF_ENROLL_OPEN },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol =
		    apply(rows[i].text, rows[i].service, rows[i].scenario);

		assert_int_equal(rows[i].expect, pol.self_enroll);
	}
}

static void
refused(void **state)
{
	static const struct {
		const char *text, *service, *scenario;
		int expect;
	} rows[] = {
		{ LAYERS, "sshd", "absent", -ENOENT },
		{ LAYERS, "sshd", "default", -ENOENT },
		{ LAYERS "[store]\n", "sshd", "store", -ENOENT },
		{ LAYERS, "sshd", "", -ENOENT },
		{ LAYERS, "sshd", "Alone", -ENOENT },
		{ "", NULL, "absent", -ENOENT },
		/* What policy_check() said of it was not heeded. */
		{ "[default]\ntries = 0\n", "sshd", NULL, -EINVAL },
		{ "[default]\nfoo = 0\n", "sshd", NULL, -EINVAL },
		{ "[default]\nservice = sshd\n", "sshd", NULL, -EINVAL },
		{ "[store]\npath = x\n", "sshd", NULL, -EINVAL },
		{ "[x]\nservice = sshd\ntries = 0\n", "sshd", NULL, -EINVAL },
		{ "[x]\ntries = 0\n", "sshd", "x", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct policy_facts facts = { rows[i].service,
			rows[i].scenario };
		struct policy base, policy;
		struct source src;

		source_open(&src, rows[i].text);
		assert_int_equal(rows[i].expect == -EINVAL ? -EINVAL : 0,
		    policy_check(&src.conf, tell, NULL, &base));
		memset(&policy, 0xff, sizeof(policy));
		assert_int_equal(rows[i].expect,
		    policy_apply(&src.conf, &base, &facts, &policy));
		assert_zero(&policy);
		source_close(&src);
	}
}

static void
prompts_end_in_a_blank(void **state)
{
	char text[512];
	struct policy pol;

	(void)state;
	pol = apply("[default]\nprompt = Code:\n", NULL, NULL);
	assert_string_equal("Code: ", pol.prompt);
	/* 127 bytes: there is just room for it; 128: there is none. */
	snprintf(text, sizeof(text), "[default]\nprompt = %.127s\n", S64 S64);
	pol = apply(text, NULL, NULL);
	assert_int_equal(128, strlen(pol.prompt));
	assert_int_equal(' ', pol.prompt[127]);
	snprintf(text, sizeof(text), "[default]\nprompt = %s\n", S64 S64);
	pol = apply(text, NULL, NULL);
	assert_string_equal(S64 S64, pol.prompt);
}

/* The table is what it documents: every default stands in its own range. */
static void
table(void **state)
{
	struct policy_key_info info;
	size_t n = 0;

	(void)state;
	for (; policy_key(n, &info); n++) {
		bool scenario = strcmp(info.section, "scenario") == 0;
		char text[512];

		assert_true(scenario || strcmp(info.section, "default") == 0 ||
		    strcmp(info.section, "store") == 0);
		assert_true(info.range[0]);
		assert_int_equal('.', info.meaning[strlen(info.meaning) - 1]);
		snprintf(text, sizeof(text), "[%s]\n%s = %s\n", info.section,
		    info.key, scenario ? "sshd" : info.value);
		apply(text, NULL, NULL);
	}
	assert_int_equal(19, n);
	assert_false(policy_key(SIZE_MAX, &info));
}

/* The text of the example, the marks taken off what is no prose. */
static char *
read_example(void)
{
	static char text[65536];
	char line[1024];
	size_t len = 0;
	FILE *file = fopen(example, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		bool prose = strcmp(line, "#\n") == 0 || line[1] == ' ';

		assert_true(line[0] == '#' || strcmp(line, "\n") == 0);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
		    line[0] == '#' && !prose ? line + 1 : line);
		assert_true(len < sizeof(text));
	}
	fclose(file);
	return text;
}

/* It shows every key of the table, with its default, and has no fault. */
static void
example_is_the_table(void **state)
{
	struct policy_key_info info;
	struct policy base;
	struct source src;
	size_t n = 0, i = 0;

	(void)state;
	source_open(&src, read_example());
	assert_int_equal(0, policy_check(&src.conf, tell, NULL, &base));
	for (; policy_key(i, &info); i++) {
		const struct conf_section *sec = &src.conf.section[1];
		size_t j = 0;

		if (strcmp(info.section, "scenario") != 0)
			sec = conf_section(&src.conf, info.section);
		assert_non_null(sec);
		while (j < sec->n && strcmp(sec->entry[j].key, info.key) != 0)
			j++;
		assert_true(j < sec->n);
		if (strcmp(info.section, "scenario") != 0)
			assert_string_equal(info.value, sec->entry[j].value);
	}
	for (size_t j = 0; j < src.conf.n; j++)
		n += src.conf.section[j].n;
	assert_int_equal(n, i); /* and no other */
	source_close(&src);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(stores),
		cmocka_unit_test(values),
		cmocka_unit_test(faults),
		cmocka_unit_test(layers),
		cmocka_unit_test(lifted),
		cmocka_unit_test(self_enroll),
		cmocka_unit_test(refused),
		cmocka_unit_test(prompts_end_in_a_blank),
		cmocka_unit_test(table),
		cmocka_unit_test(example_is_the_table),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test_policy pam_otp.conf\n");
		return 2;
	}
	example = argv[1];
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
