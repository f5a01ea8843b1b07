/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HOTP and TOTP: RFC 4226 and RFC 6238 over OpenSSL's EVP.
 *
 * A code is text of fixed width: "094920" is one, "94920" is none.
 */
#ifndef COMMON_OTP_H
#define COMMON_OTP_H

#include <stddef.h>
#include <stdint.h>

#define OTP_SECRET_MIN 10 /* what old authenticators were given */
#define OTP_SECRET_MAX 64
#define OTP_DIGITS_MIN 6
#define OTP_DIGITS_MAX 8
#define OTP_CODE_SIZE (OTP_DIGITS_MAX + 1)
#define OTP_PERIOD_MIN 15
#define OTP_PERIOD_MAX 300

/* The numbers stand in stored records. */
enum otp_hash {
	OTP_SHA1 = 1,
	OTP_SHA256 = 2,
	OTP_SHA512 = 3,
};

struct otp_secret {
	size_t len;
	uint8_t bytes[OTP_SECRET_MAX];
};

/* Whatever a code depends on, but for the counter. */
struct otp_params {
	enum otp_hash hash;
	uint32_t digits;
	struct otp_secret secret;
};

/*
 * The "n" codes of the counters first, first + 1, ...
 * 0; -EINVAL: parameters out of bounds, or the counter would wrap; -EIO: the
 * crypto library failed.  "codes" is wiped unless the result is 0.
 */
int otp_codes(const struct otp_params *params, uint64_t first, size_t n,
    char codes[][OTP_CODE_SIZE]) __attribute__((warn_unused_result));

/* The length of a secret for this hash that its RFC recommends; 0: unknown. */
size_t otp_secret_len(enum otp_hash hash);

/* "SHA1", "SHA256" or "SHA512", as otpauth URIs write it; NULL: unknown. */
const char *otp_hash_name(enum otp_hash hash);

/* The other way round, any case; 0: unknown. */
enum otp_hash otp_hash_parse(const char *name);

#endif
