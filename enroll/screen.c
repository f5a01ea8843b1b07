/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/screen.h"

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
fill(const struct screen *screen, struct page *page, size_t width,
    enum words words)
{
	page_begin(page, width);
	screen->text(page, words, screen->arg);
	if (screen->message != NULL) {
		if (words == WORDS_AIRY)
			page_gap(page);
		page_text(page, screen->message);
	}
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
	page_gap(page);
	page_text(page, why);
}

static void
draw_text(struct screen *screen, const struct window *window, struct page *page)
{
	fill(screen, page, window->columns, WORDS_AIRY);
	if (screen->qr != NULL)
		add_reason(screen, window, page);
	if (page->overflow || page->n >= window->lines || !tty_capable()) {
		tty_alternate(false);
		if (screen->printed) {
			page_begin(page, window->columns);
			if (screen->message != NULL)
				page_text(page, screen->message);
		}
		screen->printed = true;
	} else {
		tty_alternate(true);
	}
	draw_page(page);
}

void
screen_draw(void *arg)
{
	struct screen *screen = arg;
	struct window window;
	struct page page;

	tty_size(&window.columns, &window.lines);
	if (screen->qr == NULL || !draw_code(screen, &window, &page))
		draw_text(screen, &window, &page);
	explicit_bzero(&page, sizeof(page));
}
