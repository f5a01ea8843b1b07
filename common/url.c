/* SPDX-License-Identifier: BSD-2-Clause */
#include "url.h"

#include <arpa/inet.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define LABEL LOWER UPPER DIGITS "-"
#define LABEL_MAX 63 /* RFC 1035, 2.3.4 */

static bool
label_ok(const char *text, size_t len)
{
	if (len < 1 || len > LABEL_MAX || text[0] == '-' ||
	    text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!memchr(LABEL, text[i], sizeof(LABEL) - 1))
			return false;
	}
	return true;
}

bool
url_host_ok(const char *name, size_t len)
{
	const char *end = name + len, *dot;

	if (len > URL_HOST_MAX)
		return false;
	while ((dot = memchr(name, '.', (size_t)(end - name)))) {
		if (!label_ok(name, (size_t)(dot - name)))
			return false;
		name = dot + 1;
	}
	return label_ok(name, (size_t)(end - name));
}

/* Is the text an address of this family? */
static bool
is_address(int family, const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(family, copy, &address) == 1;
}

/* ":1" to ":65535" at "*at", or nothing. */
static bool
read_port(const char **at, unsigned int *port)
{
	size_t len;

	*port = 0;
	if (**at != ':')
		return true;
	len = strspn(++*at, DIGITS);
	if (len < 1 || len > 5 || **at == '0')
		return false;
	while (len-- > 0)
		*port = *port * 10 + (unsigned int)(*(*at)++ - '0');
	return *port <= 65535;
}

static bool
is_visible(const char *text)
{
	for (; *text; text++) {
		if (*text <= ' ' || *text > '~' || *text == '#')
			return false;
	}
	return true;
}

bool
url_read(const char *text, struct url *url)
{
	size_t scheme_len = strspn(text, LOWER);
	const char *at = text + scheme_len + 3;
	struct url read = { .scheme = text, .scheme_len = scheme_len };

	if (scheme_len < 1 || strncmp(text + scheme_len, "://", 3) != 0 ||
	    !is_visible(text))
		return false;
	read.host = at;
	if (*at == '[') {
		read.host_len = strcspn(at, "]") + 1;
		if (at[read.host_len - 1] != ']' ||
		    !is_address(AF_INET6, at + 1, read.host_len - 2))
			return false;
	} else {
		read.host_len = strcspn(at, ":/?");
		if (!url_host_ok(at, read.host_len))
			return false;
	}
	at += read.host_len;
	if (!read_port(&at, &read.port) || (*at && *at != '/' && *at != '?'))
		return false;
	read.rest = at;
	*url = read;
	return true;
}

bool
url_is(const struct url *url, const char *scheme)
{
	return strlen(scheme) == url->scheme_len &&
	    memcmp(scheme, url->scheme, url->scheme_len) == 0;
}

bool
url_loopback(const struct url *url)
{
	static const char *const names[] = { "localhost", "[::1]" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == url->host_len &&
		    memcmp(names[i], url->host, url->host_len) == 0)
			return true;
	}
	return strncmp(url->host, "127.", 4) == 0 &&
	    is_address(AF_INET, url->host, url->host_len);
}
