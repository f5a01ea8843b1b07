/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/user.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

/* An option of a socket, or -1. */
static int
option_of(int fd, int option)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -1
								    : value;
}

int
listener_inherit(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (pid == NULL || fds == NULL || atol(pid) != (long)getpid())
		return -ENOENT;
	if (strcmp(fds, "1") != 0 ||
	    option_of(FIRST_FD, SO_DOMAIN) != AF_UNIX ||
	    option_of(FIRST_FD, SO_TYPE) != SOCK_STREAM ||
	    option_of(FIRST_FD, SO_ACCEPTCONN) != 1)
		return -EINVAL;
	if (fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(FIRST_FD, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return FIRST_FD;
}

/*
 * Take away a socket that nobody listens on.  A connection to a file of
 * another kind is refused just so: what is there is looked at first.
 */
static int
clear_stale(const struct sockaddr_un *address)
{
	struct stat st;
	int fd, r;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) ==
		0 ||
	    errno == EAGAIN)
		r = -EADDRINUSE;
	else if (errno == ECONNREFUSED)
		r = unlink(address->sun_path) < 0 ? -errno : 0;
	else
		r = errno == ENOENT ? 0 : -errno;
	close(fd);
	return r;
}

/* For everybody to enter, whatever the umask is. */
static int
make_directory(const char *path)
{
	char copy[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	mode_t mask;
	int r = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	mask = umask(0022);
	if (mkdir(dirname(copy), 0755) < 0 && errno != EEXIST)
		r = -errno;
	umask(mask);
	return r;
}

int
listener_make(const char *path, mode_t mode, gid_t group)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	r = make_directory(path);
	if (r == 0)
		r = clear_stale(&address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The directory is ours: nobody puts another file in its place. */
	mask = umask(~mode & 0777);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    (group != LISTENER_NO_GROUP &&
		lchown(path, (uid_t)-1, group) < 0) ||
	    listen(fd, SOMAXCONN) < 0)
		r = -errno;
	umask(mask);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int
listener_accept(int fd)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	int r = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	if (r >= 0)
		return r;
	r = -errno;
	if (r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -ENOBUFS)
		nanosleep(&pause, NULL);
	return r;
}

int
listener_drop(const char *user)
{
	uid_t uid;
	gid_t gid;
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (geteuid() != 0)
		return 0;
	r = user_find(user, &uid, &gid);
	if (r < 0 || uid == 0)
		return r < 0 ? r : -ENOENT;
	if (setgroups(1, &gid) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return -errno;
	return setuid(0) == 0 ? -EPERM : 0;
}

int
listener_check_uids(void)
{
	unsigned long inside, outside, count;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool same;

	/* A kernel without user namespaces maps nothing. */
	if (map == NULL)
		return errno == ENOENT ? 0 : -errno;
	same = fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	    inside == 0 && outside == 0 && count == 4294967295UL;
	fclose(map);
	return same ? 0 : -EPERM;
}
