/* SPDX-License-Identifier: BSD-2-Clause */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "account.h"
#include "converse.h"
#include "login_call.h"

/* Who it is.  False: it is over. */
static bool
identify(struct login *login)
{
	const char *user = NULL;
	int r;

	r = pam_get_user(login->pamh, &user, NULL);
	if (r == PAM_CONV_ERR || r == PAM_CONV_AGAIN) {
		login_report(login, LOG_NOTICE, "error", "conversation", 0);
		login->result = PAM_CONV_ERR;
		return false;
	}
	if (r != PAM_SUCCESS || user == NULL || *user == '\0') {
		login_deny(login, "no-user", 0);
		return false;
	}
	/* The host may replace its own copy while we talk to it. */
	login->user = strdup(user);
	r = login->user == NULL
	    ? -ENOMEM
	    : account_find(login->user, &login->account, &login->memory);
	if (r < 0) {
		pam_syslog(login->pamh, LOG_ERR,
		    "the account could not be looked up (error %d)", -r);
		login_fail(login, PAM_AUTHINFO_UNAVAIL, "unavailable");
		return false;
	}
	return true;
}

static void
log_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	const struct login *login = arg;
	char text[CONF_FAULT_SIZE];

	pam_syslog(login->pamh, LOG_ERR, "%s",
	    conf_fault_text(file, line, what, text));
}

static void
log_line(void *arg, const char *what)
{
	const struct login *login = arg;

	pam_syslog(login->pamh, LOG_ERR, "%s", what);
}

/* Read what the administrator wrote.  False: it is over. */
static bool
configure(struct login *login, int argc, const char **argv)
{
	const char *wrong;
	int r;

	wrong = arguments_read(argc, argv, &login->arguments);
	if (wrong != NULL) {
		pam_syslog(login->pamh, LOG_ERR,
		    "not an argument of pam_otp.so: \"%s\"", wrong);
		login_fail(login, PAM_SERVICE_ERR, "configuration");
		return false;
	}
	r = authority_open(login->arguments.conf, log_fault, login,
	    &login->authority);
	if (r < 0) {
		login_fail_with(login, r);
		return false;
	}
	authority_log(login->authority, log_line, login);
	return true;
}

static void
passed(struct login *login)
{
	char text[NOTICE_SIZE];

	login->result = PAM_IGNORE;
	login_report(login, LOG_INFO, "pass", login->asked.reason, 0);
	if (notice_passed(&login->asked.challenge, text))
		login_tell(login, PAM_TEXT_INFO, text);
}

static void
authenticate(struct login *login, int argc, const char **argv)
{
	if (!configure(login, argc, argv) || !identify(login) ||
	    !login_challenge(login))
		return;
	if (login->asked.pass)
		passed(login);
	else
		login_prompt(login);
}

int
login_authenticate(pam_handle_t *pamh, unsigned int flags, int argc,
    const char **argv)
{
	struct login login = {
		.pamh = pamh,
		.silent = (flags & PAM_SILENT) != 0,
		.result = PAM_AUTH_ERR,
	};
	int result;

	authenticate(&login, argc, argv);
	authority_close(&login.authority);
	free(login.memory);
	free(login.user);
	result = login.result;
	explicit_bzero(&login, sizeof(login));
	return result;
}
