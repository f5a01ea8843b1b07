/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of ours in a process of its own, of which the host of the module
 * sees nothing and for which it does not matter what the host is like.
 *
 * Between host and program stands a keeper: a copy of the host that only calls
 * the kernel, and tells nobody when it ends.  Its end is the program's end.
 */
#ifndef COMMON_SPAWN_H
#define COMMON_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	const char *program; /* an absolute path, and all of its argv */
	bool drop;           /* become these, for good: for root alone */
	uid_t uid;
	gid_t gid;
	unsigned int seconds; /* at the most, whatever becomes of the caller */
	void *secret;         /* of the caller's: wiped in the keeper's copy */
	size_t secret_len;
};

/*
 * Start it.  0, "fd" is the other end of its standard input and output, and
 * "keeper" is for spawn_end(); or -errno.  A program that cannot be started
 * says so on its output, in the form of delivery.h.
 */
int spawn_begin(const struct spawn *spawn, int *fd, pid_t *keeper)
    __attribute__((warn_unused_result));

/* The same, and nobody keeps it: it ends by itself. */
int spawn_alone(const struct spawn *spawn, int *fd)
    __attribute__((warn_unused_result));

/* Kill it if it still runs, and leave nothing of it. */
void spawn_end(pid_t keeper);

/*
 * Be the program, with "fd" as standard input and output: an empty
 * environment, no other descriptors, default signals and limits, "/".
 */
void spawn_become(const struct spawn *spawn, int fd) __attribute__((noreturn));

#endif
