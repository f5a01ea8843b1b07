/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeping the invoker's hands off the critical section.
 *
 * su and sudo run this code as root with the real uid of whoever started them,
 * who may therefore signal, stop and limit it.  Between hold_begin() and
 * hold_end() a process of root's
 *
 * - has real, effective and saved uid 0: kill(2) by the invoker is refused;
 * - has all signals blocked: Ctrl-C and Ctrl-Z, which come from the terminal
 *   and ask nobody's permission, and timers set before exec wait until after;
 * - has no file size limit: no write is cut short.
 *
 * What it changed is put back by hold_end(), on every path.  Other processes
 * have their signals blocked, and no more: there is no invoker to fear.
 */
#ifndef COMMON_HOLD_H
#define COMMON_HOLD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct hold {
	bool uids, limit;
	uid_t real, effective, saved;
	struct rlimit fsize;
	sigset_t mask;
};

/*
 * 0; -EFBIG: files may not become "size" bytes long here, and that limit cannot
 * be lifted; -errno.  Nothing is held unless the result is 0.
 */
int hold_begin(struct hold *hold, rlim_t size)
    __attribute__((warn_unused_result));

/* Put everything back.  0, or -errno: not all of it could be. */
int hold_end(const struct hold *hold) __attribute__((warn_unused_result));

#endif
