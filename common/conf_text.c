/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file says: lines, sections, keys.  After a fault reading goes on, so
 * that all of them are found at once.
 */
#include "conf_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_STEP 8

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct reader {
	struct conf *conf;
	struct conf_faults *faults;

	/* Where it is. */
	const char *file;
	unsigned int line;
	bool crlf;  /* was reported for this file */
	bool begun; /* there was a section header, right or wrong */
	struct conf_section *section; /* NULL: what follows is not kept */
};

/* Report a fault of the line that is being read. */
#define report(rd, ...)                                                        \
	conf_report((rd)->faults, (rd)->file, (rd)->line, __VA_ARGS__)

/* Room for one more in an array of "n".  False if there is no memory. */
static bool
grow(void **array, size_t n, size_t size)
{
	void *p;

	if (n % ARRAY_STEP)
		return true;
	p = reallocarray(*array, n + ARRAY_STEP, size);
	if (!p)
		return false;
	*array = p;
	return true;
}

static int
add_section(struct reader *rd, char *name)
{
	struct conf *conf = rd->conf;
	void *array = conf->section;

	if (conf->n == CONF_SECTIONS_MAX) {
		report(rd, "more than %d sections", CONF_SECTIONS_MAX);
		return 0;
	}
	if (!grow(&array, conf->n, sizeof(*conf->section)))
		return -ENOMEM;
	conf->section = array;
	rd->section = &conf->section[conf->n++];
	*rd->section = (struct conf_section){
		.name = name,
		.file = rd->file,
		.last = rd->file,
		.line = rd->line,
	};
	return 0;
}

/* "line" is trimmed, and begins with "[". */
static int
read_header(struct reader *rd, char *line)
{
	char *name = line + 1;
	size_t len = strspn(name, LOWER UPPER DIGITS "_.-");
	const struct conf_section *known;

	rd->begun = true;
	rd->section = NULL;
	if (len < 1 || len > CONF_NAME_MAX || strcmp(name + len, "]") != 0) {
		report(rd,
		    "not a section header: [name], the name being 1 to %d "
		    "letters, digits, and _ . -",
		    CONF_NAME_MAX);
		return 0;
	}
	name[len] = '\0';
	known = conf_section(rd->conf, name);
	if (!known)
		return add_section(rd, name);
	rd->section = &rd->conf->section[known - rd->conf->section];
	if (rd->section->last == rd->file)
		report(rd, "section [%s] is given twice in this file", name);
	rd->section->last = rd->file;
	return 0;
}

static int
add_entry(struct reader *rd, char *key, char *value)
{
	struct conf_section *sec = rd->section;
	void *array = sec->entry;
	struct conf_entry *entry = NULL;

	for (size_t i = 0; !entry && i < sec->n; i++) {
		if (strcmp(sec->entry[i].key, key) == 0)
			entry = &sec->entry[i];
	}
	if (entry && entry->file == rd->file) {
		report(rd, "%.64s is given twice in [%s], first in line %u",
		    key, sec->name, entry->line);
		return 0;
	}
	if (!entry && sec->n == CONF_KEYS_MAX) {
		report(rd, "more than %d keys in [%s]", CONF_KEYS_MAX,
		    sec->name);
		return 0;
	}
	if (!entry) {
		if (!grow(&array, sec->n, sizeof(*sec->entry)))
			return -ENOMEM;
		sec->entry = array;
		entry = &sec->entry[sec->n++];
	}
	*entry = (struct conf_entry){ key, value, rd->file, rd->line };
	return 0;
}

/* Cut blanks off both ends. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
	return text;
}

/* "line" is trimmed, and not empty. */
static int
read_entry(struct reader *rd, char *line)
{
	char *key = line, *value = strchr(line, '=');

	if (!value) {
		report(rd, "neither a section header nor key = value");
		return 0;
	}
	*value++ = '\0';
	key = trim(key);
	value = trim(value);
	if (key[0] == '\0')
		report(rd, "there is no key before the =");
	else if (key[strspn(key, LOWER DIGITS "-")] != '\0')
		report(rd, "a key is made of a-z, 0-9 and - only");
	else if (!rd->begun)
		report(rd, "%.64s stands before any section header", key);
	else if (rd->section)
		return add_entry(rd, key, value);
	return 0;
}

/* Is there anything in the line that cannot be seen? */
static bool
has_control(struct reader *rd, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)line[i];

		if (c == '\t' || (c >= 0x20 && c != 0x7f))
			continue;
		if (c == '\0')
			report(rd, "there is a NUL byte in it");
		else
			report(rd, "there is a control byte in it (0x%02x)", c);
		return true;
	}
	return false;
}

/* "line" has a byte behind it, which becomes its NUL. */
static int
read_line(struct reader *rd, char *line, size_t len)
{
	if (len > 0 && line[len - 1] == '\r') {
		if (!rd->crlf)
			report(rd,
			    "the line ends in CR LF: end lines in LF, "
			    "in the whole file");
		rd->crlf = true;
		len--;
	}
	if (len > CONF_LINE_MAX) {
		report(rd, "longer than %d bytes", CONF_LINE_MAX);
		return 0;
	}
	if (has_control(rd, line, len))
		return 0;
	line[len] = '\0';
	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (line[0] == '[')
		return read_header(rd, line);
	return read_entry(rd, line);
}

int
conf_text_read(struct conf *conf, const char *file, char *text, size_t len,
    struct conf_faults *faults)
{
	struct reader rd = {
		.conf = conf,
		.faults = faults,
		.file = file,
		.line = 1,
	};
	static const char bom[] = "\xef\xbb\xbf";
	char *end = text + len, *line = text;
	int r = 0;

	if (len >= 3 && memcmp(text, bom, 3) == 0) {
		report(&rd, "begins with a byte order mark: save without it");
		line += 3;
	}
	for (; r == 0 && line < end; rd.line++) {
		char *eol = memchr(line, '\n', (size_t)(end - line));

		if (!eol)
			eol = end;
		r = read_line(&rd, line, (size_t)(eol - line));
		line = eol + 1;
	}
	return r;
}
