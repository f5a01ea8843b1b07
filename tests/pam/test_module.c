/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module as libpam sees it, for somebody who is enrolled: what passes,
 * what does not, and what is asked and said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

#define PROMPT "Verification code: "
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A world with an enrolled user, and what most tests need of it. */
struct person {
	struct world world;
	struct device_info phone;
	char recovery[RECORD_RECOVERY][CODE_RECOVERY_SIZE];
	char code[16], wrong[16];
};

static const struct device_info phone = { .label = "phone",
	.kind = DEVICE_TOTP,
	.otp = { .hash = OTP_SHA1, .digits = 6 },
	.period = 30 };

/* Enrolled an hour ago, so that no step of now is spent by it. */
static void
begin(struct person *person, const char *conf)
{
	world_make(&person->world, conf);
	person->phone = phone;
	clock_now = NOW - 3600;
	world_enrol(&person->world, &person->phone, false, person->recovery);
	clock_now = NOW;
	code_of(&person->phone, 0, person->code);
	wrong_code(&person->phone, person->wrong);
}

static void
end(struct person *person)
{
	world_remove(&person->world);
}

static struct status
status(const struct person *person)
{
	struct status found;

	world_status(&person->world, &found);
	return found;
}

/* How many wrong codes the record counts. */
static unsigned int
counted(const struct person *person)
{
	return status(person).lane[LANE_LOGIN].row;
}

/* Is prompt "i" made of nothing but its question? */
static void
assert_plain(const struct world *world, size_t i)
{
	assert_string_equal(PROMPT, prompt(world, i));
}

/* A login after which nothing is left to be told. */
static void
settle(struct person *person)
{
	char code[16];

	clock_now -= 300;
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person->world, code_of(&person->phone, 0, code)));
	clock_now += 300;
}

static void
right_code(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	person.world.rhost = "192.0.2.1";
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_int_equal(1, person.world.n_talk);
	assert_int_equal(PAM_PROMPT_ECHO_OFF, person.world.talk[0].style);
	assert_plain(&person.world, 0);
	assert_true(logged(&person.world,
	    "service=test rhost=192.0.2.1 scenario=default method=totp "
	    "result=accept reason="));
	assert_true(logged(&person.world, person.world.user));
	end(&person);
}

/* What people make of a code is the code. */
static void
spellings(void **state)
{
	static const struct {
		const char *what, *before, *between, *after;
	} row[] = {
		{ "blank", "", " ", "" },
		{ "dash", "", "-", "" },
		{ "around", " ", "", " \t" },
		{ "line end", "", "", "\r\n" },
	};
	struct person person;
	char typed[48];

	(void)state;
	begin(&person, "");
	for (size_t i = 0; i < LEN(row); i++) {
		print_message("  %s\n", row[i].what);
		clock_now += 90;
		code_of(&person.phone, 0, person.code);
		snprintf(typed, sizeof(typed), "%s%.3s%s%s%s", row[i].before,
		    person.code, row[i].between, person.code + 3, row[i].after);
		assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, typed));
	}
	end(&person);
}

static void
wrong_codes(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.wrong, person.wrong, person.wrong,
		person.code));
	assert_int_equal(3, person.world.n_prompts);
	assert_plain(&person.world, 0);
	assert_string_equal("Not accepted.\n" PROMPT, prompt(&person.world, 1));
	assert_string_equal("Not accepted.\n" PROMPT, prompt(&person.world, 2));
	assert_int_equal(3, person.world.n_talk);
	assert_int_equal(3, counted(&person));
	assert_true(logged(&person.world, "result=deny"));
	assert_false(logged(&person.world, "result=accept"));

	/* The next login tells of them, once. */
	clock_now += 3600;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_string_equal("3 wrong codes since your last login, last "
			    "2026-11-21 12:00 UTC "
			    "from this machine.\n" PROMPT,
	    prompt(&person.world, 0));
	clock_now += 60;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_plain(&person.world, 0);
	end(&person);
}

