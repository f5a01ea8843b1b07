/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that a user's record is in.
 *
 * Letters, digits and "_@+-." stand for themselves, a leading dot does not;
 * every other byte is %XX.  A name too long for a file becomes %sha256- and its
 * hash.  So no name leads anywhere else, no two share a file, and no name
 * gives what filename_temporary() does.
 */
#ifndef COMMON_FILENAME_H
#define COMMON_FILENAME_H

#include <stdbool.h>
#include <stddef.h>

#define FILENAME_SIZE 256 /* NAME_MAX and its NUL */

/* 0; -EINVAL: an empty name; -EIO: the crypto library failed. */
int filename_of(const char *user, char file[static FILENAME_SIZE])
    __attribute__((warn_unused_result));

/* A name that no user has, and nobody else has chosen.  0, or -EIO. */
int filename_temporary(char file[static FILENAME_SIZE])
    __attribute__((warn_unused_result));

/*
 * The other way round.  1: "user" holds the name; 0: a record whose name is
 * not told by its file; -EINVAL: not what filename_of() makes, so not the file
 * of a record.
 */
int filename_user(const char *file, char user[static FILENAME_SIZE])
    __attribute__((warn_unused_result));

#endif
