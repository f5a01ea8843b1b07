/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/uri.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/ascii.h"
#include "common/base32.h"

#define DEFAULT_DIGITS 6
#define DEFAULT_PERIOD 30

/*
 * RFC 3986: what may stand for itself in a path segment and in a query alike.
 * "@" is among it, and every app reads it; ":" would end an issuer.
 */
static bool
is_plain(char c)
{
	return ascii_alnum(c) || (c != '\0' && strchr("-._~@", c) != NULL);
}

/*
 * Encode the characters of "text" that fit into "max" bytes, each whole or
 * not at all, and give the length of what was written.
 */
static size_t
encode(const char *text, size_t max, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0, whole = 0;

	for (; *text != '\0'; text++) {
		if ((*text & 0xc0) != 0x80)
			whole = len;
		if (len + (is_plain(*text) ? 1 : 3) > max) {
			len = whole;
			break;
		}
		if (is_plain(*text)) {
			out[len++] = *text;
			continue;
		}
		out[len++] = '%';
		out[len++] = hex[(unsigned char)*text >> 4];
		out[len++] = hex[(unsigned char)*text & 15];
	}
	out[len] = '\0';
	return len;
}

/* Each has a right to half of the room, and to what the other leaves. */
static void
encode_names(const struct uri *uri, char account[static URI_NAMES_MAX + 1],
    char issuer[static URI_NAMES_MAX + 1])
{
	const size_t half = URI_NAMES_MAX / 2;
	size_t len;

	len = encode(uri->issuer, URI_NAMES_MAX, issuer);
	if (len > half)
		len = half;
	len = encode(uri->account, URI_NAMES_MAX - len, account);
	encode(uri->issuer, URI_NAMES_MAX - len, issuer);
}

int
uri_write(const struct uri *uri, char out[static URI_SIZE])
{
	char secret[BASE32_SIZE(OTP_SECRET_MAX)];
	char account[URI_NAMES_MAX + 1], issuer[URI_NAMES_MAX + 1];
	char hash[24] = "", digits[16] = "", rest[24] = "";
	const char *name = otp_hash_name(uri->otp->hash);
	int n, r;

	r = base32_encode(uri->otp->secret.bytes, uri->otp->secret.len, secret,
	    sizeof(secret));
	if (r == 0 && (name == NULL || uri->kind == DEVICE_NONE))
		r = -EINVAL;
	if (r < 0)
		goto out;
	encode_names(uri, account, issuer);

	if (uri->otp->hash != OTP_SHA1)
		snprintf(hash, sizeof(hash), "&algorithm=%s", name);
	if (uri->otp->digits != DEFAULT_DIGITS)
		snprintf(digits, sizeof(digits), "&digits=%u",
		    uri->otp->digits);
	if (uri->kind == DEVICE_HOTP)
		snprintf(rest, sizeof(rest), "&counter=0");
	else if (uri->period != DEFAULT_PERIOD)
		snprintf(rest, sizeof(rest), "&period=%u", uri->period);

	n = snprintf(out, URI_SIZE, "otpauth://%s/%s?secret=%s&issuer=%s%s%s%s",
	    uri->kind == DEVICE_HOTP ? "hotp" : "totp", account, secret, issuer,
	    hash, digits, rest);
	r = n < 0 || n >= URI_SIZE ? -EINVAL : 0;
out:
	explicit_bzero(secret, sizeof(secret));
	if (r < 0)
		explicit_bzero(out, URI_SIZE);
	return r;
}
