/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be seen of a user's second factor: nothing that is secret.
 */
#include "authority_call.h"

#include <errno.h>
#include <string.h>

#include "enrolment.h"
#include "throttle.h"

static void
device_status(const struct device *dev, struct device_status *status)
{
	*status = (struct device_status){
		.kind = dev->kind,
		.hash = dev->otp.hash,
		.digits = dev->otp.digits,
		.period = dev->period,
		.off = dev->off,
		.created = dev->created,
		.used = dev->used,
	};
	memcpy(status->label, dev->label, sizeof(status->label));
}

static void
lane_status(const struct failures *fail, const struct policy_throttle *pol,
    uint64_t now, struct lane_status *status)
{
	*status = (struct lane_status){
		.off = throttle_off(fail, pol),
		.row = fail->row,
		.budget = fail->budget,
		.wait = throttle_wait(fail, pol, now),
	};
}

static void
pending_status(const struct record *rec, uint64_t now, struct status *status)
{
	const struct pending *pending = &rec->pending;

	if (!enrolment_over(rec->pending_set.until, now))
		status->pending_set_until = rec->pending_set.until;
	if (!enrolment_over(rec->pending_address.until, now))
		status->pending_address_until = rec->pending_address.until;
	if (enrolment_over(pending->until, now))
		return;
	status->pending_until = pending->until;
	status->pending_mode = pending->mode;
	memcpy(status->pending_label, pending->device.label,
	    sizeof(status->pending_label));
}

/* Not whole: who looks may be a process of the user's. */
static void
address_status(const struct record *rec, struct status *status)
{
	if (rec->email[0] != '\0')
		address_mask(rec->email, status->email);
	if (rec->phone[0] != '\0')
		address_mask(rec->phone, status->phone);
	if (status->pending_address_until == 0)
		return;
	status->pending_channel = rec->pending_address.method;
	address_mask(rec->pending_address.text, status->pending_address);
}

int
call_status(struct call *call)
{
	const struct policy *policy = call->policy;
	struct store_account account = call_account(call);
	struct status *status = &call->reply->status;
	const uint64_t now = call->req->now;
	struct record rec;
	int r;

	/* Who has no record has one of all zeros. */
	r = store_read(call->store, &account, &rec);
	if (r < 0 && r != -ENOENT)
		return r;
	*status = (struct status){
		.enrolled = decide_enrolled(&rec),
		.locked = rec.locked,
		.locked_at = rec.locked_at,
		.n_devices = (uint32_t)record_devices(&rec),
		.recovery_left = record_recovery_left(&rec.recovery),
		.recovery_created = rec.recovery.created,
		.missed = rec.missed,
		.ticket_until = now < rec.ticket.until ? rec.ticket.until : 0,
		.channels = policy->channels,
		.enroll = policy->self_enroll,
		.self_lock = policy->self_lock,
	};
	for (size_t i = 0; i < status->n_devices; i++)
		device_status(&rec.device[i], &status->device[i]);
	for (size_t i = 0; i < LANES; i++)
		lane_status(&rec.failures[i], &policy->throttle, now,
		    &status->lane[i]);
	pending_status(&rec, now, status);
	address_status(&rec, status);
	call->reply->verdict = VERDICT_ACCEPT;
	explicit_bzero(&rec, sizeof(rec));
	return 0;
}
