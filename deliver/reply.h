/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one line of answer; delivery.h has its forms.
 *
 * It goes into a log.  What a server says MUST NOT get into it, since that can
 * be the code or the password that it was just told: sentences are made of our
 * own words, of a library's constant ones, and of numbers.
 */
#ifndef DELIVER_REPLY_H
#define DELIVER_REPLY_H

#include <stdbool.h>

#include "common/delivery.h"

struct reply {
	bool ok, written;
	/* To whom, as it may be shown, if nobody waits: or empty. */
	char later[ADDRESS_MASKED_SIZE];
	/* Addresses with blanks between them, or why it failed. */
	char text[DELIVERY_REPLY_MAX - 16];
};

/* It failed, and this is why. */
void reply_failed(struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Another address: what a directory or a program said, which is passed over
 * unless it is one.  It is written as address.h has it.
 */
void reply_address(struct reply *reply, enum policy_method channel,
    const char *text);

/*
 * Write the line to standard output, and let whoever waits for its end go on;
 * a second time does nothing.  Nobody may be there to read it: where nobody is
 * meant to be, a failure is logged as the caller would have done.
 */
void reply_write(struct reply *reply);

#endif
