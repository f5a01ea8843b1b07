/* SPDX-License-Identifier: BSD-2-Clause */
#include "deadline.h"

#include <time.h>

static int64_t
milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
deadline_in(unsigned int seconds)
{
	return milliseconds() + (int64_t)seconds * 1000;
}

int64_t
deadline_left(int64_t deadline)
{
	return deadline - milliseconds();
}
