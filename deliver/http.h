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
 * "method" is POST, PUT or GET, the last of which has no body; "format" form or
 * json; "auth" basic, bearer or none.  "expect_status" is a list of numbers.
 */
void http_send(const struct delivery *delivery, struct reply *reply);

#endif
