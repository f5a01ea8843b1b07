/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sentences, by themselves: what is told, in which order, and what is left
 * for the next prompt when there is no room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/contact.h"
#include "pam_otp/notice.h"

#define AT UINT64_C(1795264200) /* 2026-11-21 12:30 UTC */
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct notice_last first = { .refused = false };
static const struct notice_last again = { .refused = true };

static struct policy
policy(const char *prompt)
{
	struct policy pol = {
		.methods = METHOD_TOTP | METHOD_HOTP | METHOD_RECOVERY,
	};

	snprintf(pol.prompt, sizeof(pol.prompt), "%s", prompt);
	return pol;
}

static void
sentences(void **state)
{
	static const struct {
		const char *what, *expect;
		struct challenge challenge;
		struct notice_last last;
	} rows[] = {
		{ "nothing", "Code: ", { .methods = METHOD_TOTP }, { 0 } },
		{ "refused", "Not accepted.\nCode: ",
		    { .methods = METHOD_TOTP }, { .refused = true } },
		{ "locked",
		    "Your second factor is locked: type a recovery code, or "
		    "ask your administrator.\nCode: ",
		    { .methods = METHOD_RECOVERY,
			.barriers = BARRIER_LOCKED | BARRIER_CLOCK },
		    { 0 } },
		{ "locked, no recovery codes",
		    "Your second factor is locked: ask your "
		    "administrator.\nCode: ",
		    { .barriers = BARRIER_LOCKED }, { 0 } },
		{ "off",
		    "Codes from your devices are switched off after too many "
		    "wrong ones: ask your administrator.\nCode: ",
		    { .barriers = BARRIER_FAILURES }, { 0 } },
		{ "methods",
		    "Nothing that you have set up is accepted here: this "
		    "service takes codes from an app, codes from a token, "
		    "recovery codes. Ask your administrator.\nCode: ",
		    { .barriers = BARRIER_METHODS }, { 0 } },
		{ "wait",
		    "Too many wrong codes: wait 2 minutes before you type the "
		    "next one.\nCode: ",
		    { .methods = METHOD_TOTP, .wait = 120 }, { 0 } },
		{ "a second",
		    "Too many wrong codes: wait 1 second before you type the "
		    "next one.\nCode: ",
		    { .methods = METHOD_TOTP, .wait = 1 }, { 0 } },
		{ "119 seconds",
		    "Too many wrong codes: wait 119 seconds before you type "
		    "the next one.\nCode: ",
		    { .methods = METHOD_TOTP, .wait = 119 }, { 0 } },
		{ "rounded up",
		    "Too many wrong codes: wait 3 hours before you type the "
		    "next one, or type a recovery code.\nCode: ",
		    { .methods = METHOD_TOTP | METHOD_RECOVERY, .wait = 7201 },
		    { 0 } },
		{ "wait of a recovery code",
		    "Not accepted.\nToo many wrong codes: wait 5 seconds "
		    "before you type the next one.\nCode: ",
		    { .methods = METHOD_RECOVERY },
		    { .refused = true, .wait = 5 } },
		{ "missed",
		    "3 wrong codes and 1 code that had been used before since "
		    "your last login, last 2026-11-21 12:30 UTC from "
		    "192.0.2.1.\nCode: ",
		    { .missed = { 3, 1, AT, "192.0.2.1" } }, { 0 } },
		{ "replaced",
		    "2026-11-21 12:30 UTC: your devices were replaced by "
		    "'x'. Not you? Ask your administrator, or run: otp-enroll "
		    "new\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_REPLACED, "x" } } },
		    { 0 } },
		{ "removed and set",
		    "2026-11-21 12:30 UTC: device 'x' was removed. Not you? "
		    "Run: otp-enroll new\n"
		    "2026-11-21 12:30 UTC: new recovery codes were made. Not "
		    "you? Run: otp-enroll recovery\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_REMOVED, "x" },
			  { 2, AT, CHANGE_RECOVERY_SET, "" } } },
		    { 0 } },
		{ "adopted",
		    "2026-11-21 12:30 UTC: your second factor was bound to "
		    "this account anew. Not expected? Ask your "
		    "administrator.\nCode: ",
		    { .change = { { 1, AT, CHANGE_ADOPTED, "" } } }, { 0 } },
		{ "rotated and renamed",
		    "2026-11-21 12:30 UTC: a device was given a new secret. "
		    "Not you? Run: otp-enroll rotate 'x'\n"
		    "2026-11-21 12:30 UTC: a device was renamed. Not you? Run: "
		    "otp-enroll rename -- '-y' NEW_NAME\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_ROTATED, "x" },
			  { 2, AT, CHANGE_DEVICE_RENAMED, "-y" } } },
		    { 0 } },
		{ "a device locked and unlocked",
		    "2026-11-21 12:30 UTC: a device was locked. To use it "
		    "again, run: otp-enroll rotate 'x'\n"
		    "2026-11-21 12:30 UTC: a device was unlocked. Not you? "
		    "Run: otp-enroll lock 'x'\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_LOCKED, "x" },
			  { 2, AT, CHANGE_DEVICE_UNLOCKED, "x" } } },
		    { 0 } },
		{ "all locked and unlocked",
		    "2026-11-21 12:30 UTC: your second factor was locked. Not "
		    "you? Run: otp-enroll unlock\n"
		    "2026-11-21 12:30 UTC: your second factor was unlocked. "
		    "Not you? Run: otp-enroll lock --all\nCode: ",
		    { .change = { { 1, AT, CHANGE_LOCKED, "" },
			  { 2, AT, CHANGE_UNLOCKED, "" } } },
		    { 0 } },
		{ "disabled",
		    "2026-11-21 12:30 UTC: your second factor was turned off. "
		    "Not you? Tell your administrator, and run: otp-enroll "
		    "new\nCode: ",
		    { .change = { { 1, AT, CHANGE_DISABLED, "" } } }, { 0 } },
		{ "addresses",
		    "2026-11-21 12:30 UTC: your email address for codes was "
		    "set or changed. Not you? Run: otp-enroll email\n"
		    "2026-11-21 12:30 UTC: your phone number for codes was "
		    "set or changed. Not you? Run: otp-enroll phone\nCode: ",
		    { .change = { { 1, AT, CHANGE_ADDRESS, "email" },
			  { 2, AT, CHANGE_ADDRESS, "phone" } } },
		    { 0 } },
		{ "addresses removed",
		    "2026-11-21 12:30 UTC: your email address for codes was "
		    "removed. Not you? Run: otp-enroll email\n"
		    "2026-11-21 12:30 UTC: your phone number for codes was "
		    "removed. Not you? Run: otp-enroll phone\nCode: ",
		    { .change = { { 1, AT, CHANGE_ADDRESS_REMOVED, "email" },
			  { 2, AT, CHANGE_ADDRESS_REMOVED, "phone" } } },
		    { 0 } },
		{ "of a later version, and one after it",
		    "2026-11-21 12:30 UTC: a recovery code was used. Not you? "
		    "Run: otp-enroll recovery\nCode: ",
		    { .change = { { 1, AT, (enum change_kind)99, "x" },
			  { 2, AT, CHANGE_RECOVERY_USED, "" } } },
		    { 0 } },
		{ "a label is one word of a shell",
		    "2026-11-21 12:30 UTC: a device was added. Not you? Run: "
		    "otp-enroll remove -- '-a'\\''; $(reboot) \"b'\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_ADDED,
			  "-a'; $(reboot) \"b" } } },
		    { 0 } },
		{ "a label from before they were judged",
		    "2026-11-21 12:30 UTC: device 'a??2J???\xc3\xbc?' was "
		    "removed. Not you? Run: otp-enroll new\nCode: ",
		    { .change = { { 1, AT, CHANGE_DEVICE_REMOVED,
			  "a\xc2\x9b"
			  "2J\xe2\x80\xae\xc3\xbc\xff" } } },
		    { 0 } },
	};
	const struct policy pol = policy("Code: ");

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct notice_told told = { 0 };
		char text[NOTICE_SIZE];

		print_message("  %s\n", rows[i].what);
		notice_prompt(&rows[i].challenge, &pol, &rows[i].last, &told,
		    text);
		assert_string_equal(rows[i].expect, text);
	}
}

