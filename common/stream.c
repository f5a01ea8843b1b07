/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"

/* Wait until it is ready.  0, -ETIME, or -errno. */
static int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poller = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline_left(deadline);
		if (left <= 0)
			return -ETIME;
		n = poll(&poller, 1, (int)left);
		if (n < 0 && errno != EINTR)
			return -errno;
	} while (n <= 0);
	return 0;
}

/* 0: it is ready after what send() or recv() said; else as above. */
static int
again(int fd, short events, int64_t deadline)
{
	if (errno != EAGAIN && errno != EINTR)
		return -errno;
	return wait_for(fd, events, deadline);
}

int
stream_send(int fd, const char *text, size_t len, int64_t deadline)
{
	int r = 0;

	while (r == 0 && len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0) {
			r = again(fd, POLLOUT, deadline);
		} else {
			text += n;
			len -= (size_t)n;
		}
	}
	return r;
}

int
stream_receive(int fd, char *text, size_t size, size_t *len, int64_t deadline)
{
	char more;
	int r = 0;

	*len = 0;
	while (r == 0) {
		bool full = *len == size;
		ssize_t n = recv(fd, full ? &more : text + *len,
		    full ? 1 : size - *len, MSG_DONTWAIT);

		/* Who hangs up on what we had to say may have said enough. */
		if (n == 0 || (n < 0 && errno == ECONNRESET && *len > 0))
			return 0;
		if (n > 0 && full)
			return -EMSGSIZE;
		if (n > 0)
			*len += (size_t)n;
		else
			r = again(fd, POLLIN, deadline);
	}
	return r;
}

int
stream_exchange(int fd, char *request, size_t len, char *reply, size_t size,
    size_t *reply_len, int64_t deadline)
{
	int r = stream_send(fd, request, len, deadline);

	/* The answer may be a long time in coming. */
	explicit_bzero(request, len);
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return r;
	(void)shutdown(fd, SHUT_WR);
	r = stream_receive(fd, reply, size, reply_len, deadline);
	return r == 0 && *reply_len == 0 ? -ECONNRESET : r;
}
