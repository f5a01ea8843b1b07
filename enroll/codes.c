/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/codes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

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
