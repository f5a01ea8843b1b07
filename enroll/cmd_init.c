/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

int
cmd_init(const struct context *context)
{
	const struct policy_store *place = authority_store(context->authority);
	int r;

	r = authority_init(context->authority);
	if (r < 0 && r != -EEXIST)
		return report_error(r);
	if (r == -EEXIST)
		tty_say(
		    "Store and key are there already; nothing was changed.");
	else
		tty_say("Store and key are ready.");
	tty_say("  store  %s", place->path);
	tty_say("  key    %s", place->key);
	if (r == 0)
		tty_say("Keep a copy of the key in a safe place: without it no "
			"enrolment can be read.");
	return EXIT_DONE;
}
