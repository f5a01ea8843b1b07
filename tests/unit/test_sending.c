/* SPDX-License-Identifier: BSD-2-Clause */
/* Codes that are sent for a login, asked for as front ends do. */
#include "sending.h"

static void
logs_in(void **state)
{
	const struct world *at = *state;
	const struct request request = to_send("desk", START);
	struct delivery got[MOST];
	struct reply reply;

	put_with(at, true, MAIL, NULL);
	reply = must(at, &request);
	assert_int_equal(SEND_SENT, reply.send.result);
	assert_int_equal(1, reply.send.n_offers);
	assert_string_equal("a***e@example.org", reply.send.offer[0].masked);

	sent(at, 1, got);
	assert_int_equal(DELIVERY_MAIL, got[0].kind);
	assert_string_equal(MAIL, got[0].to);
	assert_string_equal("desk", got[0].subject);
	assert_string_equal("sesame", got[0].password);
	assert_int_equal(8, strlen(got[0].text));
	/* The code is in what was sent alone. */
	assert_null(memmem(&reply, sizeof(reply), got[0].text, 8));

	assert_int_equal(VERDICT_DENY,
	    answer_at(at, "desk",
		strcmp(got[0].text, "00000000") != 0 ? "00000000" : "11111111",
		START + 1));
	reply = answer_with(at, "desk", got[0].text, START + 2);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(METHOD_EMAIL, reply.outcome.method);
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[0].text, START + 3));
	assert_int_equal(0, logged);
}

/* A login that nobody named, from nowhere. */
static void
nameless(void **state)
{
	struct world *at = *state;
	struct request request = to_send(NULL, START);
	struct delivery got[MOST];

	set(at,
	    "[email]\nserver = smtp://localhost\nfrom = otp@example.org\n"
	    "subject = {service} {rhost}\ntext = {code}\n"
	    "[default]\nmethods = totp email\nnotify = none\n");
	put_with(at, true, MAIL, NULL);
	request.rhost = NULL;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	sent(at, 1, got);
	assert_string_equal("this machine this machine", got[0].subject);
}

/* Bound to the login that it was asked for, and to the way it came in. */
static void
of_another_login(void **state)
{
	const struct world *at = *state;
	struct request request = to_send("desk", START);
	struct delivery got[MOST];

	put_with(at, true, MAIL, NULL);
	assert_int_equal(SEND_SENT, send_at(at, "desk", START));
	sent(at, 1, got);
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "gate", got[0].text, START + 1));
	assert_int_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[0].text, START + 1));

	request.lane = LANE_SOCKET;
	request.caller = OWNER;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	sent(at, 2, got);
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[1].text, START + 1));
	request.verb = VERB_ANSWER;
	request.answer = got[1].text;
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
}

static void
how_often(void **state)
{
	struct world *at = *state;
	struct request request = to_send("desk", START + 30);
	struct delivery got[MOST];
	uint64_t now = START;
	struct reply reply;

	put_with(at, true, MAIL, NULL);
	assert_int_equal(SEND_SENT, send_at(at, "desk", now));
	reply = must(at, &request);
	assert_int_equal(SEND_WAIT, reply.send.result);
	assert_int_equal(30, reply.send.wait);
	/* Another login is no way round it, and a new process neither. */
	set(at, MAILS TEXTS "[default]\n" METHODS "notify = none\n" TWO);
	assert_int_equal(SEND_WAIT, send_at(at, "gate", START + 59));

	assert_int_equal(SEND_SENT, send_at(at, "desk", START + 60));
	sent(at, 2, got);
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[0].text, START + 61));
	assert_int_equal(SEND_SENT, send_at(at, "desk", START + 120));
	request.now = START + 180;
	reply = must(at, &request);
	assert_int_equal(SEND_WAIT, reply.send.result);
	assert_int_equal(900 - 180, reply.send.wait);
	/* The socket's are counted by themselves. */
	request.lane = LANE_SOCKET;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);

	/* Three of the ten of a day are used up. */
	now = START + 1000;
	for (size_t i = 3; i < RECORD_SENDS; i++, now += 1000)
		assert_int_equal(SEND_SENT, send_at(at, "desk", now));
	assert_int_equal(SEND_WAIT, send_at(at, "desk", now));
	assert_int_equal(SEND_WAIT, send_at(at, "desk", START + 86399));
	assert_int_equal(SEND_SENT, send_at(at, "desk", START + 86400));
	sent(at, RECORD_SENDS + 2, got);
}

