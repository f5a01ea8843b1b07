/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/duration.h"
#include "common/utf8.h"
#include "enroll/context.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static void
print_missed(const struct missed *missed)
{
	char when[LISTING_TIME_SIZE];

	if (missed->wrong == 0 && missed->replayed == 0)
		return;
	tty_say("  refused since the last success: %" PRIu32 " wrong, %" PRIu32
		" that had been used before; the last %s %s%s",
	    missed->wrong, missed->replayed, listing_date(missed->last, when),
	    missed->rhost[0] != '\0' ? "from " : "on this machine",
	    missed->rhost);
}

/* Who locked what, and what helps. */
static void
print_lock(const char *name, const struct status *status)
{
	char when[LISTING_TIME_SIZE];

	if (status->locked == LOCK_NONE)
		return;
	tty_say("  locked by %s on %s: only recovery codes let in; %s",
	    status->locked == LOCK_ROOT ? "an administrator" : name,
	    listing_date(status->locked_at, when),
	    status->locked == LOCK_ROOT
		? "an administrator can unlock it"
		: "otp-enroll unlock, with one of them, undoes it");
}

/* One way in never waits for what came in another way. */
static void
print_lane(const struct lane_status *lane, const char *where)
{
	char wait[DURATION_SIZE];

	if (lane->off)
		tty_say("  %s: too many wrong codes, so that only a recovery "
			"code or an administrator helps",
		    where);
	else if (lane->wait > 0)
		tty_say("  %s: after wrong codes, the next one is looked at in "
			"%s",
		    where, duration_text(lane->wait, wait));
}

static const char *
pending_name(enum pending_mode mode)
{
	switch (mode) {
	case PENDING_NEW:
		return "a new phone, in the place of all devices,";
	case PENDING_ADD:
		return "one more device,";
	case PENDING_ROTATE:
		break;
	}
	return "a new secret for";
}

static void
print_pending(const struct status *status)
{
	char when[LISTING_TIME_SIZE], label[RECORD_LABEL + 1];

	listing_label(status->pending_label, label);
	if (status->pending_until != 0)
		tty_say("  waiting for its first code until %s: %s \"%s\"",
		    listing_date(status->pending_until, when),
		    pending_name(status->pending_mode), label);
	if (status->pending_set_until != 0)
		tty_say("  waiting for one of them to be typed until %s: new "
			"recovery codes",
		    listing_date(status->pending_set_until, when));
	if (status->pending_address_until != 0)
		tty_say("  waiting for the code that was sent there until %s: "
			"%s %s",
		    listing_date(status->pending_address_until, when),
		    status->pending_channel == METHOD_SMS ? "phone" : "email",
		    status->pending_address);
	if (status->ticket_until != 0)
		tty_say("  a ticket to set it up is good until %s",
		    listing_date(status->ticket_until, when));
}

/* Who can set up a first one. */
static void
print_nothing(const char *name, const struct status *status)
{
	tty_say("%s has no second factor. %s", name,
	    status->enroll == SELF_ENROLL_OPEN ? "To set one up: otp-enroll new"
		: status->enroll == SELF_ENROLL_TICKET
		? "To set one up, with a ticket of an administrator's: "
		  "otp-enroll new"
		: "Here an administrator sets it up.");
}

/* Where codes go; who has none is told of it only where some can be sent. */
static void
print_address(const struct status *status, enum policy_method method,
    const char *command, const char *address)
{
	const bool can = status->channels & method;

	if (address[0] != '\0')
		tty_say("  %s: %s%s", command, address,
		    can ? "" : "; but this host can send nothing there");
	else if (can)
		tty_say("  %s: none; otp-enroll %s sets one", command, command);
}

