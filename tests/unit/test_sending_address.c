/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that users set themselves. */
#include "sending.h"

/* The first factor of somebody, by what policy says of that. */
static void
first_address(void **state)
{
	static const struct {
		const char *self_enroll;
		uid_t caller;
		bool ticket;
		int expect;
	} rows[] = {
		{ "open", OWNER, false, VERDICT_ACCEPT },
		{ "off", OWNER, false, -EACCES },
		{ "off", ROOT, false, VERDICT_ACCEPT },
		{ "ticket", OWNER, false, VERDICT_MALFORMED },
		{ "ticket", OWNER, true, VERDICT_ACCEPT },
	};
	struct world *at = *state;
	struct delivery got[MOST];
	char conf[1024];

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = to_address(METHOD_EMAIL, MAIL, NULL);
		struct reply reply;
		struct record rec;
		int r;

		print_message("  %s\n", rows[i].self_enroll);
		snprintf(conf, sizeof(conf),
		    MAILS TEXTS "[default]\n" METHODS "self-enroll = %s\n"
				"code-ttl = 30\n",
		    rows[i].self_enroll);
		set(at, conf);
		put(at, NOTHING);
		forget(at);
		request.caller = rows[i].caller;
		if (rows[i].ticket) {
			struct request ticket = request_of(VERB_TICKET, ROOT);

			reply = must(at, &ticket);
			request.answer = reply.ticket;
			r = authority_ask(at->authority, &request, &at->reply);
			reply = at->reply;
		} else {
			r = ask(at, &request, &reply);
		}
		assert_int_equal(rows[i].expect,
		    r < 0 ? r : (int)reply.verdict);
		if (rows[i].expect != VERDICT_ACCEPT) {
			sent(at, 0, got);
			continue;
		}
		assert_int_equal(SEND_SENT, reply.send.result);
		sent(at, 1, got);
		assert_string_equal(MAIL, got[0].to);
		/* So long the address waits, though its code is good longer. */
		assert_non_null(strstr(got[0].text, "for 15 minutes"));
		/* It is none until it is confirmed. */
		rec = get(at);
		assert_string_equal("", rec.email);
		assert_false(decide_enrolled(&rec));

		request = to_confirm(strcmp(code_in(&got[0]), "00000000") != 0
			? "00000000"
			: "11111111");
		reply = must(at, &request);
		assert_int_equal(VERDICT_DENY, reply.verdict);
		request = to_confirm(code_in(&got[0]));
		request.lane = LANE_SOCKET;
		reply = must(at, &request);
		assert_int_equal(VERDICT_ACCEPT, reply.verdict);
		assert_int_equal(RECORD_RECOVERY, reply.n_codes);
		rec = get(at);
		assert_string_equal(MAIL, rec.email);
		assert_true(decide_enrolled(&rec));
		assert_int_equal(0, rec.ticket.until);
		/* Once. */
		assert_int_equal(-ENOENT, ask(at, &request, &at->reply));
		/* Nobody waits for notices, which may overtake each other. */
		sent(at, 2, got);
		/* The codes are good. */
		assert_int_equal(VERDICT_ACCEPT,
		    answer_at(at, "desk", reply.code[0], START));
		sent(at, 3, got);
		assert_string_equal(MAIL, got[1].to);
		assert_non_null(strstr(got[1].text, "email address"));
		assert_non_null(strstr(got[2].text, "recovery code was used"));
	}
}

/* Whoever had a ticket that was made anew has begun nothing. */
static void
ticket_again(void **state)
{
	struct world *at = *state;
	struct request ticket = request_of(VERB_TICKET, ROOT);
	struct request request = to_address(METHOD_EMAIL, OTHER_MAIL, NULL);
	struct delivery got[MOST];
	struct reply reply, begun;

	set(at, MAILS TEXTS "[default]\n" METHODS "self-enroll = ticket\n");
	put(at, NOTHING);
	reply = must(at, &ticket);
	request.answer = reply.ticket;
	begun = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, begun.verdict);
	sent(at, 1, got);
	(void)must(at, &ticket);
	request = to_confirm(code_in(&got[0]));
	assert_int_equal(-ENOENT, ask(at, &request, &reply));
}

