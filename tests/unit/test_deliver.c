/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that do whatever a delivery program should not, and a host that has
 * to notice nothing of it.
 */
#include <linux/capability.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/deadline.h"
#include "common/deliver.h"
#include "common/place.h"

#include "folder.h"
#include "passwd.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOBODY 65534
#define INVOKER 64997
#define SENDER "64998"

static char program[64], answer[64], said[DELIVERY_REQUEST_MAX + 1];

#define SECONDS 5

static struct policy_send way = { .program = program,
	.socket = "",
	.secrets = "",
	.seconds = SECONDS };
static const struct delivery mail = { .kind = DELIVERY_MAIL,
	.to = "alice@example.org",
	.text = "your code: 12345678\n" };

static int
setup(void **state)
{
	(void)state;
	if (folder_make(0777) != 0)
		return -1;
	snprintf(program, sizeof(program), "%s/program", dir);
	snprintf(answer, sizeof(answer), "%s/answer", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return folder_remove();
}

/*
 * From now on the program is this script, in a file of its own: one before it
 * may be starting still.  It is called with the file that it may answer in.
 */
static void
write_program(const char *script)
{
	char new[sizeof(program) + 4];
	FILE *file;

	snprintf(new, sizeof(new), "%s.new", program);
	file = fopen(new, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\nanswer=%s\numask 0\n%s\n", answer, script);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(new, 0755));
	assert_int_equal(0, rename(new, program));
}

/* Nothing is left of what was to be delivered, whatever becomes of it. */
static int
wiped(const struct delivery *delivery, int r)
{
	static const struct delivery zero;

	assert_memory_equal(&zero, delivery, sizeof(zero));
	return r;
}

static int
deliver_in(const struct policy_send *send, struct delivery delivery,
    int64_t deadline, char reply[static DELIVERY_REPLY_MAX])
{
	memset(reply, 'x', DELIVERY_REPLY_MAX);
	return wiped(&delivery, deliver(send, &delivery, deadline, reply));
}

static int
begin(const struct policy_send *send, struct delivery delivery)
{
	return wiped(&delivery, deliver_later(send, &delivery));
}

static int
run(char reply[static DELIVERY_REPLY_MAX])
{
	return deliver_in(&way, mail, deadline_in(SECONDS), reply);
}

/* What the program left in a file; waits for it where nobody else does. */
static const char *
read_answer(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int64_t deadline = deadline_in(10);
	FILE *file = NULL;
	size_t len;

	while (
	    (file = fopen(answer, "r")) == NULL && deadline_left(deadline) > 0)
		nanosleep(&pause, NULL);
	assert_non_null(file);
	len = fread(said, 1, sizeof(said) - 1, file);
	said[len] = '\0';
	fclose(file);
	return said;
}

/* If it is root that asks, the program is another user's. */
static int
make_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	return passwd_add(
	    DELIVER_USER ":x:" SENDER ":" SENDER "::/:/bin/false\n" PLACE_USER
			 ":x:64997:64997::/:/bin/false\n");
}

#define TAKE "cat >/dev/null; "
#define TELL(what) "(" what ") >$answer.new; mv $answer.new $answer; "

static void
answers(void **state)
{
	static const struct {
		const char *script;
		int error;
		const char *reply;
	} rows[] = {
		{ TAKE "echo ok", 0, "" },
		{ TAKE "echo ok a@b c@d", 0, "a@b c@d" },
		{ TAKE "echo failed the server said no", -EREMOTEIO,
		    "the server said no" },
		/* It need not hear us out. */
		{ "echo ok", 0, "" },
		{ "exec <&-; echo ok", 0, "" },
		{ "exec <&-; sleep 0.2; echo failed early", -EREMOTEIO,
		    "early" },
		/* What counts is what it says. */
		{ TAKE "echo ok; exit 1", 0, "" },
		{ TAKE "echo ok; kill -KILL $$", 0, "" },
		{ TAKE "echo failed here; exit 0", -EREMOTEIO, "here" },
		/* None that is one. */
		{ "exit 0", -EPROTO, "" },
		{ "exit 1", -EPROTO, "" },
		{ "kill -KILL $$", -EPROTO, "" },
		{ "kill -SEGV $$", -EPROTO, "" },
		{ TAKE, -EPROTO, "" },
		{ TAKE "printf ok", -EPROTO, "" },
		{ TAKE "printf '\\n'", -EPROTO, "" },
		{ TAKE "echo", -EPROTO, "" },
		{ TAKE "echo 'ok '", -EPROTO, "" },
		{ TAKE "echo ' ok'", -EPROTO, "" },
		{ TAKE "echo OK", -EPROTO, "" },
		{ TAKE "echo okay", -EPROTO, "" },
		{ TAKE "echo failed", -EPROTO, "" },
		{ TAKE "echo; echo ok", -EPROTO, "" },
		{ TAKE "echo ok; echo ok", -EPROTO, "" },
		{ TAKE "echo ok; printf x", -EPROTO, "" },
		{ TAKE "printf 'ok\\r\\n'", -EPROTO, "" },
		{ TAKE "printf 'ok\\0\\n'", -EPROTO, "" },
		{ TAKE "printf 'ok a\\0b\\n'", -EPROTO, "" },
		{ TAKE "printf 'failed \\033[2J\\n'", -EPROTO, "" },
		{ TAKE "printf 'failed gr\\303\\274\\n'", -EPROTO, "" },
		{ TAKE "head -c 2049 /dev/zero | tr '\\0' x", -EPROTO, "" },
		{ TAKE "yes", -EPROTO, "" },
		{ "cat /dev/zero", -EPROTO, "" },
		{ TAKE "printf 'ok '; yes | tr -d '\\n'", -EPROTO, "" },
	};
	char reply[DELIVERY_REPLY_MAX];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].script);
		write_program(rows[i].script);
		assert_int_equal(rows[i].error, run(reply));
		assert_string_equal(rows[i].reply, reply);
	}
}

