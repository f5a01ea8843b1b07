/* SPDX-License-Identifier: BSD-2-Clause */
#include "converse.h"

#include <stdlib.h>
#include <string.h>

/*
 * One message, since hosts differ in how they take several.  What is in
 * "resp" after a failure belongs to nobody, and is left alone.
 */
static int
converse(const pam_handle_t *pamh, int style, const char *text, char **answer)
{
	const struct pam_message message = { .msg_style = style, .msg = text };
	const struct pam_message *messages[] = { &message };
	struct pam_response *resp = NULL;
	const void *item = NULL;
	const struct pam_conv *conv;
	bool question =
	    style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON;

	*answer = NULL;
	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
		return PAM_CONV_ERR;
	conv = item;
	if (conv->conv == NULL)
		return PAM_CONV_ERR;
	if (conv->conv(1, messages, &resp, conv->appdata_ptr) != PAM_SUCCESS)
		return PAM_CONV_ERR;
	if (resp == NULL)
		return question ? PAM_CONV_ERR : PAM_SUCCESS;
	*answer = resp[0].resp;
	free(resp);
	return PAM_SUCCESS;
}

int
converse_ask(const pam_handle_t *pamh, bool echo, const char *prompt,
    char **answer)
{
	return converse(pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF,
	    prompt, answer);
}

void
converse_tell(const pam_handle_t *pamh, int style, const char *text)
{
	char *answer;

	(void)!converse(pamh, style, text, &answer);
	converse_wipe(&answer);
}

bool
converse_blind(const pam_handle_t *pamh, const char *text)
{
	char *answer;
	bool blind;

	blind = converse(pamh, PAM_TEXT_INFO, text, &answer) != PAM_SUCCESS ||
	    answer != NULL;
	converse_wipe(&answer);
	return blind;
}

void
converse_wipe(char **answer)
{
	if (*answer == NULL)
		return;
	explicit_bzero(*answer, strlen(*answer));
	free(*answer);
	*answer = NULL;
}
