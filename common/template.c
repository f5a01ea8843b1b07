/* SPDX-License-Identifier: BSD-2-Clause */
#include "template.h"

#include <errno.h>
#include <string.h>

#include "ascii.h"
#include "utf8.h"

/* What is next in a template: a character, or a name. */
struct piece {
	char c;
	const char *name;
	size_t len;
};

/* 1, 0 at the end, or -EINVAL. */
static int
next(const char **text, struct piece *piece)
{
	const char *at = *text, *end;

	*piece = (struct piece){ .c = *at };
	*text = at + 1;
	if (*at == '\0')
		return 0;
	if (*at != '{' && *at != '\\')
		return 1;
	*text = at + 2;
	if (at[0] == '{' && at[1] == '{')
		return 1;
	if (at[0] == '\\') {
		piece->c = at[1] == 'n' ? '\n' : '\\';
		return at[1] == 'n' || at[1] == '\\' ? 1 : -EINVAL;
	}
	end = strchr(at, '}');
	if (end == NULL || end == at + 1)
		return -EINVAL;
	*text = end + 1;
	*piece = (struct piece){ '\0', at + 1, (size_t)(end - at - 1) };
	return 1;
}

static bool
is(const struct piece *piece, const char *name)
{
	return piece->name != NULL && strlen(name) == piece->len &&
	    memcmp(name, piece->name, piece->len) == 0;
}

/* NULL: nobody knows the name. */
static const struct template_value *
find(const struct template_value *values, const struct piece *piece)
{
	for (; *values->name != '\0'; values++)
		if (is(piece, values->name))
			return values;
	return NULL;
}

static long
as_it_is(const char *value, char *out, size_t size)
{
	size_t len = strlen(value);

	if (len >= size)
		return -1;
	memcpy(out, value, len + 1);
	return (long)len;
}

static int
fill(const char *text, const struct template_value *values,
    template_escape *escape, char *out, size_t size)
{
	const struct template_value *value;
	struct piece piece;
	size_t len = 0;
	long n;
	int r;

	while ((r = next(&text, &piece)) > 0) {
		if (len + 1 >= size)
			return -ENOBUFS;
		if (piece.name == NULL) {
			out[len++] = piece.c;
			continue;
		}
		value = find(values, &piece);
		if (value == NULL)
			return -EINVAL;
		n = escape(value->value != NULL ? value->value : "", out + len,
		    size - len);
		if (n < 0)
			return -ENOBUFS;
		len += (size_t)n;
	}
	out[len] = '\0';
	return r;
}

int
template_fill(const char *text, const struct template_value *values,
    template_escape *escape, char *out, size_t size)
{
	int r =
	    fill(text, values, escape != NULL ? escape : as_it_is, out, size);

	/* There may be half a code in it. */
	if (r < 0)
		explicit_bzero(out, size);
	return r;
}

/* Is it one of these words? */
static bool
is_among(const struct piece *piece, const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, " ");

		if (len == piece->len && memcmp(names, piece->name, len) == 0)
			return true;
		names += len + strspn(names + len, " ");
	}
	return false;
}

bool
template_ok(const char *text, const char *names)
{
	struct piece piece;
	int r;

	while ((r = next(&text, &piece)) > 0)
		if (piece.name != NULL && !is_among(&piece, names))
			return false;
	return r == 0;
}

bool
template_has(const char *text, const char *name)
{
	struct piece piece;

	while (next(&text, &piece) > 0)
		if (is(&piece, name))
			return true;
	return false;
}

/* Write the first character of "value", and say how long both were. */
typedef size_t escape_one(const char *value, char out[static 7], size_t *taken);

static long
escape_all(escape_one *escape, const char *value, char *out, size_t size)
{
	char one[7];
	size_t len = 0, taken;

	for (; *value != '\0'; value += taken) {
		size_t n = escape(value, one, &taken);

		if (n >= size - len)
			return -1;
		memcpy(out + len, one, n);
		len += n;
	}
	if (len >= size)
		return -1;
	out[len] = '\0';
	return (long)len;
}

static char *
put_hex(char *out, const char *before, char c, const char digits[static 16])
{
	out = stpcpy(out, before);
	*out++ = digits[(unsigned char)c >> 4];
	*out++ = digits[(unsigned char)c & 15];
	return out;
}

/*
 * RFC 3986's unreserved characters stay.  A blank is "%20", so that it can
 * stand in the path of a URL too.
 */
static size_t
form_one(const char *value, char out[static 7], size_t *taken)
{
	char c = *value;

	*taken = 1;
	*out = c;
	if (ascii_alnum(c) || strchr("-._~", c) != NULL)
		return 1;
	return (size_t)(put_hex(out, "%", c, "0123456789ABCDEF") - out);
}

long
template_form(const char *value, char *out, size_t size)
{
	return escape_all(form_one, value, out, size);
}

/* What is no UTF-8 is U+FFFD: there is no other text in JSON. */
static size_t
json_one(const char *value, char out[static 7], size_t *taken)
{
	size_t len = utf8_length(value);
	char *at = out;

	*taken = len > 0 ? len : 1;
	if (len == 0)
		return (size_t)(stpcpy(out, "\\ufffd") - out);
	if ((unsigned char)*value < 32)
		return (
		    size_t)(put_hex(out, "\\u00", *value, "0123456789abcdef") -
		    out);
	if (*value == '"' || *value == '\\')
		*at++ = '\\';
	memcpy(at, value, len);
	return (size_t)(at - out) + len;
}

long
template_json(const char *value, char *out, size_t size)
{
	return escape_all(json_one, value, out, size);
}