static void
longest_answer(void **state)
{
	char reply[DELIVERY_REPLY_MAX];

	(void)state;
	write_program(
	    TAKE "printf 'ok '; head -c 2044 /dev/zero | tr '\\0' a; echo");
	assert_int_equal(0, run(reply));
	assert_int_equal(2044, strlen(reply));
}

/* Those that do not end are ended, and all that they know with them. */
static void
hangs(void **state)
{
	static const char *const rows[] = {
		"exec sleep 60",
		TAKE "exec sleep 60",
		TAKE "echo ok; exec sleep 60",
		"trap '' TERM INT HUP PIPE; while :; do sleep 1; done",
		"while :; do echo; sleep 1; done",
	};
	char reply[DELIVERY_REPLY_MAX], script[256];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		int64_t limit = deadline_in(8), began = deadline_left(limit);
		pid_t pid;

		print_message("  %s\n", rows[i]);
		unlink(answer);
		snprintf(script, sizeof(script), "%s%s", TELL("echo $$"),
		    rows[i]);
		write_program(script);
		assert_int_equal(-ETIME,
		    deliver_in(&way, mail, deadline_in(1), reply));
		assert_string_equal("", reply);
		assert_true(began - deadline_left(limit) < 4000);
		pid = (pid_t)atoi(read_answer());
		assert_true(pid > 0);
		/* It is somebody else's to reap, but is dead. */
		while (kill(pid, 0) == 0 && deadline_left(limit) > 0) {
			char path[64], text[256] = "";
			FILE *file;

			snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
			file = fopen(path, "r");
			if (file != NULL) {
				(void)!fread(text, 1, sizeof(text) - 1, file);
				fclose(file);
			}
			if (strstr(text, ") Z ") != NULL)
				break;
		}
		assert_true(deadline_left(limit) > 0);
	}
}

static void
not_started(void **state)
{
	char reply[DELIVERY_REPLY_MAX];

	(void)state;
	assert_int_equal(-ENOENT, run(reply));
	assert_int_equal(-ENOENT, begin(&way, mail));
	write_program("echo ok");
	assert_int_equal(0, chmod(program, 0600));
	assert_int_equal(-EACCES, run(reply));
	assert_string_equal("", reply);
	write_program("echo ok");
	assert_int_equal(0, truncate(program, 0));
	assert_int_equal(-EREMOTEIO, run(reply));
	assert_string_equal("the program cannot be started: ENOEXEC", reply);
}

