/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as files: one per user, two slots in each.
 *
 * - The next record MUST go to the slot that does not hold the current one, by
 *   one write that is durable when it returns, before anybody hears of the
 *   verdict.
 * - The lock MUST be on the record file itself, the inode that holds the data,
 *   and that inode MUST still be the one that the name leads to.
 * - A file MUST be judged by its open descriptor, never by its path.
 * - The older slot MUST NOT be taken because the newer one could not be tried,
 *   or was written by a newer version: a spent code would come back to life.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "filename.h"
#include "hold.h"
#include "place.h"

#define FILE_SIZE (2 * SEAL_SLOT)

/*
 * What is asked of a file: its times not, and stat(2) would.  Where Linux gives
 * fine-grained times (since 6.13), looking at them makes the next write of the
 * file put new ones into the inode, which costs that write a third more.
 */
#define JUDGED                                                                 \
	(STATX_TYPE | STATX_MODE | STATX_UID | STATX_NLINK | STATX_SIZE |      \
	    STATX_INO)

#define LOCK_SECONDS 10
#define READ_TRIES 3

struct store {
	struct place place;
};

/* A record as it was found in its file. */
struct found {
	struct record rec;
	uint64_t generation;
	int slot;
};

int
store_open(const char *path, const char *key, struct store **store)
{
	struct store *new = calloc(1, sizeof(*new));
	int r;

	*store = NULL;
	if (new == NULL)
		return -ENOMEM;
	r = place_open(path, key, &new->place);
	if (r < 0)
		free(new);
	else
		*store = new;
	return r;
}

void
store_close(struct store **store)
{
	if (*store == NULL)
		return;
	place_close(&(*store)->place);
	free(*store);
	*store = NULL;
}

/* A descriptor, or -errno; -EPERM if the file is not as we made it. */
static int
open_record(const struct store *store, const char *file, int mode,
    struct statx *st)
{
	int fd, r;

	/* O_NONBLOCK: a FIFO in its place must not hold up a login. */
	fd = openat(store->place.users, file,
	    mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ELOOP || errno == EISDIR || errno == ENXIO
		    ? -EPERM
		    : -errno;
	if (statx(fd, "", AT_EMPTY_PATH, JUDGED, st) < 0)
		r = -errno;
	else if (!S_ISREG(st->stx_mode) || (st->stx_mode & 07777) != 0600 ||
	    st->stx_uid != store->place.owner || st->stx_nlink != 1 ||
	    st->stx_size != FILE_SIZE)
		r = -EPERM;
	else
		return fd;
	close(fd);
	return r;
}

static int
read_slots(int fd, uint8_t raw[static FILE_SIZE])
{
	ssize_t n;

	do
		n = pread(fd, raw, FILE_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == FILE_SIZE ? 0 : -EBADMSG;
}

/*
 * The text of the newest slot that opens.  They are tried from the one that
 * claims to be newer, so the first that opens is it: what a slot claims counts
 * for nothing unless it opens.
 */
static int
open_slots(const struct store *store, const char *name,
    const uint8_t raw[static FILE_SIZE], struct seal_head *head,
    char text[static SEAL_TEXT_MAX], size_t *len)
{
	int newer = seal_claim(raw + SEAL_SLOT) > seal_claim(raw);
	int result = -EBADMSG;

	for (int i = 0; i < 2; i++) {
		int slot = i == 0 ? newer : !newer;
		int r = seal_open(&store->place.key, name,
		    raw + slot * SEAL_SLOT, head, text, len);

		if (r == 0)
			return slot;
		if (r == -ENOKEY)
			result = r;
		else if (r != -EBADMSG)
			return r;
	}
	return result;
}

static int
load(const struct store *store, int fd, const struct store_account *account,
    struct found *found)
{
	uint8_t raw[FILE_SIZE];
	char text[SEAL_TEXT_MAX];
	struct seal_head head = { 0 };
	size_t len;
	int r;

	r = read_slots(fd, raw);
	if (r < 0)
		return r;
	r = found->slot =
	    open_slots(store, account->name, raw, &head, text, &len);
	if (r < 0)
		return r;
	found->generation = head.generation;
	r = record_read(text, len, &found->rec);
	if (r == 0 && found->rec.uid != head.uid)
		r = -EBADMSG;
	if (r == 0 && account->uid != STORE_ANY_UID && account->uid != head.uid)
		r = -ESTALE;
	explicit_bzero(text, sizeof(text));
	return r;
}

static int
seal_record(const struct store *store, const char *name, uint64_t generation,
    const struct record *rec, uint8_t slot[static SEAL_SLOT])
{
	struct seal_head head = { generation, (uint32_t)rec->uid };
	char text[RECORD_TEXT_SIZE];
	size_t len;
	int r;

	r = record_write(rec, text, &len);
	if (r == 0)
		r = seal_close(&store->place.key, name, &head, text, len, slot);
	explicit_bzero(text, sizeof(text));
	return r;
}

/*
 * Written and durable in one call: there is no instant at which a writer who
 * is killed leaves a newest slot that only the cache knows.
 */
static int
write_slot(int fd, int slot, const uint8_t data[static SEAL_SLOT])
{
	const struct iovec io = { (void *)(uintptr_t)data, SEAL_SLOT };
	off_t at = (off_t)slot * SEAL_SLOT;
	ssize_t n;

	n = pwritev2(fd, &io, 1, at, RWF_DSYNC);
	if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
		n = pwrite(fd, data, SEAL_SLOT, at);
		if (n == SEAL_SLOT && fdatasync(fd) < 0)
			return -errno;
	}
	if (n < 0)
		return -errno;
	return n == SEAL_SLOT ? 0 : -EIO;
}

static int
set_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &lock) < 0 ? -errno : 0;
}

