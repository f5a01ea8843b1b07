/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of login.h: one call of pam_sm_authenticate().
 *
 *	login.c         who it is, what was configured, and the result
 *	login_call.c    what its parts share: asking the authority, the log
 *	login_prompt.c  the prompts, and what becomes of an answer
 *	sending.c       codes that are sent because they were asked for
 *
 * - The result MUST begin as a denial.  PAM_SUCCESS is set at one place, after
 *   a verdict that is ACCEPT and durable; PAM_IGNORE at one place, where the
 *   authority says that policy wants nothing of this user.
 * - What was typed MUST NOT be logged, and is wiped when it was judged.
 * - Nothing of the host is changed: PAM_USER, PAM data, environment, mask,
 *   directory, signals.  What has to be remembered stands in the record,
 *   since sshd forks a child for every attempt.
 */
#ifndef PAM_OTP_LOGIN_CALL_H
#define PAM_OTP_LOGIN_CALL_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "arguments.h"
#include "common/authority.h"
#include "notice.h"

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
	unsigned int sends; /* answers spent on having codes sent */
	bool probed, blind; /* does the host ask anybody at all? */
	int result;         /* of PAM */
};

/* A text that the host or another module has set, or NULL. */
const char *login_item(const struct login *login, int type);

/*
 * The line that the log gets of every attempt.  Keys and their order are
 * stable, for those who count failures with a program; "result" is accept,
 * deny, pass or error, and of a code that was asked for sent or notsent.
 */
void login_report(const struct login *login, int priority, const char *result,
    const char *reason, enum policy_method method);

void login_tell(const struct login *login, int style, const char *text);

/* It could not be found out: neither yes nor no, and the log says why. */
void login_fail(struct login *login, int result, const char *reason);

/* The same for an error of the authority or of the system. */
void login_fail_with(struct login *login, int error);

void login_deny(struct login *login, const char *reason,
    enum policy_method method);

/* Ask about this login; "request" has what is of its verb alone. */
int login_ask(const struct login *login, struct request *request,
    struct reply *reply) __attribute__((warn_unused_result));

/* Log what login_ask() failed with. */
void login_log_error(const struct login *login, int error);

/*
 * What stands at the moment, so that the next prompt tells it.  False: it is
 * over.
 */
bool login_challenge(struct login *login) __attribute__((warn_unused_result));

/* login_prompt.c: ask until it is decided. */
void login_prompt(struct login *login);

#endif
