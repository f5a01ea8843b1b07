/* SPDX-License-Identifier: BSD-2-Clause */
#include "ascii.h"

#include <string.h>

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
ascii_alnum(char c)
{
	return (c >= '0' && c <= '9') ||
	    (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

bool
ascii_printable(char c)
{
	return c >= ' ' && c <= '~';
}

bool
ascii_same(const char *a, const char *b)
{
	while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

const char *
ascii_word(const char *text, char *out, size_t size)
{
	size_t n = text == NULL ? 0 : strnlen(text, size - 1);

	memset(out, 0, size);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(text[i] > ' ' && text[i] < 127 ? text[i] : '?');
	return out;
}