static void
tries(void **state)
{
	struct person person;
	char conf[64];

	(void)state;
	for (unsigned int n = 1; n <= 4; n++) {
		struct say say[6] = { { .text = NULL } };

		snprintf(conf, sizeof(conf), "[default]\ntries = %u\n", n);
		begin(&person, conf);
		for (size_t i = 0; i < LEN(say); i++)
			say[i].text = person.wrong;
		say[n - 1].text = person.code;
		assert_int_equal(PAM_SUCCESS,
		    login_run(&person.world, say, LEN(say)));
		assert_int_equal(n, person.world.n_prompts);
		say[n - 1].text = person.wrong;
		assert_int_equal(PAM_AUTH_ERR,
		    login_run(&person.world, say, LEN(say)));
		assert_int_equal(n, person.world.n_prompts);
		end(&person);
	}
}

/* Spent is spent, and no guess: refused without being counted. */
static void
replay(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\ntries = 1\n");
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	for (unsigned int i = 0; i < 7; i++) {
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, person.code));
		assert_true(logged(&person.world, "reason=replay"));
		assert_int_equal(0, counted(&person));
	}
	clock_now += 30;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_true(prompted(&person.world,
	    "7 codes that had been used before since your last"));
	end(&person);
}

static void
second_device(void **state)
{
	struct device_info tablet = { .label = "tablet",
		.kind = DEVICE_TOTP,
		.otp = { .hash = OTP_SHA256, .digits = 8 },
		.period = 60 };
	struct person person;
	char code[16];

	(void)state;
	begin(&person, "");
	world_enrol(&person.world, &tablet, true, NULL);
	clock_now += 120;
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, code_of(&tablet, 0, code)));
	assert_true(prompted(&person.world,
	    "Not you? Run: otp-enroll remove 'tablet'\n"));
	/* Whoever has the tablet may have added it: its owner is told too. */
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, code_of(&person.phone, 0, code)));
	assert_true(prompted(&person.world, "otp-enroll remove 'tablet'\n"));
	clock_now += 30;
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, code_of(&person.phone, 0, code)));
	assert_false(prompted(&person.world, "tablet"));
	end(&person);
}

static void
hotp(void **state)
{
	struct device_info token = { .label = "token",
		.kind = DEVICE_HOTP,
		.otp = { .hash = OTP_SHA1, .digits = 6 } };
	struct person person;
	char code[16];

	(void)state;
	begin(&person, "[default]\ntries = 1\n");
	world_enrol(&person.world, &token, false, NULL);
	code_of(&token, 0, code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, code));
	assert_true(logged(&person.world, "method=hotp result=accept"));
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, code));
	code_of(&token, 9, code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, code));
	end(&person);
}

static void
recovery_codes(void **state)
{
	struct person person;
	char typed[64];

	(void)state;
	begin(&person, "[default]\ntries = 1\n");
	settle(&person);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.recovery[0]));
	assert_true(logged(&person.world, "method=recovery result=accept"));
	assert_true(told(&person.world, PAM_TEXT_INFO,
	    "9 recovery codes left. Lost your phone? Set up the new one now: "
	    "otp-enroll new"));
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.recovery[0]));
	assert_int_equal(0, counted(&person));

	/* In lower case and without dashes it is the same. */
	snprintf(typed, sizeof(typed), "%s", person.recovery[1]);
	for (char *c = typed; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, typed));
	assert_true(prompted(&person.world,
	    "2026-11-21 12:00 UTC: a recovery code was used. Not you? Run: "
	    "otp-enroll recovery\n"));
	for (size_t i = 2; i < RECORD_RECOVERY; i++)
		assert_int_equal(PAM_SUCCESS,
		    LOGIN(&person.world, person.recovery[i]));
	assert_true(
	    told(&person.world, PAM_TEXT_INFO, "No recovery codes left. Lost"));
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_true(told(&person.world, PAM_TEXT_INFO,
	    "No recovery codes left. Make new ones: otp-enroll recovery"));
	end(&person);
}

