/* SPDX-License-Identifier: BSD-2-Clause */
#include "notice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/duration.h"
#include "common/sentence.h"

#define RECOVERY_FEW 3

struct page {
	char *text;
	size_t len, size; /* a NUL is within size */
};

/* Add a line as a whole, or nothing.  False: there is no room for it. */
static bool __attribute__((format(printf, 2, 3)))
add(struct page *page, const char *format, ...)
{
	size_t room = page->size - page->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(page->text + page->len, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n + 1 >= room) {
		page->text[page->len] = '\0';
		return false;
	}
	page->len += (size_t)n;
	page->text[page->len++] = '\n';
	page->text[page->len] = '\0';
	return true;
}

static bool
tell_change(struct page *page, const struct change *change)
{
	char when[SENTENCE_DATE_SIZE], text[SENTENCE_SIZE];

	if (!sentence_change(change, text))
		return true;
	return add(page, "%s: %s", sentence_date(change->at, when), text);
}

/* Tell up to "most" changes, oldest first; what was told is in *told. */
static void
tell_changes(struct page *page, const struct challenge *challenge, size_t most,
    uint64_t *told)
{
	for (size_t i = 0; i < RECORD_CHANGES && most > 0; i++) {
		const struct change *change = &challenge->change[i];

		if (change->kind == CHANGE_NONE || change->number <= *told)
			continue;
		if (!tell_change(page, change))
			return;
		*told = change->number;
		most--;
	}
}

static bool
tell_missed(struct page *page, const struct missed *missed)
{
	char when[SENTENCE_DATE_SIZE];
	char wrong[48] = "", replayed[48] = "";

	if (missed->wrong == 0 && missed->replayed == 0)
		return true;
	if (missed->wrong > 0)
		snprintf(wrong, sizeof(wrong), "%u wrong code%s", missed->wrong,
		    missed->wrong == 1 ? "" : "s");
	if (missed->replayed > 0)
		snprintf(replayed, sizeof(replayed),
		    "%u code%s that had been used before", missed->replayed,
		    missed->replayed == 1 ? "" : "s");
	return add(page, "%s%s%s since your last login, last %s from %s.",
	    wrong, *wrong != '\0' && *replayed != '\0' ? " and " : "", replayed,
	    sentence_date(missed->last, when),
	    missed->rhost[0] != '\0' ? missed->rhost : "this machine");
}

static bool
recovery_helps(const struct challenge *challenge)
{
	return (challenge->methods & METHOD_RECOVERY) != 0;
}

static bool
tell_wait(struct page *page, const struct challenge *challenge, uint64_t wait)
{
	char time[DURATION_SIZE];

	return add(page,
	    "Too many wrong codes: wait %s before you type the next one%s.",
	    duration_text(wait, time),
	    challenge->wait > 0 && recovery_helps(challenge)
		? ", or type a recovery code"
		: "");
}

static bool
tell_methods(struct page *page, unsigned int methods)
{
	static const struct {
		enum policy_method method;
		const char *name;
	} row[] = {
		{ METHOD_TOTP, "codes from an app" },
		{ METHOD_HOTP, "codes from a token" },
		{ METHOD_RECOVERY, "recovery codes" },
		{ METHOD_EMAIL, "codes by email" },
		{ METHOD_SMS, "codes by text message" },
	};
	char list[128] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if ((methods & row[i].method) != 0)
			len += (size_t)snprintf(list + len, sizeof(list) - len,
			    "%s%s", len > 0 ? ", " : "", row[i].name);
	return add(page,
	    "Nothing that you have set up is accepted here: this service "
	    "takes %s. Ask your administrator.",
	    len > 0 ? list : "none of it");
}

/*
 * Why not everything is accepted: the one reason that decides.  With it what
 * helps, which is not promised where it would not.
 */
