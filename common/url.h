/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outside of a URL: whom it leads to.  Pure.
 *
 * Narrower than RFC 3986 and MUST be: what names a host is letters, digits,
 * dots and dashes, or an address in brackets; never a user or a password, which
 * belong into a file that others cannot read.
 */
#ifndef COMMON_URL_H
#define COMMON_URL_H

#include <stdbool.h>
#include <stddef.h>

#define URL_HOST_MAX 253

struct url {
	const char *scheme, *host; /* pieces of the text */
	size_t scheme_len, host_len;
	unsigned int port; /* 0: none is given */
	const char *rest;  /* what follows: "", or from "/" or "?" on */
};

/*
 * Take "text" apart; false: it is none, or has a byte that is not visible, or a
 * fragment, which no server is sent.
 */
bool url_read(const char *text, struct url *url);

/* Is its scheme "scheme"?  In lower case, as it must be. */
bool url_is(const struct url *url, const char *scheme);

/*
 * Does it lead to this very host, so that nobody else can listen?  "localhost",
 * 127.0.0.0/8 and [::1]; no name that merely looks so.
 */
bool url_loopback(const struct url *url);

/* Could it be the name of a host? */
bool url_host_ok(const char *name, size_t len);

#endif
