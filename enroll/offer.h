/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a new device has to be told: the secret, in every form in which it is
 * shown.
 */
#ifndef ENROLL_OFFER_H
#define ENROLL_OFFER_H

#include "common/base32.h"
#include "enroll/context.h"
#include "enroll/qr.h"
#include "enroll/uri.h"

/* What kind of a device it is. */
struct terms {
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits;
	uint32_t period; /* TOTP */
};

struct offer {
	struct terms terms;
	char uri[URI_SIZE];
	char secret[BASE32_SIZE(OTP_SECRET_MAX)];
	char key[BASE32_SIZE(OTP_SECRET_MAX) * 5 / 4 + 1]; /* in fours */
	struct qr qr;
};

/* 0 or -errno; the offer holds secrets whatever the result, and is wiped. */
int offer_make(const struct context *context, const struct terms *terms,
    const struct otp_params *otp, struct offer *offer)
    __attribute__((warn_unused_result));

#endif
