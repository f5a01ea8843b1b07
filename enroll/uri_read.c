/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/base32.h"
#include "enroll/uri.h"

#define SCHEME "otpauth://"

/* One reading; the parameters are those of the text, decoded. */
struct reading {
	struct uri_code *code;
	const char **why;
	char value[URI_READ_MAX + 1];
	unsigned int seen; /* bit i: parameter i of the table */
};

static int
refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return -EINVAL;
}

int
uri_secret(const char *text, struct otp_secret *secret, const char **why)
{
	int r;

	explicit_bzero(secret, sizeof(*secret));
	/* Who made it up may have left bits over: apps take it all the same. */
	r = base32_decode(text, BASE32_LENIENT, secret->bytes,
	    sizeof(secret->bytes), &secret->len);
	if (r == 0 && secret->len >= OTP_SECRET_MIN)
		return 0;
	explicit_bzero(secret, sizeof(*secret));
	if (r == -ENOBUFS)
		return refuse(why, "that secret is longer than any");
	if (r == 0)
		return refuse(why,
		    "that secret is too short: 16 letters and digits are the "
		    "least");
	return refuse(why,
	    "that is no secret: it is letters from A to Z and digits from 2 "
	    "to 7, 16 of them or more");
}

static int
take_secret(struct reading *reading)
{
	return uri_secret(reading->value, &reading->code->otp.secret,
	    reading->why);
}

static int
take_algorithm(struct reading *reading)
{
	reading->code->otp.hash = otp_hash_parse(reading->value);
	if (reading->code->otp.hash != 0)
		return 0;
	return refuse(reading->why,
	    "its algorithm is none of SHA1, SHA256 and SHA512");
}

/* Decimal digits alone; false if it is out of bounds. */
static bool
number(const char *text, uint32_t min, uint32_t max, uint32_t *n)
{
	*n = 0;
	if (*text == '\0' || strlen(text) > 4)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		*n = *n * 10 + (uint32_t)(*text - '0');
	}
	return *n >= min && *n <= max;
}

static int
take_digits(struct reading *reading)
{
	if (number(reading->value, OTP_DIGITS_MIN, OTP_DIGITS_MAX,
		&reading->code->otp.digits))
		return 0;
	return refuse(reading->why, "its digits are not 6, 7 or 8");
}

static int
take_period(struct reading *reading)
{
	if (number(reading->value, OTP_PERIOD_MIN, OTP_PERIOD_MAX,
		&reading->code->period))
		return 0;
	return refuse(reading->why, "its period is not 15 to 300 seconds");
}

static const struct {
	const char *name;
	int (*take)(struct reading *reading);
} parameters[] = {
	{ "secret", take_secret },
	{ "algorithm", take_algorithm },
	{ "digits", take_digits },
	{ "period", take_period },
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))
#define SECRET_SEEN 1u

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Undo the percent-encoding of "len" bytes.  -EINVAL: half of one, or a NUL,
 * which would hide what follows it.
 */
static int
decode(const char *text, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (text[i] != '%') {
			out[n++] = text[i];
			continue;
		}
		if (len - i < 3)
			return -EINVAL;
		high = hex(text[i + 1]);
		low = hex(text[i + 2]);
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return -EINVAL;
		out[n++] = (char)(high << 4 | low);
		i += 2;
	}
	out[n] = '\0';
	return 0;
}

/* "name=value" */
static int
take(struct reading *reading, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	const size_t name = equals != NULL ? (size_t)(equals - text) : len;

	for (size_t i = 0; i < PARAMETERS; i++) {
		if (strlen(parameters[i].name) != name ||
		    strncasecmp(parameters[i].name, text, name) != 0)
			continue;
		if (reading->seen & (1u << i))
			return refuse(reading->why,
			    "it says something twice that can be said once");
		reading->seen |= 1u << i;
		if (equals == NULL ||
		    decode(equals + 1, len - name - 1, reading->value) < 0)
			return refuse(reading->why,
			    "a part of it cannot be read: was it copied "
			    "whole?");
		return parameters[i].take(reading);
	}
	return 0;
}

static int
take_all(struct reading *reading, const char *query)
{
	int r = 0;

	while (r == 0 && *query != '\0') {
		const size_t len = strcspn(query, "&");

		r = take(reading, query, len);
		query += len + (query[len] == '&');
	}
	if (r == 0 && !(reading->seen & SECRET_SEEN))
		r = refuse(reading->why, "there is no secret in it");
	return r;
}

/* No URI has blanks, control bytes or anything beyond ASCII in it. */
static bool
is_clean(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f || *text == '#')
			return false;
	return true;
}

/* Past "otpauth://totp/label?"; NULL: it is not of that kind. */
static const char *
find_query(const char *text, const char **why)
{
	const char *type = text + strlen(SCHEME), *slash, *query;

	if (strncasecmp(text, SCHEME, strlen(SCHEME)) != 0) {
		*why = "that is no otpauth URI";
		return NULL;
	}
	slash = strchr(type, '/');
	query = strchr(type, '?');
	if (slash == NULL || query == NULL || query < slash) {
		*why = "that URI is not whole: it is "
		       "otpauth://totp/NAME?secret=...";
		return NULL;
	}
	if (slash - type == 4 && strncasecmp(type, "totp", 4) == 0)
		return query + 1;
	if (slash - type == 4 && strncasecmp(type, "hotp", 4) == 0)
		*why = "its codes follow a counter (hotp), and nobody but its "
		       "own device knows where that stands: only codes that "
		       "follow the clock (totp) can be shown";
	else
		*why = "its codes are of a kind that is not known here: only "
		       "totp is";
	return NULL;
}

int
uri_read(const char *text, struct uri_code *code, const char **why)
{
	struct reading reading = { .code = code, .why = why };
	const char *query;
	int r = -EINVAL;

	explicit_bzero(code, sizeof(*code));
	code->otp.hash = OTP_SHA1;
	code->otp.digits = 6;
	code->period = 30;
	if (strlen(text) > URI_READ_MAX)
		*why = "that is too long to be an otpauth URI";
	else if (!is_clean(text))
		*why = "there are characters in it that no URI has: was it "
		       "copied whole?";
	else if ((query = find_query(text, why)) != NULL)
		r = take_all(&reading, query);
	explicit_bzero(&reading, sizeof(reading));
	if (r < 0)
		explicit_bzero(code, sizeof(*code));
	return r;
}