static void
request_arrives(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	struct delivery most = mail, got;

	(void)state;
	memset(most.text, 'x', DELIVERY_TEXT_MAX);
	memset(most.body, 'x', POLICY_BODY_MAX);
	write_program(TELL("cat") "echo ok");
	most.seconds = SECONDS;
	assert_int_equal(0,
	    deliver_in(&way, most, deadline_in(SECONDS), reply));
	read_answer();
	assert_int_equal(0, delivery_read(said, strlen(said), &got));
	assert_memory_equal(&most, &got, sizeof(got));

	/* And where nobody waits for it, which it is told. */
	assert_int_equal(0, unlink(answer));
	assert_int_equal(0, begin(&way, most));
	read_answer();
	assert_int_equal(0, delivery_read(said, strlen(said), &got));
	most.later = true;
	assert_memory_equal(&most, &got, sizeof(got));
}

enum { STRAYS = 200, MAILS = 10 };

/* Children that keep all that their host had open when they came. */
struct strays {
	pid_t pid[STRAYS];
	int n;
	volatile bool enough;
};

static void *
fork_strays(void *arg)
{
	const struct timespec nap = { .tv_nsec = 300000 };
	struct strays *strays = arg;

	while (!strays->enough && strays->n < STRAYS) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				pause();
		if (pid > 0)
			strays->pid[strays->n++] = pid;
		nanosleep(&nap, NULL);
	}
	return NULL;
}

/* A request has an end, whoever else holds the way that it went. */
static void
host_forks_in_threads(void **state)
{
	static struct strays strays;
	const struct timespec nap = { .tv_nsec = 10000000 };
	int64_t deadline;
	pthread_t thread;
	struct stat st = { 0 };

	(void)state;
	write_program(TAKE "printf x >>$answer");
	assert_int_equal(0,
	    pthread_create(&thread, NULL, fork_strays, &strays));
	for (int i = 0; i < MAILS; i++) {
		struct delivery one = mail;

		assert_int_equal(0, deliver_later(&way, &one));
	}
	strays.enough = true;
	assert_int_equal(0, pthread_join(thread, NULL));
	deadline = deadline_in(10);
	while (st.st_size < MAILS && deadline_left(deadline) > 0) {
		nanosleep(&nap, NULL);
		(void)stat(answer, &st);
	}
	for (int i = 0; i < strays.n; i++) {
		kill(strays.pid[i], SIGKILL);
		waitpid(strays.pid[i], NULL, 0);
	}
	assert_int_equal(MAILS, st.st_size);
}

/* It has what is left of the time of whoever asks, in the nearest seconds. */
static void
what_is_left(void **state)
{
	static const struct {
		int64_t ms;
		int error;
		uint32_t seconds;
	} rows[] = {
		{ 7000, 0, 7 },
		{ 6700, 0, 7 },
		{ 6300, 0, 6 },
		{ 990, 0, 1 },
		{ 700, 0, 1 },
		{ 450, -ETIMEDOUT, 0 },
		{ 0, -ETIMEDOUT, 0 },
		{ -7000, -ETIMEDOUT, 0 },
	};
	char reply[DELIVERY_REPLY_MAX];
	struct delivery got;

	(void)state;
	write_program(TELL("cat") "echo ok");
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %lld ms\n", (long long)rows[i].ms);
		unlink(answer);
		assert_int_equal(rows[i].error,
		    deliver_in(&way, mail, deadline_in(0) + rows[i].ms, reply));
		assert_string_equal("", reply);
		assert_int_equal(rows[i].error == 0 ? 0 : -1,
		    access(answer, F_OK));
		if (rows[i].error < 0)
			continue;
		read_answer();
		assert_int_equal(0, delivery_read(said, strlen(said), &got));
		assert_int_equal(rows[i].seconds, got.seconds);
		assert_false(got.later);
	}
}

/* What the program sees of the world: nothing that its caller had. */
static const char look[] = TAKE TELL("tr '\\0' '\\n' </proc/$$/environ\n"
				     "echo args $# \"$@\"\n"
				     "echo cwd $(readlink /proc/$$/cwd)\n"
				     "echo session $(cut -d' ' -f6 "
				     "/proc/$$/stat) $$\n"
				     "grep -E '^(Sig(Blk|Ign)|NoNewPrivs)' "
				     "/proc/self/status") "echo ok";

