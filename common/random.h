/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes, from OpenSSL.
 */
#ifndef COMMON_RANDOM_H
#define COMMON_RANDOM_H

#include <stddef.h>

/*
 * Fill "out" with bytes that nobody can guess.  0, or -EIO: the crypto library
 * failed, and "out" is wiped.  Its error queue is left as it was.
 */
int random_bytes(void *out, size_t len) __attribute__((warn_unused_result));

#endif