#define EMAIL "a***e@example.org"
#define PHONE "+44 *** 17"
#define STEPS (METHOD_TOTP | METHOD_RECOVERY)

/* What is said of codes that are sent. */
static void
sending(void **state)
{
	static const struct {
		const char *what, *expect, *prefix;
		struct challenge challenge;
		struct notice_last last;
	} rows[] = {
		{ "a device, or email",
		    "Type a code, or \"email\" to get one by email.\nCode: ",
		    "", { .methods = METHOD_TOTP | METHOD_EMAIL }, { 0 } },
		{ "a device, or sms",
		    "Type a code, or \"sms\" to get one by text "
		    "message.\nCode: ",
		    "x-", { .methods = METHOD_TOTP | METHOD_SMS }, { 0 } },
		{ "a device, or both",
		    "Type a code, or \"email\" or \"sms\" to get one sent to "
		    "you.\nCode: ",
		    "", { .methods = METHOD_TOTP | METHODS_SENT }, { 0 } },
		{ "nothing else, and none was sent",
		    "Type \"email\" to get a code by email.\nCode: ", "",
		    { .methods = METHOD_EMAIL, .send_only = true }, { 0 } },
		{ "one was sent before",
		    "The code sent by email is still good; type \"email\" or "
		    "\"sms\" to get another.\nCode: ",
		    "", { .methods = METHODS_SENT, .sent = METHOD_EMAIL },
		    { 0 } },
		{ "one was sent before, and no other may be",
		    "The code sent by text message is still good.\nCode: ", "",
		    { .methods = METHOD_TOTP, .sent = METHOD_SMS }, { 0 } },
		{ "its prefix",
		    "The code sent by text message is still good; type "
		    "\"sms\" to get another.\nYour code begins with "
		    "ssh-\nCode: ",
		    "ssh-", { .methods = METHOD_SMS, .sent = METHOD_SMS },
		    { 0 } },
		{ "refused, with one sent",
		    "Not accepted.\nThe code sent by email is still good; "
		    "type \"email\" to get another.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .sent = METHOD_EMAIL },
		    { .refused = true } },
		{ "sent",
		    "A code was sent to " EMAIL "; it is good for 10 "
		    "minutes.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .sent = METHOD_EMAIL },
		    { .sending = true,
			.send = { SEND_SENT, 0, 1, { { EMAIL } } } } },
		{ "sent, its prefix",
		    "A code was sent to " PHONE "; it is good for 10 "
		    "minutes.\nYour code begins with ssh-\nCode: ",
		    "ssh-", { .methods = METHOD_SMS, .sent = METHOD_SMS },
		    { .sending = true,
			.send = { SEND_SENT, 0, 1, { { PHONE } } } } },
		{ "sent, or not: its address was typed",
		    "If that is the email address known here, a code was sent "
		    "to it; it is good for 10 minutes.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .sent = METHOD_EMAIL },
		    { .sending = true,
			.channel = METHOD_EMAIL,
			.send = { .result = SEND_SENT } } },
		{ "to which one",
		    "Send a code to which address? Type its number:\n"
		    "1  " EMAIL "\n2  " PHONE "\nCode: ",
		    "", { .methods = STEPS | METHODS_SENT },
		    { .sending = true,
			.send = { SEND_OFFER, 0, 2,
			    { { EMAIL }, { PHONE } } } } },
		{ "the email address in full",
		    "Type your email address in full to get a code there, or "
		    "press Enter to go back.\nEmail address: ",
		    "", { .methods = STEPS | METHOD_EMAIL },
		    { .sending = true,
			.channel = METHOD_EMAIL,
			.send = { .result = SEND_TYPE } } },
		{ "the phone number in full",
		    "Type your phone number in full to get a code there, or "
		    "press Enter to go back.\nPhone number: ",
		    "", { .methods = STEPS | METHOD_SMS },
		    { .sending = true,
			.channel = METHOD_SMS,
			.send = { .result = SEND_TYPE } } },
		{ "either in full",
		    "Type your email address or phone number in full to get a "
		    "code there, or press Enter to go back.\n"
		    "Email address or phone number: ",
		    "", { .methods = METHODS_SENT, .send_only = true },
		    { .sending = true, .send = { .result = SEND_TYPE } } },
		{ "not so soon",
		    "You may ask for a code again in 42 seconds.\nThe code "
		    "sent by email is still good.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .sent = METHOD_EMAIL },
		    { .sending = true,
			.send = { SEND_WAIT, 42, 0, { { "" } } } } },
		{ "not today",
		    "You may ask for a code again in 20 hours.\nCode: ", "",
		    { .methods = STEPS | METHOD_EMAIL },
		    { .sending = true,
			.send = { SEND_WAIT, 72000, 0, { { "" } } } } },
		{ "off, and why",
		    "No code was sent: it would not be accepted now.\nYour "
		    "second factor is locked: type a recovery code, or ask "
		    "your administrator.\nCode: ",
		    "",
		    { .methods = METHOD_RECOVERY, .barriers = BARRIER_LOCKED },
		    { .sending = true, .send = { .result = SEND_OFF } } },
		{ "the device is locked, and a code is sent",
		    "Your devices are locked; a code that is sent to you is "
		    "accepted.\nType \"email\" to get a code by "
		    "email.\nCode: ",
		    "",
		    { .methods = METHOD_RECOVERY | METHOD_EMAIL,
			.barriers = BARRIER_LOCKED,
			.send_only = true },
		    { 0 } },
		{ "failed, a device",
		    "No code could be sent: type one from your "
		    "device.\nCode: ",
		    "", { .methods = METHOD_HOTP | METHOD_EMAIL },
		    { .sending = true, .send = { .result = SEND_FAILED } } },
		{ "failed, recovery codes",
		    "No code could be sent: type a recovery code.\nCode: ", "",
		    { .methods = METHOD_RECOVERY | METHOD_EMAIL },
		    { .sending = true, .send = { .result = SEND_FAILED } } },
		{ "failed, both",
		    "No code could be sent: type one from your device, or a "
		    "recovery code.\nCode: ",
		    "", { .methods = STEPS | METHOD_EMAIL },
		    { .sending = true, .send = { .result = SEND_FAILED } } },
		{ "failed, and there is nothing else",
		    "No code could be sent: ask your administrator.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .send_only = true },
		    { .sending = true, .send = { .result = SEND_FAILED } } },
		{ "nowhere to send it to",
		    "No address is known that a code could go to: ask your "
		    "administrator.\nCode: ",
		    "", { .methods = METHOD_EMAIL, .send_only = true },
		    { .sending = true, .send = { .result = SEND_NOTHING } } },
		{ "switched off, where codes are sent",
		    "Codes are switched off after too many wrong ones: ask "
		    "your administrator.\nCode: ",
		    "", { .barriers = BARRIER_FAILURES }, { 0 } },
		{ "no clock, where codes are sent",
		    "This machine's clock was never set, so codes from an app "
		    "and codes that are sent cannot be checked: type a "
		    "recovery code, or ask your administrator.\nCode: ",
		    "",
		    { .methods = METHOD_RECOVERY, .barriers = BARRIER_CLOCK },
		    { 0 } },
		{ "nothing that is accepted here",
		    "Nothing that you have set up is accepted here: this "
		    "service takes codes from an app, codes from a token, "
		    "recovery codes, codes by email, codes by text message. "
		    "Ask your administrator.\nCode: ",
		    "", { .barriers = BARRIER_METHODS }, { 0 } },
	};
	struct policy pol = policy("Code: ");

	(void)state;
	pol.methods |= METHODS_SENT;
	pol.sent.minutes = 10;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct notice_told told = { .offers = 7 };
		char text[NOTICE_SIZE];

		print_message("  %s\n", rows[i].what);
		snprintf(pol.sent.prefix, sizeof(pol.sent.prefix), "%s",
		    rows[i].prefix);
		notice_prompt(&rows[i].challenge, &pol, &rows[i].last, &told,
		    text);
		assert_string_equal(rows[i].expect, text);
		assert_int_equal(rows[i].last.send.result == SEND_OFFER
			? rows[i].last.send.n_offers
			: 0,
		    told.offers);
	}
}

