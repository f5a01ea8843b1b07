/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one door to the records.
 *
 * store_update() runs a pure function over a user's record atomically and
 * durably, or not at all: whatever it decided may be told to anybody only after
 * store_update() has said that it is kept.  Nothing outside this header knows
 * what a store is made of; store_file.c is the one there is.
 *
 * Results are 0 or -errno:
 *	-ENOENT     this user has no record (and the store is a store)
 *	-ESTALE     the record belongs to another uid: a recreated account
 *	-EBADMSG    the record does not open: damaged, or not this user's
 *	-ENOKEY     the record is sealed under another key
 *	-EPROTONOSUPPORT  a newer version of pam_otp wrote it
 *	-EPERM      a file is not as this program makes it
 *	-ETIMEDOUT  somebody holds the record's lock
 *	-EFBIG      the caller's file size limit is too low, and stays
 *	-ENOSPC     the disk is full
 *	-EOVERFLOW  the record cannot be written once more; remove it
 *	others      as the system gave them
 * A store that cannot be asked is never -ENOENT: see store_open().
 */
#ifndef COMMON_STORE_H
#define COMMON_STORE_H

#include <stdint.h>
#include <sys/types.h>

#include "record.h"

/* Whose record: the canonical pw_name, and the uid it must belong to. */
struct store_account {
	const char *name;
	uid_t uid;
};

/* For store_account.uid: whatever uid the record has. */
#define STORE_ANY_UID ((uid_t)-1)

struct store;

/*
 * Open the store at "path" with the key in file "key".  -ENOMEDIUM: there is
 * no store (no directory, no mark: an unmounted disk, or never made);
 * -ENOKEY: there is no key; -EKEYREJECTED: it is not the one that the store
 * was made with; -EPERM: path or key is not owned and closed as it must be;
 * -EACCES: the caller may not; -ENOMEM, also where OpenSSL has none (crypto.h):
 * it is asked nothing without a store.  *store is NULL unless the result is 0.
 */
int store_open(const char *path, const char *key, struct store **store)
    __attribute__((warn_unused_result));

/* Accepts NULL in *store, and leaves NULL there.  Wipes the key. */
void store_close(struct store **store);

/* The record as it stands.  "rec" is all zero unless the result is 0. */
int store_read(const struct store *store, const struct store_account *account,
    struct record *rec) __attribute__((warn_unused_result));

/*
 * What store_update() runs: from "rec" make the whole of "next", which is a
 * copy of "rec" to begin with.  1: keep "next"; 0: nothing to keep; -errno:
 * give up, with this result.  It may be run for a record that is then not
 * kept, so it must change nothing outside "next" and "arg".
 */
typedef int store_fn(const struct record *rec, struct record *next, void *arg);

/*
 * Run "fn" over the record, and keep its result.  0 only if all of it is
 * durable.  Nobody else's update comes between reading and keeping.
 */
int store_update(const struct store *store, const struct store_account *account,
    store_fn *fn, void *arg) __attribute__((warn_unused_result));

/* Make the record of a user who has none.  -EEXIST: there is one. */
int store_create(const struct store *store, const struct store_account *account,
    const struct record *rec) __attribute__((warn_unused_result));

/*
 * Remove a record, also one that does not open or is somebody else's, or that
 * somebody holds the lock of for longer than store_update() waits: a process
 * that was stopped must not keep an administrator from a reset.  If it goes on
 * it writes to a file that no name leads to any more; what it then says is as
 * if it had been asked before the removal, and whoever comes after it is given
 * the new record or none.
 */
int store_remove(const struct store *store, const char *name)
    __attribute__((warn_unused_result));

/*
 * Call "fn" for the name of every record, in no order, until it gives other
 * than 0, which is then the result.  "name" is NULL for a record whose name
 * was too long to be a file's.
 */
typedef int store_list_fn(void *arg, const char *name);
int store_list(const struct store *store, store_list_fn *fn, void *arg)
    __attribute__((warn_unused_result));

/*
 * Make store, mark and key where they are not there yet, and replace none of
 * them.  Store and key belong to the system user _pam_otp where there is one
 * and the caller is root (the key: root, readable by its group), else to the
 * caller.  0; -EEXIST: all of them were there; -ENOTEMPTY: records are there,
 * but the key or the mark is not, and a new one would not open them.
 */
int store_init(const char *path, const char *key)
    __attribute__((warn_unused_result));

/* One sentence for an error of this header: what it means and what to do. */
const char *store_strerror(int error);

#endif
