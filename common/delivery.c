/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"

#include <errno.h>
#include <string.h>

#include "members.h"

/* X(struct, name in the text, member, how it is written) */
/* clang-format off */
#define DELIVERY(X)                                          \
	X(delivery, "kind", kind, SMALL)                     \
	X(delivery, "seconds", seconds, SMALL)               \
	X(delivery, "later", later, FLAG)                    \
	X(delivery, "source", source, TEXT)                  \
	X(delivery, "account", account, TEXT)                \
	X(delivery, "channel", channel, SMALL)               \
	X(delivery, "server", server, TEXT)                  \
	X(delivery, "to", to, TEXT)                          \
	X(delivery, "from", from, TEXT)                      \
	X(delivery, "user", user, TEXT)                      \
	X(delivery, "password", password, TEXT)              \
	X(delivery, "ca_file", ca_file, TEXT)                \
	X(delivery, "client_cert", client_cert, TEXT)        \
	X(delivery, "client_key", client_key, TEXT)          \
	X(delivery, "helo", helo, TEXT)                      \
	X(delivery, "subject", subject, TEXT)                \
	X(delivery, "text", text, LINES)                     \
	X(delivery, "method", method, TEXT)                  \
	X(delivery, "format", format, TEXT)                  \
	X(delivery, "auth", auth, TEXT)                      \
	X(delivery, "body", body, TEXT)                      \
	X(delivery, "expect_status", expect_status, TEXT)    \
	X(delivery, "expect_reply", expect_reply, TEXT)
/* clang-format on */

static const struct member DELIVERY_members[] = { DELIVERY(MEMBERS_ROW) };

static const struct part parts[] = { MEMBERS_WHOLE(delivery, DELIVERY) };

_Static_assert((0 DELIVERY(MEMBERS_LINE_LEN)) <= DELIVERY_REQUEST_MAX,
    "the longest request fits");

int
delivery_write(const struct delivery *delivery,
    char text[static DELIVERY_REQUEST_MAX], size_t *len)
{
	struct fields_out out;

	fields_begin(&out, text, DELIVERY_REQUEST_MAX);
	members_put(&out, parts, MEMBERS_N_OF(parts), delivery);
	if (fields_end(&out, len) == 0)
		return 0;
	explicit_bzero(text, DELIVERY_REQUEST_MAX);
	return -EINVAL;
}

int
delivery_read(const char *text, size_t len, struct delivery *delivery)
{
	struct fields_in in;

	memset(delivery, 0, sizeof(*delivery));
	fields_open(&in, text, len);
	if (members_read(&in, parts, MEMBERS_N_OF(parts), delivery) == 0 &&
	    delivery->kind != DELIVERY_NONE &&
	    delivery->kind <= DELIVERY_LOOKUP)
		return 0;
	explicit_bzero(delivery, sizeof(*delivery));
	return -EBADMSG;
}
