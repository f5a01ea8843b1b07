/* SPDX-License-Identifier: BSD-2-Clause */
#include "members.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

#define STEPS_MAX 16

static uint64_t
number_get(const void *at, size_t size)
{
	uint32_t small = 0;
	uint64_t number = 0;

	if (size == sizeof(number))
		memcpy(&number, at, sizeof(number));
	else
		memcpy(&small, at, sizeof(small));
	return number + small;
}

static void
number_set(void *at, size_t size, uint64_t number)
{
	uint32_t small = (uint32_t)number;

	if (size == sizeof(number))
		memcpy(at, &number, sizeof(number));
	else
		memcpy(at, &small, sizeof(small));
}

static uint64_t
number_max(const struct member *member)
{
	if (member->how == MEMBER_TIME)
		return RECORD_TIME_MAX;
	if (member->how == MEMBER_SMALL)
		return 999;
	return member->size == sizeof(uint64_t) ? UINT64_MAX : UINT32_MAX;
}

static bool
is_zero(const uint8_t *at, size_t size)
{
	uint8_t all = 0;

	for (size_t i = 0; i < size; i++)
		all |= at[i];
	return all == 0;
}

static void
steps_put(struct fields_out *out, const char *key, const uint64_t *spent,
    size_t n)
{
	char text[STEPS_MAX * 21 + 1];
	size_t len = 0;

	if (n > STEPS_MAX)
		out->fault = -EINVAL;
	for (size_t i = 0; i < n && i < STEPS_MAX; i++) {
		uint64_t above = i > 0 ? spent[i - 1] : RECORD_TIME_MAX + 1;

		if (spent[i] == 0)
			continue;
		if (spent[i] >= above)
			out->fault = -EINVAL;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%llu", i > 0 ? " " : "", (unsigned long long)spent[i]);
	}
	fields_put(out, key, text);
}

/* Numbers from the highest down, each only once. */
static int
steps_read(const struct field *field, uint64_t *spent, size_t most)
{
	const char *at = field->value, *end = at + field->value_len;
	struct field one = *field;
	size_t n = 0;

	while (at < end) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));

		one.value = at;
		one.value_len = (size_t)((blank ? blank : end) - at);
		if (n == most ||
		    field_number(&one, RECORD_TIME_MAX, &spent[n]) < 0 ||
		    spent[n] == 0 || (n > 0 && spent[n] >= spent[n - 1]) ||
		    (blank != NULL && blank + 1 == end))
			return -EBADMSG;
		n++;
		at = blank != NULL ? blank + 1 : end;
	}
	return n > 0 ? 0 : -EBADMSG;
}

static void
member_put(struct fields_out *out, const char *key, const struct member *member,
    const uint8_t *at)
{
	const struct otp_secret *secret = (const void *)at;

	switch (member->how) {
	case MEMBER_TEXT:
		fields_put(out, key, (const char *)at);
		break;
	case MEMBER_LINES:
		fields_put_bytes(out, key, at, strlen((const char *)at));
		break;
	case MEMBER_NUMBER:
	case MEMBER_SMALL:
	case MEMBER_TIME:
		if (number_get(at, member->size) > number_max(member))
			out->fault = -EINVAL;
		fields_put_number(out, key, number_get(at, member->size));
		break;
	case MEMBER_FLAG:
		fields_put_number(out, key, 1);
		break;
	case MEMBER_SECRET:
		fields_put_bytes(out, key, secret->bytes, secret->len);
		break;
	case MEMBER_BYTES:
		fields_put_bytes(out, key, at, member->size);
		break;
	case MEMBER_STEPS:
		steps_put(out, key, (const uint64_t *)(const void *)at,
		    member->size / sizeof(uint64_t));
		break;
	}
}

