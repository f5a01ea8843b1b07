/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that are sent, asked for as front ends do, with a program in place of
 * the delivery program that keeps what it was asked and says what it was told.
 */
#include "world.h"

#include <fcntl.h>
#include <time.h>

#include "common/deadline.h"
#include "common/delivery.h"
#include "common/sent.h"

#define MAIL "alice@example.org"
#define OTHER_MAIL "liddell@example.net"
#define PHONE "+447700900123"
#define MOST 16

/*
 * Keeps the request in "requests", and answers with what "answer" says; a
 * look-up with what stands in the file of the account's name, if there is one.
 */
static const char program[] = //
    "#!/bin/sh\n"
    "dir=${0%/*}\n"
    "request=$(cat)\n"
    "printf '%s\\n\\n' \"$request\" >>\"$dir/requests\"\n"
    "case $request in\n"
    "kind=3*)\n"
    "	account=${request##*account=}\n"
    "	account=${account%%[!a-z_]*}\n"
    "	[ ! -e \"$dir/at.$account\" ] || exec cat \"$dir/at.$account\"\n"
    "	echo ok ;;\n"
    "*)\n"
    "	[ ! -e \"$dir/hang\" ] || exec sleep 30\n"
    "	[ ! -e \"$dir/answer\" ] || exec cat \"$dir/answer\"\n"
    "	echo ok ;;\n"
    "esac\n";

/* What the configuration says where a test does not say otherwise. */
#define METHODS "methods = totp hotp recovery email sms\n"
#define MAILS                                                                  \
	"[email]\n"                                                            \
	"server = smtp://localhost\n"                                          \
	"from = otp@example.org\n"                                             \
	"subject = {service}\n"                                                \
	"text = {code}\n"
#define TEXTS                                                                  \
	"[sms]\n"                                                              \
	"url = http://127.0.0.1/\n"                                            \
	"from = pam_otp\n"                                                     \
	"body = {text}\n"                                                      \
	"text = {code}\n"
#define TWO                                                                    \
	"[desk]\n"                                                             \
	"service = desk\n"                                                     \
	"[gate]\n"                                                             \
	"service = gate\n"

static void
write_file(const struct world *at, const char *name, const char *text,
    mode_t mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", at->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(path, mode));
}

static void
remove_file(const struct world *at, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", at->dir, name);
	(void)unlink(path);
}

static void
note(void *arg, const char *what)
{
	print_message("    log: %s\n", what);
	*(unsigned int *)arg += 1;
}

static unsigned int logged;

/* As configure(), with the program; sections of scenarios come last. */
static void
set(struct world *at, const char *text)
{
	char all[2 * PATH_MAX];

	snprintf(all, sizeof(all),
	    "[send]\nprogram = %s/program\nsecrets = %s/secrets\n"
	    "timeout = 3\n%s",
	    at->dir, at->dir, text);
	configure(at, all);
	logged = 0;
	authority_log(at->authority, note, &logged);
}

static int
set_up_sending(void **state)
{
	int r = set_up(state);
	struct world *at = *state;

	if (r < 0)
		return r;
	write_file(at, "program", program, 0755);
	write_file(at, "secrets", "[email]\npassword = sesame\n", 0600);
	set(at, MAILS TEXTS "[default]\n" METHODS "notify = none\n" TWO);
	return 0;
}

#define SENDING(name)                                                          \
	cmocka_unit_test_setup_teardown(name, set_up_sending, tear_down)

/* What the program was asked, of all kinds but "not". */
static size_t
asked(const struct world *at, enum delivery_kind not,
    struct delivery got[static MOST])
{
	static char text[MOST * DELIVERY_REQUEST_MAX];
	char path[PATH_MAX], *next = text, *end;
	struct delivery delivery;
	size_t n = 0, len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/requests", at->dir);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	for (; (end = strstr(next, "\n\n")) != NULL; next = end + 2) {
		assert_int_equal(0,
		    delivery_read(next, (size_t)(end + 1 - next), &delivery));
		if (delivery.kind == not )
			continue;
		assert_true(n < MOST);
		got[n++] = delivery;
	}
	return n;
}

/* What was sent, once there are so many; nobody may have waited for it. */
static void
sent(const struct world *at, size_t n, struct delivery got[static MOST])
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	const int64_t deadline = deadline_in(10);
	size_t have;

	while ((have = asked(at, DELIVERY_LOOKUP, got)) < n &&
	    deadline_left(deadline) > 0)
		nanosleep(&pause, NULL);
	assert_int_equal(n, have);
}

