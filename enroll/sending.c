/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/sending.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/duration.h"
#include "common/enrolment.h"
#include "enroll/report.h"
#include "enroll/tty.h"

int
sending_unconfigured(const struct setting *setting)
{
	return report(EXIT_NO,
	    "this host cannot send codes by %s: an administrator has to "
	    "configure it first; nothing was changed",
	    setting->channel->sent);
}

int
sending_ask(struct setting *setting, const char *answer)
{
	const struct context *context = setting->context;
	struct request request = context_request(context, VERB_ADDRESS);

	request.channel = setting->channel->method;
	request.address = setting->address;
	request.answer = answer;
	return authority_ask(context->authority, &request, &setting->reply);
}

static void
say_sent(const struct setting *setting)
{
	const struct policy_sent *policy = &setting->reply.policy.sent;
	char time[DURATION_SIZE];

	tty_say("A code is on its way to %s; only the newest is good, for %s. "
		"If none comes, press Enter for another.",
	    setting->address,
	    duration_text(enrolment_address_minutes(policy) * 60, time));
}

/* Whoever waits for one that was sent before can type that. */
static int
say_wait(const struct send_reply *sent)
{
	char wait[DURATION_SIZE];

	duration_text(sent->wait, wait);
	if (sent->n_offers == 0)
		return report(EXIT_NO,
		    "codes were sent not long ago, and the next one can be in "
		    "%s: nothing was changed, so try again then",
		    wait);
	tty_say("None was sent now: the next one can be in %s. The last one "
		"may still be on its way.",
	    wait);
	return 0;
}

bool
sending_done(const struct setting *setting)
{
	return setting->reply.verdict == VERDICT_ACCEPT ||
	    setting->reply.send.result == SEND_WAIT;
}

int
sending_see(const struct setting *setting, int error)
{
	const struct reply *reply = &setting->reply;

	if (error == -ENOTSUP)
		return sending_unconfigured(setting);
	if (error < 0)
		return report_outcome(error, "nothing was changed");
	/* Then what came along was not looked at. */
	if (reply->send.result == SEND_WAIT)
		return say_wait(&reply->send);
	if (reply->verdict != VERDICT_ACCEPT)
		return context_refusal(&setting->before, reply);
	switch (reply->send.result) {
	case SEND_SENT:
		say_sent(setting);
		return 0;
	case SEND_FAILED:
		return report(EXIT_FAULT,
		    "the code could not be sent: nothing was changed; if it "
		    "goes on, ask an administrator, whose log says why");
	case SEND_OFF:
		return report(EXIT_NO,
		    "no codes are sent while this is locked, or has to wait "
		    "after wrong codes: nothing was changed; otp-enroll status "
		    "says more");
	case SEND_WAIT:
	case SEND_NOTHING:
	case SEND_OFFER:
	case SEND_TYPE:
	case SEND_RESULTS:
		break;
	}
	return report_outcome(-EPROTO, "nothing was changed");
}

/* Nothing, or "again". */
static bool
wants_another(const char *line)
{
	const char *word = line + strspn(line, " \t\r");

	return *word == '\0' ||
	    (strncasecmp(word, "again", 5) == 0 && tty_blank(word + 5));
}

/* Look at what was typed.  0, and whether it is right; or the exit status. */
static int
judge(struct setting *setting, const char *typed, bool *right)
{
	const struct context *context = setting->context;
	struct request request = context_request(context, VERB_CONFIRM_ADDRESS);
	struct reply *reply = &setting->reply;
	char text[REPORT_VERDICT_SIZE];
	int r;

	request.answer = typed;
	r = authority_ask(context->authority, &request, reply);
	if (r == -ENOENT) {
		tty_say("No code is good any more: too many were wrong, or its "
			"time is over. Press Enter for another.");
		return 0;
	}
	if (r < 0)
		return report_outcome(r, "nothing was changed");
	*right = reply->verdict == VERDICT_ACCEPT;
	if (reply->verdict == VERDICT_DENY)
		tty_say("That is not the code that was sent last.");
	else if (reply->verdict == VERDICT_MALFORMED)
		tty_say("That cannot be the code: type what the message says.");
	else if (!*right)
		tty_say("%s", report_verdict(reply, text));
	return 0;
}

/* Send another, which needs no proof as long as this one waits. */
static int
again(struct setting *setting)
{
	int r = sending_ask(setting, "");

	if (r == 0 && !sending_done(setting))
		return report(EXIT_NO,
		    "this waits no longer, because 15 minutes are over, too "
		    "many codes were wrong, or it was begun anew elsewhere: "
		    "nothing was changed, so start again");
	return sending_see(setting, r);
}

int
sending_confirm(struct setting *setting)
{
	const char *prefix = setting->reply.policy.sent.prefix;
	char line[CODE_TYPED_MAX + 2], prompt[128];
	bool right = false;
	int r;

	snprintf(prompt, sizeof(prompt), "Code%s%s (Enter sends another): ",
	    prefix[0] != '\0' ? " that begins with " : "", prefix);
	do {
		r = tty_ask_code(prompt, line, sizeof(line));
		if (r < 0)
			r = report_outcome(r,
			    "nothing was changed; to type the code after all, "
			    "run this again");
		else if (wants_another(line))
			r = again(setting);
		else
			r = judge(setting, line, &right);
	} while (r == 0 && !right);
	explicit_bzero(line, sizeof(line));
	return r;
}
