/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How values of each type are read, and what is said of bad ones.
 */
#include "policy_table.h"

#include <string.h>

#include "address.h"
#include "ascii.h"
#include "sources.h"
#include "template.h"
#include "url.h"
#include "utf8.h"

#define BLANKS " \t"

_Static_assert(sizeof(enum policy_unenrolled) == sizeof(unsigned int) &&
	sizeof(enum policy_self_enroll) == sizeof(unsigned int) &&
	sizeof(enum policy_alphabet) == sizeof(unsigned int) &&
	sizeof(enum policy_notify) == sizeof(unsigned int),
    "choices are stored as unsigned int");

const char *
policy_word(const char **at, const char *blanks, size_t *len)
{
	const char *word = *at + strspn(*at, blanks);

	*len = strcspn(word, blanks);
	*at = word + *len;
	return *len ? word : NULL;
}

/* The place of a word among the choices "range", or -1. */
static int
find_choice(const char *range, const char *word, size_t word_len)
{
	const char *choice;
	size_t len;

	for (int i = 0; (choice = policy_word(&range, ", ", &len)); i++) {
		if (len == word_len && memcmp(choice, word, len) == 0)
			return i;
	}
	return -1;
}

static bool
read_number(const struct policy_row *row, const char *value, void *out)
{
	size_t len = strspn(value, "0123456789");
	uint32_t number = 0;

	if (len < 1 || len > 9 || value[len] != '\0' ||
	    (len > 1 && value[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (uint32_t)(value[i] - '0');
	if (number < row->min || number > row->max)
		return false;
	*(uint32_t *)out = number;
	return true;
}

static bool
read_choice(const struct policy_row *row, const char *value, void *out)
{
	int i = find_choice(row->range, value, strlen(value));
	unsigned int number = (unsigned int)i;

	if (i < 0)
		return false;
	memcpy(out, &number, sizeof(number));
	return true;
}

static bool
read_flag(const struct policy_row *row, const char *value, void *out)
{
	int i = find_choice(row->range, value, strlen(value));

	if (i < 0)
		return false;
	*(bool *)out = i == 1;
	return true;
}

static bool
read_set(const struct policy_row *row, const char *value, void *out)
{
	unsigned int set = 0;
	const char *word;
	size_t len;

	while ((word = policy_word(&value, BLANKS, &len))) {
		int i = find_choice(row->range, word, len);

		if (i < 0 || (set & 1U << i))
			return false;
		set |= 1U << i;
	}
	if (!set)
		return false;
	*(unsigned int *)out = set;
	return true;
}

static bool
is_text(const struct policy_row *row, const char *value)
{
	size_t len = strlen(value), n;

	if (len < row->min || len > row->max)
		return false;
	for (const char *s = value; *s; s += n) {
		n = utf8_visible(s);
		if (n == 0)
			return false;
	}
	return true;
}

static bool
read_text(const struct policy_row *row, const char *value, void *out)
{
	size_t size = strlen(value) + 1;

	if (size > row->size || !is_text(row, value))
		return false;
	memcpy(out, value, size);
	return true;
}

/*
 * Text that an answer is typed behind: conf.h cuts blanks off, so one comes
 * back, if it fits.
 */
static bool
read_prompt(const struct policy_row *row, const char *value, void *out)
{
	char *text = out;
	size_t len = strlen(value);

	if (!read_text(row, value, out))
		return false;
	if (len < row->max)
		memcpy(text + len, " ", 2);
	return true;
}

static bool
read_path(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return value[0] == '/' && is_text(row, value);
}

/* Names of services: PAM makes them lower case, so no others can match. */
static bool
read_names(const struct policy_row *row, const char *value, void *out)
{
	(void)row;
	(void)out;
	return value[strspn(value, BLANKS)] != '\0' &&
	    value[strspn(value,
		BLANKS "abcdefghijklmnopqrstuvwxyz0123456789_.@+-")] == '\0';
}

/* One of the choices, kept as it stands. */
static bool
read_word(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return find_choice(row->range, value, strlen(value)) >= 0;
}

static bool
read_line(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return is_text(row, value);
}

/*
 * ASCII: what looks the same where people type it is the same.  And one that
 * could begin a device's code would be taken off that.
 */
static bool
read_prefix(const struct policy_row *row, const char *value, void *out)
{
	bool letter = false;

	for (const char *s = value; *s; s++) {
		if (*s <= ' ' || *s > '~')
			return false;
		letter = letter ||
		    (ascii_lower(*s) >= 'a' && ascii_lower(*s) <= 'z');
	}
	return (letter || value[0] == '\0') && read_text(row, value, out);
}

static bool
read_server(const struct policy_row *row, const char *value, void *out)
{
	struct url url;

	(void)out;
	return strlen(value) <= row->max && url_read(value, &url) &&
	    (url_is(&url, "smtp") || url_is(&url, "smtps")) &&
	    url.rest[0] == '\0';
}

/* What goes there is a code: in the clear to this very host alone. */
static bool
read_gateway(const struct policy_row *row, const char *value, void *out)
{
	struct url url;

	(void)out;
	return strlen(value) <= row->max && url_read(value, &url) &&
	    (url_is(&url, "https") ||
		(url_is(&url, "http") && url_loopback(&url))) &&
	    template_ok(value, POLICY_NAMES_HTTP);
}

static bool
read_mail(const struct policy_row *row, const char *value, void *out)
{
	(void)row;
	(void)out;
	return address_mail_ok(value);
}

static bool
read_host(const struct policy_row *row, const char *value, void *out)
{
	(void)row;
	(void)out;
	return url_host_ok(value, strlen(value));
}

static bool
read_template(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return is_text(row, value) && template_ok(value, row->names) &&
	    (!row->must || template_has(value, row->must));
}

static bool
read_sources(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return is_text(row, value) && sources_ok(value);
}

/* Numbers of the replies of HTTP that are good. */
static bool
read_statuses(const struct policy_row *row, const char *value, void *out)
{
	const char *word;
	size_t len;

	(void)out;
	if (strlen(value) > row->max || value[strspn(value, BLANKS)] == '\0')
		return false;
	while ((word = policy_word(&value, BLANKS, &len))) {
		if (len != 3 || strspn(word, "0123456789") < 3 ||
		    word[0] < '1' || word[0] > '5')
			return false;
	}
	return true;
}

bool
policy_read(const struct policy_row *row, const char *value, void *out)
{
	if (row->optional && value[0] == '\0')
		return true;
	return row->type->read(row, value, out);
}

#define TYPE(name, ...)                                                        \
	const struct policy_type policy_type_##name = { __VA_ARGS__ }

#define VISIBLE " of UTF-8 without control characters"
#define NAMES ", with names of pam_otp.conf(5) in braces"

TYPE(number, read_number, "a number from ", "");
TYPE(choice, read_choice, "one of: ", "");
TYPE(word, read_word, "one of: ", "");
TYPE(flag, read_flag, "one of: ", "");
TYPE(set, read_set, "one or more of: ", ", each once, with blanks between");
TYPE(text, read_text, "", VISIBLE);
TYPE(prompt, read_prompt, "", VISIBLE);
TYPE(line, read_line, "", VISIBLE);
TYPE(prefix, read_prefix, "", " of ASCII without blanks, a letter among them");
TYPE(path, read_path, "an ", "");
TYPE(names, read_names, "", ", in lower case, with blanks between");
TYPE(server, read_server, "", "");
TYPE(gateway, read_gateway, "", "");
TYPE(mail, read_mail, "", "");
TYPE(host, read_host, "", "");
TYPE(template, read_template, "", NAMES);
TYPE(sources, read_sources, "", ", with blanks between");
TYPE(statuses, read_statuses, "", ", with blanks between");
