/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text with {names} in it.  Pure.
 *
 * In a template "\n" is a line end and "\\" a backslash, so that it fits into
 * one line of a file; "{{" is a brace.  Values are put in as they are, or as
 * the "escape" of the template's language wants them.
 */
#ifndef COMMON_TEMPLATE_H
#define COMMON_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct template_value {
	const char *name;
	const char *value; /* NULL: as empty */
};

/*
 * Write "value" as it has to stand there, with a NUL: its length, or -1 where
 * "size" is too small.
 */
typedef long template_escape(const char *value, char *out, size_t size);

/*
 * Fill "out" with the template and a NUL.  0; -EINVAL: a name that is not
 * among the values, a brace or a backslash that is not as above; -ENOBUFS.
 * Values come in a list that an empty name ends; "escape" may be NULL.
 */
int template_fill(const char *text, const struct template_value *values,
    template_escape *escape, char *out, size_t size)
    __attribute__((warn_unused_result));

/* Would it be filled, with these names ("code prefix minutes ...")? */
bool template_ok(const char *text, const char *names);

/* Does it have this name in it, which is one that it may have? */
bool template_has(const char *text, const char *name);

/* How forms of the web and strings of JSON want a value. */
long template_form(const char *value, char *out, size_t size);
long template_json(const char *value, char *out, size_t size);

#endif
