/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include "common/news.h"

static struct recovery_set
other_set(void)
{
	struct recovery_set set = make_set();

	set.created = START;
	set.salt[0] = 99;
	return set;
}

static void
begin(void **state)
{
	static const struct {
		const char *what, *label;
		enum pending_mode mode;
		size_t devices;
		int expect;
	} rows[] = {
		{ "anew", "phone", PENDING_NEW, 1, 0 },
		{ "anew, of five", "phone", PENDING_NEW, 5, 0 },
		{ "one more", "tablet", PENDING_ADD, 1, 0 },
		{ "the fifth", "tablet", PENDING_ADD, 4, 0 },
		{ "a sixth", "tablet", PENDING_ADD, 5, -E2BIG },
		{ "label is taken", "phone", PENDING_ADD, 1, -EEXIST },
		{ "rotated", "phone", PENDING_ROTATE, 1, 0 },
		{ "rotated, of five", "phone", PENDING_ROTATE, 5, 0 },
		{ "rotated, not there", "tablet", PENDING_ROTATE, 1, -ENOENT },
		{ "no such mode", "tablet", (enum pending_mode)3, 1, -EINVAL },
		{ "no label", "", PENDING_ADD, 1, -EINVAL },
		{ "a label that is not seen", "\xe2\x80\x8b", PENDING_ADD, 1,
		    -EINVAL },
		{ "control bytes", "a\nb", PENDING_ADD, 1, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), before;
		struct device dev = make_totp();

		for (size_t k = 1; k < rows[i].devices; k++) {
			rec.device[k] = make_totp();
			rec.device[k].label[0] = (char)('a' + k);
		}
		before = rec;
		memset(dev.label, 0, sizeof(dev.label));
		strcpy(dev.label, rows[i].label);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    enrolment_begin(&dev, rows[i].mode, START, &rec));
		if (rows[i].expect < 0) {
			assert_memory_equal(&before, &rec, sizeof(rec));
			continue;
		}
		assert_int_equal(START + 900, rec.pending.until);
		/* What is in force stays so. */
		assert_memory_equal(before.device, rec.device,
		    sizeof(rec.device));
		assert_memory_equal(&before.recovery, &rec.recovery,
		    sizeof(rec.recovery));
	}
}

static void
confirm(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now;
		int result;
		enum verdict expect;
		bool skewed;
		int64_t skew;
	} rows[] = {
		{ "right", CODE, START, 0, VERDICT_ACCEPT, false, 0 },
		{ "with a gap", "279 037", START, 0, VERDICT_ACCEPT, false, 0 },
		{ "one step late", CODE, END + 30, 0, VERDICT_ACCEPT, false,
		    0 },
		{ "two steps late", CODE, START + 60, 0, VERDICT_DENY, true,
		    -45 },
		{ "two steps early", CODE, START - 60, 0, VERDICT_DENY, true,
		    75 },
		{ "an hour behind", CODE, START + 3600, 0, VERDICT_DENY, true,
		    -3585 },
		{ "twelve hours ahead", CODE, START - 12 * 3600, 0,
		    VERDICT_DENY, true, 12 * 3600 + 15 },
		{ "a day behind", CODE, START + 86400, 0, VERDICT_DENY, false,
		    0 },
		{ "short", "27903", START, 0, VERDICT_MALFORMED, false, 0 },
		{ "a recovery code", RECOVERY_FIRST, START, 0, VERDICT_OFF,
		    false, 0 },
		{ "no clock", CODE, 59, 0, VERDICT_UNUSABLE, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), before;
		struct recovery_set fresh = other_set();
		struct confirmation confirmation;

		/* It still waits, for one more second. */
		assert_int_equal(0,
		    enrolment_begin(&rec.device[0], PENDING_NEW, START, &rec));
		rec.pending.until = rows[i].now + 1;
		memcpy(rec.pending.device.label, "fresh", 6);
		before = rec;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].result,
		    enrolment_confirm(rows[i].answer, &fresh, rows[i].now, &rec,
			&confirmation));
		assert_int_equal(rows[i].expect, confirmation.verdict);
		assert_int_equal(rows[i].skewed, confirmation.skewed);
		assert_int_equal(rows[i].skew, confirmation.skew);
		if (rows[i].expect == VERDICT_ACCEPT) {
			assert_int_equal(0, rec.pending.until);
			assert_string_equal("fresh", rec.device[0].label);
			assert_int_equal(STEP, rec.device[0].spent[0]);
		} else {
			/* Guesses are counted, and that is all. */
			before.pending.wrong = rows[i].expect == VERDICT_DENY;
			if (rows[i].skewed)
				before.pending.device.spent[0] = STEP;
			assert_memory_equal(&before, &rec, sizeof(rec));
		}
	}
}

