/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a configuration: which there are, and whether they may be
 * believed.
 *
 * - A file MUST be judged by its open descriptor, never by its path.
 * - A symbolic link in the place of a file is refused, also where it leads to
 *   a good one: what it leads to may lie where others can replace it.
 *
 * A file is one block of memory, its name and then its text; whatever else a
 * struct conf points to is a piece of that text.
 */
#include "conf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_text.h"

#define SAFE_OPEN (O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

struct reader {
	struct conf *conf;
	struct conf_faults faults;
	const char *file;    /* which it is at */
	const gid_t *closed; /* to all but this group; NULL: open */
	bool distrusted;     /* was reported */
};

/* Report a fault of the file as a whole. */
#define report(rd, ...) conf_report(&(rd)->faults, (rd)->file, 0, __VA_ARGS__)

/* strerror() without locale or static buffer. */
static const char *
describe(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

static bool
is_closed(const struct stat *st, gid_t group)
{
	if ((st->st_mode & S_IRWXO) != 0)
		return false;
	return (st->st_mode & S_IRWXG) == 0 || st->st_gid == 0 ||
	    st->st_gid == group;
}

/* May what "st" describes be believed?  False, and reported, if not. */
static bool
trusted(struct reader *rd, const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		report(rd, "belongs to uid %u: must belong to root",
		    (unsigned int)st->st_uid);
	else if (st->st_mode & (S_IWGRP | S_IWOTH))
		report(rd,
		    "can be written by others than its owner: "
		    "use chmod go-w");
	else if (rd->closed != NULL && !is_closed(st, *rd->closed))
		report(rd,
		    "can be read by others: use chgrp _pam_otp, and "
		    "chmod 0640");
	else
		return true;
	rd->distrusted = true;
	return false;
}

static int
read_open_file(struct reader *rd, int fd)
{
	size_t name_size = strlen(rd->file) + 1, size;
	struct stat st;
	ssize_t len;
	char *block;

	if (fstat(fd, &st) < 0) {
		report(rd, "cannot be looked at: %s", describe(errno));
		return 0;
	}
	if (!S_ISREG(st.st_mode)) {
		report(rd, "is not a regular file");
		return 0;
	}
	if (!trusted(rd, &st))
		return 0;
	if (st.st_size > CONF_FILE_MAX) {
		report(rd, "longer than %d bytes", CONF_FILE_MAX);
		return 0;
	}
	/* One byte more, for a NUL, and to see whether the file has grown. */
	size = (size_t)st.st_size + 1;
	block = malloc(name_size + size);
	if (!block)
		return -ENOMEM;
	memcpy(block, rd->file, name_size);
	rd->conf->file[rd->conf->n_files++] =
	    (struct conf_file){ block, name_size + size };
	rd->file = block;
	do
		len = read(fd, block + name_size, size);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		report(rd, "cannot be read: %s", describe(errno));
	else if (len != st.st_size)
		report(rd, "was changed while it was read");
	else
		return conf_text_read(rd->conf, block, block + name_size,
		    (size_t)len, &rd->faults);
	return 0;
}

/*
 * Read "name" in the directory "dirfd", called "path" in messages.  0, also
 * where faults were reported; -ENOENT: it is not there; -ENOMEM.
 */
static int
read_file(struct reader *rd, int dirfd, const char *name, const char *path)
{
	int r = 0, fd = openat(dirfd, name, SAFE_OPEN);

	rd->file = path;
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 && errno == ELOOP)
		report(rd, "is a symbolic link: put the file itself there");
	else if (fd < 0)
		report(rd, "cannot be opened: %s", describe(errno));
	else
		r = read_open_file(rd, fd);
	if (fd >= 0)
		close(fd);
	return r;
}

static int
is_dropin(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 &&
	    strcmp(name + len - 5, ".conf") == 0;
}

/* Not alphasort(), which asks the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Read what is in the open directory "dirfd", called "dir". */
static int
read_open_dir(struct reader *rd, int dirfd, const char *dir)
{
	struct dirent **list = NULL;
	int r = 0, n = scandirat(dirfd, ".", &list, is_dropin, by_bytes);

	if (n < 0 && errno == ENOMEM)
		return -ENOMEM;
	if (n < 0)
		report(rd, "cannot be listed: %s", describe(errno));
	if (n > CONF_DROPINS_MAX)
		report(rd, "more than %d files", CONF_DROPINS_MAX);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX + NAME_MAX + 2];

		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (r == 0 && n <= CONF_DROPINS_MAX)
			r = read_file(rd, dirfd, list[i]->d_name, path);
		if (r == -ENOENT)
			r = 0; /* it was removed meanwhile */
		free(list[i]);
	}
	free(list);
	return r;
}

