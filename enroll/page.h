/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text set in lines of a given width.  It may hold secrets: the caller wipes
 * it.  What does not fit into PAGE_LINES is left out, and "overflow" says so.
 */
#ifndef ENROLL_PAGE_H
#define ENROLL_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#define PAGE_WIDTH_MIN 10
#define PAGE_WIDTH_MAX 78 /* longer lines are tiring to read */
#define PAGE_LINES 160

struct page {
	size_t width; /* characters in a line */
	size_t n;
	bool overflow;
	char line[PAGE_LINES][PAGE_WIDTH_MAX * 4 + 1];
};

/* An empty page; "width" is brought within the bounds above. */
void page_begin(struct page *page, size_t width);

/*
 * Add text, broken at blanks, or anywhere in a word that is longer than a
 * line.  The text is UTF-8, each character taken for one column; what is
 * none, or would move the cursor, becomes "?".
 */
void page_text(struct page *page, const char *text);

/* An empty line, unless the page is empty. */
void page_gap(struct page *page);

#endif