static void
change_address(void **state)
{
	static const struct {
		const char *what, *address, *answer;
		enum policy_method channel;
		int expect;
	} rows[] = {
		{ "no code", OTHER_MAIL, NULL, METHOD_EMAIL,
		    VERDICT_MALFORMED },
		{ "a wrong one", OTHER_MAIL, WRONG, METHOD_EMAIL,
		    VERDICT_DENY },
		{ "a code", OTHER_MAIL, CODE, METHOD_EMAIL, VERDICT_ACCEPT },
		{ "a recovery code", OTHER_MAIL, RECOVERY_FIRST, METHOD_EMAIL,
		    VERDICT_ACCEPT },
		{ "a phone", "0044 7700 900124", CODE, METHOD_SMS,
		    VERDICT_ACCEPT },
		{ "a phone as mail", PHONE, CODE, METHOD_EMAIL, -EINVAL },
		{ "mail as a phone", OTHER_MAIL, CODE, METHOD_SMS, -EINVAL },
		{ "two", OTHER_MAIL ", " MAIL, CODE, METHOD_EMAIL, -EINVAL },
		{ "nothing", "", CODE, METHOD_EMAIL, -EINVAL },
		{ "no channel", OTHER_MAIL, CODE, 0, -EINVAL },
		{ "both", OTHER_MAIL, CODE, METHODS_SENT, -EINVAL },
		{ "taken away", NULL, CODE, METHOD_EMAIL, VERDICT_ACCEPT },
		{ "for nothing", NULL, WRONG, METHOD_EMAIL, VERDICT_DENY },
	};
	struct world *at = *state;
	struct delivery got[MOST];

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = to_address(rows[i].channel,
		    rows[i].address, rows[i].answer);
		struct record before, after;
		struct reply reply;
		int r;

		print_message("  %s\n", rows[i].what);
		forget(at);
		put_with(at, true, MAIL, PHONE);
		before = get(at);
		r = ask(at, &request, &reply);
		assert_int_equal(rows[i].expect,
		    r < 0 ? r : (int)reply.verdict);
		after = get(at);
		/* What cannot be cost no code. */
		if (r < 0)
			assert_memory_equal(&before, &after, sizeof(before));
		if (rows[i].address == NULL) {
			assert_string_equal(reply.verdict == VERDICT_ACCEPT
				? ""
				: MAIL,
			    after.email);
			continue;
		}
		assert_string_equal(MAIL, after.email);
		assert_string_equal(PHONE, after.phone);
		sent(at, rows[i].expect == VERDICT_ACCEPT, got);
		if (rows[i].expect != VERDICT_ACCEPT)
			continue;
		/* To the new one, which is in force once the code is back. */
		assert_int_equal(SEND_SENT, reply.send.result);
		request = to_confirm(code_in(&got[0]));
		reply = must(at, &request);
		assert_int_equal(VERDICT_ACCEPT, reply.verdict);
		assert_int_equal(0, reply.n_codes);
		after = get(at);
		assert_string_equal(got[0].to,
		    rows[i].channel == METHOD_SMS ? after.phone : after.email);
	}
}

/* Each costs mail to somebody who may not want it. */
static void
address_limits(void **state)
{
	struct world *at = *state;
	struct request request = to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
	struct delivery got[MOST];
	struct record rec;
	struct reply reply;

	put_with(at, true, MAIL, NULL);
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	request.now += 30;
	request.answer = CODE_AFTER;
	reply = must(at, &request);
	assert_int_equal(SEND_WAIT, reply.send.result);
	assert_int_equal(30, reply.send.wait);
	assert_int_equal(VERDICT_DENY, reply.verdict);
	/* It waits for one that can be typed, and another is free. */
	assert_int_equal(1, reply.send.n_offers);
	request.answer = NULL;
	request.now += 30;
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(SEND_SENT, reply.send.result);
	sent(at, 2, got);
	/* But not for longer than the first code gave it. */
	rec = get(at);
	assert_int_equal(START + LATER, rec.pending_address.until);
	assert_int_equal(STEP, rec.device[0].spent[0]);
	/* And no other than that: which comes first, since none is sent. */
	request = to_address(METHOD_EMAIL, "mallory@example.org", NULL);
	request.now += 60;
	reply = must(at, &request);
	assert_int_equal(SEND_WAIT, reply.send.result);
	assert_int_equal(0, reply.send.n_offers);
	request.now += 60;
	reply = must(at, &request);
	assert_int_equal(VERDICT_MALFORMED, reply.verdict);
	sent(at, 2, got);

	/* Wrong ones are counted. */
	for (size_t i = 0; i < 3; i++) {
		request = to_confirm(strcmp(code_in(&got[1]), "00000000") != 0
			? "00000000"
			: "11111111");
		request.now = START + 60;
		reply = must(at, &request);
		assert_int_equal(VERDICT_DENY, reply.verdict);
	}
	request = to_confirm(code_in(&got[1]));
	request.now = START + 60;
	assert_int_equal(-ENOENT, ask(at, &request, &reply));

	/* To take all away is no way round it. */
	request = request_of(VERB_DISABLE, OWNER);
	request.answer = RECOVERY_FIRST;
	request.now += 60;
	(void)must(at, &request);
	request = to_address(METHOD_EMAIL, OTHER_MAIL, NULL);
	request.now += 61;
	assert_int_equal(SEND_WAIT, must(at, &request).send.result);

	/* What does not arrive is not in force, and can be had again. */
	write_file(at, "answer", "failed 550 no such user\n", 0644);
	put_with(at, true, MAIL, NULL);
	request = to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
	reply = must(at, &request);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(SEND_FAILED, reply.send.result);
	rec = get(at);
	assert_string_equal(MAIL, rec.email);

	/* No server, no address. */
	set(at, MAILS "[default]\nmethods = totp email\n");
	request = to_address(METHOD_SMS, PHONE, CODE);
	assert_int_equal(-ENOTSUP, ask(at, &request, &reply));
	assert_non_null(authority_strerror(-ENOTSUP));
}

