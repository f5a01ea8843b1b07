/* SPDX-License-Identifier: BSD-2-Clause */
#include "user.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>

int
user_find(const char *name, uid_t *uid, gid_t *gid)
{
	struct passwd pwd, *found = NULL;
	char buf[4096];
	int r = getpwnam_r(name, &pwd, buf, sizeof(buf), &found);

	/* Name services say in three ways that there is none. */
	if (found == NULL)
		return r != 0 && r != ESRCH ? -r : -ENOENT;
	*uid = found->pw_uid;
	*gid = found->pw_gid;
	return 0;
}