/* Whoever was told when a code is right does not come back with it then. */
static void
skewed_is_spent(void **state)
{
	struct record rec = make_record();
	struct recovery_set fresh = other_set();
	struct confirmation confirmation;

	(void)state;
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START, &rec));
	assert_int_equal(0,
	    enrolment_confirm(CODE, &fresh, START - 60, &rec, &confirmation));
	assert_true(confirmation.skewed);
	for (uint64_t now = START - 30; now <= START + 60; now += 30) {
		assert_int_equal(0,
		    enrolment_confirm(CODE, &fresh, now, &rec, &confirmation));
		assert_int_equal(VERDICT_DENY, confirmation.verdict);
		assert_false(confirmation.skewed);
	}
	assert_int_equal(5, rec.pending.wrong);
	assert_int_equal(0,
	    enrolment_confirm(CODE_AFTER, &fresh, START, &rec, &confirmation));
	assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
	assert_int_equal(STEP + 1, rec.device[0].spent[0]);
}

static void
confirm_too_late(void **state)
{
	struct record rec = make_record();
	struct recovery_set fresh = other_set();
	struct confirmation confirmation;

	(void)state;
	assert_int_equal(-ENOENT,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START - 900, &rec));
	assert_int_equal(-ENOENT,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(VERDICT_DENY, confirmation.verdict);
	/* A clock that was put back gives no secret a longer life. */
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START + 61, &rec));
	assert_int_equal(-ENOENT,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START + 60, &rec));
	assert_int_equal(0,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
}

/* Anew replaces devices and codes and ends what was guessed at. */
static void
anew(void **state)
{
	struct record rec = make_record(), next;
	struct recovery_set fresh = other_set();
	struct confirmation confirmation;
	const struct attempt again = { .now = START, .answer = CODE };
	struct outcome outcome;

	(void)state;
	rec.device[1] = make_hotp(5);
	strcpy(rec.device[1].label, "token");
	rec.locked = LOCK_ROOT;
	rec.locked_at = START;
	rec.failures[LANE_LOGIN].row = 20;
	rec.failures[LANE_LOGIN].budget = 50;
	enrolment_recovery(&fresh, START, &rec);
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START, &rec));
	assert_int_equal(0,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(1, record_devices(&rec));
	assert_int_equal(DEVICE_NONE, rec.device[1].kind);
	assert_memory_equal(&fresh, &rec.recovery, sizeof(fresh));
	assert_int_equal(0, rec.pending_set.until);
	assert_int_equal(LOCK_NONE, rec.locked);
	assert_int_equal(0, rec.locked_at);
	assert_int_equal(CHANGE_DEVICE_REPLACED, rec.change[0].kind);
	assert_int_equal(START, rec.device[0].created);
	/* The confirming code has been used. */
	assert_int_equal(0,
	    decide_answer(&rec, &policy, &again, &next, &outcome));
	assert_int_equal(VERDICT_REPLAY, outcome.verdict);
}

static void
beside_others(void **state)
{
	struct record rec = make_record(), first = { .uid = 1000 };
	struct recovery_set fresh = other_set(), had = rec.recovery;
	struct device token = make_hotp(0);
	struct confirmation confirmation;

	(void)state;
	strcpy(token.label, "token");
	assert_int_equal(0, enrolment_begin(&token, PENDING_ADD, START, &rec));
	assert_int_equal(0,
	    enrolment_confirm("287082", &fresh, START, &rec, &confirmation));
	assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
	assert_int_equal(2, record_devices(&rec));
	assert_int_equal(2, rec.device[1].counter);
	assert_memory_equal(&had, &rec.recovery, sizeof(had));
	assert_int_equal(CHANGE_DEVICE_ADDED, rec.change[0].kind);
	assert_string_equal("token", rec.change[0].label);

	/* Who has no codes gets some with the first device. */
	assert_int_equal(0,
	    enrolment_begin(&token, PENDING_ADD, START, &first));
	assert_int_equal(0,
	    enrolment_confirm(NULL, &fresh, START, &first, &confirmation));
	assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
	assert_memory_equal(&fresh, &first.recovery, sizeof(fresh));
	assert_int_equal(CHANGE_DEVICE_ADDED, first.change[0].kind);
}

