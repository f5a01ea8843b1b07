/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Until when something is waited for, in milliseconds of a clock that nobody
 * sets.
 */
#ifndef COMMON_DEADLINE_H
#define COMMON_DEADLINE_H

#include <stdint.h>

/* So many seconds from now. */
int64_t deadline_in(unsigned int seconds);

/* Milliseconds that are left of it; 0 or less: it has passed. */
int64_t deadline_left(int64_t deadline);

#endif