static void
few_recovery_codes(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(PAM_SUCCESS,
		    LOGIN(&person.world, person.recovery[i]));
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_false(told(&person.world, PAM_TEXT_INFO, ""));
	for (size_t i = 6; i < 9; i++)
		assert_int_equal(PAM_SUCCESS,
		    LOGIN(&person.world, person.recovery[i]));
	clock_now += 60;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_true(told(&person.world, PAM_TEXT_INFO,
	    "1 recovery code left. Make new ones: otp-enroll recovery"));
	end(&person);
}

/* The fifth in a row brings a wait, which the prompt tells, and which ends. */
static void
waits(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.wrong, person.wrong, person.wrong));
	assert_false(prompted(&person.world, "Too many wrong codes"));

	/* Right, but too early: not looked at, not counted, not spent. */
	assert_int_equal(PAM_MAXTRIES,
	    LOGIN(&person.world, person.wrong, person.wrong, person.code,
		person.code));
	assert_int_equal(3, person.world.n_prompts);
	assert_string_equal("Not accepted.\n"
			    "Too many wrong codes: wait 30 seconds before you "
			    "type the next "
			    "one, or type a recovery code.\n" PROMPT,
	    prompt(&person.world, 2));
	assert_true(logged(&person.world, "result=deny reason=wait"));
	assert_int_equal(5, counted(&person));

	/* A new login changes nothing. */
	assert_int_equal(PAM_MAXTRIES,
	    LOGIN(&person.world, person.code, person.code));
	assert_int_equal(1, person.world.n_prompts);
	assert_true(prompted(&person.world, "wait 30 seconds before"));

	/* It ends while the prompt stands. */
	assert_int_equal(PAM_SUCCESS,
	    SPEAK(&person.world, { .text = person.code, .pass = 30 }));
	end(&person);
}

/* Recovery codes need not wait for what devices must wait for. */
static void
recovery_does_not_wait(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\nwait-after = 1\n");
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, person.wrong, person.recovery[0]));
	assert_true(prompted(&person.world, "or type a recovery code.\n"));
	end(&person);
}

static void
guess_elsewhere(struct world *world)
{
	struct person *person = (struct person *)world;

	world_guess(world, person->wrong, 5);
}

/* A wait that nobody told of yet is told before it is final. */
static void
wait_is_told_first(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\ntries = 5\n");
	person.world.meanwhile = guess_elsewhere;
	assert_int_equal(PAM_MAXTRIES,
	    SPEAK(&person.world, { .text = person.code, .how = HOW_MEANWHILE },
		{ .text = person.code }, { .text = person.code }));
	assert_int_equal(2, person.world.n_prompts);
	assert_null(strstr(prompt(&person.world, 0), "Too many wrong codes"));
	assert_non_null(
	    strstr(prompt(&person.world, 1), "wait 30 seconds before"));
	assert_int_equal(5, counted(&person));
	end(&person);
}

/* Wrong recovery codes have a wait of their own, which is told as well. */
static void
recovery_wait(void **state)
{
	static const char none[] = "0000-0000-0000-0000";
	struct person person;

	(void)state;
	begin(&person, "[default]\ntries = 10\n");
	assert_int_equal(PAM_MAXTRIES,
	    LOGIN(&person.world, none, none, none, none, none, none, none, none,
		none));
	assert_true(prompted(&person.world, "wait 5 seconds before you type"));
	assert_int_equal(PAM_SUCCESS,
	    SPEAK(&person.world, { .text = person.recovery[0], .pass = 5 }));
	end(&person);
}

static void
switched_off(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\nwait-after = 2\noff-after = 3\n");
	assert_int_equal(PAM_AUTH_ERR,
	    SPEAK(&person.world, { .text = person.wrong },
		{ .text = person.wrong },
		{ .text = person.wrong, .pass = 31 }));
	clock_now += 7200;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.code, person.code, person.code));
	assert_int_equal(3, person.world.n_prompts);
	assert_true(prompted(&person.world,
	    "Codes from your devices are switched off after too many wrong "
	    "ones: type a recovery code, or ask your administrator.\n"));
	assert_true(logged(&person.world, "result=deny reason=off"));
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.recovery[0]));
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	end(&person);
}

