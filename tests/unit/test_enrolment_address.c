/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#define MAIL "a@b.example"
#define OTHER "c@d.example"
#define PHONE "+4420123456"

static const struct policy_sent pol = { .length = 8,
	.prefix = "ssh-",
	.minutes = 10,
	.tries = 3 };

static struct recovery_set
other_set(void)
{
	struct recovery_set set = make_set();

	set.created = START;
	return set;
}

static struct sent
sent_to_confirm(enum policy_method method)
{
	const struct sent made = make_sent();
	struct sent sent = { 0 };

	assert_int_equal(0,
	    sent_store(SENT_CODE, SENT_CONFIRMS, method, made.salt, START,
		&sent));
	return sent;
}

/* A record in which an address waits, and in this lane its code. */
static struct record
waiting(const char *text, enum policy_method method, enum lane lane)
{
	struct record rec = make_record();

	assert_int_equal(0, enrolment_address(text, method, START, &rec));
	rec.sent[lane] = sent_to_confirm(method);
	return rec;
}

static void
begin(void **state)
{
	static const struct {
		const char *what, *text;
		enum policy_method method;
		uint64_t now;
		int expect;
	} rows[] = {
		{ "mail", MAIL, METHOD_EMAIL, START, 0 },
		{ "phone", PHONE, METHOD_SMS, START, 0 },
		{ "mail, as a phone", MAIL, METHOD_SMS, START, -EINVAL },
		{ "a phone, as mail", PHONE, METHOD_EMAIL, START, -EINVAL },
		{ "a phone, as people write it", "+44 7700 900124", METHOD_SMS,
		    START, -EINVAL },
		{ "of no channel", MAIL, METHOD_TOTP, START, -EINVAL },
		{ "of none", MAIL, 0, START, -EINVAL },
		{ "empty", "", METHOD_EMAIL, START, -EINVAL },
		{ "two lines", "a@b.example\nx", METHOD_EMAIL, START, -EINVAL },
		{ "a clock beyond all", MAIL, METHOD_EMAIL, RECORD_TIME_MAX,
		    -EINVAL },
		{ "beyond all before it ends", MAIL, METHOD_EMAIL,
		    RECORD_TIME_MAX - ENROLMENT_PENDING_SECONDS, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), before;

		memcpy(rec.email, "old@b.example", 14);
		before = rec;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    enrolment_address(rows[i].text, rows[i].method, rows[i].now,
			&rec));
		if (rows[i].expect < 0) {
			assert_memory_equal(&before, &rec, sizeof(rec));
			continue;
		}
		assert_string_equal(rows[i].text, rec.pending_address.text);
		assert_int_equal(rows[i].method, rec.pending_address.method);
		assert_int_equal(START + ENROLMENT_PENDING_SECONDS,
		    rec.pending_address.until);
		assert_string_equal("old@b.example", rec.email);
		assert_int_equal(0, rec.changes);
	}
}