/* Nothing more is on its way: what nobody waits for is done by then. */
static void
settle(void)
{
	const struct timespec pause = { .tv_nsec = 300000000 };

	nanosleep(&pause, NULL);
}

static void
forget(const struct world *at)
{
	remove_file(at, "requests");
}

/* Alice, with a device or without, and addresses. */
static void
put_with(const struct world *at, bool device, const char *email,
    const char *phone)
{
	struct record rec = make_record();
	int r = store_remove(at->store, alice.name);

	assert_true(r == 0 || r == -ENOENT);
	if (!device)
		memset(rec.device, 0, sizeof(rec.device));
	if (email != NULL) {
		strcpy(rec.email, email);
		rec.email_since = START - 86400;
	}
	if (phone != NULL) {
		strcpy(rec.phone, phone);
		rec.phone_since = START - 86400;
	}
	assert_int_equal(0, store_create(at->store, &alice, &rec));
}

static struct request
to_send(const char *service, uint64_t now)
{
	struct request request = request_of(VERB_SEND, ROOT);

	request.service = service;
	request.rhost = "192.0.2.7";
	request.now = now;
	return request;
}

static enum send_result
send_at(const struct world *at, const char *service, uint64_t now)
{
	const struct request request = to_send(service, now);
	const struct reply reply = must(at, &request);

	/* It decides nothing. */
	assert_int_equal(VERDICT_DENY, reply.verdict);
	assert_int_equal(VERDICT_DENY, reply.outcome.verdict);
	return reply.send.result;
}

static struct reply
answer_with(const struct world *at, const char *service, const char *code,
    uint64_t now)
{
	struct request request = request_of(VERB_ANSWER, ROOT);

	request.service = service;
	request.answer = code;
	request.now = now;
	return must(at, &request);
}

static enum verdict
answer_at(const struct world *at, const char *service, const char *code,
    uint64_t now)
{
	return answer_with(at, service, code, now).verdict;
}

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
		request.verb = VERB_CONFIRM;
		request.confirm_address = true;
		request.answer = code_in(&got[0]);
		assert_int_equal(VERDICT_DENY, must(at, &request).verdict);
		request.answer = code_in(&got[1]);
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	}
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

/* What is told to whom, by what policy says of it. */
static void
notices(void **state)
{
	static const struct {
		const char *what;
		enum verb verb;
		uid_t caller;
		const char *answer, *label;
		enum policy_notify least;
		const char *says, *how;
	} rows[] = {
		{ "removed", VERB_REMOVE, OWNER, CODE, "phone", NOTIFY_CHANGES,
		    "device 'phone' was removed", "with otp-enroll" },
		{ "removed by root", VERB_REMOVE, ROOT, NULL, "phone",
		    NOTIFY_CHANGES, "device 'phone' was removed",
		    "by an administrator" },
		{ "codes replaced", VERB_RECOVERY, OWNER, CODE, NULL,
		    NOTIFY_CHANGES, "new recovery codes", "with otp-enroll" },
		{ "a code used", VERB_ANSWER, ROOT, RECOVERY_FIRST, NULL,
		    NOTIFY_CHANGES, "recovery code was used",
		    "at a login to desk from 192.0.2.7" },
		{ "disabled", VERB_DISABLE, OWNER, CODE, NULL, NOTIFY_CHANGES,
		    "turned off", "with otp-enroll" },
		{ "reset", VERB_RESET, ROOT, NULL, NULL, NOTIFY_CHANGES,
		    "turned off", "by an administrator" },
		{ "address gone", VERB_ADDRESS, OWNER, CODE, NULL,
		    NOTIFY_CHANGES, "email address", "with otp-enroll" },
		{ "renamed", VERB_RENAME, OWNER, CODE, "phone", NOTIFY_ALL,
		    "renamed", "with otp-enroll" },
		{ "locked", VERB_LOCK, OWNER, NULL, "phone", NOTIFY_ALL,
		    "locked", "with otp-enroll" },
		{ "all locked", VERB_LOCK, OWNER, NULL, NULL, NOTIFY_ALL,
		    "locked", "with otp-enroll" },
		{ "login", VERB_ANSWER, ROOT, CODE, NULL, NOTIFY_ALL + 1, "",
		    "" },
		{ "wrong", VERB_ANSWER, ROOT, WRONG, NULL, NOTIFY_ALL + 1, "",
		    "" },
		{ "no proof", VERB_REMOVE, OWNER, WRONG, "phone",
		    NOTIFY_ALL + 1, "", "" },
	};
	static const char *const levels[] = { "none", "changes", "all" };
	struct world *at = *state;
	struct delivery got[MOST];
	char conf[1024];

	for (enum policy_notify level = 0; level <= NOTIFY_ALL; level++) {
		size_t n = 0;

		snprintf(conf, sizeof(conf),
		    MAILS TEXTS "[default]\n" METHODS "notify = %s\n",
		    levels[level]);
		set(at, conf);
		forget(at);
		for (size_t i = 0; i < N(rows); i++) {
			struct request request =
			    request_of(rows[i].verb, rows[i].caller);

			print_message("  %s: %s\n", levels[level],
			    rows[i].what);
			put_with(at, true, MAIL, NULL);
			request.service = "desk";
			request.rhost = "192.0.2.7";
			request.answer = rows[i].answer;
			request.label = rows[i].label;
			request.new_label = "other";
			request.unchecked = true;
			request.channel = METHOD_EMAIL;
			(void)must(at, &request);
			n += level >= rows[i].least;
			sent(at, n, got);
			if (level < rows[i].least)
				continue;
			assert_string_equal(MAIL, got[n - 1].to);
			assert_non_null(strstr(got[n - 1].text, rows[i].says));
			assert_non_null(strstr(got[n - 1].text, rows[i].how));
			assert_non_null(
			    strstr(got[n - 1].text, "2033-05-18 03:33 UTC"));
		}
		settle();
		sent(at, n, got);
	}
	assert_int_equal(0, logged);
}