/* As above, by the numbers that hold where nobody chose others. */
static void
switched_off_after_twenty(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\ntries = 1\n");
	for (unsigned int i = 0; i < 20; i++) {
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, person.wrong));
		assert_false(prompted(&person.world, "switched off"));
		clock_now += 3601;
		wrong_code(&person.phone, person.wrong);
	}
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, person.code));
	assert_true(prompted(&person.world, "switched off"));
	end(&person);
}

/* Refused before it is looked at: it costs a prompt, and nothing else. */
static void
not_a_code(void **state)
{
	static char big[4097], over[CODE_TYPED_MAX + 2];
	static const struct {
		const char *what, *typed, *reason;
	} row[] = {
		{ "empty", "", "reason=empty" },
		{ "blank", "   ", "reason=malformed" },
		{ "word", "correct horse", "reason=malformed" },
		{ "short", "12345", "reason=malformed" },
		{ "long", "123456789", "reason=malformed" },
		{ "sign", "+12345", "reason=malformed" },
		{ "no digits here", "\xef\xbc\x91\xef\xbc\x92", "=malformed" },
		{ "invalid UTF-8", "12345\xff\xfe", "reason=malformed" },
		{ "line end", "\r\n", "reason=malformed" },
		{ "129 bytes", over, "reason=malformed" },
		{ "4 KiB", big, "reason=malformed" },
	};
	struct person person;

	(void)state;
	memset(big, '1', sizeof(big) - 1);
	memset(over, ' ', sizeof(over) - 1);
	begin(&person, "[default]\ntries = 2\n");
	settle(&person);
	memcpy(over, person.code, 6);
	for (size_t i = 0; i < LEN(row); i++) {
		print_message("  %s\n", row[i].what);
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&person.world, row[i].typed, row[i].typed));
		assert_int_equal(2, person.world.n_prompts);
		assert_string_equal("Not accepted.\n" PROMPT,
		    prompt(&person.world, 1));
		assert_true(logged(&person.world, row[i].reason));
		assert_int_equal(0, counted(&person));
		assert_int_equal(0, status(&person).missed.wrong);
	}
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	end(&person);
}

/* sshd's "password" method answers every prompt with the password. */
static void
password_is_no_answer(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	person.world.with_password = true;

	/* Even where the password is what would be right. */
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.code, person.code, person.code,
		person.code));
	assert_int_equal(4, person.world.n_prompts);
	assert_true(logged(&person.world, "result=deny reason=password"));
	assert_int_equal(0, counted(&person));
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, "hunter2", "hunter2", "hunter2", "hunter2"));
	assert_int_equal(0, counted(&person));
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, "hunter2", person.code));
	end(&person);
}

static void
flags(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);

	/* Nothing but the questions. */
	person.world.flags = (int)PAM_SILENT;
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, person.wrong, person.recovery[0]));
	assert_int_equal(2, person.world.n_talk);
	assert_int_equal(2, person.world.n_prompts);

	person.world.flags = PAM_DISALLOW_NULL_AUTHTOK;
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, "", person.code));
	end(&person);
}

/* Who turned it off is asked nothing, and told so at every login. */
static void
turned_off(void **state)
{
	static const char said[] =
	    "2026-11-21 12:00 UTC: your second factor was turned off. Not "
	    "you? Tell your administrator, and run: otp-enroll new";
	struct person person;

	(void)state;
	begin(&person, "");
	settle(&person);
	world_disable(&person.world);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(IGNORED, LOGIN(&person.world, person.code));
		assert_int_equal(0, person.world.n_prompts);
		assert_int_equal(1, person.world.n_talk);
		assert_true(told(&person.world, PAM_TEXT_INFO, said));
		assert_true(logged(&person.world, "result=pass"));
	}
	person.world.flags = (int)PAM_SILENT;
	assert_int_equal(IGNORED, LOGIN(&person.world, person.code));
	assert_int_equal(0, person.world.n_talk);

	/* Where everybody is asked, the prompt says it. */
	person.world.flags = 0;
	world_configure(&person.world, "[default]\nunenrolled = deny\n");
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&person.world, person.code, person.code, person.code));
	assert_true(prompted(&person.world, said));

	/* Whoever sets it up again is told once more, and then no more. */
	world_configure(&person.world, "");
	clock_now += 31 * 86400;
	assert_int_equal(IGNORED, LOGIN(&person.world, person.code));
	assert_int_equal(0, person.world.n_talk);
	world_enrol(&person.world, &person.phone, false, NULL);
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_true(prompted(&person.world, said));
	code_of(&person.phone, 1, person.code);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_false(prompted(&person.world, "turned off"));
	end(&person);
}

