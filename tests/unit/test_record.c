/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

static const char device_text[] =
    "version=1\nuid=1000\n"
    "device.0.label=phone\ndevice.0.kind=1\n"
    "device.0.hash=1\ndevice.0.digits=6\n"
    "device.0.secret=MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\n"
    "device.0.period=30\n";

static void
fill(void *at, size_t size)
{
	memset(at, 0x5a, size);
}

static struct device
full_device(int i)
{
	struct device dev = { .kind = DEVICE_TOTP,
		.off = true,
		.otp = { OTP_SHA512, 8, { .len = OTP_SECRET_MAX } },
		.period = 300,
		.counter = UINT64_MAX / 2,
		.resync = UINT64_MAX,
		.created = RECORD_TIME_MAX,
		.used = RECORD_TIME_MAX };

	memset(dev.label, 'a' + i, RECORD_LABEL);
	fill(dev.otp.secret.bytes, OTP_SECRET_MAX);
	for (size_t k = 0; k < RECORD_SPENT; k++)
		dev.spent[k] = RECORD_TIME_MAX - k;
	return dev;
}

static struct recovery_set
full_set(void)
{
	struct recovery_set set = { .created = RECORD_TIME_MAX,
		.spent = UINT32_MAX };

	fill(set.salt, sizeof(set.salt));
	fill(set.hash, sizeof(set.hash));
	return set;
}

static struct record
full_record(void)
{
	struct record rec = { .uid = UINT32_MAX - 1,
		.created = RECORD_TIME_MAX,
		.locked = LOCK_ROOT,
		.locked_at = RECORD_TIME_MAX,
		.recovery = full_set(),
		.email_since = RECORD_TIME_MAX,
		.phone_since = RECORD_TIME_MAX,
		.pending_address = { RECORD_TIME_MAX, METHOD_SMS, "" },
		.pending = { RECORD_TIME_MAX, PENDING_ROTATE, 999,
		    full_device(9) },
		.pending_set = { RECORD_TIME_MAX, 999, full_set() },
		.ticket = { RECORD_TIME_MAX, RECORD_TIME_MAX, { 0 }, { 0 } },
		.missed = { UINT32_MAX, UINT32_MAX, RECORD_TIME_MAX, "" },
		.changes = UINT64_MAX,
		.untold = RECORD_TIME_MAX,
		.notices = RECORD_TIME_MAX };

	for (int i = 0; i < RECORD_DEVICES; i++)
		rec.device[i] = full_device(i);
	for (int i = 0; i < LANES; i++)
		rec.failures[i] =
		    (struct failures){ UINT32_MAX, UINT32_MAX, RECORD_TIME_MAX,
			    RECORD_TIME_MAX, UINT32_MAX, RECORD_TIME_MAX };
	memset(rec.email, 'e', ADDRESS_MAX);
	memset(rec.phone, '1', ADDRESS_PHONE_MAX);
	memset(rec.pending_address.text, 'n', ADDRESS_MAX);
	for (int i = 0; i < LANES; i++) {
		struct sent *sent = &rec.sent[i];

		*sent = (struct sent){ .method = METHOD_SMS, .wrong = 999 };
		for (size_t k = 0; k < RECORD_SENDS; k++)
			sent->times[k] = RECORD_TIME_MAX - k;
		fill(sent->bound, sizeof(sent->bound));
		fill(sent->salt, sizeof(sent->salt));
		fill(sent->hash, sizeof(sent->hash));
	}
	fill(rec.ticket.salt, sizeof(rec.ticket.salt));
	fill(rec.ticket.hash, sizeof(rec.ticket.hash));
	memset(rec.missed.rhost, 'r', RECORD_RHOST);
	for (int i = 0; i < RECORD_CHANGES; i++) {
		rec.change[i] = (struct change){ UINT64_MAX, RECORD_TIME_MAX,
			CHANGE_ADDRESS_REMOVED, "" };
		memset(rec.change[i].label, 'c', RECORD_LABEL);
	}
	return rec;
}

