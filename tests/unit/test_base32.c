/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base32.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MAX 64

/* Text that becomes "bytes", or NULL: it is refused. */
struct row {
	const char *what, *text, *bytes;
};

static void
decode_rows(const struct row *rows, size_t n, enum base32_rest rest)
{
	static const char zero[16];

	for (size_t i = 0; i < n; i++) {
		uint8_t out[16] = { 0 };
		size_t len = 77;
		int r =
		    base32_decode(rows[i].text, rest, out, sizeof(out), &len);

		print_message("  %s\n", rows[i].what);
		if (rows[i].bytes) {
			assert_int_equal(0, r);
			assert_int_equal(strlen(rows[i].bytes), len);
			assert_memory_equal(rows[i].bytes, out, len);
		} else {
			assert_int_equal(-EINVAL, r);
			assert_int_equal(77, len);
			assert_memory_equal(zero, out, sizeof(out));
		}
	}
}

/* RFC 4648, section 10. */
static void
base32_rfc4648(void **state)
{
	static const struct {
		const char *bytes, *text, *padded;
	} rows[] = {
		{ "", "", "" },
		{ "f", "MY", "MY======" },
		{ "fo", "MZXQ", "MZXQ====" },
		{ "foo", "MZXW6", "MZXW6===" },
		{ "foob", "MZXW6YQ", "MZXW6YQ=" },
		{ "fooba", "MZXW6YTB", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI", "MZXW6YTBOI======" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row both[] = {
			{ rows[i].text, rows[i].text, rows[i].bytes },
			{ rows[i].padded, rows[i].padded, rows[i].bytes },
		};
		char text[16];

		assert_int_equal(0,
		    base32_encode((const uint8_t *)rows[i].bytes,
			strlen(rows[i].bytes), text, sizeof(text)));
		assert_string_equal(rows[i].text, text);
		decode_rows(both, N(both), BASE32_STRICT);
		decode_rows(both, N(both), BASE32_LENIENT);
	}
}

static void
base32_as_people_write_it(void **state)
{
	static const struct row rows[] = {
		{ "lower case", "mzxw6ytboi", "foobar" },
		{ "mixed", "mZxW6yTbOi", "foobar" },
		{ "groups of four", "MZXW 6YTB OI", "foobar" },
		{ "dashes", "MZXW-6YTB-OI", "foobar" },
		{ "tabs", "\tMZXW\t6YTBOI\t", "foobar" },
		{ "blanks around", "  MZXW6YTBOI  ", "foobar" },
		{ "blanks and padding", "MZXW 6YTB OI== ==== ", "foobar" },
		{ "blanks alone", " - \t", "" },
	};

	(void)state;
	decode_rows(rows, N(rows), BASE32_STRICT);
	decode_rows(rows, N(rows), BASE32_LENIENT);
}

static void
base32_refused(void **state)
{
	static const struct row rows[] = {
		{ "0", "MZXW6YT0", NULL },
		{ "1", "MZXW6YT1", NULL },
		{ "8", "MZXW6YT8", NULL },
		{ "9", "MZXW6YT9", NULL },
		{ "1 digit", "M", NULL },
		{ "3 digits", "MZX", NULL },
		{ "6 digits", "MZXW6Y", NULL },
		{ "9 digits", "MZXW6YTBO", NULL },
		{ "11 digits", "MZXW6YTBOIA", NULL },
		{ "14 digits", "MZXW6YTBOIAAAA", NULL },
		{ "one = too few", "MY=====", NULL },
		{ "one = too many", "MY=======", NULL },
		{ "one = alone", "MY=", NULL },
		{ "= after eight", "MZXW6YTB=", NULL },
		{ "eight = after eight", "MZXW6YTB========", NULL },
		{ "eight = alone", "========", NULL },
		{ "= alone", "=", NULL },
		{ "= where none can be", "MZX=====", NULL },
		{ "= between", "MY======MZXW6YTB", NULL },
		{ "= before", "=MY=====", NULL },
		{ "digit after =", "MY=====A", NULL },
		{ "line end", "MZXW6YTB\n", NULL },
		{ "CR", "MZXW6YTB\r", NULL },
		{ "underscore", "MZXW_6YTB", NULL },
		{ "full stop", "MZXW6YT.", NULL },
		{ "colon", "MZXW:6YTB", NULL },
		{ "before A, after Z", "MZXW6Y@[", NULL },
		{ "before a, after z", "MZXW6Y`{", NULL },
		{ "before 2", "MZXW6YT/", NULL },
		{ "byte 1", "MZXW6YT\001", NULL },
		{ "DEL", "MZXW6YT\x7f", NULL },
		{ "umlaut", "MZXW6Y\xc3\x84", NULL },
		{ "digits with the high bit", "\xcd\xd9", NULL },
		{ "non-breaking blank",
		    "MZXW\xc2\xa0"
		    "6YTB",
		    NULL },
	};

	(void)state;
	decode_rows(rows, N(rows), BASE32_STRICT);
	decode_rows(rows, N(rows), BASE32_LENIENT);
}

