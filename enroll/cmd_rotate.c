/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/enrol.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* As it was, where the command line does not say otherwise. */
static void
set_terms(const struct device_status *device, unsigned int given,
    struct terms *terms)
{
	if (!(given & (OPTION_HOTP | OPTION_PERIOD)))
		terms->kind = device->kind;
	if (!(given & OPTION_ALGORITHM))
		terms->hash = device->hash;
	if (!(given & OPTION_DIGITS))
		terms->digits = device->digits;
	if (!(given & OPTION_PERIOD) && device->kind == DEVICE_TOTP)
		terms->period = device->period;
}

static int
choose(struct enrolment *enrolment)
{
	const struct context *context = enrolment->context;
	const struct device_status *device;
	int r;

	r = context_device(context, &enrolment->before, &device);
	if (r != 0)
		return r;
	enrolment->label = device->label;
	set_terms(device, context->options.given, &enrolment->terms);
	return 0;
}

static void
say_what(const struct enrolment *enrolment)
{
	char label[RECORD_LABEL + 1];

	if (enrolment->context->options.given & OPTION_JSON)
		return;
	tty_say("A new secret for \"%s\" of %s: the old one works until you "
		"have typed a first code of the new one.",
	    listing_label(enrolment->label, label),
	    enrolment->context->person.shown);
}

int
cmd_rotate(const struct context *context)
{
	struct enrolment enrolment;
	int r;

	r = enrol_begin(context, PENDING_ROTATE, &enrolment);
	if (r == 0)
		r = choose(&enrolment);
	if (r == 0) {
		say_what(&enrolment);
		r = context_current(&enrolment.before, enrolment.answer,
		    sizeof(enrolment.answer));
	}
	if (r == 0)
		r = enrol_run(&enrolment);
	enrol_end(&enrolment);
	return r;
}
