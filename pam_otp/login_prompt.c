/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <syslog.h>

#include <openssl/crypto.h>

#include "converse.h"
#include "login_call.h"

_Static_assert(NOTICE_SIZE <= PAM_MAX_MSG_SIZE, "a prompt that hosts take");

/* Whoever is asked may not become somebody else while we ask. */
static bool
same_user(const struct login *login)
{
	const char *user = login_item(login, PAM_USER);

	return user != NULL && strcmp(user, login->user) == 0;
}

/*
 * Is it the password that was given before?  sshd's "password" method answers
 * every prompt with it.
 */
static bool
is_password(const struct login *login, const char *answer)
{
	const char *password = login_item(login, PAM_AUTHTOK);
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
	code_read(answer, &code);
	none = code.shape == CODE_NONE;
	explicit_bzero(&code, sizeof(code));
	return none ? "malformed" : NULL;
}

static void
accepted(const struct login *login, const struct outcome *outcome)
{
	char text[NOTICE_SIZE];

	login_report(login, LOG_INFO, "accept", decide_name(VERDICT_ACCEPT),
	    outcome->method);
	if (notice_success(&login->asked.policy, outcome, text))
		login_tell(login, PAM_TEXT_INFO, text);
}

/* What follows from a verdict that does not accept.  True: ask again. */
static bool
refused(struct login *login, enum verdict verdict,
    const struct outcome *outcome)
{
	bool told_wait = login->told.wait;

	if (verdict == VERDICT_UNUSABLE) {
		login_fail(login, PAM_AUTHINFO_UNAVAIL, decide_name(verdict));
		return false;
	}
	login_deny(login, decide_name(verdict), outcome->method);
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

	r = login_ask(login, &request, &reply);
	if (r < 0) {
		login_fail_with(login, r);
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
		login_report(login, LOG_NOTICE, "error", "conversation", 0);
		login->result = PAM_CONV_ERR;
		return false;
	}
	login->last = (struct notice_last){ .refused = true };
	reason = refusal(login, answer);
	if (!same_user(login)) {
		login_deny(login, "user-changed", 0);
		again = false;
	} else if (reason != NULL) {
		login_deny(login, reason, 0);
	} else {
		again = judge(login, answer);
	}
	converse_wipe(&answer);
	return again;
}

void
login_prompt(struct login *login)
{
	for (uint32_t left = login->asked.policy.tries; left > 0; left--) {
		if (!attempt(login))
			return;
		if (left > 1 && !login_challenge(login))
			return;
	}
}