static void
clean_world(void **state)
{
	char reply[DELIVERY_REPLY_MAX], expect[512], pid[32];
	struct rlimit files;
	sigset_t block, before;
	mode_t mask = umask(0);

	(void)state;
	write_program(look);
	assert_int_equal(0, setenv("SSLKEYLOGFILE", "/tmp/keys", 1));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGRTMAX, SIG_IGN);
	sigfillset(&block);
	sigprocmask(SIG_BLOCK, &block, &before);
	getrlimit(RLIMIT_NOFILE, &files);
	assert_int_equal(0,
	    setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 64, files.rlim_max }));
	assert_int_equal(0, run(reply));
	setrlimit(RLIMIT_NOFILE, &files);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGRTMAX, SIG_DFL);
	umask(mask);

	read_answer();
	assert_null(strstr(said, "SSLKEYLOGFILE"));
	assert_memory_equal("args 0", said, 6);
	assert_non_null(strstr(said, "\ncwd /\n"));
	assert_int_equal(1,
	    sscanf(strstr(said, "\nsession "), "\nsession %31s", pid));
	snprintf(expect, sizeof(expect), "\nsession %s %s\n", pid, pid);
	assert_non_null(strstr(said, expect));
	assert_non_null(strstr(said, "\nSigBlk:\t0000000000000000\n"));
	assert_non_null(strstr(said, "\nSigIgn:\t0000000000000000\n"));
	assert_non_null(strstr(said, "\nNoNewPrivs:\t1\n"));
}

static size_t
count_open(void)
{
	DIR *open = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(open);
	while (readdir(open) != NULL)
		n++;
	closedir(open);
	return n;
}

static volatile sig_atomic_t caught;

static void
count_signal(int signal)
{
	(void)signal;
	caught++;
}

