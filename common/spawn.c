/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between clone(2) and execve(2) nothing but the kernel MUST be called, and
 * by syscall(): the C library still believes in the host's threads and locks.
 * The host's handlers MUST NOT run there: all signals are blocked until they
 * have their defaults.  And the invoker of su MUST have no hand in it: what is
 * begun while the host is held (hold.h) is root's from its first moment, so
 * that nobody else can stop it, which the host would wait for.
 *
 * The keeper ends without a signal, and wait(2) of a host that does not ask for
 * clones does not find it.  It is needed because execve(2) would make an
 * ordinary child of a child like it.  It lives as long as the program does, so
 * what the host is about to wipe it MUST wipe in its copy.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hold.h"

/* Where there are two, the older one has ids of 16 bits. */
#ifdef SYS_setresuid32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETRESUID SYS_setresuid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETRESUID SYS_setresuid
#endif

#define SIGNALS 64

/* What a process begins with that nobody has given others. */
static const struct limit {
	int resource;
	uint64_t soft, hard;
} limits[] = {
	{ RLIMIT_AS, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_CORE, 0, 0 }, /* it knows a code */
	{ RLIMIT_CPU, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_DATA, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_FSIZE, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_LOCKS, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_NOFILE, 1024, 4096 },
	{ RLIMIT_NPROC, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_RSS, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_RTTIME, RLIM64_INFINITY, RLIM64_INFINITY },
	{ RLIMIT_STACK, 8 << 20, RLIM64_INFINITY },
};

static void __attribute__((noreturn)) leave(void)
{
	for (;;)
		syscall(SYS_exit_group, 127);
}

/* fork(2) without a signal at its end, and without what libraries hang on. */
static pid_t
copy(void)
{
	return (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
}

/* In place of what cannot be: the reason, as an answer. */
static void __attribute__((noreturn)) complain(int fd, int error)
{
	static const char what[] = "failed the program cannot be started: ";
	const char *why = strerrorname_np(error);
	char text[sizeof(what) + 32];
	char *end = stpcpy(text, what);

	end = stpcpy(end, why != NULL && strlen(why) < 31 ? why : "?");
	*end++ = '\n';
	syscall(SYS_sendto, fd, text, end - text, MSG_NOSIGNAL, NULL, 0);
	leave();
}

/* A limit that may not be lifted is set as near to it as may be. */
static void
limits_default(void)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit64 now, want = { limits[i].soft, limits[i].hard };

		if (syscall(SYS_prlimit64, 0, limits[i].resource, &want,
			NULL) == 0)
			continue;
		syscall(SYS_prlimit64, 0, limits[i].resource, NULL, &now);
		if (want.rlim_max > now.rlim_max)
			want.rlim_max = now.rlim_max;
		if (want.rlim_cur > want.rlim_max)
			want.rlim_cur = want.rlim_max;
		syscall(SYS_prlimit64, 0, limits[i].resource, &want, NULL);
	}
}

/* Every signal its default, and none of them held back. */
static void
signals_default(void)
{
	/* The kernel's own struct differs by machine; zero is the same. */
	const char zero[256] = { 0 };

	for (int i = 1; i <= SIGNALS; i++)
		syscall(SYS_rt_sigaction, i, zero, NULL, SIGNALS / CHAR_BIT);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, zero, NULL,
	    SIGNALS / CHAR_BIT);
}

/*
 * 0, 1 and 2, and no others.  No new one is needed before the host's are gone:
 * it may have more of them than are allowed here.
 */
static void
descriptors(int fd)
{
	if ((fd != 0 && syscall(SYS_dup3, fd, 0, 0) < 0) ||
	    syscall(SYS_fcntl, 0, F_SETFD, 0) < 0 ||
	    syscall(SYS_dup3, 0, 1, 0) < 0 ||
	    syscall(SYS_close_range, 2U, ~0U, 0U) < 0)
		complain(fd, errno);
	if (syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR) != 2)
		complain(1, errno);
}

