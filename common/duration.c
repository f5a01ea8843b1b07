/* SPDX-License-Identifier: BSD-2-Clause */
#include "duration.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* The largest first: each is used from two of it on. */
static const struct {
	uint64_t seconds;
	const char *name;
} units[] = { { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };

const char *
duration_text(uint64_t seconds, char text[static DURATION_SIZE])
{
	uint64_t n;
	size_t i = 0;

	while (units[i].seconds > 1 && seconds < 2 * units[i].seconds)
		i++;
	n = seconds / units[i].seconds + (seconds % units[i].seconds != 0);
	snprintf(text, DURATION_SIZE, "%" PRIu64 " %s%s", n, units[i].name,
	    n == 1 ? "" : "s");
	return text;
}
