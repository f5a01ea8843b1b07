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

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "delivery.h"
#include "policy.h"

#define DELIVER_USER "_pam_otp_send"

/*
 * The program is told how long it has, and keeps to it itself.  If it does not:
 * so long after it nobody waits any more, and the program is killed.
 */
#define DELIVER_WAIT 2
#define DELIVER_KILL 4

/*
 * Whom root has the program run as.  0; -ENOENT: there is none, or it is root
 * again, which would drop nothing; -errno: it cannot be told.
 */
int deliver_user(uid_t *uid, gid_t *gid) __attribute__((warn_unused_result));

/* Is there time left to have something done by "deadline" (deadline.h)? */
bool deliver_in_time(int64_t deadline);

/*
 * Have it done by "deadline", and wait for the answer,
 * DELIVER_WAIT longer at the most: what was done before by the same deadline is
 * off it.
 * 0, and "reply" is what came after "ok", without the line end;
 * -EREMOTEIO: it was not done, and "reply" says why; -ETIMEDOUT: there was no
 * time left for it; -ETIME: no answer in time; -EPROTO: one that is none;
 * -EHOSTDOWN: nobody serves the socket; -ENOENT: there is no such program, or
 * no such user; -errno.  "reply" is a NUL-terminated line of visible ASCII,
 * empty unless it says something.
 *
 * SECURITY: "delivery" is wiped before anything is waited for, and so is the
 * request that is made of it: nothing on this side holds a code or a password
 * of it while a server takes its time.
 */
int deliver(const struct policy_send *send, struct delivery *delivery,
    int64_t deadline, char reply[static DELIVERY_REPLY_MAX])
    __attribute__((warn_unused_result));

/*
 * The same, and nobody waits: it has send->seconds, 0 says that it was begun,
 * and the program logs why it failed.
 */
int deliver_later(const struct policy_send *send, struct delivery *delivery)
    __attribute__((warn_unused_result));

/* Why it failed, for a log, of what these give and of what message.h gives. */
const char *deliver_strerror(int error);

#endif