/* However the host takes the end of children, this is none of them. */
static void
host_sees_nothing(void **state)
{
	static const char *const scripts[] = { TAKE "echo ok", "exit 1",
		"exec sleep 60", "cat /dev/zero" };
	static const int errors[] = { 0, -EPROTO, -ETIME, -EPROTO };
	void (*const handlers[])(int) = { SIG_DFL, SIG_IGN, count_signal };
	char reply[DELIVERY_REPLY_MAX];
	sigset_t mask, after, pending;
	struct sigaction now;
	int r;

	(void)state;
	for (size_t i = 0; i < N(scripts) * N(handlers) * 2; i++) {
		size_t script = i / 6, handler = i / 2 % 3, opened;

		write_program(scripts[script]);
		signal(SIGCHLD, handlers[handler]);
		signal(SIGPIPE, count_signal);
		sigemptyset(&mask);
		if (i % 2 == 1)
			sigaddset(&mask, SIGCHLD);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		opened = count_open();
		caught = 0;
		assert_int_equal(errors[script],
		    deliver_in(&way, mail,
			deadline_in(errors[script] == -ETIME ? 1 : 20), reply));
		r = begin(&way, mail);
		/* It may be gone by then. */
		assert_true(
		    r == 0 || (r == -EPROTO && errors[script] == -EPROTO));
		assert_int_equal(opened, count_open());
		sigprocmask(SIG_SETMASK, NULL, &after);
		for (int j = 1; j < NSIG; j++)
			assert_int_equal(sigismember(&mask, j),
			    sigismember(&after, j));
		sigpending(&pending);
		assert_int_equal(0, sigismember(&pending, SIGCHLD));
		sigaction(SIGCHLD, NULL, &now);
		assert_ptr_equal(handlers[handler], now.sa_handler);
		assert_int_equal(0, caught);
		errno = 0;
		assert_int_equal(-1, waitpid(-1, NULL, WNOHANG | __WALL));
		assert_int_equal(ECHILD, errno);
	}
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

/*
 * A host that ends at once, and its terminal with it: who types a recovery code
 * and logs out is told of it all the same.
 */
static void
host_ends_at_once(void **state)
{
	int status;
	pid_t host;

	(void)state;
	write_program(TAKE TELL("echo here") "echo ok");
	for (size_t i = 0; i < 20; i++) {
		int terminal = posix_openpt(O_RDWR | O_NOCTTY);

		assert_true(terminal >= 0);
		assert_int_equal(0, grantpt(terminal));
		assert_int_equal(0, unlockpt(terminal));
		host = fork();
		if (host == 0) {
			/* The leader of the session of this terminal. */
			if (setsid() < 0 || open(ptsname(terminal), O_RDWR) < 0)
				_exit(1);
			_exit(begin(&way, mail) == 0 ? 0 : 2);
		}
		assert_int_equal(host, waitpid(host, &status, 0));
		assert_int_equal(0, status);
		close(terminal);
		assert_string_equal("here\n", read_answer());
		assert_int_equal(0, unlink(answer));
	}
}

/* The host's own child stays the host's. */
static void
host_keeps_its_children(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	int status;
	pid_t pid;

	(void)state;
	write_program(TAKE "sleep 0.3; echo ok");
	pid = fork();
	if (pid == 0)
		_exit(7);
	assert_int_equal(0, run(reply));
	assert_int_equal(pid, waitpid(-1, &status, 0));
	assert_int_equal(7, WEXITSTATUS(status));
}

/* The descriptors of the program; a shell may keep its script as 10. */
static void
expect_three(void)
{
	read_answer();
	if (strcmp(said, "0\n1\n2\n") != 0)
		assert_string_equal("0\n1\n10\n2\n", said);
}

#define LIST TAKE "ls /proc/$$/fd >&2; " TELL("ls /proc/$$/fd") "echo ok"

/* A host that has closed its own 0, 1 and 2. */
static void
host_without_descriptors(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	int status;
	pid_t pid;

	(void)state;
	write_program(LIST);
	pid = fork();
	if (pid == 0) {
		close(0);
		close(1);
		close(2);
		_exit(run(reply) == 0 ? 0 : 1);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	expect_three();
}

/* No descriptor but three, whether close-on-exec or not. */
static void
descriptors(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	int extra = dup(0), high = fcntl(0, F_DUPFD, 200);

	(void)state;
	write_program(LIST);
	assert_int_equal(0, run(reply));
	close(extra);
	close(high);
	expect_three();
}

/* A host that has more of them than the program may have. */
static void
host_with_many_descriptors(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	struct rlimit limit;
	int status;
	pid_t pid;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < 6000) {
		print_message("nobody may have so many here\n");
		skip();
	}
	limit.rlim_cur = limit.rlim_max;
	write_program(LIST);
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_NOFILE, &limit);
		while (dup(0) < 5000)
			;
		_exit(run(reply) == 0 ? 0 : 1);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	expect_three();
}

/* A limit of the program's is what there is of it; all of it if "hard". */
static void
expect_limit(const char *what, __rlimit_resource_t resource, bool hard)
{
	char line[128], soft[32] = "unlimited";
	struct rlimit limit;

	getrlimit(resource, &limit);
	if (!hard && limit.rlim_max != RLIM_INFINITY)
		snprintf(soft, sizeof(soft), "%llu",
		    (unsigned long long)limit.rlim_max);
	snprintf(line, sizeof(line), "%-25s %s ", what, soft);
	assert_non_null(strstr(said, line));
}

/*
 * As su has it: the invoker has lowered every limit, and is the real user.
 */
