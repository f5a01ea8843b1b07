/* SPDX-License-Identifier: BSD-2-Clause */
#include "contact.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "contact_file.h"
#include "deadline.h"
#include "deliver.h"
#include "secrets.h"
#include "sources.h"

#define GECOS_MAX 1024
#define PASSWD_MAX 65536 /* of one account, texts included */

/* What is being asked, and what was found. */
struct search {
	const struct contact_ask *ask;
	const char *source; /* as it is named where something is wrong */
	struct contact *contact;
	size_t n;
};

/* Something is wrong with the source that it is at. */
static void __attribute__((format(printf, 2, 3)))
complain(const struct search *search, const char *format, ...)
{
	char text[512], what[sizeof(text) + POLICY_SOURCE_MAX + 3];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	snprintf(what, sizeof(what), "%s: %s", search->source, text);
	search->ask->log(search->ask->arg, what);
}

/* Take what is an address of this channel, and is not there yet. */
static bool
add(struct search *search, const char *text)
{
	struct contact *contact = &search->contact[search->n];
	char address[ADDRESS_MAX + 1];

	if (!address_read(search->ask->method, text, address))
		return false;
	for (size_t i = 0; i < search->n; i++)
		if (ascii_same(search->contact[i].address, address))
			return true;
	if (search->n < CONTACT_MAX) {
		contact->method = search->ask->method;
		strcpy(contact->address, address);
		search->n++;
	}
	return true;
}

static void
ask_record(struct search *search)
{
	const struct record *rec = search->ask->rec;

	(void)add(search,
	    search->ask->method == METHOD_EMAIL ? rec->email : rec->phone);
}

static void
file_fault(void *arg, unsigned int line, const char *what)
{
	const struct search *search = arg;

	if (line > 0)
		complain(search, "line %u: %s", line, what);
	else
		complain(search, "%s", what);
}

static void
ask_file(struct search *search, const char *path)
{
	const bool mail = search->ask->method == METHOD_EMAIL;
	struct contact_line line;
	const char *text = mail ? line.email : line.phone;

	if (contact_file_find(path, search->ask->account, file_fault, search,
		&line) &&
	    strcmp(text, "-") != 0 && !add(search, text))
		complain(search, "line %u: this is no %s", line.number,
		    mail ? "address of mail" : "number");
}

/*
 * Full name, room, office, home, and then whatever there is.  Mail may stand
 * in any of them; a room is no number of a phone.
 */
static void
add_gecos(struct search *search, const char *gecos)
{
	char text[GECOS_MAX + 1], *at = text, *field;

	snprintf(text, sizeof(text), "%s", gecos);
	for (int i = 0; (field = strsep(&at, ",")) != NULL; i++)
		if (search->ask->method == METHOD_EMAIL || i == 2 || i == 3)
			(void)add(search, field + strspn(field, " "));
}

static void
ask_gecos(struct search *search)
{
	struct passwd pwd, *found = NULL;
	char *text = malloc(PASSWD_MAX);
	int r = ENOMEM;

	if (text != NULL)
		r = getpwnam_r(search->ask->account, &pwd, text, PASSWD_MAX,
		    &found);
	if (found != NULL)
		add_gecos(search, found->pw_gecos);
	else if (r != 0 && r != ENOENT && r != ESRCH)
		complain(search, "the account cannot be looked up (error %d)",
		    r);
	free(text);
}

static void
secrets_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	char text[CONF_FAULT_SIZE];

	complain(arg, "%s", conf_fault_text(file, line, what, text));
}

/* Who binds to a directory, and with what. */
static int
add_bind(struct search *search, struct delivery *delivery)
{
	const struct policy_delivery *policy = search->ask->policy;
	struct secrets secrets;
	int r;

	snprintf(delivery->ca_file, sizeof(delivery->ca_file), "%s",
	    policy->ldap.ca_file);
	if (policy->ldap.user[0] == '\0')
		return 0;
	snprintf(delivery->user, sizeof(delivery->user), "%s",
	    policy->ldap.user);
	r = secrets_read(policy->send.secrets, secrets_fault, search, &secrets);
	if (r < 0)
		complain(search, "the file of passwords cannot be used");
	else
		strcpy(delivery->password, secrets.ldap);
	explicit_bzero(&secrets, sizeof(secrets));
	return r;
}

/* A directory or a program: whatever is not of this host's own files. */
static void
ask_program(struct search *search, const struct source *source)
{
	const struct policy_send *send = &search->ask->policy->send;
	char reply[DELIVERY_REPLY_MAX] = "", *at = reply, *word;
	struct delivery delivery = {
		.kind = DELIVERY_LOOKUP,
		.channel = search->ask->method,
	};
	/* One that hangs leaves half of the time to what comes after it. */
	const int64_t left = deadline_left(search->ask->deadline);
	const int64_t deadline = search->ask->deadline - left / 2;
	int r = 0;

	/* Cut, it could be somebody else's. */
	if (strlen(search->ask->account) >= sizeof(delivery.account)) {
		complain(search, "the account's name is too long");
		return;
	}
	strcpy(delivery.source, source->text);
	strcpy(delivery.account, search->ask->account);
	if (source->kind == SOURCE_LDAP)
		r = add_bind(search, &delivery);
	if (r == 0) {
		r = deliver(send, &delivery, deadline, reply);
		if (r < 0)
			complain(search, "%s",
			    reply[0] != '\0' ? reply : deliver_strerror(r));
	}
	while (r == 0 && (word = strsep(&at, " ")) != NULL)
		(void)add(search, word);
}

static void
ask_one(struct search *search, const struct source *source)
{
	search->source = source->text;
	switch (source->kind) {
	case SOURCE_RECORD:
		ask_record(search);
		break;
	case SOURCE_FILE:
		ask_file(search, source->path);
		break;
	case SOURCE_GECOS:
		ask_gecos(search);
		break;
	case SOURCE_LDAP:
	case SOURCE_EXEC:
		if (!search->ask->local)
			ask_program(search, source);
		break;
	case SOURCE_NONE:
		complain(search, "this is no source of addresses");
		break;
	}
}

size_t
contact_find(const struct contact_ask *ask,
    struct contact contact[static CONTACT_MAX])
{
	struct search search = { .ask = ask, .contact = contact };
	const char *at = ask->method == METHOD_EMAIL
	    ? ask->policy->email.sources
	    : ask->policy->sms.sources;
	struct source source;

	memset(contact, 0, CONTACT_MAX * sizeof(*contact));
	while (search.n == 0 && sources_next(&at, &source))
		ask_one(&search, &source);
	return search.n;
}
