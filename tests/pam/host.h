/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process that the module is loaded into: what it hears of it, and what
 * must be there unchanged when it has gone.
 */
#ifndef TESTS_PAM_HOST_H
#define TESTS_PAM_HOST_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>

#include "harness.h"

#define HOST_FDS 64

struct host_state {
	mode_t mask;
	char dir[PATH_MAX];
	sigset_t blocked;
	struct sigaction action[65];
	char fd[HOST_FDS][128]; /* what each descriptor is */
	uid_t uid[3];
	gid_t gid[3];
	struct rlimit limit[RLIM_NLIMITS];
	struct itimerval timer;
	char environment[16384];
};

void host_state(struct host_state *state);
void host_state_same(const struct host_state *before,
    const struct host_state *after);

/* Where syslog() goes; NULL: nowhere. */
void host_log_to(struct world *world);

/* A conf_fault_fn that no test expects. */
void host_fault(void *arg, const char *file, unsigned int line,
    const char *what);

#endif
