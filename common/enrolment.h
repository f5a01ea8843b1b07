/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a second factor comes, changes and goes: the other half of the core, as
 * pure as decide.h.  Each function takes the record as it stands and makes the
 * next one; nothing is changed unless the result is 0.
 */
#ifndef COMMON_ENROLMENT_H
#define COMMON_ENROLMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "decide.h"
#include "record.h"

#define ENROLMENT_PENDING_SECONDS (15 * 60)

/* How far a device's clock may be off and still be told by how much. */
#define ENROLMENT_SKEW_SECONDS (12 * 3600)

/*
 * Let "device" wait for its first code; whatever is in force stays so until
 * then.  It takes the place of all there are, or comes beside them ("add").
 * -EINVAL: not a device; -EEXIST: the label is taken; -ENOSPC: there are five.
 */
int enrolment_begin(const struct device *device, enum pending_mode mode,
    uint64_t now, struct record *next) __attribute__((warn_unused_result));

struct confirmation {
	enum verdict verdict;
	int64_t skew; /* seconds the device is ahead, if DENY; else 0 */
	bool skewed;  /* the code is right for another time */
};

/*
 * A first code of the pending device: what it accepts is spent, and the
 * device in force.  "answer" NULL takes it on trust.  If the factor is set up
 * anew, "fresh" is its set of recovery codes.  -ENOENT: nothing is pending
 * (any more); -EIO: the crypto library failed.
 */
int enrolment_confirm(const char *answer, const struct recovery_set *fresh,
    uint64_t now, struct record *next, struct confirmation *confirmation)
    __attribute__((warn_unused_result));

/*
 * Let a new set of recovery codes wait for one of it to be typed back; the
 * old one stays in force until then.
 */
void enrolment_recovery(const struct recovery_set *fresh, uint64_t now,
    struct record *next);

/* One of it, typed back; "answer" NULL takes it on trust.  -ENOENT, -EIO. */
int enrolment_recovery_confirm(const char *answer, uint64_t now,
    struct record *next, enum verdict *verdict)
    __attribute__((warn_unused_result));

/* Remove a device.  -ENOENT: there is none of this label. */
int enrolment_remove(const char *label, uint64_t now, struct record *next)
    __attribute__((warn_unused_result));

/* Bind the record to the uid that the account has now. */
void enrolment_adopt(uint64_t uid, uint64_t now, struct record *next);

/* Note a change, to be told at the next login. */
void enrolment_note(enum change_kind kind, const char *label, uint64_t now,
    struct record *next);

/* Forget the changes up to this number: the user was told of them. */
void enrolment_told(uint64_t number, struct record *next);

#endif
