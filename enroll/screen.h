/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A full screen of text with a QR code and a prompt below it, laid out for
 * the window as it is: the text beside the code, or under it, or alone.
 *
 * What does not fit into the window would be pushed out of it, so it is then
 * printed like any other output, for the scroll-back to show.
 */
#ifndef ENROLL_SCREEN_H
#define ENROLL_SCREEN_H

#include <stdbool.h>

#include "enroll/page.h"
#include "enroll/qr.h"

/* How much room the text takes: what fits best is used. */
enum words {
	WORDS_AIRY = 0,
	WORDS_CLOSE, /* without empty lines */
	WORDS_FEW,
	WORDS,
};

struct screen {
	const struct qr *qr; /* NULL: none is wanted */
	enum qr_form form;

	/* Fills the page. */
	void (*text)(struct page *page, enum words words, void *arg);
	void *arg;

	/* The sentence on what was typed last; NULL: nothing yet. */
	const char *message;

	bool printed; /* it did not fit, and stands in the scroll-back */
};

/* A tty_draw_fn for a "struct screen". */
void screen_draw(void *screen);

#endif
