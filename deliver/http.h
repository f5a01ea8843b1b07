/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text messages, by the gateway of a provider.
 *
 * https:// alone, or http:// to this host.  What it takes for "sent" is the
 * status, and a word of the reply where one is expected.
 */
#ifndef DELIVER_HTTP_H
#define DELIVER_HTTP_H

#include "common/delivery.h"
#include "reply.h"

/*
 * "method" is POST (also if empty), PUT or GET, the last of which has no body;
 * "format" form (also if empty) or json; "auth" basic, bearer or none (also if
 * empty).  "expect_status" is a list of numbers, 200 and 201 if empty.
 */
void http_send(const struct delivery *delivery, struct reply *reply);

#endif