static void
same_sent(const struct sent *a, const struct sent *b)
{
	assert_memory_equal(a->times, b->times, sizeof(a->times));
	assert_int_equal(a->method, b->method);
	assert_int_equal(a->wrong, b->wrong);
	assert_memory_equal(a->bound, b->bound, sizeof(a->bound));
	assert_memory_equal(a->salt, b->salt, sizeof(a->salt));
	assert_memory_equal(a->hash, b->hash, sizeof(a->hash));
}

/* Text to record and back to text; members are compared, padding is not. */
static void
round_trips(void **state)
{
	const struct record rows[] = { { 0 }, make_record(), full_record() };
	char text[RECORD_TEXT_SIZE], again[RECORD_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record back;
		size_t len, len_again;

		assert_int_equal(0, record_write(&rows[i], text, &len));
		assert_int_equal(0, record_read(text, len, &back));
		assert_memory_equal(rows[i].recovery.hash, back.recovery.hash,
		    sizeof(back.recovery.hash));
		assert_memory_equal(rows[i].device[0].spent,
		    back.device[0].spent, sizeof(back.device[0].spent));
		assert_string_equal(rows[i].change[3].label,
		    back.change[3].label);
		assert_int_equal(rows[i].failures[1].recovery_wait_until,
		    back.failures[1].recovery_wait_until);
		assert_int_equal(rows[i].locked, back.locked);
		assert_int_equal(rows[i].locked_at, back.locked_at);
		assert_int_equal(rows[i].untold, back.untold);
		assert_int_equal(rows[i].notices, back.notices);
		assert_int_equal(rows[i].pending.mode, back.pending.mode);
		assert_int_equal(rows[i].pending_set.wrong,
		    back.pending_set.wrong);
		assert_int_equal(rows[i].ticket.made, back.ticket.made);
		assert_int_equal(rows[i].ticket.until, back.ticket.until);
		assert_memory_equal(rows[i].ticket.salt, back.ticket.salt,
		    sizeof(back.ticket.salt));
		assert_memory_equal(rows[i].ticket.hash, back.ticket.hash,
		    sizeof(back.ticket.hash));
		assert_string_equal(rows[i].email, back.email);
		assert_string_equal(rows[i].phone, back.phone);
		assert_int_equal(rows[i].email_since, back.email_since);
		assert_int_equal(rows[i].phone_since, back.phone_since);
		assert_int_equal(rows[i].pending_address.method,
		    back.pending_address.method);
		assert_string_equal(rows[i].pending_address.text,
		    back.pending_address.text);
		for (size_t k = 0; k < LANES; k++)
			same_sent(&rows[i].sent[k], &back.sent[k]);
		assert_int_equal(0, record_write(&back, again, &len_again));
		assert_int_equal(len, len_again);
		assert_memory_equal(text, again, len);
		print_message("  %zu bytes\n", len);
	}
}

