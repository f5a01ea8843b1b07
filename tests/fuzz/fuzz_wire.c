/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes over the socket, from both ends: whatever the bytes are, a text
 * that is taken says the same when it is written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
request(const char *bytes, size_t size)
{
	char text[WIRE_REQUEST_MAX], again[WIRE_REQUEST_MAX];
	struct wire_request wire;
	struct request req;
	size_t len, len_again;

	if (wire_request_read(bytes, size, &wire, &req) < 0)
		return;
	check(req.caller == 0 && !req.account.known);
	check(wire_request_write(&req, text, &len) == 0);
	check(wire_request_read(text, len, &wire, &req) == 0);
	check(wire_request_write(&req, again, &len_again) == 0);
	check(len == len_again && memcmp(text, again, len) == 0);
}

static void
reply(const char *bytes, size_t size)
{
	char text[WIRE_REPLY_MAX], again[WIRE_REPLY_MAX];
	struct reply got;
	size_t len, len_again;

	if (wire_reply_read(bytes, size, &got) < 0)
		return;
	check(wire_reply_write(0, &got, text, &len) == 0);
	check(wire_reply_read(text, len, &got) == 0);
	check(wire_reply_write(0, &got, again, &len_again) == 0);
	check(len == len_again && memcmp(text, again, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Not a byte more than there is: the sanitizer sees what is read. */
	char *bytes = malloc(size > 0 ? size : 1);

	check(bytes != NULL);
	memcpy(bytes, data, size);
	request(bytes, size);
	reply(bytes, size);
	free(bytes);
	return 0;
}
