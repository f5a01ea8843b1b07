/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands between pam_otpd and the network where no systemd holds the
 * socket [send] socket: a child, forked before root is given up, that becomes
 * _pam_otp_send and starts the delivery program for each that connects.
 */
#ifndef ENROLL_BROKER_H
#define ENROLL_BROKER_H

#include "common/policy.h"

/*
 * Start it; it ends when nobody holds "lifeline" open any more, a descriptor
 * for the caller to keep and for its children to close.  0, also where it is
 * not needed, with -1 in "lifeline": no _pam_otp_send is there, or somebody
 * serves the socket already; or where it cannot be: who is not root can give
 * the program no uid of its own, and the owner of the store could give it the
 * store.  Or -errno.
 */
int broker_start(const struct policy_send *send, int *lifeline)
    __attribute__((warn_unused_result));

#endif
