/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "enroll/context.h"
#include "enroll/listing.h"
#include "enroll/report.h"

static int
print_json(const struct status *status)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '[');
	for (size_t i = 0; i < status->n_devices; i++)
		listing_json(&json, &status->device[i]);
	json_close(&json, ']');
	return json_end(&json) < 0 ? report_error(-EIO) : EXIT_DONE;
}

int
cmd_devices(const struct context *context)
{
	struct status status;
	int r;

	r = context_status(context, &status);
	if (r != 0)
		return r;
	if (context->options.given & OPTION_JSON)
		return print_json(&status);
	if (!status.enrolled)
		return context_nothing(context);
	if (status.n_devices == 0)
		return context_no_device(context, &status);
	for (size_t i = 0; i < status.n_devices; i++)
		listing_device(&status.device[i]);
	return EXIT_DONE;
}
