/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include "common/news.h"

static struct outcome
answer_as(const struct record *rec, const struct policy *pol,
    const struct attempt *attempt, struct record *next)
{
	struct outcome outcome;

	assert_int_equal(0, decide_answer(rec, pol, attempt, next, &outcome));
	return outcome;
}

static struct outcome
answer(const struct record *rec, uint64_t now, const char *text,
    struct record *next)
{
	const struct attempt attempt = { .now = now, .answer = text };

	return answer_as(rec, &policy, &attempt, next);
}

static void
totp(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now, spent[2], wait_until;
		enum verdict expect;
		uint32_t row, budget; /* after it; both were 2 before */
		bool keep;
	} rows[] = {
		{ "its step", CODE, START, { 0 }, 0, VERDICT_ACCEPT, 0, 2, 1 },
		{ "its last second", CODE, END, { 0 }, 0, VERDICT_ACCEPT, 0, 2,
		    1 },
		{ "first second", CODE, START - 30, { 0 }, 0, VERDICT_ACCEPT, 0,
		    2, 1 },
		{ "too early", CODE, START - 31, { 0 }, 0, VERDICT_DENY, 3, 2,
		    1 },
		{ "last second", CODE, END + 30, { 0 }, 0, VERDICT_ACCEPT, 0, 2,
		    1 },
		{ "too late", CODE, END + 31, { 0 }, 0, VERDICT_DENY, 3, 2, 1 },
		{ "slow", CODE, END + 300, { 0 }, 0, VERDICT_DENY, 3, 2, 1 },
		{ "no slow typist", CODE, END + 301, { 0 }, 0, VERDICT_DENY, 3,
		    3, 1 },
		{ "a clock ahead", CODE, START - 300, { 0 }, 0, VERDICT_DENY, 3,
		    2, 1 },
		{ "a guess", CODE, START - 301, { 0 }, 0, VERDICT_DENY, 3, 3,
		    1 },
		{ "gaps", " 279 03-7\t", START, { 0 }, 0, VERDICT_ACCEPT, 0, 2,
		    1 },
		{ "last digit", "279038", START, { 0 }, 0, VERDICT_DENY, 3, 3,
		    1 },
		{ "first digit", "179037", START, { 0 }, 0, VERDICT_DENY, 3, 3,
		    1 },
		{ "empty", "", START, { 0 }, 0, VERDICT_MALFORMED, 2, 2, 0 },
		{ "short", "27903", START, { 0 }, 0, VERDICT_MALFORMED, 2, 2,
		    0 },
		{ "seven digits", "2790370", START, { 0 }, 0, VERDICT_MALFORMED,
		    2, 2, 0 },
		{ "eight digits", "69279037", START, { 0 }, 0,
		    VERDICT_MALFORMED, 2, 2, 0 },
		{ "long", CODE CODE, START, { 0 }, 0, VERDICT_MALFORMED, 2, 2,
		    0 },
		{ "letters", "27903x", START, { 0 }, 0, VERDICT_MALFORMED, 2, 2,
		    0 },
		{ "spent", CODE, START, { STEP }, 0, VERDICT_REPLAY, 2, 2, 1 },
		{ "spent, in the next step", CODE, END + 30, { STEP }, 0,
		    VERDICT_REPLAY, 2, 2, 1 },
		{ "spent, long ago", CODE, END + 300, { STEP }, 0,
		    VERDICT_REPLAY, 2, 2, 1 },
		{ "spent, and forgotten", CODE, END + 301, { STEP }, 0,
		    VERDICT_DENY, 3, 3, 1 },
		{ "the next one was spent", CODE, START, { STEP + 1 }, 0,
		    VERDICT_ACCEPT, 0, 2, 1 },
		{ "far ahead was spent", CODE, START, { STEP + 900 }, 0,
		    VERDICT_ACCEPT, 0, 2, 1 },
		{ "both", CODE, START, { STEP + 900, STEP }, 0, VERDICT_REPLAY,
		    2, 2, 1 },
		{ "waiting", CODE, START, { 0 }, START + 1, VERDICT_WAIT, 2, 2,
		    0 },
		{ "wrong while waiting", "279038", START, { 0 }, START + 1,
		    VERDICT_WAIT, 2, 2, 0 },
		{ "wait is over", CODE, START, { 0 }, START, VERDICT_ACCEPT, 0,
		    2, 1 },
		{ "no clock", "287082", 59, { 0 }, 0, VERDICT_UNUSABLE, 2, 2,
		    0 },
		{ "clock just set", "000000", DECIDE_CLOCK_MIN, { 0 }, 0,
		    VERDICT_DENY, 3, 3, 1 },
		{ "clock not quite set", "000000", DECIDE_CLOCK_MIN - 1, { 0 },
		    0, VERDICT_UNUSABLE, 2, 2, 0 },
		{ "clock beyond all", "000000", RECORD_TIME_MAX, { 0 }, 0,
		    VERDICT_UNUSABLE, 2, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		struct failures *fail = &rec.failures[LANE_LOGIN];
		struct outcome outcome;

		/* Where a wait is wanted, a row that could have made it. */
		*fail = (struct failures){ .row = 2,
			.budget = 2,
			.budget_from = START - 1000 };
		memcpy(rec.device[0].spent, rows[i].spent,
		    sizeof(rows[i].spent));
		if (rows[i].wait_until != 0) {
			fail->row = 5;
			fail->wait_until = rows[i].wait_until;
		}
		outcome = answer(&rec, rows[i].now, rows[i].answer, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(rows[i].keep, outcome.keep);
		if (rows[i].expect != VERDICT_WAIT)
			assert_int_equal(rows[i].row,
			    next.failures[LANE_LOGIN].row);
		assert_int_equal(rows[i].budget,
		    next.failures[LANE_LOGIN].budget);
		/* The other lane and the codes are nobody's business here. */
		assert_memory_equal(&rec.failures[LANE_SOCKET],
		    &next.failures[LANE_SOCKET], sizeof(struct failures));
		assert_memory_equal(&rec.recovery, &next.recovery,
		    sizeof(rec.recovery));
		if (!rows[i].keep)
			assert_memory_equal(&rec, &next, sizeof(rec));
	}
}

/* Each window accepts 2 w + 1 steps, and not one more. */
static void
windows(void **state)
{
	(void)state;
	for (uint32_t window = 0; window <= 2; window++) {
		struct policy pol = policy;

		pol.window = window;
		for (int off = -4; off <= 4; off++) {
			struct record rec = make_record(), next;
			const struct attempt attempt = {
				.now = (uint64_t)((int64_t)START + off * 30),
				.answer = CODE
			};
			struct outcome outcome =
			    answer_as(&rec, &pol, &attempt, &next);

			assert_int_equal((uint32_t)abs(off) <= window
				? VERDICT_ACCEPT
				: VERDICT_DENY,
			    outcome.verdict);
		}
	}
}

/* Of the spent steps the sixteen highest are known, and none below them. */
static void
spent_steps(void **state)
{
	static const struct {
		const char *what;
		int n, from, by; /* spent: n steps, from STEP + from, upward */
		enum verdict expect;
		int smallest; /* afterwards: STEP + this; if there are 16 */
	} rows[] = {
		{ "fifteen ahead", 15, 100, 1, VERDICT_ACCEPT, 0 },
		{ "sixteen ahead", 16, 100, 1, VERDICT_REPLAY, 100 },
		{ "sixteen around", 16, -15, 2, VERDICT_ACCEPT, -13 },
		{ "sixteen before", 16, -16, 1, VERDICT_ACCEPT, -15 },
		{ "sixteen, it is the smallest", 16, 0, 1, VERDICT_REPLAY, 0 },
		{ "sixteen, one of them smaller", 16, -8, 16, VERDICT_ACCEPT,
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		uint64_t *spent = rec.device[0].spent;
		struct outcome outcome;

		for (int k = 0; k < rows[i].n; k++)
			spent[rows[i].n - 1 - k] = (uint64_t)((int64_t)STEP +
			    rows[i].from + k * rows[i].by);
		outcome = answer(&rec, START, CODE, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		spent = next.device[0].spent;
		for (int k = 1; k < RECORD_SPENT; k++)
			assert_true(spent[k] < spent[k - 1]);
		assert_int_equal((uint64_t)((int64_t)STEP + rows[i].smallest),
		    spent[RECORD_SPENT - 1]);
	}
}

static void
accepted_is_spent(void **state)
{
	struct record rec = make_record(), next, after;
	struct outcome outcome = answer(&rec, START, CODE, &next);

	(void)state;
	assert_int_equal(VERDICT_ACCEPT, outcome.verdict);
	assert_int_equal(METHOD_TOTP, outcome.method);
	assert_int_equal(START, next.device[0].used);
	assert_int_equal(STEP, next.device[0].spent[0]);
	assert_int_equal(VERDICT_REPLAY,
	    answer(&next, START, CODE, &after).verdict);
	assert_int_equal(VERDICT_REPLAY,
	    answer(&next, START - 86400 + 86400, "27 90 37", &after).verdict);
	/* Its neighbours are not. */
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&next, START, CODE_BEFORE, &after).verdict);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&next, START, CODE_AFTER, &after).verdict);
	assert_int_equal(VERDICT_DENY,
	    answer(&next, START, CODE_AFTER2, &after).verdict);
}

