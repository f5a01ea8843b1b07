/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a file store is: its directory, its mark and its key.
 *
 *	PATH/         0700, of _pam_otp or of the caller itself
 *	PATH/.store   the mark: that this is a store, and of which key
 *	PATH/users/   0700, the records
 *	KEY           32 random bytes; its owner may read it, and a group that
 *	              is root's or the store's
 *
 * To a root caller all of it is hostile ground: it MUST be judged by open
 * descriptors, links MUST NOT be followed, and nothing MUST be changed by name.
 * The mark tells a store from an empty directory, an unmounted disk say:
 * without it nobody is "not enrolled".
 */
#ifndef COMMON_PLACE_H
#define COMMON_PLACE_H

#include <sys/types.h>

#include "seal.h"

#define PLACE_USER "_pam_otp"

struct place {
	int users; /* a descriptor of the directory */
	uid_t owner;
	gid_t group;
	struct seal_key key;
};

/*
 * As store_open() in store.h.  Unless the result is 0, "place" is as
 * place_close() leaves it: users is -1, all else zero.
 */
int place_open(const char *path, const char *key, struct place *place)
    __attribute__((warn_unused_result));

/* Close the descriptor, wipe the key. */
void place_close(struct place *place);

/* What place_new_file() makes. */
struct place_file {
	const void *data;
	size_t len;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/*
 * Make the file "name" in directory "dir" with these bytes, durably and whole
 * or not at all, and give it to "uid" and "gid" if the caller is root.
 * -EEXIST: there is one, and it was left alone.
 */
int place_new_file(int dir, const char *name, const struct place_file *file)
    __attribute__((warn_unused_result));

/*
 * Read and judge a key file for a store of "owner" and "group".  0; -ENOKEY:
 * there is none; -EPERM: it is not 32 bytes in a regular file of root's, the
 * owner's or the caller's, or others than these, root's group and "group" may
 * read it, or others than its owner write it; -errno.
 */
int place_key(const char *path, uid_t owner, gid_t group, struct seal_key *key)
    __attribute__((warn_unused_result));

/* The system user that stores belong to.  0; -ENOENT: there is none; -errno. */
int place_user(uid_t *uid, gid_t *gid) __attribute__((warn_unused_result));

/* The text of the mark, and its length. */
#define PLACE_MARK ".store"
#define PLACE_MARK_SIZE 64
#define PLACE_USERS "users"
int place_mark(const struct seal_key *key, char text[static PLACE_MARK_SIZE]);

#endif
