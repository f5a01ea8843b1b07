/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A QR code, and how it is drawn.
 *
 * Level L and the smallest version that will do, always with the quiet zone
 * of four modules.  In a terminal each line sets foreground and background
 * itself, from the part of the 256 colours that no theme changes, so that it
 * is black on white everywhere: these colours are the content and not its
 * decoration, and NO_COLOR does not take them away.
 */
#ifndef ENROLL_QR_H
#define ENROLL_QR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define QR_QUIET 4
#define QR_VERSION_MAX 15
#define QR_WIDTH_MAX (4 * QR_VERSION_MAX + 17)

/* One module is half a cell high (UTF8), or two cells wide (ASCII). */
enum qr_form {
	QR_NONE = 0,
	QR_UTF8,
	QR_ASCII,
};

struct qr {
	size_t width; /* modules, without the quiet zone */
	uint8_t dark[QR_WIDTH_MAX][QR_WIDTH_MAX];
};

/*
 * 0; -ENOMEM; -EMSGSIZE: the text is too long.  A code holds what the text
 * does: the caller wipes it.
 */
int qr_make(const char *text, struct qr *qr)
    __attribute__((warn_unused_result));

/* The cells that it takes, quiet zone included. */
size_t qr_columns(const struct qr *qr, enum qr_form form);
size_t qr_lines(const struct qr *qr, enum qr_form form);

/* Line "i" of it, without a line end. */
void qr_line(const struct qr *qr, enum qr_form form, size_t i, FILE *out);

/* The whole of it as a picture; look at ferror(out) after it. */
void qr_svg(const struct qr *qr, FILE *out);

#endif
