/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/listing.h"

#include <stdio.h>
#include <time.h>

#include "common/utf8.h"
#include "enroll/tty.h"

const char *
listing_date(uint64_t when, char text[static LISTING_TIME_SIZE])
{
	const time_t t = (time_t)when;
	struct tm tm;

	if (when == 0)
		return "never";
	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, LISTING_TIME_SIZE, "%Y-%m-%d %H:%M", &tm) == 0)
		return "?";
	return text;
}

const char *
listing_label(const char *label, char text[static RECORD_LABEL + 1])
{
	snprintf(text, RECORD_LABEL + 1, "%s", label);
	utf8_tame(text);
	return text;
}

void
listing_device(const struct device_status *device)
{
	char label[RECORD_LABEL + 1];
	char made[LISTING_TIME_SIZE], used[LISTING_TIME_SIZE];

	tty_say("  device \"%s\": %s, set up %s, last used %s%s",
	    listing_label(device->label, label),
	    device->kind == DEVICE_HOTP ? "counts" : "follows the clock",
	    listing_date(device->created, made),
	    listing_date(device->used, used),
	    device->off ? "; switched off" : "");
}

void
listing_json(struct json *json, const struct device_status *device)
{
	json_open(json, NULL, '{');
	json_text(json, "label", device->label);
	json_text(json, "kind", device->kind == DEVICE_HOTP ? "hotp" : "totp");
	json_text(json, "algorithm", otp_hash_name(device->hash));
	json_number(json, "digits", device->digits);
	if (device->kind == DEVICE_TOTP)
		json_number(json, "period", device->period);
	json_bool(json, "off", device->off);
	json_number(json, "created", device->created);
	json_number(json, "used", device->used);
	json_close(json, '}');
}
