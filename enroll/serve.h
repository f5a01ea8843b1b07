/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One caller of pam_otpd: one request, one reply.  See PROTOCOL.md.
 *
 * - Who it is MUST be what the kernel says of the socket, never what the
 *   request says, and never a process that may be another one by now.
 * - An ordinary caller MUST get to ask about their own account alone.
 */
#ifndef ENROLL_SERVE_H
#define ENROLL_SERVE_H

#include <sys/types.h>

#define SERVE_SECONDS 10 /* for the request to come in, and the reply to go */

/*
 * Serve it, in a process of its own, and close it.  "conf" is the path of the
 * configuration, or NULL: see authority_open().
 */
void serve(int fd, uid_t peer, const char *conf);

/* Send a reply that is an error alone, if it can be sent at once; close. */
void serve_refuse(int fd, int error);

/*
 * Whose connection it is; -EACCES: a uid that says nothing, as it stands for
 * all that the kernel could not name.
 */
int serve_peer(int fd, uid_t *peer) __attribute__((warn_unused_result));

#endif