/* Its secret alone is new: place, label, others, codes and failures stay. */
static void
rotate(void **state)
{
	struct record rec = make_record(), before, next;
	struct recovery_set fresh = other_set();
	struct device dev = make_totp();
	struct confirmation confirmation;
	const struct attempt old = { .now = START, .answer = "755224" };
	struct outcome outcome;

	(void)state;
	rec.device[0] = make_hotp(0);
	rec.device[0].off = true;
	rec.device[1] = make_totp();
	strcpy(rec.device[1].label, "other");
	rec.device[1].otp.secret.bytes[0] ^= 1;
	rec.failures[LANE_LOGIN].row = 3;
	rec.ticket.until = START + 1;
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ROTATE, START, &rec));
	/* The old one is in force until then, but for being off. */
	next = rec;
	next.device[0].off = false;
	before = next;
	assert_int_equal(0,
	    decide_answer(&before, &policy, &old, &next, &outcome));
	assert_int_equal(VERDICT_ACCEPT, outcome.verdict);

	before = rec;
	assert_int_equal(0,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
	assert_int_equal(2, record_devices(&rec));
	assert_int_equal(DEVICE_TOTP, rec.device[0].kind);
	assert_string_equal("phone", rec.device[0].label);
	assert_false(rec.device[0].off);
	assert_int_equal(START, rec.device[0].created);
	assert_int_equal(STEP, rec.device[0].spent[0]);
	assert_memory_equal(&before.device[1], &rec.device[1],
	    sizeof(rec.device[1]));
	assert_memory_equal(&before.recovery, &rec.recovery,
	    sizeof(rec.recovery));
	assert_int_equal(3, rec.failures[LANE_LOGIN].row);
	assert_int_equal(0, rec.pending.until);
	assert_int_equal(0, rec.ticket.until);
	assert_int_equal(CHANGE_DEVICE_ROTATED, rec.change[0].kind);
	assert_string_equal("phone", rec.change[0].label);

	/* No codes come with it, even where there are none. */
	memset(&rec.recovery, 0, sizeof(rec.recovery));
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ROTATE, START, &rec));
	assert_int_equal(0,
	    enrolment_confirm(NULL, &fresh, START, &rec, &confirmation));
	assert_int_equal(0, rec.recovery.created);

	/* Each in its own place. */
	strcpy(dev.label, "other");
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ROTATE, START, &rec));
	assert_int_equal(0,
	    enrolment_confirm(NULL, &fresh, START, &rec, &confirmation));
	assert_string_equal("phone", rec.device[0].label);
	assert_string_equal("other", rec.device[1].label);
	assert_memory_equal(&dev.otp, &rec.device[1].otp, sizeof(dev.otp));
	strcpy(dev.label, "phone");

	/* Gone meanwhile. */
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ROTATE, START, &rec));
	assert_int_equal(0, enrolment_remove("phone", START, &rec));
	before = rec;
	assert_int_equal(-ENOENT,
	    enrolment_confirm(NULL, &fresh, START, &rec, &confirmation));
	assert_int_equal(VERDICT_DENY, confirmation.verdict);
	assert_memory_equal(&before, &rec, sizeof(rec));
}

static void
renaming(void **state)
{
	static const struct {
		const char *label, *new_label;
		int expect;
	} rows[] = {
		{ "phone", "mobile", 0 },
		{ "token", "mobile", 0 },
		{ "phone", "token", -EEXIST },
		{ "phone", "phone", -EEXIST },
		{ "watch", "mobile", -ENOENT },
		{ "watch", "token", -ENOENT },
		{ "phone", "", -EINVAL },
		{ "phone", "a\x1b", -EINVAL },
	};
	struct recovery_set fresh = other_set();
	struct device dev = make_totp();
	struct confirmation confirmation;
	struct record rec;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record before;

		rec = make_record();
		rec.device[1] = make_hotp(0);
		strcpy(rec.device[1].label, "token");
		before = rec;
		assert_int_equal(rows[i].expect,
		    enrolment_rename(rows[i].label, rows[i].new_label, START,
			&rec));
		if (rows[i].expect < 0) {
			assert_memory_equal(&before, &rec, sizeof(rec));
			continue;
		}
		assert_int_equal(-ENOENT, record_find(&rec, rows[i].label));
		assert_int_equal(record_find(&before, rows[i].label),
		    record_find(&rec, rows[i].new_label));
		assert_int_equal(CHANGE_DEVICE_RENAMED, rec.change[0].kind);
		assert_string_equal(rows[i].new_label, rec.change[0].label);
	}

	/* No two of a label, however they come; a rotation follows its own. */
	rec = make_record();
	strcpy(dev.label, "mobile");
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ADD, START, &rec));
	assert_int_equal(0, enrolment_rename("phone", "mobile", START, &rec));
	assert_int_equal(-EEXIST,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(0, enrolment_begin(&dev, PENDING_ROTATE, START, &rec));
	assert_int_equal(0, enrolment_rename("mobile", "phone", START, &rec));
	assert_int_equal(0,
	    enrolment_confirm(CODE, &fresh, START, &rec, &confirmation));
	assert_int_equal(1, record_devices(&rec));
	assert_string_equal("phone", rec.device[0].label);
}

