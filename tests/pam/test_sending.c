/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module where codes are sent: when one is, when none is, and what is said
 * of it.  A program of the tests' takes the place of the one that delivers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "harness.h"
#include "mail.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PROMPT "Verification code: "
#define EMAIL_TOO "[default]\nnotify = none\nmethods = totp recovery email\n"
#define BOTH_TOO "[default]\nnotify = none\nmethods = totp recovery email sms\n"
#define SENT_TO(masked)                                                        \
	"A code was sent to " masked "; it is good for 10 minutes.\n"
#define OR_EMAIL "Type a code, or \"email\" to get one by email.\n"

/* Somebody with an address, or two; and how many messages that took. */
struct person {
	struct world world;
	struct device_info phone;
	char recovery[RECORD_RECOVERY][CODE_RECOVERY_SIZE];
	size_t mails;
};

/* The code that was sent last, for scripts; see arrives(). */
static char sent_code[16];
static size_t sent_number;

/* Happens before an answer: its code is read out of the mail. */
static void
arrives(struct world *world)
{
	mail_code(world, sent_number, sent_code);
}

#define THE_CODE                                                               \
	{                                                                      \
		.text = sent_code, .how = HOW_MEANWHILE                        \
	}

/* With a device, or without; long ago, so that nothing waits any more. */
static void
begin(struct person *person, const char *conf, bool device,
    unsigned int methods)
{
	struct world *world = &person->world;

	*person = (struct person){ .mails = 0 };
	world_make(world, "");
	mail_begin(world, conf);
	world->meanwhile = arrives;
	clock_now = NOW - 7200;
	if (device) {
		person->phone = (struct device_info){ .label = "phone",
			.kind = DEVICE_TOTP,
			.otp = { .hash = OTP_SHA1, .digits = 6 },
			.period = 30 };
		world_enrol(world, &person->phone, false, person->recovery);
	}
	if ((methods & METHOD_EMAIL) != 0)
		mail_confirm(world, METHOD_EMAIL, MAIL_ADDRESS,
		    ++person->mails);
	clock_now += 3600;
	if ((methods & METHOD_SMS) != 0)
		mail_confirm(world, METHOD_SMS, MAIL_PHONE, ++person->mails);
	clock_now = NOW;
	sent_number = person->mails + 1;
	*sent_code = '\0';
}

static void
end(struct person *person)
{
	world_remove(&person->world);
}

/* How many were sent since the addresses were confirmed. */
static size_t
sent(const struct person *person)
{
	return mail_count(&person->world) - person->mails;
}

/* The machine's, which tests do not set. */
static uint64_t
seconds(void)
{
	struct timespec now;

	assert_int_equal(0, clock_gettime(CLOCK_MONOTONIC, &now));
	return (uint64_t)now.tv_sec;
}

/* Prompt "i" has these lines; news may stand between. */
static void
assert_said(const struct world *world, size_t i, const char *line)
{
	if (strstr(prompt(world, i), line) == NULL)
		fail_msg("prompt %zu: \"%s\" is not in \"%s\"", i, line,
		    prompt(world, i));
}

static void
by_word(void **state)
{
	static const char *const words[] = { "email", "EMail", " email \t" };
	struct person person;
	struct delivery mail;

	(void)state;
	for (size_t i = 0; i < LEN(words); i++) {
		begin(&person, EMAIL_TOO, true, METHOD_EMAIL);
		person.world.rhost = "192.0.2.1";
		assert_int_equal(PAM_SUCCESS,
		    SPEAK(&person.world, { .text = words[i] }, THE_CODE));
		assert_said(&person.world, 0, OR_EMAIL);
		assert_said(&person.world, 1, SENT_TO(MAIL_MASKED));
		assert_int_equal(1, sent(&person));
		mail_last(&person.world, 2, &mail);
		assert_int_equal(DELIVERY_MAIL, mail.kind);
		assert_string_equal(MAIL_ADDRESS, mail.to);
		assert_true(logged(&person.world,
		    "rhost=192.0.2.1 scenario=default method=email "
		    "result=sent reason=asked"));
		assert_true(logged(&person.world,
		    "method=email result=accept reason="));
		assert_false(logged(&person.world, MAIL_ADDRESS));
		end(&person);
	}
}

