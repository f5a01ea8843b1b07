/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that are sent because somebody at the prompt asks for them: by a word
 * ("email", "sms"), by the number of an address that was offered, or by an
 * address typed in full; or because they have nothing else to answer with.
 *
 * - Nothing MUST be sent on the word of a host that answers without asking
 *   anybody, or for an account that the host itself refuses.
 * - An address MUST NOT be logged.
 */
#ifndef PAM_OTP_SENDING_H
#define PAM_OTP_SENDING_H

#include <stdbool.h>

#include "login_call.h"

#define SENDING_MOST 6 /* answers of one login that may be spent on it */

/* What became of an answer. */
enum sending {
	SENDING_OVER = 0, /* of the whole login */
	SENDING_NOT,      /* it asks for nothing that could be sent */
	SENDING_DONE,     /* the next prompt tells what came of it */
};

/*
 * Before the first prompt: have a code sent to who has nothing else, unless
 * there still is one, or it cannot be known whether anybody is there.  False:
 * it is over.
 */
bool sending_begin(struct login *login) __attribute__((warn_unused_result));

/* If the answer asks for a code, have one sent. */
enum sending sending_answer(struct login *login, const char *answer)
    __attribute__((warn_unused_result));

#endif
