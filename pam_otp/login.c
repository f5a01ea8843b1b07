/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * - The result MUST begin as a denial.  PAM_SUCCESS is set at one place, after
 *   a verdict that is ACCEPT and durable; PAM_IGNORE at one place, where the
 *   authority says that policy wants nothing of this user.
 * - What was typed MUST NOT be logged, and is wiped when it was judged.
 * - Nothing of the host is changed: PAM_USER, PAM data, environment, mask,
 *   directory, signals.  What has to be remembered stands in the record,
 *   since sshd forks a child for every attempt.
 */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include "account.h"
#include "arguments.h"
#include "common/authority.h"
#include "common/logline.h"
#include "common/sent.h"
#include "converse.h"
#include "notice.h"

_Static_assert(NOTICE_SIZE <= PAM_MAX_MSG_SIZE, "a prompt that hosts take");

/* One call of pam_sm_authenticate(). */
struct login {
	pam_handle_t *pamh;
	bool silent;
	struct arguments arguments;
	char *user; /* PAM_USER as it was when we began */
	char *memory;
	struct account account;
	struct authority *authority;
	struct reply asked; /* the challenge, as of the next prompt */
	struct notice_told told;
	struct notice_last last;
	int result; /* of PAM */
};

static const char *
item(const struct login *login, int type)
{
	const void *value = NULL;

	if (pam_get_item(login->pamh, type, &value) != PAM_SUCCESS)
		return NULL;
	return value;
}

/*
 * The line that the log gets of every attempt.  Keys and their order are
 * stable, for those who count failures with a program; "result" is accept,
 * deny, pass or error.
 */
static void
report(const struct login *login, int priority, const char *result,
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
	logline_add(&line, "service", item(login, PAM_SERVICE));
	logline_add(&line, "rhost", item(login, PAM_RHOST));
	logline_add(&line, "scenario", scenario);
	logline_add(&line, "method",
	    method != 0 ? decide_method_name(method) : NULL);
	logline_add(&line, "result", result);
	logline_add(&line, "reason", reason);
	pam_syslog(login->pamh, priority, "%s", line.text);
}

static void
tell(const struct login *login, int style, const char *text)
{
	if (!login->silent)
		converse_tell(login->pamh, style, text);
}

/* It could not be found out: neither yes nor no, and the log says why. */
static void
fail(struct login *login, int result, const char *reason)
{
	login->result = result;
	report(login, LOG_ERR, "error", reason, 0);
	tell(login, PAM_ERROR_MSG, NOTICE_UNAVAILABLE);
}

/* The same for an error of the authority or of the system. */
static void
fail_with(struct login *login, int error)
{
	/* A record that was changed by others than us is worth waking up. */
	int priority = error == -EBADMSG ? LOG_CRIT : LOG_ERR;

	pam_syslog(login->pamh, priority, "%s (error %d)",
	    authority_strerror(error), -error);
	if (error == -EINVAL || error == -ENXIO)
		fail(login, PAM_SERVICE_ERR, "configuration");
	else
		fail(login, PAM_AUTHINFO_UNAVAIL, "unavailable");
}

static void
deny(struct login *login, const char *reason, enum policy_method method)
{
	login->result = PAM_AUTH_ERR;
	report(login, LOG_NOTICE, "deny", reason, method);
}

static int
ask(const struct login *login, struct request *request, struct reply *reply)
{
	time_t now = time(NULL);

	request->caller = geteuid();
	request->account = login->account;
	request->now = now > 0 ? (uint64_t)now : 0;
	request->service = item(login, PAM_SERVICE);
	request->scenario = login->arguments.scenario;
	request->rhost = item(login, PAM_RHOST);
	return authority_ask(login->authority, request, reply);
}

