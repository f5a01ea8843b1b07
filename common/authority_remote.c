/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority_remote.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "deliver.h"
#include "peer.h"
#include "place.h"
#include "stream.h"
#include "wire.h"

unsigned int
authority_remote_seconds(enum verb verb, const struct policy_delivery *delivery)
{
	bool sends =
	    verb == VERB_SEND || verb == VERB_ADDRESS || verb == VERB_TEST;

	return AUTHORITY_REMOTE_SECONDS +
	    (sends ? delivery->send.seconds + DELIVER_WAIT : 0);
}

int
authority_remote_ask(const char *path, unsigned int seconds,
    const struct request *req, struct reply *reply)
{
	const int64_t deadline = deadline_in(seconds);
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
