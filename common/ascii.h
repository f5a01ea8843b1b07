/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ASCII, whatever the locale.
 */
#ifndef COMMON_ASCII_H
#define COMMON_ASCII_H

#include <stddef.h>

/* "c", or the small letter that it is a capital of. */
char ascii_lower(char c);

/*
 * Copy what somebody else said, as one word that can be shown: cut to "size"
 * less a NUL, with "?" for each byte that is not visible ASCII, and zero to the
 * end.  NULL is empty.  Gives "out" back.
 */
const char *ascii_word(const char *text, char *out, size_t size);

#endif
