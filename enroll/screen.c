/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/screen.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "enroll/tty.h"

/* Beside a code, less than this cannot be read, and this can be read well. */
#define SIDE_MIN 24
#define SIDE_GOOD 34

enum layout {
	LAYOUT_SIDE = 0,
	LAYOUT_UNDER,
	LAYOUTS,
};

struct window {
	size_t columns, lines;
};

static void
add(const struct screen *screen, struct page *page, enum words words)
{
	screen->text(page, words, screen->arg);
	if (screen->message != NULL) {
		if (words == WORDS_AIRY)
			page_gap(page);
		page_text(page, screen->message);
	}
}

static void
fill(const struct screen *screen, struct page *page, size_t width,
    enum words words)
{
	page_begin(page, width);
	add(screen, page, words);
}

/* Fill the page for this layout; false if the window is too small for it. */
static bool
fits(const struct screen *screen, const struct window *window,
    enum layout layout, enum words words, struct page *page)
{
	const size_t columns = qr_columns(screen->qr, screen->form);
	const size_t lines = qr_lines(screen->qr, screen->form);

	if (window->columns < columns || window->lines <= lines)
		return false;
	if (layout == LAYOUT_UNDER) {
		fill(screen, page, window->columns, words);
		return !page->overflow && lines + page->n < window->lines;
	}
	if (!tty_capable() || window->columns < columns + 1 + SIDE_MIN)
		return false;
	fill(screen, page, window->columns - columns - 1, words);
	return !page->overflow && page->n < window->lines;
}

static void
draw_side(const struct screen *screen, const struct page *page)
{
	const size_t lines = qr_lines(screen->qr, screen->form);

	for (size_t i = 0; i < lines || i < page->n; i++) {
		if (i < lines)
			qr_line(screen->qr, screen->form, i, stdout);
		if (i < page->n)
			printf("\033[%zuG%s",
			    qr_columns(screen->qr, screen->form) + 2,
			    page->line[i]);
		fputc('\n', stdout);
	}
}

static void
draw_page(const struct page *page)
{
	for (size_t i = 0; i < page->n; i++)
		printf("%s\n", page->line[i]);
}

static void
draw_under(const struct screen *screen, const struct page *page)
{
	for (size_t i = 0; i < qr_lines(screen->qr, screen->form); i++) {
		qr_line(screen->qr, screen->form, i, stdout);
		fputc('\n', stdout);
	}
	draw_page(page);
}

/* True if it could be shown. */
static bool
draw_code(const struct screen *screen, const struct window *window,
    struct page *page)
{
	for (enum words words = 0; words < WORDS; words++)
		for (enum layout layout = 0; layout < LAYOUTS; layout++) {
			if (!fits(screen, window, layout, words, page))
				continue;
			tty_alternate(true);
			if (layout == LAYOUT_SIDE)
				draw_side(screen, page);
			else
				draw_under(screen, page);
			return true;
		}
	return false;
}

/* Say which window would be large enough for the code. */
static void
add_reason(const struct screen *screen, const struct window *window,
    struct page *page)
{
	size_t lines = qr_lines(screen->qr, screen->form);
	struct page beside;
	char why[256];

	fill(screen, &beside, SIDE_GOOD, WORDS_FEW);
	if (lines < beside.n)
		lines = beside.n;
	explicit_bzero(&beside, sizeof(beside));
	snprintf(why, sizeof(why),
	    "(No QR code: it needs a window of %zu columns and %zu lines, and "
	    "this one has %zu and %zu. Make it larger, or start again with "
	    "--output FILE.svg for a picture.)",
	    qr_columns(screen->qr, screen->form) + 1 + SIDE_GOOD, lines + 1,
	    window->columns, window->lines);
	page_text(page, why);
	page_gap(page);
}

/* Once, and after that what is new. */
static void
draw_printed(struct screen *screen, const struct window *window,
    struct page *page)
{
	if (screen->printed) {
		page_begin(page, window->columns);
		if (screen->message != NULL)
			page_text(page, screen->message);
	}
	screen->printed = true;
	draw_page(page);
}

/* A line to say so, and one for the prompt, are left. */
static void
draw_part(struct screen *screen, const struct window *window,
    const struct page *page)
{
	const size_t room = window->lines > 3 ? window->lines - 2 : 1;

	if (screen->top >= page->n)
		screen->top = page->n - room;
	screen->room = room;
	screen->more = screen->top + room < page->n;
	for (size_t i = 0; i < room && screen->top + i < page->n; i++)
		printf("%s\n", page->line[screen->top + i]);
	puts(screen->more ? "(More: press Enter)" : "(Top: press Enter)");
}

static void
draw_text(struct screen *screen, const struct window *window, struct page *page)
{
	page_begin(page, window->columns);
	if (screen->qr != NULL)
		add_reason(screen, window, page);
	add(screen, page, WORDS_AIRY);
	if (!tty_capable() || tty_keeps()) {
		draw_printed(screen, window, page);
		return;
	}
	tty_alternate(true);
	if (page->n < window->lines)
		draw_page(page);
	else
		draw_part(screen, window, page);
}

void
screen_draw(void *arg)
{
	struct screen *screen = arg;
	struct window window;
	struct page page;

	tty_size(&window.columns, &window.lines);
	screen->more = false;
	if (tty_keeps() && screen->printed)
		draw_printed(screen, &window, &page);
	else if (screen->qr == NULL || !draw_code(screen, &window, &page))
		draw_text(screen, &window, &page);
	screen->printed |= tty_keeps();
	explicit_bzero(&page, sizeof(page));
}

void
screen_say(struct screen *screen, const char *message)
{
	screen->message = message;
	screen->top = SIZE_MAX; /* where it stands */
}

bool
screen_turn(struct screen *screen)
{
	const bool more = screen->more;

	screen->top = more ? screen->top + screen->room : 0;
	return more;
}
