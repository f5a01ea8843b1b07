/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

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
		{ "a sixth", "tablet", PENDING_ADD, 5, -ENOSPC },
		{ "label is taken", "phone", PENDING_ADD, 1, -EEXIST },
		{ "no label", "", PENDING_ADD, 1, -EINVAL },
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
			assert_memory_equal(&before, &rec, sizeof(rec));
		}
	}
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
			assert_memory_equal(&before, &rec, sizeof(rec));
		}
	}
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
		enrolment_note(CHANGE_RECOVERY_SET, "", START + i, &rec);
	assert_int_equal(6, rec.changes);
	for (uint64_t i = 0; i < RECORD_CHANGES; i++) {
		assert_int_equal(3 + i, rec.change[i].number);
		assert_int_equal(START + 3 + i, rec.change[i].at);
	}
	enrolment_told(4, &rec);
	assert_int_equal(5, rec.change[0].number);
	assert_int_equal(6, rec.change[1].number);
	assert_int_equal(CHANGE_NONE, rec.change[2].kind);
	enrolment_adopt(4711, START, &rec);
	assert_int_equal(4711, rec.uid);
	assert_int_equal(CHANGE_ADOPTED, rec.change[2].kind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin),
		cmocka_unit_test(confirm),
		cmocka_unit_test(confirm_too_late),
		cmocka_unit_test(anew),
		cmocka_unit_test(beside_others),
		cmocka_unit_test(new_codes),
		cmocka_unit_test(removing),
		cmocka_unit_test(changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
