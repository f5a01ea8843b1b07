/* SPDX-License-Identifier: BSD-2-Clause */
#include "sources.h"

#include <string.h>

#include "ascii.h"
#include "template.h"
#include "url.h"

#define BLANKS " \t"
#define ATTRIBUTES                                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.;,"

/*
 * Does it say of what the values are wanted?  Else it is of all that the entry
 * has, as with a "*" or "+" in the list, and some of that is its user's to
 * write.  RFC 4512 has no other characters in such names.
 */
static bool
names_attribute(const char *rest)
{
	const char *names = strchr(rest, '?'), *end;

	if (!names || !ascii_alnum(*++names))
		return false;
	end = names + strspn(names, ATTRIBUTES);
	return *end == '?' || *end == '\0';
}

/*
 * The same for everybody would be somebody else's: it names the user.  In clear
 * it is asked on this host alone; see deliver/ldap.h.
 */
static bool
is_directory(const char *text)
{
	struct url url;

	return url_read(text, &url) &&
	    (url_is(&url, "ldaps") ||
		(url_is(&url, "ldap") && url_loopback(&url))) &&
	    url.rest[0] == '/' && names_attribute(url.rest) &&
	    strstr(url.rest, "{user}") && template_ok(text, "user");
}

/* What follows "before", if that is an absolute path, else NULL. */
static const char *
path_after(const char *text, const char *before)
{
	size_t len = strlen(before);

	if (strncmp(text, before, len) != 0 || text[len] != '/' ||
	    text[len + 1] == '\0')
		return NULL;
	return text + len;
}

static void
judge(struct source *source)
{
	const char *text = source->text;

	source->kind = SOURCE_NONE;
	if (strcmp(text, "record") == 0)
		source->kind = SOURCE_RECORD;
	else if (strcmp(text, "gecos") == 0)
		source->kind = SOURCE_GECOS;
	else if ((source->path = path_after(text, "file:")))
		source->kind = SOURCE_FILE;
	else if ((source->path = path_after(text, "exec:")))
		source->kind = SOURCE_EXEC;
	else if (is_directory(text))
		source->kind = SOURCE_LDAP;
}

bool
sources_next(const char **at, struct source *source)
{
	const char *word = *at + strspn(*at, BLANKS);
	size_t len = strcspn(word, BLANKS);

	*at = word + len;
	if (len == 0)
		return false;
	*source = (struct source){ .kind = SOURCE_NONE };
	if (len < sizeof(source->text)) {
		memcpy(source->text, word, len);
		judge(source);
	}
	return true;
}

bool
sources_ok(const char *sources)
{
	struct source source;
	bool any = false;

	while (sources_next(&sources, &source)) {
		if (source.kind == SOURCE_NONE)
			return false;
		any = true;
	}
	return any;
}

bool
sources_elsewhere(const char *sources)
{
	struct source source;

	while (sources_next(&sources, &source)) {
		if (source.kind > SOURCE_RECORD)
			return true;
	}
	return false;
}