/* The one that was asked for, of two; and it is no other's scenario's. */
static void
by_either_word(void **state)
{
	static const struct {
		const char *word, *masked, *log;
		enum delivery_kind kind;
	} row[] = {
		{ "email", SENT_TO(MAIL_MASKED), "method=email result=sent",
		    DELIVERY_MAIL },
		{ "sms", SENT_TO("+44 *** 17"), "method=sms result=sent",
		    DELIVERY_HTTP },
	};
	struct person person;
	struct delivery mail;

	(void)state;
	for (size_t i = 0; i < LEN(row); i++) {
		begin(&person, BOTH_TOO, true, METHODS_SENT);
		assert_int_equal(PAM_SUCCESS,
		    SPEAK(&person.world, { .text = row[i].word }, THE_CODE));
		assert_said(&person.world, 0,
		    "Type a code, or \"email\" or \"sms\"");
		assert_said(&person.world, 1, row[i].masked);
		assert_true(logged(&person.world, row[i].log));
		mail_last(&person.world, 3, &mail);
		assert_int_equal(row[i].kind, mail.kind);
		end(&person);
	}
}

/* Who has asked for a code may use what they have all the same. */
static void
anything_else_still_works(void **state)
{
	struct person person;
	char code[16];

	(void)state;
	begin(&person, EMAIL_TOO "tries = 1\n", true, METHOD_EMAIL);
	code_of(&person.phone, 0, code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, "email", code));
	assert_true(logged(&person.world, "method=totp result=accept"));
	clock_now += 90;
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, "email", person.recovery[0]));
	assert_true(logged(&person.world, "method=recovery result=accept"));
	end(&person);
}

/* It costs no try, and is bounded all the same. */
static void
bounded(void **state)
{
	const char *const words[] = { "email", "email", "email", "email",
		"email", "email", "email", "email", "email", "email" };
	struct person person;

	(void)state;
	begin(&person, EMAIL_TOO, true, METHOD_EMAIL);
	assert_int_equal(PAM_AUTH_ERR,
	    login_with(&person.world, words, LEN(words)));
	assert_int_equal(6 + 3, person.world.n_prompts);
	/* What is said besides is said once. */
	assert_int_equal(1 + 6 + 3, person.world.n_talk);
	assert_said(&person.world, 2,
	    "You may ask for a code again in 60 seconds.\n"
	    "The code sent by email is still good.\n");
	assert_true(
	    logged(&person.world, "method=email result=notsent reason=wait"));
	assert_true(logged(&person.world, "result=deny reason=malformed"));
	assert_int_equal(1, sent(&person));
	end(&person);
}

/* The one before the last, as that comes in. */
static char old_code[16];

static void
another_arrives(struct world *world)
{
	memcpy(old_code, sent_code, sizeof(old_code));
	mail_code(world, sent_number++, sent_code);
}

/* Who asks again in the same login gets another, and the old one is none. */
static void
asked_again(void **state)
{
	struct person person;
	const struct world *world = &person.world;

	(void)state;
	begin(&person, EMAIL_TOO, true, METHOD_EMAIL);
	person.world.meanwhile = another_arrives;
	assert_int_equal(PAM_SUCCESS,
	    SPEAK(&person.world, { .text = "email" },
		{ .text = "email", .how = HOW_MEANWHILE, .pass = 60 },
		{ .text = old_code, .how = HOW_MEANWHILE },
		{ .text = sent_code }));
	assert_int_equal(4, world->n_prompts);
	assert_int_equal(2, sent(&person));
	assert_said(world, 1, SENT_TO(MAIL_MASKED));
	assert_said(world, 2, SENT_TO(MAIL_MASKED));
	assert_string_not_equal(old_code, sent_code);
	assert_true(logged(world, "method=email result=deny reason=wrong"));
	assert_true(logged(world, "method=email result=accept reason="));
	end(&person);
}