static void
confirm(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now;
		uint32_t wrong; /* before it */
		int r;
		enum verdict expect;
		uint32_t wrong_after;
		bool over; /* nothing waits any more */
	} rows[] = {
		{ "right", SENT_CODE, START, 0, 0, VERDICT_ACCEPT, 0, true },
		{ "with the prefix", "ssh-1234 5678", START, 2, 0,
		    VERDICT_ACCEPT, 0, true },
		{ "wrong", SENT_WRONG, START, 0, 0, VERDICT_DENY, 1, false },
		{ "the third wrong one", SENT_WRONG, START, 2, 0, VERDICT_DENY,
		    0, true },
		{ "a code of the device", CODE, START, 0, 0, VERDICT_MALFORMED,
		    0, false },
		{ "letters", "ABCDEFGH", START, 0, 0, VERDICT_MALFORMED, 0,
		    false },
		{ "empty", "", START, 0, 0, VERDICT_MALFORMED, 0, false },
		{ "its last second", SENT_CODE, START + 599, 0, 0,
		    VERDICT_ACCEPT, 0, true },
		{ "too late", SENT_CODE, START + 600, 0, -ENOENT, VERDICT_DENY,
		    0, false },
		{ "much too late", SENT_CODE, START + 900, 0, -ENOENT,
		    VERDICT_DENY, 0, false },
		{ "a clock put back", SENT_CODE, START - 61, 0, -ENOENT,
		    VERDICT_DENY, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = waiting(MAIL, METHOD_EMAIL, LANE_SOCKET);
		struct recovery_set fresh = other_set();
		enum verdict verdict = VERDICT_ACCEPT;
		bool done = rows[i].expect == VERDICT_ACCEPT;

		rec.sent[LANE_SOCKET].wrong = rows[i].wrong;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].r,
		    enrolment_address_confirm(rows[i].answer, LANE_SOCKET, &pol,
			&fresh, rows[i].now, &rec, &verdict));
		assert_int_equal(rows[i].expect, verdict);
		assert_int_equal(rows[i].wrong_after,
		    rec.sent[LANE_SOCKET].wrong);
		assert_int_equal(rows[i].over ? 0 : METHOD_EMAIL,
		    rec.sent[LANE_SOCKET].method);
		assert_int_equal(rows[i].over ? 0 : METHOD_EMAIL,
		    rec.pending_address.method);
		assert_int_equal(!rows[i].over, rec.pending_address.until != 0);
		assert_int_equal(START, rec.sent[LANE_SOCKET].times[0]);
		assert_string_equal(done ? MAIL : "", rec.email);
		assert_int_equal(done ? rows[i].now : 0, rec.email_since);
		assert_int_equal(done ? CHANGE_ADDRESS : CHANGE_NONE,
		    rec.change[0].kind);
		assert_string_equal(done ? "email" : "", rec.change[0].label);
		assert_string_equal("", rec.phone);
		/* There was a set: it stays. */
		assert_int_equal(START - 86400, rec.recovery.created);
		/* It is no failure at a login, nor a success. */
		assert_int_equal(0, rec.failures[LANE_SOCKET].row);
	}
}

/* The first factor of somebody comes with recovery codes. */
static void
confirm_the_first(void **state)
{
	struct record rec = waiting(PHONE, METHOD_SMS, LANE_LOGIN);
	struct recovery_set fresh = other_set();
	enum verdict verdict;
	char text[RECORD_TEXT_SIZE];
	size_t len;

	(void)state;
	memset(rec.device, 0, sizeof(rec.device));
	memset(&rec.recovery, 0, sizeof(rec.recovery));
	rec.pending_set.until = START + 1;
	rec.pending_set.set = make_set();
	rec.ticket.until = START + 1;
	assert_false(decide_enrolled(&rec));
	assert_int_equal(0,
	    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &pol, &fresh,
		START, &rec, &verdict));
	assert_int_equal(VERDICT_ACCEPT, verdict);
	assert_true(decide_enrolled(&rec));
	assert_memory_equal(&fresh, &rec.recovery, sizeof(fresh));
	assert_int_equal(0, rec.pending_set.until);
	assert_int_equal(0, rec.ticket.until);
	assert_string_equal(PHONE, rec.phone);
	assert_int_equal(START, rec.phone_since);
	assert_string_equal("", rec.email);
	assert_int_equal(0, rec.email_since);
	assert_string_equal("phone", rec.change[0].label);
	assert_int_equal(0, record_write(&rec, text, &len));
	/* Once. */
	assert_int_equal(-ENOENT,
	    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &pol, &fresh,
		START, &rec, &verdict));
}

/* A shorter one leaves nothing of a longer one. */
static void
confirm_another(void **state)
{
	static const char zero[ADDRESS_MAX + 1];
	struct record rec = waiting(MAIL, METHOD_EMAIL, LANE_LOGIN);
	struct recovery_set fresh = other_set();
	enum verdict verdict;

	(void)state;
	memset(rec.email, 'x', ADDRESS_MAX);
	rec.email_since = START - 1000;
	/* This went to the old one, and that to the phone. */
	rec.sent[LANE_SOCKET] = make_sent();
	assert_int_equal(0,
	    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &pol, &fresh,
		START, &rec, &verdict));
	assert_string_equal(MAIL, rec.email);
	assert_memory_equal(zero, rec.email + strlen(MAIL),
	    sizeof(rec.email) - strlen(MAIL));
	assert_int_equal(START, rec.email_since);
	assert_int_equal(0, rec.sent[LANE_SOCKET].method);
	assert_int_equal(SENT_AT, rec.sent[LANE_SOCKET].times[0]);

	rec = waiting(MAIL, METHOD_EMAIL, LANE_LOGIN);
	rec.sent[LANE_SOCKET] = make_sent();
	rec.sent[LANE_SOCKET].method = METHOD_SMS;
	assert_int_equal(0,
	    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &pol, &fresh,
		START, &rec, &verdict));
	assert_int_equal(METHOD_SMS, rec.sent[LANE_SOCKET].method);
}

