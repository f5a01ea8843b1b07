/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority_remote.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "peer.h"
#include "place.h"
#include "stream.h"
#include "wire.h"

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
		if (deadline_left(deadline) <= 0)
			return -ETIME;
		nanosleep(&pause, NULL);
	}
	return check_server(*fd);
}

/*
 * A service that hangs up before it has heard us out has something to say
 * about it.
 */
static int
exchange(int fd, const char *request, size_t len,
    char reply[static WIRE_REPLY_MAX], size_t *reply_len, int64_t deadline)
{
	int r = stream_send(fd, request, len, deadline);

	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return r;
	(void)shutdown(fd, SHUT_WR);
	r = stream_receive(fd, reply, WIRE_REPLY_MAX, reply_len, deadline);
	if (r == 0 && *reply_len == 0)
		r = -ECONNRESET;
	return r == -EMSGSIZE ? -EPROTO : r;
}

unsigned int
authority_remote_seconds(enum verb verb)
{
	return verb == VERB_SEND || verb == VERB_ADDRESS
	    ? AUTHORITY_REMOTE_SEND_SECONDS
	    : AUTHORITY_REMOTE_SECONDS;
}

int
authority_remote_ask(const char *path, const struct request *req,
    struct reply *reply)
{
	const int64_t deadline =
	    deadline_in(authority_remote_seconds(req->verb));
	const struct policy policy = reply->policy;
	char request[WIRE_REQUEST_MAX], text[WIRE_REPLY_MAX];
	size_t len;
	int fd = -1, r;

	r = wire_request_write(req, request, &len);
	if (r < 0)
		return r;
	r = peer_connect(path, PLACE_USER, deadline, &fd);
	if (r == 0)
		r = stream_exchange(fd, request, len, text, sizeof(text), &len,
		    deadline);
	if (r == -EMSGSIZE)
		r = -EPROTO;
	if (r == 0)
		r = wire_reply_read(text, len, reply);
	if (r == 0)
		reply->policy = policy;
	if (fd >= 0)
		close(fd);
	explicit_bzero(request, sizeof(request));
	explicit_bzero(text, sizeof(text));
	return r;
}
