/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a store.  Nothing that is there MUST be replaced: a second key would
 * lock out everybody whose record is sealed under the first.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "place.h"
#include "random.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Who is to own what is made. */
struct owner {
	uid_t store, key;
	gid_t group;
	mode_t key_mode;
};

/* Not knowing whether there is a system user is a reason to make nothing. */
static int
find_owner(struct owner *own)
{
	int r = -ENOENT;

	*own = (struct owner){ geteuid(), geteuid(), getegid(), 0600 };
	if (geteuid() == 0)
		r = place_user(&own->store, &own->group);
	if (r == 0)
		own->key_mode = 0640;
	return r == -ENOENT ? 0 : r;
}

/* A descriptor; 1 in *made if it was not there before. */
static int
make_dir(int at, const char *name, const struct owner *own, bool *made)
{
	int fd;

	*made = mkdirat(at, name, 0700) == 0;
	if (!*made && errno != EEXIST)
		return -errno;
	fd = openat(at, name, DIR_FLAGS);
	if (fd < 0)
		return -errno;
	if (*made &&
	    (fchmod(fd, 0700) < 0 ||
		(geteuid() == 0 && fchown(fd, own->store, own->group) < 0))) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

static bool
is_empty(int dir)
{
	int fd = openat(dir, ".", DIR_FLAGS);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool empty = list != NULL;

	while (empty && (entry = readdir(list)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	if (list != NULL)
		closedir(list);
	else if (fd >= 0)
		close(fd);
	return empty;
}

/* A new key at "path", unless there is one. */
static int
make_key(const char *path, const struct owner *own)
{
	char copy[PATH_MAX], name[PATH_MAX];
	uint8_t bytes[SEAL_KEY_LEN];
	struct place_file file = { bytes, sizeof(bytes), own->key_mode,
		own->key, own->group };
	int dir = -1, r = -ENAMETOOLONG;

	if (strlen(path) >= sizeof(copy))
		goto out;
	strcpy(copy, path);
	strcpy(name, path);
	r = dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r < 0) {
		r = -errno;
		goto out;
	}
	r = random_bytes(bytes, sizeof(bytes));
	if (r == 0)
		r = place_new_file(dir, basename(name), &file);
out:
	if (dir >= 0)
		close(dir);
	explicit_bzero(bytes, sizeof(bytes));
	return r;
}

/* The mark comes last: with it, it is a store. */
static int
make_mark(int dir, const char *key_path, const struct owner *own)
{
	char text[PLACE_MARK_SIZE];
	struct place_file file = { text, 0, 0600, own->store, own->group };
	struct seal_key key;
	int r = place_key(key_path, own->store, own->group, &key);

	if (r == 0) {
		file.len = (size_t)place_mark(&key, text);
		r = place_new_file(dir, PLACE_MARK, &file);
	}
	explicit_bzero(&key, sizeof(key));
	return r;
}

int
store_init(const char *path, const char *key)
{
	struct owner own;
	struct store *store = NULL;
	bool made_dir, made_users, key_there, mark_there;
	int dir = -1, users = -1, r;

	r = crypto_ready();
	if (r == 0)
		r = find_owner(&own);
	if (r < 0)
		goto out;
	r = dir = make_dir(AT_FDCWD, path, &own, &made_dir);
	if (r < 0)
		goto out;
	r = users = make_dir(dir, PLACE_USERS, &own, &made_users);
	if (r < 0)
		goto out;

	key_there = faccessat(AT_FDCWD, key, F_OK, AT_EACCESS) == 0;
	mark_there = faccessat(dir, PLACE_MARK, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	r = -ENOTEMPTY;
	if ((!key_there && mark_there) || (!mark_there && !is_empty(users)))
		goto out;

	r = key_there ? 0 : make_key(key, &own);
	if (r == 0 && !mark_there)
		r = make_mark(dir, key, &own);
	if (r < 0)
		goto out;
	r = store_open(path, key, &store);
	if (r == 0 && key_there && mark_there)
		r = -EEXIST;
out:
	store_close(&store);
	if (users >= 0)
		close(users);
	if (dir >= 0)
		close(dir);
	return r;
}
