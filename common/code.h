/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes as people see them: how a random one is written, how a typed one is
 * read, and what is stored of one.
 */
#ifndef COMMON_CODE_H
#define COMMON_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than this is no code, and is not looked at any further. */
#define CODE_TYPED_MAX 128

/* A recovery code: 80 bits as 16 characters of Crockford's base32. */
#define CODE_RECOVERY_BITS 80
#define CODE_RECOVERY_BYTES (CODE_RECOVERY_BITS / 8)
#define CODE_RECOVERY_LEN 16
#define CODE_RECOVERY_SIZE (CODE_RECOVERY_LEN + 3 + 1) /* XXXX-XXXX-... */

/* What any code has; those that are sent may have that many. */
#define CODE_LEN_MIN 6
#define CODE_LEN_MAX 25

#define CODE_SALT_LEN 16
#define CODE_HASH_LEN 32
#define CODE_ROUNDS 10000

enum code_shape {
	CODE_NONE = 0, /* cannot be a code at all */
	CODE_DIGITS,   /* 6 to 8 digits: of a device, or one that was sent */
	CODE_RECOVERY, /* 16 characters: the same of a recovery code */
	CODE_OTHER,    /* can only be one that was sent */
};

/* What was typed, in the one form in which it is compared. */
struct code {
	enum code_shape shape;
	size_t len;
	char text[CODE_LEN_MAX + 1];
};

/*
 * Read what somebody typed: blanks, tabs, line ends and dashes are passed
 * over; case does not matter, and I, L, O are read as 1, 1, 0, but in a code of
 * a device.  Digits are ASCII digits, whatever the locale.  "code" is always
 * set; the caller wipes it.  Whoever knows a policy asks sent_read() instead.
 */
void code_read(const char *typed, struct code *code);

/* Is it one of those that are passed over? */
bool code_passes_over(char c);

/* Write 80 random bits as XXXX-XXXX-XXXX-XXXX. */
void code_recovery_write(const uint8_t bits[static CODE_RECOVERY_BYTES],
    char out[static CODE_RECOVERY_SIZE]);

/*
 * What is stored of a code: PBKDF2-HMAC-SHA-256 of its characters as
 * code_read() gives them.  0, or -EIO: the crypto library failed.
 */
int code_derive(const char *text, const uint8_t salt[static CODE_SALT_LEN],
    uint8_t hash[static CODE_HASH_LEN]) __attribute__((warn_unused_result));

#endif
