/* SPDX-License-Identifier: BSD-2-Clause */
#include "account.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>

#define MEMORY_FIRST ((size_t)1 << 12)
#define MEMORY_MAX ((size_t)1 << 20)

/* What name services say, besides 0, when there is no such account. */
static bool
not_there(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH;
}

int
account_find(const char *name, struct account *account, char **memory)
{
	struct passwd pw, *found = NULL;
	size_t size = MEMORY_FIRST;
	char *larger;
	int error;

	*account = (struct account){ .name = name };
	*memory = NULL;
	do {
		larger = realloc(*memory, size);
		if (larger == NULL) {
			error = ENOMEM;
			break;
		}
		*memory = larger;
		error = getpwnam_r(name, &pw, *memory, size, &found);
		if (error == ERANGE)
			size *= 2;
	} while (error == EINTR || (error == ERANGE && size <= MEMORY_MAX));

	if (error == 0 && found != NULL)
		*account = (struct account){ .name = pw.pw_name,
			.uid = pw.pw_uid,
			.known = true };
	else if (!not_there(error))
		return -error;
	return 0;
}