/* Failures: some in a row, and those that switch codes off. */
static void
failures(void **state)
{
	static const struct {
		const char *conf;
		size_t n;
	} rows[] = {
		{ MAILS TEXTS "[default]\n" METHODS "notify = none\n", 0 },
		{ MAILS TEXTS "[default]\n" METHODS "notify = changes\n", 1 },
		{ MAILS TEXTS "[default]\n" METHODS "notify = all\n", 2 },
	};
	struct world *at = *state;
	struct delivery got[MOST];

	for (size_t i = 0; i < N(rows); i++) {
		uint64_t now = START;

		set(at, rows[i].conf);
		forget(at);
		put_with(at, true, MAIL, NULL);
		for (size_t j = 0; j < 21; j++, now += 3600)
			(void)answer_at(at, "desk", WRONG, now);
		sent(at, rows[i].n, got);
		if (rows[i].n > 1)
			assert_non_null(strstr(got[0].text, "in a row"));
		if (rows[i].n > 0)
			assert_non_null(
			    strstr(got[rows[i].n - 1].text, "switched off"));
	}
	settle();
	sent(at, rows[2].n, got);
}

/* Whoever had the address is told of the one that takes its place. */
static void
old_address_is_told(void **state)
{
	struct world *at = *state;
	struct request request = to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
	struct delivery got[MOST];

	set(at, MAILS TEXTS "[default]\n" METHODS);
	put_with(at, true, MAIL, PHONE);
	(void)must(at, &request);
	sent(at, 1, got);
	assert_string_equal(OTHER_MAIL, got[0].to);
	request = to_confirm(code_in(&got[0]));
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, 2, got);
	assert_string_equal(MAIL, got[1].to);
	assert_non_null(strstr(got[1].text, "email address"));

	/* A number is told by text, and the mail too. */
	forget(at);
	put_with(at, true, MAIL, PHONE);
	request = to_address(METHOD_SMS, NULL, CODE);
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, 2, got);
	for (size_t i = 0; i < 2; i++) {
		bool mail = got[i].kind == DELIVERY_MAIL;

		assert_string_equal(mail ? MAIL : PHONE, got[i].to);
		assert_non_null(strstr(got[i].text, "phone number"));
	}
	assert_int_not_equal(got[0].kind, got[1].kind);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(logs_in),
		SENDING(of_another_login),
		SENDING(how_often),
		SENDING(lies),
		SENDING(shut),
		SENDING(offers),
		SENDING(fails),
		SENDING(typed),
		SENDING(unknown),
		SENDING(unknown_typed),
		SENDING(elsewhere),
		SENDING(first_address),
		SENDING(ticket_again),
		SENDING(change_address),
		SENDING(address_limits),
		SENDING(address_again),
		SENDING(proves_nothing),
		SENDING(notices),
		SENDING(failures),
		SENDING(old_address_is_told),
		SENDING(hostile_names),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
