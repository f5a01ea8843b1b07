/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text form.  One list of members for each struct, below or in record.h, is
 * all there is to it: writer, reader, and the proof that the fullest record
 * fits a slot are made of these lists (members.h).
 */
#include "record.h"

#include <errno.h>
#include <string.h>

#include "members.h"
#include "utf8.h"

/* X(struct, name in the text, member, how it is written) */
/* clang-format off */
#define DEVICE(X)                                            \
	X(device, "label", label, TEXT)                      \
	X(device, "kind", kind, SMALL)                       \
	X(device, "off", off, FLAG)                          \
	X(device, "hash", otp.hash, SMALL)                   \
	X(device, "digits", otp.digits, SMALL)               \
	X(device, "secret", otp.secret, SECRET)              \
	X(device, "period", period, SMALL)                   \
	X(device, "counter", counter, NUMBER)                \
	X(device, "resync", resync, NUMBER)                  \
	X(device, "spent", spent, STEPS)                     \
	X(device, "created", created, TIME)                  \
	X(device, "used", used, TIME)

#define RECOVERY(X)                                          \
	X(recovery_set, "created", created, TIME)            \
	X(recovery_set, "spent", spent, NUMBER)              \
	X(recovery_set, "salt", salt, BYTES)                 \
	X(recovery_set, "hash", hash, BYTES)

#define PENDING(X)                                           \
	X(pending, "until", until, TIME)                     \
	X(pending, "mode", mode, SMALL)                      \
	X(pending, "wrong", wrong, SMALL)

#define PENDING_SET(X)                                       \
	X(pending_set, "until", until, TIME)                 \
	X(pending_set, "wrong", wrong, SMALL)

#define TICKET(X)                                            \
	X(ticket, "until", until, TIME)                      \
	X(ticket, "made", made, TIME)                        \
	X(ticket, "salt", salt, BYTES)                       \
	X(ticket, "hash", hash, BYTES)

#define FAILURES(X)                                          \
	X(failures, "row", row, NUMBER)                      \
	X(failures, "budget", budget, NUMBER)                \
	X(failures, "budget_from", budget_from, TIME)        \
	X(failures, "wait_until", wait_until, TIME)          \
	X(failures, "recovery_row", recovery_row, NUMBER)    \
	X(failures, "recovery_wait", recovery_wait_until, TIME)

#define SENT(X)                                              \
	X(sent, "times", times, STEPS)                       \
	X(sent, "method", method, SMALL)                     \
	X(sent, "wrong", wrong, SMALL)                       \
	X(sent, "bound", bound, BYTES)                       \
	X(sent, "salt", salt, BYTES)                         \
	X(sent, "hash", hash, BYTES)

#define PENDING_ADDRESS(X)                                   \
	X(pending_address, "until", until, TIME)             \
	X(pending_address, "method", method, SMALL)          \
	X(pending_address, "text", text, TEXT)

#define RECORD(X)                                            \
	X(record, "uid", uid, NUMBER)                        \
	X(record, "created", created, TIME)                  \
	X(record, "locked", locked, SMALL)                   \
	X(record, "locked_at", locked_at, TIME)              \
	X(record, "email", email, TEXT)                      \
	X(record, "email_at", email_since, TIME)             \
	X(record, "phone", phone, TEXT)                      \
	X(record, "phone_at", phone_since, TIME)             \
	X(record, "changes", changes, NUMBER)                \
	X(record, "untold", untold, TIME)                    \
	X(record, "notices", notices, TIME)

/* X(list, prefix in the text, member of the record, how many of it) */
#define PARTS(X)                                             \
	X(DEVICE, "device.", device, RECORD_DEVICES)         \
	X(RECOVERY, "recovery.", recovery, 1)                \
	X(PENDING_ADDRESS, "new.", pending_address, 1)       \
	X(SENT, "sent.", sent, LANES)                        \
	X(PENDING, "pending.", pending, 1)                   \
	X(DEVICE, "pending.device.", pending.device, 1)      \
	X(PENDING_SET, "pending_set.", pending_set, 1)       \
	X(RECOVERY, "pending_set.codes.", pending_set.set, 1) \
	X(TICKET, "ticket.", ticket, 1)                      \
	X(FAILURES, "failures.", failures, LANES)            \
	X(RECORD_MISSED, "missed.", missed, 1)                      \
	X(RECORD_CHANGE, "change.", change, RECORD_CHANGES)
