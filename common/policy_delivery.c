/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections that are no scenarios: what they say, what a preset says in
 * their place, and what they lack.
 */
#include "policy.h"

#include <string.h>

#include "policy_table.h"
#include "sources.h"
#include "template.h"

#define TWILIO "https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json"

/* What a key of [sms] says by default, under a preset. */
static const struct {
	const char *preset, *key, *value;
} presets[] = {
	{ "twilio", "url", TWILIO },
	{ "twilio", "body", "To={to}&From={from}&Body={text}" },
	{ "twilio", "auth", "basic" },
	{ "twilio", "expect-status", "201" },
	{ "twilio-whatsapp", "url", TWILIO },
	{ "twilio-whatsapp", "body",
	    "To=whatsapp%3A{to}&From=whatsapp%3A{from}&Body={text}" },
	{ "twilio-whatsapp", "auth", "basic" },
	{ "twilio-whatsapp", "expect-status", "201" },
};

/*
 * What "key" needs beside it, of the same section: if it says "value" (NULL:
 * anything), unless "but" says "says".
 */
static const struct {
	enum policy_place place;
	const char *key, *value, *needs;
	const char *but, *says;
} needs[] = {
	{ IN_EMAIL, "server", NULL, "from", NULL, NULL },
	{ IN_EMAIL, "client-cert", NULL, "client-key", NULL, NULL },
	{ IN_EMAIL, "client-key", NULL, "client-cert", NULL, NULL },
	{ IN_SMS, "url", NULL, "body", "method", "GET" },
	{ IN_SMS, "auth", "basic", "user", NULL, NULL },
	{ IN_SMS, "preset", "twilio", "from", NULL, NULL },
	{ IN_SMS, "preset", "twilio-whatsapp", "from", NULL, NULL },
};

/* What a way of sending cannot do without. */
static const struct {
	enum policy_method method;
	enum policy_place place; /* whose section is called as it is */
	const char *key, *sources;
} channels[] = {
	{ METHOD_EMAIL, IN_EMAIL, "server", "email-from" },
	{ METHOD_SMS, IN_SMS, "url", "sms-from" },
};

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct conf_section *
section(const struct conf *conf, enum policy_place place)
{
	return conf_section(conf, policy_place(place));
}

static bool
is_set(const char *text)
{
	return text[0] != '\0';
}

/* What holds for a key: what is written, or a preset of it, or the default. */
static const char *
value_of(const struct conf_section *sec, const struct policy_row *row)
{
	const struct conf_entry *entry = policy_entry(sec, row->key);
	const struct conf_entry *preset = policy_entry(sec, "preset");

	if (entry)
		return entry->value;
	for (size_t i = 0; preset && i < N(presets); i++) {
		if (strcmp(preset->value, presets[i].preset) == 0 &&
		    strcmp(row->key, presets[i].key) == 0)
			return presets[i].value;
	}
	return row->value;
}

/* The same by name; "": there is no such key. */
static const char *
value_at(const struct conf *conf, enum policy_place place, const char *key)
{
	for (size_t i = 0; i < policy_rows; i++) {
		if (policy_table[i].place == place &&
		    strcmp(policy_table[i].key, key) == 0)
			return value_of(section(conf, place), &policy_table[i]);
	}
	return "";
}

/* Put what the keys of "place" say to where their rows want it. */
static void
fill(const struct conf *conf, enum policy_place place, void *out)
{
	const struct conf_section *sec = section(conf, place);

	for (size_t i = 0; i < policy_rows; i++) {
		const struct policy_row *row = &policy_table[i];
		char *at = (char *)out + row->offset;
		const char *value;

		if (row->place != place)
			continue;
		value = value_of(sec, row);
		if (row->size)
			(void)policy_read(row, value, at);
		else
			memcpy(at, &value, sizeof(value));
	}
}

void
policy_store(const struct conf *conf, struct policy_store *store)
{
	fill(conf, IN_STORE, store);
}

void
policy_delivery(const struct conf *conf, struct policy_delivery *delivery)
{
	memset(delivery, 0, sizeof(*delivery));
	for (enum policy_place at = IN_EMAIL; at <= IN_SEND; at++)
		fill(conf, at, delivery);
}

/* Every part of [email] and [sms] that another one needs. */
static void
check_needs(const struct conf *conf, struct conf_faults *faults)
{
	for (size_t i = 0; i < N(needs); i++) {
		enum policy_place at = needs[i].place;
		const struct conf_section *sec = section(conf, at);
		const char *value = value_at(conf, at, needs[i].key);
		const struct conf_entry *entry;

		if (needs[i].value ? strcmp(value, needs[i].value) != 0
				   : !is_set(value))
			continue;
		if (needs[i].but &&
		    strcmp(value_at(conf, at, needs[i].but), needs[i].says) ==
			0)
			continue;
		/* What no entry says is said by the preset. */
		entry = policy_entry(sec, needs[i].key);
		if (!entry)
			entry = policy_entry(sec, "preset");
		if (entry && !is_set(value_at(conf, at, needs[i].needs)))
			conf_report(faults, entry->file, entry->line,
			    "%s = %.128s: needs %s beside it in [%s]",
			    entry->key, entry->value, needs[i].needs,
			    sec->name);
	}
}

/* A gateway that is not told what to send, and to whom, sends nothing. */
static void
check_gateway(const struct conf *conf, struct conf_faults *faults)
{
	static const char *const names[] = { "to", "text" };
	const struct conf_section *sec = section(conf, IN_SMS);
	const char *url = value_at(conf, IN_SMS, "url");
	const char *body = value_at(conf, IN_SMS, "body");
	bool get = strcmp(value_at(conf, IN_SMS, "method"), "GET") == 0;
	const struct conf_entry *entry = policy_entry(sec, "url");

	if (!entry)
		entry = policy_entry(sec, "preset");
	/* Without a body it is told of that. */
	if (!entry || !is_set(url) || (!get && !is_set(body)))
		return;
	for (size_t i = 0; i < N(names); i++) {
		if (template_has(url, names[i]) ||
		    (!get && template_has(body, names[i])))
			continue;
		conf_report(faults, entry->file, entry->line,
		    "%s = %.128s: needs {%s} in url%s of [sms]", entry->key,
		    entry->value, names[i], get ? "" : " or body");
	}
}

/* "methods" of a section, where it lists what cannot be sent. */
static void
check_methods(const struct conf_section *sec, unsigned int can,
    struct conf_faults *faults)
{
	const struct conf_entry *entry = policy_entry(sec, "methods");
	const struct policy_row *row = policy_row(sec, "methods");
	unsigned int methods = 0;

	if (!entry || !row || !policy_read(row, entry->value, &methods))
		return;
	for (size_t i = 0; i < N(channels); i++) {
		const char *name = policy_place(channels[i].place);

		if (methods & channels[i].method & ~can)
			conf_report(faults, entry->file, entry->line,
			    "methods = %.128s: %s needs %s in [%s]",
			    entry->value, name, channels[i].key, name);
	}
}

void
policy_check_delivery(const struct conf *conf, struct conf_faults *faults,
    struct policy *base)
{
	check_needs(conf, faults);
	check_gateway(conf, faults);
	for (size_t i = 0; i < N(channels); i++) {
		enum policy_place at = channels[i].place;

		if (!is_set(value_at(conf, at, channels[i].key)))
			continue;
		base->channels |= channels[i].method;
		if (sources_elsewhere(value_at(conf, at, channels[i].sources)))
			base->elsewhere |= channels[i].method;
	}
	for (size_t i = 0; i < conf->n; i++)
		check_methods(&conf->section[i], base->channels, faults);
}
