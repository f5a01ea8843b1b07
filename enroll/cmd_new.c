/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "new" and "add": a device for whoever has none, in place of all there are,
 * or beside them.
 */
#include "enroll/report.h"
#include "enroll/setup.h"
#include "enroll/sshd.h"
#include "enroll/tty.h"

static int
check_room(const struct setup *setup)
{
	const struct status *before = &setup->before;

	if (setup->mode != PENDING_ADD)
		return 0;
	if (context_find(before, setup->label) != NULL)
		return report(EXIT_NO,
		    "there is a device called \"%s\" "
		    "already: give this one another name with --label",
		    setup->label);
	if (before->n_devices == RECORD_DEVICES)
		return report(EXIT_NO,
		    "there are %d devices already, and no "
		    "room for more: take one away with otp-enroll remove",
		    RECORD_DEVICES);
	return 0;
}

/* Who has nothing yet may be about to be locked out of ssh. */
static bool
warn_of_ssh(const struct setup *setup, char text[static SSHD_WARNING_SIZE])
{
	struct sshd sshd;

	return !setup->before.enrolled && sshd_read(SSHD_CONFIG, &sshd) == 0 &&
	    sshd_warning(&sshd, text);
}

static int
agree(const struct setup *setup)
{
	const struct context *context = setup->context;
	char warning[SSHD_WARNING_SIZE];
	bool ask = false;
	int r;

	if (context->options.given & OPTION_JSON) {
		if (warn_of_ssh(setup, warning))
			report(0, "%s", warning);
		return 0;
	}
	tty_say("Setting up a second factor for %s.", context->person.shown);
	if (warn_of_ssh(setup, warning)) {
		tty_say("%s", warning);
		ask = true;
	}
	if (setup->mode == PENDING_NEW && setup->before.enrolled) {
		tty_say("There is one already. The new one takes its place, "
			"recovery codes included, once you have typed a first "
			"code; until then nothing changes. (For a second "
			"device beside it: otp-enroll add.)");
		ask = true;
	}
	if (!ask || (context->options.given & OPTION_YES))
		return 0;
	r = tty_agree("Go on? [y/N] ");
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
run(const struct context *context, enum pending_mode mode)
{
	struct setup setup;
	int r;

	r = setup_begin(context, mode, &setup);
	if (setup.label == NULL)
		setup.label = "phone";
	if (r == 0)
		r = check_room(&setup);
	if (r == 0)
		r = context_leave(context, &setup.before);
	if (r == 0)
		r = agree(&setup);
	if (r == 0)
		r = context_proof(context, &setup.before, setup.answer,
		    sizeof(setup.answer));
	if (r == 0)
		r = setup_run(&setup);
	setup_end(&setup);
	return r;
}

int
cmd_new(const struct context *context)
{
	return run(context, PENDING_NEW);
}

int
cmd_add(const struct context *context)
{
	return run(context, PENDING_ADD);
}
