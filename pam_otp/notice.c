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
	};
	char list[96] = "";
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

	if ((challenge->barriers & BARRIER_LOCKED) != 0)
		return add(page, "Your second factor is locked: %s", helps);
	if ((challenge->barriers & BARRIER_METHODS) != 0)
		return tell_methods(page, policy->methods);
	if ((challenge->barriers & BARRIER_FAILURES) != 0)
		return add(page,
		    "Codes from your devices are switched off after too many "
		    "wrong ones: %s",
		    helps);
	if ((challenge->barriers & BARRIER_CLOCK) != 0)
		return add(page,
		    "This machine's clock was never set, so codes from an app "
		    "cannot be checked: %s",
		    helps);
	return true;
}

void
notice_prompt(const struct challenge *challenge, const struct policy *policy,
    const struct notice_last *last, struct notice_told *told,
    char text[static NOTICE_SIZE])
{
	const size_t prompt_len = strnlen(policy->prompt, POLICY_PROMPT_MAX);
	struct page page = { .text = text, .size = NOTICE_SIZE - prompt_len };
	uint64_t wait = challenge->wait > 0 ? challenge->wait : last->wait;

	text[0] = '\0';
	if (last->refused)
		add(&page, "Not accepted.");
	tell_barrier(&page, challenge, policy);
	told->wait = wait > 0 && tell_wait(&page, challenge, wait);

	/* The oldest change comes before what a guesser can make us say. */
	tell_changes(&page, challenge, 1, &told->change);
	if (!told->missed)
		told->missed = tell_missed(&page, &challenge->missed);
	tell_changes(&page, challenge, RECORD_CHANGES, &told->change);

	memcpy(text + page.len, policy->prompt, prompt_len);
	text[page.len + prompt_len] = '\0';
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