/* Nobody writes what nobody would read. */
static void
bounds(void **state)
{
	char text[RECORD_TEXT_SIZE];
	size_t len;
	struct record rec;

	(void)state;
#define REFUSED(change)                                                        \
	do {                                                                   \
		rec = make_record();                                           \
		change;                                                        \
		assert_int_equal(-EINVAL, record_write(&rec, text, &len));     \
	} while (0)
	REFUSED(rec.uid = UINT32_MAX);
	REFUSED(rec.created = RECORD_TIME_MAX + 1);
	REFUSED(rec.device[0].label[0] = '\n');
	REFUSED(rec.device[0].label[0] = '\0');
	REFUSED(rec.device[0].otp.digits = 9);
	REFUSED(rec.device[0].otp.digits = 5);
	REFUSED(rec.device[0].otp.hash = (enum otp_hash)4);
	REFUSED(rec.device[0].otp.secret.len = 9);
	REFUSED(rec.device[0].otp.secret.len = 65);
	REFUSED(rec.device[0].period = 14);
	REFUSED(rec.device[0].period = 301);
	REFUSED(rec.device[0].kind = (enum device_kind)3);
	REFUSED(rec.device[0].spent[0] = RECORD_TIME_MAX + 1);
	REFUSED(rec.device[2] = rec.device[0]); /* a gap */
	REFUSED(rec.device[1].used = 1);        /* without a device */
	REFUSED(rec.locked = (enum lock_kind)3);
	REFUSED(rec.locked_at = RECORD_TIME_MAX + 1);
	REFUSED(rec.pending.mode = (enum pending_mode)3);
	REFUSED(rec.ticket.until = RECORD_TIME_MAX + 1);
	REFUSED(rec.pending.until = 1);
	REFUSED(rec.pending_set.until = 1);
	REFUSED(rec.missed.rhost[0] = '\x1b');
	REFUSED(rec.email_since = 1);
	REFUSED(rec.phone_since = 1);
	REFUSED(rec.email[0] = '\n');
	REFUSED(rec.sent[1].method = METHOD_EMAIL); /* never sent */
	REFUSED(
	    rec.sent[0] = ((struct sent){ { 1 }, METHOD_TOTP, 0, "", "", "" }));
	REFUSED(rec.sent[0].times[0] = RECORD_TIME_MAX + 1);
	REFUSED(rec.sent[0].times[1] = 1); /* a gap */
	REFUSED(rec.pending_address.until = 1);
	REFUSED(rec.pending_address.text[0] = 'a');
	REFUSED(rec.pending_address.method = METHOD_EMAIL);
	REFUSED(rec.pending_address =
		    ((struct pending_address){ 1, METHOD_RECOVERY, "a" }));
	REFUSED(rec.pending_address =
		    ((struct pending_address){ 1, METHOD_EMAIL, "" }));
#undef REFUSED
}

static void
reading(void **state)
{
	static const struct {
		const char *what, *more;
		int expect;
	} rows[] = {
		{ "as it is", "", 0 },
		{ "an unknown key", "device.0.colour=1\n", -EBADMSG },
		{ "a key twice", "uid=1000\n", -EBADMSG },
		{ "a sixth device", "device.5.kind=1\n", -EBADMSG },
		{ "a gap", "device.2.kind=1\n", -EBADMSG },
		{ "half a device", "device.1.kind=1\n", -EBADMSG },
		{ "steps", "device.0.spent=9 8 3\n", 0 },
		{ "steps, upward", "device.0.spent=3 8\n", -EBADMSG },
		{ "steps, twice", "device.0.spent=8 8\n", -EBADMSG },
		{ "steps, a blank", "device.0.spent=8 \n", -EBADMSG },
		{ "steps, seventeen",
		    "device.0.spent=17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 "
		    "1\n",
		    -EBADMSG },
		{ "a short salt", "recovery.salt=AAAA\n", -EBADMSG },
		{ "a flag of two", "device.0.off=2\n", -EBADMSG },
		{ "locked by the user", "locked=1\nlocked_at=5\n", 0 },
		{ "locked by root", "locked=2\nlocked_at=5\n", 0 },
		{ "locked by a third", "locked=3\n", -EBADMSG },
		{ "no such mode", "pending.mode=3\n", -EBADMSG },
		{ "a ticket", "ticket.until=5\n", 0 },
		{ "half a ticket's salt", "ticket.salt=AAAA\n", -EBADMSG },
		{ "an address", "email=a@b.example\nemail_at=5\n", 0 },
		{ "one that is none now", "email=(a)@b\nemail_at=5\n", 0 },
		{ "a phone's time alone", "phone_at=5\n", -EBADMSG },
		{ "a code by mail", "sent.0.times=9 5\nsent.0.method=8\n", 0 },
		{ "by carrier pigeon", "sent.0.times=9\nsent.0.method=32\n",
		    -EBADMSG },
		{ "by both", "sent.1.times=9\nsent.1.method=24\n", -EBADMSG },
		{ "a third lane", "sent.2.times=9\n", -EBADMSG },
		{ "eleven codes", "sent.1.times=11 10 9 8 7 6 5 4 3 2 1\n",
		    -EBADMSG },
		{ "half a hash", "sent.0.hash=AAAA\n", -EBADMSG },
		{ "an address that waits",
		    "new.until=5\nnew.method=16\nnew.text=+4420\n", 0 },
		{ "for nothing", "new.until=5\nnew.method=16\n", -EBADMSG },
		{ "too late", "created=68719476737\n", -EBADMSG },
		{ "no newline", "locked=1", -EBADMSG },
		{ "a pending end alone", "pending.until=5\n", -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[1024];
		struct record rec, zero = { 0 };
		int len = snprintf(text, sizeof(text), "%s%s", device_text,
		    rows[i].more);

		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    record_read(text, (size_t)len, &rec));
		if (rows[i].expect < 0)
			assert_memory_equal(&zero, &rec, sizeof(rec));
		else
			assert_memory_equal("12345678901234567890",
			    rec.device[0].otp.secret.bytes, 20);
	}
}

