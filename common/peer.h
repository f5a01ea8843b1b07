/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A service behind a socket of this host.
 */
#ifndef COMMON_PEER_H
#define COMMON_PEER_H

#include <stdint.h>

/*
 * Connect to the service at "path", until a deadline (deadline.h).  It MUST
 * be root's, the user "name"'s or the caller's own: whoever it is gets to see
 * secrets.  0 and a descriptor; -EHOSTDOWN: nobody listens there; -EPERM:
 * somebody else does; -ETIME: its queue was full all the time; -errno.
 */
int peer_connect(const char *path, const char *name, int64_t deadline, int *fd)
    __attribute__((warn_unused_result));

#endif
