/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confined WHAT FILE PATH...: tries each path after confine(), with FILE as
 * what may be read beside the rest, or after confine_exec().
 *
 * A path with "+" before it is opened for writing, with "!" it is started.
 * Says "yes" or "no" for each, in one line.
 */
#include "deliver/confine.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int
can_start(char *path)
{
	char *const argv[] = { path, NULL }, *const none[] = { NULL };
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		execve(path, argv, none);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int
can(char *path)
{
	if (*path == '!')
		return can_start(path + 1);
	if (*path == '+')
		return open(path + 1, O_WRONLY | O_CREAT | O_APPEND, 0600) >= 0;
	return open(path, O_RDONLY) >= 0;
}

int
main(int argc, char **argv)
{
	const char *const files[] = { argc > 2 ? argv[2] : "", NULL };
	int r;

	if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 2;
	r = strcmp(argv[1], "exec") == 0 ? confine_exec() : confine(files);
	if (r < 0) {
		fprintf(stderr, "confined: %s\n", strerror(-r));
		return 1;
	}
	for (int i = 3; i < argc; i++)
		printf("%s%s", i > 3 ? " " : "", can(argv[i]) ? "yes" : "no");
	printf("\n");
	return 0;
}
