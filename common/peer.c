/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "user.h"

/* Who began to listen there. */
static int
check_server(int fd, const char *name)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	uid_t uid;
	gid_t gid;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	if (peer.uid == 0 || peer.uid == geteuid() ||
	    (user_find(name, &uid, &gid) == 0 && peer.uid == uid))
		return 0;
	return -EPERM;
}

/*
 * A socket whose queue is full says -EAGAIN at once, and is asked again
 * until the deadline.
 */
static int
connect_to(int fd, const struct sockaddr_un *address, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	while (connect(fd, (const struct sockaddr *)address, sizeof(*address)) <
	    0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return -EHOSTDOWN;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (deadline_left(deadline) <= 0)
			return -ETIME;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
peer_connect(const char *path, const char *name, int64_t deadline, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r, s;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0)
		return -errno;
	r = connect_to(s, &address, deadline);
	if (r == 0)
		r = check_server(s, name);
	if (r == 0)
		*fd = s;
	else
		close(s);
	return r;
}
