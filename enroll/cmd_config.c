/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/secrets.h"
#include "enroll/context.h"
#include "enroll/delivery_check.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* What proves who we are needs a password. */
static int
check_passwords(const struct policy_delivery *delivery,
    const struct secrets *secrets)
{
	const struct {
		const char *section, *key, *value, *password;
	} rows[] = {
		{ "email", "user", delivery->email.user, secrets->email },
		{ "sms", "auth",
		    strcmp(delivery->sms.auth, "none") == 0
			? ""
			: delivery->sms.auth,
		    secrets->sms },
		{ "ldap", "user", delivery->ldap.user, secrets->ldap },
	};
	int status = EXIT_DONE;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].value[0] == '\0' || rows[i].password[0] != '\0')
			continue;
		status = report(EXIT_NO,
		    "%s = %s in [%s] needs a password: put it into [%s] of %s",
		    rows[i].key, rows[i].value, rows[i].section,
		    rows[i].section, delivery->send.secrets);
	}
	return status;
}

/* The file of passwords, by those who can read it. */
static int
check_secrets(const struct policy_delivery *delivery)
{
	const char *path = delivery->send.secrets;
	struct secrets secrets;
	int status = EXIT_NO;

	if (access(path, R_OK) < 0 && errno == EACCES) {
		tty_say("%s: only root can look at it", path);
		return EXIT_DONE;
	}
	if (secrets_read(path, report_fault, &status, &secrets) == 0)
		status = check_passwords(delivery, &secrets);
	explicit_bzero(&secrets, sizeof(secrets));
	return status;
}

/* All that is needed to send, and to look addresses up. */
static int
check_delivery(const struct policy_delivery *delivery)
{
	int status = delivery_check(delivery);
	int secrets = check_secrets(delivery);

	return secrets > status ? secrets : status;
}

static int
check(const char *path)
{
	struct authority *authority = NULL;
	int r, status = EXIT_NO;

	r = authority_open(path, report_fault, &status, &authority);
	if (r == 0)
		status = check_delivery(authority_delivery(authority));
	else if (r != -EINVAL)
		status = report_error(r);
	authority_close(&authority);
	if (status == EXIT_DONE)
		tty_say("%s: no faults", path != NULL ? path : POLICY_CONF);
	return status;
}

/* As a configuration that could be pasted. */
static void
print_keys(void)
{
	struct policy_key_info info;
	const char *section = "";

	for (size_t i = 0; policy_key(i, &info); i++) {
		if (strcmp(section, info.section) != 0)
			printf("%s[%s]\n", i > 0 ? "\n" : "", info.section);
		section = info.section;
		printf("# %s (%s)\n# %s = %s\n", info.meaning, info.range,
		    info.key, info.value);
	}
}

int
cmd_config(const struct context *context)
{
	const char *path = context->options.conf;

	if (context->options.given & OPTION_CHECK)
		return check(path);
	print_keys();
	return EXIT_DONE;
}
