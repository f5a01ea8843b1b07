/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not sent, and how long that takes. */
#include "sending.h"

#include "common/authority_remote.h"

/* Whatever comes of it, the code is counted and the device is good. */
static void
fails(void **state)
{
	static const struct {
		const char *what, *answer;
		bool hang;
	} rows[] = {
		{ "refused", "failed 550 no such user\n", false },
		{ "nonsense", "okay\n", false },
		{ "no line", "ok", false },
		{ "nothing", "", false },
		{ "no answer", "ok\n", true },
	};
	struct world *at = *state;

	set(at, MAILS TEXTS "[default]\n" METHODS "notify = none\n" TWO);
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].what);
		put_with(at, true, MAIL, NULL);
		write_file(at, "answer", rows[i].answer, 0644);
		if (rows[i].hang)
			write_file(at, "hang", "", 0644);
		logged = 0;
		assert_int_equal(SEND_FAILED, send_at(at, "desk", START));
		assert_int_equal(1, logged);
		assert_int_equal(SEND_WAIT, send_at(at, "desk", START + 1));
		assert_int_equal(VERDICT_ACCEPT,
		    answer_at(at, "desk", CODE, START));
	}
	remove_file(at, "program");
	put_with(at, true, MAIL, NULL);
	assert_int_equal(SEND_FAILED, send_at(at, "desk", START));
}

/* What is wrong with it is told once, and what that means. */
static void
without_passwords(void **state)
{
	static const struct {
		const char *what, *text, *told;
		mode_t mode;
	} rows[] = {
		{ "open to all", "[email]\npassword = sesame\n",
		    ": can be read by others: use chgrp _pam_otp, and chmod "
		    "0640",
		    0644 },
		{ "faulty", "[mail]\npassword = sesame\n",
		    ":1: there is no section [mail]: use [email], [sms] or "
		    "[ldap]",
		    0600 },
	};
	struct world *at = *state;
	struct delivery got[MOST];
	char expect[PATH_MAX + 512];

	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].what);
		set(at, MAILS TEXTS "[default]\n" METHODS "notify = none\n");
		put_with(at, true, MAIL, NULL);
		write_file(at, "secrets", rows[i].text, rows[i].mode);
		assert_int_equal(SEND_FAILED, send_at(at, "desk", START));
		snprintf(expect, sizeof(expect),
		    "%s/secrets%s\na code to a***e@example.org was not sent: "
		    "the file of passwords cannot be used\n",
		    at->dir, rows[i].told);
		assert_string_equal(expect, log_text);
	}
	sent(at, 0, got);
}

/* However much hangs, whoever waits does so for one "timeout". */
static void
one_end(void **state)
{
	static const struct {
		const char *what, *hang, *told;
		unsigned int lines;
		enum send_result again; /* right after it */
	} rows[] = {
		{ "directories", "hang.look",
		    "exec:/a: there was no answer in time (timeout in [send])\n"
		    "exec:/b: no time was left for it (timeout in [send])\n"
		    "exec:/c: no time was left for it (timeout in [send])\n"
		    "a code to a***e@example.org was not sent: no time was "
		    "left for it (timeout in [send])\n",
		    4, SEND_SENT },
		{ "the server", "hang",
		    "a code to a***e@example.org was not sent: there was no "
		    "answer in time (timeout in [send])\n",
		    1, SEND_WAIT },
	};
	struct world *at = *state;

	for (size_t i = 0; i < N(rows); i++) {
		const int64_t limit = deadline_in(3 + 3);

		print_message("  %s\n", rows[i].what);
		set(at,
		    MAILS "email-from = exec:/a exec:/b exec:/c record\n"
			  "[default]\nmethods = totp email\nnotify = none\n");
		put_with(at, true, MAIL, NULL);
		write_file(at, rows[i].hang, "", 0644);
		assert_int_equal(SEND_FAILED, send_at(at, "desk", START));
		assert_true(deadline_left(limit) > 0);
		assert_string_equal(rows[i].told, log_text);
		assert_int_equal(rows[i].lines, logged);
		remove_file(at, rows[i].hang);
		assert_int_equal(rows[i].again, send_at(at, "desk", START + 1));
	}
}

#define LOOKS_UP                                                               \
	MAILS "email-from = exec:/a record\n"                                  \
	      "[default]\nmethods = totp email\nnotify = none\n"

/* A look-up takes of the server's time; where nobody waits it takes none. */
static void
what_is_left(void **state)
{
	struct world *at = *state;
	struct request request = to_send("desk", START);
	struct delivery got[MOST];

	for (uint32_t later = 0; later < 2; later++) {
		print_message("  %s\n", later ? "later" : "now");
		set(at, later ? LOOKS_UP "confirm-address = yes\n" : LOOKS_UP);
		put_with(at, true, MAIL, NULL);
		write_file(at, "slow.look", "", 0644);
		forget(at);
		request.address = later ? MAIL : NULL;
		assert_int_equal(SEND_SENT, must(at, &request).send.result);
		sent(at, 1, got);
		assert_in_range(got[0].seconds, later ? 3 : 1, later ? 3 : 2);
		assert_int_equal(later, got[0].later);
	}
}

/* Behind a directory that does not answer there is time for the server. */
static void
half_is_left(void **state)
{
	struct world *at = *state;
	struct delivery got[MOST];

	set(at, LOOKS_UP);
	put_with(at, true, MAIL, NULL);
	write_file(at, "at.alice", "failed no answer\n", 0644);
	write_file(at, "slow.look", "", 0644);
	assert_int_equal(SEND_SENT, send_at(at, "desk", START));
	assert_int_equal(2, asked(at, DELIVERY_NONE, got));
	assert_int_equal(DELIVERY_LOOKUP, got[0].kind);
	assert_in_range(got[0].seconds, 1, 2);
	assert_string_equal("exec:/a: no answer\n", log_text);
}

/* Who asks through the socket waits for all that may be asked and sent. */
static void
patience(void **state)
{
	const struct policy_delivery delivery = { .send.seconds = 10 };
	static const struct {
		enum verb verb;
		unsigned int expect;
	} rows[] = {
		{ VERB_STATUS, 30 },
		{ VERB_ANSWER, 30 },
		{ VERB_ADDRESS, 30 + 12 },
		{ VERB_TEST, 30 + 12 },
		{ VERB_SEND, 30 + 12 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(rows[i].expect,
		    authority_remote_seconds(rows[i].verb, &delivery));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(fails),
		SENDING(without_passwords),
		SENDING(one_end),
		SENDING(what_is_left),
		SENDING(half_is_left),
		cmocka_unit_test(patience),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
