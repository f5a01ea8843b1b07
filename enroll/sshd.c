/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/sshd.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLANK " \t\r\n"
#define TEXT_MAX 262144 /* bytes in one file */
#define LINE_SIZE 4096

static const struct {
	const char *name;
	enum sshd_keyword keyword;
} names[] = {
	{ "KbdInteractiveAuthentication", SSHD_KBDINT },
	{ "ChallengeResponseAuthentication", SSHD_KBDINT },
	{ "SkeyAuthentication", SSHD_KBDINT },
	{ "PasswordAuthentication", SSHD_PASSWORD },
	{ "UsePAM", SSHD_PAM },
};

static const char *const shown[SSHD_KEYWORDS] = {
	[SSHD_KBDINT] = "KbdInteractiveAuthentication",
	[SSHD_PASSWORD] = "PasswordAuthentication",
	[SSHD_PAM] = "UsePAM",
};

void
sshd_begin(struct sshd *sshd)
{
	*sshd = (struct sshd){ 0 };
	for (size_t i = 0; i < SSHD_KEYWORDS; i++)
		sshd->value[i].known = true;
	sshd->value[SSHD_KBDINT].yes = true;
	sshd->value[SSHD_PASSWORD].yes = true;
}

/*
 * Cut the keyword off a line: a "=" may follow it, and quotes may stand around
 * it.  NULL: there is none.
 */
static char *
cut_keyword(char **line)
{
	char *word, *end;
	bool quoted;

	word = *line + strspn(*line, BLANK);
	quoted = *word == '"';
	if (quoted)
		word++;
	end = strpbrk(word, quoted ? "\"" : BLANK "\"=");
	if (end == NULL || end == word || *word == '#')
		return NULL;
	*line = end + 1 + strspn(end + 1, BLANK);
	if (*end != '=' && !quoted && **line == '=')
		*line += 1 + strspn(*line + 1, BLANK);
	*end = '\0';
	return word;
}

/* Is it a backslash that takes the meaning away from what follows it? */
static bool
is_escape(const char *text, char quote)
{
	if (text[0] != '\\' || text[1] == '\0')
		return false;
	return strchr("'\"\\", text[1]) != NULL ||
	    (quote == '\0' && text[1] == ' ');
}

/* Cut a word off, its quotes taken away, in its place.  NULL: no more. */
static char *
cut_word(char **line)
{
	char *in = *line + strspn(*line, " \t"), *word = in, *out = in;
	char quote = '\0';

	if (*in == '\0' || *in == '#')
		return NULL;
	for (; *in != '\0'; in++) {
		if (is_escape(in, quote))
			*out++ = *++in;
		else if (quote == '\0' && (*in == ' ' || *in == '\t'))
			break;
		else if (quote == '\0' && (*in == '"' || *in == '\''))
			quote = *in;
		else if (quote != '\0' && *in == quote)
			quote = '\0';
		else
			*out++ = *in;
	}
	*line = in + (*in != '\0');
	*out = '\0';
	return quote == '\0' ? word : NULL;
}

static void
set(enum sshd_keyword keyword, const char *word, const char *file,
    struct sshd *sshd)
{
	struct sshd_value *value = &sshd->value[keyword];
	const bool yes = strcasecmp(word, "yes") == 0;

	if (value->file[0] != '\0' || !value->known)
		return;
	if (!yes && strcasecmp(word, "no") != 0)
		return;
	value->yes = yes;
	snprintf(value->file, sizeof(value->file), "%s", file);
}

/* A file may say anything: what was not said before, nobody knows. */
static void
forget(struct sshd *sshd)
{
	for (size_t i = 0; i < SSHD_KEYWORDS; i++)
		if (sshd->value[i].file[0] == '\0')
			sshd->value[i].known = false;
}

static void
include(const struct sshd_source *source, char *line, struct sshd *sshd)
{
	char pattern[PATH_MAX];
	const char *word;

	while ((word = cut_word(&line)) != NULL) {
		const int n = snprintf(pattern, sizeof(pattern), "%s%s",
		    *word != '/' && *word != '~' ? SSHD_FOLDER "/" : "", word);

		if (n < 0 || n >= (int)sizeof(pattern) ||
		    sshd->depth >= SSHD_DEPTH ||
		    !source->include(source, pattern, sshd))
			forget(sshd);
	}
}