static int
drop(const struct spawn *spawn)
{
	gid_t gid = spawn->gid;
	uid_t uid = spawn->uid;

	if (spawn->drop &&
	    (syscall(CALL_SETGROUPS, 1, &gid) < 0 ||
		syscall(CALL_SETRESGID, gid, gid, gid) < 0 ||
		syscall(CALL_SETRESUID, uid, uid, uid) < 0))
		return errno;
	return syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0
	    ? errno
	    : 0;
}

/* If "parent" is not 0, its end is to be ours. */
static void __attribute__((noreturn))
become(const struct spawn *spawn, int fd, pid_t parent)
{
	/* A struct itimerval as the kernel has it. */
	const long end[4] = { 0, 0, (long)spawn->seconds, 0 };
	char *const argv[] = { (char *)(uintptr_t)spawn->program, NULL };
	char *const none[] = { NULL };
	int error;

	limits_default();
	descriptors(fd);
	syscall(SYS_setsid);
	syscall(SYS_umask, 077);
	if (syscall(SYS_chdir, "/") < 0)
		complain(1, errno);
	error = drop(spawn);
	if (error != 0)
		complain(1, error);
	/* Only now: to become another user takes it back. */
	if (parent != 0) {
		syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
		if (syscall(SYS_getppid) != parent)
			leave();
	}
	signals_default();
	syscall(SYS_setitimer, ITIMER_REAL, end, NULL);
	syscall(SYS_execve, spawn->program, argv, none);
	complain(1, errno);
}

/* The keeper.  It is born with what hold.h gave the host. */
static void __attribute__((noreturn))
keep(const struct spawn *spawn, int fd, bool alone)
{
	pid_t self = (pid_t)syscall(SYS_getpid), child;

	/* A host may end next, and its terminal's SIGHUP is for its session. */
	syscall(SYS_setsid);
	explicit_bzero(spawn->secret, spawn->secret_len);
	child = copy();
	if (child == 0)
		become(spawn, fd, alone ? 0 : self);
	if (child < 0)
		complain(fd, errno);
	/* It would keep open what the host closes. */
	syscall(SYS_close_range, 0U, ~0U, 0U);
	while (!alone && syscall(SYS_wait4, child, NULL, __WALL, NULL) < 0 &&
	    errno == EINTR)
		;
	leave();
}

/* A host that waits for everything may have come first. */
static void
await(pid_t keeper)
{
	while (wait4(keeper, NULL, __WALL, NULL) < 0 && errno == EINTR)
		;
}

void
spawn_end(pid_t keeper)
{
	kill(keeper, SIGKILL);
	await(keeper);
}

static int
begin(const struct spawn *spawn, bool alone, int *fd, pid_t *keeper)
{
	struct hold hold;
	int pair[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	r = hold_begin(&hold, 0);
	if (r < 0)
		goto out;
	pid = copy();
	if (pid == 0)
		keep(spawn, pair[1], alone);
	r = pid < 0 ? -errno : 0;
	/* Whoever did not become what they were is not to go on. */
	if (hold_end(&hold) < 0 && r == 0) {
		spawn_end(pid);
		r = -EPERM;
	}
out:
	close(pair[1]);
	if (r < 0) {
		close(pair[0]);
		return r;
	}
	*fd = pair[0];
	*keeper = pid;
	return 0;
}

int
spawn_begin(const struct spawn *spawn, int *fd, pid_t *keeper)
{
	return begin(spawn, false, fd, keeper);
}

int
spawn_alone(const struct spawn *spawn, int *fd)
{
	pid_t keeper;
	int r = begin(spawn, true, fd, &keeper);

	if (r == 0)
		await(keeper);
	return r;
}

void
spawn_become(const struct spawn *spawn, int fd)
{
	become(spawn, fd, 0);
}
