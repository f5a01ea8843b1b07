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

#define MS 1000 /* of a second */

/* What is asked of it, and how. */
struct errand {
	const struct policy_send *send;
	unsigned int seconds; /* that the program has */
	int64_t deadline;     /* until when this side waits */
	bool alone;           /* nobody hears what it answers */
	char request[DELIVERY_REQUEST_MAX];
	size_t len;
};

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

int
deliver_user(uid_t *uid, gid_t *gid)
{
	int r = user_find(DELIVER_USER, uid, gid);

	return r == 0 && *uid == 0 ? -ENOENT : r;
}

/* The program, and whom it is to run as. */
static int
prepare(struct errand *errand, struct spawn *spawn)
{
	*spawn = (struct spawn){
		.program = errand->send->program,
		.seconds = errand->seconds + DELIVER_KILL,
		.drop = geteuid() == 0,
		.secret = errand->request,
		.secret_len = errand->len,
	};
	if (faccessat(AT_FDCWD, spawn->program, X_OK, AT_EACCESS) < 0)
		return -errno;
	return spawn->drop ? deliver_user(&spawn->uid, &spawn->gid) : 0;
}

static int
way_open(struct errand *errand, struct way *way)
{
	struct spawn spawn;
	int r;

	*way = (struct way){ .fd = -1 };
	r = by_socket();
	if (r > 0)
		return peer_connect(errand->send->socket, DELIVER_USER,
		    errand->deadline, &way->fd);
	if (r == 0)
		r = prepare(errand, &spawn);
	if (r < 0)
		return r;
	return errand->alone ? spawn_alone(&spawn, &way->fd)
			     : spawn_begin(&spawn, &way->fd, &way->keeper);
}

static void
way_close(struct way *way)
{
	if (way->fd >= 0) {
		/* If a host forked in a thread meanwhile to close is no end. */
		(void)shutdown(way->fd, SHUT_WR);
		close(way->fd);
	}
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

/* Ask it, and hear what it says unless nobody does. */
static int
talk(struct errand *errand, int fd, char *reply)
{
	char answer[DELIVERY_REPLY_MAX];
	size_t len;
	int r;

	if (errand->alone)
		r = stream_send(fd, errand->request, errand->len,
		    errand->deadline);
	else
		r = stream_exchange(fd, errand->request, errand->len, answer,
		    sizeof(answer), &len, errand->deadline);
	if (r == 0)
		return errand->alone ? 0 : judge(answer, len, reply);
	/* It ended before it heard us out, or talks without end. */
	return r == -EPIPE || r == -ECONNRESET || r == -EMSGSIZE ? -EPROTO : r;
}

/* From here on what is to be delivered stands in the request alone. */
static int
run(struct errand *errand, struct delivery *delivery, char *reply)
{
	struct way way;
	int r;

	delivery->seconds = errand->seconds;
	delivery->later = errand->alone;
	r = delivery_write(delivery, errand->request, &errand->len);
	explicit_bzero(delivery, sizeof(*delivery));
	if (r < 0)
		return r;
	r = way_open(errand, &way);
	if (r == 0)
		r = talk(errand, way.fd, reply);
	way_close(&way);
	explicit_bzero(errand->request, sizeof(errand->request));
	return r;
}

/* The program counts in seconds: the nearest ones. */
static unsigned int
seconds_left(int64_t deadline)
{
	const int64_t left = deadline_left(deadline) + MS / 2;

	return left < 0 ? 0 : (unsigned int)(left / MS);
}

bool
deliver_in_time(int64_t deadline)
{
	return seconds_left(deadline) > 0;
}

int
deliver(const struct policy_send *send, struct delivery *delivery,
    int64_t deadline, char reply[static DELIVERY_REPLY_MAX])
{
	struct errand errand = {
		.send = send,
		.seconds = seconds_left(deadline),
		.deadline = deadline + DELIVER_WAIT * MS,
	};

	reply[0] = '\0';
	if (errand.seconds > 0)
		return run(&errand, delivery, reply);
	explicit_bzero(delivery, sizeof(*delivery));
	return -ETIMEDOUT;
}

int
deliver_later(const struct policy_send *send, struct delivery *delivery)
{
	struct errand errand = {
		.send = send,
		.seconds = send->seconds,
		/* It has room in the socket: nobody needs to read it yet. */
		.deadline = deadline_in(1),
		.alone = true,
	};

	return run(&errand, delivery, NULL);
}