/*
 * All addresses that there can be are listed, at their longest and under the
 * longest prompt; what finds no room is not counted as listed.
 */
static void
room_for_offers(void **state)
{
	const struct challenge challenge = { .methods = STEPS };
	struct policy pol = { .methods = METHODS_SENT };
	struct notice_last last = { .sending = true,
		.send = { .result = SEND_OFFER, .n_offers = SEND_OFFERS } };
	struct notice_told told = { 0 };
	char text[NOTICE_SIZE], line[ADDRESS_MASKED_SIZE + 8];

	(void)state;
	memset(pol.prompt, 'p', POLICY_PROMPT_MAX);
	for (size_t i = 0; i < SEND_OFFERS; i++)
		if (i < CONTACT_MAX)
			memset(last.send.offer[i].masked, 'a' + (int)i,
			    ADDRESS_MASKED_SIZE - 1);
		else
			strcpy(last.send.offer[i].masked, "+999 *** 99");
	notice_prompt(&challenge, &pol, &last, &told, text);
	assert_int_equal(SEND_OFFERS, told.offers);
	for (size_t i = 0; i < SEND_OFFERS; i++) {
		snprintf(line, sizeof(line), "\n%zu  %s\n", i + 1,
		    last.send.offer[i].masked);
		assert_non_null(strstr(text, line));
	}

	for (size_t i = 0; i < SEND_OFFERS; i++)
		memset(last.send.offer[i].masked, 'a' + (int)i,
		    ADDRESS_MASKED_SIZE - 1);
	notice_prompt(&challenge, &pol, &last, &told, text);
	assert_true(told.offers > 0 && told.offers < SEND_OFFERS);
	for (size_t i = 0; i < SEND_OFFERS; i++)
		assert_int_equal(i < told.offers,
		    strstr(text, last.send.offer[i].masked) != NULL);
}

