/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/filename.h"
#include "common/hold.h"
#include "common/store.h"

#define FILE_SIZE (2 * SEAL_SLOT)

static const struct store_account alice = { "alice", 1000 };

/* In the place of libc's: if not 0, what every look-up of a name gives. */
static int lookup_error;

int
getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size,
    struct passwd **found)
{
	(void)name;
	(void)pw;
	(void)buf;
	(void)size;
	*found = NULL;
	return lookup_error;
}

struct place {
	char dir[PATH_MAX / 4], path[PATH_MAX / 2], key[PATH_MAX / 2],
	    record[PATH_MAX];
	struct store *store;
};

static int
set_up(void **state)
{
	struct place *at = calloc(1, sizeof(*at));
	const char *tmp = getenv("TMPDIR");

	snprintf(at->dir, sizeof(at->dir), "%s/pam_otp-store.XXXXXX",
	    tmp != NULL ? tmp : "/var/tmp");
	if (mkdtemp(at->dir) == NULL)
		return -1;
	snprintf(at->path, sizeof(at->path), "%s/store", at->dir);
	snprintf(at->key, sizeof(at->key), "%s/key", at->dir);
	snprintf(at->record, sizeof(at->record), "%s/users/alice", at->path);
	*state = at;
	return store_init(at->path, at->key) == 0 &&
		store_open(at->path, at->key, &at->store) == 0
	    ? 0
	    : -1;
}

static int
tear_down(void **state)
{
	struct place *at = *state;
	char command[PATH_MAX];

	store_close(&at->store);
	snprintf(command, sizeof(command), "rm -rf '%s'", at->dir);
	free(at);
	return system(command);
}

static void
create(const struct place *at)
{
	struct record rec = make_record();

	assert_int_equal(0, store_create(at->store, &alice, &rec));
}

static int
count_up(const struct record *rec, struct record *next, void *arg)
{
	(void)arg;
	next->missed.wrong = rec->missed.wrong + 1;
	return 1;
}

static uint32_t
counted(const struct place *at)
{
	struct record rec;

	assert_int_equal(0, store_read(at->store, &alice, &rec));
	return rec.missed.wrong;
}

static void
life(void **state)
{
	const struct place *at = *state;
	const struct store_account other = { "alice", 1001 };
	const struct store_account any = { "alice", STORE_ANY_UID };
	struct record rec = make_record(), back;
	struct stat st;

	assert_int_equal(-ENOENT, store_read(at->store, &alice, &back));
	assert_int_equal(-ENOENT,
	    store_update(at->store, &alice, count_up, NULL));
	create(at);
	assert_int_equal(-EEXIST, store_create(at->store, &alice, &rec));
	assert_int_equal(0, store_read(at->store, &alice, &back));
	assert_memory_equal(&rec.recovery, &back.recovery,
	    sizeof(rec.recovery));
	assert_memory_equal(&rec.device[0].otp.secret,
	    &back.device[0].otp.secret, sizeof(struct otp_secret));
	assert_int_equal(0, stat(at->record, &st));
	assert_int_equal(FILE_SIZE, st.st_size);
	assert_int_equal(S_IFREG | 0600, st.st_mode);

	for (uint32_t i = 1; i <= 5; i++) {
		assert_int_equal(0,
		    store_update(at->store, &alice, count_up, NULL));
		assert_int_equal(i, counted(at));
	}
	/* A recreated account inherits nothing. */
	assert_int_equal(-ESTALE, store_read(at->store, &other, &back));
	assert_int_equal(-ESTALE,
	    store_update(at->store, &other, count_up, NULL));
	assert_int_equal(0, store_read(at->store, &any, &back));

	assert_int_equal(0, store_remove(at->store, "alice"));
	assert_int_equal(-ENOENT, store_remove(at->store, "alice"));
	assert_int_equal(-ENOENT, store_read(at->store, &alice, &back));
}

static int
give_up(const struct record *rec, struct record *next, void *arg)
{
	(void)rec;
	next->missed.wrong = 77;
	return *(int *)arg;
}

static void
nothing_kept(void **state)
{
	const struct place *at = *state;
	int rows[] = { 0, -EIO, -EACCES };

	create(at);
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(rows[i],
		    store_update(at->store, &alice, give_up, &rows[i]));
		assert_int_equal(0, counted(at));
	}
}

static void
load_raw(const struct place *at, uint8_t raw[static FILE_SIZE])
{
	int fd = open(at->record, O_RDONLY);

	assert_int_equal(FILE_SIZE, read(fd, raw, FILE_SIZE));
	close(fd);
}

