/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enroll/listing.h"
#include "enroll/report.h"

/* More than either kind takes. */
#define ROOM_PICTURE 65536
#define ROOM_CODES 4096

bool
output_is_picture(const char *path)
{
	const size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".svg") == 0;
}

/* Hold the folder of the file, and note its name there.  0 or -errno. */
static int
open_folder(const char *path, struct output *output)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char folder[PATH_MAX] = ".";

	if (*name == '\0')
		return -EISDIR;
	if (strlen(path) >= sizeof(folder) ||
	    strlen(name) >= sizeof(output->name))
		return -ENAMETOOLONG;
	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s",
		    (int)(slash - path + 1), path);
	snprintf(output->name, sizeof(output->name), "%s", name);
	output->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (output->folder < 0 && errno == EACCES)
		output->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return output->folder < 0 ? -errno : 0;
}

static int
create(struct output *output)
{
	int r;

	output->file = openat(output->folder, output->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (output->file < 0)
		return -errno;
	r = fchmod(output->file, 0600) < 0 ? -errno : 0;
	if (r == 0)
		r = -posix_fallocate(output->file, 0,
		    output->picture ? ROOM_PICTURE : ROOM_CODES);
	return r;
}

int
output_open(const char *path, struct output *output)
{
	int r;

	*output = (struct output){ .path = path, .folder = -1, .file = -1 };
	if (path == NULL)
		return 0;
	output->picture = output_is_picture(path);
	r = open_folder(path, output);
	if (r == 0)
		r = create(output);
	if (r == 0)
		return 0;
	output_close(output);
	return report(EXIT_NO, "%s: %s: choose another file with --output",
	    path, strerror(-r));
}

/* What was written must be there after a power failure. */
static int
finish(struct output *output, FILE *out)
{
	off_t end;
	int r = 0;

	errno = EIO;
	if (fflush(out) != 0 || ferror(out))
		return -errno;
	end = lseek(output->file, 0, SEEK_CUR);
	if (end < 0 || ftruncate(output->file, end) < 0 ||
	    fsync(output->file) < 0)
		r = -errno;
	/* A folder that nobody may read cannot be synced. */
	else if (fsync(output->folder) < 0 && errno != EBADF && errno != EINVAL)
		r = -errno;
	output->kept = r == 0;
	return r;
}

static FILE *
stream(const struct output *output)
{
	const int fd = fcntl(output->file, F_DUPFD_CLOEXEC, 0);
	FILE *out;

	if (fd < 0)
		return NULL;
	out = fdopen(fd, "w");
	if (out == NULL)
		close(fd);
	return out;
}

int
output_picture(struct output *output, const struct qr *qr)
{
	FILE *out;
	int r;

	if (output->file < 0 || !output->picture)
		return 0;
	out = stream(output);
	if (out == NULL)
		return -ENOMEM;
	qr_svg(qr, out);
	r = finish(output, out);
	fclose(out);
	return r;
}

static void
write_codes(const char *user, const struct reply *reply, uint64_t now,
    FILE *out)
{
	char host[HOST_NAME_MAX + 1] = "this machine", when[LISTING_TIME_SIZE];

	gethostname(host, sizeof(host) - 1);
	fprintf(out,
	    "Recovery codes of %s on %s\n"
	    "made on %s\n"
	    "\n"
	    "When you do not have your phone, one of these lets you in in the "
	    "place of its\ncode, after your password. Each works once: cross "
	    "it out then. Print this or\nwrite it down, and keep it away from "
	    "the phone. Who has it and knows your\npassword can log in as "
	    "you.\n\n",
	    user, host, listing_date(now, when));
	for (size_t i = 0; i < reply->n_codes; i++)
		fprintf(out, "    %s\n", reply->code[i]);
	fputs("\nNew ones, which put an end to these:  otp-enroll recovery\n"
	      "A new phone:                          otp-enroll new\n",
	    out);
}

int
output_codes(struct output *output, const char *user, const struct reply *reply,
    uint64_t now)
{
	FILE *out;
	int r;

	if (output->file < 0 || output->picture || reply->n_codes == 0)
		return 0;
	out = stream(output);
	if (out == NULL)
		return -ENOMEM;
	write_codes(user, reply, now, out);
	r = finish(output, out);
	fclose(out);
	return r;
}

void
output_drop(struct output *output)
{
	output->kept = false;
}

/*
 * Whoever may write to the folder may have moved the file, or linked it: let
 * it hold nothing under any name, and take away no other in its place.
 */
static void
take_away(const struct output *output)
{
	struct stat made, there;

	if (ftruncate(output->file, 0) == 0)
		fsync(output->file);
	if (fstat(output->file, &made) == 0 &&
	    fstatat(output->folder, output->name, &there,
		AT_SYMLINK_NOFOLLOW) == 0 &&
	    made.st_dev == there.st_dev && made.st_ino == there.st_ino)
		unlinkat(output->folder, output->name, 0);
}

void
output_close(struct output *output)
{
	if (output->file >= 0) {
		if (!output->kept)
			take_away(output);
		close(output->file);
	}
	if (output->folder >= 0)
		close(output->folder);
	output->folder = output->file = -1;
}