/* What stands at the moment, so that the next prompt tells it. */
static bool
challenge(struct login *login)
{
	struct request request = { .verb = VERB_CHALLENGE };
	const struct challenge *now = &login->asked.challenge;
	int r;

	r = ask(login, &request, &login->asked);
	if (r < 0) {
		fail_with(login, r);
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

/* Whoever is asked may not become somebody else while we ask. */
static bool
same_user(const struct login *login)
{
	const char *user = item(login, PAM_USER);

	return user != NULL && strcmp(user, login->user) == 0;
}

/*
 * Is it the password that was given before?  sshd's "password" method answers
 * every prompt with it.
 */
static bool
is_password(const struct login *login, const char *answer)
{
	const char *password = item(login, PAM_AUTHTOK);
	size_t len = strlen(answer);

	return password != NULL && strlen(password) == len &&
	    CRYPTO_memcmp(password, answer, len) == 0;
}

/*
 * Why an answer is not even looked at, and so neither counted nor sent; NULL
 * if it is.
 */
static const char *
refusal(const struct login *login, const char *answer)
{
	struct code code;
	bool none;

	if (answer == NULL || *answer == '\0')
		return "empty";
	if (is_password(login, answer))
		return "password";
	sent_read(answer, &login->asked.policy, &code);
	none = code.shape == CODE_NONE;
	explicit_bzero(&code, sizeof(code));
	return none ? "malformed" : NULL;
}

static void
accepted(const struct login *login, const struct outcome *outcome)
{
	char text[NOTICE_SIZE];

	report(login, LOG_INFO, "accept", decide_name(VERDICT_ACCEPT),
	    outcome->method);
	if (notice_success(&login->asked.policy, outcome, text))
		tell(login, PAM_TEXT_INFO, text);
}

/* What follows from a verdict that does not accept.  True: ask again. */
static bool
refused(struct login *login, enum verdict verdict,
    const struct outcome *outcome)
{
	bool told_wait = login->told.wait;

	if (verdict == VERDICT_UNUSABLE) {
		fail(login, PAM_AUTHINFO_UNAVAIL, decide_name(verdict));
		return false;
	}
	deny(login, decide_name(verdict), outcome->method);
	login->last.wait = outcome->wait;
	if (verdict != VERDICT_WAIT)
		return true;

	/* Who was told to wait and did not is told nothing new. */
	login->result = PAM_MAXTRIES;
	return !told_wait;
}

/* Have an answer judged.  True: ask again. */
static bool
judge(struct login *login, const char *answer)
{
	struct request request = {
		.verb = VERB_ANSWER,
		.answer = answer,
		.told = login->told.change,
	};
	struct reply reply;
	bool again = false;
	int r;

	r = ask(login, &request, &reply);
	if (r < 0) {
		fail_with(login, r);
	} else if (reply.verdict == VERDICT_ACCEPT) {
		login->result = PAM_SUCCESS;
		accepted(login, &reply.outcome);
	} else {
		again = refused(login, reply.verdict, &reply.outcome);
	}
	explicit_bzero(&reply, sizeof(reply));
	return again;
}

/* One prompt and its answer.  True: ask again. */
static bool
attempt(struct login *login)
{
	const struct policy *policy = &login->asked.policy;
	char prompt[NOTICE_SIZE], *answer;
	const char *reason;
	bool again = true;

	notice_prompt(&login->asked.challenge, policy, &login->last,
	    &login->told, prompt);
	if (converse_ask(login->pamh, policy->echo, prompt, &answer) !=
	    PAM_SUCCESS) {
		report(login, LOG_NOTICE, "error", "conversation", 0);
		login->result = PAM_CONV_ERR;
		return false;
	}
	login->last = (struct notice_last){ .refused = true };
	reason = refusal(login, answer);
	if (!same_user(login)) {
		deny(login, "user-changed", 0);
		again = false;
	} else if (reason != NULL) {
		deny(login, reason, 0);
	} else {
		again = judge(login, answer);
	}
	converse_wipe(&answer);
	return again;
}

static void
converse_until_decided(struct login *login)
{
	for (uint32_t left = login->asked.policy.tries; left > 0; left--) {
		if (!attempt(login))
			return;
		if (left > 1 && !challenge(login))
			return;
	}
}

/* Who it is.  False: it is over. */
static bool
identify(struct login *login)
{
	const char *user = NULL;
	int r;

	r = pam_get_user(login->pamh, &user, NULL);
	if (r == PAM_CONV_ERR || r == PAM_CONV_AGAIN) {
		report(login, LOG_NOTICE, "error", "conversation", 0);
		login->result = PAM_CONV_ERR;
		return false;
	}
	if (r != PAM_SUCCESS || user == NULL || *user == '\0') {
		deny(login, "no-user", 0);
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
		fail(login, PAM_AUTHINFO_UNAVAIL, "unavailable");
		return false;
	}
	return true;
}

static void
log_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	const struct login *login = arg;

	if (line > 0)
		pam_syslog(login->pamh, LOG_ERR, "%s:%u: %s", file, line, what);
	else
		pam_syslog(login->pamh, LOG_ERR, "%s: %s", file, what);
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
		fail(login, PAM_SERVICE_ERR, "configuration");
		return false;
	}
	r = authority_open(login->arguments.conf, log_fault, login,
	    &login->authority);
	if (r < 0)
		fail_with(login, r);
	return r == 0;
}

static void
passed(struct login *login)
{
	char text[NOTICE_SIZE];

	login->result = PAM_IGNORE;
	report(login, LOG_INFO, "pass", login->asked.reason, 0);
	if (notice_passed(&login->asked.challenge, text))
		tell(login, PAM_TEXT_INFO, text);
}

static void
authenticate(struct login *login, int argc, const char **argv)
{
	if (!configure(login, argc, argv) || !identify(login) ||
	    !challenge(login))
		return;
	if (login->asked.pass)
		passed(login);
	else
		converse_until_decided(login);
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
