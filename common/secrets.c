/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets.h"

#include <errno.h>
#include <string.h>

#include "place.h"

/* Where the password of a section goes; NULL: there is no such section. */
static char *
password_of(struct secrets *secrets, const char *section)
{
	if (strcmp(section, "email") == 0)
		return secrets->email;
	if (strcmp(section, "sms") == 0)
		return secrets->sms;
	return strcmp(section, "ldap") == 0 ? secrets->ldap : NULL;
}

static void
take(const struct conf_section *section, struct conf_faults *faults,
    struct secrets *secrets)
{
	char *password = password_of(secrets, section->name);

	if (password == NULL)
		conf_report(faults, section->file, section->line,
		    "there is no section [%s]: use [email], [sms] or [ldap]",
		    section->name);
	for (size_t i = 0; i < section->n && password != NULL; i++) {
		const struct conf_entry *entry = &section->entry[i];

		if (strcmp(entry->key, "password") != 0)
			/* What stands there may be a password itself. */
			conf_report(faults, entry->file, entry->line,
			    "the only key is password");
		else if (strlen(entry->value) > DELIVERY_SECRET_MAX)
			conf_report(faults, entry->file, entry->line,
			    "a password has at most %d bytes",
			    DELIVERY_SECRET_MAX);
		else if (strchr(entry->value, '\t') != NULL)
			/* conf.h lets it pass, and fields.h would not. */
			conf_report(faults, entry->file, entry->line,
			    "a password has no tabs in it");
		else
			strcpy(password, entry->value);
	}
}

int
secrets_read(const char *path, conf_fault_fn *fault, void *arg,
    struct secrets *secrets)
{
	struct conf_faults faults = { .fault = fault, .arg = arg };
	struct conf *conf;
	uid_t uid;
	gid_t gid;
	int r;

	memset(secrets, 0, sizeof(*secrets));
	/* Without such a user, root's group is the only one. */
	r = place_user(&uid, &gid);
	if (r < 0 && r != -ENOENT) {
		conf_report(&faults, path, 0,
		    "whether it is closed is not known: the user " PLACE_USER
		    " cannot be looked up (error %d)",
		    -r);
		return r;
	}
	r = conf_read_closed(path, r == 0 ? gid : 0, fault, arg, &conf);
	if (r == -ENOMEM)
		conf_report(&faults, path, 0, "cannot be read: no memory");
	if (r < 0)
		goto out;
	for (size_t i = 0; i < conf->n; i++)
		take(&conf->section[i], &faults, secrets);
	r = faults.any ? -EINVAL : 0;
out:
	if (r < 0)
		explicit_bzero(secrets, sizeof(*secrets));
	conf_free(&conf);
	return r;
}
