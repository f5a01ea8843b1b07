/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of a change is told by mail.  Pure: authority_notify.c tells it.
 */
#ifndef COMMON_NOTICES_H
#define COMMON_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "record.h"

/* So many codes of devices that were wrong, one after the other. */
#define NOTICES_ROW 5

/* What comes in by the socket: so many at once, then one in so long. */
#define NOTICES_AT_ONCE 10
#define NOTICES_SECONDS 360

struct notices {
	bool any; /* it is to be mailed */
	/* The addresses as they were, and as they are. */
	char old_email[ADDRESS_MAX + 1], old_phone[ADDRESS_PHONE_MAX + 1];
	char email[ADDRESS_MAX + 1], phone[ADDRESS_PHONE_MAX + 1];

	/* A request makes two at the most: a change, and what proved it. */
	size_t n;
	struct change change[RECORD_CHANGES];
	bool untold; /* there was more than "change" says */
	bool row;    /* NOTICES_ROW failures in a row */
	bool off;    /* codes are off after too many */
	bool last;   /* of what is told for a while */
};

/* What "next" has that "rec" had not, as far as policy has it mailed. */
void notices_see(struct notices *notices, const struct record *rec,
    const struct record *next, const struct policy *pol);

/*
 * Count it, for what a process of the user did, who could flood a mailbox else.
 * When there were too many it is not told; the last one before says so.  That
 * an address was changed is always told: whoever had it hears of nothing later.
 */
void notices_count(struct notices *notices, uint64_t now, struct record *next);

/* And what came after it. */
void notices_add(struct notices *notices, const struct notices *later);

#endif