/* clang-format on */

static const struct member DEVICE_members[] = { DEVICE(MEMBERS_ROW) };
static const struct member RECOVERY_members[] = { RECOVERY(MEMBERS_ROW) };
static const struct member PENDING_members[] = { PENDING(MEMBERS_ROW) };
static const struct member PENDING_SET_members[] = { PENDING_SET(MEMBERS_ROW) };
static const struct member PENDING_ADDRESS_members[] = { PENDING_ADDRESS(
    MEMBERS_ROW) };
static const struct member SENT_members[] = { SENT(MEMBERS_ROW) };
static const struct member TICKET_members[] = { TICKET(MEMBERS_ROW) };
static const struct member FAILURES_members[] = { FAILURES(MEMBERS_ROW) };
static const struct member RECORD_MISSED_members[] = { RECORD_MISSED(
    MEMBERS_ROW) };
static const struct member RECORD_CHANGE_members[] = { RECORD_CHANGE(
    MEMBERS_ROW) };
static const struct member RECORD_members[] = { RECORD(MEMBERS_ROW) };

#define PART(...) MEMBERS_PART(record, __VA_ARGS__)
static const struct part parts[] = { MEMBERS_WHOLE(record, RECORD),
	PARTS(PART) };

/* Room that is kept for what is not here yet: 8 remembered clients. */
#define LATER_LEN (8 * 60)

_Static_assert(sizeof("version=") + 10 + (0 RECORD(MEMBERS_LINE_LEN)) +
	    (0 PARTS(MEMBERS_PART_LEN)) + LATER_LEN <=
	RECORD_TEXT_SIZE,
    "the fullest record fits a slot");
_Static_assert(sizeof("pending_set.codes.created") - 1 <= FIELDS_KEY_MAX &&
	sizeof("failures.0.recovery_wait") - 1 <= FIELDS_KEY_MAX,
    "the longest keys are keys");
_Static_assert(RECORD_DEVICES <= 10 && LANES <= 10 && RECORD_CHANGES <= 10,
    "one digit tells those of a list apart");

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

static bool
sent_ok(const struct sent *sent)
{
	return sent->method == 0 ||
	    (address_channel_ok(sent->method) && sent->times[0] != 0);
}

/*
 * Of addresses no more than that they are there: what counts as one may become
 * narrower, and whoever has one that was confirmed must not be locked out.
 */
static bool
addresses_ok(const struct record *rec)
{
	const struct pending_address *pending = &rec->pending_address;

	return (rec->email[0] != '\0' || rec->email_since == 0) &&
	    (rec->phone[0] != '\0' || rec->phone_since == 0) &&
	    (pending->until != 0
		    ? address_channel_ok(pending->method) &&
			pending->text[0] != '\0'
		    : pending->method == 0 && pending->text[0] == '\0');
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
	for (size_t i = 0; i < LANES; i++)
		if (!sent_ok(&rec->sent[i]))
			return false;
	return addresses_ok(rec) && rec->uid < UINT32_MAX &&
	    device_ok(&rec->pending.device, true) && rec->locked <= LOCK_ROOT &&
	    rec->pending.mode <= PENDING_ROTATE &&
	    (rec->pending.until != 0) == (rec->pending.device.kind != 0) &&
	    (rec->pending_set.until != 0) ==
	    (rec->pending_set.set.created != 0);
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
	members_put(&out, parts, MEMBERS_N_OF(parts), rec);
	r = fields_end(&out, len) < 0 ? -EINVAL : 0;
out:
	if (r < 0)
		explicit_bzero(text, RECORD_TEXT_SIZE);
	return r;
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
	r = members_read(&in, parts, MEMBERS_N_OF(parts), rec);
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

bool
record_label_new_ok(const char *label)
{
	size_t n;

	if (!record_label_ok(label))
		return false;
	for (; *label != '\0'; label += n) {
		n = utf8_plain(label);
		if (n == 0)
			return false;
	}
	return true;
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
