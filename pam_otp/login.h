/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login: who it is, what is asked, and the PAM code that follows from the
 * authority's verdict.
 */
#ifndef PAM_OTP_LOGIN_H
#define PAM_OTP_LOGIN_H

#include <security/pam_modules.h>

/* What pam_sm_authenticate() has to return, having said and logged it. */
int login_authenticate(pam_handle_t *pamh, unsigned int flags, int argc,
    const char **argv) __attribute__((warn_unused_result));

#endif
