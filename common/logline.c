/* SPDX-License-Identifier: BSD-2-Clause */
#include "logline.h"

#include <stdio.h>

/* A blank, the key, "=", and the value as \xNN. */
#define PAIR_MOST (1 + LOGLINE_KEY + 1 + 4 * LOGLINE_VALUE)

_Static_assert(LOGLINE_MOST *PAIR_MOST < LOGLINE_SIZE, "the longest line fits");

void
logline_add(struct logline *line, const char *key, const char *value)
{
	char *out = line->text + line->len;

	if (line->len + PAIR_MOST >= sizeof(line->text))
		return;
	out +=
	    sprintf(out, "%s%.*s=", line->len > 0 ? " " : "", LOGLINE_KEY, key);
	if (value == NULL || *value == '\0')
		value = "-";
	for (size_t i = 0; i < LOGLINE_VALUE && value[i] != '\0'; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c <= ' ' || c >= 0x7f || c == '=' || c == '\\')
			out += sprintf(out, "\\x%02x", c);
		else
			*out++ = (char)c;
	}
	*out = '\0';
	line->len = (size_t)(out - line->text);
}
