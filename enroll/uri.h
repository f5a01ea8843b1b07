/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The otpauth URI that a QR code carries.
 *
 * It is kept short, because every byte makes the picture larger: parameters
 * with their default value (SHA1, 6 digits, 30 seconds) are left out, the
 * issuer stands once, as a parameter, and account and issuer share
 * URI_NAMES_MAX bytes.  So a URI with the default parameters fits a QR code
 * of version 5, level L: 106 bytes.
 */
#ifndef ENROLL_URI_H
#define ENROLL_URI_H

#include <stddef.h>
#include <stdint.h>

#include "common/otp.h"
#include "common/record.h"

/* Bytes of account and issuer together, as they are encoded. */
#define URI_NAMES_MAX 43

#define URI_SIZE 320

struct uri {
	const char *account; /* "alice@web1": what the app shows */
	const char *issuer;
	enum device_kind kind;
	const struct otp_params *otp;
	uint32_t period; /* TOTP */
};

/*
 * Write it.  Names that are too long are cut at the end of a character, the
 * longer one first.  0, or -EINVAL: not a device.  "out" is wiped unless the
 * result is 0; it holds a secret, and the caller wipes it.
 */
int uri_write(const struct uri *uri, char out[static URI_SIZE])
    __attribute__((warn_unused_result));

/* More than this is not looked at: some carry the address of a picture. */
#define URI_READ_MAX 2000

/* Whatever the code of now depends on, but for the clock. */
struct uri_code {
	struct otp_params otp;
	uint32_t period;
};

/*
 * Read one that anybody wrote, for a code that follows the clock.  Strict:
 * what a code depends on must be there once at most and be right; whatever
 * else an app may have added is passed over.  0; or -EINVAL, and "why" is a
 * sentence without anything of what was read.  "code" is all zero unless the
 * result is 0; it holds a secret, and the caller wipes it.
 */
int uri_read(const char *text, struct uri_code *code, const char **why)
    __attribute__((warn_unused_result));

/* A secret as people have it: base32, in any case, with blanks.  The same. */
int uri_secret(const char *text, struct otp_secret *secret, const char **why)
    __attribute__((warn_unused_result));

#endif
