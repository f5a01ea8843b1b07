/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/code.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define TEN "          "
#define RECOVERY "0123456789ABCDEF"

/* Read from memory that ends where the text does. */
static struct code
read_exactly(const char *typed, size_t size)
{
	char *copy = malloc(size);
	struct code code;

	assert_non_null(copy);
	memcpy(copy, typed, size);
	memset(&code, 'x', sizeof(code));
	code_read(copy, &code);
	free(copy);
	return code;
}

static void
code_spellings(void **state)
{
	static const struct {
		const char *what, *typed;
		enum code_shape shape;
		const char *text;
	} rows[] = {
		{ "6 digits", "123456", CODE_DIGITS, "123456" },
		{ "7 digits", "1234567", CODE_DIGITS, "1234567" },
		{ "8 digits", "12345678", CODE_DIGITS, "12345678" },
		{ "zeros in front", "000123", CODE_DIGITS, "000123" },
		{ "nothing but zeros", "000000", CODE_DIGITS, "000000" },
		{ "a blank", "123 456", CODE_DIGITS, "123456" },
		{ "a dash", "123-456", CODE_DIGITS, "123456" },
		{ "blank before", " 123456", CODE_DIGITS, "123456" },
		{ "blank after", "123456 ", CODE_DIGITS, "123456" },
		{ "tabs", "\t123\t456\t", CODE_DIGITS, "123456" },
		{ "line ends", "123456\r\n", CODE_DIGITS, "123456" },
		{ "all of them", " -1 2\t3--4\r5\n6 - ", CODE_DIGITS,
		    "123456" },
		{ "128 bytes",
		    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "  123456",
		    CODE_DIGITS, "123456" },
		{ "129 bytes",
		    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "   123456",
		    CODE_NONE, "" },
		{ "a code, then 129 bytes of blanks",
		    "123456" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
		    "   ",
		    CODE_NONE, "" },
		{ "empty", "", CODE_NONE, "" },
		{ "blanks alone", " \t - ", CODE_NONE, "" },
		{ "1 digit", "1", CODE_NONE, "" },
		{ "5 digits", "12345", CODE_NONE, "" },
		{ "5 digits and blanks", "12 345 ", CODE_NONE, "" },
		{ "9 digits", "123456789", CODE_OTHER, "123456789" },
		{ "12 digits", "123456123456", CODE_OTHER, "123456123456" },
		{ "15 digits", "123456789012345", CODE_OTHER,
		    "123456789012345" },
		{ "17 digits", "12345678901234567", CODE_OTHER,
		    "12345678901234567" },
		{ "a plus", "+123456", CODE_NONE, "" },
		{ "a plus for a digit", "+12345", CODE_NONE, "" },
		{ "a comma", "123,456", CODE_NONE, "" },
		{ "a full stop", "123.456", CODE_NONE, "" },
		{ "an underscore", "123_456", CODE_NONE, "" },
		{ "hexadecimal", "0x1234", CODE_OTHER, "0X1234" },
		{ "an exponent", "1234e5", CODE_OTHER, "1234E5" },
		{ "before and after the digits", "/12345", CODE_NONE, "" },
		{ "after the digits", ":12345", CODE_NONE, "" },
		{ "I for 1", "I23456", CODE_OTHER, "123456" },
		{ "l for 1", "l23456", CODE_OTHER, "123456" },
		{ "O for 0", "O23456", CODE_OTHER, "023456" },
		{ "form feed", "123\f456", CODE_NONE, "" },
		{ "vertical tab", "123\v456", CODE_NONE, "" },
		{ "byte 1", "123\001456", CODE_NONE, "" },
		{ "DEL", "123456\x7f", CODE_NONE, "" },
		{ "full-width digits",
		    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93"
		    "\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96",
		    CODE_NONE, "" },
		{ "Arabic digits",
		    "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6",
		    CODE_NONE, "" },
		{ "a non-breaking blank",
		    "123\xc2\xa0"
		    "456",
		    CODE_NONE, "" },
		{ "the same in Latin-1",
		    "123\xa0"
		    "456",
		    CODE_NONE, "" },
		{ "digits with the high bit", "\xb1\xb2\xb3\xb4\xb5\xb6",
		    CODE_NONE, "" },
		{ "a long dash",
		    "123\xe2\x80\x93"
		    "456",
		    CODE_NONE, "" },

		{ "recovery", RECOVERY, CODE_RECOVERY, RECOVERY },
		{ "as it is shown", "0123-4567-89AB-CDEF", CODE_RECOVERY,
		    RECOVERY },
		{ "lower case", "0123-4567-89ab-cdef", CODE_RECOVERY,
		    RECOVERY },
		{ "blanks", " 0123 4567\t89aB cDEF\r\n", CODE_RECOVERY,
		    RECOVERY },
		{ "odd groups", "0-12345-6789ABCDE-F", CODE_RECOVERY,
		    RECOVERY },
		{ "o and l", "ol23-4567-89ab-cdef", CODE_RECOVERY, RECOVERY },
		{ "O and I", "OI23-4567-89AB-CDEF", CODE_RECOVERY, RECOVERY },
		{ "L and i", "Li00-0000-0000-0000", CODE_RECOVERY,
		    "1100000000000000" },
		{ "the other half", "ghjk-mnpq-rstv-wxyz", CODE_RECOVERY,
		    "GHJKMNPQRSTVWXYZ" },
		{ "digits alone", "1234567890123456", CODE_RECOVERY,
		    "1234567890123456" },
		{ "U", "U123456789ABCDEF", CODE_NONE, "" },
		{ "u", "0123-4567-89ab-cdeu", CODE_NONE, "" },
		{ "15 characters", "0123-4567-89AB-CDE", CODE_OTHER,
		    "0123456789ABCDE" },
		{ "17 characters", "0123-4567-89AB-CDEF0", CODE_OTHER,
		    "0123456789ABCDEF0" },
		{ "two at once", RECOVERY RECOVERY, CODE_NONE, "" },
		{ "16 and a stranger", RECOVERY "!", CODE_NONE, "" },
		{ "8 letters", "ABCDEFGH", CODE_OTHER, "ABCDEFGH" },
		{ "6 characters", "12345A", CODE_OTHER, "12345A" },
		{ "5 characters", "1234A", CODE_NONE, "" },
		{ "25 characters", "0123456789ABCDEFGHJKMNPQR", CODE_OTHER,
		    "0123456789ABCDEFGHJKMNPQR" },
		{ "25 and a blank", "01234 56789ABCDEFGHJKMNPQR ", CODE_OTHER,
		    "0123456789ABCDEFGHJKMNPQR" },
		{ "25 digits", "1234567890123456789012345", CODE_OTHER,
		    "1234567890123456789012345" },
		{ "26 characters", "0123456789ABCDEFGHJKMNPQRS", CODE_NONE,
		    "" },
		{ "an asterisk", "0123-4567-89AB-CDE*", CODE_NONE, "" },
		{ "before A, after Z", "0123-4567-89AB-CD@[", CODE_NONE, "" },
		{ "before a, after z", "0123-4567-89AB-CD`{", CODE_NONE, "" },
		{ "an umlaut", "0123-4567-89AB-CD\xc3\x84", CODE_NONE, "" },
		{ "a password", "correct horse battery staple", CODE_OTHER,
		    "C0RRECTH0RSEBATTERYSTAP1E" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		static const char zero[sizeof(struct code)];
		struct code code =
		    read_exactly(rows[i].typed, strlen(rows[i].typed) + 1);

		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].shape, code.shape);
		assert_string_equal(rows[i].text, code.text);
		assert_int_equal(strlen(rows[i].text), code.len);
		if (rows[i].shape == CODE_NONE)
			assert_memory_equal(zero, &code, sizeof(code));
	}
}

