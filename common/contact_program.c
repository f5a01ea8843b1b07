/* SPDX-License-Identifier: BSD-2-Clause */
#include "contact_program.h"

#include <errno.h>
#include <sys/stat.h>

int
contact_program_check(const char *path, uid_t runner)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != runner) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -EPERM;
	return 0;
}
