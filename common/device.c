/* SPDX-License-Identifier: BSD-2-Clause */
#include "device.h"

#include <string.h>

#include <openssl/crypto.h>

#include "decide.h"

bool
device_clock_set(uint64_t now)
{
	return now >= DECIDE_CLOCK_MIN && now < RECORD_TIME_MAX;
}

enum policy_method
device_method(const struct device *dev)
{
	return dev->kind == DEVICE_HOTP ? METHOD_HOTP : METHOD_TOTP;
}

bool
device_listed(const struct device *dev, const struct policy *pol)
{
	return !dev->off && (pol->methods & device_method(dev)) != 0;
}

bool
device_locked(const struct device *dev, const struct policy *pol)
{
	return dev->off && (pol->methods & device_method(dev)) != 0;
}

bool
device_usable(const struct device *dev, const struct policy *pol, uint64_t now)
{
	return device_listed(dev, pol) &&
	    (dev->kind == DEVICE_HOTP || device_clock_set(now));
}

static bool
is_spent(const struct device *dev, uint64_t step)
{
	for (size_t i = 0; i < RECORD_SPENT; i++)
		if (dev->spent[i] == step)
			return true;
	/* Full: whatever is below was forgotten, and may have been spent. */
	return step < dev->spent[RECORD_SPENT - 1];
}

void
device_spend(struct device *dev, uint64_t step)
{
	size_t i = RECORD_SPENT - 1;

	if (is_spent(dev, step))
		return;
	for (; i > 0 && dev->spent[i - 1] < step; i--)
		dev->spent[i] = dev->spent[i - 1];
	dev->spent[i] = step;
}

/* Every code is compared, whatever the ones before were. */
static bool
is_same(const struct code *answer, const char *code)
{
	return CRYPTO_memcmp(answer->text, code, answer->len) == 0;
}

static int
match_totp(const struct device *dev, const struct code *answer, uint64_t now,
    uint32_t window, struct device *next, enum match *match)
{
	char codes[2 * DECIDE_NEAR + 1][OTP_CODE_SIZE];
	uint64_t step = now / dev->period;
	int r;

	*match = MATCH_NONE;
	r = otp_codes(&dev->otp, step - DECIDE_NEAR, 2 * DECIDE_NEAR + 1,
	    codes);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i <= 2 * DECIDE_NEAR; i++) {
		uint64_t at = step - DECIDE_NEAR + i;
		bool inside =
		    i + window >= DECIDE_NEAR && i <= DECIDE_NEAR + window;
		enum match is = is_spent(dev, at) ? MATCH_SPENT
		    : inside                      ? MATCH_GOOD
						  : MATCH_NEAR;

		if (!is_same(answer, codes[i]))
			continue;
		if (is == MATCH_GOOD)
			device_spend(next, at);
		if (is > *match)
			*match = is;
	}
	explicit_bzero(codes, sizeof(codes));
	return 0;
}

/*
 * Looked at are some counters before the next one, which tell a replay, and
 * those ahead of it.  One that is further ahead than may pass is remembered:
 * if the code after it comes next, the device is found again.
 */
static int
match_hotp(const struct device *dev, const struct code *answer,
    struct device *next, enum match *match)
{
	char codes[DECIDE_NEAR + DECIDE_RESYNC + 2][OTP_CODE_SIZE];
	uint64_t before =
	    dev->counter < DECIDE_NEAR ? dev->counter : DECIDE_NEAR;
	uint64_t n = before + DECIDE_RESYNC + 2;
	int r;

	*match = MATCH_NONE;
	r = otp_codes(&dev->otp, dev->counter - before, n, codes);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = dev->counter - before + i;
		enum match is = MATCH_NONE;

		if (at < dev->counter)
			is = MATCH_SPENT;
		else if (at <= dev->counter + DECIDE_LOOK_AHEAD ||
		    (dev->resync != 0 && at == dev->resync))
			is = MATCH_GOOD;
		else if (at <= dev->counter + DECIDE_RESYNC)
			is = MATCH_NEAR;

		/* Of two alike the later: the code must not pass again. */
		if (!is_same(answer, codes[i]) || is < *match)
			continue;
		*match = is;
		if (is == MATCH_GOOD)
			next->counter = at + 1;
		else if (is == MATCH_NEAR)
			next->resync = at + 1;
	}
	if (*match != MATCH_NEAR)
		next->resync = 0;
	explicit_bzero(codes, sizeof(codes));
	return 0;
}

int
device_match(const struct device *dev, const struct code *answer, uint64_t now,
    uint32_t window, struct device *next, enum match *match)
{
	if (dev->kind == DEVICE_HOTP)
		return match_hotp(dev, answer, next, match);
	return match_totp(dev, answer, now, window, next, match);
}