static void
locking(void **state)
{
	static const struct {
		const char *what, *label;
		enum lock_kind who, before;
		bool off;
		uint32_t spent;
		int expect;
		enum lock_kind after;
		bool off_after;
		enum change_kind noted;
	} rows[] = {
		{ "a device", "phone", LOCK_USER, LOCK_NONE, 0, 0, 0, LOCK_NONE,
		    true, CHANGE_DEVICE_LOCKED },
		{ "a device, root", "phone", LOCK_ROOT, LOCK_NONE, 0, 0x3ff, 0,
		    LOCK_NONE, true, CHANGE_DEVICE_LOCKED },
		{ "a device, again", "phone", LOCK_USER, LOCK_NONE, 1, 0x3ff, 0,
		    LOCK_NONE, true, CHANGE_NONE },
		{ "a device, no codes", "phone", LOCK_USER, LOCK_NONE, 0, 0x3ff,
		    -EDEADLK, LOCK_NONE, false, CHANGE_NONE },
		{ "a device, one code", "phone", LOCK_USER, LOCK_NONE, 0, 0x3fe,
		    0, LOCK_NONE, true, CHANGE_DEVICE_LOCKED },
		{ "not there", "watch", LOCK_USER, LOCK_NONE, 0, 0x3ff, -ENOENT,
		    LOCK_NONE, false, CHANGE_NONE },
		{ "all", NULL, LOCK_USER, LOCK_NONE, 0, 0, 0, LOCK_USER, false,
		    CHANGE_LOCKED },
		{ "all, root", NULL, LOCK_ROOT, LOCK_NONE, 0, 0x3ff, 0,
		    LOCK_ROOT, false, CHANGE_LOCKED },
		{ "all, no codes", NULL, LOCK_USER, LOCK_NONE, 0, 0x3ff,
		    -EDEADLK, LOCK_NONE, false, CHANGE_NONE },
		{ "all, again", NULL, LOCK_USER, LOCK_USER, 0, 0x3ff, 0,
		    LOCK_USER, false, CHANGE_NONE },
		{ "all, by root too", NULL, LOCK_ROOT, LOCK_USER, 0, 0, 0,
		    LOCK_ROOT, false, CHANGE_LOCKED },
		{ "all, of root's", NULL, LOCK_USER, LOCK_ROOT, 0, 0, 0,
		    LOCK_ROOT, false, CHANGE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record();
		struct recovery_set fresh = other_set();
		bool noted = rows[i].noted != CHANGE_NONE;

		rec.locked = rows[i].before;
		rec.device[0].off = rows[i].off;
		rec.recovery.spent = rows[i].spent;
		enrolment_recovery(&fresh, START, &rec);
		assert_int_equal(0,
		    enrolment_begin(&rec.device[0], PENDING_NEW, START, &rec));
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    enrolment_lock(rows[i].label, rows[i].who, START, &rec));
		assert_int_equal(rows[i].after, rec.locked);
		assert_int_equal(rows[i].off_after, rec.device[0].off);
		assert_int_equal(rows[i].noted, rec.change[0].kind);
		assert_int_equal(rows[i].after != rows[i].before ? START : 0,
		    rec.locked_at);
		/* What somebody else may have begun is over. */
		assert_int_equal(noted ? 0 : START + 900, rec.pending.until);
		assert_int_equal(noted ? 0 : START + 900,
		    rec.pending_set.until);
	}
}

