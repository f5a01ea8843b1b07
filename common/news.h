/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was changed and its owner has not been told of yet: pure functions over
 * record.change.
 *
 * It is the only alarm that there is without mail, so whoever has changed
 * something must not be able to hear it in their place, nor to push it out.
 */
#ifndef COMMON_NEWS_H
#define COMMON_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* So long a change is told, whatever it is answered with. */
#define NEWS_SECONDS (30 * 86400)

/*
 * Note a change, to be told at the next login.  If there are too many, what
 * lets somebody in is told rather than others, and another name, or that a
 * recovery code was used, last.
 */
void news_note(enum change_kind kind, const char *label, uint64_t now,
    struct record *next);

/*
 * Forget the changes up to this number: somebody was told of them who came in
 * with a device, an address or a recovery code of a set, that was made at
 * "made".
 *
 * What came with a change, or after it, may be of whoever made the change: it
 * forgets nothing, unless no device or address is older, or for what is 30 days
 * old.  All that is untold counts from the first of it, also if that found no
 * room.
 */
void news_told(uint64_t number, uint64_t made, uint64_t now,
    struct record *next);

/* Forget that this was done to this label: something newer says more. */
void news_forget(enum change_kind kind, const char *label, struct record *next);

/*
 * The changes that "next" has and "rec" had not yet, oldest first: how many.
 * One that found no room in it is not among them.
 */
size_t news_since(const struct record *rec, const struct record *next,
    struct change change[static RECORD_CHANGES]);

#endif
