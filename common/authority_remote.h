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

/*
 * Longer than the service may take: it waits for a lock for ten seconds.  Where
 * something is sent that takes up to a minute, and so does a look-up of the
 * address.
 */
#define AUTHORITY_REMOTE_SECONDS 30
#define AUTHORITY_REMOTE_SEND_SECONDS 180

/* Of these the one that holds for "verb". */
unsigned int authority_remote_seconds(enum verb verb);

/*
 * As authority_ask(), by way of the socket at "path"; reply->policy is left
 * alone.  Also: -EHOSTDOWN: nobody serves the socket; -EBUSY: this caller has
 * too many requests there at once; -ETIME: no answer in time, and
 * -ECONNRESET: none at all, so that it may have been done; -EPROTO: one that is
 * none, or of another version; -EPERM: the socket is served by a user who is
 * neither root nor _pam_otp nor us.
 */
int authority_remote_ask(const char *path, const struct request *req,
    struct reply *reply) __attribute__((warn_unused_result));

#endif