static int
member_read(const struct field *field, const struct member *member, uint8_t *at)
{
	struct otp_secret *secret = (void *)at;
	uint64_t number;
	size_t len;
	int r;

	switch (member->how) {
	case MEMBER_TEXT:
		return field_text(field, (char *)at, member->size);
	case MEMBER_LINES:
		r = field_bytes(field, at, member->size - 1, &len);
		if (r == 0 && (len == 0 || memchr(at, '\0', len) != NULL))
			return -EBADMSG;
		return r;
	case MEMBER_NUMBER:
	case MEMBER_SMALL:
	case MEMBER_TIME:
		r = field_number(field, number_max(member), &number);
		if (r == 0)
			number_set(at, member->size, number);
		return r;
	case MEMBER_FLAG:
		r = field_number(field, 1, &number);
		if (r == 0)
			*at = (uint8_t)number;
		return r;
	case MEMBER_SECRET:
		return field_bytes(field, secret->bytes, sizeof(secret->bytes),
		    &secret->len);
	case MEMBER_BYTES:
		r = field_bytes(field, at, member->size, &len);
		return r == 0 && len != member->size ? -EBADMSG : r;
	case MEMBER_STEPS:
		return steps_read(field, (uint64_t *)(void *)at,
		    member->size / sizeof(uint64_t));
	}
	return -EBADMSG;
}

/* "device.0.label", or "missed.last" where there is only one. */
static void
member_key(char key[static FIELDS_KEY_MAX + 1], const struct part *part,
    size_t i, const struct member *member)
{
	char *at = stpcpy(key, part->prefix);

	if (part->count > 1) {
		*at++ = (char)('0' + i);
		*at++ = '.';
	}
	strcpy(at, member->name);
}

/* The member that goes by this key, and in which struct of the part it is. */
static const struct member *
member_find(const struct field *field, const struct part *part, size_t *i)
{
	size_t prefix = strlen(part->prefix);
	const char *at = field->key + prefix;
	size_t len = field->key_len - prefix;

	*i = 0;
	if (field->key_len <= prefix ||
	    memcmp(field->key, part->prefix, prefix) != 0)
		return NULL;
	if (part->count > 1) {
		if (len < 3 || at[0] < '0' || at[1] != '.' ||
		    (size_t)(at[0] - '0') >= part->count)
			return NULL;
		*i = (size_t)(at[0] - '0');
		at += 2;
		len -= 2;
	}
	for (size_t m = 0; m < part->n; m++)
		if (strlen(part->member[m].name) == len &&
		    memcmp(part->member[m].name, at, len) == 0)
			return &part->member[m];
	return NULL;
}

/* Most of a whole is zero, and is left out before anything is made of it. */
static void
part_put(struct fields_out *out, const struct part *part, size_t i,
    const void *whole)
{
	const uint8_t *at = (const uint8_t *)whole + part->at + i * part->size;
	char key[FIELDS_KEY_MAX + 1];

	for (size_t m = 0; m < part->n; m++) {
		const struct member *member = &part->member[m];

		if (is_zero(at + member->at, member->size))
			continue;
		member_key(key, part, i, member);
		member_put(out, key, member, at + member->at);
	}
}

void
members_put(struct fields_out *out, const struct part *parts, size_t n,
    const void *whole)
{
	for (size_t p = 0; p < n; p++)
		for (size_t i = 0; i < parts[p].count; i++)
			part_put(out, &parts[p], i, whole);
}

/* One field, into whichever member it names. */
static int
read_one(const struct field *field, const struct part *parts, size_t n,
    void *whole)
{
	const struct member *member;
	uint8_t *at;
	size_t i;

	for (size_t p = 0; p < n; p++) {
		member = member_find(field, &parts[p], &i);
		if (member == NULL)
			continue;
		at = (uint8_t *)whole + parts[p].at + i * parts[p].size +
		    member->at;
		if (!is_zero(at, member->size))
			return -EBADMSG;
		return member_read(field, member, at);
	}
	return -EBADMSG;
}

int
members_read(struct fields_in *in, const struct part *parts, size_t n,
    void *whole)
{
	struct field field;
	int r;

	while ((r = fields_next(in, &field)) > 0) {
		r = read_one(&field, parts, n, whole);
		if (r < 0)
			break;
	}
	return r;
}
