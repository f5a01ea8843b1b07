/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The passwords for mail servers and gateways: POLICY_SECRETS, in the form of
 * conf.h, without drop-ins.
 *
 *	[email]
 *	password = ...
 *	[sms]
 *	password = ...
 *	[ldap]
 *	password = ...
 */
#ifndef COMMON_SECRETS_H
#define COMMON_SECRETS_H

#include "conf.h"
#include "delivery.h"

struct secrets {
	char email[DELIVERY_SECRET_MAX + 1];
	char sms[DELIVERY_SECRET_MAX + 1];
	char ldap[DELIVERY_SECRET_MAX + 1];
};

/*
 * Read it.  0; no file at all is no passwords.  -EPERM: others than root, its
 * owner and the group _pam_otp (or root) could read it, or others than its
 * owner write it; -EINVAL: it has faults; -errno.  Whatever it is, "fault" was
 * told of it.  All of "secrets" is zero unless the result is 0; the caller
 * wipes it.
 */
int secrets_read(const char *path, conf_fault_fn *fault, void *arg,
    struct secrets *secrets) __attribute__((warn_unused_result));

#endif
