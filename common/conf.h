/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The strict reader of the human file: sections of "key = value".
 *
 *	# a comment has a line of its own
 *	[section]
 *	key = value up to the end of the line, # and quotes included
 *
 * It knows the form and not the keys; policy.h judges those.  FILE is read
 * first, then FILE.d/<name>.conf in the order of the names' bytes.  A section
 * that an earlier file has already is added to, key by key, and keeps its
 * place; the same section or key twice in one file is a fault.
 *
 * A file MUST be a regular one (no symbolic link), belong to root or to the
 * caller, and be writable by its owner alone, as must be the directory FILE.d.
 * Whatever is not exactly of this form is a fault with its file and line.
 * Blanks around sections, keys and values are cut off; a value may be empty.
 */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CONF_FILE_MAX 65536 /* bytes in one file */
#define CONF_LINE_MAX 1024
#define CONF_NAME_MAX 64 /* bytes in the name of a section */
#define CONF_DROPINS_MAX 64
#define CONF_SECTIONS_MAX 256 /* in all files; far beyond any real one, so */
#define CONF_KEYS_MAX 256     /* that looking names up may be simple */

/*
 * Called once for every fault; line 0 means the file as a whole.  "what" is
 * one sentence without control bytes, and lives as long as the call.
 */
typedef void conf_fault_fn(void *arg, const char *file, unsigned int line,
    const char *what);

#define CONF_FAULT_SIZE (PATH_MAX + NAME_MAX + 512)

/*
 * A fault as a line of text: "FILE:LINE: what", or of the file as a whole
 * "FILE: what".  Gives "text" back.
 */
char *conf_fault_text(const char *file, unsigned int line, const char *what,
    char text[static CONF_FAULT_SIZE]);

/* Where faults go, for those that find them. */
struct conf_faults {
	conf_fault_fn *fault;
	void *arg;
	bool any; /* was reported */
};

struct conf_entry {
	char *key, *value;
	const char *file; /* belongs to the struct conf */
	unsigned int line;
};

struct conf_section {
	char *name;
	const char *file, *last; /* where it stands first, and last */
	unsigned int line;       /* in "file" */
	size_t n;
	struct conf_entry *entry;
};

/* What all of a file's names, keys and values are pieces of. */
struct conf_file {
	char *block;
	size_t size;
};

/* Owns everything that its members point to. */
struct conf {
	size_t n, n_files;
	struct conf_section *section;
	struct conf_file *file;
};

/*
 * Read "path" and its drop-ins.  No file at all is an empty configuration,
 * unless it is "required"; drop-ins without the file are a fault in any case:
 * half of a configuration may say the opposite of the whole.  0 and *conf,
 * which conf_free() ends; -EINVAL: at least one fault of form was reported, and
 * all were; -ENOMEM: *conf is NULL.  With -EINVAL it is what could be read, so
 * that whoever judges keys finds their faults in the same run; nothing else may
 * use it.
 */
int conf_read(const char *path, bool required, conf_fault_fn *fault, void *arg,
    struct conf **conf) __attribute__((warn_unused_result));

/*
 * Read "path" alone, which holds secrets: it MUST be closed to everybody but
 * its owner, root's group and "group".  As above; -EPERM: it may not be
 * believed or is not closed, which was reported.
 */
int conf_read_closed(const char *path, gid_t group, conf_fault_fn *fault,
    void *arg, struct conf **conf) __attribute__((warn_unused_result));

/* NULL if there is no such section. */
const struct conf_section *conf_section(const struct conf *conf,
    const char *name);

/* Wipes it.  Accepts NULL in *conf, and leaves NULL there. */
void conf_free(struct conf **conf);

/* Report one of a conf, or of what reads it. */
void conf_report(struct conf_faults *faults, const char *file,
    unsigned int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
