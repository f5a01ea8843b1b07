/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of key=value: the one codec, for records, messages and requests.
 *
 *	text  = *( key "=" value LF )
 *	key   = 1*32 of a-z 0-9 "." "_" "-"
 *	value = bytes without control characters (0-31, 127); may be empty
 *
 * Numbers are decimal without sign or leading zero; binary is base64.
 * Nothing is allocated.
 */
#ifndef COMMON_FIELDS_H
#define COMMON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELDS_KEY_MAX 32

/* The text that "n" bytes become as base64, without a NUL. */
#define FIELDS_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Writing.  A fault sticks: check fields_end() once, at the end. */
struct fields_out {
	char *buf;
	size_t size, len;
	int fault;
};

void fields_begin(struct fields_out *out, char *buf, size_t size);
void fields_put(struct fields_out *out, const char *key, const char *value);
void fields_put_number(struct fields_out *out, const char *key,
    uint64_t number);
void fields_put_bytes(struct fields_out *out, const char *key,
    const uint8_t *bytes, size_t len);

/*
 * 0 and the length of the text (which has no NUL), or -ENOBUFS: it did not
 * fit, -EINVAL: a key or value that cannot be written.
 */
int fields_end(const struct fields_out *out, size_t *len)
    __attribute__((warn_unused_result));

/* Reading.  Keys and values point into the text and have no NUL. */
struct fields_in {
	const char *next, *end;
};

struct field {
	const char *key, *value;
	size_t key_len, value_len;
};

void fields_open(struct fields_in *in, const char *text, size_t len);

/* 1: a field; 0: the end; -EBADMSG: not of this form. */
int fields_next(struct fields_in *in, struct field *field)
    __attribute__((warn_unused_result));

bool field_is(const struct field *field, const char *key);

/*
 * These give 0, or -EBADMSG and leave the output alone; but what field_bytes()
 * had written of "out" by then is zero.
 */
int field_text(const struct field *field, char *out, size_t size)
    __attribute__((warn_unused_result));
int field_number(const struct field *field, uint64_t max, uint64_t *out)
    __attribute__((warn_unused_result));
int field_bytes(const struct field *field, uint8_t *out, size_t size,
    size_t *len) __attribute__((warn_unused_result));

#endif
