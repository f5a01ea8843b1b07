/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A full screen of text with a QR code and a prompt below it, laid out for
 * the window as it is: the text beside the code, or under it, or alone.
 *
 * What does not fit into the window is shown in parts, so that none of it is
 * pushed into the scroll-back.  Only where there is no screen that keeps
 * things out of it (see tty.h), it is printed like any other output, once.
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

	/* The rest is its own, and zero at first. */
	const char *message;
	bool printed; /* it stands in the scroll-back */
	size_t top,
	    room;  /* the part that is shown: its first line, its lines */
	bool more; /* there is a part after it */
};

/* A tty_draw_fn for a "struct screen". */
void screen_draw(void *screen);

/*
 * Show this sentence, on what was typed last, below the text from now on.  It
 * is pointed to.
 */
void screen_say(struct screen *screen, const char *message);

/*
 * Go on to the next part, or from the last one to the first.  False: it was
 * the last.
 */
bool screen_turn(struct screen *screen);

#endif
