/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include <string.h>

/* Take "KEY=value" into *value, once. */
static bool
take(const char *arg, const char *key, const char **value)
{
	size_t len = strlen(key);

	if (*value != NULL || strncmp(arg, key, len) != 0 || arg[len] == '\0')
		return false;
	*value = arg + len;
	return true;
}

const char *
arguments_read(int argc, const char **argv, struct arguments *arguments)
{
	const char *conf = NULL, *scenario = NULL;
	bool debug = false;

	for (int i = 0; i < argc; i++) {
		if (!debug && strcmp(argv[i], "debug") == 0)
			debug = true;
		else if (take(argv[i], "conf=", &conf)) {
			/* The working directory may be its invoker's. */
			if (conf[0] != '/')
				return argv[i];
		} else if (!take(argv[i], "scenario=", &scenario))
			return argv[i];
	}
	arguments->conf = conf;
	arguments->scenario = scenario;
	arguments->debug = debug;
	return NULL;
}
