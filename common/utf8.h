/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UTF-8 (RFC 3629), in text that somebody else may have written.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>

/* Bytes of the character at "text", which is not its end; 0: it is none. */
size_t utf8_length(const char *text);

/* The same, and 0 for a control character (C0, DEL, C1) and the end. */
size_t utf8_visible(const char *text);

/*
 * The same, and 0 also for what is not seen itself and changes how the text
 * around it looks: characters without width, or of direction, or that end a
 * line (U+200B to 200F, 2028 to 202E, 2066 to 2069).
 */
size_t utf8_plain(const char *text);

/*
 * Make "text" safe for a terminal, in place: each byte of what utf8_plain()
 * takes for none becomes "?".
 */
void utf8_tame(char *text);

#endif