/* The clock goes forward and back, in any order: once is once. */
static void
once_whatever_the_clock(void **state)
{
	static const int order[][4] = { { 0, 1, 2, 0 }, { 2, 0, 1, 2 },
		{ 1, 2, 0, 1 }, { 2, 1, 0, 2 } };
	static const char *const code[] = { CODE_BEFORE, CODE, CODE_AFTER };

	(void)state;
	for (size_t i = 0; i < N(order); i++) {
		struct record rec = make_record(), next;

		for (size_t k = 0; k < 4; k++) {
			int which = order[i][k];
			uint64_t now =
			    (uint64_t)((int64_t)START + (which - 1) * 30);

			assert_int_equal(k < 3 ? VERDICT_ACCEPT
					       : VERDICT_REPLAY,
			    answer(&rec, now, code[which], &next).verdict);
			rec = next;
		}
	}
}

static void
hotp(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t counter, resync;
		enum verdict expect;
		uint64_t next, next_resync;
		uint32_t budget;
	} rows[] = {
		{ "the next", "755224", 0, 0, VERDICT_ACCEPT, 1, 0, 0 },
		{ "one ahead", "287082", 0, 0, VERDICT_ACCEPT, 2, 0, 0 },
		{ "ten ahead", "403154", 0, 0, VERDICT_ACCEPT, 11, 0, 0 },
		{ "eleven ahead", "481090", 0, 0, VERDICT_DENY, 0, 12, 0 },
		{ "fifty ahead", "528155", 0, 0, VERDICT_DENY, 0, 51, 0 },
		{ "too far ahead", "980838", 0, 0, VERDICT_DENY, 0, 0, 1 },
		{ "the one after it", "980838", 0, 51, VERDICT_ACCEPT, 52, 0,
		    0 },
		{ "found again", "868912", 0, 12, VERDICT_ACCEPT, 13, 0, 0 },
		{ "not the one after", "528155", 0, 12, VERDICT_DENY, 0, 51,
		    0 },
		{ "wrong after a far one", "000000", 0, 12, VERDICT_DENY, 0, 0,
		    1 },
		{ "spent", "755224", 1, 0, VERDICT_REPLAY, 1, 0, 0 },
		{ "ten behind", "755224", 10, 0, VERDICT_REPLAY, 10, 0, 0 },
		{ "eleven behind", "755224", 11, 0, VERDICT_DENY, 11, 0, 1 },
		{ "a replay ends a search", "755224", 1, 13, VERDICT_REPLAY, 1,
		    0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		struct outcome outcome;

		rec.device[0] = make_hotp(rows[i].counter);
		rec.device[0].resync = rows[i].resync;
		outcome = answer(&rec, START, rows[i].answer, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(METHOD_HOTP, outcome.method);
		assert_int_equal(rows[i].next, next.device[0].counter);
		assert_int_equal(rows[i].next_resync, next.device[0].resync);
		assert_int_equal(rows[i].budget,
		    next.failures[LANE_LOGIN].budget);
	}
	/* It needs no clock. */
	struct record rec = make_record(), next;

	rec.device[0] = make_hotp(0);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&rec, 59, "755224", &next).verdict);
}

static void
recovery(void **state)
{
	static const struct {
		const char *what, *answer;
		uint32_t spent, row;
		uint64_t wait_until;
		enum verdict expect;
		uint32_t spent_after, row_after;
	} rows[] = {
		{ "the first", RECOVERY_FIRST, 0, 2, 0, VERDICT_ACCEPT, 0x001,
		    0 },
		{ "the last", RECOVERY_LAST, 0, 2, 0, VERDICT_ACCEPT, 0x200,
		    0 },
		{ "as people type", "o1z3 4567 89ab cdef", 0, 2, 0,
		    VERDICT_DENY, 0, 3 },
		{ "lower case, I and O", " oI23-4567-89ab-cdef", 0, 2, 0,
		    VERDICT_ACCEPT, 1, 0 },
		{ "none of them", RECOVERY_NONE, 0, 2, 0, VERDICT_DENY, 0, 3 },
		{ "spent", RECOVERY_FIRST, 1, 2, 0, VERDICT_REPLAY, 1, 2 },
		{ "another was spent", RECOVERY_FIRST, 0x3fe, 2, 0,
		    VERDICT_ACCEPT, 0x3ff, 0 },
		{ "waiting", RECOVERY_FIRST, 0, 5, START + 1, VERDICT_WAIT, 0,
		    5 },
		{ "wait is over", RECOVERY_FIRST, 0, 5, START, VERDICT_ACCEPT,
		    1, 0 },
		{ "fifteen characters", "0123-4567-89AB-CDE", 0, 2, 0,
		    VERDICT_MALFORMED, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		struct failures *fail = &rec.failures[LANE_LOGIN];
		struct outcome outcome;

		rec.recovery.spent = rows[i].spent;
		fail->recovery_row = rows[i].row;
		fail->recovery_wait_until = rows[i].wait_until;
		fail->row = 3;
		fail->budget = 4;
		outcome = answer(&rec, START, rows[i].answer, &next);
		fail = &next.failures[LANE_LOGIN];
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(rows[i].spent_after, next.recovery.spent);
		assert_int_equal(rows[i].row_after, fail->recovery_row);
		/* Devices: counted apart, and free again by a success. */
		assert_int_equal(rows[i].expect == VERDICT_ACCEPT ? 0 : 3,
		    fail->row);
		assert_int_equal(4, fail->budget);
		assert_int_equal(10 -
			(unsigned int)__builtin_popcount(next.recovery.spent),
		    outcome.recovery_left);
	}
}

/* What is off, and what is still looked at then. */
static void
barriers(void **state)
{
	static const struct {
		const char *what;
		bool locked, off, no_set;
		uint32_t row, budget;
		unsigned int methods;
		const char *answer;
		enum verdict expect;
	} rows[] = {
		{ "locked", 1, 0, 0, 0, 0, 7, CODE, VERDICT_OFF },
		{ "locked, recovery", 1, 0, 0, 0, 0, 7, RECOVERY_FIRST,
		    VERDICT_ACCEPT },
		{ "device off", 0, 1, 0, 0, 0, 7, CODE, VERDICT_OFF },
		{ "device off, recovery", 0, 1, 0, 0, 0, 7, RECOVERY_FIRST,
		    VERDICT_ACCEPT },
		{ "19 in a row", 0, 0, 0, 19, 0, 7, CODE, VERDICT_ACCEPT },
		{ "20 in a row", 0, 0, 0, 20, 0, 7, CODE, VERDICT_OFF },
		{ "20 in a row, recovery", 0, 0, 0, 20, 0, 7, RECOVERY_FIRST,
		    VERDICT_ACCEPT },
		{ "49 in a month", 0, 0, 0, 0, 49, 7, CODE, VERDICT_ACCEPT },
		{ "50 in a month", 0, 0, 0, 0, 50, 7, CODE, VERDICT_OFF },
		{ "not listed", 0, 0, 0, 0, 0, METHOD_HOTP | METHOD_RECOVERY,
		    CODE, VERDICT_OFF },
		{ "recovery not listed", 0, 0, 0, 0, 0, METHOD_TOTP,
		    RECOVERY_FIRST, VERDICT_OFF },
		{ "no set", 0, 0, 1, 0, 0, 7, RECOVERY_FIRST, VERDICT_OFF },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		struct policy pol = policy;
		const struct attempt attempt = { .now = START,
			.answer = rows[i].answer };
		struct failures *fail = &rec.failures[LANE_LOGIN];
		struct outcome outcome;

		pol.methods = rows[i].methods;
		rec.locked = rows[i].locked ? LOCK_USER : LOCK_NONE;
		rec.device[0].off = rows[i].off;
		fail->row = rows[i].row;
		fail->budget = rows[i].budget;
		fail->budget_from = START;
		if (rows[i].no_set)
			memset(&rec.recovery, 0, sizeof(rec.recovery));
		outcome = answer_as(&rec, &pol, &attempt, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(rows[i].expect == VERDICT_ACCEPT,
		    outcome.keep);
		if (rows[i].expect == VERDICT_ACCEPT)
			assert_int_equal(0, next.failures[LANE_LOGIN].row);
	}
}

/* A recovery code brings devices back; a lock or a switch it leaves. */
static void
recovery_brings_back(void **state)
{
	struct record rec = make_record(), next, after;

	(void)state;
	rec.failures[LANE_LOGIN].row = 20;
	rec.failures[LANE_LOGIN].budget = 50;
	rec.failures[LANE_SOCKET].row = 20;
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&rec, START, RECOVERY_FIRST, &next).verdict);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&next, START, CODE, &after).verdict);
	assert_int_equal(20, next.failures[LANE_SOCKET].row);
	next.locked = LOCK_USER;
	assert_int_equal(VERDICT_OFF,
	    answer(&next, START, CODE, &after).verdict);
}

