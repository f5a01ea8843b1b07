/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/fields.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define KEY32 "abcdefghijklmnopqrstuvwxyz012345"

/* A text on the heap, without a NUL: reading past its end is seen. */
static char *
exactly(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void
fields_writes(void **state)
{
	static const char expect[] = "version=1\n"
				     "device.0.label=my phone = the old one\n"
				     "empty=\n"
				     "big=18446744073709551615\n"
				     "zero=0\n"
				     "utf8=gr\xc3\xbc\xc3\x9f\n"
				     "bytes=Zm9vYmE=\n"
				     "none=\n";
	char buf[sizeof(expect) - 1];
	struct fields_out out;
	size_t len;

	(void)state;
	fields_begin(&out, buf, sizeof(buf)); /* fits to the byte */
	fields_put_number(&out, "version", 1);
	fields_put(&out, "device.0.label", "my phone = the old one");
	fields_put(&out, "empty", "");
	fields_put_number(&out, "big", UINT64_MAX);
	fields_put_number(&out, "zero", 0);
	fields_put(&out, "utf8", "gr\xc3\xbc\xc3\x9f");
	fields_put_bytes(&out, "bytes", (const uint8_t *)"fooba", 5);
	fields_put_bytes(&out, "none", (const uint8_t *)"", 0);
	assert_int_equal(0, fields_end(&out, &len));
	assert_int_equal(sizeof(buf), len);
	assert_memory_equal(expect, buf, len);
}

static void
fields_does_not_fit(void **state)
{
	struct fields_out out;
	size_t len = 77;
	char *buf;

	(void)state;
	for (size_t size = 0; size < 9; size++) {
		buf = exactly("12345678", size < 8 ? size : 8);
		fields_begin(&out, buf, size);
		fields_put(&out, "key", "val");
		assert_int_equal(size < 8 ? -ENOBUFS : 0,
		    fields_end(&out, &len));
		assert_int_equal(size < 8 ? 77 : 8, len);
		fields_begin(&out, buf, size);
		fields_put_bytes(&out, "k", (const uint8_t *)"abc", 3);
		assert_int_equal(size < 7 ? -ENOBUFS : 0,
		    fields_end(&out, &len));
		len = 77;
		free(buf);
	}
}

/* A length whose base64 has more bytes than a size_t can count. */
static void
fields_absurd_length(void **state)
{
	struct fields_out out;
	char buf[64];
	size_t len;

	(void)state;
	fields_begin(&out, buf, sizeof(buf));
	fields_put_bytes(&out, "k", (const uint8_t *)"a", SIZE_MAX - 1);
	assert_int_equal(-ENOBUFS, fields_end(&out, &len));
	fields_begin(&out, buf, sizeof(buf));
	fields_put_bytes(&out, "k", (const uint8_t *)"a", SIZE_MAX / 4 * 3 + 3);
	assert_int_equal(-ENOBUFS, fields_end(&out, &len));
}

static void
fields_cannot_be_written(void **state)
{
	static const struct {
		const char *what, *key, *value;
		int expect;
	} rows[] = {
		{ "key of 1", "k", "v", 0 },
		{ "key of 32", KEY32, "v", 0 },
		{ "all of a key's bytes", "az09._-", "v", 0 },
		{ "key of 33", KEY32 "6", "v", -EINVAL },
		{ "no key", "", "v", -EINVAL },
		{ "upper case in key", "Key", "v", -EINVAL },
		{ "blank in key", "a b", "v", -EINVAL },
		{ "= in key", "a=b", "v", -EINVAL },
		{ "LF in key", "a\n", "v", -EINVAL },
		{ "high byte in key", "\xc3\xa4", "v", -EINVAL },
		{ "LF in value", "k", "a\nb", -EINVAL },
		{ "CR in value", "k", "a\r", -EINVAL },
		{ "tab in value", "k", "\t", -EINVAL },
		{ "byte 1 in value", "k", "\x01", -EINVAL },
		{ "byte 31 in value", "k", "\x1f", -EINVAL },
		{ "byte 127 in value", "k", "a\x7f", -EINVAL },
		{ "byte 32 in value", "k", " ", 0 },
		{ "byte 126 in value", "k", "~", 0 },
		{ "byte 128 in value", "k", "\x80", 0 },
		{ "byte 255 in value", "k", "\xff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct fields_out out;
		char buf[100];
		size_t len;

		print_message("  %s\n", rows[i].what);
		fields_begin(&out, buf, sizeof(buf));
		fields_put(&out, rows[i].key, rows[i].value);
		assert_int_equal(rows[i].expect, fields_end(&out, &len));
		/* It sticks, and a good one after it writes nothing. */
		fields_put(&out, "k", "v");
		assert_int_equal(rows[i].expect, fields_end(&out, &len));
		fields_begin(&out, buf, sizeof(buf));
		fields_put_bytes(&out, rows[i].key, (const uint8_t *)"v", 1);
		assert_int_equal(*rows[i].value == 'v' ? rows[i].expect : 0,
		    fields_end(&out, &len));
	}
}

static void
fields_first_fault_sticks(void **state)
{
	struct fields_out out;
	char buf[8];
	size_t len;

	(void)state;
	fields_begin(&out, buf, sizeof(buf));
	fields_put(&out, "key", "too long");
	fields_put(&out, "KEY", "\n");
	assert_int_equal(-ENOBUFS, fields_end(&out, &len));
	fields_put(&out, "k", "v"); /* would fit */
	assert_int_equal(-ENOBUFS, fields_end(&out, &len));

	fields_begin(&out, buf, sizeof(buf));
	fields_put(&out, "k", "\n");
	fields_put(&out, "key", "too long");
	assert_int_equal(-EINVAL, fields_end(&out, &len));
}

static void
fields_reads(void **state)
{
	static const char text[] = "a=1\n" KEY32 "=x=y=\nb=\na=2\n";
	static const struct {
		const char *key, *value;
	} expect[] = {
		{ "a", "1" },
		{ KEY32, "x=y=" },
		{ "b", "" },
		{ "a", "2" },
	};
	char *copy = exactly(text, sizeof(text) - 1), value[8];
	struct fields_in in;
	struct field field;

	(void)state;
	fields_open(&in, copy, sizeof(text) - 1);
	for (size_t i = 0; i < N(expect); i++) {
		assert_int_equal(1, fields_next(&in, &field));
		assert_true(field_is(&field, expect[i].key));
		assert_int_equal(0, field_text(&field, value, sizeof(value)));
		assert_string_equal(expect[i].value, value);
	}
	assert_int_equal(0, fields_next(&in, &field));
	assert_int_equal(0, fields_next(&in, &field));
	free(copy);
}

static void
fields_malformed(void **state)
{
	static const struct {
		const char *what, *text;
		size_t len; /* 0: strlen(text) */
		int good;   /* fields before the fault */
		int expect;
	} rows[] = {
		{ "nothing", "", 0, 0, 0 },
		{ "one", "a=1\n", 0, 1, 0 },
		{ "no LF at the end", "a=1\nb=2", 0, 1, -EBADMSG },
		{ "key alone", "a", 0, 0, -EBADMSG },
		{ "no =", "a\n", 0, 0, -EBADMSG },
		{ "no =, one in the next line", "a\nb=1\n", 0, 0, -EBADMSG },
		{ "empty line", "\n", 0, 0, -EBADMSG },
		{ "empty line at the end", "a=1\n\n", 0, 1, -EBADMSG },
		{ "empty line between", "a=1\n\nb=2\n", 0, 1, -EBADMSG },
		{ "no key", "=1\n", 0, 0, -EBADMSG },
		{ "key of 33", KEY32 "6=1\n", 0, 0, -EBADMSG },
		{ "blank before", " a=1\n", 0, 0, -EBADMSG },
		{ "blank after the key", "a =1\n", 0, 0, -EBADMSG },
		{ "upper case", "A=1\n", 0, 0, -EBADMSG },
		{ "comment", "#a=1\n", 0, 0, -EBADMSG },
		{ "CR LF", "a=1\r\n", 0, 0, -EBADMSG },
		{ "CR LF later", "a=1\nb=2\r\n", 0, 1, -EBADMSG },
		{ "tab", "a=\t1\n", 0, 0, -EBADMSG },
		{ "escape", "a=\x1b[m\n", 0, 0, -EBADMSG },
		{ "DEL", "a=\x7f\n", 0, 0, -EBADMSG },
		{ "high bytes in value", "a=\x80\xff\n", 0, 1, 0 },
		{ "high byte in key", "\xe4=1\n", 0, 0, -EBADMSG },
		{ "NUL in value", "a=1\0\n", 5, 0, -EBADMSG },
		{ "NUL in key", "a\0=1\n", 5, 0, -EBADMSG },
		{ "NUL for a key", "\0=1\n", 4, 0, -EBADMSG },
		{ "NUL after the end", "a=1\n\0", 5, 1, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
		char *copy = exactly(rows[i].text, len);
		struct field field;
		struct fields_in in;

		print_message("  %s\n", rows[i].what);
		fields_open(&in, copy, len);
		for (int n = 0; n < rows[i].good; n++)
			assert_int_equal(1, fields_next(&in, &field));
		assert_int_equal(rows[i].expect, fields_next(&in, &field));
		/* Asking again does not get past it. */
		assert_int_equal(rows[i].expect, fields_next(&in, &field));
		free(copy);
	}
}

static struct field
valued(const char *value)
{
	return (struct field){
		.key = "key",
		.key_len = 3,
		.value = value,
		.value_len = strlen(value),
	};
}

static void
field_keys(void **state)
{
	struct field field = { .key = "keys", .key_len = 3 };

	(void)state;
	assert_true(field_is(&field, "key"));
	assert_false(field_is(&field, "keys"));
	assert_false(field_is(&field, "ke"));
	assert_false(field_is(&field, "kez"));
	assert_false(field_is(&field, "KEY"));
	assert_false(field_is(&field, ""));
}

static void
field_texts(void **state)
{
	struct field field = valued("four");
	char out[6] = "-----";

	(void)state;
	assert_int_equal(-EBADMSG, field_text(&field, out, 0));
	assert_int_equal(-EBADMSG, field_text(&field, out, 4));
	assert_string_equal("-----", out);
	assert_int_equal(0, field_text(&field, out, 5));
	assert_memory_equal("four\0", out, 6);
	field = valued("");
	assert_int_equal(-EBADMSG, field_text(&field, out, 0));
	assert_int_equal(0, field_text(&field, out, 1));
	assert_string_equal("", out);
}

static void
field_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int expect;
		uint64_t number;
	} rows[] = {
		{ "0", 0, 0, 0 }, { "0", UINT64_MAX, 0, 0 },
		{ "1", 0, -EBADMSG, 0 }, { "5", 4, -EBADMSG, 0 },
		{ "5", 5, 0, 5 }, { "10", 9, -EBADMSG, 0 }, { "10", 10, 0, 10 },
		{ "11", 10, -EBADMSG, 0 }, { "19", 20, 0, 19 },
		{ "20", 19, -EBADMSG, 0 }, { "255", 255, 0, 255 },
		{ "256", 255, -EBADMSG, 0 },
		{ "4294967296", UINT32_MAX, -EBADMSG, 0 },
		{ "4294967295", UINT32_MAX, 0, UINT32_MAX },
		{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, -EBADMSG, 0 },
		{ "18446744073709551625", UINT64_MAX, -EBADMSG, 0 },
		{ "99999999999999999999", UINT64_MAX, -EBADMSG, 0 },
		{ "184467440737095516150", UINT64_MAX, -EBADMSG, 0 },
		{ "", 9, -EBADMSG, 0 }, { "00", 9, -EBADMSG, 0 },
		{ "01", 9, -EBADMSG, 0 }, { "+1", 9, -EBADMSG, 0 },
		{ "-1", 9, -EBADMSG, 0 }, { "-0", 9, -EBADMSG, 0 },
		{ " 1", 9, -EBADMSG, 0 }, { "1 ", 9, -EBADMSG, 0 },
		{ "0x1", 99, -EBADMSG, 0 }, { "1e1", 99, -EBADMSG, 0 },
		{ "1/", 99, -EBADMSG, 0 }, /* before and after the digits */
		{ "1:", 99, -EBADMSG, 0 },
		{ "\xef\xbc\x91", 99, -EBADMSG, 0 }, /* full-width 1 */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct field field = valued(rows[i].text);
		uint64_t number = 4711;

		print_message("  %s, at most %" PRIu64 "\n", rows[i].text,
		    rows[i].max);
		assert_int_equal(rows[i].expect,
		    field_number(&field, rows[i].max, &number));
		assert_true(number == (rows[i].expect ? 4711 : rows[i].number));
	}
}

/* RFC 4648, section 10; then what is not what a writer would have written. */
static void
field_base64(void **state)
{
	static const struct {
		const char *text, *bytes; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zm8=", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" },
		{ "Zm9vYmFy", "foobar" },
		{ "+/+/", "\xfb\xff\xbf" },
		{ "Zg", NULL },
		{ "Zg=", NULL },
		{ "Zm8", NULL },
		{ "Z", NULL },
		{ "Z===", NULL },
		{ "====", NULL },
		{ "=", NULL },
		{ "Zg===", NULL },
		{ "Zm9v====", NULL },
		{ "Zg==Zg==", NULL },
		{ "Zm8=Zm9v", NULL },
		{ "Zg=v", NULL },
		{ "Z=9v", NULL },
		{ "=m9v", NULL },
		{ "Zh==", NULL }, /* left-over bits */
		{ "Zv==", NULL },
		{ "Zm9=", NULL },
		{ "Zm+=", NULL },
		{ "Zm9vYmF", NULL },
		{ "Zm9v ", NULL },
		{ " Zm9v", NULL },
		{ "Zm 9", NULL },
		{ "-_-_", NULL }, /* the alphabet for URLs */
		{ "Zm9\xe4", NULL },
		{ "Zm9.", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t text_len = strlen(rows[i].text);
		char *copy = exactly(rows[i].text, text_len);
		struct field field = {
			.key = "k",
			.key_len = 1,
			.value = copy,
			.value_len = text_len,
		};
		uint8_t out[8] = "*******";
		size_t len = 77, expect;

		print_message("  \"%s\"\n", rows[i].text);
		if (!rows[i].bytes) {
			assert_int_equal(-EBADMSG,
			    field_bytes(&field, out, sizeof(out), &len));
			assert_int_equal(77, len);
			/* Nothing of it is left there. */
			for (size_t j = 0; j < sizeof(out) - 1; j++)
				assert_true(out[j] == '*' || out[j] == 0);
			free(copy);
			continue;
		}
		expect = strlen(rows[i].bytes);
		if (expect > 0)
			assert_int_equal(-EBADMSG,
			    field_bytes(&field, out, expect - 1, &len));
		assert_memory_equal("*******", out, sizeof(out));
		assert_int_equal(0, field_bytes(&field, out, expect, &len));
		assert_int_equal(expect, len);
		assert_memory_equal(rows[i].bytes, out, len);
		assert_memory_equal(&"*******"[len], out + len, 8 - len);
		free(copy);
	}
}

/* Whatever is read as bytes would be written the same way again. */
static void
field_base64_is_one_to_one(void **state)
{
	static const char tried[] = "AEIMQUYZaefgw/+=-8\x80";
	const size_t n = sizeof(tried); /* the NUL is tried as well */
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < n * n * n * n; i++) {
		char text[4] = { tried[i % n], tried[i / n % n],
			tried[i / n / n % n], tried[i / n / n / n] };
		struct field field = { .value = text, .value_len = 4 };
		struct fields_out out;
		uint8_t bytes[3];
		char buf[7];
		size_t len;

		if (field_bytes(&field, bytes, sizeof(bytes), &len) != 0)
			continue;
		accepted++;
		fields_begin(&out, buf, sizeof(buf));
		fields_put_bytes(&out, "k", bytes, len);
		assert_int_equal(0, fields_end(&out, &len));
		assert_memory_equal(text, buf + 2, 4);
	}
	/*
	 * 16 of them are digits; 10 of these (AEIMQUYgw8) leave no bits over
	 * as a third digit, 4 (AQgw) as a second one.
	 */
	assert_int_equal(16 * 16 * 16 * 16 + 16 * 16 * 10 + 16 * 4, accepted);
}