/* A process of the user's says which login it is: not how often, nor who. */
static void
lies(void **state)
{
	struct world *at = *state;
	struct request request = to_send("lax", START);
	struct delivery got[MOST];

	set(at,
	    MAILS TEXTS
	    "[default]\n" METHODS
	    "[lax]\nservice = lax\nresend-after = 30\nnotify = none\n");
	put_with(at, true, MAIL, NULL);
	request.caller = OWNER;
	request.lane = LANE_SOCKET;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	request.now += 59;
	assert_int_equal(SEND_WAIT, must(at, &request).send.result);
	request.verb = VERB_ANSWER;
	request.answer = RECOVERY_FIRST;
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, 2, got);
	assert_non_null(strstr(got[1].text, "recovery code was used"));
}

/* Where no answer would be looked at, nothing is sent. */
static void
shut(void **state)
{
	static const struct {
		const char *what;
		enum lock_kind locked;
		uint32_t row;
		uint64_t wait_until;
		uint64_t wait;
	} rows[] = {
		{ "locked", LOCK_USER, 0, 0, 0 },
		{ "off", LOCK_NONE, 20, 0, 0 },
		{ "a wait", LOCK_NONE, 5, START + 25, 25 },
	};
	const struct world *at = *state;
	const struct request request = to_send("desk", START);
	struct delivery got[MOST];

	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record();
		struct reply reply;

		print_message("  %s\n", rows[i].what);
		put(at, NOTHING);
		strcpy(rec.email, MAIL);
		rec.email_since = START - 1;
		rec.locked = rows[i].locked;
		rec.failures[LANE_LOGIN].row = rows[i].row;
		rec.failures[LANE_LOGIN].wait_until = rows[i].wait_until;
		assert_int_equal(0, store_create(at->store, &alice, &rec));
		reply = must(at, &request);
		assert_int_equal(SEND_OFF, reply.send.result);
		assert_int_equal(rows[i].wait, reply.send.wait);
	}
	sent(at, 0, got);
}

/* Which of several. */
static void
offers(void **state)
{
	struct world *at = *state;
	struct request request = to_send("desk", START);
	struct delivery got[MOST];
	struct reply reply;

	put_with(at, true, MAIL, PHONE);
	reply = must(at, &request);
	assert_int_equal(SEND_OFFER, reply.send.result);
	assert_int_equal(2, reply.send.n_offers);
	assert_string_equal("a***e@example.org", reply.send.offer[0].masked);
	assert_string_equal("+44 *** 23", reply.send.offer[1].masked);
	/* There is no such one: the same list again. */
	request.choice = 3;
	assert_int_equal(SEND_OFFER, must(at, &request).send.result);
	sent(at, 0, got);

	request.choice = 2;
	reply = must(at, &request);
	assert_int_equal(SEND_SENT, reply.send.result);
	assert_int_equal(1, reply.send.n_offers);
	assert_string_equal("+44 *** 23", reply.send.offer[0].masked);
	sent(at, 1, got);
	assert_int_equal(DELIVERY_HTTP, got[0].kind);
	assert_string_equal(PHONE, got[0].to);
	assert_string_equal("", got[0].subject);
	reply = answer_with(at, "desk", got[0].text, START);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(METHOD_SMS, reply.outcome.method);

	request.choice = 0;
	request.channel = METHOD_EMAIL;
	request.now += 60;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	sent(at, 2, got);
	assert_string_equal(MAIL, got[1].to);

	request.channel = METHOD_TOTP;
	assert_int_equal(-EINVAL, ask(at, &request, &reply));
	/* What the scenario does not list is not there. */
	set(at, MAILS TEXTS "[default]\nmethods = totp email\nnotify = none\n");
	request.channel = METHOD_SMS;
	request.now += 60;
	assert_int_equal(SEND_NOTHING, must(at, &request).send.result);
	request.channel = 0;
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
}

/* What a record takes in the store, as text. */
static size_t
size_of(const struct world *at)
{
	const struct record rec = get(at);
	char text[RECORD_TEXT_SIZE];
	size_t len;

	assert_int_equal(0, record_write(&rec, text, &len));
	return len;
}

