/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/setup.h"
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
choose(struct setup *setup)
{
	const struct context *context = setup->context;
	const struct device_status *device;
	int r;

	r = context_device(context, &setup->before, &device);
	if (r != 0)
		return r;
	setup->label = device->label;
	set_terms(device, context->options.given, &setup->terms);
	return 0;
}

static void
say_what(const struct setup *setup)
{
	char label[RECORD_LABEL + 1];

	if (setup->context->options.given & OPTION_JSON)
		return;
	tty_say("A new secret for \"%s\" of %s: the old one works until you "
		"have typed a first code of the new one.",
	    listing_label(setup->label, label), setup->context->person.shown);
}

int
cmd_rotate(const struct context *context)
{
	struct setup setup;
	int r;

	r = setup_begin(context, PENDING_ROTATE, &setup);
	if (r == 0)
		r = choose(&setup);
	if (r == 0) {
		say_what(&setup);
		r = context_current(&setup.before, setup.answer,
		    sizeof(setup.answer));
	}
	if (r == 0)
		r = setup_run(&setup);
	setup_end(&setup);
	return r;
}
