/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority_remote.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "place.h"
#include "wire.h"

static int64_t
milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Wait until the socket is ready.  0, or -ETIME. */
static int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poller = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline - milliseconds();
		if (left <= 0)
			return -ETIME;
		n = poll(&poller, 1, (int)left);
		if (n < 0 && errno != EINTR)
			return -errno;
	} while (n <= 0);
	return 0;
}

/* Who began to listen there: whoever it is gets to see a code. */
static int
check_server(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	uid_t uid;
	gid_t gid;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	if (peer.uid == 0 || peer.uid == geteuid() ||
	    (place_user(&uid, &gid) == 0 && peer.uid == uid))
		return 0;
	return -EPERM;
}

/*
 * A socket whose queue is full says -EAGAIN at once, and is asked again
 * until the deadline.
 */
static int
connect_to(const char *path, int64_t deadline, int *fd)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*fd = -1;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return -errno;
	while (connect(*fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return -EHOSTDOWN;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (milliseconds() >= deadline)
			return -ETIME;
		nanosleep(&pause, NULL);
	}
	return check_server(*fd);
}

/*
 * Say it all, and that it is all.  A service that hangs up first has
 * something to say about it, so that is no failure yet.
 */
static int
send_all(int fd, const char *text, size_t len, int64_t deadline)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
		int r;

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = wait_for(fd, POLLOUT, deadline);
		if (r < 0)
			return r;
	}
	(void)shutdown(fd, SHUT_WR);
	return 0;
}

/* Read to the end.  Its length, or -errno. */
static int
receive_all(int fd, char *text, size_t size, int64_t deadline)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = recv(fd, text + len, size - len, 0);
		int r;

		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return len > 0 ? (int)len : -ECONNRESET;
		if (n > 0) {
			len += (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = wait_for(fd, POLLIN, deadline);
		if (r < 0)
			return r;
	}
	return -EPROTO;
}

int
authority_remote_ask(const char *path, const struct request *req,
    struct reply *reply)
{
	const int64_t deadline =
	    milliseconds() + AUTHORITY_REMOTE_SECONDS * 1000;
	const struct policy policy = reply->policy;
	char request[WIRE_REQUEST_MAX], text[WIRE_REPLY_MAX + 1];
	size_t len;
	int fd = -1, r;

	r = wire_request_write(req, request, &len);
	if (r < 0)
		return r;
	r = connect_to(path, deadline, &fd);
	if (r == 0)
		r = send_all(fd, request, len, deadline);
	if (r == 0)
		r = receive_all(fd, text, sizeof(text), deadline);
	if (r >= 0)
		r = wire_reply_read(text, (size_t)r, reply);
	if (r == 0)
		reply->policy = policy;
	if (fd >= 0)
		close(fd);
	explicit_bzero(request, sizeof(request));
	explicit_bzero(text, sizeof(text));
	return r;
}
