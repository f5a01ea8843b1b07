/* SPDX-License-Identifier: BSD-2-Clause */
#include "contact_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define BLANKS " \t"
#define FAULTS_TOLD 3

/* A line at a time; what is longer is none. */
struct reader {
	int fd;
	size_t at, len, total;
	char buf[4096];
	char line[LINE_MAX_BYTES + 1];
	size_t line_len;
	bool bad; /* the line is too long, or has a NUL */
};

/* 1: a byte; 0: the end; -errno; -EFBIG: there is too much of it. */
static int
next_byte(struct reader *rd, char *byte)
{
	ssize_t n;

	if (rd->at == rd->len) {
		do
			n = read(rd->fd, rd->buf, sizeof(rd->buf));
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		rd->at = 0;
		rd->len = (size_t)n;
		rd->total += (size_t)n;
		if (rd->total > CONTACT_FILE_MAX)
			return -EFBIG;
	}
	*byte = rd->buf[rd->at++];
	return 1;
}

/* 1: a line, without its end; 0: there are no more; -errno. */
static int
next_line(struct reader *rd)
{
	char byte = 0;
	int r;

	rd->line_len = 0;
	rd->bad = false;
	while ((r = next_byte(rd, &byte)) > 0 && byte != '\n') {
		if (rd->line_len == LINE_MAX_BYTES || byte == '\0')
			rd->bad = true;
		else
			rd->line[rd->line_len++] = byte;
	}
	rd->line[rd->line_len] = '\0';
	return r == 0 && (rd->line_len > 0 || rd->bad) ? 1 : r;
}

/* The next word, or NULL. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, BLANKS);
	size_t len = strcspn(word, BLANKS);

	*at = word + len;
	if (len == 0)
		return NULL;
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

static bool
take(const char *word, char out[static ADDRESS_MAX + 1])
{
	if (word == NULL || strlen(word) > ADDRESS_MAX)
		return false;
	strcpy(out, word);
	return true;
}

/* What is wrong with the line, or NULL; "mine": it is of this user. */
static const char *
judge(struct reader *rd, const char *name, struct contact_line *line,
    bool *mine)
{
	char *at = rd->line;
	const char *word = next_word(&at);

	*mine = false;
	if (rd->bad)
		return "longer than 1024 bytes, or has a NUL byte in it";
	if (word == NULL || *word == '#')
		return NULL;
	if (!take(next_word(&at), line->email) ||
	    !take(next_word(&at), line->phone) || next_word(&at) != NULL)
		return "not of the form: name email phone";
	*mine = strcmp(word, name) == 0;
	return NULL;
}

static bool
search(struct reader *rd, const char *name, contact_file_fault_fn *fault,
    void *arg, struct contact_line *line)
{
	unsigned int faults = 0;
	const char *wrong;
	bool mine = false;
	int r = 0;

	line->number = 0;
	while (!mine && (r = next_line(rd)) > 0) {
		line->number++;
		wrong = judge(rd, name, line, &mine);
		if (wrong != NULL && ++faults <= FAULTS_TOLD)
			fault(arg, line->number, wrong);
	}
	if (faults > FAULTS_TOLD)
		fault(arg, 0, "and more lines are none");
	if (mine)
		return true;
	if (r == -EFBIG)
		fault(arg, 0, "longer than 1 MiB");
	else if (r < 0)
		fault(arg, 0, "cannot be read");
	return false;
}

/* What is wrong with the file, or NULL. */
static const char *
distrust(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return "is not a regular file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "must belong to root";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "can be written by others than its owner: "
		       "use chmod go-w";
	return NULL;
}

bool
contact_file_find(const char *path, const char *name,
    contact_file_fault_fn *fault, void *arg, struct contact_line *line)
{
	struct reader rd = {
		.fd = open(path,
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
	};
	const char *wrong;
	bool found;

	memset(line, 0, sizeof(*line));
	if (rd.fd < 0) {
		fault(arg, 0,
		    errno == ENOENT      ? "is not there"
			: errno == ELOOP ? "is a symbolic link: put the file "
					   "itself there"
					 : "cannot be opened");
		return false;
	}
	wrong = distrust(rd.fd);
	if (wrong != NULL)
		fault(arg, 0, wrong);
	found = wrong == NULL && search(&rd, name, fault, arg, line);
	close(rd.fd);
	return found;
}