/* Where the address has to be typed, nobody learns whether it was right. */
static void
typed(void **state)
{
	static const struct {
		const char *typed;
		bool right;
	} rows[] = {
		{ MAIL, true },
		{ "Alice@Example.ORG", true },
		{ "00 44 7700 900123", true },
		{ OTHER_MAIL, false },
		{ "+447700900124", false },
		{ "a***e@example.org", false },
		{ "alice@example.org ", false },
		{ "@", false },
	};
	struct world *at = *state;
	struct request request = to_send("desk", START);
	struct reply reply, first;
	struct delivery got[MOST];
	size_t size = 0, n = 0;

	set(at,
	    MAILS TEXTS "[default]\n" METHODS
			"confirm-address = yes\nnotify = none\n" TWO);
	put_with(at, true, MAIL, PHONE);
	assert_int_equal(SEND_TYPE, must(at, &request).send.result);
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].typed);
		put_with(at, true, MAIL, PHONE);
		request.address = rows[i].typed;
		reply = must(at, &request);
		assert_int_equal(SEND_SENT, reply.send.result);
		assert_int_equal(0, reply.send.n_offers);
		n += rows[i].right;
		sent(at, n, got);
		if (i == 0)
			first = reply;
		assert_memory_equal(&first, &reply, sizeof(reply));
		if (strchr(rows[i].typed, '@') != NULL) {
			if (size == 0)
				size = size_of(at);
			assert_int_equal(size, size_of(at));
		}
		/* And both may come again at the same time. */
		assert_int_equal(SEND_WAIT, must(at, &request).send.result);
		if (rows[i].right)
			assert_int_equal(VERDICT_ACCEPT,
			    answer_at(at, "desk", got[n - 1].text, START));
	}
	settle();
	sent(at, n, got);

	/* Somebody without an address, or not there: the same reply. */
	put_with(at, true, NULL, NULL);
	reply = must(at, &request);
	assert_memory_equal(&first, &reply, sizeof(reply));
	assert_int_equal(SEND_WAIT, must(at, &request).send.result);
	request.account = (struct account){ "mallory", (uid_t)-1, false };
	reply = must(at, &request);
	assert_memory_equal(&first, &reply, sizeof(reply));
	request.address = NULL;
	assert_int_equal(SEND_TYPE, must(at, &request).send.result);
}

/* Who is not there, and who has no address, see and cost the same. */
static void
unknown(void **state)
{
	static const struct account accounts[] = {
		{ "alice", OWNER, true },
		{ "mallory", (uid_t)-1, false },
	};
	struct world *at = *state;
	struct reply challenge[2], reply[2];
	struct delivery got[MOST];
	size_t n;

	set(at,
	    MAILS "email-from = record exec:/somewhere\n" TEXTS
		  "[default]\n" METHODS "unenrolled = deny\n" TWO);
	put(at, NOTHING);
	write_file(at, "at._pam_otp", "ok root@example.org\n", 0644);
	for (size_t i = 0; i < 2; i++) {
		struct request request = to_send("desk", START);

		request.account = accounts[i];
		request.verb = VERB_CHALLENGE;
		challenge[i] = must(at, &request);
		request.verb = VERB_SEND;
		reply[i] = must(at, &request);
		assert_int_equal(SEND_NOTHING, reply[i].send.result);
		n = asked(at, DELIVERY_NONE, got);
		assert_int_equal(i + 1, n);
		assert_int_equal(DELIVERY_LOOKUP, got[i].kind);
	}
	assert_string_equal("alice", got[0].account);
	assert_string_equal("_pam_otp", got[1].account);
	assert_memory_equal(&reply[0], &reply[1], sizeof(reply[0]));
	assert_string_equal("unenrolled", challenge[0].reason);
	challenge[0].reason = challenge[1].reason;
	assert_memory_equal(&challenge[0], &challenge[1], sizeof(reply[0]));
	assert_true(challenge[0].challenge.send_only);
	assert_int_equal(METHOD_EMAIL,
	    challenge[0].challenge.methods & METHODS_SENT);
	/* And nothing was kept of it. */
	assert_int_equal(-ENOENT, store_remove(at->store, "alice"));
}

