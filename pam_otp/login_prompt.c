/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <syslog.h>

#include <openssl/crypto.h>

#include "common/sent.h"
#include "converse.h"
#include "login_call.h"
#include "sending.h"

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
 * Why an answer is not even looked at, and so neither counted nor has anything
 * sent; NULL if it is.
 */
static const char *
refusal(const struct login *login, const char *answer)
{
	if (answer == NULL)
		return "empty";
	/* Who is asked for an address may go back to the code. */
	if (*answer == '\0' && !notice_wants_address(&login->last))
		return "empty";
	if (is_password(login, answer))
		return "password";
	return NULL;
}

/* Can it be no code at all, of a device or as they are sent here? */
static bool
malformed(const struct login *login, const char *answer)
{
	struct code code;
	bool none;

	sent_read(answer, sent_policy(&login->asked.policy), &code);
	none = code.shape == CODE_NONE;
	explicit_bzero(&code, sizeof(code));
	return none;
}

/* What follows from an answer. */
enum step {
	STEP_OVER = 0, /* it is decided */
	STEP_TRIED,
	STEP_SENT, /* no try was used up */
};

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

/* Have an answer judged. */
static enum step
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
	return again ? STEP_TRIED : STEP_OVER;
}

/* An answer of the user's own; "answer" may be NULL. */
static enum step
take(struct login *login, const char *answer)
{
	const char *reason = refusal(login, answer);

	if (reason == NULL) {
		switch (sending_answer(login, answer)) {
		case SENDING_OVER:
			return STEP_OVER;
		case SENDING_DONE:
			return STEP_SENT;
		case SENDING_NOT:
			break;
		}
		if (malformed(login, answer))
			reason = "malformed";
	}
	login->last = (struct notice_last){ .refused = true };
	if (reason == NULL)
		return judge(login, answer);
	login_deny(login, reason, 0);
	return STEP_TRIED;
}

/* One prompt and its answer. */
static enum step
attempt(struct login *login)
{
	const struct policy *policy = &login->asked.policy;
	bool echo = policy->echo || notice_wants_address(&login->last);
	char prompt[NOTICE_SIZE], *answer;
	enum step step = STEP_OVER;

	notice_prompt(&login->asked.challenge, policy, &login->last,
	    &login->told, prompt);
	if (converse_ask(login->pamh, echo, prompt, &answer) != PAM_SUCCESS) {
		login_report(login, LOG_NOTICE, "error", "conversation", 0);
		login->result = PAM_CONV_ERR;
		return STEP_OVER;
	}
	if (same_user(login))
		step = take(login, answer);
	else
		login_deny(login, "user-changed", 0);
	converse_wipe(&answer);
	return step;
}

void
login_prompt(struct login *login)
{
	uint32_t left = login->asked.policy.tries;

	if (!sending_begin(login))
		return;
	while (left > 0) {
		switch (attempt(login)) {
		case STEP_OVER:
			return;
		case STEP_SENT: /* and the challenge is new */
			break;
		case STEP_TRIED:
			left--;
			if (left > 0 && !login_challenge(login))
				return;
			break;
		}
	}
}