static void
unlocking(void **state)
{
	static const struct {
		const char *what, *label;
		enum lock_kind who, before;
		uint32_t row, budget;
		int expect;
		uint32_t budget_after;
		enum change_kind noted;
	} rows[] = {
		{ "root, a lock", NULL, LOCK_ROOT, LOCK_USER, 3, 9, 0, 0,
		    CHANGE_UNLOCKED },
		{ "a user, a lock", NULL, LOCK_USER, LOCK_ROOT, 3, 9, 0, 9,
		    CHANGE_UNLOCKED },
		{ "root, failures", NULL, LOCK_ROOT, LOCK_NONE, 20, 49, 0, 0,
		    CHANGE_UNLOCKED },
		{ "a user, failures", NULL, LOCK_USER, LOCK_NONE, 20, 49, 0, 49,
		    CHANGE_UNLOCKED },
		{ "a user, a budget", NULL, LOCK_USER, LOCK_NONE, 0, 50, 0, 0,
		    CHANGE_UNLOCKED },
		{ "nothing to unlock", NULL, LOCK_ROOT, LOCK_NONE, 3, 9, 0, 0,
		    CHANGE_NONE },
		{ "a device", "phone", LOCK_ROOT, LOCK_USER, 3, 9, 0, 9,
		    CHANGE_DEVICE_UNLOCKED },
		{ "one that is on", "token", LOCK_ROOT, LOCK_USER, 3, 9, 0, 9,
		    CHANGE_NONE },
		{ "not there", "watch", LOCK_ROOT, LOCK_USER, 3, 9, -ENOENT, 9,
		    CHANGE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record();
		bool all = rows[i].label == NULL;

		rec.device[1] = make_hotp(0);
		strcpy(rec.device[1].label, "token");
		rec.device[0].off = true;
		rec.locked = rows[i].before;
		rec.locked_at = rows[i].before != LOCK_NONE ? START : 0;
		for (size_t k = 0; k < LANES; k++)
			rec.failures[k] =
			    (struct failures){ rows[i].row, rows[i].budget,
				    START, START + 9, 7, START + 9 };
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    enrolment_unlock(rows[i].label, rows[i].who,
			&policy.throttle, START, &rec));
		assert_int_equal(all ? LOCK_NONE : rows[i].before, rec.locked);
		assert_int_equal(rec.locked != LOCK_NONE ? START : 0,
		    rec.locked_at);
		assert_int_equal(rows[i].noted != CHANGE_DEVICE_UNLOCKED,
		    rec.device[0].off);
		for (size_t k = 0; k < LANES; k++) {
			const struct failures *fail = &rec.failures[k];

			assert_int_equal(all ? 0 : rows[i].row, fail->row);
			assert_int_equal(all ? 0 : START + 9, fail->wait_until);
			assert_int_equal(all ? 0 : 7, fail->recovery_row);
			assert_int_equal(all ? 0 : START + 9,
			    fail->recovery_wait_until);
			assert_int_equal(rows[i].budget_after, fail->budget);
		}
		assert_int_equal(rows[i].noted, rec.change[0].kind);
	}
}

static void
clearing(void **state)
{
	struct record rec = make_record(), expect = { 0 };
	struct recovery_set fresh = other_set();

	(void)state;
	rec.locked = LOCK_ROOT;
	rec.locked_at = START;
	rec.ticket.until = START + 1;
	rec.failures[LANE_SOCKET].row = 3;
	rec.missed.wrong = 3;
	rec.notices = START + 5;
	enrolment_recovery(&fresh, START, &rec);
	assert_int_equal(0,
	    enrolment_begin(&rec.device[0], PENDING_NEW, START, &rec));
	news_note(CHANGE_RECOVERY_USED, "", START, &rec);
	expect.uid = rec.uid;
	expect.created = rec.created;
	expect.notices = START + 5;
	news_note(CHANGE_RECOVERY_USED, "", START, &expect);
	news_note(CHANGE_DISABLED, "", START + 1, &expect);
	enrolment_clear(START + 1, &rec);
	assert_memory_equal(&expect, &rec, sizeof(rec));
	assert_false(decide_enrolled(&rec));
}

/* A ticket is the first code of make_set(), under its salt. */
static void
tickets(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now, until;
		uint32_t row;
		uint64_t wait_until;
		enum verdict expect;
		uint32_t row_after;
		uint64_t wait;
	} rows[] = {
		{ "right", RECOVERY_FIRST, START, START + 1, 0, 0,
		    VERDICT_ACCEPT, 0, 0 },
		{ "right, as typed", " 0123 4567 89ab cdef", START, START + 1,
		    4, 0, VERDICT_ACCEPT, 4, 0 },
		{ "expired", RECOVERY_FIRST, START, START, 0, 0, VERDICT_DENY,
		    1, 0 },
		{ "there is none", RECOVERY_FIRST, START, 0, 0, 0, VERDICT_DENY,
		    1, 0 },
		{ "wrong", RECOVERY_NONE, START, START + 1, 0, 0, VERDICT_DENY,
		    1, 0 },
		{ "wrong, the fifth", RECOVERY_NONE, START, START + 1, 4, 0,
		    VERDICT_DENY, 5, 5 },
		{ "right, too early", RECOVERY_FIRST, START, START + 1, 5,
		    START + 5, VERDICT_WAIT, 5, 5 },
		{ "right, after the wait", RECOVERY_FIRST, START + 5, START + 9,
		    5, START + 5, VERDICT_ACCEPT, 5, 0 },
		{ "a wait of years", RECOVERY_FIRST, START, START + 1, 5,
		    START + 86400, VERDICT_WAIT, 5, 5 },
		{ "a device's code", CODE, START, START + 1, 5, START + 5,
		    VERDICT_MALFORMED, 5, 0 },
		{ "made a minute ahead", RECOVERY_FIRST, START - 60, START + 9,
		    0, 0, VERDICT_ACCEPT, 0, 0 },
		{ "by a clock put back", RECOVERY_FIRST, START - 61, START + 9,
		    0, 0, VERDICT_DENY, 1, 0 },
		{ "nothing", "", START, START + 1, 0, 0, VERDICT_MALFORMED, 0,
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct recovery_set set = make_set();
		struct record rec = { .uid = 1000 };
		struct failures *fail = &rec.failures[LANE_SOCKET];
		struct outcome outcome;

		rec.ticket.made = START;
		rec.ticket.until = rows[i].until;
		memcpy(rec.ticket.salt, set.salt, sizeof(set.salt));
		memcpy(rec.ticket.hash, set.hash[0], sizeof(set.hash[0]));
		fail->recovery_row = rows[i].row;
		fail->recovery_wait_until = rows[i].wait_until;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(0,
		    enrolment_ticket(rows[i].answer, LANE_SOCKET,
			&policy.throttle, rows[i].now, &rec, &outcome));
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(rows[i].wait, outcome.wait);
		assert_int_equal(rows[i].row_after, fail->recovery_row);
		assert_int_equal(0, rec.failures[LANE_LOGIN].recovery_row);
		assert_int_equal(outcome.verdict == VERDICT_DENY ||
			rows[i].wait_until > START + 5,
		    outcome.keep);
		assert_true(fail->recovery_wait_until <= START + 5);
		/* Nothing of this spends it. */
		assert_int_equal(rows[i].until, rec.ticket.until);
	}
}

