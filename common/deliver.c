/* SPDX-License-Identifier: BSD-2-Clause */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ascii.h"
#include "deadline.h"
#include "peer.h"
#include "place.h"
#include "spawn.h"
#include "stream.h"
#include "user.h"

/* A way to whoever delivers; -1 and 0 where there is none. */
struct way {
	int fd;
	pid_t keeper;
};

/*
 * Only pam_otpd may start nothing that has a network: 1 if this is it, else 0.
 * -errno: that is not known, and what it would start could read the store.
 */
static int
by_socket(void)
{
	uid_t uid;
	gid_t gid;
	int r;

	if (geteuid() == 0)
		return 0;
	r = place_user(&uid, &gid);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : uid == geteuid();
}

/* The program, and whom it is to run as. */
static int
prepare(const struct policy_send *send, const struct delivery *delivery,
    struct spawn *spawn)
{
	int r;

	*spawn = (struct spawn){
		.program = send->program,
		.seconds = delivery->seconds + DELIVER_KILL,
		.drop = geteuid() == 0,
	};
	if (faccessat(AT_FDCWD, send->program, X_OK, AT_EACCESS) < 0)
		return -errno;
	if (!spawn->drop)
		return 0;
	r = user_find(DELIVER_USER, &spawn->uid, &spawn->gid);
	/* To become root again would be to drop nothing. */
	return r == 0 && spawn->uid == 0 ? -ENOENT : r;
}

static int
way_open(const struct policy_send *send, const struct delivery *delivery,
    int64_t deadline, bool alone, struct way *way)
{
	struct spawn spawn;
	int r;

	*way = (struct way){ .fd = -1 };
	r = by_socket();
	if (r > 0)
		return peer_connect(send->socket, DELIVER_USER, deadline,
		    &way->fd);
	if (r == 0)
		r = prepare(send, delivery, &spawn);
	if (r < 0)
		return r;
	return alone ? spawn_alone(&spawn, &way->fd)
		     : spawn_begin(&spawn, &way->fd, &way->keeper);
}

static void
way_close(struct way *way)
{
	if (way->fd >= 0)
		close(way->fd);
	if (way->keeper > 0)
		spawn_end(way->keeper);
}

/* Is it one whole line, of visible ASCII?  Then it has a NUL for its end. */
static bool
is_line(char *text, size_t len)
{
	if (len < 1 || text[len - 1] != '\n')
		return false;
	text[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (!ascii_printable(text[i]))
			return false;
	return true;
}

/* What deliver() gives for an answer, of which "reply" gets the rest. */
static int
judge(char *answer, size_t len, char reply[static DELIVERY_REPLY_MAX])
{
	static const char failed[] = "failed ";

	if (!is_line(answer, len))
		return -EPROTO;
	if (strcmp(answer, "ok") == 0)
		return 0;
	if (strncmp(answer, "ok ", 3) == 0 && answer[3] != '\0') {
		strcpy(reply, answer + 3);
		return 0;
	}
	if (strncmp(answer, failed, strlen(failed)) != 0)
		return -EPROTO;
	strcpy(reply, answer + strlen(failed));
	return -EREMOTEIO;
}

/* Ask it, and unless "reply" is NULL hear what it says. */
static int
talk(int fd, const char *request, size_t len, int64_t deadline, char *reply)
{
	char answer[DELIVERY_REPLY_MAX];
	int r;

	if (reply == NULL)
		r = stream_send(fd, request, len, deadline);
	else
		r = stream_exchange(fd, request, len, answer, sizeof(answer),
		    &len, deadline);
	/* To close it is no end, if a host forked in a thread meanwhile. */
	(void)shutdown(fd, SHUT_WR);
	if (r == 0)
		return reply != NULL ? judge(answer, len, reply) : 0;
	/* It ended before it heard us out, or talks without end. */
	return r == -EPIPE || r == -ECONNRESET || r == -EMSGSIZE ? -EPROTO : r;
}

static int
run(const struct policy_send *send, const struct delivery *delivery,
    unsigned int seconds, char *reply)
{
	const int64_t deadline = deadline_in(seconds);
	char request[DELIVERY_REQUEST_MAX];
	struct way way;
	size_t len;
	int r = delivery_write(delivery, request, &len);

	if (r < 0)
		return r;
	r = way_open(send, delivery, deadline, reply == NULL, &way);
	if (r == 0)
		r = talk(way.fd, request, len, deadline, reply);
	way_close(&way);
	explicit_bzero(request, sizeof(request));
	return r;
}

int
deliver(const struct policy_send *send, const struct delivery *delivery,
    char reply[static DELIVERY_REPLY_MAX])
{
	reply[0] = '\0';
	return run(send, delivery, delivery->seconds + DELIVER_WAIT, reply);
}

int
deliver_later(const struct policy_send *send, const struct delivery *delivery)
{
	/* It has room in the socket: nobody needs to read it meanwhile. */
	return run(send, delivery, 1, NULL);
}
