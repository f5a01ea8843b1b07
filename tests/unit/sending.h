/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of sending share: the world of the authority's, with a program
 * in place of the delivery program that keeps what it was asked and says what
 * it was told.
 */
#ifndef TESTS_UNIT_SENDING_H
#define TESTS_UNIT_SENDING_H

#include "world.h"

#include <fcntl.h>
#include <time.h>

#include "common/deadline.h"
#include "common/deliver.h"
#include "common/sent.h"

#include "passwd.h"

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
    "	[ ! -e \"$dir/hang.look\" ] || exec sleep 30\n"
    "	[ ! -e \"$dir/slow.look\" ] || sleep 1\n"
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
	"body = {to} {text}\n"                                                 \
	"text = {code}\n"
#define TWO                                                                    \
	"[desk]\n"                                                             \
	"service = desk\n"                                                     \
	"[gate]\n"                                                             \
	"service = gate\n"

/* If it is root that asks, the program is another user's. */
static inline int
make_sender(void **state)
{
	(void)state;
	return geteuid() == 0
	    ? passwd_add(DELIVER_USER ":x:64998:64998::/:/bin/false\n")
	    : 0;
}

static inline void
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

static inline void
remove_file(const struct world *at, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", at->dir, name);
	(void)unlink(path);
}

static unsigned int logged;
static char log_text[4096]; /* what was, each with a line end */

static inline void
note(void *arg, const char *what)
{
	size_t len = strlen(log_text);

	print_message("    log: %s\n", what);
	*(unsigned int *)arg += 1;
	snprintf(log_text + len, sizeof(log_text) - len, "%s\n", what);
}

/* As configure(), with the program; sections of scenarios come last. */
static inline void
set(struct world *at, const char *text)
{
	char all[2 * PATH_MAX];

	snprintf(all, sizeof(all),
	    "[send]\nprogram = %s/program\nsecrets = %s/secrets\n"
	    "timeout = 3\n%s",
	    at->dir, at->dir, text);
	configure(at, all);
	assert_int_equal(0, chmod(at->dir, 0777)); /* for what it keeps */
	logged = 0;
	log_text[0] = '\0';
	authority_log(at->authority, note, &logged);
}

static inline int
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

/* What is sent while nobody waits may write there a little longer. */
static inline int
tear_down_late(void **state)
{
	struct world *at = *state;
	char again[PATH_MAX];

	snprintf(again, sizeof(again), "sleep 1; rm -rf '%s'", at->dir);
	return tear_down(state) == 0 ? 0 : system(again);
}

#define SENDING(name)                                                          \
	cmocka_unit_test_setup_teardown(name, set_up_sending, tear_down_late)

/* What the program was asked, of all kinds but "not". */
static inline size_t
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
static inline void
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
static inline void
settle(void)
{
	const struct timespec pause = { .tv_nsec = 300000000 };

	nanosleep(&pause, NULL);
}

static inline void
forget(const struct world *at)
{
	remove_file(at, "requests");
}

/* Alice, with a device or without, and addresses. */
static inline void
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

static inline struct request
to_send(const char *service, uint64_t now)
{
	struct request request = request_of(VERB_SEND, ROOT);

	request.service = service;
	request.rhost = "192.0.2.7";
	request.now = now;
	return request;
}

static inline enum send_result
send_at(const struct world *at, const char *service, uint64_t now)
{
	const struct request request = to_send(service, now);
	const struct reply reply = must(at, &request);

	/* It decides nothing. */
	assert_int_equal(VERDICT_DENY, reply.verdict);
	assert_int_equal(VERDICT_DENY, reply.outcome.verdict);
	return reply.send.result;
}

static inline struct reply
answer_with(const struct world *at, const char *service, const char *code,
    uint64_t now)
{
	struct request request = request_of(VERB_ANSWER, ROOT);

	request.service = service;
	request.answer = code;
	request.now = now;
	return must(at, &request);
}

static inline enum verdict
answer_at(const struct world *at, const char *service, const char *code,
    uint64_t now)
{
	return answer_with(at, service, code, now).verdict;
}

/* What ADDRESS and CONFIRM_ADDRESS need. */
static inline struct request
to_address(enum policy_method channel, const char *address, const char *answer)
{
	struct request request = request_of(VERB_ADDRESS, OWNER);

	request.lane = LANE_SOCKET;
	request.channel = channel;
	request.address = address;
	request.answer = answer;
	return request;
}

static inline struct request
to_confirm(const char *answer)
{
	struct request request = to_address(0, NULL, answer);

	request.verb = VERB_CONFIRM_ADDRESS;
	return request;
}

/* The code that an address waits for; it is not said in a login's words. */
static inline const char *
code_in(const struct delivery *got)
{
	static char code[SENT_CODE_SIZE];
	const char *at = got->text;

	while (*at != '\0' && strspn(at, "0123456789") != 8)
		at++;
	assert_int_equal(8, strspn(at, "0123456789"));
	snprintf(code, sizeof(code), "%.8s", at);
	return code;
}

#endif