/* Everything at once, at its longest: cut between lines, the prompt whole. */
static void
no_room(void **state)
{
	struct challenge full = {
		.methods = METHOD_RECOVERY | METHOD_TOTP,
		.barriers = BARRIER_METHODS,
		.wait = UINT64_MAX / 2,
		.missed = { UINT32_MAX, UINT32_MAX, UINT64_MAX, "" },
	};
	char long_prompt[POLICY_PROMPT_MAX + 1], text[NOTICE_SIZE];
	struct notice_told told = { 0 };
	struct policy pol;
	const char *tail;

	(void)state;
	memset(full.missed.rhost, 'r', RECORD_RHOST);
	memset(long_prompt, 'p', POLICY_PROMPT_MAX);
	long_prompt[POLICY_PROMPT_MAX] = '\0';
	for (size_t i = 0; i < RECORD_CHANGES; i++) {
		full.change[i] = (struct change){ .number = i + 7,
			.at = UINT64_MAX,
			.kind = CHANGE_DEVICE_ADDED };
		memset(full.change[i].label, '\'', RECORD_LABEL);
	}
	pol = policy(long_prompt);
	notice_prompt(&full, &pol, &again, &told, text);
	assert_true(strlen(text) < NOTICE_SIZE);
	tail = text + strlen(text) - POLICY_PROMPT_MAX;
	assert_string_equal(long_prompt, tail);
	assert_int_equal('\n', tail[-1]);
	assert_non_null(strstr(text, "Nothing that you have set up"));
	assert_non_null(strstr(text, "Too many wrong codes"));
	assert_true(told.wait);
	assert_int_equal(0, told.change);
}