/* False: from here on nothing holds for everybody. */
static bool
read_line(const struct sshd_source *source, const char *file, char *line,
    struct sshd *sshd)
{
	const char *keyword = cut_keyword(&line), *word;

	if (keyword == NULL)
		return true;
	if (strcasecmp(keyword, "Match") == 0)
		return false;
	if (strcasecmp(keyword, "Include") == 0) {
		include(source, line, sshd);
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(keyword, names[i].name) == 0 &&
		    (word = cut_word(&line)) != NULL)
			set(names[i].keyword, word, file, sshd);
	return true;
}

void
sshd_text(const struct sshd_source *source, const char *file, const char *text,
    struct sshd *sshd)
{
	char line[LINE_SIZE];
	bool more = true;

	sshd->depth++;
	while (more && *text != '\0') {
		const size_t whole = strcspn(text, "\n");
		size_t len = whole;

		while (len > 0 && strchr(BLANK "\f", text[len - 1]) != NULL)
			len--;
		/* None of ours is so long. */
		if (len < sizeof(line)) {
			memcpy(line, text, len);
			line[len] = '\0';
			more = read_line(source, file, line, sshd);
		}
		text += whole + (text[whole] == '\n');
	}
	sshd->depth--;
}

/* The text of a file, for free(); NULL: it cannot be read. */
static char *
load(const char *path)
{
	/* Whoever is not root may be shown a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	ssize_t n = -1;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		text = malloc(TEXT_MAX + 1);
	while (text != NULL && len < TEXT_MAX &&
	    (n = read(fd, text + len, TEXT_MAX - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (text != NULL && n == 0) {
		text[len] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

static bool
read_file(const struct sshd_source *source, const char *path, struct sshd *sshd)
{
	char *text = load(path);

	if (text == NULL)
		return false;
	sshd_text(source, path, text, sshd);
	free(text);
	return true;
}

/* A folder that is not there has no files; one that is closed may have some. */
static int
is_closed(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

static bool
include_files(const struct sshd_source *source, const char *pattern,
    struct sshd *sshd)
{
	glob_t found = { 0 };
	bool all = true;
	int r;

	r = glob(pattern, 0, is_closed, &found);
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
		if (!read_file(source, found.gl_pathv[i], sshd)) {
			/* What comes after it is not the first any more. */
			all = false;
			forget(sshd);
		}
	globfree(&found);
	return all && (r == 0 || r == GLOB_NOMATCH);
}

int
sshd_read(const char *path, struct sshd *sshd)
{
	const struct sshd_source source = { .include = include_files };

	sshd_begin(sshd);
	errno = EINVAL;
	return read_file(&source, path, sshd) ? 0 : -errno;
}

/* "UsePAM is no in FILE" */
static void
reason(const struct sshd *sshd, enum sshd_keyword keyword, char *text,
    size_t size)
{
	const struct sshd_value *value = &sshd->value[keyword];

	if (value->file[0] != '\0')
		snprintf(text, size, "%s is %s in %s", shown[keyword],
		    value->yes ? "yes" : "no", value->file);
	else
		snprintf(text, size, "%s is set nowhere", shown[keyword]);
}

bool
sshd_warning(const struct sshd *sshd, char text[static SSHD_WARNING_SIZE])
{
	const struct sshd_value *value = sshd->value;
	char why[SSHD_FILE_MAX + 64];

	text[0] = '\0';
	for (size_t i = 0; i < SSHD_KEYWORDS; i++)
		if (!value[i].known)
			return false;
	if (!value[SSHD_PASSWORD].yes)
		return false;
	if (!value[SSHD_PAM].yes) {
		reason(sshd, SSHD_PAM, why, sizeof(why));
		snprintf(text, SSHD_WARNING_SIZE,
		    "ssh to this machine does not ask for codes (%s): the "
		    "password alone goes on letting in there. Ask your "
		    "administrator first.",
		    why);
		return true;
	}
	if (value[SSHD_KBDINT].yes)
		return false;
	reason(sshd, SSHD_KBDINT, why, sizeof(why));
	snprintf(text, SSHD_WARNING_SIZE,
	    "ssh to this machine cannot ask for a code (%s): once this is set "
	    "up, ssh with a password would refuse you. Ask your administrator "
	    "first.",
	    why);
	return true;
}