/* Slow mail costs no second code, for this address and while it waits. */
static void
address_again(void **state)
{
	static const struct {
		const char *what, *address;
		uint64_t after;
		bool locked;
		enum verdict expect;
		enum send_result result;
		uint32_t offers;
	} rows[] = {
		{ "too early", OTHER_MAIL, 59, false, VERDICT_DENY, SEND_WAIT,
		    1 },
		{ "too early for another", "x" OTHER_MAIL, 59, false,
		    VERDICT_DENY, SEND_WAIT, 0 },
		{ "in time", OTHER_MAIL, 60, false, VERDICT_ACCEPT, SEND_SENT,
		    1 },
		{ "in capitals", "LIDDELL@example.NET", 60, false,
		    VERDICT_ACCEPT, SEND_SENT, 1 },
		{ "another", "x" OTHER_MAIL, 60, false, VERDICT_MALFORMED,
		    SEND_NOTHING, 0 },
		{ "at the end", OTHER_MAIL, 899, false, VERDICT_ACCEPT,
		    SEND_SENT, 1 },
		{ "too late", OTHER_MAIL, 900, false, VERDICT_MALFORMED,
		    SEND_NOTHING, 0 },
		{ "after a lock", OTHER_MAIL, 60, true, VERDICT_MALFORMED,
		    SEND_NOTHING, 0 },
	};
	const struct world *at = *state;
	struct delivery got[MOST];

	for (size_t i = 0; i < N(rows); i++) {
		struct request lock = request_of(VERB_LOCK, OWNER);
		struct request request =
		    to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
		struct request status = request_of(VERB_STATUS, OWNER);
		struct reply reply;

		print_message("  %s\n", rows[i].what);
		forget(at);
		put_with(at, true, MAIL, NULL);
		assert_int_equal(SEND_SENT, must(at, &request).send.result);
		reply = must(at, &status);
		assert_int_equal(METHOD_EMAIL, reply.status.pending_channel);
		assert_string_equal("l***l@example.net",
		    reply.status.pending_address);
		lock.label = NULL;
		if (rows[i].locked)
			(void)must(at, &lock);
		request.now += rows[i].after;
		request.address = rows[i].address;
		request.answer = NULL;
		reply = must(at, &request);
		assert_int_equal(rows[i].expect, reply.verdict);
		assert_int_equal(rows[i].result, reply.send.result);
		assert_int_equal(rows[i].offers, reply.send.n_offers);
		sent(at, rows[i].expect == VERDICT_ACCEPT ? 2 : 1, got);
		if (rows[i].expect != VERDICT_ACCEPT)
			continue;
		assert_string_not_equal(got[0].text, got[1].text);
		/* As it was begun, with a code: to some, case matters. */
		assert_string_equal(OTHER_MAIL, got[1].to);
		request.verb = VERB_CONFIRM_ADDRESS;
		request.answer = code_in(&got[0]);
		assert_int_equal(VERDICT_DENY, must(at, &request).verdict);
		request.answer = code_in(&got[1]);
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(first_address),
		SENDING(ticket_again),
		SENDING(change_address),
		SENDING(address_limits),
		SENDING(address_again),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
