/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/filename.h"
#include "common/utf8.h"
#include "enroll/context.h"
#include "enroll/json.h"
#include "enroll/report.h"

static int
print_name(void *arg, const char *name)
{
	char text[FILENAME_SIZE] = "(a name too long to be kept)";

	(void)arg;
	if (name != NULL)
		snprintf(text, sizeof(text), "%s", name);
	utf8_tame(text);
	puts(text);
	return 0;
}

static int
json_name(void *arg, const char *name)
{
	struct json *json = arg;

	json_open(json, NULL, '{');
	if (name != NULL)
		json_text(json, "user", name);
	json_close(json, '}');
	return 0;
}

int
cmd_list(const struct context *context)
{
	struct json json = { .out = stdout };
	int r;

	if (!(context->options.given & OPTION_JSON)) {
		r = authority_list(context->authority, print_name, NULL);
		return r < 0 ? report_error(r) : EXIT_DONE;
	}
	json_open(&json, NULL, '[');
	r = authority_list(context->authority, json_name, &json);
	json_close(&json, ']');
	if (json_end(&json) < 0)
		r = -EIO;
	return r < 0 ? report_error(r) : EXIT_DONE;
}