static void
lanes_are_apart(void **state)
{
	struct record rec = make_record(), next;
	struct attempt attempt = { .now = START,
		.lane = LANE_SOCKET,
		.answer = "000000" };

	(void)state;
	for (int i = 0; i < 5; i++) {
		answer_as(&rec, &policy, &attempt, &next);
		rec = next;
	}
	assert_int_equal(5, rec.failures[LANE_SOCKET].row);
	assert_int_equal(0, rec.failures[LANE_LOGIN].row);
	attempt.answer = CODE;
	assert_int_equal(VERDICT_WAIT,
	    answer_as(&rec, &policy, &attempt, &next).verdict);
	attempt.lane = LANE_LOGIN;
	assert_int_equal(VERDICT_ACCEPT,
	    answer_as(&rec, &policy, &attempt, &next).verdict);
	assert_int_equal(5, next.failures[LANE_SOCKET].row);
}

/* Each device by its own code; what one accepts is spent in that one. */
static void
several_devices(void **state)
{
	struct record rec = make_record(), next, after;
	struct outcome outcome;

	(void)state;
	rec.device[1] = make_hotp(0);
	strcpy(rec.device[1].label, "token");
	rec.device[2] = make_hotp(0);
	strcpy(rec.device[2].label, "eight");
	rec.device[2].otp.digits = 8;

	outcome = answer(&rec, START, CODE, &next);
	assert_int_equal(VERDICT_ACCEPT, outcome.verdict);
	assert_int_equal(METHOD_TOTP, outcome.method);
	assert_int_equal(0, next.device[1].counter);
	assert_int_equal(START, next.device[0].used);
	assert_int_equal(0, next.device[1].used);

	outcome = answer(&next, START, "755224", &after);
	assert_int_equal(VERDICT_ACCEPT, outcome.verdict);
	assert_int_equal(METHOD_HOTP, outcome.method);
	assert_int_equal(1, after.device[1].counter);
	assert_int_equal(0, after.device[2].counter);
	assert_int_equal(START, after.device[1].used);

	/* One wrong answer is one failure, however many devices there are. */
	outcome = answer(&after, START, "000000", &next);
	assert_int_equal(VERDICT_DENY, outcome.verdict);
	assert_int_equal(1, next.failures[LANE_LOGIN].row);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&after, START, "84755224", &next).verdict);
	assert_int_equal(1, next.device[2].counter);
	/* Without a clock the tokens still work. */
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&rec, 59, "755224", &next).verdict);
	/* A device that is off is none, and does not stop the others. */
	rec.device[1].off = true;
	assert_int_equal(VERDICT_DENY,
	    answer(&rec, START, "755224", &next).verdict);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&rec, START, CODE, &next).verdict);
}

static void
waits_are_mended(void **state)
{
	struct record rec = make_record(), next;
	struct outcome outcome;

	(void)state;
	rec.failures[LANE_LOGIN].row = 5;
	rec.failures[LANE_LOGIN].wait_until = START + 10 * 86400;
	outcome = answer(&rec, START, CODE, &next);
	assert_int_equal(VERDICT_WAIT, outcome.verdict);
	assert_int_equal(30, outcome.wait);
	assert_true(outcome.keep);
	assert_int_equal(START + 30, next.failures[LANE_LOGIN].wait_until);
	assert_int_equal(VERDICT_ACCEPT,
	    answer(&next, START + 30, CODE, &rec).verdict);
}

static void
failures_are_told(void **state)
{
	struct record rec = make_record(), next;
	struct challenge challenge;
	struct attempt attempt = { .now = START,
		.answer = "000000",
		.rhost = "192.0.2.1\n\x1b[2Jx" };

	(void)state;
	answer_as(&rec, &policy, &attempt, &next);
	rec = next;
	attempt.now = START + 7;
	attempt.rhost = "2001:db8::1";
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(2, next.missed.wrong);
	assert_int_equal(START + 7, next.missed.last);
	assert_string_equal("2001:db8::1", next.missed.rhost);
	assert_string_equal("192.0.2.1??[2Jx", rec.missed.rhost);

	rec = next;
	rec.device[0].spent[0] = STEP;
	attempt.answer = CODE;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(1, next.missed.replayed);
	assert_int_equal(2, next.missed.wrong);
	decide_challenge(&next, &policy, START, LANE_LOGIN, &challenge);
	assert_memory_equal(&next.missed, &challenge.missed,
	    sizeof(challenge.missed));

	/* A success ends it. */
	rec = next;
	attempt.answer = CODE_AFTER;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(0, next.missed.wrong);
	assert_int_equal(0, next.missed.replayed);
	assert_int_equal(0, next.missed.rhost[0]);
}

