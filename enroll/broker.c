/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket is bound while this is still root, with _pam_otp's group, and who
 * connects is looked at all the same.  The broker reads nothing of what is
 * asked: that is for the program, whose standard input the connection becomes.
 */
#include "enroll/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/deadline.h"
#include "common/deliver.h"
#include "common/place.h"
#include "common/spawn.h"
#include "enroll/listener.h"
#include "enroll/serve.h"

#define PROGRAMS 32 /* at once; others wait in the queue of the socket */
#define PATIENCE 20 /* twentieths of a second */
#define LATE 1      /* seconds that its own alarm may be late */

struct broker {
	int listener, lifeline; /* which ends when pam_otpd does */
	uid_t owner;            /* of the store: who may ask, beside root */
	struct spawn spawn;
	size_t running;
	struct {
		pid_t pid;
		int64_t deadline;
	} program[PROGRAMS];
	sigset_t waiting; /* the mask while it waits */
};

static void
on_child(int signal)
{
	(void)signal; /* it wakes the loop up */
}

static void
catch_children(struct broker *broker)
{
	const struct sigaction action = { .sa_handler = on_child };
	sigset_t mine;

	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&mine);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, &broker->waiting);
	sigdelset(&broker->waiting, SIGCHLD);
}

static bool
may_ask(const struct broker *broker, int fd)
{
	uid_t peer;

	if (serve_peer(fd, &peer) < 0)
		return false;
	if (peer == 0 || peer == broker->owner)
		return true;
	syslog(LOG_WARNING, "uid %u may not ask for anything to be sent",
	    (unsigned int)peer);
	return false;
}

static void
take_in(struct broker *broker, int fd)
{
	pid_t pid = may_ask(broker, fd) ? fork() : -1;

	if (pid == 0)
		spawn_become(&broker->spawn, fd);
	if (pid > 0) {
		size_t at = broker->running++;

		broker->program[at].pid = pid;
		broker->program[at].deadline =
		    deadline_in(broker->spawn.seconds + LATE);
	}
	close(fd);
}

static void
reap(struct broker *broker)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < broker->running; i++)
			if (broker->program[i].pid == pid)
				broker->program[i] =
				    broker->program[--broker->running];
}

/* Whom its alarm did not end: it is stopped, as what it runs can do to it. */
static void
kill_late(const struct broker *broker)
{
	for (size_t i = 0; i < broker->running; i++)
		if (deadline_left(broker->program[i].deadline) <= 0)
			kill(broker->program[i].pid, SIGKILL);
}

/* Everything that is given up, before anybody is heard. */
static void
give_up(void)
{
	int r = listener_drop(DELIVER_USER);

	if (r < 0) {
		syslog(LOG_ERR, "becoming the user " DELIVER_USER ": %s",
		    strerror(-r));
		_exit(1);
	}
	prctl(PR_SET_DUMPABLE, 0);
	clearenv();
}

static void __attribute__((noreturn)) run(struct broker *broker)
{
	const struct timespec second = { .tv_sec = 1 };

	give_up();
	catch_children(broker);
	for (;;) {
		/* A listener of -1 is not looked at. */
		struct pollfd fds[] = { { broker->lifeline, POLLIN, 0 },
			{ broker->running < PROGRAMS ? broker->listener : -1,
			    POLLIN, 0 } };
		int n = ppoll(fds, 2, broker->running > 0 ? &second : NULL,
		    &broker->waiting);
		int fd;

		reap(broker);
		kill_late(broker);
		if (n <= 0)
			continue;
		if (fds[0].revents != 0)
			_exit(0);
		fd = listener_accept(broker->listener);
		if (fd >= 0)
			take_in(broker, fd);
	}
}

static int
begin(struct broker *broker, int *lifeline)
{
	int pipes[2], r;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(pipes[1]);
		broker->lifeline = pipes[0];
		run(broker);
	}
	r = pid < 0 ? -errno : 0;
	close(pipes[0]);
	if (r == 0)
		*lifeline = pipes[1];
	else
		close(pipes[1]);
	return r;
}

/* The one before may be about to end, as its pam_otpd just did. */
static int
listen_on(const char *path, gid_t group)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	int fd = -EADDRINUSE;

	for (int i = 0; i < PATIENCE && fd == -EADDRINUSE; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		fd = listener_make(path, 0660, group);
	}
	return fd;
}

int
broker_start(const struct policy_send *send, int *lifeline)
{
	struct broker broker = {
		.spawn = { .program = send->program,
		    .seconds = send->seconds + DELIVER_KILL },
	};
	uid_t uid;
	gid_t gid, group;
	int r;

	*lifeline = -1;
	if (geteuid() != 0 || place_user(&broker.owner, &group) < 0 ||
	    deliver_user(&uid, &gid) == -ENOENT)
		return 0;
	broker.listener = listen_on(send->socket, group);
	if (broker.listener < 0)
		return broker.listener == -EADDRINUSE ? 0 : broker.listener;
	r = begin(&broker, lifeline);
	close(broker.listener);
	return r;
}