/* Who has nothing else is sent one before anything is asked. */
static void
at_once(void **state)
{
	struct person person;

	(void)state;
	begin(&person, EMAIL_TOO, false, METHOD_EMAIL);
	assert_int_equal(PAM_SUCCESS, SPEAK(&person.world, THE_CODE));
	assert_said(&person.world, 0, SENT_TO(MAIL_MASKED));
	assert_true(told(&person.world, PAM_TEXT_INFO, "One moment, please."));
	assert_true(
	    logged(&person.world, "method=email result=sent reason=at-once"));

	/* It was used, and it is too soon for another. */
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, sent_code, "email", sent_code, sent_code));
	assert_said(&person.world, 0,
	    "You may ask for a code again in 60 seconds.\n");
	assert_int_equal(1, sent(&person));
	assert_false(logged(&person.world, "result=accept"));
	end(&person);
}

/* It is good across connections: coming again sends no other. */
static void
one_that_is_there(void **state)
{
	struct person person;

	(void)state;
	begin(&person, EMAIL_TOO "code-prefix = ssh-\n", false, METHOD_EMAIL);
	assert_int_equal(PAM_AUTH_ERR,
	    SPEAK(&person.world, { .text = "" }, { .text = "" },
		{ .text = "" }));
	assert_int_equal(1, sent(&person));
	clock_now += 300;
	assert_int_equal(PAM_SUCCESS, SPEAK(&person.world, THE_CODE));
	assert_said(&person.world, 0,
	    "The code sent by email is still good; type \"email\" to get "
	    "another.\n");
	assert_said(&person.world, 0, "Your code begins with ssh-\n");
	assert_int_equal(1, sent(&person));
	end(&person);
}

static void
a_number(void **state)
{
	struct person person;
	struct delivery mail;

	(void)state;
	begin(&person, BOTH_TOO, false, METHODS_SENT);
	assert_int_equal(PAM_SUCCESS,
	    SPEAK(&person.world, { .text = " 2 " }, THE_CODE));
	assert_said(&person.world, 0,
	    "Send a code to which address? Type its number:\n"
	    "1  " MAIL_MASKED "\n2  +44 *** 17\n");
	assert_said(&person.world, 1, SENT_TO("+44 *** 17"));
	assert_true(
	    logged(&person.world, "method=sms result=sent reason=asked"));
	mail_last(&person.world, 3, &mail);
	assert_string_equal(MAIL_PHONE, mail.to);
	end(&person);

	/* A number that was not offered, and one that is offered no more. */
	begin(&person, BOTH_TOO, false, METHODS_SENT);
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, "3", "1", "0"));
	assert_int_equal(3, person.world.n_prompts);
	assert_int_equal(0, sent(&person));
	end(&person);
}

/* Right or wrong, the same is seen; only the right one gets a code. */
static void
address_in_full(void **state)
{
	static const struct {
		const char *typed;
		size_t sent;
	} row[] = {
		{ MAIL_ADDRESS, 1 },
		{ " Alice@Example.ORG\r\n", 1 },
		{ "alice@example.com", 0 },
		{ "12345678", 0 },
		{ "email", 0 },
		{ "x", 0 },
	};
	struct person person;
	char after[2][1024];

	(void)state;
	for (size_t i = 0; i < LEN(row); i++) {
		print_message("  %s\n", row[i].typed);
		begin(&person, EMAIL_TOO "confirm-address = yes\n", true,
		    METHOD_EMAIL);
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, "email", row[i].typed, "", "", ""));
		assert_said(&person.world, 1,
		    "Type your email address in full to get a code there, or "
		    "press Enter to go back.\n");
		assert_non_null(
		    strstr(prompt(&person.world, 1), "\nEmail address: "));
		snprintf(after[i > 0], sizeof(after[0]), "%s",
		    prompt(&person.world, 2));
		assert_string_equal(after[0], after[i > 0]);
		assert_true(logged(&person.world,
		    "method=email result=sent reason=typed"));
		mail_last(&person.world, person.mails + row[i].sent,
		    &(struct delivery){ 0 });
		end(&person);
	}
}