static int
read_dir(struct reader *rd, const char *dir)
{
	struct stat st;
	int r = 0, fd = open(dir, SAFE_OPEN | O_DIRECTORY);

	rd->file = dir;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ENOTDIR)
		report(rd, "is not a directory, or is a symbolic link");
	else if (fd < 0)
		report(rd, "cannot be opened: %s", describe(errno));
	else if (fstat(fd, &st) < 0)
		report(rd, "cannot be looked at: %s", describe(errno));
	else if (trusted(rd, &st))
		r = read_open_dir(rd, fd, dir);
	if (fd >= 0)
		close(fd);
	return r;
}

/* An empty one, to read into. */
static struct conf *
make(void)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (conf != NULL)
		conf->file = calloc(1 + CONF_DROPINS_MAX, sizeof(*conf->file));
	if (conf != NULL && conf->file == NULL)
		conf_free(&conf);
	return conf;
}

/* What conf_read() gives, "r" being how reading ended. */
static int
finish(struct reader *rd, int r, struct conf **conf)
{
	if (r == 0 && rd->faults.any)
		r = -EINVAL;
	if (r < 0 && r != -EINVAL)
		conf_free(&rd->conf);
	*conf = rd->conf;
	return r;
}

/* Read the drop-ins of "path". */
static int
read_dropins(struct reader *rd, const char *path)
{
	char dir[PATH_MAX];
	int n = snprintf(dir, sizeof(dir), "%s.d", path);

	if (n > 0 && (size_t)n < sizeof(dir))
		return read_dir(rd, dir);
	report(rd, "the path is too long");
	return 0;
}

int
conf_read(const char *path, bool required, conf_fault_fn *fault, void *arg,
    struct conf **conf)
{
	struct reader rd = {
		.conf = make(),
		.faults = { .fault = fault, .arg = arg },
		.file = path,
	};
	bool missing;
	int r;

	if (rd.conf == NULL)
		return finish(&rd, -ENOMEM, conf);
	r = read_file(&rd, AT_FDCWD, path, path);
	missing = r == -ENOENT;
	if (missing && required)
		report(&rd, "is not there");
	if (r == 0 || missing)
		r = read_dropins(&rd, path);
	if (missing && !required && rd.conf->n_files > 0)
		conf_report(&rd.faults, path, 0,
		    "is not there, but has drop-ins");
	return finish(&rd, r, conf);
}

int
conf_read_closed(const char *path, gid_t group, conf_fault_fn *fault, void *arg,
    struct conf **conf)
{
	struct reader rd = {
		.conf = make(),
		.faults = { .fault = fault, .arg = arg },
		.closed = &group,
	};
	int r = -ENOMEM;

	if (rd.conf != NULL)
		r = read_file(&rd, AT_FDCWD, path, path);
	if (r == -ENOENT)
		r = 0;
	return finish(&rd, rd.distrusted ? -EPERM : r, conf);
}

const struct conf_section *
conf_section(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n; i++) {
		if (strcmp(conf->section[i].name, name) == 0)
			return &conf->section[i];
	}
	return NULL;
}

void
conf_free(struct conf **conf)
{
	if (!*conf)
		return;
	for (size_t i = 0; i < (*conf)->n; i++)
		free((*conf)->section[i].entry);
	for (size_t i = 0; i < (*conf)->n_files; i++) {
		explicit_bzero((*conf)->file[i].block, (*conf)->file[i].size);
		free((*conf)->file[i].block);
	}
	free((*conf)->section);
	free((*conf)->file);
	free(*conf);
	*conf = NULL;
}

char *
conf_fault_text(const char *file, unsigned int line, const char *what,
    char text[static CONF_FAULT_SIZE])
{
	if (line > 0)
		snprintf(text, CONF_FAULT_SIZE, "%s:%u: %s", file, line, what);
	else
		snprintf(text, CONF_FAULT_SIZE, "%s: %s", file, what);
	return text;
}

void
conf_report(struct conf_faults *faults, const char *file, unsigned int line,
    const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	faults->fault(faults->arg, file, line, what);
	faults->any = true;
}
