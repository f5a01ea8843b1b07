/* SPDX-License-Identifier: BSD-2-Clause */
#include "ascii.h"

#include <string.h>

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
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
