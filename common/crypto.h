/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether OpenSSL can be asked anything at all.
 */
#ifndef COMMON_CRYPTO_H
#define COMMON_CRYPTO_H

/*
 * Let OpenSSL set up the context that every question to it uses.  0; -ENOMEM:
 * it could not, and never will in this process.  Then nothing else of it may be
 * asked: OpenSSL 3.0 does not look whether the context is there, and takes the
 * host down.
 */
int crypto_ready(void) __attribute__((warn_unused_result));

#endif
