/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "new" and "add": a device for whoever has none, in place of all there are,
 * or beside them.
 */
#include <unistd.h>

#include "enroll/enrol.h"
#include "enroll/report.h"
#include "enroll/sshd.h"
#include "enroll/tty.h"

static int
check_room(const struct enrolment *enrolment)
{
	const struct status *before = &enrolment->before;

	if (enrolment->mode != PENDING_ADD)
		return 0;
	if (context_find(before, enrolment->label) != NULL)
		return report(EXIT_NO,
		    "there is a device called \"%s\" "
		    "already: give this one another name with --label",
		    enrolment->label);
	if (before->n_devices == RECORD_DEVICES)
		return report(EXIT_NO,
		    "there are %d devices already, and no "
		    "room for more: take one away with otp-enroll remove",
		    RECORD_DEVICES);
	return 0;
}

/* Who has nothing yet may be about to be locked out of ssh. */
static bool
warn_of_ssh(const struct enrolment *enrolment,
    char text[static SSHD_WARNING_SIZE])
{
	struct sshd sshd;

	return !enrolment->before.enrolled &&
	    sshd_read(SSHD_CONFIG, &sshd) == 0 && sshd_warning(&sshd, text);
}

static int
agree(const struct enrolment *enrolment)
{
	const struct context *context = enrolment->context;
	char warning[SSHD_WARNING_SIZE];
	bool ask = false;
	int r;

	if (context->options.given & OPTION_JSON) {
		if (warn_of_ssh(enrolment, warning))
			report(0, "%s", warning);
		return 0;
	}
	tty_say("Setting up a second factor for %s.", context->person.shown);
	if (warn_of_ssh(enrolment, warning)) {
		tty_say("%s", warning);
		ask = true;
	}
	if (enrolment->mode == PENDING_NEW && enrolment->before.enrolled) {
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

/* Has somebody who has nothing yet to be given leave? */
static bool
needs_leave(const struct enrolment *enrolment)
{
	return !enrolment->before.enrolled && getuid() != 0 &&
	    enrolment->before.enroll != SELF_ENROLL_OPEN;
}

static int
check_leave(const struct enrolment *enrolment)
{
	if (!needs_leave(enrolment) ||
	    enrolment->before.enroll == SELF_ENROLL_TICKET)
		return 0;
	return report(EXIT_NO,
	    "a first second factor is set up by an administrator here: ask "
	    "yours for \"otp-enroll new --user %s\"",
	    enrolment->context->person.shown);
}

static int
ask_ticket(struct enrolment *enrolment)
{
	int r;

	if (!needs_leave(enrolment))
		return 0;
	enrolment->ticket = true;
	tty_say("Here this needs a ticket: four groups of four characters, "
		"which your administrator gives you (\"otp-enroll ticket "
		"--user %s\").",
	    enrolment->context->person.shown);
	r = tty_ask_code("Ticket: ", enrolment->answer,
	    sizeof(enrolment->answer));
	return r < 0 ? report_outcome(r, "nothing was changed") : 0;
}

static int
run(const struct context *context, enum pending_mode mode)
{
	struct enrolment enrolment;
	int r;

	r = enrol_begin(context, mode, &enrolment);
	if (enrolment.label == NULL)
		enrolment.label = "phone";
	if (r == 0)
		r = check_room(&enrolment);
	if (r == 0)
		r = check_leave(&enrolment);
	if (r == 0)
		r = agree(&enrolment);
	if (r == 0)
		r = context_current(&enrolment.before, enrolment.answer,
		    sizeof(enrolment.answer));
	if (r == 0)
		r = ask_ticket(&enrolment);
	if (r == 0)
		r = enrol_run(&enrolment);
	enrol_end(&enrolment);
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
