/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One device and a code that may be of it: the part of decide.h that knows
 * steps and counters.  As pure as that.
 */
#ifndef COMMON_DEVICE_H
#define COMMON_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "code.h"
#include "policy.h"
#include "record.h"

/* What a code turned out to be, the best last: several may be true at once. */
enum match {
	MATCH_NONE = 0,
	MATCH_NEAR,  /* right a while ago or before long: a slow typist */
	MATCH_SPENT, /* right, and used before */
	MATCH_GOOD,
};

/* Was the clock ever set?  What depends on time cannot be judged else. */
bool device_clock_set(uint64_t now);

/* METHOD_TOTP or METHOD_HOTP. */
enum policy_method device_method(const struct device *dev);

/* Is this device asked about at all, by this policy? */
bool device_listed(const struct device *dev, const struct policy *pol);

/* Would it be, had nobody locked it? */
bool device_locked(const struct device *dev, const struct policy *pol);

/* Can it be judged at this time too? */
bool device_usable(const struct device *dev, const struct policy *pol,
    uint64_t now);

/*
 * Hold "answer", which has as many digits as its codes, against the device.
 * "next", a copy of it, spends or remembers what was found.  0, or as
 * otp_codes(), and the outputs say nothing.
 */
int device_match(const struct device *dev, const struct code *answer,
    uint64_t now, uint32_t window, struct device *next, enum match *match)
    __attribute__((warn_unused_result));

/*
 * Spend a step of a TOTP device: its code is a replay from now on.  The highest
 * are kept; the smallest leaves when there are too many.
 */
void device_spend(struct device *dev, uint64_t step);

#endif