/* Every single byte, among five digits and among fifteen. */
static void
code_every_byte(void **state)
{
	static const char blanks[] = " \t\r\n-";
	static const char decimal[] = "0123456789";
	static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
					"abcdefghjkmnpqrstvwxyzIiLlOo";

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		char six[] = "12?345", sixteen[] = "0123456789ABCDE?";
		struct code code;

		six[2] = sixteen[15] = (char)byte;
		code_read(six, &code);
		assert_int_equal(strchr(decimal, byte) ? CODE_DIGITS
			: strchr(crockford, byte)      ? CODE_OTHER
						       : CODE_NONE,
		    code.shape);
		code_read(sixteen, &code);
		assert_int_equal(strchr(crockford, byte) ? CODE_RECOVERY
			: strchr(blanks, byte)           ? CODE_OTHER
							 : CODE_NONE,
		    code.shape);
	}
	for (size_t i = 0; i < sizeof(blanks) - 1; i++) {
		char seven[] = "123?456";
		struct code code;

		seven[3] = blanks[i];
		code_read(seven, &code);
		assert_string_equal("123456", code.text);
	}
}

/* No byte after the 129th is looked at: there is none, not even a NUL. */
static void
code_endless(void **state)
{
	char typed[CODE_TYPED_MAX + 1];

	(void)state;
	for (int c = 0; c < 3; c++) {
		memset(typed, " 1x"[c], sizeof(typed));
		assert_int_equal(CODE_NONE,
		    read_exactly(typed, sizeof(typed)).shape);
	}
}