static void
address_is_seen(void **state)
{
	struct person person;
	const struct world *world = &person.world;

	(void)state;
	begin(&person, EMAIL_TOO "confirm-address = yes\n", false,
	    METHOD_EMAIL);
	assert_int_equal(PAM_SUCCESS,
	    SPEAK(&person.world, { .text = "" }, { .text = "email" },
		{ .text = MAIL_ADDRESS }, THE_CODE));
	/* The first thing said is "One moment, please." */
	assert_int_equal(PAM_PROMPT_ECHO_ON, world->talk[1].style);
	assert_int_equal(PAM_PROMPT_ECHO_OFF, world->talk[2].style);
	assert_said(world, 1, "Type \"email\" to get a code by email.\n");
	assert_int_equal(1, sent(&person));
	end(&person);
}

/* Why it was not sent is nobody's business but the log's. */
static void
failure(void **state)
{
	static const char *const answers[] = { "failed 550 no such user here",
		"nonsense", "" };
	struct person person;
	char code[16];

	(void)state;
	for (size_t i = 0; i < LEN(answers); i++) {
		uint64_t began;

		print_message("  \"%s\"\n", answers[i]);
		begin(&person, EMAIL_TOO, true, METHOD_EMAIL);
		mail_answer(&person.world, answers[i]);
		if (*answers[i] == '\0')
			mail_configure(&person.world, 1, EMAIL_TOO);
		code_of(&person.phone, 0, code);
		began = seconds();
		assert_int_equal(PAM_SUCCESS,
		    LOGIN(&person.world, "email", code));
		assert_in_range(seconds() - began, 0, 20);
		assert_said(&person.world, 1,
		    "No code could be sent: type one from your device, or a "
		    "recovery code.\n");
		assert_true(logged(&person.world,
		    "method=email result=notsent reason=failed"));
		assert_false(prompted(&person.world, "550"));
		assert_int_equal(i == 0,
		    logged(&person.world, "550 no such user here"));
		assert_false(logged(&person.world, MAIL_ADDRESS));
		end(&person);
	}
}

/* sshd's "password" method, and whoever else has one answer for everything. */
static void
blind(void **state)
{
	struct person person;

	(void)state;
	begin(&person, EMAIL_TOO, false, METHOD_EMAIL);
	person.world.blind = true;
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, "x", "x", "x"));
	assert_int_equal(0, sent(&person));
	assert_true(logged(&person.world, "result=notsent reason=blind"));
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, "email", "email", "email"));
	assert_int_equal(1 + 3, person.world.n_talk);
	assert_int_equal(0, sent(&person));
	end(&person);
}

/*
 * What may not be told anything cannot be found out: it has to ask, but for
 * one that is used at a terminal.
 */
static void
silent(void **state)
{
	static const char *const ttys[] = { NULL, "", "ssh", "dovecot",
		"/dev/ftpd1", "/dev" };
	struct person person;

	(void)state;
	for (size_t i = 0; i < sizeof(ttys) / sizeof(ttys[0]); i++) {
		begin(&person, EMAIL_TOO, false, METHOD_EMAIL);
		person.world.flags = PAM_SILENT;
		person.world.tty = ttys[i];
		assert_int_equal(PAM_SUCCESS,
		    SPEAK(&person.world, { .text = "email" }, THE_CODE));
		assert_said(&person.world, 0,
		    "Type \"email\" to get a code by email.\n");
		assert_int_equal(2, person.world.n_talk);
		assert_int_equal(1, sent(&person));
		end(&person);
	}
	begin(&person, EMAIL_TOO, false, METHOD_EMAIL);
	person.world.flags = PAM_SILENT;
	person.world.tty = "/dev/tty";
	assert_int_equal(PAM_SUCCESS, SPEAK(&person.world, THE_CODE));
	assert_int_equal(1, person.world.n_talk);
	assert_int_equal(1, sent(&person));
	end(&person);
}