static bool
tell_barrier(struct page *page, const struct challenge *challenge,
    const struct policy *policy)
{
	const char *helps = recovery_helps(challenge)
	    ? "type a recovery code, or ask your administrator."
	    : "ask your administrator.";

	/* What is locked as a whole has no codes that are sent. */
	if ((challenge->barriers & BARRIER_LOCKED) != 0 &&
	    (challenge->methods & METHODS_SENT) != 0)
		return add(page,
		    "Your devices are locked; a code that is sent to you is "
		    "accepted.");
	if ((challenge->barriers & BARRIER_LOCKED) != 0)
		return add(page, "Your second factor is locked: %s", helps);
	if ((challenge->barriers & BARRIER_METHODS) != 0)
		return tell_methods(page, policy->methods);
	if ((challenge->barriers & BARRIER_FAILURES) != 0)
		return add(page,
		    "Codes %sare switched off after too many wrong ones: %s",
		    (policy->methods & METHODS_SENT) == 0 ? "from your devices "
							  : "",
		    helps);
	if ((challenge->barriers & BARRIER_CLOCK) != 0)
		return add(page,
		    "This machine's clock was never set, so codes from an app "
		    "%scannot be checked: %s",
		    (policy->methods & METHODS_SENT) == 0
			? ""
			: "and codes that are sent ",
		    helps);
	return true;
}

/* What may be typed in place of a code that could not be sent. */
static const char *
instead(const struct challenge *challenge)
{
	bool device = (challenge->methods & (METHOD_TOTP | METHOD_HOTP)) != 0;

	if (device && recovery_helps(challenge))
		return "type one from your device, or a recovery code";
	if (device)
		return "type one from your device";
	if (recovery_helps(challenge))
		return "type a recovery code";
	return "ask your administrator";
}

/* What stays out of the page cannot be chosen. */
static void
tell_offers(struct page *page, const struct send_reply *send, uint32_t *offers)
{
	if (!add(page, "Send a code to which address? Type its number:"))
		return;
	for (uint32_t i = 0; i < send->n_offers && i < SEND_OFFERS; i++) {
		if (!add(page, "%u  %s", i + 1, send->offer[i].masked))
			return;
		*offers = i + 1;
	}
}

static const char *
address_name(enum policy_method channel)
{
	if (channel == METHOD_EMAIL)
		return "email address";
	if (channel == METHOD_SMS)
		return "phone number";
	return "email address or phone number";
}

static void
tell_sent(struct page *page, const struct notice_last *last,
    const struct policy *policy)
{
	char time[DURATION_SIZE];

	duration_text(policy->sent.minutes * UINT64_C(60), time);
	if (last->send.n_offers > 0)
		add(page, "A code was sent to %s; it is good for %s.",
		    last->send.offer[0].masked, time);
	else
		add(page,
		    "If that is the %s known here, a code was sent to it; it "
		    "is good for %s.",
		    address_name(last->channel), time);
}

/* What came of asking for a code. */
static void
tell_sending(struct page *page, const struct challenge *challenge,
    const struct policy *policy, const struct notice_last *last,
    uint32_t *offers)
{
	char time[DURATION_SIZE];

	switch (last->send.result) {
	case SEND_SENT:
		tell_sent(page, last, policy);
		break;
	case SEND_OFFER:
		tell_offers(page, &last->send, offers);
		break;
	case SEND_TYPE:
		add(page,
		    "Type your %s in full to get a code there, or press Enter "
		    "to go back.",
		    address_name(last->channel));
		break;
	case SEND_WAIT:
		add(page, "You may ask for a code again in %s.",
		    duration_text(last->send.wait, time));
		break;
	case SEND_OFF:
		add(page, "No code was sent: it would not be accepted now.");
		break;
	case SEND_NOTHING:
		add(page, "No address is known that a code could go to: %s.",
		    instead(challenge));
		break;
	case SEND_FAILED:
	case SEND_RESULTS:
		add(page, "No code could be sent: %s.", instead(challenge));
		break;
	}
}

