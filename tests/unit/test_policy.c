/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf_source.h"

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
		assert_int_equal(8, pol.sent.length);
		assert_int_equal(ALPHABET_DIGITS, pol.sent.alphabet);
		assert_string_equal("", pol.sent.prefix);
		assert_int_equal(10, pol.sent.minutes);
		assert_int_equal(3, pol.sent.tries);
		assert_int_equal(60, pol.sent.resend_after);
		assert_int_equal(3, pol.sent.resend_max);
		assert_false(pol.sent.confirm);
		assert_int_equal(NOTIFY_CHANGES, pol.notify);
		assert_int_equal(0, pol.channels);
		assert_int_equal(0, pol.elsewhere);
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
				  "budget = 10\n"
				  "code-length = 25\n"
				  "code-alphabet = both\n"
				  "code-prefix = ssh-\n"
				  "code-ttl = 60\n"
				  "code-tries = 1\n"
				  "resend-after = 3600\n"
				  "resend-max = 10\n"
				  "confirm-address = yes\n"
				  "notify = all\n",
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
	assert_int_equal(25, pol.sent.length);
	assert_int_equal(ALPHABET_BOTH, pol.sent.alphabet);
	assert_string_equal("ssh-", pol.sent.prefix);
	assert_int_equal(60, pol.sent.minutes);
	assert_int_equal(1, pol.sent.tries);
	assert_int_equal(3600, pol.sent.resend_after);
	assert_int_equal(10, pol.sent.resend_max);
	assert_true(pol.sent.confirm);
	assert_int_equal(NOTIFY_ALL, pol.notify);
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
		{ LAYERS "[email]\n", "sshd", "email", -ENOENT },
		{ LAYERS "[send]\n", "sshd", "send", -ENOENT },
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(layers),
		cmocka_unit_test(lifted),
		cmocka_unit_test(self_enroll),
		cmocka_unit_test(refused),
		cmocka_unit_test(prompts_end_in_a_blank),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
