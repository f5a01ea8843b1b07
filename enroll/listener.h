/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets that pam_otpd and its broker listen on, and what they must give
 * up first.
 */
#ifndef ENROLL_LISTENER_H
#define ENROLL_LISTENER_H

#include <sys/types.h>

#define LISTENER_NO_GROUP ((gid_t)-1)

/*
 * The one that systemd has opened (LISTEN_FDS, Accept=no).  A descriptor, or
 * -ENOENT: systemd gave none; -EINVAL: it is not one listening AF_UNIX stream.
 */
int listener_inherit(void) __attribute__((warn_unused_result));

/*
 * Make one at "path", of this mode (0666 is for everybody to connect to), and
 * of this group unless it is LISTENER_NO_GROUP; one that nobody listens on
 * any more is replaced, if it is root's or the caller's, and so is its
 * directory made if root may.  A descriptor, -EADDRINUSE: somebody listens
 * there; -EEXIST: something else is there, and was left alone; or -errno.
 */
int listener_make(const char *path, mode_t mode, gid_t group)
    __attribute__((warn_unused_result));

/*
 * Take in who has connected: a descriptor, or -errno.  Where there is no room
 * for one it waits a moment, since poll() would say at once that somebody has.
 */
int listener_accept(int fd) __attribute__((warn_unused_result));

/*
 * If we are root, become this user for good.  -ENOENT: there is no such user.
 */
int listener_drop(const char *user) __attribute__((warn_unused_result));

/*
 * Where uids are mapped, the kernel does not tell us who our callers are.
 * 0 where they are not, else -EPERM.
 */
int listener_check_uids(void) __attribute__((warn_unused_result));

#endif
