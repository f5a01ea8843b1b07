/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One conversation of libcurl's with a server, as all of them are here:
 *
 * - one URL of url.h, with a known scheme;
 * - no proxy, no .netrc, no redirect, no other protocol, no signal, no cookie;
 * - certificate and name verified, TLS 1.2 at least;
 * - an end, however much or little the server says;
 * - and no word of the server's in what is told of a failure: CURLOPT_VERBOSE
 *   and CURLOPT_ERRORBUFFER MUST NOT be used.
 */
#ifndef DELIVER_TRANSFER_H
#define DELIVER_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>

#include "common/delivery.h"
#include "reply.h"

#define TRANSFER_MAX 65536 /* that a server may say, of each kind */

struct transfer {
	CURL *curl;
	struct curl_slist *headers;
	bool loopback; /* the server is this host, as url.h has it */
	bool tls;      /* from the first byte */
	bool failed;   /* something could not be set */
	size_t headers_len, len;
	char text[TRANSFER_MAX + 1]; /* what it said, with a NUL */
};

/*
 * Make it ready.  "scheme" is the one without TLS; with an "s" it is the one
 * with it.  False: "reply" says why not.  transfer_end() is owed in any case.
 */
bool transfer_begin(struct transfer *transfer, const struct delivery *delivery,
    const char *url, const char *scheme, struct reply *reply);

/*
 * Is it TLS from the first byte, or this host?  False: "reply" says that it
 * has to be.
 */
bool transfer_closed(const struct transfer *transfer, struct reply *reply);

/* An option that must take effect. */
#define TRANSFER_SET(transfer, option, value)                                  \
	((transfer)->failed |=                                                 \
	    curl_easy_setopt((transfer)->curl, option, value) != CURLE_OK)

/* Add a line to the headers. */
void transfer_header(struct transfer *transfer, const char *line);

/* Have it done.  False: "reply" says why it was not. */
bool transfer_run(struct transfer *transfer, struct reply *reply);

/* The status that SMTP or HTTP ended with, or 0. */
long transfer_status(const struct transfer *transfer);

/*
 * Say goodbye.  That can take a server as long as it likes, so the reply is
 * written first.
 */
void transfer_end(struct transfer *transfer, struct reply *reply);

#endif