/* The same where the address has to be typed, and when they come again. */
static void
unknown_typed(void **state)
{
	static const struct account accounts[] = {
		{ "alice", OWNER, true },
		{ "mallory", (uid_t)-1, false },
	};
	static const char *const says[] = { "confirm-address = no\n",
		"confirm-address = yes\n" };
	struct world *at = *state;
	struct reply reply[2];
	struct delivery got[MOST];
	char conf[1024];

	for (size_t i = 0; i < N(says); i++) {
		snprintf(conf, sizeof(conf),
		    MAILS "email-from = exec:/somewhere\n" TEXTS
			  "[default]\n" METHODS "unenrolled = deny\n%s",
		    says[i]);
		set(at, conf);
		put(at, NOTHING);
		for (size_t time = 0; time < 3; time++) {
			for (size_t k = 0; k < 2; k++) {
				struct request request =
				    to_send("desk", START + time);

				request.account = accounts[k];
				request.verb =
				    time == 1 ? VERB_CHALLENGE : VERB_SEND;
				request.address = MAIL;
				reply[k] = must(at, &request);
				reply[k].reason = NULL;
			}
			assert_memory_equal(&reply[0], &reply[1],
			    sizeof(reply[0]));
		}
		assert_int_equal(-ENOENT, store_remove(at->store, "alice"));
	}
	settle();
	sent(at, 0, got);
}

/* Who has nothing here but an address elsewhere may log in with a code. */
static void
elsewhere(void **state)
{
	struct world *at = *state;
	struct request request = to_send("desk", START);
	struct delivery got[MOST];
	struct reply reply;
	struct record rec;

	set(at,
	    MAILS "email-from = record exec:/somewhere\n" TEXTS
		  "[default]\n" METHODS "unenrolled = deny\n" TWO);
	put(at, NOTHING);
	write_file(at, "at.alice", "ok " MAIL "\n", 0644);
	assert_int_equal(SEND_SENT, send_at(at, "desk", START));
	sent(at, 1, got);
	request.verb = VERB_CHALLENGE;
	reply = must(at, &request);
	assert_false(reply.pass);
	assert_int_equal(METHOD_EMAIL, reply.challenge.sent);
	assert_int_equal(START, reply.challenge.sent_at);
	rec = get(at);
	assert_false(decide_enrolled(&rec));

	/* It is no factor that could change anything. */
	request.verb = VERB_ENROL;
	request.caller = OWNER;
	request.answer = got[0].text;
	assert_int_equal(VERDICT_MALFORMED, must(at, &request).verdict);

	assert_int_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[0].text, START));
	/* Without one that is alive they are nobody again. */
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "desk", got[0].text, START));
	rec = get(at);
	assert_false(decide_enrolled(&rec));

	/* Where they pass unasked nobody is sent anything. */
	set(at,
	    MAILS "email-from = record exec:/somewhere\n" TEXTS
		  "[default]\n" METHODS TWO);
	assert_int_equal(SEND_NOTHING, send_at(at, "desk", START + 600));
}

/* Who has nothing but such codes, and failed at them, is helped by root. */
static void
unlocks(void **state)
{
	struct world *at = *state;
	struct record rec = { .uid = OWNER, .created = START };
	struct request request = request_of(VERB_UNLOCK, OWNER);
	struct reply reply;

	set(at,
	    MAILS "email-from = record exec:/somewhere\n" TEXTS
		  "[default]\n" METHODS "unenrolled = deny\n" TWO);
	write_file(at, "at.alice", "ok " MAIL "\n", 0644);
	rec.failures[LANE_LOGIN].row = 20;
	put(at, NOTHING);
	assert_int_equal(0, store_create(at->store, &alice, &rec));
	assert_int_equal(SEND_OFF, send_at(at, "desk", START));
	request.label = NULL;
	assert_int_equal(-ENOENT, ask(at, &request, &reply));
	request.caller = ROOT;
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	assert_int_equal(SEND_SENT, send_at(at, "desk", START));
}