static void
lowered_limits(void **state)
{
	static const __rlimit_resource_t lowered[] = { RLIMIT_FSIZE,
		RLIMIT_NPROC, RLIMIT_CPU, RLIMIT_CORE, RLIMIT_AS };
	char reply[DELIVERY_REPLY_MAX];
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can lift limits\n");
		skip();
	}
	write_program(
	    TAKE TELL("cat /proc/$$/limits; grep -E '^([UG]id|Groups)' "
		      "/proc/$$/status") "echo ok");
	/* Root in a container may not lift a hard limit. */
	const bool hard = prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE) == 1;

	pid = fork();
	if (pid == 0) {
		for (size_t i = 0; i < N(lowered); i++) {
			rlim_t most = lowered[i] == RLIMIT_AS ? 1 << 30 : 1;
			struct rlimit limit;

			getrlimit(lowered[i], &limit);
			limit.rlim_cur = most;
			if (hard)
				limit.rlim_max = most;
			setrlimit(lowered[i], &limit);
		}
		if (setresuid(NOBODY, 0, 0) < 0)
			_exit(1);
		_exit(run(reply) == 0 ? 0 : 2);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	read_answer();
	expect_limit("Max file size", RLIMIT_FSIZE, hard);
	expect_limit("Max processes", RLIMIT_NPROC, hard);
	expect_limit("Max cpu time", RLIMIT_CPU, hard);
	expect_limit("Max address space", RLIMIT_AS, hard);
	assert_non_null(strstr(said, "Max core file size        0 "));
	assert_non_null(strstr(said, "Max open files            1024 "));
	assert_non_null(strstr(said,
	    "\nUid:\t" SENDER "\t" SENDER "\t" SENDER "\t" SENDER));
	assert_non_null(strstr(said,
	    "\nGid:\t" SENDER "\t" SENDER "\t" SENDER "\t" SENDER));
	assert_non_null(strstr(said, "\nGroups:\t" SENDER));
}

/* Somebody who serves the socket as "uid", and says this to one caller. */
static pid_t
serve_as(uid_t uid, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char request[DELIVERY_REQUEST_MAX];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), ready[2];
	pid_t pid;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", dir);
	unlink(address.sun_path);
	assert_int_equal(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (bind(fd, (struct sockaddr *)&address, sizeof(address)) <
			0 ||
		    chmod(address.sun_path, 0666) < 0 ||
		    setresuid(uid, uid, uid) < 0 || listen(fd, 1) < 0)
			_exit(1);
		close(ready[1]);
		fd = accept(fd, NULL, NULL);
		while (text != NULL && read(fd, request, sizeof(request)) > 0)
			;
		if (text == NULL)
			sleep(60);
		(void)!write(fd, text, strlen(text));
		_exit(0);
	}
	close(fd);
	close(ready[1]);
	assert_int_equal(0, read(ready[0], request, 1));
	close(ready[0]);
	return pid;
}

/* Who is pam_otpd starts nothing, and asks whoever serves the socket. */
static void
by_socket(void **state)
{
	static const struct {
		uid_t server;
		const char *text; /* NULL: nothing for a long time */
		bool later;
		int error;
		const char *reply;
	} rows[] = {
		{ 0, "ok\n", false, 0, "" },
		{ 64998, "ok a@b\n", false, 0, "a@b" },
		{ 64997, "failed so\n", false, -EREMOTEIO, "so" },
		{ NOBODY, "ok\n", false, -EPERM, "" },
		{ 0, "", false, -EPROTO, "" },
		{ 0, "ok", false, -EPROTO, "" },
		{ 0, NULL, false, -ETIME, "" },
		{ 0, "ok\n", true, 0, "" },
		{ 0, NULL, true, 0, "" },
		{ NOBODY, "ok\n", true, -EPERM, "" },
	};
	char reply[DELIVERY_REPLY_MAX], path[64];
	struct policy_send send = { .program = program,
		.socket = path,
		.seconds = SECONDS };

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can be " PLACE_USER "\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/socket", dir);
	write_program(TAKE "echo ok");
	for (size_t i = 0; i <= N(rows); i++) {
		bool late = i < N(rows) && rows[i].later;
		pid_t pid = -1;
		int r;

		print_message("  row %zu\n", i);
		if (i < N(rows))
			pid = serve_as(rows[i].server, rows[i].text);
		else
			unlink(path);
		reply[0] = '\0';
		assert_int_equal(0, seteuid(64997));
		r = late ? begin(&send, mail)
			 : deliver_in(&send, mail, deadline_in(1), reply);
		assert_int_equal(0, seteuid(0));
		if (pid > 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		assert_int_equal(i < N(rows) ? rows[i].error : -EHOSTDOWN, r);
		assert_string_equal(i < N(rows) ? rows[i].reply : "", reply);
	}
}

/* The first child of "pid"; 0: it has none. */
static pid_t
child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	    (int)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	fclose(file);
	return child;
}

