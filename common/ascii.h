/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Characters and words as ASCII has them, whatever the locale of the host: what
 * <ctype.h> and <strings.h> say depends on that, and we must not change it.
 */
#ifndef COMMON_ASCII_H
#define COMMON_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* "c", or the small letter that it is a capital of. */
char ascii_lower(char c);

/* Is it a letter or a digit? */
bool ascii_alnum(char c);

/* Is it a visible character, or a blank? */
bool ascii_printable(char c);

/* Are they the same?  Case does not matter. */
bool ascii_same(const char *a, const char *b);

/*
 * Copy what somebody else said, as one word that can be shown: cut to "size"
 * less a NUL, with "?" for each byte that is not visible ASCII, and zero to the
 * end.  NULL is empty.  Gives "out" back.
 */
const char *ascii_word(const char *text, char *out, size_t size);

#endif
