/* SPDX-License-Identifier: BSD-2-Clause */
#include "hold.h"

#include <errno.h>
#include <unistd.h>

static int
hold_uids(struct hold *hold)
{
	if (getresuid(&hold->real, &hold->effective, &hold->saved) < 0)
		return -errno;
	if (hold->effective != 0 || (hold->real == 0 && hold->saved == 0))
		return 0;
	if (setresuid(0, 0, 0) < 0)
		return -errno;
	hold->uids = true;
	return 0;
}

static int
hold_limit(struct hold *hold, rlim_t size)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (getrlimit(RLIMIT_FSIZE, &hold->fsize) < 0)
		return -errno;
	if (hold->fsize.rlim_cur >= size)
		return 0;
	if (hold->fsize.rlim_max >= size)
		all.rlim_cur = all.rlim_max = hold->fsize.rlim_max;
	/* Root in a container may not lift a hard limit. */
	if (setrlimit(RLIMIT_FSIZE, &all) < 0)
		return -EFBIG;
	hold->limit = true;
	return 0;
}

int
hold_begin(struct hold *hold, rlim_t size)
{
	sigset_t all;
	int r;

	*hold = (struct hold){ 0 };
	sigfillset(&all);
	r = -pthread_sigmask(SIG_SETMASK, &all, &hold->mask);
	if (r < 0)
		return r;
	r = hold_uids(hold);
	if (r == 0)
		r = hold_limit(hold, size);
	if (r < 0)
		(void)!hold_end(hold);
	return r;
}

int
hold_end(const struct hold *hold)
{
	int r = 0;

	/* The limit first: putting it back needs no right, lifting did. */
	if (hold->limit && setrlimit(RLIMIT_FSIZE, &hold->fsize) < 0)
		r = -errno;
	if (hold->uids &&
	    setresuid(hold->real, hold->effective, hold->saved) < 0)
		r = -errno;
	if (pthread_sigmask(SIG_SETMASK, &hold->mask, NULL) != 0)
		r = -EINVAL;
	return r;
}
