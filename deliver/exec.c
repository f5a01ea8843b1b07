/* SPDX-License-Identifier: BSD-2-Clause */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/contact_program.h"
#include "common/deadline.h"

#define SECONDS 5
#define OUTPUT_MAX 4096

/* May it be started at all?  Whoever can write it could be everybody. */
static bool
may_run(const char *path, struct reply *reply)
{
	int r;

	if (path[0] != '/') {
		reply_failed(reply, "its path does not begin with /");
		return false;
	}
	r = contact_program_check(path, geteuid());
	if (r == -EPERM)
		reply_failed(reply, CONTACT_PROGRAM_RULE);
	else if (r < 0)
		reply_failed(reply, "it cannot be looked at: %s",
		    strerrordesc_np(-r));
	return r == 0;
}

static void __attribute__((noreturn)) become(const char *path,
    const char *account, const char *channel, int output, pid_t parent)
{
	char *const none[] = { NULL };
	/* execve() only reads them. */
	union {
		const char *read;
		char *given;
	} argv[] = { { path }, { account }, { channel }, { NULL } };
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may be too late for that. */
	if (getppid() != parent)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	if (null >= 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 &&
	    dup2(null, 2) == 2 && close_range(3, ~0U, 0) == 0)
		execve(path, &argv[0].given, none);
	_exit(127);
}

/* All that it says, with a NUL.  0, -ETIME, or -EMSGSIZE: too much. */
static int
read_output(int fd, char out[static OUTPUT_MAX + 1], int64_t deadline)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	size_t len = 0;

	for (;;) {
		int64_t left = deadline_left(deadline);
		ssize_t n;

		if (left <= 0)
			return -ETIME;
		if (poll(&poller, 1, (int)left) <= 0)
			continue;
		n = read(fd, out + len, OUTPUT_MAX - len);
		if (n > 0)
			len += (size_t)n;
		if (len == OUTPUT_MAX)
			return -EMSGSIZE;
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	/* What is behind a NUL must not be overlooked. */
	for (size_t i = 0; i < len; i++)
		if (out[i] == '\0')
			out[i] = '?';
	out[len] = '\0';
	return 0;
}

/* Its status, or -ETIME: it closed its output and goes on. */
static int
wait_for(pid_t pid, int64_t deadline)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return status;
		if (got < 0 || deadline_left(deadline) <= 0)
			return -ETIME;
		nanosleep(&moment, NULL);
	}
}

static void
judge(char *output, int r, int status, const struct delivery *delivery,
    struct reply *reply)
{
	if (r == -EMSGSIZE)
		reply_failed(reply, "it says too much");
	else if (r < 0 || status < 0)
		reply_failed(reply, "it did not end in time");
	else if (WIFSIGNALED(status))
		reply_failed(reply, "it was ended by signal %d",
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		reply_failed(reply, "it ended with status %d",
		    WEXITSTATUS(status));
	else {
		output[strcspn(output, "\n")] = '\0';
		output[strcspn(output, "\r")] = '\0';
		reply->ok = true;
		reply_address(reply, delivery->channel, output);
		if (output[0] != '\0' && reply->text[0] == '\0')
			reply_failed(reply, "what it says is no address");
	}
}

/* Start it, and hear it out. */
static void
run(const char *path, const struct delivery *delivery, struct reply *reply)
{
	const char *channel = delivery->channel == METHOD_SMS ? "sms" : "email";
	const int64_t deadline = deadline_in(
	    delivery->seconds > SECONDS ? SECONDS : delivery->seconds);
	char output[OUTPUT_MAX + 1];
	int pipes[2], r, status;
	pid_t pid, self = getpid();

	if (pipe2(pipes, O_CLOEXEC) < 0) {
		reply_failed(reply, "no pipe");
		return;
	}
	pid = fork();
	if (pid == 0)
		become(path, delivery->account, channel, pipes[1], self);
	close(pipes[1]);
	if (pid < 0) {
		reply_failed(reply, "no process");
		goto out;
	}
	setpgid(pid, pid);
	r = read_output(pipes[0], output, deadline);
	status = r < 0 ? r : wait_for(pid, deadline);
	/* It, and all that it started and left behind. */
	kill(-pid, SIGKILL);
	judge(output, r, status, delivery, reply);
out:
	close(pipes[0]);
}

void
exec_lookup(const struct delivery *delivery, struct reply *reply)
{
	const char *path = delivery->source + strlen("exec:");

	/* Nobody's name looks like an option. */
	if (delivery->account[0] == '\0' || delivery->account[0] == '-')
		reply_failed(reply, "it is not asked about such a name");
	else if (may_run(path, reply))
		run(path, delivery, reply);
}
