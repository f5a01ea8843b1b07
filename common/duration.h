/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seconds as people say them.  Pure.
 */
#ifndef COMMON_DURATION_H
#define COMMON_DURATION_H

#include <stdint.h>

#define DURATION_SIZE 40

/*
 * "45 seconds", "3 minutes", "2 hours": longer rather than shorter, as is
 * right for a wait.  Gives "text" back.
 */
const char *duration_text(uint64_t seconds, char text[static DURATION_SIZE]);

#endif