/* However long codes are good, an address waits for a quarter of an hour. */
static void
confirm_too_late(void **state)
{
	struct recovery_set fresh = other_set();
	struct policy_sent hour = pol;
	enum verdict verdict;

	(void)state;
	hour.minutes = 60;
	for (uint64_t late = 0; late < 2; late++) {
		struct record rec = waiting(MAIL, METHOD_EMAIL, LANE_LOGIN);

		assert_int_equal(late ? -ENOENT : 0,
		    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &hour,
			&fresh, START + 899 + late, &rec, &verdict));
		assert_string_equal(late ? "" : MAIL, rec.email);
	}
}

/* A code confirms the address that it was sent to, and no other. */
static void
confirm_what_it_was_sent_to(void **state)
{
	struct recovery_set fresh = other_set();
	enum verdict verdict;

	(void)state;
	for (int lane = 0; lane < LANES; lane++) {
		struct record rec =
		    waiting(MAIL, METHOD_EMAIL, (enum lane)lane);

		assert_int_equal(0,
		    enrolment_address(OTHER, METHOD_EMAIL, START, &rec));
		assert_int_equal(-ENOENT,
		    enrolment_address_confirm(SENT_CODE, (enum lane)lane, &pol,
			&fresh, START, &rec, &verdict));
		assert_int_equal(START, rec.sent[lane].times[0]);
		assert_string_equal(OTHER, rec.pending_address.text);
	}
	/* The other lane has none; a login's is not of it. */
	struct record rec = waiting(MAIL, METHOD_EMAIL, LANE_SOCKET);

	rec.sent[LANE_LOGIN] = make_sent();
	assert_int_equal(-ENOENT,
	    enrolment_address_confirm(SENT_CODE, LANE_LOGIN, &pol, &fresh,
		START, &rec, &verdict));
	/* Nor does it let anybody in; and a login's goes on. */
	struct policy sends = make_sends();
	struct record next;
	struct outcome outcome;
	const struct attempt attempt = { .now = START,
		.lane = LANE_SOCKET,
		.answer = SENT_CODE };

	assert_int_equal(0,
	    decide_answer(&rec, &sends, &attempt, &next, &outcome));
	assert_int_equal(VERDICT_MALFORMED, outcome.verdict);
	assert_int_equal(0,
	    enrolment_address(OTHER, METHOD_EMAIL, START, &rec));
	assert_int_equal(METHOD_EMAIL, rec.sent[LANE_LOGIN].method);
}

static void
remove_one(void **state)
{
	struct record rec = waiting(OTHER, METHOD_EMAIL, LANE_SOCKET), before;

	(void)state;
	before = rec;
	assert_int_equal(-ENOENT,
	    enrolment_address_remove(METHOD_EMAIL, START, &rec));
	assert_int_equal(-ENOENT,
	    enrolment_address_remove(METHOD_SMS, START, &rec));
	assert_int_equal(-ENOENT,
	    enrolment_address_remove(METHOD_TOTP, START, &rec));
	assert_memory_equal(&before, &rec, sizeof(rec));

	memcpy(rec.email, MAIL, sizeof(MAIL));
	memcpy(rec.phone, PHONE, sizeof(PHONE));
	rec.email_since = rec.phone_since = START - 1000;
	rec.sent[LANE_LOGIN] = make_sent();
	before = rec;
	assert_int_equal(0, enrolment_address_remove(METHOD_SMS, START, &rec));
	assert_string_equal("", rec.phone);
	assert_int_equal(0, rec.phone_since);
	assert_string_equal("phone", rec.change[0].label);
	/* The other stays, and what waits for it. */
	assert_string_equal(MAIL, rec.email);
	assert_memory_equal(before.sent, rec.sent, sizeof(rec.sent));
	assert_int_equal(METHOD_EMAIL, rec.pending_address.method);

	assert_int_equal(0,
	    enrolment_address_remove(METHOD_EMAIL, START, &rec));
	assert_string_equal("", rec.email);
	assert_int_equal(0, rec.email_since);
	assert_int_equal(CHANGE_ADDRESS_REMOVED, rec.change[1].kind);
	assert_string_equal("email", rec.change[1].label);
	assert_int_equal(0, rec.pending_address.until);
	for (int i = 0; i < LANES; i++)
		assert_int_equal(0, rec.sent[i].method);
	assert_int_equal(SENT_AT, rec.sent[LANE_LOGIN].times[0]);
	/* Codes are left: they are still asked for. */
	assert_true(decide_enrolled(&rec));
}

