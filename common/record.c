/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text form.  One list of members for each struct, below, is all there is
 * to it: writer, reader, and the proof that the fullest record fits a slot are
 * made of these lists.
 */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

/* X(struct, name in the text, member, how it is written) */
/* clang-format off */
#define DEVICE(X)                                    \
	X(device, "label", label, TEXT)              \
	X(device, "kind", kind, SMALL)              \
	X(device, "off", off, FLAG)                  \
	X(device, "hash", otp.hash, SMALL)          \
	X(device, "digits", otp.digits, SMALL)      \
	X(device, "secret", otp.secret, SECRET)      \
	X(device, "period", period, SMALL)          \
	X(device, "counter", counter, NUMBER)        \
	X(device, "resync", resync, NUMBER)          \
	X(device, "spent", spent, STEPS)             \
	X(device, "created", created, TIME)        \
	X(device, "used", used, TIME)

#define RECOVERY(X)                                  \
	X(recovery_set, "created", created, TIME)  \
	X(recovery_set, "spent", spent, NUMBER)      \
	X(recovery_set, "salt", salt, BYTES)         \
	X(recovery_set, "hash", hash, BYTES)

#define PENDING(X)                                   \
	X(pending, "until", until, TIME)           \
	X(pending, "mode", mode, SMALL)

#define PENDING_SET(X)                               \
	X(pending_set, "until", until, TIME)

#define TICKET(X)                                    \
	X(ticket, "until", until, TIME)            \
	X(ticket, "salt", salt, BYTES)               \
	X(ticket, "hash", hash, BYTES)

#define FAILURES(X)                                  \
	X(failures, "row", row, NUMBER)              \
	X(failures, "budget", budget, NUMBER)        \
	X(failures, "budget_from", budget_from, TIME) \
	X(failures, "wait_until", wait_until, TIME) \
	X(failures, "recovery_row", recovery_row, NUMBER) \
	X(failures, "recovery_wait", recovery_wait_until, TIME)

#define MISSED(X)                                    \
	X(missed, "wrong", wrong, NUMBER)            \
	X(missed, "replayed", replayed, NUMBER)      \
	X(missed, "last", last, TIME)              \
	X(missed, "rhost", rhost, TEXT)

#define CHANGE(X)                                    \
	X(change, "number", number, NUMBER)          \
	X(change, "at", at, TIME)                  \
	X(change, "kind", kind, SMALL)              \
	X(change, "label", label, TEXT)

#define RECORD(X)                                    \
	X(record, "uid", uid, NUMBER)                \
	X(record, "created", created, TIME)        \
	X(record, "locked", locked, SMALL)          \
	X(record, "locked_at", locked_at, TIME)    \
	X(record, "changes", changes, NUMBER)

/* X(list, prefix in the text, member of the record, how many of it) */
#define PARTS(X)                                             \
	X(DEVICE, "device.", device, RECORD_DEVICES)         \
	X(RECOVERY, "recovery.", recovery, 1)                \
	X(PENDING, "pending.", pending, 1)                   \
	X(DEVICE, "pending.device.", pending.device, 1)      \
	X(PENDING_SET, "pending_set.", pending_set, 1)       \
	X(RECOVERY, "pending_set.codes.", pending_set.set, 1) \
	X(TICKET, "ticket.", ticket, 1)                      \
	X(FAILURES, "failures.", failures, LANES)            \
	X(MISSED, "missed.", missed, 1)                      \
	X(CHANGE, "change.", change, RECORD_CHANGES)
/* clang-format on */

enum how { TEXT, NUMBER, SMALL, TIME, FLAG, SECRET, BYTES, STEPS };

struct member {
	const char *name;
	enum how how;
	size_t at, size;
};

/* Members of a struct, or of each struct in an array, in the record. */
struct part {
	const char *prefix;
	const struct member *member;
	size_t n, at, size, count;
};

#define SIZE_OF(type, member) sizeof(((struct type *)NULL)->member)
#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ROW(type, name, member, how)                                           \
	{ name, how, offsetof(struct type, member), SIZE_OF(type, member) },

static const struct member DEVICE_members[] = { DEVICE(ROW) };
static const struct member RECOVERY_members[] = { RECOVERY(ROW) };
static const struct member PENDING_members[] = { PENDING(ROW) };
static const struct member PENDING_SET_members[] = { PENDING_SET(ROW) };
static const struct member TICKET_members[] = { TICKET(ROW) };
static const struct member FAILURES_members[] = { FAILURES(ROW) };
static const struct member MISSED_members[] = { MISSED(ROW) };
static const struct member CHANGE_members[] = { CHANGE(ROW) };
static const struct member RECORD_members[] = { RECORD(ROW) };

#define PART(list, prefix, member, count)                                      \
	{ prefix, list##_members, N_OF(list##_members),                        \
		offsetof(struct record, member),                               \
		SIZE_OF(record, member) / (count), count },