/* A process of the user ends nothing of what the user is to be told. */
static void
missed_by_lane(void **state)
{
	static const struct {
		const char *what;
		struct missed before;
		enum lane lane;
		const char *answer;
		struct missed after;
	} rows[] = {
		{ "a login's success", { 3, 1, 50, "192.0.2.1" }, LANE_LOGIN,
		    CODE, { 0, 0, 0, "" } },
		{ "a socket's success", { 3, 1, 50, "192.0.2.1" }, LANE_SOCKET,
		    CODE, { 3, 1, 50, "192.0.2.1" } },
		{ "by a recovery code", { 3, 1, 50, "192.0.2.1" }, LANE_SOCKET,
		    RECOVERY_FIRST, { 3, 1, 50, "192.0.2.1" } },
		{ "a login's failure", { 3, 1, 50, "192.0.2.1" }, LANE_LOGIN,
		    "000000", { 4, 1, START, "x" } },
		{ "a socket's failure", { 3, 1, 50, "192.0.2.1" }, LANE_SOCKET,
		    "000000", { 4, 1, 50, "192.0.2.1" } },
		{ "after one of this machine", { 3, 1, 50, "" }, LANE_SOCKET,
		    "000000", { 4, 1, 50, "" } },
		{ "a socket's replay", { 3, 1, 50, "192.0.2.1" }, LANE_SOCKET,
		    CODE_BEFORE, { 3, 2, 50, "192.0.2.1" } },
		{ "a socket's first", { 0, 0, 0, "" }, LANE_SOCKET, "000000",
		    { 1, 0, START, "" } },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct missed *after = &rows[i].after;
		struct record rec = make_record(), next;
		const struct attempt attempt = { .now = START,
			.lane = rows[i].lane,
			.answer = rows[i].answer,
			.rhost = "x" };

		rec.missed = rows[i].before;
		rec.device[0].spent[0] = STEP - 1;
		print_message("  %s\n", rows[i].what);
		answer_as(&rec, &policy, &attempt, &next);
		assert_int_equal(after->wrong, next.missed.wrong);
		assert_int_equal(after->replayed, next.missed.replayed);
		assert_int_equal(after->last, next.missed.last);
		assert_string_equal(after->rhost, next.missed.rhost);
	}
}

/* Changes stay until somebody who was told of them has come in. */
static void
changes_are_told(void **state)
{
	struct record rec = make_record(), next;
	struct challenge challenge;
	struct attempt attempt = { .now = START, .answer = "000000" };

	(void)state;
	news_note(CHANGE_DEVICE_ADDED, "phone", START - 9, &rec);
	decide_challenge(&rec, &policy, START, LANE_LOGIN, &challenge);
	assert_int_equal(CHANGE_DEVICE_ADDED, challenge.change[0].kind);
	assert_string_equal("phone", challenge.change[0].label);
	assert_int_equal(1, challenge.change[0].number);
	/* One more, between the prompt and the answer. */
	news_note(CHANGE_RECOVERY_SET, "", START - 1, &rec);

	attempt.told = challenge.change[0].number;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(2, next.change[1].number);
	attempt.answer = CODE;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(CHANGE_RECOVERY_SET, next.change[0].kind);
	assert_int_equal(CHANGE_NONE, next.change[1].kind);

	/* That a recovery code was used is itself a change to tell of. */
	attempt.told = 2;
	attempt.answer = RECOVERY_LAST;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(CHANGE_RECOVERY_USED, next.change[0].kind);
	assert_int_equal(3, next.change[0].number);
}

/* Whoever brought a device in is not who has to be told of it. */
static void
told_by_what_is_older(void **state)
{
#define DAYS30 (UINT64_C(30) * 86400)
	static const struct {
		const char *what;
		uint64_t phone, token,
		    set;            /* their ages, in seconds; 0: none */
		uint64_t change[2]; /* the same of what was changed */
		const char *answer;
		uint64_t told;
		size_t left;
	} rows[] = {
		{ "added, by what was added", 1, 9000, 9000, { 1 }, CODE, 9,
		    1 },
		{ "added, by the other one", 1, 9000, 9000, { 1 }, "755224", 9,
		    0 },
		{ "added, by a code of older", 1, 9000, 9000, { 1 },
		    RECOVERY_FIRST, 9, 0 },
		{ "and by a code of after it", 1, 9000, 1, { 1 },
		    RECOVERY_FIRST, 9, 1 },
		{ "anew: there is nothing else", 1, 0, 1, { 1 }, CODE, 9, 0 },
		{ "rotated, codes are older", 1, 0, 9000, { 1 }, CODE, 9, 0 },
		{ "both of one second", 1, 1, 1, { 1 }, CODE, 9, 0 },
		{ "long before the change", 8000, 9000, 9000, { 1 }, CODE, 9,
		    0 },
		{ "one second before it", 2, 9000, 9000, { 1 }, CODE, 9, 0 },
		{ "what came after it, by it", 7, 9000, 9000, { 7, 1 }, CODE, 9,
		    2 },
		{ "what came after it", 7, 9000, 9000, { 7, 1 }, "755224", 9,
		    0 },
		{ "the first alone was told", 7, 9000, 9000, { 7, 1 }, "755224",
		    1, 1 },
		{ "nothing was told", 1, 9000, 9000, { 1 }, "755224", 0, 1 },
		{ "a month of it is enough", DAYS30, DAYS30 + 9, 1, { DAYS30 },
		    CODE, 9, 0 },
		{ "not a second less", DAYS30 - 1, DAYS30 + 9, 1,
		    { DAYS30 - 1 }, CODE, 9, 1 },
		{ "of each by itself", DAYS30, DAYS30 + 9, 1, { DAYS30, 5 },
		    CODE, 9, 1 },
		{ "a month, and nothing told", DAYS30, DAYS30 + 9, 1,
		    { DAYS30 }, CODE, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record(), next;
		const struct attempt attempt = { .now = START,
			.answer = rows[i].answer,
			.told = rows[i].told };
		size_t left = 0;

		rec.device[0].created = START - rows[i].phone;
		if (rows[i].token != 0) {
			rec.device[1] = make_hotp(0);
			strcpy(rec.device[1].label, "token");
			rec.device[1].created = START - rows[i].token;
		}
		rec.recovery.created = START - rows[i].set;
		for (size_t k = 0; k < 2 && rows[i].change[k] != 0; k++)
			news_note(CHANGE_DEVICE_ADDED, "phone",
			    START - rows[i].change[k], &rec);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(VERDICT_ACCEPT,
		    answer_as(&rec, &policy, &attempt, &next).verdict);
		for (size_t k = 0; k < RECORD_CHANGES; k++)
			left += next.change[k].kind == CHANGE_DEVICE_ADDED;
		assert_int_equal(rows[i].left, left);
		if (rows[i].left == 1 && rows[i].change[1] != 0)
			assert_int_equal(2, next.change[0].number);
	}
}

/* Nor is it by making so many changes that the first of them is forgotten. */
static void
forgotten_is_not_told(void **state)
{
	struct record rec = make_record(), next;
	struct attempt attempt = { .now = START, .answer = CODE, .told = 9 };

	(void)state;
	rec.device[0].created = START - 9;
	rec.device[1] = make_hotp(0);
	strcpy(rec.device[1].label, "token");
	rec.device[1].created = START - 9000;
	news_note(CHANGE_DEVICE_ADDED, "phone", START - 9, &rec);
	for (size_t i = 0; i < RECORD_CHANGES; i++)
		news_note(CHANGE_DEVICE_ADDED, "x", START - 5, &rec);
	answer_as(&rec, &policy, &attempt, &next);
	rec = next;
	attempt.answer = CODE_BEFORE;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(CHANGE_DEVICE_ADDED, next.change[3].kind);
	rec = next;
	attempt.answer = "755224";
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(CHANGE_NONE, next.change[0].kind);
	/* Once told it is over: the next begins anew. */
	news_note(CHANGE_DEVICE_ADDED, "y", START - 1, &next);
	rec = next;
	attempt.answer = CODE_AFTER;
	answer_as(&rec, &policy, &attempt, &next);
	assert_int_equal(CHANGE_NONE, next.change[0].kind);
}

static void
challenges(void **state)
{
	static const struct {
		const char *what;
		bool no_device, no_set, locked, off;
		uint32_t row, spent;
		unsigned int methods;
		uint64_t now;
		bool enrolled;
		unsigned int expect, barriers;
	} rows[] = {
		{ "all is well", 0, 0, 0, 0, 0, 0, 7, START, 1,
		    METHOD_TOTP | METHOD_RECOVERY, 0 },
		{ "nothing at all", 1, 1, 0, 0, 0, 0, 7, START, 0, 0,
		    BARRIER_METHODS },
		{ "codes only", 1, 0, 0, 0, 0, 0, 7, START, 1, METHOD_RECOVERY,
		    0 },
		{ "codes spent", 1, 0, 0, 0, 0, 0x3ff, 7, START, 1, 0,
		    BARRIER_METHODS },
		{ "a lock alone", 1, 1, 1, 0, 0, 0, 7, START, 1, 0,
		    BARRIER_LOCKED },
		{ "locked", 0, 0, 1, 0, 0, 0, 7, START, 1, METHOD_RECOVERY,
		    BARRIER_LOCKED },
		{ "device off", 0, 0, 0, 1, 0, 0, 7, START, 1, METHOD_RECOVERY,
		    BARRIER_LOCKED },
		{ "device off, no codes", 0, 1, 0, 1, 0, 0, 7, START, 1, 0,
		    BARRIER_LOCKED },
		{ "device off, not listed", 0, 1, 0, 1, 0, 0, METHOD_HOTP,
		    START, 1, 0, BARRIER_METHODS },
		{ "19 in a row", 0, 0, 0, 0, 19, 0, 7, START, 1,
		    METHOD_TOTP | METHOD_RECOVERY, 0 },
		{ "20 in a row", 0, 0, 0, 0, 20, 0, 7, START, 1,
		    METHOD_RECOVERY, BARRIER_FAILURES },
		{ "no clock", 0, 0, 0, 0, 0, 0, 7, 59, 1, METHOD_RECOVERY,
		    BARRIER_CLOCK },
		{ "only tokens here", 0, 0, 0, 0, 0, 0, METHOD_HOTP, START, 1,
		    0, BARRIER_METHODS },
		{ "only codes here", 0, 0, 0, 0, 20, 0, METHOD_RECOVERY, START,
		    1, METHOD_RECOVERY, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record();
		struct policy pol = policy;
		struct challenge challenge;

		if (rows[i].no_device)
			memset(rec.device, 0, sizeof(rec.device));
		else
			rec.device[0].off = rows[i].off;
		if (rows[i].no_set)
			memset(&rec.recovery, 0, sizeof(rec.recovery));
		rec.recovery.spent = rows[i].spent;
		rec.locked = rows[i].locked ? LOCK_ROOT : LOCK_NONE;
		rec.failures[LANE_LOGIN].row = rows[i].row;
		pol.methods = rows[i].methods;
		decide_challenge(&rec, &pol, rows[i].now, LANE_LOGIN,
		    &challenge);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].enrolled, challenge.enrolled);
		assert_int_equal(rows[i].expect, challenge.methods);
		assert_int_equal(rows[i].barriers, challenge.barriers);
	}
}

