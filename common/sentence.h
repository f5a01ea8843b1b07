/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was changed, as one sentence with the command that undoes it: in the
 * prompt of the next login and in mail.  Pure.
 */
#ifndef COMMON_SENTENCE_H
#define COMMON_SENTENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/* The longest has a label of RECORD_LABEL bytes, each written as four. */
#define SENTENCE_SIZE (4 * RECORD_LABEL + 128)
#define SENTENCE_DATE_SIZE                                                     \
	sizeof("2026-11-21 12:30 UTC and room for a wild clock")

/*
 * Write one line, without a date, that a terminal can be shown.  False: there
 * is nothing that could be said, since a later version made the change, or
 * there was none; "text" is empty then.
 */
bool sentence_change(const struct change *change,
    char text[static SENTENCE_SIZE]);

/* "2026-11-21 12:30 UTC", whatever the locale and TZ.  Gives "text" back. */
const char *sentence_date(uint64_t seconds,
    char text[static SENTENCE_DATE_SIZE]);

#endif