/* Bits that no byte takes: 2, 4, 1 and 3 of them. */
static void
base32_left_over(void **state)
{
	static const struct row lenient[] = {
		{ "2 digits, lowest bit", "MZ", "f" },
		{ "2 digits, highest bit", "M2", "f" },
		{ "4 digits, lowest bit", "MZXR", "fo" },
		{ "4 digits, bit 3", "MZXY", "fo" },
		{ "5 digits", "MZXW7", "foo" },
		{ "7 digits, lowest bit", "MZXW6YR", "foob" },
		{ "7 digits, highest bit", "MZXW6YU", "foob" },
		{ "padded", "MZ======", "f" },
	};
	struct row strict[N(lenient)];

	(void)state;
	decode_rows(lenient, N(lenient), BASE32_LENIENT);
	for (size_t i = 0; i < N(lenient); i++)
		strict[i] =
		    (struct row){ lenient[i].what, lenient[i].text, NULL };
	decode_rows(strict, N(strict), BASE32_STRICT);
}

/* Zeros, ones, what ends in zeros, and a mixture. */
static void
fill(uint8_t *bytes, size_t len, int kind)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = kind == 0 ? 0
		    : kind == 1      ? 255
				     : (uint8_t)(i * 151 + len * 29 + 1);
	for (size_t i = 0; kind == 2 && i < 3 && i < len; i++)
		bytes[len - 1 - i] = 0;
}

static void
base32_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n <= MAX; n++) {
		for (int kind = 0; kind < 4; kind++) {
			char *text = malloc(BASE32_SIZE(n));
			uint8_t bytes[MAX], *back = malloc(n ? n : 1);
			size_t len;

			assert_non_null(text);
			assert_non_null(back);
			fill(bytes, n, kind);
			assert_int_equal(-ENOBUFS,
			    base32_encode(bytes, n, text, BASE32_SIZE(n) - 1));
			assert_int_equal(0,
			    base32_encode(bytes, n, text, BASE32_SIZE(n)));
			assert_int_equal(BASE32_SIZE(n) - 1, strlen(text));
			if (n > 0)
				assert_int_equal(-ENOBUFS,
				    base32_decode(text, BASE32_STRICT, back,
					n - 1, &len));
			assert_int_equal(0,
			    base32_decode(text, BASE32_STRICT, back, n, &len));
			assert_int_equal(n, len);
			assert_memory_equal(bytes, back, n);
			free(text);
			free(back);
		}
	}
}

/* coreutils' base32 writes the same, but for its padding, which we read. */
static void
base32_like_coreutils(void **state)
{
	(void)state;
	for (size_t n = 1; n <= MAX; n++) {
		char command[5 * MAX + 50] = "printf %b '", theirs[128] = "";
		char ours[BASE32_SIZE(MAX)];
		uint8_t bytes[MAX], back[MAX];
		size_t len = strlen(command);
		FILE *f;

		fill(bytes, n, 2 + n % 2);
		for (size_t i = 0; i < n; i++)
			len += (size_t)snprintf(command + len,
			    sizeof(command) - len, "\\0%03o", bytes[i]);
		snprintf(command + len, sizeof(command) - len,
		    "' | base32 -w 0");
		f = popen(command, "r");
		assert_non_null(f);
		len = fread(theirs, 1, sizeof(theirs) - 1, f);
		theirs[len] = '\0';
		assert_int_equal(0, pclose(f));

		assert_int_equal(0,
		    base32_encode(bytes, n, ours, sizeof(ours)));
		assert_int_equal((n + 4) / 5 * 8, len);
		assert_memory_equal(ours, theirs, strlen(ours));
		assert_int_equal(len - strlen(ours),
		    strspn(theirs + strlen(ours), "="));
		assert_int_equal(0,
		    base32_decode(theirs, BASE32_STRICT, back, sizeof(back),
			&len));
		assert_int_equal(n, len);
		assert_memory_equal(bytes, back, n);
	}
}

/* A length whose text has more characters than a size_t can count. */
static void
base32_absurd_length(void **state)
{
	static const size_t lens[] = { SIZE_MAX, SIZE_MAX / 8 + 1,
		SIZE_MAX / 5 * 4 };
	char text[8];

	(void)state;
	for (size_t i = 0; i < N(lens); i++)
		assert_int_equal(-ENOBUFS,
		    base32_encode((const uint8_t *)"", lens[i], text,
			sizeof(text)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base32_rfc4648),
		cmocka_unit_test(base32_as_people_write_it),
		cmocka_unit_test(base32_refused),
		cmocka_unit_test(base32_left_over),
		cmocka_unit_test(base32_every_length),
		cmocka_unit_test(base32_like_coreutils),
		cmocka_unit_test(base32_absurd_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
