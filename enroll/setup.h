/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a secret to a device that is in force: what "new", "add" and "rotate"
 * have in common.
 *
 * Whatever was in force stays so until the device has shown a code that is
 * right; every way out before that leaves it as it was.
 */
#ifndef ENROLL_SETUP_H
#define ENROLL_SETUP_H

#include "enroll/context.h"
#include "enroll/offer.h"
#include "enroll/output.h"

struct setup {
	const struct context *context;
	enum pending_mode mode;
	struct status before;

	/* For the subcommand to set. */
	const char *label;
	struct terms terms;
	char answer[CODE_TYPED_MAX + 2];

	/* The rest is its own. */
	struct output output;
	struct otp_secret secret; /* of ENROL */
	struct offer offer;
	struct reply reply; /* of CONFIRM */
};

/*
 * Look at the command line, and at what there is.  What follows is setup_end()
 * in any case.  0, or the exit status, of which a line was printed.
 */
int setup_begin(const struct context *context, enum pending_mode mode,
    struct setup *setup) __attribute__((warn_unused_result));

/* Make the device, show it, and have it confirmed: the exit status. */
int setup_run(struct setup *setup) __attribute__((warn_unused_result));

/* Wipe it. */
void setup_end(struct setup *setup);

#endif
