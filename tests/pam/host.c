/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"

#include <errno.h>
#include <dlfcn.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/deliver.h"

#define EXPORT __attribute__((visibility("default")))

uint64_t clock_now = NOW;
int lookup_error;
static struct world *log_to;

void
host_log_to(struct world *world)
{
	log_to = world;
}

static void __attribute__((format(printf, 2, 0)))
hear(int priority, const char *format, va_list args)
{
	if (log_to == NULL)
		return;
	assert_int_equal(LOG_AUTHPRIV, priority & LOG_FACMASK);
	assert_true(log_to->n_log < LOG_MAX);
	vsnprintf(log_to->log[log_to->n_log++], sizeof(log_to->log[0]), format,
	    args);
}

/* In libc's place, under the names that a fortified caller uses too. */
EXPORT void __syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

EXPORT void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	hear(priority, format, args);
	va_end(args);
}

#undef syslog
EXPORT void
syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	hear(priority, format, args);
	va_end(args);
}

EXPORT time_t
time(time_t *out)
{
	if (out != NULL)
		*out = (time_t)clock_now;
	return (time_t)clock_now;
}

EXPORT int
getpwnam_r(const char *name, struct passwd *pw, char *memory, size_t size,
    struct passwd **found)
{
	typedef int fn(const char *, struct passwd *, char *, size_t,
	    struct passwd **);
	fn *real;

	if (lookup_error != 0) {
		*found = NULL;
		return lookup_error;
	}
	*(void **)(&real) = dlsym(RTLD_NEXT, "getpwnam_r");
	assert_non_null(real);
	/* Not every machine that builds it has this user. */
	if (strcmp(name, DELIVER_USER) == 0)
		name = "nobody";
	return real(name, pw, memory, size, found);
}

void
host_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, what);
}

static void
descriptors(struct host_state *state)
{
	char path[64];

	for (int fd = 0; fd < HOST_FDS; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, state->fd[fd], sizeof(state->fd[fd]) - 1) <
		    0)
			state->fd[fd][0] = '\0';
	}
}

void
host_state(struct host_state *state)
{
	size_t len = 0;

	memset(state, 0, sizeof(*state));
	state->mask = umask(0);
	umask(state->mask);
	assert_non_null(getcwd(state->dir, sizeof(state->dir)));
	sigprocmask(SIG_BLOCK, NULL, &state->blocked);
	for (int i = 1; i < 65; i++)
		sigaction(i, NULL, &state->action[i]);
	descriptors(state);
	getresuid(&state->uid[0], &state->uid[1], &state->uid[2]);
	getresgid(&state->gid[0], &state->gid[1], &state->gid[2]);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		assert_int_equal(0,
		    getrlimit((__rlimit_resource_t)i, &state->limit[i]));
	getitimer(ITIMER_REAL, &state->timer);
	for (char **e = environ; *e != NULL; e++) {
		len += (size_t)snprintf(state->environment + len,
		    sizeof(state->environment) - len, "%s\n", *e);
		assert_true(len < sizeof(state->environment));
	}
}

void
host_state_same(const struct host_state *before, const struct host_state *after)
{
	assert_int_equal(before->mask, after->mask);
	assert_string_equal(before->dir, after->dir);
	for (int i = 1; i < 65; i++) {
		assert_int_equal(sigismember(&before->blocked, i),
		    sigismember(&after->blocked, i));
		assert_true(before->action[i].sa_handler ==
		    after->action[i].sa_handler);
	}
	for (int fd = 0; fd < HOST_FDS; fd++)
		assert_string_equal(before->fd[fd], after->fd[fd]);
	assert_memory_equal(before->uid, after->uid, sizeof(before->uid));
	assert_memory_equal(before->gid, after->gid, sizeof(before->gid));
	assert_memory_equal(before->limit, after->limit, sizeof(before->limit));
	assert_memory_equal(&before->timer, &after->timer,
	    sizeof(before->timer));
	assert_string_equal(before->environment, after->environment);
	/* Nor is there a child, of whichever kind, that it would wait for. */
	assert_int_equal(-1, waitpid(-1, NULL, WNOHANG | __WALL));
	assert_int_equal(ECHILD, errno);
}