/* One device that is on is enough not to be locked, where it is listed. */
static void
some_devices_off(void **state)
{
	static const struct {
		bool phone_off, token_off;
		unsigned int methods, expect, barriers;
	} rows[] = {
		{ true, false, METHOD_TOTP | METHOD_HOTP, METHOD_HOTP, 0 },
		{ false, true, METHOD_TOTP | METHOD_HOTP, METHOD_TOTP, 0 },
		{ true, true, METHOD_TOTP | METHOD_HOTP, 0, BARRIER_LOCKED },
		{ true, false, METHOD_TOTP, 0, BARRIER_LOCKED },
		{ true, false, METHOD_HOTP, METHOD_HOTP, 0 },
		{ true, true, METHOD_RECOVERY, METHOD_RECOVERY, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct record rec = make_record();
		struct policy pol = policy;
		struct challenge challenge;

		rec.device[1] = make_hotp(0);
		strcpy(rec.device[1].label, "token");
		rec.device[0].off = rows[i].phone_off;
		rec.device[1].off = rows[i].token_off;
		pol.methods = rows[i].methods;
		decide_challenge(&rec, &pol, START, LANE_LOGIN, &challenge);
		assert_int_equal(rows[i].expect, challenge.methods);
		assert_int_equal(rows[i].barriers, challenge.barriers);
	}
}

static void
pending_is_not_enrolled(void **state)
{
	struct record rec = { .uid = 1000 };

	(void)state;
	rec.pending.until = START;
	rec.pending.device = make_totp();
	rec.pending_set.until = START;
	rec.pending_set.set = make_set();
	rec.ticket.until = START;
	rec.pending_address.until = START;
	rec.pending_address.text[0] = 'a';
	rec.sent[LANE_LOGIN] = make_sent();
	assert_false(decide_enrolled(&rec));
	rec.recovery.created = 1;
	assert_true(decide_enrolled(&rec));
	rec.recovery.created = 0;
	rec.email[0] = 'a';
	assert_true(decide_enrolled(&rec));
	rec.email[0] = '\0';
	rec.phone[0] = '+';
	assert_true(decide_enrolled(&rec));
}

static void
wait_in_challenge(void **state)
{
	struct record rec = make_record();
	struct challenge challenge;

	(void)state;
	rec.failures[LANE_LOGIN].row = 6;
	rec.failures[LANE_LOGIN].wait_until = START + 60;
	decide_challenge(&rec, &policy, START, LANE_LOGIN, &challenge);
	assert_int_equal(60, challenge.wait);
	decide_challenge(&rec, &policy, START + 59, LANE_LOGIN, &challenge);
	assert_int_equal(1, challenge.wait);
	decide_challenge(&rec, &policy, START + 60, LANE_LOGIN, &challenge);
	assert_int_equal(0, challenge.wait);
	decide_challenge(&rec, &policy, START, LANE_SOCKET, &challenge);
	assert_int_equal(0, challenge.wait);
}

/* No code of any step passes for a decoy; its challenge looks like any. */
static void
decoy(void **state)
{
	struct record rec, next, real = make_record();
	struct challenge challenge, other;
	char code[2][OTP_CODE_SIZE];

	(void)state;
	decide_decoy(&rec);
	for (uint64_t step = STEP - 2; step <= STEP + 2; step++) {
		assert_int_equal(0,
		    otp_codes(&rec.device[0].otp, step, 1, code));
		assert_int_not_equal(VERDICT_ACCEPT,
		    answer(&rec, START, code[0], &next).verdict);
	}
	assert_int_equal(VERDICT_DENY,
	    answer(&rec, START, RECOVERY_FIRST, &next).verdict);
	decide_challenge(&rec, &policy, START, LANE_LOGIN, &challenge);
	decide_challenge(&real, &policy, START, LANE_LOGIN, &other);
	assert_int_equal(other.methods, challenge.methods);
	assert_int_equal(other.barriers, challenge.barriers);
	assert_int_equal(other.wait, challenge.wait);
}

/* Zero must not pass, and no flipped bit may make a yes of another verdict. */
static void
accept_is_far_from_all(void **state)
{
	static const enum verdict others[] = { VERDICT_DENY, VERDICT_MALFORMED,
		VERDICT_REPLAY, VERDICT_WAIT, VERDICT_OFF, VERDICT_UNUSABLE };
	struct outcome outcome = { 0 };

	(void)state;
	assert_int_equal(VERDICT_DENY, outcome.verdict);
	for (size_t i = 0; i < N(others); i++) {
		unsigned int bits =
		    (unsigned int)others[i] ^ (unsigned int)VERDICT_ACCEPT;

		assert_true(__builtin_popcount(bits) >= 8);
		assert_string_not_equal(decide_name(others[i]),
		    decide_name(VERDICT_ACCEPT));
	}
}

/*
 * A code that was sent.  There is a device of eight digits in some rows, of
 * which SENT_DEVICE is the code: RFC 6238's of that time.
 */
#define SENT_DEVICE "69279037"

static void
sent_codes(void **state)
{
	static const struct {
		const char *what, *answer;
		uint64_t now;
		uint32_t row, wrong; /* before it */
		uint64_t wait_until;
		bool locked, off, device, unlisted;
		enum verdict expect;
		uint32_t row_after, wrong_after;
		bool dead; /* no code is there any more */
		uint64_t wait;
	} rows[] = {
		{ .what = "right",
		    .answer = SENT_CODE,
		    .row = 2,
		    .wrong = 2,
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "as people type",
		    .answer = " SSH-1234 5678 ",
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "wrong",
		    .answer = SENT_WRONG,
		    .row = 2,
		    .wrong = 1,
		    .expect = VERDICT_DENY,
		    .row_after = 3,
		    .wrong_after = 2 },
		{ .what = "the fifth in a row",
		    .answer = SENT_WRONG,
		    .row = 4,
		    .expect = VERDICT_DENY,
		    .row_after = 5,
		    .wrong_after = 1,
		    .wait = 30 },
		{ .what = "the third wrong one",
		    .answer = SENT_WRONG,
		    .wrong = 2,
		    .expect = VERDICT_DENY,
		    .row_after = 1,
		    .dead = true },
		{ .what = "six digits",
		    .answer = "123456",
		    .expect = VERDICT_MALFORMED },
		{ .what = "letters",
		    .answer = "ABCDEFGH",
		    .expect = VERDICT_MALFORMED },
		{ .what = "too late",
		    .answer = SENT_CODE,
		    .now = SENT_AT + 600,
		    .expect = VERDICT_MALFORMED },
		{ .what = "its last second",
		    .answer = SENT_CODE,
		    .now = SENT_AT + 599,
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "before it was sent",
		    .answer = SENT_CODE,
		    .now = SENT_AT - 61,
		    .expect = VERDICT_MALFORMED },
		{ .what = "no clock",
		    .answer = SENT_CODE,
		    .now = 59,
		    .expect = VERDICT_UNUSABLE },
		{ .what = "not listed",
		    .answer = SENT_CODE,
		    .unlisted = true,
		    .expect = VERDICT_MALFORMED },
		{ .what = "locked",
		    .answer = SENT_CODE,
		    .locked = true,
		    .expect = VERDICT_OFF },
		{ .what = "20 in a row",
		    .answer = SENT_CODE,
		    .row = 20,
		    .expect = VERDICT_OFF,
		    .row_after = 20 },
		{ .what = "waiting",
		    .answer = SENT_CODE,
		    .row = 5,
		    .wait_until = START + 1,
		    .expect = VERDICT_WAIT,
		    .row_after = 5,
		    .wait = 1 },
		{ .what = "wrong while waiting",
		    .answer = SENT_WRONG,
		    .row = 5,
		    .wait_until = START + 1,
		    .expect = VERDICT_WAIT,
		    .row_after = 5,
		    .wait = 1 },
		{ .what = "wait is over",
		    .answer = SENT_CODE,
		    .row = 5,
		    .wait_until = START,
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "right, beside a device",
		    .answer = SENT_CODE,
		    .device = true,
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "of neither",
		    .answer = SENT_WRONG,
		    .device = true,
		    .row = 2,
		    .expect = VERDICT_DENY,
		    .row_after = 3,
		    .wrong_after = 1 },
		{ .what = "of the device",
		    .answer = SENT_DEVICE,
		    .device = true,
		    .row = 2,
		    .wrong = 2,
		    .expect = VERDICT_ACCEPT,
		    .wrong_after = 2 },
		{ .what = "right, beside one that is off",
		    .answer = SENT_CODE,
		    .device = true,
		    .off = true,
		    .expect = VERDICT_ACCEPT,
		    .dead = true },
		{ .what = "of neither, which is off",
		    .answer = SENT_WRONG,
		    .device = true,
		    .off = true,
		    .expect = VERDICT_DENY,
		    .row_after = 1,
		    .wrong_after = 1 },
		{ .what = "locked, beside a device",
		    .answer = SENT_DEVICE,
		    .device = true,
		    .locked = true,
		    .expect = VERDICT_OFF },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct attempt attempt = {
			.now = rows[i].now != 0 ? rows[i].now : START,
			.answer = rows[i].answer,
		};
		struct policy pol = make_sends();
		struct record rec = make_record(), next;
		struct failures *fail = &rec.failures[LANE_LOGIN];
		struct outcome outcome;
		bool looked;

		memcpy(pol.sent.prefix, "ssh-", sizeof("ssh-"));
		if (rows[i].unlisted)
			pol.methods = METHOD_TOTP | METHOD_SMS;
		if (rows[i].device)
			rec.device[0].otp.digits = 8;
		rec.device[0].off = rows[i].off;
		rec.locked = rows[i].locked ? LOCK_USER : LOCK_NONE;
		if (!rows[i].device)
			memset(rec.device, 0, sizeof(rec.device));
		rec.sent[LANE_LOGIN] = make_sent();
		rec.sent[LANE_LOGIN].wrong = rows[i].wrong;
		fail->row = rows[i].row;
		fail->wait_until = rows[i].wait_until;
		outcome = answer_as(&rec, &pol, &attempt, &next);
		fail = &next.failures[LANE_LOGIN];
		looked = rows[i].expect == VERDICT_ACCEPT ||
		    rows[i].expect == VERDICT_DENY;
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(looked, outcome.keep);
		assert_int_equal(rows[i].wait, outcome.wait);
		assert_int_equal(rows[i].row_after, fail->row);
		assert_int_equal(rows[i].expect == VERDICT_DENY, fail->budget);
		assert_int_equal(rows[i].wrong_after,
		    next.sent[LANE_LOGIN].wrong);
		assert_int_equal(rows[i].dead ? 0 : METHOD_EMAIL,
		    next.sent[LANE_LOGIN].method);
		assert_int_equal(SENT_AT, next.sent[LANE_LOGIN].times[0]);
		if (looked && strcmp(rows[i].answer, SENT_DEVICE) != 0)
			assert_int_equal(METHOD_EMAIL, outcome.method);
		if (!looked)
			assert_memory_equal(&rec, &next, sizeof(rec));
	}
}

/* A code of the device that was spent is no guess at the one that was sent. */
static void
sent_or_spent(void **state)
{
	const struct attempt attempt = { .now = START, .answer = SENT_DEVICE };
	struct policy pol = make_sends();
	struct record rec = make_record(), next;
	struct outcome outcome;

	(void)state;
	rec.device[0].otp.digits = 8;
	rec.device[0].spent[0] = STEP;
	rec.sent[LANE_LOGIN] = make_sent();
	outcome = answer_as(&rec, &pol, &attempt, &next);
	assert_int_equal(VERDICT_REPLAY, outcome.verdict);
	assert_int_equal(METHOD_TOTP, outcome.method);
	assert_int_equal(0, next.sent[LANE_LOGIN].wrong);
	assert_int_equal(0, next.failures[LANE_LOGIN].row);
	/* The device has nothing of what it accepts of the other. */
	rec.device[0].spent[0] = 0;
	outcome = answer_as(&rec, &pol,
	    &(struct attempt){ .now = START, .answer = SENT_CODE }, &next);
	assert_int_equal(VERDICT_ACCEPT, outcome.verdict);
	assert_int_equal(0, next.device[0].spent[0]);
	assert_int_equal(0, next.device[0].used);
}

/* One that is as long as a recovery code: it may be either. */
static void
sent_or_recovery(void **state)
{
	static const struct {
		const char *what, *answer;
		bool off;
		enum verdict expect;
		enum policy_method method;
		uint32_t row, recovery_row, wrong;
	} rows[] = {
		{ "the one that was sent", "GHJK-MNPQ-RSTV-WXYZ", false,
		    VERDICT_ACCEPT, METHOD_SMS, 0, 0, 0 },
		{ "one of the set", RECOVERY_FIRST, false, VERDICT_ACCEPT,
		    METHOD_RECOVERY, 0, 0, 0 },
		{ "neither", RECOVERY_NONE, false, VERDICT_DENY,
		    METHOD_RECOVERY, 0, 1, 1 },
		{ "off: the one that was sent", "GHJK-MNPQ-RSTV-WXYZ", true,
		    VERDICT_DENY, METHOD_RECOVERY, 20, 1, 0 },
		{ "off: one of the set", RECOVERY_FIRST, true, VERDICT_ACCEPT,
		    METHOD_RECOVERY, 0, 0, 0 },
	};
	const struct sent made = make_sent();

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct attempt attempt = { .now = START,
			.answer = rows[i].answer };
		struct policy pol = make_sends();
		struct record rec = make_record(), next;
		struct outcome outcome;

		pol.sent.length = 16;
		pol.sent.alphabet = ALPHABET_BOTH;
		assert_int_equal(0,
		    sent_store("GHJKMNPQRSTVWXYZ", "ssh", METHOD_SMS, made.salt,
			START, &rec.sent[LANE_LOGIN]));
		rec.failures[LANE_LOGIN].row = rows[i].off ? 20 : 0;
		outcome = answer_as(&rec, &pol, &attempt, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect, outcome.verdict);
		assert_int_equal(rows[i].method, outcome.method);
		assert_int_equal(rows[i].row, next.failures[LANE_LOGIN].row);
		assert_int_equal(rows[i].recovery_row,
		    next.failures[LANE_LOGIN].recovery_row);
		assert_int_equal(rows[i].wrong, next.sent[LANE_LOGIN].wrong);
	}
}

