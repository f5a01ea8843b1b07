/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

/*
 * Black (16) and white (231) of the colour cube.  The eight old colours come
 * first, for terminals that do not know it.
 */
#define DARK_ON_LIGHT "\033[30;47m\033[38;5;16;48;5;231m"
#define ALL_DARK "\033[30;40m\033[38;5;16;48;5;16m"
#define RESET "\033[0m"

int
qr_make(const char *text, struct qr *qr)
{
	QRcode *code;
	size_t width;

	explicit_bzero(qr, sizeof(*qr));
	code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (code == NULL)
		return errno == ENOMEM ? -ENOMEM : -EMSGSIZE;
	width = (size_t)code->width;
	if (width <= QR_WIDTH_MAX) {
		qr->width = width;
		for (size_t i = 0; i < width * width; i++)
			qr->dark[i / width][i % width] = code->data[i] & 1;
	}
	explicit_bzero(code->data, width * width);
	QRcode_free(code);
	return qr->width > 0 ? 0 : -EMSGSIZE;
}

static size_t
full_width(const struct qr *qr)
{
	return qr->width + 2 * QR_QUIET;
}

size_t
qr_columns(const struct qr *qr, enum qr_form form)
{
	switch (form) {
	case QR_UTF8:
		return full_width(qr);
	case QR_ASCII:
		return 2 * full_width(qr);
	case QR_NONE:
		break;
	}
	return 0;
}

size_t
qr_lines(const struct qr *qr, enum qr_form form)
{
	switch (form) {
	case QR_UTF8:
		return (full_width(qr) + 1) / 2;
	case QR_ASCII:
		return full_width(qr);
	case QR_NONE:
		break;
	}
	return 0;
}

/* The module at x, y of the code with its quiet zone; light outside. */
static bool
is_dark(const struct qr *qr, size_t x, size_t y)
{
	return x >= QR_QUIET && x - QR_QUIET < qr->width && y >= QR_QUIET &&
	    y - QR_QUIET < qr->width && qr->dark[y - QR_QUIET][x - QR_QUIET];
}

static void
utf8_line(const struct qr *qr, size_t i, FILE *out)
{
	static const char *const cell[] = { " ", "▀", "▄", "█" };

	fputs(DARK_ON_LIGHT, out);
	for (size_t x = 0; x < full_width(qr); x++)
		fputs(cell[is_dark(qr, x, 2 * i) +
			  2 * is_dark(qr, x, 2 * i + 1)],
		    out);
	fputs(RESET, out);
}

/*
 * The "#" of a font is mostly light, so it is dark on dark.  It is there for
 * terminals that know no colours.
 */
static void
ascii_line(const struct qr *qr, size_t i, FILE *out)
{
	bool dark = false;

	fputs(DARK_ON_LIGHT, out);
	for (size_t x = 0; x < full_width(qr); x++) {
		if (is_dark(qr, x, i) != dark) {
			dark = !dark;
			fputs(dark ? ALL_DARK : DARK_ON_LIGHT, out);
		}
		fputs(dark ? "##" : "  ", out);
	}
	fputs(RESET, out);
}

void
qr_line(const struct qr *qr, enum qr_form form, size_t i, FILE *out)
{
	if (form == QR_UTF8)
		utf8_line(qr, i, out);
	else if (form == QR_ASCII)
		ascii_line(qr, i, out);
}

void
qr_svg(const struct qr *qr, FILE *out)
{
	size_t width = full_width(qr);

	fprintf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" "
	    "height=\"%zu\" viewBox=\"0 0 %zu %zu\" "
	    "shape-rendering=\"crispEdges\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
	    "<path fill=\"#000\" d=\"",
	    8 * width, 8 * width, width, width);
	for (size_t y = 0; y < width; y++)
		for (size_t x = 0; x < width; x++)
			if (is_dark(qr, x, y))
				fprintf(out, "M%zu %zuh1v1h-1z", x, y);
	fputs("\"/>\n</svg>\n", out);
}
