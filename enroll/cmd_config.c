/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"

static void
fault(void *arg, const char *file, unsigned int line, const char *what)
{
	int *status = arg;

	if (line > 0) {
		fprintf(stderr, "%s:%u: %s\n", file, line, what);
		return;
	}
	/* A whole file that may not be believed has not been checked. */
	fprintf(stderr, "%s: %s\n", file, what);
	*status = EXIT_FAULT;
}

static int
check(const char *path)
{
	struct authority *authority = NULL;
	int r, status = EXIT_NO;

	r = authority_open(path, fault, &status, &authority);
	authority_close(&authority);
	if (r == -EINVAL)
		return status;
	if (r < 0)
		return report_error(r);
	printf("%s: no faults\n", path != NULL ? path : POLICY_CONF);
	return EXIT_DONE;
}

/* As a configuration that could be pasted. */
static void
print_keys(void)
{
	struct policy_key_info info;
	const char *section = "";

	for (size_t i = 0; policy_key(i, &info); i++) {
		if (strcmp(section, info.section) != 0)
			printf("%s[%s]\n", i > 0 ? "\n" : "", info.section);
		section = info.section;
		printf("# %s (%s)\n# %s = %s\n", info.meaning, info.range,
		    info.key, info.value);
	}
}

int
cmd_config(const struct context *context)
{
	const char *path = context->options.conf;

	if (context->options.given & OPTION_CHECK)
		return check(path);
	print_keys();
	return EXIT_DONE;
}
