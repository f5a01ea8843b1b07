/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

static int
check(const char *path)
{
	struct authority *authority = NULL;
	int r, status = EXIT_NO;

	r = authority_open(path, report_fault, &status, &authority);
	authority_close(&authority);
	if (r == -EINVAL)
		return status;
	if (r < 0)
		return report_error(r);
	tty_say("%s: no faults", path != NULL ? path : POLICY_CONF);
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
