/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That scanners read it is shown by the tool's tests, from real screens; here
 * is what must hold of every form: size, quiet zone, colours.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "enroll/qr.h"
#include "enroll/uri.h"

#define DARK_ON_LIGHT "\033[30;47m\033[38;5;16;48;5;231m"
#define ALL_DARK "\033[30;40m\033[38;5;16;48;5;16m"
#define RESET "\033[0m"

/* Version 5, as it has to fit 80x24 with a line for the prompt. */
#define WIDTH_MAX (17 + 4 * 5)

static struct qr
made(const char *account, const char *issuer, enum device_kind kind)
{
	struct otp_params otp = { .hash = OTP_SHA1, .digits = 6 };
	struct uri uri = { account, issuer, kind, &otp, 30 };
	char text[URI_SIZE];
	struct qr qr;

	/* Bytes that spell no word in which numbers could be packed. */
	otp.secret.len = 20;
	for (size_t i = 0; i < otp.secret.len; i++)
		otp.secret.bytes[i] = (uint8_t)(i * 37 + 11);
	assert_int_equal(0, uri_write(&uri, text));
	assert_int_equal(0, qr_make(text, &qr));
	return qr;
}

static void
names_fit_version_5(void **state)
{
	static const struct {
		const char *account, *issuer;
	} rows[] = {
		{ "a@b", "b" },
		{ "alice@web1", "web1" },
		{ "root@localhost", "localhost.localdomain" },
		{ "alice.baker@build-server-17",
		    "build-server-17.example.org" },
		{ "christopher@workstation", "The Example Company" },
		{ "svc-backup-nightly@db-primary-eu-west",
		    "db-primary-eu-west" },
		{ "j\xc3\xbcrgen@m\xc3\xbcnchen", "Universit\xc3\xa4t" },
		{ "user with blanks/and?more", "100% & more = good" },
		{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		qr = made(rows[i].account, rows[i].issuer, DEVICE_TOTP);
		print_message("  %s: %zu\n", rows[i].account, qr.width);
		assert_in_range(qr.width, 21, WIDTH_MAX);
		assert_in_range(qr_columns(&qr, QR_UTF8), 29, 45);
		assert_in_range(qr_lines(&qr, QR_UTF8), 15, 23);
		assert_in_range(qr_columns(&qr, QR_ASCII), 58, 90);
		assert_in_range(qr_lines(&qr, QR_ASCII), 29, 45);
	}
}

static char *
drawn(const struct qr *qr, enum qr_form form, size_t i)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	qr_line(qr, form, i, out);
	fclose(out);
	return text;
}

/* Is the module dark?  From what was drawn, not from the struct. */
static bool
cell_is_dark(const struct qr *qr, enum qr_form form, size_t x, size_t y)
{
	char *line = drawn(qr, form, form == QR_UTF8 ? y / 2 : y), *at = line;
	bool inverse = false, dark = false;
	const size_t per_module = form == QR_UTF8 ? 1 : 2;

	for (size_t column = 0; *at != '\0';) {
		size_t len = 1;

		if (*at == '\033') {
			inverse = strncmp(at, ALL_DARK, strlen(ALL_DARK)) == 0;
			at += inverse ? strlen(ALL_DARK)
			    : strncmp(at, RESET, strlen(RESET)) == 0
			    ? strlen(RESET)
			    : strlen(DARK_ON_LIGHT);
			continue;
		}
		if ((*at & 0x80) != 0)
			len = 3;
		if (column == x * per_module) {
			dark = inverse ||
			    strncmp(at, y % 2 ? "\u2584" : "\u2580", 3) == 0 ||
			    strncmp(at, "\u2588", 3) == 0;
			break;
		}
		column++;
		at += len;
	}
	free(line);
	return dark;
}

static void
every_module_is_drawn(void **state)
{
	static const enum qr_form forms[] = { QR_UTF8, QR_ASCII };
	struct qr qr = made("alice@web1", "web1", DEVICE_TOTP);
	const size_t full = qr.width + 2 * 4;

	(void)state;
	for (size_t f = 0; f < 2; f++)
		for (size_t y = 0; y < full; y++)
			for (size_t x = 0; x < full; x++) {
				const bool inside = x >= 4 && y >= 4 &&
				    x < 4 + qr.width && y < 4 + qr.width;

				assert_int_equal(inside &&
					qr.dark[y - 4][x - 4],
				    cell_is_dark(&qr, forms[f], x, y));
			}
}

/* No line leans on the colours of the one before, or leaves its own behind. */
static void
lines_set_their_colours(void **state)
{
	static const enum qr_form forms[] = { QR_UTF8, QR_ASCII };
	struct qr qr = made("alice@web1", "web1", DEVICE_TOTP);

	(void)state;
	for (size_t f = 0; f < 2; f++)
		for (size_t i = 0; i < qr_lines(&qr, forms[f]); i++) {
			char *line = drawn(&qr, forms[f], i);

			assert_memory_equal(DARK_ON_LIGHT, line,
			    strlen(DARK_ON_LIGHT));
			assert_string_equal(RESET,
			    line + strlen(line) - strlen(RESET));
			assert_null(strchr(line, '\n'));
			free(line);
		}
}

static void
too_long_is_refused(void **state)
{
	char text[1000];
	struct qr qr;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(-EMSGSIZE, qr_make(text, &qr));
	assert_int_equal(0, qr.width);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fit_version_5),
		cmocka_unit_test(every_module_is_drawn),
		cmocka_unit_test(lines_set_their_colours),
		cmocka_unit_test(too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
