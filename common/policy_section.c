/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sections are called, and which keys belong into which.
 */
#include "policy_table.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *section; /* as policy_key() calls it */
	const char *words;
} places[POLICY_PLACES] = {
	[IN_DEFAULT] = { "default", "[default] or a section of another name" },
	[IN_SCENARIO] = { "scenario", "a section of another name" },
	[IN_STORE] = { "store", "[store]" },
	[IN_EMAIL] = { "email", "[email]" },
	[IN_SMS] = { "sms", "[sms]" },
	[IN_LDAP] = { "ldap", "[ldap]" },
	[IN_SEND] = { "send", "[send]" },
};

const char *
policy_place(enum policy_place place)
{
	return places[place].section;
}

/* IN_SCENARIO: none of those that have names of their own. */
static enum policy_place
place_of(const struct conf_section *sec)
{
	for (enum policy_place at = 0; at < POLICY_PLACES; at++) {
		if (at != IN_SCENARIO &&
		    strcmp(sec->name, places[at].section) == 0)
			return at;
	}
	return IN_SCENARIO;
}

bool
policy_is_scenario(const struct conf_section *sec)
{
	return place_of(sec) == IN_SCENARIO;
}

const struct policy_row *
policy_row(const struct conf_section *sec, const char *key)
{
	enum policy_place at = place_of(sec);

	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];

		if (strcmp(row->key, key) == 0 &&
		    (row->place == at ||
			(row->place == IN_DEFAULT && at == IN_SCENARIO)))
			return row;
	}
	return NULL;
}

bool
policy_where(const char *key, char words[static POLICY_WHERE_SIZE])
{
	size_t len = 0;

	words[0] = '\0';
	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];

		if (strcmp(row->key, key) != 0)
			continue;
		len += (size_t)snprintf(words + len, POLICY_WHERE_SIZE - len,
		    "%s%s", len > 0 ? " or " : "", places[row->place].words);
		if (len >= POLICY_WHERE_SIZE)
			break;
	}
	return len > 0;
}

const struct conf_entry *
policy_entry(const struct conf_section *sec, const char *key)
{
	for (size_t i = 0; sec && i < sec->n; i++) {
		if (strcmp(sec->entry[i].key, key) == 0)
			return &sec->entry[i];
	}
	return NULL;
}
