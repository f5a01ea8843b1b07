/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of sources of addresses ("email-from"), words with blanks between;
 * contact.h says what each of them is.  Pure: who asks them is contact.c, and
 * the table of keys is to need none of that.
 */
#ifndef COMMON_SOURCES_H
#define COMMON_SOURCES_H

#include <stdbool.h>

#include "policy.h"

enum source_kind {
	SOURCE_NONE = 0, /* not one */
	SOURCE_RECORD,
	SOURCE_GECOS,
	SOURCE_FILE,
	SOURCE_LDAP, /* also ldaps: */
	SOURCE_EXEC,
};

struct source {
	enum source_kind kind;
	char text[POLICY_SOURCE_MAX + 1]; /* the word as it stands there */
	const char *path;                 /* of FILE and EXEC; in "text" */
};

/* The next of "*at"; false at the end. */
bool sources_next(const char **at, struct source *source);

/* Is there one at least, and each as it must be? */
bool sources_ok(const char *sources);

/* Is there one that knows more than the record does? */
bool sources_elsewhere(const char *sources);

#endif
