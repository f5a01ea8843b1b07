/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/utf8.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* As the system knows the account, or without it by this name. */
static int
set(struct person *person, const char *name, const struct passwd *pw)
{
	if (pw != NULL)
		name = pw->pw_name;
	/* What is cut off may be the name of somebody else. */
	if (strlen(name) >= sizeof(person->name))
		return report(EXIT_NO,
		    "the name of this account is too long: %d bytes are the "
		    "most",
		    LOGIN_NAME_MAX);
	snprintf(person->name, sizeof(person->name), "%s", name);
	snprintf(person->shown, sizeof(person->shown), "%s", name);
	utf8_tame(person->shown);
	person->account = (struct account){
		.name = person->name,
		.uid = pw != NULL ? pw->pw_uid : (uid_t)-1,
		.known = pw != NULL,
	};
	return 0;
}

/* Was it the directory that failed, rather than the name not being there? */
static bool
lookup_failed(void)
{
	return errno != 0 && errno != ENOENT && errno != ESRCH;
}

static int
find_name(const char *name, struct person *person)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL && lookup_failed())
		return report(EXIT_FAULT, "accounts cannot be looked up: %s",
		    strerror(errno));
	return set(person, name, pw);
}

static int
find_caller(struct person *person)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwuid(getuid());
	if (pw == NULL && lookup_failed())
		return report(EXIT_FAULT, "accounts cannot be looked up: %s",
		    strerror(errno));
	if (pw == NULL)
		return report(EXIT_NO,
		    "your uid %u has no account: "
		    "ask an administrator",
		    (unsigned int)getuid());
	return set(person, NULL, pw);
}

/* Root, by way of sudo: who is meant?  The name typed goes to "name". */
static int
ask_which(const char *me, const char *invoker, char *name, size_t size)
{
	char shown[LOGIN_NAME_MAX + 1], prompt[2 * sizeof(shown) + 16];
	int r;

	snprintf(shown, sizeof(shown), "%s", invoker);
	utf8_tame(shown);

	if (!tty_present())
		return report(EXIT_USAGE,
		    "this is %s, by way of %s: say whose second factor is "
		    "meant with --user",
		    me, shown);
	tty_say("This is %s, by way of %s. Whose second factor is meant?", me,
	    shown);
	snprintf(prompt, sizeof(prompt), "Type %s or %s: ", me, shown);
	do {
		r = tty_ask(NULL, NULL, prompt, name, size);
		if (r < 0)
			return report_error(r);
	} while (strcmp(name, me) != 0 && strcmp(name, invoker) != 0);
	return 0;
}

int
account_find(const struct options *options, struct person *person)
{
	const char *invoker = getenv("SUDO_USER");
	char name[LOGIN_NAME_MAX + 1];
	int r;

	if (options->user != NULL)
		return find_name(options->user, person);
	r = find_caller(person);
	if (r != 0 || getuid() != 0 || invoker == NULL || *invoker == '\0' ||
	    strcmp(invoker, person->name) == 0)
		return r;
	r = ask_which(person->name, invoker, name, sizeof(name));
	return r != 0 ? r : find_name(name, person);
}
