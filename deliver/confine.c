/* SPDX-License-Identifier: BSD-2-Clause */
#include "confine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a kernel may know and the header it is built with may not. */
#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP (1ULL << 0)  /* ABI 4 */
#define SCOPE_SIGNAL (1ULL << 1)  /* ABI 6 */

struct ruleset {
	uint64_t fs, net, scoped;
};

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define OF_FILES                                                               \
	(READ_FILE | EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE |   \
	    FS_IOCTL_DEV)

/*
 * Not /etc/ldap: what is in ldap.conf is meant for people's searches, and TLS
 * is libcurl's here.
 */
static const char *const readable[] = { "/usr", "/lib", "/lib32", "/lib64",
	"/libx32", "/etc/ssl", "/etc/pki", "/etc/ca-certificates",
	"/etc/ld.so.cache", "/etc/resolv.conf", "/etc/hosts",
	"/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
	"/etc/services", "/run/systemd/resolve", "/dev/urandom", "/dev/null",
	NULL };

/*
 * On the way down to key and store: in each directory everything is open but
 * what leads on.
 */
static const struct {
	const char *directory;
	const char *closed[2];
} way_down[] = {
	{ "/", { "etc", "var" } },
	{ "/etc", { "security", "" } },
	{ "/var", { "lib", "" } },
	{ "/var/lib", { "pam_otp", "" } },
};

/* All that this version of it knows of files. */
static uint64_t
rights_of(long abi)
{
	uint64_t rights = LANDLOCK_ACCESS_FS_REFER - 1;

	if (abi >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		rights |= FS_TRUNCATE;
	if (abi >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

/*
 * A ruleset that allows nothing, and all the rights there are in "fs".
 * -EOPNOTSUPP: the kernel has no Landlock.
 */
static int
begin(bool may_listen, uint64_t *fs)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset ruleset = { .fs = *fs = rights_of(abi) };
	long fd;

	/* It does not know it, has it switched off, or a filter hides it. */
	if (abi < 0)
		return -EOPNOTSUPP;
	if (abi >= 4 && !may_listen)
		ruleset.net = NET_BIND_TCP;
	if (abi >= 6)
		ruleset.scoped = SCOPE_SIGNAL;
	/* Older kernels take the longer struct, if what is new is zero. */
	fd = syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
	return fd < 0 ? -errno : (int)fd;
}

/* Allow it beneath, or at, "path"; what cannot be reached needs no rule. */
static int
allow(int ruleset, int at, const char *path, int flags, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat st;
	int r = 0;

	rule.parent_fd = openat(at, path, O_PATH | O_CLOEXEC | flags);
	if (rule.parent_fd < 0)
		return errno == ENOMEM || errno == EMFILE ? -errno : 0;
	if (fstat(rule.parent_fd, &st) < 0) {
		r = -errno;
		goto out;
	}
	/* What a link leads to has a rule where it is, or has none. */
	if (S_ISLNK(st.st_mode))
		goto out;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0) < 0)
		r = -errno;
out:
	close(rule.parent_fd);
	return r;
}

static int
allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
	int r = 0;

	for (; r == 0 && *paths != NULL; paths++)
		if (**paths != '\0')
			r = allow(ruleset, AT_FDCWD, *paths, 0, rights);
	return r;
}

/* Everything in a directory, but not what has these names. */
static int
allow_others(int ruleset, const char *path, const char *const closed[2],
    uint64_t rights)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL)
		return errno == ENOMEM || errno == EMFILE ? -errno : 0;
	while (r == 0 && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    strcmp(name, closed[0]) != 0 &&
		    strcmp(name, closed[1]) != 0)
			r = allow(ruleset, dirfd(dir), name, O_NOFOLLOW,
			    rights);
	}
	closedir(dir);
	return r;
}

/* From here on.  "r" is what became of the ruleset. */
static int
enforce(int ruleset, int r)
{
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = -errno;
	close(ruleset);
	return r;
}

int
confine(const char *const *files)
{
	uint64_t all;
	int r, ruleset = begin(false, &all);

	if (ruleset < 0)
		return ruleset == -EOPNOTSUPP ? 0 : ruleset;
	r = allow_all(ruleset, readable, READ);
	if (r == 0)
		r = allow_all(ruleset, files, READ_FILE);
	return enforce(ruleset, r);
}

int
confine_exec(void)
{
	static const char *const writable[] = { "/tmp", "/dev/null", NULL };
	uint64_t all;
	int r = 0, ruleset = begin(true, &all);

	if (ruleset < 0)
		return ruleset == -EOPNOTSUPP ? 0 : ruleset;
	for (size_t i = 0; r == 0 && i < sizeof(way_down) / sizeof(way_down[0]);
	     i++)
		r = allow_others(ruleset, way_down[i].directory,
		    way_down[i].closed, READ | EXECUTE);
	if (r == 0)
		r = allow_all(ruleset, writable, all);
	return enforce(ruleset, r);
}