static const struct part parts[] = { { "", RECORD_members, N_OF(RECORD_members),
					 0, sizeof(struct record), 1 },
	PARTS(PART) };

/* The proof.  What a value can become, as text, at the most: */
#define TEXT_LEN(size) ((size)-1)
#define NUMBER_LEN(size) ((size) == 8 ? 20 : 10)
#define SMALL_LEN(size) 3
#define TIME_LEN(size) 11 /* RECORD_TIME_MAX */
#define FLAG_LEN(size) 1
#define SECRET_LEN(size) FIELDS_BASE64_LEN(OTP_SECRET_MAX)
#define BYTES_LEN(size) FIELDS_BASE64_LEN(size)
#define STEPS_LEN(size) (RECORD_SPENT * 12)
#define LINE_LEN(type, name, member, how)                                      \
	+sizeof(name "=") + how##_LEN(SIZE_OF(type, member))
/* The prefix, and ".0" after it where there are several. */
#define PART_LEN(list, prefix, member, count)                                  \
	+(count) *                                                             \
	    (N_OF(list##_members) * (sizeof(prefix) - 1 + 2) +                 \
		(0 list(LINE_LEN)))

/*
 * Room that is kept for what is not here yet, as the design bounds it: 2 sent
 * codes, 3 addresses, 8 remembered clients.
 */
#define LATER_LEN (2 * 180 + 3 * 280 + 8 * 60)

_Static_assert(sizeof("version=") + 10 + (0 RECORD(LINE_LEN)) +
	    (0 PARTS(PART_LEN)) + LATER_LEN <=
	RECORD_TEXT_SIZE,
    "the fullest record fits a slot");
_Static_assert(sizeof("pending_set.codes.created") - 1 <= FIELDS_KEY_MAX &&
	sizeof("failures.0.recovery_wait") - 1 <= FIELDS_KEY_MAX,
    "the longest keys are keys");

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
	if (member->how == TIME)
		return RECORD_TIME_MAX;
	if (member->how == SMALL)
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
steps_put(struct fields_out *out, const char *key, const uint64_t *spent)
{
	char text[RECORD_SPENT * 21 + 1];
	size_t len = 0;

	for (size_t i = 0; i < RECORD_SPENT && spent[i] != 0; i++) {
		if (spent[i] > (i > 0 ? spent[i - 1] - 1 : RECORD_TIME_MAX))
			out->fault = -EINVAL;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%llu", i > 0 ? " " : "", (unsigned long long)spent[i]);
	}
	fields_put(out, key, text);
}

/* Numbers from the highest down, each only once. */
static int
steps_read(const struct field *field, uint64_t *spent)
{
	const char *at = field->value, *end = at + field->value_len;
	struct field one = *field;
	size_t n = 0;

	while (at < end) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));

		one.value = at;
		one.value_len = (size_t)((blank ? blank : end) - at);
		if (n == RECORD_SPENT ||
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
	case TEXT:
		fields_put(out, key, (const char *)at);
		break;
	case NUMBER:
	case SMALL:
	case TIME:
		if (number_get(at, member->size) > number_max(member))
			out->fault = -EINVAL;
		fields_put_number(out, key, number_get(at, member->size));
		break;
	case FLAG:
		fields_put_number(out, key, 1);
		break;
	case SECRET:
		fields_put_bytes(out, key, secret->bytes, secret->len);
		break;
	case BYTES:
		fields_put_bytes(out, key, at, member->size);
		break;
	case STEPS:
		steps_put(out, key, (const uint64_t *)(const void *)at);
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
	case TEXT:
		return field_text(field, (char *)at, member->size);
	case NUMBER:
	case SMALL:
	case TIME:
		r = field_number(field, number_max(member), &number);
		if (r == 0)
			number_set(at, member->size, number);
		return r;
	case FLAG:
		r = field_number(field, 1, &number);
		if (r == 0)
			*at = (uint8_t)number;
		return r;
	case SECRET:
		return field_bytes(field, secret->bytes, sizeof(secret->bytes),
		    &secret->len);
	case BYTES:
		r = field_bytes(field, at, member->size, &len);
		return r == 0 && len != member->size ? -EBADMSG : r;
	case STEPS:
		return steps_read(field, (uint64_t *)(void *)at);
	}
	return -EBADMSG;
}

