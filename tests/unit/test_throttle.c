/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

static const struct policy_throttle *const pol = &policy.throttle;

/* The waits after each failure in a row, as the design gives them. */
static void
waits(void **state)
{
	static const uint64_t after[20] = { 0, 0, 0, 0, 30, 60, 120, 240, 480,
		960, 1920, 3600, 3600, 3600, 3600, 3600, 3600, 3600, 3600,
		3600 };
	struct failures fail = { 0 };
	uint64_t now = START, total = 0;

	(void)state;
	for (size_t i = 0; i < N(after); i++) {
		assert_false(throttle_off(&fail, pol));
		throttle_fail(&fail, pol, now, false);
		assert_int_equal(i + 1, fail.row);
		assert_int_equal(after[i], throttle_wait(&fail, pol, now));
		if (after[i] > 0) {
			assert_int_equal(1,
			    throttle_wait(&fail, pol, now + after[i] - 1));
			assert_int_equal(0,
			    throttle_wait(&fail, pol, now + after[i]));
		}
		total += i < 19 ? after[i] : 0;
		now += after[i];
	}
	assert_true(throttle_off(&fail, pol));
	/* Twenty in a row take their time. */
	assert_int_equal(3810 + 8 * 3600, total);
}

static void
policy_bounds_the_wait(void **state)
{
	static const struct {
		struct policy_throttle pol;
		uint32_t row;
		uint64_t wait;
	} rows[] = {
		{ { 1, 10, 60, 50, 50 }, 1, 10 },
		{ { 1, 10, 60, 50, 50 }, 3, 40 },
		{ { 1, 10, 60, 50, 50 }, 4, 60 },
		{ { 1, 10, 60, 50, 50 }, 49, 60 },
		{ { 3, 600, 600, 50, 50 }, 2, 0 },
		{ { 3, 600, 600, 50, 50 }, 3, 600 },
		{ { 3, 600, 86400, 50, 50 }, UINT32_MAX - 1, 86400 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct failures fail = { .row = rows[i].row - 1 };

		throttle_fail(&fail, &rows[i].pol, START, true);
		assert_int_equal(rows[i].wait,
		    throttle_wait(&fail, &rows[i].pol, START));
	}
}

/* No wait is believed that could not have been made. */
static void
clock_put_back(void **state)
{
	static const struct {
		uint32_t row;
		uint64_t until, now, wait;
		bool clamped;
	} rows[] = {
		{ 5, START + 30, START, 30, false },
		{ 5, START + 31, START, 30, true },
		{ 5, START + 365 * 86400, START, 30, true },
		{ 7, START + 365 * 86400, START, 120, true },
		{ 4, START + 365 * 86400, START, 0, false },
		{ 5, START, START, 0, false },
		{ 5, START - 1, START, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct failures fail = { .row = rows[i].row,
			.wait_until = rows[i].until };

		assert_int_equal(rows[i].wait,
		    throttle_wait(&fail, pol, rows[i].now));
		assert_int_equal(rows[i].clamped,
		    throttle_clamp(&fail, pol, rows[i].now));
		if (rows[i].clamped)
			assert_int_equal(rows[i].now + rows[i].wait,
			    fail.wait_until);
		/* And so it ends. */
		assert_int_equal(0,
		    throttle_wait(&fail, pol, rows[i].now + rows[i].wait));
	}
}

static void
budget(void **state)
{
	struct failures fail = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 49; i++) {
		throttle_fail(&fail, pol, START + i, false);
		throttle_pass(&fail);
		assert_int_equal(0, fail.row);
		assert_int_equal(i + 1, fail.budget);
		assert_false(throttle_off(&fail, pol));
	}
	/* A slow typist does not count. */
	throttle_fail(&fail, pol, START + 49, true);
	assert_int_equal(49, fail.budget);
	assert_int_equal(1, fail.row);
	throttle_fail(&fail, pol, START + 50, false);
	assert_true(throttle_off(&fail, pol));
	/* Used up it stays, whatever the clock says. */
	throttle_pass(&fail);
	assert_true(throttle_off(&fail, pol));
	throttle_fail(&fail, pol, START + 40 * 86400, false);
	assert_true(throttle_off(&fail, pol));
	throttle_recovery_pass(&fail, pol);
	assert_false(throttle_off(&fail, pol));
	assert_int_equal(0, fail.budget);
}

static void
budget_window(void **state)
{
	const uint64_t month = THROTTLE_BUDGET_SECONDS;
	const struct {
		uint64_t from, now;
		uint32_t before, after;
	} rows[] = {
		{ 0, START, 0, 1 }, { START, START + month - 1, 40, 41 },
		{ START, START + month, 40, 1 },
		{ START + month, START, 40, 41 }, /* a clock put back */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct failures fail = { .budget = rows[i].before,
			.budget_from = rows[i].from };

		throttle_fail(&fail, pol, rows[i].now, false);
		assert_int_equal(rows[i].after, fail.budget);
		assert_true(fail.budget_from <= rows[i].now);
		if (rows[i].after == 1)
			assert_int_equal(rows[i].now, fail.budget_from);
	}
}

/* Recovery codes: five free, then five seconds each, never off. */
static void
recovery(void **state)
{
	struct failures fail = { .budget = 7, .row = 3 };

	(void)state;
	for (unsigned int i = 1; i <= 100; i++) {
		uint64_t wait = i < 5 ? 0 : 5;

		throttle_recovery_fail(&fail, START);
		assert_int_equal(wait, throttle_recovery_wait(&fail, START));
		if (wait > 0)
			assert_int_equal(1,
			    throttle_recovery_wait(&fail, START + 4));
		assert_int_equal(0, throttle_recovery_wait(&fail, START + 5));
	}
	assert_int_equal(5, throttle_recovery_wait(&fail, START - 86400));
	assert_true(throttle_clamp(&fail, pol, START - 86400));
	assert_int_equal(START - 86400 + 5, fail.recovery_wait_until);
	/* Its own counter: devices know nothing of it. */
	assert_int_equal(3, fail.row);
	assert_int_equal(0, throttle_wait(&fail, pol, START));
	throttle_recovery_pass(&fail, pol);
	assert_int_equal(0, fail.recovery_row);
	assert_int_equal(0, fail.row);
	/* What was not used up is not given back. */
	assert_int_equal(7, fail.budget);
}

static void
device_success_leaves_recovery(void **state)
{
	struct failures fail = { .row = 19,
		.wait_until = START + 5,
		.recovery_row = 5,
		.recovery_wait_until = START + 5 };

	(void)state;
	throttle_pass(&fail);
	assert_int_equal(0, fail.row);
	assert_int_equal(0, throttle_wait(&fail, pol, START));
	assert_int_equal(5, fail.recovery_row);
	assert_int_equal(5, throttle_recovery_wait(&fail, START));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits),
		cmocka_unit_test(policy_bounds_the_wait),
		cmocka_unit_test(clock_put_back),
		cmocka_unit_test(budget),
		cmocka_unit_test(budget_window),
		cmocka_unit_test(recovery),
		cmocka_unit_test(device_success_leaves_recovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