/* How to have a code sent; and that there is one which was. */
static void
tell_ways(struct page *page, const struct challenge *challenge, bool asked)
{
	static const struct {
		const char *words, *by, *sent;
	} row[] = {
		{ "\"email\" or \"sms\"", "sent to you", "sent to you" },
		{ "\"email\"", "by email", "sent by email" },
		{ "\"sms\"", "by text message", "sent by text message" },
	};
	unsigned int ways = challenge->methods & METHODS_SENT;
	size_t way = ways == METHOD_EMAIL ? 1 : ways == METHOD_SMS ? 2 : 0;
	size_t sent = challenge->sent == METHOD_EMAIL ? 1 : 2;

	if (challenge->sent != 0 && (asked || ways == 0))
		add(page, "The code %s is still good.", row[sent].sent);
	else if (challenge->sent != 0)
		add(page, "The code %s is still good; type %s to get another.",
		    row[sent].sent, row[way].words);
	else if (ways != 0 && !asked)
		add(page, "Type %s%s to get %s %s.",
		    challenge->send_only ? "" : "a code, or ", row[way].words,
		    challenge->send_only ? "a code" : "one", row[way].by);
}

bool
notice_wants_address(const struct notice_last *last)
{
	return last->send.result == SEND_TYPE;
}

/* The line that the answer is typed behind. */
static void
question(const struct policy *policy, const struct notice_last *last,
    char out[static POLICY_PROMPT_MAX + 1])
{
	if (!notice_wants_address(last)) {
		snprintf(out, POLICY_PROMPT_MAX + 1, "%s", policy->prompt);
		return;
	}
	snprintf(out, POLICY_PROMPT_MAX + 1,
	    "%s: ", address_name(last->channel));
	out[0] = (char)(out[0] - 'a' + 'A');
}

void
notice_prompt(const struct challenge *challenge, const struct policy *policy,
    const struct notice_last *last, struct notice_told *told,
    char text[static NOTICE_SIZE])
{
	uint64_t wait = challenge->wait > 0 ? challenge->wait : last->wait;
	bool sent = last->sending && last->send.result == SEND_SENT;
	struct page page = { .text = text };
	char ask[POLICY_PROMPT_MAX + 1];

	text[0] = '\0';
	question(policy, last, ask);
	page.size = NOTICE_SIZE - strlen(ask);
	told->offers = 0;

	if (last->refused)
		add(&page, "Not accepted.");
	if (last->sending)
		tell_sending(&page, challenge, policy, last, &told->offers);
	tell_barrier(&page, challenge, policy);
	told->wait = wait > 0 && tell_wait(&page, challenge, wait);
	if (!sent && !notice_wants_address(last))
		tell_ways(&page, challenge, last->sending);

	/* The oldest change comes before what a guesser can make us say. */
	tell_changes(&page, challenge, 1, &told->change);
	if (policy->sent.prefix[0] != '\0' && (sent || challenge->sent != 0))
		add(&page, "Your code begins with %s", policy->sent.prefix);
	if (!told->missed)
		told->missed = tell_missed(&page, &challenge->missed);
	tell_changes(&page, challenge, RECORD_CHANGES, &told->change);

	strcpy(text + page.len, ask);
}

bool
notice_success(const struct policy *policy, const struct outcome *outcome,
    char text[static NOTICE_SIZE])
{
	bool used = outcome->method == METHOD_RECOVERY;
	unsigned int left = outcome->recovery_left;
	char count[32] = "No";

	if ((policy->methods & METHOD_RECOVERY) == 0)
		return false;
	/* Whoever has nothing but sent codes cannot make any by them. */
	if ((outcome->method & METHODS_SENT) != 0 && left == 0)
		return false;
	if (!used && left > RECOVERY_FEW)
		return false;
	if (left > 0)
		snprintf(count, sizeof(count), "%u", left);
	snprintf(text, NOTICE_SIZE, "%s recovery code%s left. %s", count,
	    left == 1 ? "" : "s",
	    used ? "Lost your phone? Set up the new one now: otp-enroll new"
		 : "Make new ones: otp-enroll recovery");
	return true;
}

bool
notice_passed(const struct challenge *challenge, char text[static NOTICE_SIZE])
{
	struct page page = { .text = text, .size = NOTICE_SIZE };

	text[0] = '\0';
	for (size_t i = RECORD_CHANGES; page.len == 0 && i-- > 0;)
		tell_change(&page, &challenge->change[i]);
	if (page.len == 0)
		return false;
	text[page.len - 1] = '\0';
	return true;
}
