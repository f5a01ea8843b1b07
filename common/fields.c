/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

#include <errno.h>
#include <string.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool
key_ok(const char *key, size_t len)
{
	if (len < 1 || len > FIELDS_KEY_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = key[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' &&
		    c != '_' && c != '-')
			return false;
	}
	return true;
}

static bool
value_ok(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c < 32 || c == 127)
			return false;
	}
	return true;
}

/* Write a line but for its value.  The place of that, or NULL and a fault. */
static char *
line_begin(struct fields_out *out, const char *key, size_t value_len)
{
	size_t key_len = strlen(key);
	char *value;

	if (out->fault)
		return NULL;
	if (!key_ok(key, key_len)) {
		out->fault = -EINVAL;
		return NULL;
	}
	if (key_len + 2 > out->size - out->len ||
	    value_len > out->size - out->len - key_len - 2) {
		out->fault = -ENOBUFS;
		return NULL;
	}
	memcpy(out->buf + out->len, key, key_len);
	value = out->buf + out->len + key_len + 1;
	value[-1] = '=';
	value[value_len] = '\n';
	out->len += key_len + value_len + 2;
	return value;
}

void
fields_begin(struct fields_out *out, char *buf, size_t size)
{
	*out = (struct fields_out){ .buf = buf, .size = size };
}

void
fields_put(struct fields_out *out, const char *key, const char *value)
{
	size_t len = strlen(value);
	char *place;

	if (!value_ok(value, len) && !out->fault)
		out->fault = -EINVAL;
	place = line_begin(out, key, len);
	if (place)
		memcpy(place, value, len);
}

void
fields_put_number(struct fields_out *out, const char *key, uint64_t number)
{
	char text[sizeof("18446744073709551615")];
	char *at = text + sizeof(text) - 1;

	*at = '\0';
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	fields_put(out, key, at);
	explicit_bzero(text, sizeof(text));
}

/* Four digits of base64 for 1 to 3 bytes. */
static void
group_write(const uint8_t *bytes, size_t len, char out[static 4])
{
	uint32_t bits = (uint32_t)bytes[0] << 16;

	if (len > 1)
		bits |= (uint32_t)bytes[1] << 8;
	if (len > 2)
		bits |= bytes[2];
	for (size_t i = 0; i < 4; i++)
		out[i] = i <= len ? digits[bits >> (18 - 6 * i) & 63] : '=';
}

void
fields_put_bytes(struct fields_out *out, const char *key, const uint8_t *bytes,
    size_t len)
{
	/* What is longer than the buffer stays too long as base64. */
	char *place = line_begin(out, key,
	    len > out->size ? len : FIELDS_BASE64_LEN(len));

	if (!place)
		return;
	for (size_t i = 0; i < len; i += 3) {
		group_write(bytes + i, len - i < 3 ? len - i : 3, place);
		place += 4;
	}
}

int
fields_end(const struct fields_out *out, size_t *len)
{
	if (!out->fault)
		*len = out->len;
	return out->fault;
}

void
fields_open(struct fields_in *in, const char *text, size_t len)
{
	*in = (struct fields_in){ .next = text, .end = text + len };
}

int
fields_next(struct fields_in *in, struct field *field)
{
	const char *key = in->next, *equals, *lf;
	struct field found;

	if (key == in->end)
		return 0;
	lf = memchr(key, '\n', (size_t)(in->end - key));
	if (!lf)
		return -EBADMSG;
	equals = memchr(key, '=', (size_t)(lf - key));
	if (!equals)
		return -EBADMSG;
	found = (struct field){
		.key = key,
		.key_len = (size_t)(equals - key),
		.value = equals + 1,
		.value_len = (size_t)(lf - equals - 1),
	};
	if (!key_ok(found.key, found.key_len) ||
	    !value_ok(found.value, found.value_len))
		return -EBADMSG;
	in->next = lf + 1;
	*field = found;
	return 1;
}

bool
field_is(const struct field *field, const char *key)
{
	return strlen(key) == field->key_len &&
	    memcmp(key, field->key, field->key_len) == 0;
}

int
field_text(const struct field *field, char *out, size_t size)
{
	if (field->value_len >= size)
		return -EBADMSG;
	memcpy(out, field->value, field->value_len);
	out[field->value_len] = '\0';
	return 0;
}

int
field_number(const struct field *field, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	if (field->value_len == 0 ||
	    (field->value_len > 1 && field->value[0] == '0'))
		return -EBADMSG;
	for (size_t i = 0; i < field->value_len; i++) {
		char c = field->value[i];
		uint64_t digit;

		if (c < '0' || c > '9')
			return -EBADMSG;
		digit = (uint64_t)(c - '0');
		if (digit > max || number > (max - digit) / 10)
			return -EBADMSG;
		number = number * 10 + digit;
	}
	*out = number;
	return 0;
}

/* The six bits of a digit of base64, or more than 63. */
static uint32_t
digit_read(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0' + 52);
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/*
 * The "len" bytes, 1 to 3, of a group of which 3 - len are padding; false: not
 * base64.  The bits that no byte takes must be as a writer leaves them.
 */
static bool
group_read(const char in[static 4], uint8_t *out, size_t len)
{
	uint32_t bits = 0, bad = 0;

	for (size_t i = 0; i < 4; i++) {
		uint32_t digit = i <= len ? digit_read(in[i]) : 0;

		bad |= digit & 64;
		bits = bits << 6 | (digit & 63);
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return bad == 0 && (bits & ((UINT32_C(1) << (24 - 8 * len)) - 1)) == 0;
}

int
field_bytes(const struct field *field, uint8_t *out, size_t size, size_t *len)
{
	const char *text = field->value;
	size_t total = field->value_len / 4 * 3;
	bool good = true;

	if (field->value_len % 4 != 0)
		return -EBADMSG;
	if (total > 0 && text[field->value_len - 1] == '=')
		total -= text[field->value_len - 2] == '=' ? 2 : 1;
	if (total > size)
		return -EBADMSG;
	for (size_t at = 0; at < total; at += 3, text += 4)
		good &=
		    group_read(text, out + at, total - at < 3 ? total - at : 3);
	if (!good) {
		explicit_bzero(out, total);
		return -EBADMSG;
	}
	*len = total;
	return 0;
}