static void
the_password_again(void **state)
{
	struct person person;

	(void)state;
	begin(&person, EMAIL_TOO, true, METHOD_EMAIL);
	person.world.with_password = true;
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, "email", "email", "email", "email"));
	assert_int_equal(4, person.world.n_prompts);
	assert_int_equal(0, sent(&person));
	assert_true(logged(&person.world, "result=deny reason=password"));
	end(&person);
}

/* What sshd gives as the password of accounts that it refuses. */
static void
refused_account(void **state)
{
	struct person person;

	(void)state;
	for (int device = 0; device < 2; device++) {
		begin(&person, EMAIL_TOO, device != 0, METHOD_EMAIL);
		person.world.with_password = true;
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, "\b\n\r\177INCORRECT", "email",
			"email", "email"));
		assert_int_equal(0, sent(&person));
		assert_true(logged(&person.world,
		    "result=notsent reason=refused-account"));
		end(&person);
	}
}

/* Where policy does not list it, "email" is a word like any other. */
static void
off_by_default(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\nnotify = none\n", true, METHOD_EMAIL);
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, "email", "sms", "email"));
	assert_false(prompted(&person.world, "email\""));
	assert_int_equal(3, person.world.n_prompts);
	assert_int_equal(0, sent(&person));
	assert_true(logged(&person.world, "result=deny reason=malformed"));
	end(&person);
}

/* Nobody, and somebody without an address, see the same. */
static void
nowhere(void **state)
{
	static const char *const who[] = { NULL, "nobody-of-this-name" };
	char seen[2][4][1024];
	struct person person;

	(void)state;
	for (size_t i = 0; i < LEN(who); i++) {
		begin(&person, EMAIL_TOO "unenrolled = deny\n", false, 0);
		person.world.login_as = who[i];
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, "email", "123456", "email", "123456",
			"123456"));
		assert_int_equal(0, sent(&person));
		for (size_t n = 0; n < 4; n++)
			snprintf(seen[i][n], sizeof(seen[i][n]), "%s",
			    prompt(&person.world, n));
		end(&person);
	}
	for (size_t n = 0; n < 4; n++)
		assert_string_equal(seen[0][n], seen[1][n]);
	assert_non_null(strstr(seen[0][1], "No address is known"));
}

/* An address that a directory knows is enough to log in with. */
static void
known_elsewhere(void **state)
{
	struct person person;
	struct delivery mail;

	(void)state;
	begin(&person,
	    "email-from = exec:/usr/bin/directory\n" EMAIL_TOO
	    "unenrolled = deny\n",
	    false, 0);
	assert_int_equal(PAM_SUCCESS, SPEAK(&person.world, THE_CODE));
	assert_said(&person.world, 0, SENT_TO(MAIL_MASKED));
	mail_last(&person.world, 1, &mail);
	assert_string_equal(MAIL_ADDRESS, mail.to);

	/* It enrols nobody, and nobody else gets one. */
	clock_now += 3600;
	person.world.login_as = "nobody-of-this-name";
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, sent_code, "", ""));
	assert_said(&person.world, 0, "No address is known");
	assert_int_equal(1, sent(&person));
	end(&person);
}

int
harness_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_word),
		cmocka_unit_test(by_either_word),
		cmocka_unit_test(anything_else_still_works),
		cmocka_unit_test(bounded),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(at_once),
		cmocka_unit_test(one_that_is_there),
		cmocka_unit_test(a_number),
		cmocka_unit_test(address_in_full),
		cmocka_unit_test(address_is_seen),
		cmocka_unit_test(failure),
		cmocka_unit_test(blind),
		cmocka_unit_test(silent),
		cmocka_unit_test(the_password_again),
		cmocka_unit_test(refused_account),
		cmocka_unit_test(off_by_default),
		cmocka_unit_test(nowhere),
		cmocka_unit_test(known_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	return harness_main(argc, argv);
}