/* The last address, and nothing else: as if there had never been one. */
static void
remove_the_last(void **state)
{
	struct record rec = { .uid = 1000, .email = MAIL, .email_since = 1 };
	char text[RECORD_TEXT_SIZE];
	size_t len;

	(void)state;
	assert_true(decide_enrolled(&rec));
	assert_int_equal(0,
	    enrolment_address_remove(METHOD_EMAIL, START, &rec));
	assert_false(decide_enrolled(&rec));
	assert_int_equal(0, record_write(&rec, text, &len));
}

/* What becomes of addresses, and of codes that were sent, by other changes. */
static void
other_changes(void **state)
{
	enum {
		LOCK_ALL,
		LOCK_ONE,
		REMOVE,
		ANEW,
		ADD,
		ROTATE,
		CODES,
		CLEAR,
		ADOPT,
		UNLOCK,
		RENAME,
	};
	static const struct {
		const char *what;
		int change;
		bool address, waits;
	} rows[] = {
		{ "locked", LOCK_ALL, true, false },
		{ "a device is locked", LOCK_ONE, true, false },
		{ "a device is removed", REMOVE, true, false },
		{ "set up anew", ANEW, true, false },
		{ "a device more", ADD, true, true },
		{ "a device is rotated", ROTATE, true, false },
		{ "new recovery codes", CODES, true, false },
		{ "given up", CLEAR, false, false },
		{ "adopted", ADOPT, true, false },
		{ "unlocked", UNLOCK, true, true },
		{ "renamed", RENAME, true, true },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = waiting(OTHER, METHOD_EMAIL, LANE_SOCKET);
		struct recovery_set fresh = other_set();
		struct confirmation confirmation;
		struct device dev = make_totp();
		enum verdict verdict;
		int r = 0;

		memcpy(rec.email, MAIL, sizeof(MAIL));
		rec.email_since = START - 1000;
		rec.sent[LANE_LOGIN] = make_sent();
		memcpy(dev.label, "other", sizeof("other"));
		switch (rows[i].change) {
		case LOCK_ALL:
			r = enrolment_lock(NULL, LOCK_USER, START, &rec);
			break;
		case LOCK_ONE:
			r = enrolment_lock("phone", LOCK_USER, START, &rec);
			break;
		case REMOVE:
			r = enrolment_remove("phone", START, &rec);
			break;
		case ANEW:
		case ADD:
			r = enrolment_begin(&dev,
			    rows[i].change == ADD ? PENDING_ADD : PENDING_NEW,
			    START, &rec);
			assert_int_equal(0, r);
			r = enrolment_confirm(CODE, &fresh, START, &rec,
			    &confirmation);
			assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
			break;
		case ROTATE:
			memcpy(dev.label, "phone", sizeof("phone"));
			enrolment_recovery(&fresh, START, &rec);
			r = enrolment_begin(&dev, PENDING_ROTATE, START, &rec);
			assert_int_equal(0, r);
			r = enrolment_confirm(CODE, &fresh, START, &rec,
			    &confirmation);
			assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
			break;
		case CODES:
			r = enrolment_begin(&dev, PENDING_ADD, START, &rec);
			assert_int_equal(0, r);
			enrolment_recovery(&fresh, START, &rec);
			r = enrolment_recovery_confirm(NULL, START, &rec,
			    &verdict);
			assert_int_equal(VERDICT_ACCEPT, verdict);
			break;
		case CLEAR:
			enrolment_clear(START, &rec);
			break;
		case ADOPT:
			r = enrolment_begin(&dev, PENDING_ADD, START, &rec);
			enrolment_adopt(4711, START, &rec);
			break;
		case UNLOCK:
			r = enrolment_unlock(NULL, LOCK_ROOT, &policy.throttle,
			    START, &rec);
			break;
		case RENAME:
			r = enrolment_rename("phone", "other", START, &rec);
			break;
		}
		print_message("  %s\n", rows[i].what);
		assert_int_equal(0, r);
		assert_string_equal(rows[i].address ? MAIL : "", rec.email);
		assert_int_equal(rows[i].address ? START - 1000 : 0,
		    rec.email_since);
		assert_int_equal(rows[i].waits, rec.pending_address.until != 0);
		assert_int_equal(rows[i].waits,
		    rec.pending_address.text[0] != '\0');
		assert_int_equal(0, rec.pending.until);
		assert_int_equal(0, rec.pending_set.until);
		for (int lane = 0; lane < LANES; lane++)
			assert_int_equal(rows[i].waits,
			    rec.sent[lane].method != 0);
		/* How often one was sent is remembered. */
		assert_int_equal(SENT_AT, rec.sent[LANE_LOGIN].times[0]);
	}
}

