/* SPDX-License-Identifier: BSD-2-Clause */
#include "sending.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "common/address.h"
#include "common/ascii.h"
#include "converse.h"

/* What is asked for; all zero: a code by whatever way there is. */
struct wish {
	enum policy_method channel;
	uint32_t choice;
	const char *address;
};

/*
 * sshd answers in the place of who types, for accounts that it lets in in no
 * case, with "\b\n\r\177INCORRECT" over and over; no keyboard makes these.
 */
static bool
host_refuses(const struct login *login)
{
	const char *password = login_item(login, PAM_AUTHTOK);

	return password != NULL && strpbrk(password, "\b\n\r\177") != NULL;
}

/* Found out once: sshd shows what it is told only with the next prompt. */
static bool
host_is_blind(struct login *login)
{
	if (!login->silent && !login->probed) {
		login->probed = true;
		login->blind =
		    converse_blind(login->pamh, "One moment, please.");
	}
	return login->blind;
}

/*
 * A host that wants to be told nothing cannot be found out, and may be a blind
 * one; not one that names a terminal, where somebody sits.  FTP servers name
 * devices that are not there.
 */
static bool
may_be_blind(const struct login *login)
{
	const char *tty = login_item(login, PAM_TTY);
	struct stat st;

	return login->silent &&
	    (tty == NULL || tty[0] != '/' || stat(tty, &st) < 0 ||
		!S_ISCHR(st.st_mode));
}

/* Why nothing may be sent, for the log; NULL: it may. */
static const char *
refusal(struct login *login)
{
	if (host_refuses(login))
		return "refused-account";
	return host_is_blind(login) ? "blind" : NULL;
}

/*
 * Of an address that was typed only the authority knows whether it is the
 * right one, and so whether something was sent; the log says that it was typed.
 */
static void
report(const struct login *login, const struct wish *wish)
{
	enum send_result result = login->last.send.result;
	enum policy_method method = wish->channel;
	const char *reason = "at-once";

	/* A question comes first. */
	if (result == SEND_OFFER || result == SEND_TYPE)
		return;
	if (result != SEND_SENT) {
		login_report(login, LOG_NOTICE, "notsent",
		    authority_send_name(result), method);
		return;
	}
	if (wish->address != NULL)
		reason = "typed";
	else if (wish->channel != 0 || wish->choice != 0)
		reason = "asked";
	/* Nobody said which way; what is there now says which it was. */
	if (method == 0)
		method = login->asked.challenge.sent;
	login_report(login, LOG_INFO, "sent", reason, method);
}

/* False: it is over. */
static bool
send_code(struct login *login, const struct wish *wish)
{
	struct request request = {
		.verb = VERB_SEND,
		.channel = wish->channel,
		.choice = wish->choice,
		.address = wish->address,
	};
	struct notice_last *last = &login->last;
	struct reply reply;
	int r;

	*last =
	    (struct notice_last){ .sending = true, .channel = wish->channel };
	r = login_ask(login, &request, &reply);
	if (r < 0) {
		/* What they have may be accepted all the same. */
		login_log_error(login, r);
		last->send.result = SEND_FAILED;
	} else {
		last->send = reply.send;
	}
	explicit_bzero(&reply, sizeof(reply));
	if (!login_challenge(login))
		return false;
	report(login, wish);
	return true;
}

bool
sending_begin(struct login *login)
{
	const struct challenge *now = &login->asked.challenge;
	const struct wish any = { .channel = 0 };
	const char *reason;

	if (!now->send_only || now->sent != 0 || may_be_blind(login) ||
	    (now->methods & METHODS_SENT) == 0)
		return true;
	reason = refusal(login);
	if (reason == NULL)
		return send_code(login, &any);
	login_report(login, LOG_NOTICE, "notsent", reason, 0);
	return true;
}

/*
 * What was typed, without the blanks around it; what is longer than anything
 * that is looked for here is cut, and so is none of it.
 */
static void
trim(const char *answer, char text[static ADDRESS_MAX + 2])
{
	static const char blanks[] = " \t\r\n";
	size_t len;

	snprintf(text, ADDRESS_MAX + 2, "%s", answer + strspn(answer, blanks));
	len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
		text[--len] = '\0';
}

/* The way that is called by this word, if policy has it; else 0. */
static enum policy_method
word(const struct login *login, const char *text)
{
	static const struct {
		const char *word;
		enum policy_method method;
	} row[] = { { "email", METHOD_EMAIL }, { "sms", METHOD_SMS } };

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if ((login->asked.policy.methods & row[i].method) != 0 &&
		    ascii_same(text, row[i].word))
			return row[i].method;
	return 0;
}

/* Read an answer.  False: it asks for no code. */
static bool
wish_read(const struct login *login, const char *text, struct wish *wish)
{
	const struct notice_last *last = &login->last;

	*wish = (struct wish){ .channel = last->channel };
	if (notice_wants_address(last)) {
		wish->address = text;
		return true;
	}
	if (last->send.result == SEND_OFFER && text[0] >= '1' &&
	    text[0] <= '9' && text[1] == '\0') {
		wish->choice = (uint32_t)(text[0] - '0');
		return wish->choice <= login->told.offers;
	}
	wish->channel = word(login, text);
	return wish->channel != 0;
}

/* Do as is wished. */
static enum sending
grant(struct login *login, const struct wish *wish)
{
	const char *reason;

	if (wish->address != NULL && *wish->address == '\0') {
		login->last = (struct notice_last){ .refused = false };
		return login_challenge(login) ? SENDING_DONE : SENDING_OVER;
	}
	reason = refusal(login);
	if (reason == NULL)
		return send_code(login, wish) ? SENDING_DONE : SENDING_OVER;
	login_report(login, LOG_NOTICE, "notsent", reason, wish->channel);
	return SENDING_NOT;
}

enum sending
sending_answer(struct login *login, const char *answer)
{
	char text[ADDRESS_MAX + 2];
	enum sending result = SENDING_NOT;
	struct wish wish;

	if (login->sends == SENDING_MOST)
		return SENDING_NOT;
	trim(answer, text);
	if (wish_read(login, text, &wish)) {
		login->sends++;
		result = grant(login, &wish);
	}
	explicit_bzero(text, sizeof(text));
	return result;
}
