/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking and telling, through the host's conversation function.
 *
 * The host is not believed to be well-behaved: it may give no response, one
 * without text, or one of any length and any bytes.
 */
#ifndef PAM_OTP_CONVERSE_H
#define PAM_OTP_CONVERSE_H

#include <stdbool.h>

#include <security/pam_modules.h>

/*
 * Ask one question.  PAM_SUCCESS and what was typed, which is NULL where the
 * host gave a response without text; or PAM_CONV_ERR.  *answer is NULL unless
 * the result is PAM_SUCCESS; end it with converse_wipe().
 */
int converse_ask(const pam_handle_t *pamh, bool echo, const char *prompt,
    char **answer) __attribute__((warn_unused_result));

/*
 * Say one sentence; "style" is PAM_TEXT_INFO or PAM_ERROR_MSG.  Whether it
 * arrives is not known, and nothing may depend on it.
 */
void converse_tell(const pam_handle_t *pamh, int style, const char *text);

/*
 * Say one sentence and find out whether the host answers without asking
 * anybody: it gives text in answer to what was no question.  Of sshd's two
 * ways to log in with PAM, "password" does so, having one answer for all, and
 * "keyboard-interactive" does not.  A host that cannot be told anything counts
 * as blind; one that is blind and gives no text is not found out.
 */
bool converse_blind(const pam_handle_t *pamh, const char *text);

/* Wipe and free.  Accepts NULL in *answer, and leaves NULL there. */
void converse_wipe(char **answer);

#endif