static void
save_raw(const struct place *at, const uint8_t *raw, size_t len)
{
	int fd = open(at->record, O_WRONLY | O_TRUNC);

	assert_int_equal(len, write(fd, raw, len));
	close(fd);
}

/*
 * Whatever becomes of a slot: the other one opens, or none, and a broken slot
 * is the one that is written next.
 */
static void
damage(void **state)
{
	static const struct {
		const char *what;
		bool first, second; /* broken */
		int expect;
		uint32_t counted;
	} rows[] = {
		{ "none", false, false, 0, 2 },
		{ "the older", false, true, 0, 2 },
		{ "the newer", true, false, 0, 1 },
		{ "both", true, true, -EBADMSG, 0 },
	};
	const struct place *at = *state;
	uint8_t raw[FILE_SIZE];

	/* Generation 1 in slot 0, 2 in slot 1, 3 in slot 0. */
	create(at);
	assert_int_equal(0, store_update(at->store, &alice, count_up, NULL));
	assert_int_equal(0, store_update(at->store, &alice, count_up, NULL));
	load_raw(at, raw);
	for (size_t i = 0; i < N(rows); i++) {
		uint8_t broken[FILE_SIZE];
		struct record rec;

		memcpy(broken, raw, sizeof(raw));
		broken[SEAL_HEADER + 3] ^= rows[i].first;
		broken[SEAL_SLOT + SEAL_HEADER + 3] ^= rows[i].second;
		save_raw(at, broken, sizeof(broken));
		print_message("  %s\n", rows[i].what);
		assert_int_equal(rows[i].expect,
		    store_read(at->store, &alice, &rec));
		assert_int_equal(rows[i].counted, rec.missed.wrong);
		assert_int_equal(rows[i].expect,
		    store_update(at->store, &alice, count_up, NULL));
		if (rows[i].expect == 0)
			assert_int_equal(rows[i].counted + 1, counted(at));
	}
	/* What does not open can be removed all the same. */
	assert_int_equal(0, store_remove(at->store, "alice"));
}

/* The number of a slot never wraps: the oldest would become the newest. */
static void
last_generation(void **state)
{
	const struct place *at = *state;
	struct record rec = make_record();
	char text[RECORD_TEXT_SIZE];
	struct seal_head head = { UINT64_MAX - 1, 1000 };
	struct seal_key key;
	uint8_t raw[FILE_SIZE] = { 0 };
	size_t len;
	int fd = open(at->key, O_RDONLY);

	assert_int_equal(SEAL_KEY_LEN, read(fd, key.bytes, SEAL_KEY_LEN));
	close(fd);
	assert_int_equal(0, seal_key_init(&key));
	create(at);
	assert_int_equal(0, record_write(&rec, text, &len));
	assert_int_equal(0, seal_close(&key, "alice", &head, text, len, raw));
	save_raw(at, raw, sizeof(raw));
	assert_int_equal(0, store_update(at->store, &alice, count_up, NULL));
	assert_int_equal(1, counted(at));
	assert_int_equal(-EOVERFLOW,
	    store_update(at->store, &alice, count_up, NULL));
	assert_int_equal(1, counted(at));
}

