/* SPDX-License-Identifier: BSD-2-Clause */
#include "base32.h"

#include <errno.h>
#include <string.h>

#define DIGITS 32
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int
base32_encode(const uint8_t *in, size_t len, char *out, size_t size)
{
	uint32_t left = 0; /* bits that are not written yet, in its low end */
	unsigned int n_left = 0;

	/* The text is longer than the bytes; so BASE32_SIZE() cannot wrap. */
	if (len >= size || size < BASE32_SIZE(len))
		return -ENOBUFS;
	for (size_t i = 0; i < len; i++) {
		left = left << 8 | in[i];
		for (n_left += 8; n_left >= 5; n_left -= 5)
			*out++ = digits[left >> (n_left - 5) & 31];
	}
	if (n_left > 0)
		*out++ = digits[left << (5 - n_left) & 31];
	*out = '\0';
	explicit_bzero(&left, sizeof(left));
	return 0;
}

/* The value of a digit; -1: "c" is none. */
static int
digit_read(char c)
{
	const char *digit;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	digit = memchr(digits, c, DIGITS);
	return digit ? (int)(digit - digits) : -1;
}

/* The next character that is not passed over. */
static char
next(const char **text)
{
	char c;

	do
		c = *(*text)++;
	while (c == ' ' || c == '\t' || c == '-');
	return c;
}

/*
 * How many bytes the text is, or -EINVAL: it has a character that it must not
 * have, or a number of digits or of "=" that no bytes come to.
 */
static int
measure(const char *text, size_t *len)
{
	/* The "=" that belong to each number of digits in the last eight. */
	static const int padding[8] = { 0, -1, 6, -1, 4, 3, -1, 1 };
	size_t n = 0;
	int n_padding = 0;
	char c;

	while (digit_read(c = next(&text)) >= 0)
		n++;
	for (; c == '='; c = next(&text))
		if (++n_padding > padding[n % 8])
			return -EINVAL;
	if (c != '\0' || padding[n % 8] < 0 ||
	    (n_padding != 0 && n_padding != padding[n % 8]))
		return -EINVAL;
	*len = n / 8 * 5 + n % 8 * 5 / 8;
	return 0;
}

int
base32_decode(const char *text, enum base32_rest rest, uint8_t *out,
    size_t size, size_t *len)
{
	uint32_t left = 0; /* bits that are not written yet, in its low end */
	unsigned int n_left = 0;
	size_t total, n = 0;
	int digit, r;

	r = measure(text, &total);
	if (r != 0)
		return r;
	if (total > size)
		return -ENOBUFS;
	while ((digit = digit_read(next(&text))) >= 0) {
		left = left << 5 | (uint32_t)digit;
		n_left += 5;
		if (n_left < 8)
			continue;
		n_left -= 8;
		out[n++] = (uint8_t)(left >> n_left);
	}
	if (rest == BASE32_STRICT && left & ((UINT32_C(1) << n_left) - 1)) {
		explicit_bzero(out, n);
		r = -EINVAL;
	} else {
		*len = n;
	}
	explicit_bzero(&left, sizeof(left));
	explicit_bzero(&digit, sizeof(digit));
	return r;
}
