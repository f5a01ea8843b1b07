/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "enroll/context.h"
#include "enroll/json.h"
#include "enroll/report.h"
#include "enroll/utf8.h"

#define TIME_SIZE 24

static const char *
date(uint64_t when, char text[static TIME_SIZE])
{
	const time_t t = (time_t)when;
	struct tm tm;

	if (when == 0)
		return "never";
	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M", &tm) == 0)
		return "?";
	return text;
}

static const char *
kind_name(enum device_kind kind)
{
	return kind == DEVICE_HOTP ? "hotp" : "totp";
}

static void
print_device(const struct device_status *device)
{
	char label[sizeof(device->label)], made[TIME_SIZE], used[TIME_SIZE];

	memcpy(label, device->label, sizeof(label));
	utf8_tame(label);
	printf("  device \"%s\": %s, set up %s, last used %s%s\n", label,
	    device->kind == DEVICE_HOTP ? "counts" : "follows the clock",
	    date(device->created, made), date(device->used, used),
	    device->off ? "; switched off" : "");
}

static void
print_missed(const struct missed *missed)
{
	char rhost[sizeof(missed->rhost)], when[TIME_SIZE];

	if (missed->wrong == 0 && missed->replayed == 0)
		return;
	memcpy(rhost, missed->rhost, sizeof(rhost));
	utf8_tame(rhost);
	printf("  since the last success: %" PRIu32 " wrong and %" PRIu32
	       " used codes, the last %s %s%s\n",
	    missed->wrong, missed->replayed, date(missed->last, when),
	    rhost[0] != '\0' ? "from " : "on this machine", rhost);
}

static void
print_barriers(const struct status *status)
{
	const struct lane_status *login = &status->lane[LANE_LOGIN];
	char wait[REPORT_TIME_SIZE];

	if (status->locked != LOCK_NONE)
		puts("  locked: only recovery codes let in");
	if (login->off)
		puts("  after too many wrong codes, only a recovery code or an "
		     "administrator helps");
	else if (login->wait > 0)
		printf("  after wrong codes, the next one is looked at in %s\n",
		    report_seconds(login->wait, wait));
}

static void
print(const char *name, const struct status *status)
{
	char when[TIME_SIZE];

	if (!status->enrolled)
		printf("%s has no second factor. To set one up: otp-enroll "
		       "new\n",
		    name);
	else
		printf("%s has a second factor.\n", name);
	for (size_t i = 0; i < status->n_devices; i++)
		print_device(&status->device[i]);
	if (status->recovery_created != 0)
		printf("  recovery codes: %u left, made %s\n",
		    status->recovery_left,
		    date(status->recovery_created, when));
	else if (status->enrolled)
		puts("  recovery codes: none; otp-enroll recovery makes some");
	print_barriers(status);
	print_missed(&status->missed);
	if (status->pending_until != 0)
		printf("  a new device waits for its first code until %s\n",
		    date(status->pending_until, when));
	if (status->pending_set_until != 0)
		printf("  new recovery codes wait for one of them until %s\n",
		    date(status->pending_set_until, when));
}

static void
json_device(struct json *json, const struct device_status *device)
{
	json_open(json, NULL, '{');
	json_text(json, "label", device->label);
	json_text(json, "kind", kind_name(device->kind));
	json_text(json, "algorithm", otp_hash_name(device->hash));
	json_number(json, "digits", device->digits);
	if (device->kind == DEVICE_TOTP)
		json_number(json, "period", device->period);
	json_bool(json, "off", device->off);
	json_number(json, "created", device->created);
	json_number(json, "used", device->used);
	json_close(json, '}');
}

static int
print_json(const char *name, const struct status *status)
{
	const struct lane_status *login = &status->lane[LANE_LOGIN];
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_text(&json, "user", name);
	json_bool(&json, "enrolled", status->enrolled);
	json_bool(&json, "locked", status->locked != LOCK_NONE);
	json_bool(&json, "off", login->off);
	json_open(&json, "devices", '[');
	for (size_t i = 0; i < status->n_devices; i++)
		json_device(&json, &status->device[i]);
	json_close(&json, ']');
	json_number(&json, "recovery_left", status->recovery_left);
	json_number(&json, "recovery_created", status->recovery_created);
	json_number(&json, "wait", login->wait);
	json_number(&json, "failures_row", login->row);
	json_number(&json, "failures_budget", login->budget);
	json_open(&json, "missed", '{');
	json_number(&json, "wrong", status->missed.wrong);
	json_number(&json, "replayed", status->missed.replayed);
	json_number(&json, "last", status->missed.last);
	json_text(&json, "rhost", status->missed.rhost);
	json_close(&json, '}');
	json_number(&json, "pending_until", status->pending_until);
	json_number(&json, "pending_recovery_until", status->pending_set_until);
	json_close(&json, '}');
	return json_end(&json);
}

int
cmd_status(const struct context *context)
{
	struct status status;
	int r;

	r = context_status(context, &status);
	if (r != 0)
		return r;
	if (!(context->options.given & OPTION_JSON))
		print(context->person.name, &status);
	else if (print_json(context->person.name, &status) < 0)
		return report_error(-EIO);
	return status.enrolled ? EXIT_DONE : EXIT_NO;
}
