/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of policy.h: the one table of keys.
 *
 * Parser, check, application, documentation and tests all read it: a new key
 * is a new row.  A key by which sections match has a "match" function.  Keys of
 * different sections may have the same name.
 */
#ifndef COMMON_POLICY_TABLE_H
#define COMMON_POLICY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

/* Where a key may stand. */
enum policy_place {
	IN_DEFAULT,  /* [default] and scenarios */
	IN_SCENARIO, /* scenarios alone */
	IN_STORE,    /* these in sections of their own */
	IN_EMAIL,
	IN_SMS,
	IN_LDAP,
	IN_SEND,
	POLICY_PLACES,
};

struct policy_row;

struct policy_type {
	/* Read "value" into "out", left alone if false: a bad one. */
	bool (
	    *read)(const struct policy_row *row, const char *value, void *out);
	const char *before, *after; /* "must be" before range after */
};

struct policy_row {
	enum policy_place place;
	const char *key;
	const struct policy_type *type;
	const char *range; /* in words; of a list, the choices */
	uint32_t min, max; /* of numbers, or bytes of text */
	const char *value; /* the default */

	/*
	 * In struct policy; of IN_STORE in struct policy_store, of the others
	 * in struct policy_delivery.  Size 0: not kept in struct policy, or a
	 * pointer to the text in the other two.
	 */
	size_t offset, size;

	bool optional;     /* nothing at all is good, and means none */
	const char *names; /* of a template */
	const char *must;  /* that of them which it has; NULL: any or none */

	/* NULL: not a key to match by. */
	bool (*match)(const char *value, const struct policy_facts *facts);

	/* The number is at least that of this other key, and "by" more. */
	struct {
		const char *key; /* NULL: of none */
		size_t offset;
		uint32_t by;
	} over;

	const char *meaning; /* one sentence */
};

extern const struct policy_row policy_table[];
extern const size_t policy_rows;

/* What the templates of gateways may use, see template.h. */
#define POLICY_NAMES_HTTP "to from text user"

extern const struct policy_type policy_type_number, policy_type_choice,
    policy_type_word, policy_type_flag, policy_type_set, policy_type_text,
    policy_type_prompt, policy_type_line, policy_type_prefix, policy_type_path,
    policy_type_names, policy_type_server, policy_type_gateway,
    policy_type_mail, policy_type_host, policy_type_template,
    policy_type_sources, policy_type_statuses;

/* Read a value of "row": type->read(), or nothing where that is "optional". */
bool policy_read(const struct policy_row *row, const char *value, void *out);

/* The next word of "*at" between characters of "blanks", or NULL. */
const char *policy_word(const char **at, const char *blanks, size_t *len);

/* The row of a key of this section, or NULL: it does not belong there. */
const struct policy_row *policy_row(const struct conf_section *sec,
    const char *key);

/* In words, where "key" may stand.  False: nowhere, nobody knows it. */
#define POLICY_WHERE_SIZE 128
bool policy_where(const char *key, char words[static POLICY_WHERE_SIZE]);

/* The name of a section; of IN_SCENARIO what policy_key() calls it. */
const char *policy_place(enum policy_place place);

/* Is the section one that holds for some logins? */
bool policy_is_scenario(const struct conf_section *sec);

/* The entry of a key, or NULL; also NULL of a section that is NULL. */
const struct conf_entry *policy_entry(const struct conf_section *sec,
    const char *key);

/*
 * What the sections that are no scenarios lack, of values that are good each by
 * itself, goes to "faults"; and "methods" that nothing is configured for.
 * Fills base->channels and base->elsewhere.
 */
void policy_check_delivery(const struct conf *conf, struct conf_faults *faults,
    struct policy *base);

#endif
