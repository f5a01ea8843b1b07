/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that are sent because somebody at the prompt asks for them: by a word
 * ("email", "sms"), by the number of an address that was offered, or by an
 * address typed in full; or because they have nothing else to answer with.
 */
#ifndef PAM_OTP_SENDING_H
#define PAM_OTP_SENDING_H

#include <stdbool.h>

#include "login_call.h"

#define SENDING_MOST 6 /* prompts of one login that may be spent on it */

/* What became of an answer. */
enum sending {
	SENDING_OVER = 0, /* of the whole login */
	SENDING_NOT,      /* it asks for nothing that could be sent */
	SENDING_DONE,     /* the next prompt tells what came of it */
};

/*
 * Before the first prompt: send a code to who has nothing else, unless one is
 * there still, or it cannot be known that somebody is there.  False: it is
 * over.
 */
bool sending_begin(struct login *login) __attribute__((warn_unused_result));

/* Does the next prompt ask for an address, which may be seen? */
bool sending_wants_address(const struct login *login);

/* If "answer" asks for a code, ask for one. */
enum sending sending_answer(struct login *login, const char *answer)
    __attribute__((warn_unused_result));

/*
 * Why nothing may be sent for what this conversation says, for the log; NULL:
 * it may.
 */
const char *sending_refusal(const struct login *login);

#endif