/* The lock is held for a few milliseconds at a time: ask again soon. */
static int
wait_lock(int fd, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	int r;

	while ((r = set_lock(fd, F_WRLCK)) == -EAGAIN || r == -EACCES) {
		if (deadline_left(deadline) <= 0)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return r;
}

static void
unlock(int fd)
{
	/* By name and not by closing: a forked child may have a copy. */
	(void)set_lock(fd, F_UNLCK);
	close(fd);
}

/* 1: the name leads to this very inode; 0: no more. */
static int
is_current(const struct store *store, const char *file,
    const struct statx *have)
{
	struct statx there;

	if (statx(store->place.users, file, AT_SYMLINK_NOFOLLOW, STATX_INO,
		&there) < 0)
		return errno == ENOENT ? 0 : -errno;
	return have->stx_dev_major == there.stx_dev_major &&
	    have->stx_dev_minor == there.stx_dev_minor &&
	    have->stx_ino == there.stx_ino;
}

/* A descriptor of the record, locked; unlock() ends it. */
static int
lock_record(const struct store *store, const char *file)
{
	int64_t deadline = deadline_in(LOCK_SECONDS);
	struct statx st;
	int fd, r;

	do {
		r = fd = open_record(store, file, O_RDWR, &st);
		if (r < 0)
			return r;
		r = wait_lock(fd, deadline);
		if (r == 0)
			r = is_current(store, file, &st);
		if (r > 0)
			return fd;
		unlock(fd);
	} while (r == 0 && deadline_left(deadline) > 0);
	return r == 0 ? -ETIMEDOUT : r;
}

int
store_read(const struct store *store, const struct store_account *account,
    struct record *rec)
{
	char file[FILENAME_SIZE];
	struct found found = { 0 };
	struct statx st;
	int fd, r;

	memset(rec, 0, sizeof(*rec));
	r = filename_of(account->name, file);
	if (r < 0)
		return r;
	r = fd = open_record(store, file, O_RDONLY, &st);
	if (r < 0)
		return r;
	/*
	 * No lock is taken: two updates in a row can overtake a reader in both
	 * slots, so one failure to open them says nothing yet.
	 */
	for (int i = 0; i < READ_TRIES; i++) {
		r = load(store, fd, account, &found);
		if (r != -EBADMSG)
			break;
	}
	if (r == 0)
		*rec = found.rec;
	explicit_bzero(&found, sizeof(found));
	close(fd);
	return r;
}

/* What store_update() does while nobody can interfere. */
static int
update(const struct store *store, const struct store_account *account,
    const char *file, store_fn *fn, void *arg)
{
	uint8_t slot[SEAL_SLOT];
	struct found found = { 0 };
	struct record next = { 0 };
	int fd, r;

	r = fd = lock_record(store, file);
	if (r < 0)
		return r;
	r = load(store, fd, account, &found);
	if (r < 0)
		goto out;
	r = -EOVERFLOW;
	if (found.generation == UINT64_MAX)
		goto out;
	next = found.rec;
	r = fn(&found.rec, &next, arg);
	if (r <= 0)
		goto out;
	r = seal_record(store, account->name, found.generation + 1, &next,
	    slot);
	if (r == 0)
		r = write_slot(fd, !found.slot, slot);
out:
	unlock(fd);
	explicit_bzero(&found, sizeof(found));
	explicit_bzero(&next, sizeof(next));
	return r;
}

int
store_update(const struct store *store, const struct store_account *account,
    store_fn *fn, void *arg)
{
	char file[FILENAME_SIZE];
	struct hold hold;
	int r, end;

	r = filename_of(account->name, file);
	if (r < 0)
		return r;
	r = hold_begin(&hold, FILE_SIZE);
	if (r < 0)
		return r;
	r = update(store, account, file, fn, arg);
	end = hold_end(&hold);
	return r < 0 ? r : end;
}

int
store_create(const struct store *store, const struct store_account *account,
    const struct record *rec)
{
	uint8_t slots[FILE_SIZE] = { 0 };
	const struct place_file new = { slots, sizeof(slots), 0600,
		store->place.owner, store->place.group };
	char file[FILENAME_SIZE];
	struct hold hold;
	int r, end;

	r = filename_of(account->name, file);
	if (r < 0)
		return r;
	if (rec->uid != account->uid)
		return -EINVAL;
	r = seal_record(store, account->name, 1, rec, slots);
	if (r < 0)
		return r;
	r = hold_begin(&hold, FILE_SIZE);
	if (r < 0)
		return r;
	r = place_new_file(store->place.users, file, &new);
	end = hold_end(&hold);
	return r < 0 ? r : end;
}

int
store_remove(const struct store *store, const char *name)
{
	char file[FILENAME_SIZE];
	struct hold hold;
	int fd, r, end;

	r = filename_of(name, file);
	if (r < 0)
		return r;
	r = hold_begin(&hold, 0);
	if (r < 0)
		return r;
	/*
	 * What is not even a record's file cannot be locked, and must go; so
	 * must what somebody has locked for good: see store.h.
	 */
	r = fd = lock_record(store, file);
	if (r >= 0 || r == -EPERM || r == -ETIMEDOUT) {
		r = unlinkat(store->place.users, file, 0) < 0 ? -errno : 0;
		if (r == 0 && fsync(store->place.users) < 0)
			r = -errno;
	}
	if (fd >= 0)
		unlock(fd);
	end = hold_end(&hold);
	return r < 0 ? r : end;
}

int
store_list(const struct store *store, store_list_fn *fn, void *arg)
{
	char user[FILENAME_SIZE];
	struct dirent *entry;
	DIR *list = NULL;
	int fd, r;

	fd =
	    openat(store->place.users, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	list = fdopendir(fd);
	if (list == NULL) {
		r = -errno;
		close(fd);
		return r;
	}
	r = 0;
	while (r == 0 && (errno = 0, entry = readdir(list)) != NULL) {
		int known = filename_user(entry->d_name, user);

		if (known >= 0)
			r = fn(arg, known > 0 ? user : NULL);
	}
	if (r == 0 && errno != 0)
		r = -errno;
	closedir(list);
	return r;
}
