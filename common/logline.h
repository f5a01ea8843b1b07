/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of "key=value" for the log, as pure text.
 *
 * A value has no blank and no "="; whatever could break the line apart or play
 * with a terminal is written as \xNN, and what is longer than LOGLINE_VALUE is
 * cut.  NULL or empty is written as "-".
 */
#ifndef COMMON_LOGLINE_H
#define COMMON_LOGLINE_H

#include <stddef.h>

#define LOGLINE_VALUE 64
#define LOGLINE_KEY 9
#define LOGLINE_MOST 7 /* pairs that always fit */
#define LOGLINE_SIZE 2048

struct logline {
	char text[LOGLINE_SIZE]; /* with a NUL, without a line end */
	size_t len;
};

/* Add a pair to a line, which is all zero before the first. */
void logline_add(struct logline *line, const char *key, const char *value);

#endif
