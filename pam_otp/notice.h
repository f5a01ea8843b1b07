/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people are told: the sentences in the prompt and after success.  Pure.
 *
 * Whatever somebody needs in order to answer stands in the prompt itself,
 * since sshd holds other text back until the next prompt, and drops it before
 * a failure.
 */
#ifndef PAM_OTP_NOTICE_H
#define PAM_OTP_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/authority.h"

#define NOTICE_SIZE 512 /* PAM_MAX_MSG_SIZE, its NUL included */

#define NOTICE_UNAVAILABLE                                                     \
	"Your code cannot be checked now; ask your administrator."

/* What the prompts of this login have told by now; begins as all zero. */
struct notice_told {
	bool missed;
	bool wait;       /* the last prompt told a wait */
	uint32_t offers; /* addresses that the last prompt listed */
	uint64_t change; /* the number of the newest change that was told */
};

/*
 * How the answer before this prompt fared, or what was done before the first;
 * all zero: neither.
 */
struct notice_last {
	bool refused;
	uint64_t wait; /* seconds to the next look, by its outcome */

	/* A code was asked for: by which way (0: any), and what came of it. */
	bool sending;
	enum policy_method channel;
	struct send_reply send;
};

/* Does the next prompt ask for an address, in place of a code? */
bool notice_wants_address(const struct notice_last *last);

/*
 * Write the prompt: a line for everything that has to be known, the most
 * urgent first, and policy->prompt (or the question for an address) as the
 * last, which always is whole.  News that finds no room is left for the next
 * prompt, and "told" says so.
 */
void notice_prompt(const struct challenge *challenge,
    const struct policy *policy, const struct notice_last *last,
    struct notice_told *told, char text[static NOTICE_SIZE]);

/* Write what is to be said after success; false if there is nothing. */
bool notice_success(const struct policy *policy, const struct outcome *outcome,
    char text[static NOTICE_SIZE]);

/*
 * Write what is to be said to somebody who passes unasked: the newest change,
 * which no prompt tells.  False if there is none.
 */
bool notice_passed(const struct challenge *challenge,
    char text[static NOTICE_SIZE]);

#endif