/* Every length of prompt and label: some fill the buffer to its last byte. */
static void
to_the_last_byte(void **state)
{
	struct {
		char text[NOTICE_SIZE];
		char after;
	} out;
	size_t longest = 0;

	(void)state;
	for (size_t i = 0; i < RECORD_LABEL * POLICY_PROMPT_MAX; i++) {
		struct challenge challenge = { .methods = METHOD_TOTP };
		struct policy pol = { .methods = METHOD_TOTP };
		struct notice_told told = { 0 };

		memset(pol.prompt, 'p', 1 + i / RECORD_LABEL);
		for (size_t n = 0; n < RECORD_CHANGES; n++) {
			challenge.change[n] = (struct change){ .number = n + 1,
				.at = AT,
				.kind = CHANGE_DEVICE_ADDED };
			memset(challenge.change[n].label, '\'',
			    1 + i % RECORD_LABEL);
		}
		out.after = 'x';
		notice_prompt(&challenge, &pol, &first, &told, out.text);
		assert_int_equal('x', out.after);
		if (strlen(out.text) > longest)
			longest = strlen(out.text);
	}
	assert_int_equal(NOTICE_SIZE - 1, longest);
}

/* What found no room is told by the next prompt, and nothing is told twice. */
static void
one_after_the_other(void **state)
{
	struct challenge challenge = { .missed = { 1, 0, AT, "" } };
	const struct policy pol = policy("Code: ");
	struct notice_told told = { 0 };
	char text[NOTICE_SIZE];
	uint64_t before = 0;
	size_t rounds = 0;

	(void)state;
	for (size_t i = 0; i < RECORD_CHANGES; i++) {
		challenge.change[i] = (struct change){ .number = i + 3,
			.at = AT,
			.kind = CHANGE_DEVICE_ADDED };
		memset(challenge.change[i].label, 'a' + (int)i, RECORD_LABEL);
	}
	do {
		before = told.change;
		notice_prompt(&challenge, &pol, rounds == 0 ? &first : &again,
		    &told, text);
		assert_int_equal(rounds == 0,
		    strstr(text, "1 wrong code since") != NULL);
		for (size_t i = 0; i < RECORD_CHANGES; i++)
			assert_int_equal(i + 3 > before && i + 3 <= told.change,
			    strstr(text, challenge.change[i].label) != NULL);
		rounds++;
	} while (told.change > before);
	assert_int_equal(RECORD_CHANGES + 2, told.change);
	assert_true(rounds > 2);
	assert_string_equal("Not accepted.\nCode: ", text);
}

