/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said in mail and text messages: requests of delivery.h, made of the
 * configuration and of what happened.  Pure.
 *
 * Names and addresses come from outside: none of them brings a line of its own
 * into a message.
 */
#ifndef COMMON_MESSAGE_H
#define COMMON_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "delivery.h"
#include "policy.h"
#include "secrets.h"

/* To whom, and of what. */
struct message {
	enum policy_method method; /* METHOD_EMAIL or METHOD_SMS */
	const char *to;
	const char *user, *host;
	bool login;                  /* or somebody with otp-enroll */
	bool root;                   /* that was an administrator */
	const char *service, *rhost; /* of a login; NULL: not known */
	uint64_t now;
};

/*
 * A code; where it is of no login, one that confirms the address.
 * 0; -EINVAL: there is no such channel, or a template is none; -ENOBUFS: it
 * became too long.  "delivery" is all zero unless the result is 0; it holds
 * secrets, and the caller wipes it.
 */
int message_code(const struct message *message,
    const struct policy_delivery *policy, const struct secrets *secrets,
    const struct policy_sent *sent, const char *code, struct delivery *delivery)
    __attribute__((warn_unused_result));

/*
 * Lines that say what happened, after the fact, each with its line end; how
 * and from where it was done follows them.  The same.
 */
int message_notice(const struct message *message,
    const struct policy_delivery *policy, const struct secrets *secrets,
    const char *lines, struct delivery *delivery)
    __attribute__((warn_unused_result));

#endif
