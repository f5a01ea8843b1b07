/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Showing a new device its secret, until it has shown a code that is right.
 */
#ifndef ENROLL_DEVICE_H
#define ENROLL_DEVICE_H

#include "enroll/context.h"
#include "enroll/offer.h"

/*
 * Have the device that waits come into force: by its first code, or if "typed"
 * is NULL on root's word, if it is the one of this secret.  As authority_ask()
 * has it.
 */
int device_confirm(const struct context *context, const char *typed,
    const struct otp_secret *secret, struct reply *reply)
    __attribute__((warn_unused_result));

/*
 * Show it under this title, and ask for codes until one was accepted, whose
 * reply is left.  0, or -errno as tty_ask() and authority_ask() give it.
 */
int device_show(const struct context *context, const struct offer *offer,
    const char *title, struct reply *reply) __attribute__((warn_unused_result));

#endif
