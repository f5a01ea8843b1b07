/* SPDX-License-Identifier: BSD-2-Clause */
/* Codes that are sent, while somebody else asks or changes something. */
#include "sending.h"

#include <sys/wait.h>

#define CROWD 8
#define ROUNDS 2000
#define ROUNDS_SECONDS 5 /* and then it is enough */

/* An address that was taken away while others were asked is sent nothing. */
static void
changed_meanwhile(void **state)
{
	static const struct {
		const char *what;
		enum { REMOVE, RESET, LOCK } change;
		int expect;
		enum send_result result;
	} rows[] = {
		{ "taken away", REMOVE, -EAGAIN, SEND_NOTHING },
		{ "reset", RESET, -EAGAIN, SEND_NOTHING },
		{ "locked", LOCK, 0, SEND_OFF },
	};
	struct world *at = *state;
	struct delivery got[MOST];
	char fifo[PATH_MAX];

	set(at,
	    MAILS "email-from = exec:/somewhere record\n" TEXTS
		  "[default]\n" METHODS "notify = none\n" TWO);
	snprintf(fifo, sizeof(fifo), "%s/at.alice", at->dir);
	assert_int_equal(0, mkfifo(fifo, 0666));
	assert_int_equal(0, chmod(fifo, 0666)); /* root's program is not root */
	for (size_t i = 0; i < N(rows); i++) {
		const struct request request = to_send("desk", START);
		struct request change = to_address(METHOD_EMAIL, NULL, NULL);
		struct reply reply;
		struct record rec;
		int status;
		pid_t pid;

		print_message("  %s\n", rows[i].what);
		put_with(at, true, MAIL, NULL);
		change.caller = ROOT;
		change.label = NULL;
		if (rows[i].change == RESET)
			change.verb = VERB_RESET;
		if (rows[i].change == LOCK)
			change.verb = VERB_LOCK;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			/* Opens once the look-up is under way. */
			int fd = open(fifo, O_WRONLY);
			int r = authority_ask(at->authority, &change, &reply);

			_exit(r != 0 || write(fd, "ok\n", 3) != 3);
		}
		assert_int_equal(rows[i].expect, ask(at, &request, &reply));
		assert_int_equal(pid, waitpid(pid, &status, 0));
		assert_int_equal(0, status);
		assert_int_equal(rows[i].result, reply.send.result);
		sent(at, 0, got);
		if (rows[i].change == RESET)
			continue;
		rec = get(at);
		assert_int_equal(0, rec.sent[LANE_LOGIN].method);
	}
}

/* How many processes of a crowd that ask at once are told this. */
static size_t
crowd(const struct world *at, const struct request *request,
    enum verdict verdict, enum send_result result)
{
	pid_t pid[CROWD];
	size_t n = 0;
	int gate[2], status;
	char byte;

	assert_int_equal(0, pipe(gate));
	for (size_t i = 0; i < CROWD; i++) {
		struct reply reply;

		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] > 0)
			continue;
		close(gate[1]);
		/* Until all are there. */
		if (read(gate[0], &byte, 1) != 0 ||
		    authority_ask(at->authority, request, &reply) != 0)
			_exit(2);
		_exit(reply.verdict == verdict && reply.send.result == result
			? 0
			: 1);
	}
	close(gate[0]);
	close(gate[1]);
	for (size_t i = 0; i < CROWD; i++) {
		assert_int_equal(pid[i], waitpid(pid[i], &status, 0));
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		n += WEXITSTATUS(status) == 0;
	}
	return n;
}

static void
at_once(void **state)
{
	const struct world *at = *state;
	struct request request = to_send("desk", START);
	struct delivery got[MOST];
	struct record rec;

	put_with(at, true, MAIL, NULL);
	/* One is sent, and the others have to wait. */
	assert_int_equal(1, crowd(at, &request, VERDICT_DENY, SEND_SENT));
	sent(at, 1, got);
	rec = get(at);
	assert_int_equal(0, rec.sent[LANE_LOGIN].times[1]);
	/* It lets in one, and to have come too late is no failure. */
	request.verb = VERB_ANSWER;
	request.answer = got[0].text;
	assert_int_equal(1, crowd(at, &request, VERDICT_ACCEPT, SEND_NOTHING));
	rec = get(at);
	assert_int_equal(0, rec.failures[LANE_LOGIN].budget);
	/* And so many wrong ones at once are no more tries than one by one. */
	request.verb = VERB_SEND;
	request.now += 60;
	(void)must(at, &request);
	sent(at, 2, got);
	request.verb = VERB_ANSWER;
	request.answer =
	    strcmp(got[1].text, "00000000") != 0 ? "00000000" : "11111111";
	assert_int_equal(3, crowd(at, &request, VERDICT_DENY, SEND_NOTHING));
	rec = get(at);
	assert_int_equal(3, rec.failures[LANE_LOGIN].row);
	assert_int_equal(0, rec.sent[LANE_LOGIN].method);
}

/* One code lets in one, whenever they come: as many rounds as there is time. */
static void
one_winner(void **state)
{
	const int64_t deadline = deadline_in(ROUNDS_SECONDS);
	struct world *at = *state;
	struct request request = request_of(VERB_ANSWER, ROOT);
	size_t round = 0;

	set(at, MAILS TEXTS "[default]\n" METHODS "[ssh]\nservice = ssh\n");
	request.service = "ssh";
	request.answer = SENT_CODE;
	for (; round < ROUNDS && deadline_left(deadline) > 0; round++) {
		struct record rec = make_record();

		rec.sent[LANE_LOGIN] = make_sent();
		put(at, NOTHING);
		assert_int_equal(0, store_create(at->store, &alice, &rec));
		assert_int_equal(1,
		    crowd(at, &request, VERDICT_ACCEPT, SEND_NOTHING));
		rec = get(at);
		assert_int_equal(0, rec.sent[LANE_LOGIN].method);
		assert_int_equal(0, rec.failures[LANE_LOGIN].row);
	}
	print_message("  %zu rounds\n", round);
	assert_true(round > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(changed_meanwhile),
		SENDING(at_once),
		SENDING(one_winner),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