/* Lock the record of alice in a process of its own, which waits to be ended. */
static pid_t
lock_holder(const struct place *at)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int ready[2], fd;
	char byte;
	pid_t pid;

	assert_int_equal(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		alarm(60);
		fd = open(at->record, O_RDWR);
		if (fcntl(fd, F_OFD_SETLK, &lock) < 0 ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(1, read(ready[0], &byte, 1));
	close(ready[0]);
	return pid;
}

/* Who holds the lock for good keeps a record from use, but not from removal. */
static void
held_for_good(void **state)
{
	const struct place *at = *state;
	struct record rec = make_record();
	pid_t pid;

	create(at);
	pid = lock_holder(at);
	assert_int_equal(0, store_read(at->store, &alice, &rec));
	assert_int_equal(-ETIMEDOUT,
	    store_update(at->store, &alice, count_up, NULL));
	assert_int_equal(0, store_remove(at->store, "alice"));
	assert_int_equal(-ENOENT, store_read(at->store, &alice, &rec));
	/* What comes in its place is another file, and free. */
	create(at);
	assert_int_equal(0, store_update(at->store, &alice, count_up, NULL));
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	assert_int_equal(1, counted(at));
}

/* T5: empty, short, long, zeros, another's: never "not enrolled". */
static void
never_unenrolled(void **state)
{
	static const struct {
		size_t len;
		int expect;
	} rows[] = { { 0, -EPERM }, { 100, -EPERM }, { FILE_SIZE - 1, -EPERM },
		{ FILE_SIZE + 1, -EPERM }, { FILE_SIZE, -EBADMSG } };
	const struct store_account bob = { "bob", 1000 };
	const struct place *at = *state;
	uint8_t zero[FILE_SIZE + 1] = { 0 };
	struct record rec = make_record();
	char to[PATH_MAX];

	create(at);
	assert_int_equal(0, store_create(at->store, &bob, &rec));
	snprintf(to, sizeof(to), "%s/users/bob", at->path);
	assert_int_equal(0, rename(at->record, to));
	assert_int_equal(-EBADMSG, store_read(at->store, &bob, &rec));
	assert_int_equal(0, store_remove(at->store, "bob"));
	create(at);
	for (size_t i = 0; i < N(rows); i++) {
		save_raw(at, zero, rows[i].len);
		assert_int_equal(rows[i].expect,
		    store_read(at->store, &alice, &rec));
		assert_int_equal(rows[i].expect,
		    store_update(at->store, &alice, count_up, NULL));
	}
	assert_int_equal(0, store_remove(at->store, "alice"));
}

/* T1: what is planted in the place of a record is not followed or waited on. */
static void
planted(void **state)
{
	const struct place *at = *state;
	char target[PATH_MAX];
	uint8_t raw[FILE_SIZE], after[FILE_SIZE];
	struct record rec;
	int fd;

	snprintf(target, sizeof(target), "%s/canary", at->dir);
	create(at);
	load_raw(at, raw);
	assert_int_equal(0, rename(at->record, target));
#define REFUSED(plant)                                                         \
	do {                                                                   \
		assert_int_equal(0, plant);                                    \
		assert_int_equal(-EPERM, store_read(at->store, &alice, &rec)); \
		assert_int_equal(-EPERM,                                       \
		    store_update(at->store, &alice, count_up, NULL));          \
		assert_int_equal(0, remove(at->record));                       \
	} while (0)
	REFUSED(symlink(target, at->record));
	REFUSED(link(target, at->record));
	REFUSED(mkfifo(at->record, 0600));
	REFUSED(mkdir(at->record, 0700));
#undef REFUSED
	assert_int_equal(0, rename(target, at->record));
	assert_int_equal(0, chmod(at->record, 0644));
	assert_int_equal(-EPERM, store_read(at->store, &alice, &rec));
	assert_int_equal(0, chmod(at->record, 0600));
	load_raw(at, after);
	assert_memory_equal(raw, after, sizeof(raw));
	fd = open(at->record, O_RDONLY);
	assert_true(fd >= 0);
	close(fd);
}

static void
opening(void **state)
{
	struct place *at = *state;
	char path[PATH_MAX], other[PATH_MAX];
	struct store *store;

#define OPENS(expect, do_it, undo)                                             \
	do {                                                                   \
		assert_int_equal(0, do_it);                                    \
		assert_int_equal(expect,                                       \
		    store_open(at->path, at->key, &store));                    \
		assert_null(store);                                            \
		assert_int_equal(0, undo);                                     \
	} while (0)
	snprintf(path, sizeof(path), "%s/.store", at->path);
	snprintf(other, sizeof(other), "%s/elsewhere", at->dir);
	OPENS(-ENOMEDIUM, rename(path, other), rename(other, path));
	OPENS(-ENOMEDIUM, rename(at->path, other), rename(other, at->path));
	OPENS(-ENOMEDIUM, rename(at->path, other) + symlink(other, at->path),
	    unlink(at->path) + rename(other, at->path));
	OPENS(-EPERM, chmod(at->path, 0777), chmod(at->path, 0700));
	OPENS(-ENOKEY, rename(at->key, other), rename(other, at->key));
	OPENS(-EPERM, chmod(at->key, 0644), chmod(at->key, 0640));
	OPENS(-EPERM, chmod(at->key, 0620), chmod(at->key, 0600));
	OPENS(-EPERM, truncate(at->key, 33), truncate(at->key, 32));
	/* Half of it zero: one byte alone could have been so already. */
	OPENS(-EKEYREJECTED, truncate(at->key, 16) + truncate(at->key, 32), 0);
	snprintf(path, sizeof(path), "%s/users", at->path);
	OPENS(-EKEYREJECTED, chmod(path, 0755), chmod(path, 0700));
#undef OPENS
}

/* Of a group that may read the key it must be known which it is. */
static void
key_group(void **state)
{
	static const struct {
		gid_t store, key;
		mode_t mode;
		int expect;
	} rows[] = {
		{ 0, 12345, 0600, 0 },
		{ 0, 12345, 0640, -EPERM },
		{ 0, 0, 0640, 0 },
		{ 12345, 12345, 0640, 0 },
		{ 12345, 0, 0640, 0 },
		{ 12345, 12346, 0640, -EPERM },
	};
	struct place *at = *state;

	if (geteuid() != 0) {
		print_message("only root can give files away\n");
		skip();
	}
	for (size_t i = 0; i < N(rows); i++) {
		struct store *store;

		print_message("  %zu\n", i);
		assert_int_equal(0, chown(at->path, 0, rows[i].store));
		assert_int_equal(0, chown(at->key, 0, rows[i].key));
		assert_int_equal(0, chmod(at->key, rows[i].mode));
		assert_int_equal(rows[i].expect,
		    store_open(at->path, at->key, &store));
		store_close(&store);
	}
}

/* "Could not be looked up" is not "there is no such user". */
static void
names_fail(void **state)
{
	struct place *at = *state;
	char path[PATH_MAX];
	struct store *store;

	if (geteuid() != 0) {
		print_message("only root looks anybody up\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/other", at->dir);
	lookup_error = EIO;
	assert_int_equal(-EIO, store_init(path, at->key));
	assert_int_equal(-1, access(path, F_OK));
	assert_int_equal(0, store_open(at->path, at->key, &store));
	store_close(&store);
	assert_int_equal(0, chown(at->path, 12345, 0));
	assert_int_equal(-EIO, store_open(at->path, at->key, &store));
	lookup_error = ENOENT;
	assert_int_equal(-EPERM, store_open(at->path, at->key, &store));
	lookup_error = 0;
	assert_int_equal(-EPERM, store_open(at->path, at->key, &store));
}

/* What is there is never replaced; what would not fit is not made. */
static void
init(void **state)
{
	struct place *at = *state;
	char mark[PATH_MAX];
	uint8_t before[64] = { 0 }, after[64] = { 0 };
	int fd;

	fd = open(at->key, O_RDONLY);
	assert_int_equal(32, read(fd, before, sizeof(before)));
	close(fd);
	assert_int_equal(-EEXIST, store_init(at->path, at->key));
	snprintf(mark, sizeof(mark), "%s/.store", at->path);
	assert_int_equal(0, unlink(mark));
	assert_int_equal(0, store_init(at->path, at->key));
	fd = open(at->key, O_RDONLY);
	assert_int_equal(32, read(fd, after, sizeof(after)));
	close(fd);
	assert_memory_equal(before, after, sizeof(before));

	create(at);
	assert_int_equal(0, unlink(mark));
	assert_int_equal(-ENOTEMPTY, store_init(at->path, at->key));
	assert_int_equal(0, store_remove(at->store, "alice"));
	assert_int_equal(0, store_init(at->path, at->key));
	assert_int_equal(0, unlink(at->key));
	assert_int_equal(-ENOTEMPTY, store_init(at->path, at->key));
	assert_int_equal(-1, access(at->key, F_OK));
}

/* Eight processes count to fifty each: not one is lost. */
static void
no_lost_updates(void **state)
{
	const struct place *at = *state;
	pid_t pid[8];

	create(at);
	for (size_t i = 0; i < N(pid); i++) {
		pid[i] = fork();
		if (pid[i] != 0)
			continue;
		for (int k = 0; k < 50; k++)
			if (store_update(at->store, &alice, count_up, NULL) < 0)
				_exit(1);
		_exit(0);
	}
	for (size_t i = 0; i < N(pid); i++) {
		int status;

		assert_int_equal(pid[i], waitpid(pid[i], &status, 0));
		assert_int_equal(0, status);
	}
	assert_int_equal(400, counted(at));
}

/* A file size limit that can be lifted is; one that cannot refuses at once. */
static void
size_limit(void **state)
{
	const struct place *at = *state;
	struct rlimit was, low, now;
	int status;
	pid_t pid;

	create(at);
	pid = fork();
	if (pid == 0) {
		getrlimit(RLIMIT_FSIZE, &was);
		low = (struct rlimit){ 4, was.rlim_max };
		setrlimit(RLIMIT_FSIZE, &low);
		if (store_update(at->store, &alice, count_up, NULL) != 0)
			_exit(1);
		getrlimit(RLIMIT_FSIZE, &now);
		if (now.rlim_cur != 4 || now.rlim_max != was.rlim_max)
			_exit(2);
		low.rlim_max = 4;
		setrlimit(RLIMIT_FSIZE, &low);
		if (geteuid() != 0 &&
		    store_update(at->store, &alice, count_up, NULL) != -EFBIG)
			_exit(3);
		_exit(0);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	assert_int_equal(1, counted(at));
}

static int
signals_wait(const struct record *rec, struct record *next, void *arg)
{
	sigset_t blocked;

	(void)arg;
	next->missed.wrong = rec->missed.wrong + 1;
	kill(getpid(), SIGTERM);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	return sigismember(&blocked, SIGTSTP) == 1 &&
		sigismember(&blocked, SIGINT) == 1
	    ? 1
	    : -EINTR;
}

/* A signal in the locked section is delivered after it, and not before. */
static void
signals(void **state)
{
	const struct place *at = *state;
	pid_t pid;
	int status;

	create(at);
	pid = fork();
	if (pid == 0) {
		(void)!store_update(at->store, &alice, signals_wait, NULL);
		_exit(9);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(SIGTERM, WTERMSIG(status));
	assert_int_equal(1, counted(at));
	/* And the lock died with it. */
	assert_int_equal(0, store_update(at->store, &alice, count_up, NULL));
}

static void
names(void **state)
{
	static const struct {
		const char *user, *file;
	} rows[] = {
		{ "alice", "alice" },
		{ "Alice_b-9.c@d+e", "Alice_b-9.c@d+e" },
		{ ".", "%2E" },
		{ "..", "%2E." },
		{ "../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd" },
		{ "a/b", "a%2Fb" },
		{ "DOMAIN\\user", "DOMAIN%5Cuser" },
		{ "%new-0", "%25new-0" },
		{ "two words\n", "two%20words%0A" },
		{ "\xc3\xa9", "%C3%A9" },
	};
	char file[FILENAME_SIZE], user[FILENAME_SIZE], long_name[400];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(0, filename_of(rows[i].user, file));
		assert_string_equal(rows[i].file, file);
		assert_int_equal(1, filename_user(file, user));
		assert_string_equal(rows[i].user, user);
	}
	assert_int_equal(-EINVAL, filename_of("", file));
	/* sha256sum of 300 times "x". */
	memset(long_name, 'x', 300);
	long_name[300] = '\0';
	assert_int_equal(0, filename_of(long_name, file));
	assert_int_equal(8 + 64, strlen(file));
	assert_int_equal(0, filename_user(file, user));
	assert_int_equal(0, filename_temporary(file));
	assert_int_equal(-EINVAL, filename_user(file, user));
	assert_int_equal(-EINVAL, filename_user("%2", user));
	assert_int_equal(-EINVAL, filename_user("%zz", user));
}

/* Planted: names that filename_of() never gives, of users that there are. */
static void
false_names(void **state)
{
	static const char *const rows[] = { "%61lice", "alice%00", "%00",
		"alice%00bob", "%2e", ".hidden", "a%2D", "%sha256-",
		"%sha256-bob", "" };
	char file[FILENAME_SIZE], user[FILENAME_SIZE];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i]);
		assert_int_equal(-EINVAL, filename_user(rows[i], user));
	}
	/* The longest that stands for itself, and one that is too long. */
	for (size_t len = 200; len < FILENAME_SIZE; len++) {
		char name[FILENAME_SIZE] = "";

		memset(name, 'x', len);
		assert_int_equal(0, filename_of(name, file));
		assert_int_equal(strcmp(file, name) == 0 ? 1 : -EINVAL,
		    filename_user(name, user));
	}
	/* 64 digits of a hash, in lower case. */
	snprintf(file, sizeof(file), "%%sha256-%064d", 0);
	assert_int_equal(0, filename_user(file, user));
	file[20] = 'A';
	assert_int_equal(-EINVAL, filename_user(file, user));
}

static int
collect(void *arg, const char *name)
{
	char *all = arg;

	strcat(all, name != NULL ? name : "?");
	strcat(all, " ");
	return 0;
}

static void
listing(void **state)
{
	const struct place *at = *state;
	char all[256] = "", path[PATH_MAX];
	int fd;

	create(at);
	/* T10: what an interrupted creation leaves harms nobody. */
	snprintf(path, sizeof(path), "%s/users/%%new-0123456789abcdef",
	    at->path);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(0, store_list(at->store, collect, all));
	assert_string_equal("alice ", all);
}

int
main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_STORE(life),
		IN_STORE(nothing_kept),
		IN_STORE(damage),
		IN_STORE(last_generation),
		IN_STORE(held_for_good),
		IN_STORE(never_unenrolled),
		IN_STORE(planted),
		IN_STORE(opening),
		IN_STORE(key_group),
		IN_STORE(names_fail),
		IN_STORE(init),
		IN_STORE(no_lost_updates),
		IN_STORE(size_limit),
		IN_STORE(signals),
		cmocka_unit_test(names),
		cmocka_unit_test(false_names),
		IN_STORE(listing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
