/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4648 base32, the form in which authenticator apps take a secret.
 */
#ifndef COMMON_BASE32_H
#define COMMON_BASE32_H

#include <stddef.h>
#include <stdint.h>

/* The text that "n" bytes become, its NUL included. */
#define BASE32_SIZE(n) (((n)*8 + 4) / 5 + 1)

enum base32_rest {
	BASE32_STRICT,  /* left-over bits must be zero */
	BASE32_LENIENT, /* they may be anything: for importing only */
};

/*
 * Write "len" bytes as upper-case text without padding, NUL-terminated.
 * 0, or -ENOBUFS if "size" is less than BASE32_SIZE(len).
 */
int base32_encode(const uint8_t *in, size_t len, char *out, size_t size)
    __attribute__((warn_unused_result));

/*
 * Read text back: any case; blanks and dashes are passed over; padding may be
 * left out but must be right where it is there.  0; -EINVAL: not base32
 * (0, 1, 8, 9, an impossible length, left-over bits); -ENOBUFS: more than
 * "size" bytes.  "out" holds nothing of the secret unless the result is 0.
 */
int base32_decode(const char *text, enum base32_rest rest, uint8_t *out,
    size_t size, size_t *len) __attribute__((warn_unused_result));

#endif