static void
versions(void **state)
{
	static const struct {
		const char *text;
		int expect;
	} rows[] = {
		{ "version=1\n", 0 }, /* all that is not said is zero */
		{ "version=2\n", -EPROTONOSUPPORT },
		{ "version=2\nwho=knows\n", -EPROTONOSUPPORT },
		{ "version=0\n", -EBADMSG },
		{ "version=\n", -EBADMSG },
		{ "uid=1000\nversion=1\n", -EBADMSG },
		{ "", -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec;

		assert_int_equal(rows[i].expect,
		    record_read(rows[i].text, strlen(rows[i].text), &rec));
	}
}

static void
labels(void **state)
{
	char label[RECORD_LABEL + 2];

	(void)state;
	memset(label, 'x', sizeof(label));
	label[RECORD_LABEL + 1] = '\0';
	assert_false(record_label_ok(label));
	label[RECORD_LABEL] = '\0';
	assert_true(record_label_ok(label));
	assert_true(record_label_ok("T\xc3\xa9l\xc3\xa9phone"));
	assert_false(record_label_ok(""));
	assert_false(record_label_ok("a\tb"));
	assert_false(record_label_ok("a\x7f"));
}

/* What may be given for a new one; a record may hold each of them. */
static void
new_labels(void **state)
{
	static const struct {
		const char *what, *label;
		bool ok;
	} rows[] = {
		{ "plain", "phone", true },
		{ "accents", "T\xc3\xa9l\xc3\xa9phone", true },
		{ "four bytes", "\xf0\x9f\x93\xb1", true },
		{ "Latin-1", "T\xe9l", false },
		{ "cut off", "a\xc3", false },
		{ "overlong", "\xc0\xaf", false },
		{ "surrogate", "\xed\xa0\x80", false },
		{ "U+0080", "\xc2\x80", false },
		{ "U+009B, CSI",
		    "a\xc2\x9b"
		    "2J",
		    false },
		{ "U+009F", "\xc2\x9f", false },
		{ "U+00A0", "\xc2\xa0", true },
		{ "U+200A", "\xe2\x80\x8a", true },
		{ "U+200B, no width", "a\xe2\x80\x8b", false },
		{ "U+200F", "\xe2\x80\x8f", false },
		{ "U+2010", "\xe2\x80\x90", true },
		{ "U+2027", "\xe2\x80\xa7", true },
		{ "U+2028, a line's end", "\xe2\x80\xa8", false },
		{ "U+202E, from right to left", "\xe2\x80\xae", false },
		{ "U+202F", "\xe2\x80\xaf", true },
		{ "U+2065", "\xe2\x81\xa5", true },
		{ "U+2066", "\xe2\x81\xa6", false },
		{ "U+2069", "\xe2\x81\xa9", false },
		{ "U+206A", "\xe2\x81\xaa", true },
	};
	char label[RECORD_LABEL + 2];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].ok,
		    record_label_new_ok(rows[i].label));
		assert_true(record_label_ok(rows[i].label));
	}
	assert_false(record_label_new_ok(""));
	assert_false(record_label_new_ok("a\tb"));
	assert_false(record_label_new_ok("a\x7f"));
	memset(label, 'x', sizeof(label));
	label[RECORD_LABEL + 1] = '\0';
	assert_false(record_label_new_ok(label));
	label[RECORD_LABEL] = '\0';
	assert_true(record_label_new_ok(label));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(bounds),
		cmocka_unit_test(reading),
		cmocka_unit_test(versions),
		cmocka_unit_test(labels),
		cmocka_unit_test(new_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
