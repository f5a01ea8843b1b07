/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users that only the process of a test knows of.
 */
#ifndef TESTS_UNIT_PASSWD_H
#define TESTS_UNIT_PASSWD_H

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Put lines before those of /etc/passwd, in a mount namespace of our own; for
 * root alone.  Not 0: it could not be done.
 */
static inline int
passwd_add(const char *lines)
{
	char path[] = "/var/tmp/test_passwd.XXXXXX", line[1024];
	FILE *from = fopen("/etc/passwd", "r"), *to = NULL;
	int fd = mkstemp(path), r = -1;

	if (fd >= 0)
		to = fdopen(fd, "w");
	if (from != NULL && to != NULL) {
		fputs(lines, to);
		while (fgets(line, sizeof(line), from) != NULL)
			fputs(line, to);
		r = fflush(to) != 0 || fchmod(fd, 0644) < 0 ||
		    unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount(path, "/etc/passwd", NULL, MS_BIND, NULL) < 0;
	}
	if (from != NULL)
		fclose(from);
	if (to != NULL)
		fclose(to);
	unlink(path);
	return r;
}

#endif