static void
new_codes(void **state)
{
	static const struct {
		const char *answer;
		uint64_t now;
		int result;
		enum verdict expect;
	} rows[] = {
		{ RECOVERY_FIRST, START, 0, VERDICT_ACCEPT },
		{ "zzzz zzzz zzzz zzzz", START + 899, 0, VERDICT_ACCEPT },
		{ NULL, START, 0, VERDICT_ACCEPT },
		{ RECOVERY_NONE, START, 0, VERDICT_DENY },
		{ CODE, START, 0, VERDICT_MALFORMED },
		{ RECOVERY_FIRST, START + 900, -ENOENT, VERDICT_DENY },
		{ RECOVERY_FIRST, START - 60, 0, VERDICT_ACCEPT },
		{ RECOVERY_FIRST, START - 61, -ENOENT, VERDICT_DENY },
		{ NULL, START - 61, -ENOENT, VERDICT_DENY },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), before;
		struct recovery_set fresh = make_set();
		enum verdict verdict;

		fresh.created = START;
		rec.recovery.salt[3] = 77;
		enrolment_recovery(&fresh, START, &rec);
		before = rec;
		assert_int_equal(77, rec.recovery.salt[3]);
		assert_int_equal(rows[i].result,
		    enrolment_recovery_confirm(rows[i].answer, rows[i].now,
			&rec, &verdict));
		assert_int_equal(rows[i].expect, verdict);
		if (verdict == VERDICT_ACCEPT) {
			assert_memory_equal(&fresh, &rec.recovery,
			    sizeof(fresh));
			assert_int_equal(0, rec.pending_set.until);
			assert_int_equal(CHANGE_RECOVERY_SET,
			    rec.change[0].kind);
		} else {
			before.pending_set.wrong =
			    rows[i].result == 0 && verdict == VERDICT_DENY;
			assert_memory_equal(&before, &rec, sizeof(rec));
		}
	}
}

/* As many guesses as at a first code, and what waits is gone. */
static void
new_codes_guessed(void **state)
{
	struct record rec = make_record();
	struct recovery_set fresh = other_set(), had = rec.recovery;
	enum verdict verdict;

	(void)state;
	enrolment_recovery(&fresh, START, &rec);
	for (uint32_t i = 1; i < ENROLMENT_TRIES; i++) {
		assert_int_equal(0,
		    enrolment_recovery_confirm(RECOVERY_NONE, START, &rec,
			&verdict));
		assert_int_equal(VERDICT_DENY, verdict);
		assert_int_equal(i, rec.pending_set.wrong);
		assert_int_equal(0,
		    enrolment_recovery_confirm(CODE, START, &rec, &verdict));
		assert_int_equal(VERDICT_MALFORMED, verdict);
	}
	assert_int_equal(0,
	    enrolment_recovery_confirm(RECOVERY_NONE, START, &rec, &verdict));
	assert_int_equal(VERDICT_DENY, verdict);
	assert_int_equal(0, rec.pending_set.until);
	assert_int_equal(0, rec.pending_set.set.created);
	assert_int_equal(-ENOENT,
	    enrolment_recovery_confirm(RECOVERY_FIRST, START, &rec, &verdict));
	assert_memory_equal(&had, &rec.recovery, sizeof(had));
	assert_int_equal(CHANGE_NONE, rec.change[0].kind);
	/* A new set has its own ten. */
	enrolment_recovery(&fresh, START, &rec);
	assert_int_equal(0, rec.pending_set.wrong);
}