/* A code that was sent logs in, and does nothing else. */
static void
proves_nothing(void **state)
{
	static const enum verb verbs[] = { VERB_ENROL, VERB_RECOVERY,
		VERB_RENAME, VERB_REMOVE, VERB_DISABLE, VERB_UNLOCK,
		VERB_ADDRESS };
	const struct world *at = *state;
	struct delivery got[MOST];

	for (size_t i = 0; i < N(verbs); i++) {
		struct request request = to_send("otp-enroll", START);
		struct record before, after;
		struct reply reply;

		forget(at);
		put_with(at, true, MAIL, NULL);
		request.caller = OWNER;
		request.lane = LANE_SOCKET;
		assert_int_equal(SEND_SENT, must(at, &request).send.result);
		sent(at, 1, got);
		before = get(at);
		request = request_of(verbs[i], OWNER);
		request.lane = LANE_SOCKET;
		request.service = "otp-enroll";
		request.answer = got[0].text;
		request.channel = METHOD_SMS;
		request.address = PHONE;
		if (verbs[i] != VERB_ENROL)
			request.label =
			    verbs[i] == VERB_UNLOCK ? NULL : "phone";
		request.new_label = "other";
		if (verbs[i] == VERB_ADDRESS)
			request.now += 60;
		reply = must(at, &request);
		assert_int_not_equal(VERDICT_ACCEPT, reply.verdict);
		after = get(at);
		assert_memory_equal(before.device, after.device,
		    sizeof(before.device));
		assert_memory_equal(&before.recovery, &after.recovery,
		    sizeof(before.recovery));
		assert_int_equal(0, after.pending.until);
		assert_int_equal(0, after.pending_address.until);
		/* It is as good as before, for what it is for. */
		request.verb = VERB_ANSWER;
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	}
}

/* Names from outside bring no line of their own into what is sent. */
static void
hostile_names(void **state)
{
	const struct world *at = *state;
	struct request request = to_send("de\nsk\r\nTo: x", START);
	struct delivery got[MOST];

	put_with(at, true, MAIL, NULL);
	request.rhost = "a\nb";
	assert_int_equal(SEND_SENT, must(at, &request).send.result);
	sent(at, 1, got);
	assert_string_equal("de?sk??To:?x", got[0].subject);
}

/* What an administrator has sent, to see that it arrives. */
static void
tested(void **state)
{
	static const struct {
		enum policy_method channel;
		const char *address;
		int error;
	} rows[] = {
		{ METHOD_EMAIL, OTHER_MAIL, 0 },
		{ METHOD_SMS, PHONE, 0 },
		{ METHOD_EMAIL, "nobody at all", -EINVAL },
		{ METHOD_EMAIL, NULL, -EINVAL },
		{ METHOD_TOTP, OTHER_MAIL, -ENOTSUP },
		{ 0, OTHER_MAIL, -ENOTSUP },
	};
	struct request request = request_of(VERB_TEST, ROOT);
	struct world *at = *state;
	struct delivery got[MOST];
	struct reply reply;
	size_t n = 0;

	put_with(at, false, NULL, NULL);
	for (size_t i = 0; i < N(rows); i++) {
		request.channel = rows[i].channel;
		request.address = rows[i].address;
		assert_int_equal(rows[i].error, ask(at, &request, &reply));
		n += rows[i].error == 0;
		sent(at, n, got);
		if (rows[i].error < 0)
			continue;
		assert_int_equal(SEND_SENT, reply.send.result);
		assert_string_equal(rows[i].address, got[n - 1].to);
		assert_string_equal("00000000", code_in(&got[n - 1]));
	}
	assert_int_not_equal(VERDICT_ACCEPT,
	    answer_at(at, "otp-enroll", "00000000", START));
	assert_int_equal(0, logged);

	write_file(at, "answer", "failed no\n", 0644);
	request.channel = METHOD_EMAIL;
	request.address = OTHER_MAIL;
	reply = must(at, &request);
	assert_int_equal(SEND_FAILED, reply.send.result);
	assert_int_equal(1, logged);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(logs_in),
		SENDING(nameless),
		SENDING(of_another_login),
		SENDING(how_often),
		SENDING(lies),
		SENDING(shut),
		SENDING(offers),
		SENDING(typed),
		SENDING(unknown),
		SENDING(unknown_typed),
		SENDING(elsewhere),
		SENDING(unlocks),
		SENDING(proves_nothing),
		SENDING(hostile_names),
		SENDING(tested),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
