/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/page.h"

#include <string.h>

#include "common/utf8.h"

void
page_begin(struct page *page, size_t width)
{
	explicit_bzero(page, sizeof(*page));
	if (width < PAGE_WIDTH_MIN)
		width = PAGE_WIDTH_MIN;
	page->width = width < PAGE_WIDTH_MAX ? width : PAGE_WIDTH_MAX;
}

static void
put_line(struct page *page, const char *text, size_t len)
{
	if (page->n == PAGE_LINES || len >= sizeof(page->line[0])) {
		page->overflow = true;
		return;
	}
	memcpy(page->line[page->n], text, len);
	page->line[page->n][len] = '\0';
	utf8_tame(page->line[page->n]);
	page->n++;
}

void
page_gap(struct page *page)
{
	if (page->n > 0)
		put_line(page, "", 0);
}

/* Bytes of the character at "text", which is not the end. */
static size_t
character(const char *text)
{
	size_t n = 1;

	while (n < 4 && (text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Bytes of "text" that go on the next line; *skip: blanks to pass over. */
static size_t
fitting(const char *text, size_t width, size_t *skip)
{
	size_t at = 0, blank = 0;

	*skip = 0;
	for (size_t column = 0; text[at] != '\0'; column++) {
		if (text[at] == ' ')
			blank = at;
		if (column == width)
			break;
		at += character(text + at);
	}
	if (text[at] == '\0')
		return at;
	if (blank == 0)
		return at;
	*skip = 1;
	return blank;
}

void
page_text(struct page *page, const char *text)
{
	size_t len, skip;

	while (*text != '\0') {
		len = fitting(text, page->width, &skip);
		put_line(page, text, len);
		text += len + skip;
	}
}