static void
removing(void **state)
{
	struct record rec = make_record();

	(void)state;
	for (size_t k = 1; k < RECORD_DEVICES; k++) {
		rec.device[k] = make_totp();
		rec.device[k].label[0] = (char)('a' + k);
	}
	assert_int_equal(-ENOENT, enrolment_remove("none", START, &rec));
	assert_int_equal(0, enrolment_remove("phone", START, &rec));
	assert_int_equal(4, record_devices(&rec));
	assert_int_equal('b', rec.device[0].label[0]);
	assert_int_equal('e', rec.device[3].label[0]);
	assert_int_equal(0, enrolment_remove("ehone", START, &rec));
	assert_int_equal(3, record_devices(&rec));
	assert_int_equal(CHANGE_DEVICE_REMOVED, rec.change[1].kind);
	assert_string_equal("ehone", rec.change[1].label);
	/* The last one gone, the codes are still a factor. */
	assert_int_equal(0, enrolment_remove("bhone", START, &rec));
	assert_int_equal(0, enrolment_remove("chone", START, &rec));
	assert_int_equal(0, enrolment_remove("dhone", START, &rec));
	assert_int_equal(0, record_devices(&rec));
	assert_true(decide_enrolled(&rec));
}

static void
changes(void **state)
{
	struct record rec = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 6; i++)
		news_note(CHANGE_RECOVERY_SET, "", START + i, &rec);
	assert_int_equal(6, rec.changes);
	for (uint64_t i = 0; i < RECORD_CHANGES; i++) {
		assert_int_equal(3 + i, rec.change[i].number);
		assert_int_equal(START + 3 + i, rec.change[i].at);
	}
	assert_int_equal(START + 1, rec.untold);
	news_told(4, START, START + 9, &rec);
	assert_int_equal(START + 5, rec.untold);
	assert_int_equal(5, rec.change[0].number);
	assert_int_equal(6, rec.change[1].number);
	assert_int_equal(CHANGE_NONE, rec.change[2].kind);
	enrolment_adopt(4711, START, &rec);
	assert_int_equal(4711, rec.uid);
	assert_int_equal(CHANGE_ADOPTED, rec.change[2].kind);
}

/* Which four of these are told, by their places among them. */
static void
most_important_changes(void **state)
{
	enum { N_MAX = 7 };
	static const struct {
		const char *what;
		enum change_kind kind[N_MAX];
		uint64_t told[RECORD_CHANGES];
	} rows[] = {
		{ "room for all", { CHANGE_RECOVERY_USED, CHANGE_DEVICE_ADDED },
		    { 1, 2 } },
		{ "a device, then four others",
		    { CHANGE_DEVICE_ADDED, CHANGE_DEVICE_LOCKED, CHANGE_LOCKED,
			CHANGE_DEVICE_REMOVED, CHANGE_DEVICE_LOCKED },
		    { 1, 3, 4, 5 } },
		{ "all devices, then six others",
		    { CHANGE_DEVICE_REPLACED, CHANGE_LOCKED, CHANGE_LOCKED,
			CHANGE_LOCKED, CHANGE_LOCKED, CHANGE_LOCKED,
			CHANGE_DEVICE_REMOVED },
		    { 1, 5, 6, 7 } },
		{ "a used code leaves first",
		    { CHANGE_DEVICE_REMOVED, CHANGE_DEVICE_ADDED,
			CHANGE_RECOVERY_USED, CHANGE_LOCKED, CHANGE_LOCKED },
		    { 1, 2, 4, 5 } },
		{ "and another name",
		    { CHANGE_DEVICE_REMOVED, CHANGE_DEVICE_ADDED,
			CHANGE_DEVICE_RENAMED, CHANGE_LOCKED, CHANGE_LOCKED },
		    { 1, 2, 4, 5 } },
		{ "and does not come in",
		    { CHANGE_DEVICE_REMOVED, CHANGE_LOCKED,
			CHANGE_DEVICE_LOCKED, CHANGE_DEVICE_ADDED,
			CHANGE_RECOVERY_USED },
		    { 1, 2, 3, 4 } },
		{ "unless for another",
		    { CHANGE_RECOVERY_USED, CHANGE_RECOVERY_USED,
			CHANGE_RECOVERY_USED, CHANGE_RECOVERY_USED,
			CHANGE_RECOVERY_USED },
		    { 2, 3, 4, 5 } },
		{ "four devices and a removal",
		    { CHANGE_DEVICE_ADDED, CHANGE_DEVICE_ADDED,
			CHANGE_DEVICE_ADDED, CHANGE_DEVICE_ADDED,
			CHANGE_DEVICE_REMOVED },
		    { 1, 2, 3, 4 } },
		{ "five devices",
		    { CHANGE_DEVICE_ADDED, CHANGE_DEVICE_REPLACED,
			CHANGE_DEVICE_ADDED, CHANGE_DEVICE_ADDED,
			CHANGE_DEVICE_ADDED },
		    { 2, 3, 4, 5 } },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = { 0 };
		uint64_t n = 0;

		print_message("  %s\n", rows[i].what);
		while (n < N_MAX && rows[i].kind[n] != CHANGE_NONE) {
			news_note(rows[i].kind[n], "x", START + n, &rec);
			assert_int_equal(++n, rec.changes);
		}
		for (size_t k = 0; k < RECORD_CHANGES; k++) {
			uint64_t number = rows[i].told[k];

			assert_int_equal(number, rec.change[k].number);
			if (number > 0)
				assert_int_equal(rows[i].kind[number - 1],
				    rec.change[k].kind);
		}
	}
}

