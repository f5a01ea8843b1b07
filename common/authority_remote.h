/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same authority, in another process: pam_otpd, which knows its caller by
 * what the kernel says of the socket.
 *
 * Only authority.c uses this, for callers who may not open the store.  It
 * works in any host: no signal is raised or handled, and every wait has an
 * end.
 */
#ifndef COMMON_AUTHORITY_REMOTE_H
#define COMMON_AUTHORITY_REMOTE_H

#include "authority.h"

/* Longer than the service may take: it waits for a lock for ten seconds. */
#define AUTHORITY_REMOTE_SECONDS 30

/*
 * The same for "verb": to send something takes "timeout" of [send] as well,
 * look-ups of the address included.  Service and client read the same
 * configuration.
 */
unsigned int authority_remote_seconds(enum verb verb,
    const struct policy_delivery *delivery);

/*
 * As authority_ask(), by way of the socket at "path", within so many seconds;
 * reply->policy is left alone.  Also: -EHOSTDOWN: nobody serves the socket;
 * -EBUSY: this caller has too many requests there at once; -ETIME: no answer in
 * time, and -ECONNRESET: none at all, so that it may have been done; -EPROTO:
 * one that is none, or of another version; -EPERM: the socket is served by a
 * user who is neither root nor _pam_otp nor us.
 */
int authority_remote_ask(const char *path, unsigned int seconds,
    const struct request *req, struct reply *reply)
    __attribute__((warn_unused_result));

#endif