static void
fields_round_trip(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 96; n++) {
		uint8_t bytes[96], back[96];
		size_t text_len, len;
		struct fields_out out;
		struct fields_in in;
		struct field field;
		char buf[160];

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 151 + n * 29);
		if (n > 0)
			bytes[n - 1] = (uint8_t)(n % 3 ? 0 : 255);
		fields_begin(&out, buf, sizeof(buf));
		fields_put_bytes(&out, "bytes", bytes, n);
		fields_put_number(&out, "n", n);
		assert_int_equal(0, fields_end(&out, &text_len));
		assert_int_equal(6 + FIELDS_BASE64_LEN(n) + 1 + 4 + (n > 9),
		    text_len);

		fields_open(&in, buf, text_len);
		assert_int_equal(1, fields_next(&in, &field));
		assert_int_equal(0,
		    field_bytes(&field, back, sizeof(back), &len));
		assert_int_equal(n, len);
		assert_memory_equal(bytes, back, n);
		assert_int_equal(1, fields_next(&in, &field));
		assert_int_equal(0, fields_next(&in, &field));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_writes),
		cmocka_unit_test(fields_does_not_fit),
		cmocka_unit_test(fields_absurd_length),
		cmocka_unit_test(fields_cannot_be_written),
		cmocka_unit_test(fields_first_fault_sticks),
		cmocka_unit_test(fields_reads),
		cmocka_unit_test(fields_malformed),
		cmocka_unit_test(field_keys),
		cmocka_unit_test(field_texts),
		cmocka_unit_test(field_numbers),
		cmocka_unit_test(field_base64),
		cmocka_unit_test(field_base64_is_one_to_one),
		cmocka_unit_test(fields_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