/* The invoker of su, who is its real user, has no say in what it starts. */
static void
invoker_is_powerless(void **state)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int64_t deadline = deadline_in(10);
	char reply[DELIVERY_REPLY_MAX];
	pid_t host, keeper = 0, started = 0;
	int status;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root has anything to lose\n");
		skip();
	}
	write_program(TAKE "sleep 1; echo ok");
	host = fork();
	if (host == 0) {
		if (setresuid(NOBODY, 0, 0) < 0)
			_exit(1);
		_exit(run(reply) == 0 ? 0 : 2);
	}
	while (started == 0 && deadline_left(deadline) > 0) {
		nanosleep(&pause, NULL);
		keeper = child_of(host);
		started = keeper != 0 ? child_of(keeper) : 0;
	}
	assert_true(started != 0);
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	assert_int_equal(0, setresuid(NOBODY, NOBODY, 0));
	assert_int_equal(0, kill(host, 0)); /* which it may signal */
	assert_int_equal(-1, kill(keeper, SIGSTOP));
	assert_int_equal(EPERM, errno);
	assert_int_equal(-1, kill(started, SIGSTOP));
	assert_int_equal(EPERM, errno);
	assert_int_equal(0, setresuid(0, 0, 0));
	assert_int_equal(host, waitpid(host, &status, 0));
	assert_int_equal(0, status);
}

/* Stop whatever of one's own was begun after "first", over and over. */
static void __attribute__((noreturn)) stop_all_after(pid_t first)
{
	if (setresuid(INVOKER, INVOKER, INVOKER) < 0)
		_exit(1);
	for (;;)
		for (pid_t pid = first + 1; pid < first + 1000; pid++)
			if (pid != getpid())
				kill(pid, SIGSTOP);
}

/* As su has it: nothing of it is the invoker's to stop, from the beginning. */
static void
invoker_stops(void **state)
{
	int64_t limit = deadline_in(20);
	pid_t host, invoker;
	int status = -1;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root has invoker and user apart\n");
		skip();
	}
	write_program(TAKE "echo ok");
	host = fork();
	if (host == 0) {
		if (setresuid(INVOKER, 0, 0) < 0)
			_exit(1);
		for (int i = 0; i < 100; i++)
			if (begin(&way, mail) < 0)
				_exit(2);
		_exit(0);
	}
	invoker = fork();
	if (invoker == 0)
		stop_all_after(host);
	while (waitpid(host, &status, WNOHANG) == 0 && deadline_left(limit) > 0)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	kill(host, SIGKILL);
	kill(invoker, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(0, status);
}

/*
 * Who cannot be told from the owner of the store starts nothing that has a
 * network.
 */
static void
nobody_knows_who(void **state)
{
	char reply[DELIVERY_REPLY_MAX];
	int status;
	FILE *file;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can become somebody else\n");
		skip();
	}
	/* Other name services would say that there is none. */
	file = fopen(answer, "w");
	assert_non_null(file);
	fputs("passwd: files\n", file);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0,
	    mount(answer, "/etc/nsswitch.conf", NULL, MS_BIND, NULL));
	assert_int_equal(0, unlink(answer));
	write_program(TELL("echo here") "echo ok");
	assert_int_equal(0, chmod("/etc/passwd", 0600));
	pid = fork();
	if (pid == 0) {
		if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
			_exit(1);
		_exit(run(reply) == -EACCES ? 0 : 2);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, chmod("/etc/passwd", 0644));
	assert_int_equal(0, status);
	assert_int_equal(-1, access(answer, F_OK));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(answers),
		TEST(longest_answer),
		TEST(hangs),
		TEST(not_started),
		TEST(what_is_left),
		TEST(request_arrives),
		TEST(clean_world),
		TEST(host_sees_nothing),
		TEST(host_ends_at_once),
		TEST(host_keeps_its_children),
		TEST(host_forks_in_threads),
		TEST(host_without_descriptors),
		TEST(descriptors),
		TEST(host_with_many_descriptors),
		TEST(lowered_limits),
		TEST(by_socket),
		TEST(invoker_is_powerless),
		TEST(invoker_stops),
		TEST(nobody_knows_who),
	};

	return cmocka_run_group_tests(tests, make_user, NULL);
}