static void
print(const char *name, const struct status *status)
{
	char when[LISTING_TIME_SIZE];

	if (status->enrolled)
		tty_say("%s has a second factor.", name);
	else
		print_nothing(name, status);
	for (size_t i = 0; i < status->n_devices; i++)
		listing_device(&status->device[i]);
	if (status->recovery_created != 0)
		tty_say("  recovery codes: %u left, made %s",
		    status->recovery_left,
		    listing_date(status->recovery_created, when));
	else if (status->enrolled)
		tty_say(
		    "  recovery codes: none; otp-enroll recovery makes some");
	print_address(status, METHOD_EMAIL, "email", status->email);
	print_address(status, METHOD_SMS, "phone", status->phone);
	print_lock(name, status);
	print_lane(&status->lane[LANE_LOGIN], "logins");
	print_lane(&status->lane[LANE_SOCKET], "otp-enroll and screen lockers");
	print_missed(&status->missed);
	print_pending(status);
}

static void
json_lane(struct json *json, const char *key, const struct lane_status *lane)
{
	json_open(json, key, '{');
	json_bool(json, "off", lane->off);
	json_number(json, "row", lane->row);
	json_number(json, "budget", lane->budget);
	json_number(json, "wait", lane->wait);
	json_close(json, '}');
}

static void
json_pending(struct json *json, const struct status *status)
{
	const char *mode = "none";

	if (status->pending_until != 0)
		mode = status->pending_mode == PENDING_ROTATE ? "rotate"
		    : status->pending_mode == PENDING_ADD     ? "add"
							      : "new";
	json_open(json, "pending", '{');
	json_number(json, "until", status->pending_until);
	json_text(json, "mode", mode);
	json_text(json, "label", status->pending_label);
	json_close(json, '}');
}

static void
json_addresses(struct json *json, const struct status *status)
{
	static const enum policy_method methods[] = { METHOD_EMAIL,
		METHOD_SMS };

	json_text(json, "email", status->email);
	json_text(json, "phone", status->phone);
	json_open(json, "pending_address", '{');
	json_number(json, "until", status->pending_address_until);
	json_text(json, "channel", decide_method_name(status->pending_channel));
	json_text(json, "address", status->pending_address);
	json_close(json, '}');
	json_open(json, "channels", '[');
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (status->channels & methods[i])
			json_text(json, NULL, decide_method_name(methods[i]));
	json_close(json, ']');
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
	json_text(&json, "locked_by",
	    status->locked == LOCK_ROOT       ? "root"
		: status->locked == LOCK_USER ? "user"
					      : "none");
	json_number(&json, "locked_at", status->locked_at);
	json_bool(&json, "off", login->off);
	json_open(&json, "devices", '[');
	for (size_t i = 0; i < status->n_devices; i++)
		listing_json(&json, &status->device[i]);
	json_close(&json, ']');
	json_number(&json, "recovery_left", status->recovery_left);
	json_number(&json, "recovery_created", status->recovery_created);
	json_addresses(&json, status);
	json_number(&json, "wait", login->wait);
	json_number(&json, "failures_row", login->row);
	json_number(&json, "failures_budget", login->budget);
	json_open(&json, "failures", '{');
	json_lane(&json, "login", login);
	json_lane(&json, "socket", &status->lane[LANE_SOCKET]);
	json_close(&json, '}');
	json_open(&json, "missed", '{');
	json_number(&json, "wrong", status->missed.wrong);
	json_number(&json, "replayed", status->missed.replayed);
	json_number(&json, "last", status->missed.last);
	json_text(&json, "rhost", status->missed.rhost);
	json_close(&json, '}');
	json_number(&json, "pending_until", status->pending_until);
	json_number(&json, "pending_recovery_until", status->pending_set_until);
	json_pending(&json, status);
	json_number(&json, "ticket_until", status->ticket_until);
	json_text(&json, "self_enroll",
	    status->enroll == SELF_ENROLL_OPEN         ? "open"
		: status->enroll == SELF_ENROLL_TICKET ? "ticket"
						       : "off");
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
		print(context->person.shown, &status);
	else if (print_json(context->person.name, &status) < 0)
		return report_error(-EIO);
	return status.enrolled ? EXIT_DONE : EXIT_NO;
}
