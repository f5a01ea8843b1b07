/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sshd's configuration means for somebody who sets up a second factor:
 * can ssh ask for its code?
 *
 * Read as sshd does (servconf.c, misc.c of OpenSSH 9): the first value of a
 * keyword wins, Include stands for its files at its place, and from Match to
 * the end of its file nothing holds for everybody.  What sshd would refuse to
 * start with is passed over.
 */
#ifndef ENROLL_SSHD_H
#define ENROLL_SSHD_H

#include <stdbool.h>

#define SSHD_FOLDER "/etc/ssh"
#define SSHD_CONFIG SSHD_FOLDER "/sshd_config"
#define SSHD_DEPTH 16 /* Includes in each other; sshd's own limit */
#define SSHD_FILE_MAX 255

enum sshd_keyword {
	SSHD_KBDINT = 0, /* KbdInteractiveAuthentication, and its old names */
	SSHD_PASSWORD,   /* PasswordAuthentication */
	SSHD_PAM,        /* UsePAM */
	SSHD_KEYWORDS,
};

struct sshd_value {
	bool yes;                     /* as it is said, or by default */
	bool known;                   /* false: a file could not be read */
	char file[SSHD_FILE_MAX + 1]; /* that says it; "": the default */
};

struct sshd {
	struct sshd_value value[SSHD_KEYWORDS];
	unsigned int depth;
};

struct sshd_source;

/*
 * Give the text of every file that an absolute "pattern" matches to
 * sshd_text(), in order.  False: one of them could not be read.
 */
typedef bool sshd_include_fn(const struct sshd_source *source,
    const char *pattern, struct sshd *sshd);

struct sshd_source {
	sshd_include_fn *include;
	void *arg;
};

/* What holds if no file says anything. */
void sshd_begin(struct sshd *sshd);

/* Read the text of "file" into what was found before. */
void sshd_text(const struct sshd_source *source, const char *file,
    const char *text, struct sshd *sshd);

/* Read this file and its Includes.  0, or -errno: it could not be read. */
int sshd_read(const char *path, struct sshd *sshd)
    __attribute__((warn_unused_result));

/*
 * A sentence for somebody who sets up a second factor, if ssh with a password
 * cannot ask for its codes.  False, and no text, if it can, if nobody can tell,
 * or if it takes no passwords at all: keys are not asked for codes.
 */
#define SSHD_WARNING_SIZE (SSHD_FILE_MAX + 256)
bool sshd_warning(const struct sshd *sshd, char text[static SSHD_WARNING_SIZE])
    __attribute__((warn_unused_result));

#endif