/* The texts are from Python: the bits as one number, 5 at a time. */
static void
code_recovery_written(void **state)
{
	static const struct {
		uint8_t bits[CODE_RECOVERY_BYTES];
		const char *text;
	} rows[] = {
		{ { 0 }, "0000-0000-0000-0000" },
		{ { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 },
		    "ZZZZ-ZZZZ-ZZZZ-ZZZZ" },
		{ { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35,
		      0xcf },
		    "0123-4567-89AB-CDEF" },
		{ { 0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77,
		      0xdf },
		    "GHJK-MNPQ-RSTV-WXYZ" },
		{ { 0x80, [9] = 0x01 }, "G000-0000-0000-0001" },
		{ { 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f,
		      0xf0 },
		    "1ZR0-ZW0F-Y07Z-03ZG" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		/* On the heap: reading past the last byte is seen. */
		uint8_t *bits = malloc(CODE_RECOVERY_BYTES);
		char out[CODE_RECOVERY_SIZE + 1] = { 0 };
		struct code code;

		assert_non_null(bits);
		memcpy(bits, rows[i].bits, CODE_RECOVERY_BYTES);
		out[CODE_RECOVERY_SIZE] = '*';
		code_recovery_write(bits, out);
		free(bits);
		assert_string_equal(rows[i].text, out);
		assert_int_equal('*', out[CODE_RECOVERY_SIZE]);
		code_read(out, &code);
		assert_int_equal(CODE_RECOVERY, code.shape);
	}
}

/* Python's hashlib.pbkdf2_hmac("sha256", text, salt, 10000). */
static void
code_derived(void **state)
{
	static const struct {
		const char *text;
		uint8_t salt_first, salt_step; /* 16 bytes from these */
		const char *hex;
	} rows[] = {
		{ "0123456789ABCDEF", 0, 1,
		    "39cabbd5fd54874fab3fa6fa3e8ff1fc"
		    "e4d11c6aef699c995fbe2cb9ab8db3bc" },
		{ "ZYXWVTSRQPNMKJHG", 255, 0,
		    "67c44bd9e97bb4f742e86795748aaf2a"
		    "5342190931153f5ea61f3a1d8f658d48" },
		{ "0000000000000000", 0, 0,
		    "bda90769109c5d57e4144294195ae6f5"
		    "bba77e26f7a08ce01c674c0fa38198c1" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		uint8_t salt[CODE_SALT_LEN], hash[CODE_HASH_LEN];
		char hex[2 * CODE_HASH_LEN + 1];

		for (size_t b = 0; b < sizeof(salt); b++)
			salt[b] = (uint8_t)(rows[i].salt_first +
			    b * rows[i].salt_step);
		assert_int_equal(0, code_derive(rows[i].text, salt, hash));
		for (size_t b = 0; b < sizeof(hash); b++)
			snprintf(hex + 2 * b, 3, "%02x", hash[b]);
		assert_string_equal(rows[i].hex, hex);
	}
}

/* No provider is left: nothing is given away, not even an OpenSSL error. */
static void
code_crypto_fails(void **state)
{
	static const uint8_t salt[CODE_SALT_LEN], zero[CODE_HASH_LEN];
	uint8_t hash[CODE_HASH_LEN];

	(void)state;
	memset(hash, 'x', sizeof(hash));
	ERR_clear_error();
	assert_int_equal(1, EVP_set_default_properties(NULL, "provider=none"));
	assert_int_equal(-EIO, code_derive(RECOVERY, salt, hash));
	assert_int_equal(1, EVP_set_default_properties(NULL, ""));
	assert_memory_equal(zero, hash, sizeof(hash));
	assert_int_equal(0, ERR_peek_error());
	assert_int_equal(0, code_derive(RECOVERY, salt, hash));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_spellings),
		cmocka_unit_test(code_every_byte),
		cmocka_unit_test(code_endless),
		cmocka_unit_test(code_recovery_written),
		cmocka_unit_test(code_derived),
		cmocka_unit_test(code_crypto_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
