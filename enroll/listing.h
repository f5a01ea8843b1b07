/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How devices and times are written, for people and for programs.
 */
#ifndef ENROLL_LISTING_H
#define ENROLL_LISTING_H

#include "common/authority.h"
#include "enroll/json.h"

#define LISTING_TIME_SIZE 24

/* A time of the clock, or "never" for 0.  Gives "text" back, or a constant. */
const char *listing_date(uint64_t when, char text[static LISTING_TIME_SIZE]);

/* The label, without what would move the cursor.  Gives "text" back. */
const char *listing_label(const char *label,
    char text[static RECORD_LABEL + 1]);

/* One line for a device, as "status" and "devices" have it. */
void listing_device(const struct device_status *device);
void listing_json(struct json *json, const struct device_status *device);

#endif
