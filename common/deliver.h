/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Having something delivered, by a process of its own.
 *
 * Whoever is _pam_otp reaches it through the socket "socket", since pam_otpd
 * has neither network nor privileges; every other caller starts "program",
 * root's as the user _pam_otp_send: with an empty environment, no descriptors
 * but its end of a socket, default limits and signals, in "/".  The host of the
 * module sees nothing of it: no SIGCHLD, no child that its wait() would find,
 * no handler, no descriptor.
 *
 * The program may hang, die, say nonsense or too much: its answer is one line
 * of delivery.h or it is no answer.
 */
#ifndef COMMON_DELIVER_H
#define COMMON_DELIVER_H

#include "delivery.h"
#include "policy.h"

#define DELIVER_USER "_pam_otp_send"

/*
 * The program keeps the time of delivery->seconds itself.  If it does not: so
 * long after it nobody waits any more, and the program is killed.
 */
#define DELIVER_WAIT 2
#define DELIVER_KILL 4

/*
 * Have it done, and wait for the answer, DELIVER_WAIT longer at the most.
 * 0, and "reply" is what came after "ok", without the line end;
 * -EREMOTEIO: it was not done, and "reply" says why; -ETIME: no answer in
 * time; -EPROTO: one that is none; -EHOSTDOWN: nobody serves the socket;
 * -ENOENT: there is no such program, or no such user; -errno.  "reply" is a
 * NUL-terminated line of visible ASCII, empty unless it says something.
 */
int deliver(const struct policy_send *send, const struct delivery *delivery,
    char reply[static DELIVERY_REPLY_MAX]) __attribute__((warn_unused_result));

/* The same, and nobody waits: 0 says that it was begun. */
int deliver_later(const struct policy_send *send,
    const struct delivery *delivery) __attribute__((warn_unused_result));

/* Why it failed, for a log, of what these give and of what message.h gives. */
const char *deliver_strerror(int error);

#endif
