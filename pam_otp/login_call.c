/* SPDX-License-Identifier: BSD-2-Clause */
#include "login_call.h"

#include <errno.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_ext.h>

#include "common/logline.h"
#include "converse.h"

const char *
login_item(const struct login *login, int type)
{
	const void *value = NULL;

	if (pam_get_item(login->pamh, type, &value) != PAM_SUCCESS)
		return NULL;
	return value;
}

void
login_report(const struct login *login, int priority, const char *result,
    const char *reason, enum policy_method method)
{
	const char *scenario = login->asked.policy.scenario;
	struct logline line = { 0 };

	if (*scenario == '\0')
		scenario = login->arguments.scenario;
	/*
	 * What was typed as the name of nobody is left out: people type
	 * their password there.
	 */
	logline_add(&line, "user",
	    login->account.known ? login->account.name : "?");
	logline_add(&line, "service", login_item(login, PAM_SERVICE));
	logline_add(&line, "rhost", login_item(login, PAM_RHOST));
	logline_add(&line, "scenario", scenario);
	logline_add(&line, "method",
	    method != 0 ? decide_method_name(method) : NULL);
	logline_add(&line, "result", result);
	logline_add(&line, "reason", reason);
	pam_syslog(login->pamh, priority, "%s", line.text);
}

void
login_tell(const struct login *login, int style, const char *text)
{
	if (!login->silent)
		converse_tell(login->pamh, style, text);
}

void
login_fail(struct login *login, int result, const char *reason)
{
	login->result = result;
	login_report(login, LOG_ERR, "error", reason, 0);
	login_tell(login, PAM_ERROR_MSG, NOTICE_UNAVAILABLE);
}

void
login_log_error(const struct login *login, int error)
{
	/* A record that was changed by others than us is worth waking up. */
	int priority = error == -EBADMSG ? LOG_CRIT : LOG_ERR;

	pam_syslog(login->pamh, priority, "%s (error %d)",
	    authority_strerror(error), -error);
}

void
login_fail_with(struct login *login, int error)
{
	login_log_error(login, error);
	if (error == -EINVAL || error == -ENXIO)
		login_fail(login, PAM_SERVICE_ERR, "configuration");
	else
		login_fail(login, PAM_AUTHINFO_UNAVAIL, "unavailable");
}

void
login_deny(struct login *login, const char *reason, enum policy_method method)
{
	login->result = PAM_AUTH_ERR;
	login_report(login, LOG_NOTICE, "deny", reason, method);
}

int
login_ask(const struct login *login, struct request *request,
    struct reply *reply)
{
	time_t now = time(NULL);

	request->caller = geteuid();
	request->account = login->account;
	request->now = now > 0 ? (uint64_t)now : 0;
	request->service = login_item(login, PAM_SERVICE);
	request->scenario = login->arguments.scenario;
	request->rhost = login_item(login, PAM_RHOST);
	return authority_ask(login->authority, request, reply);
}

bool
login_challenge(struct login *login)
{
	struct request request = { .verb = VERB_CHALLENGE };
	const struct challenge *now = &login->asked.challenge;
	int r;

	r = login_ask(login, &request, &login->asked);
	if (r < 0) {
		login_fail_with(login, r);
		return false;
	}
	if (login->arguments.debug)
		pam_syslog(login->pamh, LOG_DEBUG,
		    "challenge: enrolled=%d methods=%#x barriers=%#x wait=%llu "
		    "recovery=%u pass=%d",
		    now->enrolled, now->methods, now->barriers,
		    (unsigned long long)now->wait, now->recovery_left,
		    login->asked.pass);
	return true;
}
