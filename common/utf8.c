/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

/*
 * Neither overlong forms nor surrogates nor anything beyond U+10FFFF: the
 * first byte says how long it is, and for some how far the second may go.
 */
size_t
utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char min = 0x80, max = 0xbf;
	size_t len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		min = 0xa0;
	else if (s[0] == 0xed)
		max = 0x9f;
	else if (s[0] == 0xf0)
		min = 0x90;
	else if (s[0] == 0xf4)
		max = 0x8f;
	if (s[1] < min || s[1] > max)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return len;
}

size_t
utf8_visible(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0))
		return 0;
	return utf8_length(text);
}

size_t
utf8_plain(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = utf8_visible(text);

	if (len != 3 || s[0] != 0xe2)
		return len;
	if (s[1] == 0x80 &&
	    ((s[2] >= 0x8b && s[2] <= 0x8f) || (s[2] >= 0xa8 && s[2] <= 0xae)))
		return 0;
	return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9 ? 0 : len;
}

void
utf8_tame(char *text)
{
	for (size_t len; *text != '\0'; text += len > 0 ? len : 1) {
		len = utf8_plain(text);
		if (len == 0)
			*text = '?';
	}
}