/* Nothing that lets somebody in is hidden by what anybody may do at will. */
static void
what_lets_in_stays(void **state)
{
	static const enum change_kind lets_in[] = { CHANGE_DEVICE_ADDED,
		CHANGE_DEVICE_REPLACED, CHANGE_RECOVERY_SET, CHANGE_ADOPTED,
		CHANGE_DEVICE_ROTATED, CHANGE_DEVICE_UNLOCKED, CHANGE_UNLOCKED,
		CHANGE_DISABLED };
	static const enum change_kind others[] = { CHANGE_DEVICE_RENAMED,
		CHANGE_RECOVERY_USED, CHANGE_DEVICE_LOCKED, CHANGE_LOCKED,
		CHANGE_DEVICE_REMOVED };

	(void)state;
	for (size_t i = 0; i < N(lets_in); i++)
		for (size_t k = 0; k < N(others); k++) {
			struct record rec = { 0 };

			news_note(lets_in[i], "x", START, &rec);
			for (uint64_t n = 1; n <= 10; n++)
				news_note(others[k], "y", START + n, &rec);
			assert_int_equal(lets_in[i], rec.change[0].kind);
			assert_int_equal(others[k], rec.change[3].kind);
		}
}

/* Of names that nobody was told of the last is enough. */
static void
renamed_again(void **state)
{
	struct record rec = make_record();

	(void)state;
	rec.device[1] = make_hotp(0);
	strcpy(rec.device[1].label, "token");
	news_note(CHANGE_DEVICE_LOCKED, "b", START, &rec);
	assert_int_equal(0, enrolment_rename("phone", "a", START + 1, &rec));
	assert_int_equal(0, enrolment_rename("token", "t", START + 2, &rec));
	assert_int_equal(0, enrolment_rename("a", "b", START + 3, &rec));
	assert_int_equal(0, enrolment_rename("b", "c", START + 4, &rec));
	assert_int_equal(CHANGE_DEVICE_LOCKED, rec.change[0].kind);
	assert_string_equal("t", rec.change[1].label);
	assert_string_equal("c", rec.change[2].label);
	assert_int_equal(5, rec.change[2].number);
	assert_int_equal(CHANGE_NONE, rec.change[3].kind);
	assert_int_equal(START, rec.untold);
	/* Also if it is the first that is untold: since then something is. */
	news_told(5, START - 1, START + 5, &rec);
	assert_int_equal(0, enrolment_rename("c", "d", START + 5, &rec));
	assert_int_equal(0, enrolment_rename("d", "e", START + 6, &rec));
	assert_string_equal("e", rec.change[0].label);
	assert_int_equal(CHANGE_NONE, rec.change[1].kind);
	assert_int_equal(START + 5, rec.untold);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin),
		cmocka_unit_test(confirm),
		cmocka_unit_test(skewed_is_spent),
		cmocka_unit_test(confirm_too_late),
		cmocka_unit_test(anew),
		cmocka_unit_test(beside_others),
		cmocka_unit_test(rotate),
		cmocka_unit_test(renaming),
		cmocka_unit_test(locking),
		cmocka_unit_test(unlocking),
		cmocka_unit_test(clearing),
		cmocka_unit_test(tickets),
		cmocka_unit_test(new_codes),
		cmocka_unit_test(new_codes_guessed),
		cmocka_unit_test(removing),
		cmocka_unit_test(changes),
		cmocka_unit_test(most_important_changes),
		cmocka_unit_test(what_lets_in_stays),
		cmocka_unit_test(renamed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
