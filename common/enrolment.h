/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a second factor comes, changes and goes: the other half of the core, as
 * pure as decide.h.  Each function takes the record as it stands and makes the
 * next one; nothing is changed unless the result is 0.
 *
 *	enrolment.c          what a first code, or one typed back, puts in force
 *	enrolment_address.c  the same of addresses, and how they go
 *	enrolment_change.c   what changes the rest, or takes it away
 */
#ifndef COMMON_ENROLMENT_H
#define COMMON_ENROLMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "decide.h"
#include "record.h"

#define ENROLMENT_PENDING_SECONDS (15 * 60)

/* Clocks are put right by this much, and no enrolment is to end by it. */
#define ENROLMENT_CLOCK_SECONDS 60

/*
 * Is what waits until then over, or was it never begun?  What claims to wait
 * for longer than anything may has a clock that was put back, which must not
 * prolong it.
 */
bool enrolment_over(uint64_t until, uint64_t now);

/*
 * So many wrong ones, and the device or the set that waits is gone: who guesses
 * a first code is given recovery codes, and a process of the user's can ask as
 * often as it likes.
 */
#define ENROLMENT_TRIES 10

/* How far a device's clock may be off and still be told by how much. */
#define ENROLMENT_SKEW_SECONDS (12 * 3600)

/*
 * Let "device" wait for its first code; whatever is in force stays so until
 * then.  "mode" says what becomes of the devices there are.  -EINVAL: not a
 * device; -EEXIST: to be added, and the label is taken; -E2BIG: there are
 * five (-ENOSPC would say that the disk is full); -ENOENT: to be rotated, and
 * there is none of this label.
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
 * anew, "fresh" is its set of recovery codes.  That, and a device that takes
 * the place of another, is with enrolment_drop() as of a lock.  A wrong code is
 * counted, and one whose skew is told is spent, which makes it wrong at its own
 * time: "next" has to be kept then too.  A ticket is spent by it.
 * -ENOENT: nothing is pending (any more, or since a clock was put back), or the
 * device to be rotated is gone meanwhile; -EEXIST, -E2BIG: so is the room;
 * -EIO: the crypto library failed.
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

/*
 * One of it, typed back; "answer" NULL takes it on trust.  The set takes the
 * place of another with enrolment_drop() as of a lock.  A wrong one is counted,
 * as a wrong first code is: "next" has to be kept then too.
 * -ENOENT, -EIO.
 */
int enrolment_recovery_confirm(const char *answer, uint64_t now,
    struct record *next, enum verdict *verdict)
    __attribute__((warn_unused_result));

/*
 * Is "answer" the ticket, in time?  One that was made later than now is not: a
 * clock that was put back gives it no second life.  "outcome" says it as of a
 * recovery code, whose throttle of this lane it is charged to: if keep is set,
 * "next" has to be stored.  What is right is not spent: enrolment_confirm()
 * does that.
 * 0, or -EIO: the crypto library failed.
 */
int enrolment_ticket(const char *answer, enum lane lane,
    const struct policy_throttle *pol, uint64_t now, struct record *next,
    struct outcome *outcome) __attribute__((warn_unused_result));

/*
 * Let an address wait for a code that is sent to it, which the caller then has
 * sent_store() bind to SENT_CONFIRMS; the address there is stays in force until
 * then.  What waited before is forgotten with its code, in whichever lane: a
 * code must confirm no other address than it was sent to.
 * -EINVAL: it is none of this channel.
 */
int enrolment_address(const char *text, enum policy_method method, uint64_t now,
    struct record *next) __attribute__((warn_unused_result));

/*
 * The code that was sent to it, typed back.  If it is right the address is in
 * force, and codes that were sent to the one before are not valid any more; if
 * there is no set of recovery codes, "fresh" is it, and a ticket is spent.
 * After "tries" wrong ones the address waits no longer.  "next" has to be kept
 * whatever the verdict, but if MALFORMED.
 * -ENOENT: no address waits, or no code for it any more; -EIO.
 */
int enrolment_address_confirm(const char *answer, enum lane lane,
    const struct policy_sent *pol, const struct recovery_set *fresh,
    uint64_t now, struct record *next, enum verdict *verdict)
    __attribute__((warn_unused_result));

/* How long a code for an address is good: no longer than the address waits. */
uint32_t enrolment_address_minutes(const struct policy_sent *pol);

/*
 * Take an address away, with what was sent to it and what waits to take its
 * place.  -ENOENT: there is none.
 */
int enrolment_address_remove(enum policy_method method, uint64_t now,
    struct record *next) __attribute__((warn_unused_result));

/*
 * Forget whatever somebody began and a code would end: what waits, and codes
 * that were sent.
 */
void enrolment_drop(struct record *next);

/*
 * Remove a device, with enrolment_drop() as of a lock.  -ENOENT: there is none
 * of this label.
 */
int enrolment_remove(const char *label, uint64_t now, struct record *next)
    __attribute__((warn_unused_result));

/*
 * Give a device another label.  -EINVAL: that is none; -ENOENT: there is no
 * such device; -EEXIST: there is one of the new label.  Of the names that it
 * had and that nobody was told of, the last is told.
 */
int enrolment_rename(const char *label, const char *new_label, uint64_t now,
    struct record *next) __attribute__((warn_unused_result));

/*
 * Lock a device, or with "label" NULL everything but recovery codes.  What is
 * locked already stays as it is, but root's lock takes the place of a user's.
 * enrolment_drop() goes with it: what waits may have been begun by whoever the
 * lock is against.
 * -ENOENT: there is no such device; -EDEADLK: a user's lock, and no recovery
 * code is left to undo it with.
 */
int enrolment_lock(const char *label, enum lock_kind who, uint64_t now,
    struct record *next) __attribute__((warn_unused_result));

/*
 * Unlock a device, or with "label" NULL everything: the lock goes, and with it
 * what failures brought, whichever way they came in.  For a user that is what
 * a recovery code gives at a login; for root it is all, budgets included.
 * -ENOENT: there is no such device.
 */
int enrolment_unlock(const char *label, enum lock_kind who,
    const struct policy_throttle *pol, uint64_t now, struct record *next)
    __attribute__((warn_unused_result));

/* Take everything away; that it was, stays, and so do changes untold. */
void enrolment_clear(uint64_t now, struct record *next);

/*
 * Bind the record to the uid that the account has now, with enrolment_drop() as
 * of a lock: what waits was begun by whoever had the one before.
 */
void enrolment_adopt(uint64_t uid, uint64_t now, struct record *next);

#endif
