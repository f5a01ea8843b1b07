/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "enroll/context.h"
#include "enroll/report.h"

int
cmd_init(const struct context *context)
{
	const struct policy_store *place = authority_store(context->authority);
	int r;

	r = authority_init(context->authority);
	if (r < 0 && r != -EEXIST)
		return report_error(r);
	if (r == -EEXIST)
		printf("Store and key are there already; nothing was "
		       "changed.\n");
	else
		printf("Store and key are ready.\n");
	printf("  store  %s\n  key    %s\n", place->path, place->key);
	if (r == 0)
		printf("Keep a copy of the key in a safe place: without it no "
		       "enrolment can be read.\n");
	return EXIT_DONE;
}
