/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "filename.h"
#include "user.h"

#define MARK_TEXT "pam_otp store 1\nkey %s\n"

#define FILE_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int
place_user(uid_t *uid, gid_t *gid)
{
	return user_find(PLACE_USER, uid, gid);
}

/* A store is the caller's own, or, for root, that of the system user. */
static int
check_owner(uid_t owner)
{
	uid_t uid;
	gid_t gid;
	int r = -ENOENT;

	if (owner == geteuid())
		return 0;
	if (geteuid() == 0)
		r = place_user(&uid, &gid);
	if (r == 0 && owner == uid)
		return 0;
	return r == 0 || r == -ENOENT ? -EPERM : r;
}

static int
open_dir(int at, const char *name, struct stat *st)
{
	int fd = openat(at, name, DIR_FLAGS);
	int r;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENOMEDIUM
		    : errno == ELOOP                       ? -EPERM
							   : -errno;
	if (fstat(fd, st) < 0)
		r = -errno;
	else if ((st->st_mode & 0022) != 0)
		r = -EPERM;
	else
		return fd;
	close(fd);
	return r;
}

/* The length of a regular file that at most "max" bytes of may be read. */
static int
read_small(int at, const char *name, void *data, size_t max, struct stat *st)
{
	ssize_t n = -1;
	int fd, r = -EPERM;

	fd = openat(at, name, O_RDONLY | FILE_FLAGS);
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? -EPERM : -errno;
	if (fstat(fd, st) < 0) {
		r = -errno;
	} else if (S_ISREG(st->st_mode)) {
		n = read(fd, data, max);
		r = n < 0 ? -errno : (int)n;
	}
	close(fd);
	return r;
}

/* Can nobody read the key but root, the store's owner and its group? */
static bool
key_closed(const struct stat *st, uid_t owner, gid_t group)
{
	if ((st->st_mode & 07037) != 0 ||
	    (st->st_uid != 0 && st->st_uid != owner && st->st_uid != geteuid()))
		return false;
	return (st->st_mode & 0040) == 0 || st->st_gid == 0 ||
	    st->st_gid == group;
}

int
place_key(const char *path, uid_t owner, gid_t group, struct seal_key *key)
{
	uint8_t bytes[SEAL_KEY_LEN + 1];
	struct stat st;
	int r = read_small(AT_FDCWD, path, bytes, sizeof(bytes), &st);

	if (r == -ENOENT)
		r = -ENOKEY;
	if (r < 0)
		goto out;
	if (r != SEAL_KEY_LEN || !key_closed(&st, owner, group)) {
		r = -EPERM;
		goto out;
	}
	memcpy(key->bytes, bytes, SEAL_KEY_LEN);
	r = seal_key_init(key);
out:
	explicit_bzero(bytes, sizeof(bytes));
	return r;
}

int
place_mark(const struct seal_key *key, char text[static PLACE_MARK_SIZE])
{
	char id[2 * SEAL_KEY_ID_LEN + 1];

	for (size_t i = 0; i < SEAL_KEY_ID_LEN; i++)
		snprintf(id + 2 * i, 3, "%02x", (unsigned int)key->id[i]);
	return snprintf(text, PLACE_MARK_SIZE, MARK_TEXT, id);
}

static int
check_mark(int dir, uid_t owner, const struct seal_key *key)
{
	char is[PLACE_MARK_SIZE], should[PLACE_MARK_SIZE];
	struct stat st;
	int len = place_mark(key, should);
	int r = read_small(dir, PLACE_MARK, is, sizeof(is), &st);

	if (r == -ENOENT)
		return -ENOMEDIUM;
	if (r < 0)
		return r;
	if (st.st_uid != owner || (st.st_mode & 0022) != 0 || r != len)
		return -EPERM;
	return memcmp(is, should, (size_t)len) == 0 ? 0 : -EKEYREJECTED;
}

int
place_open(const char *path, const char *key, struct place *place)
{
	struct stat st;
	int dir, r;

	*place = (struct place){ .users = -1 };
	r = crypto_ready();
	if (r < 0)
		return r;
	r = dir = open_dir(AT_FDCWD, path, &st);
	if (r < 0)
		goto out;
	r = check_owner(st.st_uid);
	if (r < 0)
		goto out;
	place->owner = st.st_uid;
	place->group = st.st_gid;

	r = place_key(key, place->owner, place->group, &place->key);
	if (r < 0)
		goto out;
	r = check_mark(dir, place->owner, &place->key);
	if (r < 0)
		goto out;
	r = place->users = open_dir(dir, PLACE_USERS, &st);
	if (r < 0)
		goto out;
	r = st.st_uid == place->owner && (st.st_mode & 07777) == 0700 ? 0
								      : -EPERM;
out:
	if (dir >= 0)
		close(dir);
	if (r < 0)
		place_close(place);
	return r;
}

void
place_close(struct place *place)
{
	if (place->users >= 0)
		close(place->users);
	explicit_bzero(place, sizeof(*place));
	place->users = -1;
}

/* A regular file is written short only when it must not be: a full disk. */
static int
fill(int fd, const struct place_file *file)
{
	ssize_t n;

	if (fchmod(fd, file->mode) < 0)
		return -errno;
	if (geteuid() == 0 && fchown(fd, file->uid, file->gid) < 0)
		return -errno;
	do
		n = write(fd, file->data, file->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n != file->len)
		return -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

int
place_new_file(int dir, const char *name, const struct place_file *file)
{
	char temporary[FILENAME_SIZE];
	int fd, r;

	r = filename_temporary(temporary);
	if (r < 0)
		return r;
	fd = openat(dir, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fill(fd, file);
	close(fd);
	if (r == 0 &&
	    renameat2(dir, temporary, dir, name, RENAME_NOREPLACE) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, temporary, 0);
	else if (fsync(dir) < 0)
		r = -errno;
	return r;
}