/* It is of one scenario and one lane, and good once. */
static void
sent_for_one_thing(void **state)
{
	struct attempt attempt = { .now = START, .answer = SENT_CODE };
	struct policy pol = make_sends();
	struct record rec = make_record(), next, after;
	char sudo[] = "sudo";

	(void)state;
	rec.sent[LANE_LOGIN] = make_sent();
	attempt.lane = LANE_SOCKET;
	assert_int_equal(VERDICT_MALFORMED,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	attempt.lane = LANE_LOGIN;
	memcpy(pol.scenario, sudo, sizeof(sudo));
	assert_int_equal(VERDICT_MALFORMED,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	pol = make_sends();
	assert_int_equal(VERDICT_ACCEPT,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	assert_int_equal(VERDICT_MALFORMED,
	    answer_as(&next, &pol, &attempt, &after).verdict);

	/* And one of the socket's: wrong ones count there alone. */
	rec = make_record();
	rec.sent[LANE_SOCKET] = make_sent();
	attempt.lane = LANE_SOCKET;
	attempt.answer = SENT_WRONG;
	assert_int_equal(VERDICT_DENY,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	assert_int_equal(1, next.sent[LANE_SOCKET].wrong);
	assert_int_equal(1, next.failures[LANE_SOCKET].row);
	assert_int_equal(0, next.failures[LANE_LOGIN].row);

	/* As many as shut that lane do not shut the other. */
	rec.failures[LANE_SOCKET].row = 20;
	attempt.answer = SENT_CODE;
	assert_int_equal(VERDICT_OFF,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	attempt.lane = LANE_LOGIN;
	rec.sent[LANE_LOGIN] = make_sent();
	assert_int_equal(VERDICT_ACCEPT,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
}

/* Who has nothing else is judged all the same, and still not enrolled. */
static void
sent_to_nobody_enrolled(void **state)
{
	struct attempt attempt = { .now = START, .answer = SENT_WRONG };
	struct policy pol = make_sends();
	struct record rec = { .uid = 1000, .created = START }, next;

	(void)state;
	rec.sent[LANE_LOGIN] = make_sent();
	assert_false(decide_enrolled(&rec));
	assert_int_equal(VERDICT_DENY,
	    answer_as(&rec, &pol, &attempt, &next).verdict);
	assert_int_equal(1, next.failures[LANE_LOGIN].row);
	assert_int_equal(1, next.missed.wrong);
	attempt.answer = SENT_CODE;
	assert_int_equal(VERDICT_ACCEPT,
	    answer_as(&next, &pol, &attempt, &rec).verdict);
	assert_int_equal(0, rec.missed.wrong);
	assert_false(decide_enrolled(&rec));
}

/*
 * A change is heard by who comes in with an address that is older, and by one
 * that is newer only if nothing older is there.
 */
static void
sent_and_told(void **state)
{
	static const struct {
		const char *what;
		enum policy_method method;
		uint64_t email, phone;
		uint64_t made;
		bool heard;
		bool alone; /* there is no device that is older */
	} rows[] = {
		{ "an older address", METHOD_EMAIL, START - 5000, START,
		    START - 5000, true, false },
		{ "a newer one", METHOD_EMAIL, START - 500, START - 5000,
		    START - 500, false, false },
		{ "an older phone", METHOD_SMS, START - 500, START - 5000,
		    START - 5000, true, false },
		{ "a newer phone", METHOD_SMS, START - 5000, START - 500,
		    START - 500, false, false },
		{ "an address that is elsewhere", METHOD_EMAIL, 0, START - 500,
		    0, true, false },
		{ "a newer one, and an older phone", METHOD_EMAIL, START - 500,
		    START - 5000, START - 500, false, true },
		{ "a newer phone, and an older address", METHOD_SMS,
		    START - 5000, START - 500, START - 500, false, true },
		{ "there is nothing older", METHOD_EMAIL, START - 500,
		    START - 500, START - 500, true, true },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct attempt attempt = { .now = START,
			.answer = SENT_CODE,
			.told = UINT64_MAX };
		struct policy pol = make_sends();
		struct record rec = make_record(), next;
		struct outcome outcome;

		rec.sent[LANE_LOGIN] = make_sent();
		rec.sent[LANE_LOGIN].method = rows[i].method;
		if (rows[i].email != 0)
			memcpy(rec.email, "a@b.example", 12);
		rec.email_since = rows[i].email;
		memcpy(rec.phone, "+4420", 6);
		rec.phone_since = rows[i].phone;
		if (rows[i].alone)
			rec.device[0].created = START - 500;
		news_note(CHANGE_DEVICE_ADDED, "x", START - 1000, &rec);
		outcome = answer_as(&rec, &pol, &attempt, &next);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(VERDICT_ACCEPT, outcome.verdict);
		assert_int_equal(rows[i].made, outcome.made);
		assert_int_equal(rows[i].heard ? CHANGE_NONE
					       : CHANGE_DEVICE_ADDED,
		    next.change[0].kind);
	}
}

/* A device that was added to an address does not hear that it was. */
static void
told_by_an_older_address(void **state)
{
	const struct attempt attempt = { .now = START,
		.answer = CODE,
		.told = UINT64_MAX };
	struct policy pol = make_sends();

	(void)state;
	for (int phone = 0; phone < 2; phone++) {
		struct record rec = make_record(), next;

		rec.device[0].created = START - 1000;
		if (phone) {
			memcpy(rec.phone, "+4420", 6);
			rec.phone_since = START - 5000;
		} else {
			memcpy(rec.email, "a@b.example", 12);
			rec.email_since = START - 5000;
		}
		news_note(CHANGE_DEVICE_ADDED, "x", START - 1000, &rec);
		assert_int_equal(VERDICT_ACCEPT,
		    answer_as(&rec, &pol, &attempt, &next).verdict);
		assert_int_equal(CHANGE_DEVICE_ADDED, next.change[0].kind);
	}
}

/* What could be sent, and what was. */
static void
challenges_sent(void **state)
{
#define EM METHOD_EMAIL
#define SM METHOD_SMS
#define T METHOD_TOTP
#define R METHOD_RECOVERY
	static const struct {
		const char *what;
		unsigned int listed, channels, elsewhere;
		bool email, phone, device, sent, locked, off, device_off;
		uint64_t now;
		unsigned int methods, barriers;
		bool send_only, told;
	} rows[] = {
		{ .what = "an address",
		    .listed = T | EM | R,
		    .channels = EM,
		    .email = true,
		    .device = true,
		    .methods = T | EM | R },
		{ .what = "no address",
		    .listed = T | EM | R,
		    .channels = EM,
		    .device = true,
		    .methods = T | R },
		{ .what = "perhaps elsewhere",
		    .listed = T | EM | R,
		    .channels = EM,
		    .elsewhere = EM,
		    .device = true,
		    .methods = T | EM | R },
		{ .what = "elsewhere, of the other",
		    .listed = T | EM | R,
		    .channels = EM | SM,
		    .elsewhere = SM,
		    .device = true,
		    .methods = T | R },
		{ .what = "no server",
		    .listed = T | EM | R,
		    .email = true,
		    .device = true,
		    .methods = T | R },
		{ .what = "not listed",
		    .listed = T | R,
		    .channels = EM,
		    .elsewhere = EM,
		    .email = true,
		    .device = true,
		    .methods = T | R },
		{ .what = "more than channels",
		    .listed = T | EM | R,
		    .channels = UINT32_MAX,
		    .elsewhere = UINT32_MAX,
		    .methods = EM | R,
		    .send_only = true },
		{ .what = "a phone",
		    .listed = EM | SM | R,
		    .channels = EM | SM,
		    .phone = true,
		    .methods = SM | R,
		    .send_only = true },
		{ .what = "an address, and no phone",
		    .listed = EM | SM | R,
		    .channels = EM | SM,
		    .email = true,
		    .methods = EM | R,
		    .send_only = true },
		{ .what = "both",
		    .listed = EM | SM,
		    .channels = EM | SM,
		    .email = true,
		    .phone = true,
		    .device = true,
		    .methods = EM | SM,
		    .send_only = true },
		{ .what = "one was sent",
		    .listed = T | EM,
		    .channels = EM,
		    .email = true,
		    .device = true,
		    .sent = true,
		    .methods = T | EM,
		    .told = true },
		{ .what = "one was sent, nothing else",
		    .listed = EM,
		    .channels = EM,
		    .email = true,
		    .sent = true,
		    .methods = EM,
		    .send_only = true,
		    .told = true },
		{ .what = "sent where nothing is any more",
		    .listed = EM,
		    .sent = true,
		    .methods = EM,
		    .send_only = true,
		    .told = true },
		{ .what = "sent by what is not listed",
		    .listed = SM,
		    .channels = SM,
		    .phone = true,
		    .sent = true,
		    .methods = SM,
		    .send_only = true },
		{ .what = "sent long ago",
		    .listed = EM,
		    .channels = EM,
		    .email = true,
		    .sent = true,
		    .now = SENT_AT + 600,
		    .methods = EM,
		    .send_only = true },
		{ .what = "locked",
		    .listed = T | EM | R,
		    .channels = EM,
		    .email = true,
		    .device = true,
		    .sent = true,
		    .locked = true,
		    .methods = R,
		    .barriers = BARRIER_LOCKED },
		{ .what = "off",
		    .listed = T | EM | R,
		    .channels = EM,
		    .email = true,
		    .device = true,
		    .sent = true,
		    .off = true,
		    .methods = R,
		    .barriers = BARRIER_FAILURES },
		{ .what = "off, without a device",
		    .listed = EM,
		    .channels = EM,
		    .email = true,
		    .off = true,
		    .methods = 0,
		    .barriers = BARRIER_FAILURES },
		{ .what = "the device is locked",
		    .listed = T | EM,
		    .channels = EM,
		    .email = true,
		    .device = true,
		    .device_off = true,
		    .methods = EM,
		    .barriers = BARRIER_LOCKED,
		    .send_only = true },
		{ .what = "no clock",
		    .listed = EM | R,
		    .channels = EM,
		    .email = true,
		    .now = 59,
		    .methods = R,
		    .barriers = BARRIER_CLOCK },
		{ .what = "no clock, nothing to send",
		    .listed = T | R,
		    .channels = EM,
		    .email = true,
		    .now = 59,
		    .methods = R },
		{ .what = "an address that is not listed",
		    .listed = T,
		    .channels = EM,
		    .email = true,
		    .barriers = BARRIER_METHODS },
	};
#undef EM
#undef SM
#undef T
#undef R

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol = make_sends();
		struct record rec = make_record();
		struct challenge challenge;

		pol.methods = rows[i].listed;
		pol.channels = rows[i].channels;
		pol.elsewhere = rows[i].elsewhere;
		if (rows[i].email)
			memcpy(rec.email, "a@b.example", 12);
		if (rows[i].phone)
			memcpy(rec.phone, "+4420", 6);
		if (!rows[i].device)
			memset(rec.device, 0, sizeof(rec.device));
		rec.device[0].off = rows[i].device_off;
		if (rows[i].sent)
			rec.sent[LANE_LOGIN] = make_sent();
		rec.locked = rows[i].locked ? LOCK_ROOT : LOCK_NONE;
		rec.failures[LANE_LOGIN].row = rows[i].off ? 20 : 0;
		decide_challenge(&rec, &pol,
		    rows[i].now != 0 ? rows[i].now : START, LANE_LOGIN,
		    &challenge);
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].methods, challenge.methods);
		assert_int_equal(rows[i].barriers, challenge.barriers);
		assert_int_equal(rows[i].send_only, challenge.send_only);
		assert_int_equal(rows[i].told ? METHOD_EMAIL : 0,
		    challenge.sent);
		assert_int_equal(rows[i].told ? SENT_AT : 0, challenge.sent_at);
	}
}

/* A code of the other lane is not on its way here; a wait is told. */
static void
challenges_sent_in_a_lane(void **state)
{
	struct policy pol = make_sends();
	struct record rec = make_record();
	struct challenge challenge;

	(void)state;
	memset(rec.device, 0, sizeof(rec.device));
	memcpy(rec.email, "a@b.example", 12);
	rec.sent[LANE_SOCKET] = make_sent();
	rec.failures[LANE_SOCKET] =
	    (struct failures){ .row = 5, .wait_until = START + 7 };
	decide_challenge(&rec, &pol, START, LANE_LOGIN, &challenge);
	assert_int_equal(0, challenge.sent);
	assert_int_equal(0, challenge.wait);
	decide_challenge(&rec, &pol, START, LANE_SOCKET, &challenge);
	assert_int_equal(METHOD_EMAIL, challenge.sent);
	assert_int_equal(7, challenge.wait);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totp),
		cmocka_unit_test(windows),
		cmocka_unit_test(spent_steps),
		cmocka_unit_test(accepted_is_spent),
		cmocka_unit_test(once_whatever_the_clock),
		cmocka_unit_test(hotp),
		cmocka_unit_test(recovery),
		cmocka_unit_test(barriers),
		cmocka_unit_test(recovery_brings_back),
		cmocka_unit_test(lanes_are_apart),
		cmocka_unit_test(several_devices),
		cmocka_unit_test(waits_are_mended),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(missed_by_lane),
		cmocka_unit_test(changes_are_told),
		cmocka_unit_test(told_by_what_is_older),
		cmocka_unit_test(forgotten_is_not_told),
		cmocka_unit_test(challenges),
		cmocka_unit_test(some_devices_off),
		cmocka_unit_test(pending_is_not_enrolled),
		cmocka_unit_test(wait_in_challenge),
		cmocka_unit_test(decoy),
		cmocka_unit_test(accept_is_far_from_all),
		cmocka_unit_test(sent_codes),
		cmocka_unit_test(sent_or_spent),
		cmocka_unit_test(sent_or_recovery),
		cmocka_unit_test(sent_for_one_thing),
		cmocka_unit_test(sent_to_nobody_enrolled),
		cmocka_unit_test(sent_and_told),
		cmocka_unit_test(told_by_an_older_address),
		cmocka_unit_test(challenges_sent),
		cmocka_unit_test(challenges_sent_in_a_lane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