/* "device.0.label", or "missed.last" where there is only one. */
static void
member_key(char key[static FIELDS_KEY_MAX + 1], const struct part *part,
    size_t i, const struct member *member)
{
	if (part->count > 1)
		snprintf(key, FIELDS_KEY_MAX + 1, "%s%zu.%s", part->prefix, i,
		    member->name);
	else
		snprintf(key, FIELDS_KEY_MAX + 1, "%s%s", part->prefix,
		    member->name);
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

static bool
device_ok(const struct device *device, bool last)
{
	const struct otp_params *otp = &device->otp;

	if (device->kind == DEVICE_NONE)
		return last && device->label[0] == '\0' &&
		    otp->secret.len == 0 && device->created == 0 &&
		    device->used == 0;
	return device->kind <= DEVICE_HOTP && record_label_ok(device->label) &&
	    otp_secret_len(otp->hash) != 0 && otp->digits >= OTP_DIGITS_MIN &&
	    otp->digits <= OTP_DIGITS_MAX &&
	    otp->secret.len >= OTP_SECRET_MIN &&
	    otp->secret.len <= OTP_SECRET_MAX &&
	    device->counter <= INT64_MAX && /* never wraps */
	    (device->kind == DEVICE_HOTP ||
		(device->period >= OTP_PERIOD_MIN &&
		    device->period <= OTP_PERIOD_MAX));
}

/* What the functions over a record may rely on. */
static bool
record_ok(const struct record *rec)
{
	bool last = true;

	for (size_t i = RECORD_DEVICES; i-- > 0;) {
		if (!device_ok(&rec->device[i], last))
			return false;
		last = last && rec->device[i].kind == DEVICE_NONE;
	}
	return rec->uid < UINT32_MAX && device_ok(&rec->pending.device, true) &&
	    rec->locked <= LOCK_ROOT && rec->pending.mode <= PENDING_ROTATE &&
	    (rec->pending.until != 0) == (rec->pending.device.kind != 0) &&
	    (rec->pending_set.until != 0) ==
	    (rec->pending_set.set.created != 0);
}

/* Most of a record is zero, and is left out before anything is made of it. */
static void
part_put(struct fields_out *out, const struct part *part, size_t i,
    const struct record *rec)
{
	const uint8_t *at = (const uint8_t *)rec + part->at + i * part->size;
	char key[FIELDS_KEY_MAX + 1];

	for (size_t m = 0; m < part->n; m++) {
		const struct member *member = &part->member[m];

		if (is_zero(at + member->at, member->size))
			continue;
		member_key(key, part, i, member);
		member_put(out, key, member, at + member->at);
	}
}

int
record_write(const struct record *rec, char text[static RECORD_TEXT_SIZE],
    size_t *len)
{
	struct fields_out out;
	int r = -EINVAL;

	fields_begin(&out, text, RECORD_TEXT_SIZE);
	if (!record_ok(rec))
		goto out;
	fields_put_number(&out, "version", RECORD_VERSION);
	for (size_t p = 0; p < N_OF(parts); p++)
		for (size_t i = 0; i < parts[p].count; i++)
			part_put(&out, &parts[p], i, rec);
	r = fields_end(&out, len) < 0 ? -EINVAL : 0;
out:
	if (r < 0)
		explicit_bzero(text, RECORD_TEXT_SIZE);
	return r;
}

/* A key that nobody knows, or that was there before, is a fault. */
static int
field_into(const struct field *field, struct record *rec)
{
	const struct member *member;
	uint8_t *at;
	size_t i;

	for (size_t p = 0; p < N_OF(parts); p++) {
		member = member_find(field, &parts[p], &i);
		if (member == NULL)
			continue;
		at = (uint8_t *)rec + parts[p].at + i * parts[p].size +
		    member->at;
		if (!is_zero(at, member->size))
			return -EBADMSG;
		return member_read(field, member, at);
	}
	return -EBADMSG;
}

int
record_read(const char *text, size_t len, struct record *rec)
{
	struct fields_in in;
	struct field field;
	uint64_t version;
	int r;

	memset(rec, 0, sizeof(*rec));
	fields_open(&in, text, len);
	r = fields_next(&in, &field);
	if (r <= 0 || !field_is(&field, "version") ||
	    field_number(&field, UINT32_MAX, &version) < 0 || version == 0)
		return -EBADMSG;
	if (version > RECORD_VERSION)
		return -EPROTONOSUPPORT;

	while ((r = fields_next(&in, &field)) > 0) {
		r = field_into(&field, rec);
		if (r < 0)
			break;
	}
	if (r == 0 && !record_ok(rec))
		r = -EBADMSG;
	if (r < 0)
		explicit_bzero(rec, sizeof(*rec));
	return r;
}

bool
record_label_ok(const char *label)
{
	size_t len = strnlen(label, RECORD_LABEL + 1);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)label[i] < 32 || label[i] == 127)
			return false;
	return len > 0 && len <= RECORD_LABEL;
}

size_t
record_devices(const struct record *rec)
{
	size_t n = 0;

	while (n < RECORD_DEVICES && rec->device[n].kind != DEVICE_NONE)
		n++;
	return n;
}

unsigned int
record_recovery_left(const struct recovery_set *set)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < RECORD_RECOVERY; i++)
		if (set->created != 0 && (set->spent & 1U << i) == 0)
			left++;
	return left;
}

int
record_find(const struct record *rec, const char *label)
{
	size_t n = record_devices(rec);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rec->device[i].label, label) == 0)
			return (int)i;
	return -ENOENT;
}