static void
after_success(void **state)
{
	static const struct {
		const char *expect; /* NULL: nothing */
		unsigned int methods, left;
		enum policy_method used;
	} rows[] = {
		{ NULL, METHOD_TOTP | METHOD_RECOVERY, 4, METHOD_TOTP },
		{ NULL, METHOD_TOTP, 1, METHOD_TOTP },
		{ "3 recovery codes left. Make new ones: otp-enroll recovery",
		    METHOD_TOTP | METHOD_RECOVERY, 3, METHOD_TOTP },
		{ "1 recovery code left. Make new ones: otp-enroll recovery",
		    METHOD_HOTP | METHOD_RECOVERY, 1, METHOD_HOTP },
		{ "No recovery codes left. Make new ones: otp-enroll recovery",
		    METHOD_TOTP | METHOD_RECOVERY, 0, METHOD_TOTP },
		{ "9 recovery codes left. Lost your phone? Set up the new one "
		  "now: otp-enroll new",
		    METHOD_RECOVERY, 9, METHOD_RECOVERY },
		{ "No recovery codes left. Lost your phone? Set up the new "
		  "one now: otp-enroll new",
		    METHOD_RECOVERY, 0, METHOD_RECOVERY },
		{ "1 recovery code left. Make new ones: otp-enroll recovery",
		    METHOD_EMAIL | METHOD_RECOVERY, 1, METHOD_EMAIL },
		{ NULL, METHOD_EMAIL | METHOD_RECOVERY, 0, METHOD_EMAIL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct outcome outcome = { .verdict = VERDICT_ACCEPT,
			.method = rows[i].used,
			.recovery_left = rows[i].left };
		struct policy pol = { .methods = rows[i].methods };
		char text[NOTICE_SIZE];

		assert_int_equal(rows[i].expect != NULL,
		    notice_success(&pol, &outcome, text));
		if (rows[i].expect != NULL)
			assert_string_equal(rows[i].expect, text);
	}
}

/* Every kind of change, at its longest, finds room in a page of its own. */
static void
room_for_every_change(void **state)
{
	(void)state;
	for (int kind = CHANGE_DEVICE_ADDED; kind <= CHANGE_ADDRESS_REMOVED;
	     kind++) {
		struct challenge challenge = { .change = { { 1, UINT64_MAX,
						   (enum change_kind)kind,
						   "" } } };
		struct policy pol = { .methods = METHOD_TOTP };
		struct notice_told told = { 0 };
		char text[NOTICE_SIZE];

		memset(pol.prompt, 'p', 64);
		memset(challenge.change[0].label, '\'', RECORD_LABEL);
		notice_prompt(&challenge, &pol, &first, &told, text);
		assert_int_equal(1, told.change);
		assert_non_null(strchr(text, '\n'));
	}
}

/* Who passes unasked hears of the newest change, in one line. */
static void
unasked(void **state)
{
	struct challenge challenge = { .methods = METHOD_TOTP };
	char text[NOTICE_SIZE];

	(void)state;
	assert_false(notice_passed(&challenge, text));
	challenge.change[0] =
	    (struct change){ 8, AT, CHANGE_RECOVERY_USED, "" };
	challenge.change[1] = (struct change){ 9, AT, CHANGE_DISABLED, "" };
	assert_true(notice_passed(&challenge, text));
	assert_string_equal("2026-11-21 12:30 UTC: your second factor was "
			    "turned off. Not you? Tell your administrator, and "
			    "run: otp-enroll new",
	    text);
	challenge.change[1].kind = (enum change_kind)99;
	assert_true(notice_passed(&challenge, text));
	assert_non_null(strstr(text, "a recovery code was used"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences),
		cmocka_unit_test(sending),
		cmocka_unit_test(room_for_offers),
		cmocka_unit_test(no_room),
		cmocka_unit_test(to_the_last_byte),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(after_success),
		cmocka_unit_test(room_for_every_change),
		cmocka_unit_test(unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
