/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/codes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "enroll/report.h"
#include "enroll/screen.h"
#include "enroll/tty.h"

/* Two codes and the gap between them. */
#define GAP "   "
#define PAIR_WIDTH (2 * (CODE_RECOVERY_SIZE - 1) + sizeof(GAP) - 1)

static void
add_codes(struct page *page, const struct reply *reply)
{
	char pair[PAIR_WIDTH + 1];
	const size_t step = page->width < PAIR_WIDTH ? 1 : 2;

	for (size_t i = 0; i < reply->n_codes; i += step) {
		const bool two = step == 2 && i + 1 < reply->n_codes;

		snprintf(pair, sizeof(pair), "%s%s%s", reply->code[i],
		    two ? GAP : "", two ? reply->code[i + 1] : "");
		page_text(page, pair);
	}
	explicit_bzero(pair, sizeof(pair));
}

static void
fill(struct page *page, enum words words, void *arg)
{
	const struct codes *codes = arg;
	char title[PATH_MAX + 64];

	(void)words; /* without a code beside it, it is shown in full */
	snprintf(title, sizeof(title), "Recovery codes for %s", codes->user);
	page_text(page, title);
	page_gap(page);
	page_text(page,
	    "When you do not have your phone, one of these lets "
	    "you in instead. Each works once. Write them down or "
	    "print them, and keep them apart from the phone. They "
	    "are never shown again.");
	page_gap(page);
	add_codes(page, codes->reply);
	page_gap(page);
	if (codes->file != NULL) {
		snprintf(title, sizeof(title), "They are in %s too.",
		    codes->file);
		page_text(page, title);
		page_gap(page);
	}
	page_text(page,
	    codes->check != NULL
		? "Now type one of them, to show that you have them. That "
		  "does not use it up."
		: "Press Enter once you have them.");
}

/* Whatever was typed: 1: that is all, 0: ask again, or -errno. */
static int
take(const struct codes *codes, struct screen *screen, const char *line)
{
	int r;

	if (tty_blank(line) && screen_turn(screen))
		return 0;
	if (codes->check == NULL)
		return 1;
	if (tty_blank(line))
		return 0;
	r = codes->check(codes->arg, line);
	if (r == 0)
		screen_say(screen, "That is none of these codes: look again.");
	return r;
}

int
codes_show(const struct codes *codes)
{
	struct codes copy = *codes;
	struct screen screen = { .text = fill, .arg = &copy };
	char line[CODE_TYPED_MAX + 2];
	int r;

	do {
		r = tty_ask(screen_draw, &screen,
		    codes->check != NULL ? "Recovery code: " : "", line,
		    sizeof(line));
		if (r == 0)
			r = take(codes, &screen, line);
	} while (r == 0);
	tty_alternate(false);
	if (screen.printed && !tty_keeps())
		puts("The codes can still be seen in this terminal: clear it.");
	explicit_bzero(line, sizeof(line));
	return r < 0 ? r : 0;
}

/* In force they are already: a look is enough, and none is used up. */
static int
look(const void *arg, const char *typed)
{
	const struct reply *reply = arg;
	struct code asked, shown;
	int found = 0;

	code_read(typed, &asked);
	for (size_t i = 0; i < reply->n_codes; i++) {
		code_read(reply->code[i], &shown);
		if (strcmp(asked.text, shown.text) == 0)
			found = 1;
	}
	explicit_bzero(&asked, sizeof(asked));
	explicit_bzero(&shown, sizeof(shown));
	return found;
}

int
codes_hand_over(const struct context *context, const struct reply *reply,
    const char *what, struct output *output)
{
	const char *user = context->person.shown;
	struct codes codes = { .user = user, .reply = reply, .arg = reply };
	char holds[128];
	int written, r;

	if (reply->n_codes == 0)
		return 0;
	written = output_codes(output, user, reply,
	    context_request(context, VERB_STATUS).now);
	if (output->kept && !output->picture)
		codes.file = output->path;
	if (!(context->options.given & OPTION_NO_CHECK))
		codes.check = look;
	r = codes_show(&codes);
	if (r < 0) {
		snprintf(holds, sizeof(holds), "%s and the recovery codes%s",
		    what,
		    codes.file != NULL
			? " in the file are in force"
			: " are in force; to get new codes: otp-enroll "
			  "recovery");
		return report_outcome(r, holds);
	}
	if (written < 0)
		return report(EXIT_FAULT,
		    "%s is in force, but %s cannot be written (%s): the "
		    "recovery codes were on the screen alone; for new ones: "
		    "otp-enroll recovery",
		    what, output->path, strerror(-written));
	return 0;
}

void
codes_say_where(const struct output *output)
{
	tty_say("The recovery codes are in %s: print it, and keep it away from "
		"the phone.",
	    output->path);
}