static void
prompt_and_echo(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\nprompt = Please:\necho = yes\n");
	settle(&person);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_int_equal(PAM_PROMPT_ECHO_ON, person.world.talk[0].style);
	assert_string_equal("Please: ", prompt(&person.world, 0));
	end(&person);
}

static void
scenarios(void **state)
{
	struct person person;

	(void)state;
	begin(&person,
	    "[tests]\nservice = login test\nprompt = Here:\n"
	    "[other]\nprompt = There:\nmethods = recovery\n");
	settle(&person);
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.code));
	assert_string_equal("Here: ", prompt(&person.world, 0));
	assert_true(logged(&person.world, "scenario=tests"));

	person.world.arguments = "scenario=other debug";
	clock_now += 60;
	code_of(&person.phone, 0, person.code);
	assert_int_equal(PAM_SUCCESS,
	    LOGIN(&person.world, person.code, person.recovery[0]));
	assert_string_equal("There: ", prompt(&person.world, 0));
	assert_true(logged(&person.world, "scenario=other"));
	assert_true(logged(&person.world, "challenge: enrolled=1"));
	end(&person);
}

/* Enrolled, but with nothing that this service takes: told what it takes. */
static void
nothing_accepted_here(void **state)
{
	struct person person;

	(void)state;
	begin(&person, "[default]\nmethods = hotp\ntries = 1\n");
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&person.world, person.code));
	assert_true(prompted(&person.world,
	    "Nothing that you have set up is accepted here: this service "
	    "takes codes from a token. Ask your administrator.\n"));
	end(&person);
}

static void
clock_never_set(void **state)
{
	struct person person;
	char code[16];

	(void)state;
	begin(&person, "");
	settle(&person);
	clock_now = 86400;
	code_of(&person.phone, 0, code);
	assert_int_equal(PAM_AUTHINFO_UNAVAIL,
	    LOGIN(&person.world, code, code));
	assert_true(prompted(&person.world,
	    "This machine's clock was never set, so codes from an app cannot "
	    "be checked: type a recovery code, or ask your administrator.\n"));
	assert_true(
	    told(&person.world, PAM_ERROR_MSG, "cannot be checked now"));
	assert_int_equal(PAM_SUCCESS, LOGIN(&person.world, person.recovery[0]));
	end(&person);
}

int
harness_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_code),
		cmocka_unit_test(spellings),
		cmocka_unit_test(wrong_codes),
		cmocka_unit_test(tries),
		cmocka_unit_test(replay),
		cmocka_unit_test(second_device),
		cmocka_unit_test(hotp),
		cmocka_unit_test(recovery_codes),
		cmocka_unit_test(few_recovery_codes),
		cmocka_unit_test(waits),
		cmocka_unit_test(recovery_does_not_wait),
		cmocka_unit_test(wait_is_told_first),
		cmocka_unit_test(recovery_wait),
		cmocka_unit_test(switched_off),
		cmocka_unit_test(switched_off_after_twenty),
		cmocka_unit_test(not_a_code),
		cmocka_unit_test(password_is_no_answer),
		cmocka_unit_test(flags),
		cmocka_unit_test(turned_off),
		cmocka_unit_test(prompt_and_echo),
		cmocka_unit_test(scenarios),
		cmocka_unit_test(nothing_accepted_here),
		cmocka_unit_test(clock_never_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	return harness_main(argc, argv);
}
