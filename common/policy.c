/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What holds for a login.  No key is named here: see policy_table.c.
 */
#include "policy.h"

#include <errno.h>
#include <string.h>

#include "policy_table.h"

#define DEFAULT "default"

_Static_assert(POLICY_NAME_MAX >= CONF_NAME_MAX, "a section's name fits");

/* Report a fault of an entry. */
#define report(faults, entry, ...)                                             \
	conf_report((faults), (entry)->file, (entry)->line, __VA_ARGS__)

static void *
member(const struct policy_row *row, struct policy *policy)
{
	return (char *)policy + row->offset;
}

/* Apply every entry that can be applied.  False if there are others. */
static bool
apply_section(const struct conf_section *sec, struct policy *policy)
{
	bool good = true;

	for (size_t i = 0; i < sec->n; i++) {
		const struct policy_row *row =
		    policy_row(sec, sec->entry[i].key);

		/* What is kept elsewhere has no place in a struct policy. */
		if (row && row->place > IN_SCENARIO)
			continue;
		if (!row ||
		    !policy_read(row, sec->entry[i].value, member(row, policy)))
			good = false;
	}
	return good;
}

/* The defaults, and what [default] makes of them. */
static bool
apply_base(const struct conf *conf, struct policy *policy)
{
	const struct conf_section *sec = conf_section(conf, DEFAULT);
	bool good = true;

	memset(policy, 0, sizeof(*policy));
	memcpy(policy->scenario, DEFAULT, sizeof(DEFAULT));
	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];

		if (row->place == IN_DEFAULT &&
		    !policy_read(row, row->value, member(row, policy)))
			good = false;
	}
	return (!sec || apply_section(sec, policy)) && good;
}

static bool
apply_scenario(const struct conf_section *sec, struct policy *policy)
{
	memcpy(policy->scenario, sec->name, strlen(sec->name) + 1);
	return apply_section(sec, policy);
}

/* Does the section have a key that matches, and none that does not? */
static bool
fits(const struct conf_section *sec, const struct policy_facts *facts)
{
	bool any = false;

	for (size_t i = 0; i < sec->n; i++) {
		const struct policy_row *row =
		    policy_row(sec, sec->entry[i].key);

		if (!row || !row->match)
			continue;
		if (!row->match(sec->entry[i].value, facts))
			return false;
		any = true;
	}
	return any;
}

/* The least that the number of "row" may be. */
static uint32_t
least(const struct policy_row *row, const struct policy *policy)
{
	const char *other = (const char *)policy + row->over.offset;

	return *(const uint32_t *)(const void *)other + row->over.by;
}

/* Lift what is too low beside another number. */
static void
lift_numbers(struct policy *policy)
{
	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];
		uint32_t *number = member(row, policy);

		if (row->over.key && *number < least(row, policy))
			*number = least(row, policy);
	}
}

/*
 * Does any section deny users who have nothing?  One that another overrides
 * counts too: what comes of them together depends on who asks.
 */
static bool
any_denies(const struct conf *conf)
{
	enum policy_unenrolled unenrolled = UNENROLLED_ALLOW;

	for (size_t i = 0; i < conf->n; i++) {
		const struct conf_section *sec = &conf->section[i];

		for (size_t j = 0; j < sec->n; j++) {
			const struct policy_row *row =
			    policy_row(sec, sec->entry[j].key);

			if (row && row->place == IN_DEFAULT &&
			    row->offset == offsetof(struct policy, unenrolled))
				(void)policy_read(row, sec->entry[j].value,
				    &unenrolled);
			if (unenrolled == UNENROLLED_DENY)
				return true;
		}
	}
	return false;
}

int
policy_apply(const struct conf *conf, const struct policy *base,
    const struct policy_facts *facts, struct policy *policy)
{
	const char *only = facts->scenario;
	bool found = !only, good = base->scenario[0] != '\0';
	int r = 0;

	*policy = *base;
	for (size_t i = 0; i < conf->n; i++) {
		const struct conf_section *sec = &conf->section[i];

		if (!policy_is_scenario(sec) ||
		    (only ? strcmp(sec->name, only) != 0 : !fits(sec, facts)))
			continue;
		found = true;
		if (!apply_scenario(sec, policy))
			good = false;
	}
	lift_numbers(policy);
	if (policy->self_enroll == SELF_ENROLL_AUTO)
		policy->self_enroll =
		    any_denies(conf) ? SELF_ENROLL_TICKET : SELF_ENROLL_OPEN;
	if (!good)
		r = -EINVAL;
	else if (!found)
		r = -ENOENT;
	if (r < 0)
		memset(policy, 0, sizeof(*policy));
	return r;
}

static void
check_entry(const struct conf_section *sec, const struct conf_entry *entry,
    struct conf_faults *faults)
{
	const struct policy_row *row = policy_row(sec, entry->key);
	char where[POLICY_WHERE_SIZE];
	union {
		struct policy policy;
		struct policy_store store;
		struct policy_delivery delivery;
	} scratch;

	if (!row && policy_where(entry->key, where))
		report(faults, entry, "%s cannot stand in [%s], only in %s",
		    entry->key, sec->name, where);
	else if (!row)
		report(faults, entry, "unknown key %.64s", entry->key);
	else if (!policy_read(row, entry->value,
		     (char *)&scratch + row->offset))
		report(faults, entry, "%s = %.128s: must be %s%s%s%s", row->key,
		    entry->value, row->type->before, row->range,
		    row->type->after, row->optional ? ", or nothing" : "");
}

/* Check the numbers that depend on others, where "sec" sets either. */
static void
check_numbers(const struct conf_section *sec, struct policy *policy,
    struct conf_faults *faults)
{
	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];
		const struct conf_entry *entry;
		uint32_t number, other;

		if (!row->over.key)
			continue;
		entry = policy_entry(sec, row->key);
		if (!entry)
			entry = policy_entry(sec, row->over.key);
		number = *(uint32_t *)member(row, policy);
		other = least(row, policy) - row->over.by;
		if (entry && number < least(row, policy))
			report(faults, entry,
			    "%s is %u: must be %u or more here, as %s is %u",
			    row->key, number, least(row, policy), row->over.key,
			    other);
	}
}

int
policy_check(const struct conf *conf, conf_fault_fn *fault, void *arg,
    struct policy *base)
{
	struct conf_faults faults = { .fault = fault, .arg = arg };
	bool good = apply_base(conf, base);
	struct policy policy;

	for (size_t i = 0; i < conf->n; i++) {
		const struct conf_section *sec = &conf->section[i];

		for (size_t j = 0; j < sec->n; j++)
			check_entry(sec, &sec->entry[j], &faults);
		policy = *base;
		(void)apply_section(sec, &policy);
		check_numbers(sec, &policy, &faults);
	}
	policy_check_delivery(conf, &faults, base);
	if (good && !faults.any)
		return 0;
	memset(base, 0, sizeof(*base));
	return -EINVAL;
}

bool
policy_key(size_t i, struct policy_key_info *info)
{
	const struct policy_row *row;

	if (i >= policy_rows)
		return false;
	row = &policy_table[i];
	*info = (struct policy_key_info){
		.section = policy_place(row->place),
		.key = row->key,
		.range = row->range,
		.value = row->value,
		.meaning = row->meaning,
	};
	return true;
}
