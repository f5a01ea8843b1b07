/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account that somebody wants to log in to.
 */
#ifndef PAM_OTP_ACCOUNT_H
#define PAM_OTP_ACCOUNT_H

#include "common/authority.h"

/*
 * Look "name" up.  0: "account" says it, with account->known false and "name"
 * itself where there is no such account; account->name is valid as long as
 * "name" and *memory are, which the caller frees.
 *
 * -errno: it could not be found out.  That is not the same as "there is no
 * such account": where the unenrolled may pass, whoever can make the look-up
 * fail (su and sudo hand us their invoker's limits) would be one of them.
 */
int account_find(const char *name, struct account *account, char **memory)
    __attribute__((warn_unused_result));

#endif
