/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an address to a code that was sent to it, and typed.
 *
 * It is in force then and not before; every way out leaves all as it was.
 */
#ifndef ENROLL_SENDING_H
#define ENROLL_SENDING_H

#include "enroll/context.h"
#include "enroll/output.h"

/* What "otp-enroll email" and "phone" differ in. */
struct channel {
	enum policy_method method;
	const char *command;
	const char *thing, *form; /* of which an example */
	const char *argument;
	const char *sent; /* what a code comes by */
};

/* One run of either. */
struct setting {
	const struct context *context;
	const struct channel *channel;
	struct status before; /* anything was done */
	char address[ADDRESS_MAX + 1];
	char answer[CODE_TYPED_MAX + 2];
	struct output output;
	struct reply reply; /* the newest */
};

/* No server is configured: EXIT_NO, and a line that says so. */
int sending_unconfigured(const struct setting *setting);

/*
 * Have a code sent to the address; "answer" is the current code or the ticket
 * that it needs, but for an address that waits for its code already.  As
 * authority_ask() has it, with the reply in "setting".
 */
int sending_ask(struct setting *setting, const char *answer)
    __attribute__((warn_unused_result));

/* Was it, or would it have been if it were not too early? */
bool sending_done(const struct setting *setting);

/*
 * Say what came of that, its result being "error".  0: there is a code to be
 * typed; or the exit status.
 */
int sending_see(const struct setting *setting, int error)
    __attribute__((warn_unused_result));

/*
 * Ask for the code until it was right, and send others if that is wanted.  0,
 * and the reply is that of CONFIRM_ADDRESS; or the exit status.
 */
int sending_confirm(struct setting *setting)
    __attribute__((warn_unused_result));

#endif
