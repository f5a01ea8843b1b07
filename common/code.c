/* SPDX-License-Identifier: BSD-2-Clause */
#include "code.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "otp.h"

/* Crockford's digits: no I, L and O, which look like others, and no U. */
#define DIGITS 32
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The digit that "c" is read as, or NUL. */
static char
digit_read(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	return memchr(digits, c, DIGITS) ? c : '\0';
}

bool
code_passes_over(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-';
}

/* Read into "code" but for the shape; how many were plain decimal digits. */
static size_t
text_read(const char *typed, size_t len, struct code *code)
{
	size_t decimal = 0;

	for (size_t i = 0; i < len; i++) {
		char digit = digit_read(typed[i]);

		if (code_passes_over(typed[i]))
			continue;
		if (digit == '\0' || code->len == CODE_LEN_MAX) {
			code->len = 0; /* which no code has */
			break;
		}
		decimal += typed[i] >= '0' && typed[i] <= '9';
		code->text[code->len++] = digit;
	}
	return decimal;
}

void
code_read(const char *typed, struct code *code)
{
	size_t len = strnlen(typed, CODE_TYPED_MAX + 1), decimal = 0;

	memset(code, 0, sizeof(*code));
	if (len <= CODE_TYPED_MAX)
		decimal = text_read(typed, len, code);
	if (code->len == CODE_RECOVERY_LEN)
		code->shape = CODE_RECOVERY;
	else if (code->len >= OTP_DIGITS_MIN && code->len <= OTP_DIGITS_MAX &&
	    decimal == code->len)
		code->shape = CODE_DIGITS;
	else if (code->len >= CODE_LEN_MIN)
		code->shape = CODE_OTHER;
	else
		explicit_bzero(code, sizeof(*code));
}

void
code_recovery_write(const uint8_t bits[static CODE_RECOVERY_BYTES],
    char out[static CODE_RECOVERY_SIZE])
{
	uint32_t left = 0; /* bits that are not written yet, in its low end */
	unsigned int n_left = 0;

	for (size_t i = 0; i < CODE_RECOVERY_LEN; i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = '-';
		if (n_left < 5) {
			left = left << 8 | *bits++;
			n_left += 8;
		}
		n_left -= 5;
		*out++ = digits[left >> n_left & 31];
	}
	*out = '\0';
	explicit_bzero(&left, sizeof(left));
}

int
code_derive(const char *text, const uint8_t salt[static CODE_SALT_LEN],
    uint8_t hash[static CODE_HASH_LEN])
{
	int ok;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	ok = PKCS5_PBKDF2_HMAC(text, (int)strlen(text), salt, CODE_SALT_LEN,
	    CODE_ROUNDS, EVP_sha256(), CODE_HASH_LEN, hash);
	ERR_pop_to_mark();
	if (ok != 1) {
		explicit_bzero(hash, CODE_HASH_LEN);
		return -EIO;
	}
	return 0;
}