/*
 * While there is nothing, whoever runs as the user may begin both a device and
 * an address without a code; the first that is confirmed ends the other.
 */
static void
first_of_two(void **state)
{
	static const struct {
		const char *what;
		enum pending_mode mode;
		bool device; /* it is the one that is confirmed */
		bool codes;  /* there is a factor, and both were begun by it */
	} rows[] = {
		{ "an address, and a device waits", PENDING_NEW, false, false },
		{ "an address, and one beside none", PENDING_ADD, false,
		    false },
		{ "a device, and an address waits", PENDING_NEW, true, false },
		{ "a device beside none", PENDING_ADD, true, false },
		{ "an address beside recovery codes", PENDING_ADD, false,
		    true },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = { .uid = 1000 };
		const struct recovery_set fresh = other_set();
		const struct device dev = make_totp();
		struct confirmation confirmation;
		enum verdict verdict;

		print_message("  %s\n", rows[i].what);
		if (rows[i].codes)
			rec.recovery = fresh;
		assert_int_equal(0,
		    enrolment_begin(&dev, rows[i].mode, START, &rec));
		assert_int_equal(0,
		    enrolment_address(MAIL, METHOD_EMAIL, START, &rec));
		rec.sent[LANE_SOCKET] = sent_to_confirm(METHOD_EMAIL);
		if (rows[i].device) {
			assert_int_equal(0,
			    enrolment_confirm(CODE, &fresh, START, &rec,
				&confirmation));
			assert_int_equal(VERDICT_ACCEPT, confirmation.verdict);
			assert_int_equal(-ENOENT,
			    enrolment_address_confirm(SENT_CODE, LANE_SOCKET,
				&pol, &fresh, START, &rec, &verdict));
			assert_string_equal("", rec.email);
			assert_int_equal(0, rec.pending_address.until);
		} else {
			assert_int_equal(0,
			    enrolment_address_confirm(SENT_CODE, LANE_SOCKET,
				&pol, &fresh, START, &rec, &verdict));
			assert_int_equal(VERDICT_ACCEPT, verdict);
			assert_int_equal(rows[i].codes ? 0 : -ENOENT,
			    enrolment_confirm(CODE, &fresh, START, &rec,
				&confirmation));
			assert_int_equal(rows[i].codes, record_devices(&rec));
		}
		assert_int_equal(START, rec.recovery.created);
	}
}

/* A code is good for as long as policy says, but not after its address. */
static void
minutes(void **state)
{
	struct policy_sent own = { .minutes = 10 };

	(void)state;
	assert_int_equal(10, enrolment_address_minutes(&own));
	own.minutes = 15;
	assert_int_equal(15, enrolment_address_minutes(&own));
	own.minutes = 30;
	assert_int_equal(15, enrolment_address_minutes(&own));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin),
		cmocka_unit_test(confirm),
		cmocka_unit_test(confirm_the_first),
		cmocka_unit_test(confirm_another),
		cmocka_unit_test(confirm_too_late),
		cmocka_unit_test(confirm_what_it_was_sent_to),
		cmocka_unit_test(minutes),
		cmocka_unit_test(remove_one),
		cmocka_unit_test(remove_the_last),
		cmocka_unit_test(other_changes),
		cmocka_unit_test(first_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
