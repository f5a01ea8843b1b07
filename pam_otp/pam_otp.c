/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_otp.so: asks for a second factor.  What libpam calls.
 */
#include <security/pam_modules.h>

#include "login.h"

#define EXPORT __attribute__((visibility("default")))

/*
 * PAM_DISALLOW_NULL_AUTHTOK, which sshd always passes, changes nothing: an
 * empty answer never passes anyhow.
 */
EXPORT int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return login_authenticate(pamh, (unsigned int)flags, argc, argv);
}

/*
 * There are no credentials to set, and nothing to say against them: libpam
 * takes the way here that it took through authenticate, so a denial would
 * deny whom that let pass.
 */
EXPORT int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

EXPORT int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}
