/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/delivery_check.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/contact_file.h"
#include "common/contact_program.h"
#include "common/deliver.h"
#include "common/sources.h"
#include "enroll/report.h"
#include "enroll/tty.h"

#define CANNOT_TELL 255 /* no errno is so large */

struct checking {
	int user;  /* 0: there is one that the program runs as; or -errno */
	uid_t uid; /* 0 if there is none */
	gid_t gid;
	bool unseen;        /* something is for root to see */
	const char *before; /* sources that were looked at */
	int status;
};

/* A key whose value names what has to be there. */
struct part {
	bool used;
	const char *section, *key, *value;
	void (*check)(struct checking *checking, const struct part *part);
};

/* What is done with a file, and what to do where that cannot be. */
struct use {
	int how;
	const char *verb, *missing, *closed;
};

static const struct use reading = {
	R_OK,
	"read",
	"put it there, or mend the path",
	"use chgrp " DELIVER_USER " and chmod 640, and see to its directories",
};

static const struct use looking_up = {
	X_OK,
	"run",
	"put it there, or mend the path",
	"use chmod 755, and see to its directories",
};

static const struct use sending = {
	X_OK,
	"run",
	"install the package pam-otp-send",
	"use chmod 755, and see to its directories",
};

static void
worsen(struct checking *checking, int status)
{
	if (status > checking->status)
		checking->status = status;
}

/* Be the user, with the groups that spawn.h leaves it, and try. */
static void __attribute__((noreturn))
try(const struct checking *checking, const char *path, int how)
{
	const uid_t uid = checking->uid;
	const gid_t gid = checking->gid;
	struct stat st;

	if (setgroups(1, &gid) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		_exit(CANNOT_TELL);
	if (stat(path, &st) < 0 || access(path, how) < 0)
		_exit(errno);
	_exit(S_ISREG(st.st_mode) ? 0 : EISDIR);
}

/*
 * Can the user do that with it?  The kernel alone knows what modes, lists of
 * access, directories and mounts come to.  0; -ENOENT or another -errno, if
 * not; -ENOTSUP: this caller cannot tell.
 */
static int
ask_kernel(const struct checking *checking, const char *path, int how)
{
	int status = -1; /* as of none that has ended */
	pid_t pid;

	if (access(path, F_OK) < 0 && errno != EACCES)
		return -errno;
	pid = fork();
	if (pid == 0)
		try(checking, path, how);
	while (
	    pid > 0 && waitpid(pid, &status, WUNTRACED) < 0 && errno == EINTR)
		;
	/* Others of that user may stop it. */
	if (pid > 0 && WIFSTOPPED(status)) {
		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == CANNOT_TELL)
		return -ENOTSUP;
	return -WEXITSTATUS(status);
}

static void
check_use(struct checking *checking, const struct part *part, const char *path,
    const struct use *use)
{
	int r = ask_kernel(checking, path, use->how);

	if (r == -ENOENT || r == -ENOTDIR)
		worsen(checking,
		    report(EXIT_NO, "%s (%s in [%s]) is not there: %s", path,
			part->key, part->section, use->missing));
	else if (r == -ENOTSUP)
		checking->unseen = true;
	else if (r < 0)
		worsen(checking,
		    report(EXIT_NO,
			"%s (%s in [%s]): the user " DELIVER_USER
			" cannot %s it (%s): %s",
			path, part->key, part->section, use->verb,
			strerrordesc_np(-r), use->closed));
}

static void
check_certificate(struct checking *checking, const struct part *part)
{
	check_use(checking, part, part->value, &reading);
}

static void
check_program(struct checking *checking, const struct part *part)
{
	check_use(checking, part, part->value, &sending);
}

static void
check_user(struct checking *checking, const struct part *part)
{
	if (checking->user == -ENOENT)
		worsen(checking,
		    report(EXIT_NO,
			"there is no user %s: install the package pam-otp-send",
			part->value));
	else if (checking->user < 0)
		worsen(checking,
		    report(EXIT_FAULT, "the user %s cannot be looked up: %s",
			part->value, strerrordesc_np(-checking->user)));
}

struct addresses {
	struct checking *checking;
	const char *path;
};

static void
address_fault(void *arg, unsigned int line, const char *what)
{
	const struct addresses *addresses = arg;
	int status = EXIT_NO;

	report_fault(&status, addresses->path, line, what);
	worsen(addresses->checking, status);
}

static void
check_addresses(struct checking *checking, const char *path)
{
	struct addresses addresses = { checking, path };
	struct contact_line line;

	if (access(path, R_OK) < 0 && errno == EACCES)
		tty_say("%s: only root can look at it", path);
	else
		/* Nobody is called so: all of it is looked at. */
		(void)contact_file_find(path, "", address_fault, &addresses,
		    &line);
}

static void
check_lookup(struct checking *checking, const struct part *part,
    const char *path)
{
	if (contact_program_check(path, checking->uid) == -EPERM)
		worsen(checking,
		    report(EXIT_FAULT,
			"%s (%s in [%s]): " CONTACT_PROGRAM_RULE
			": use chown root and chmod 755",
			path, part->key, part->section));
	else
		check_use(checking, part, path, &looking_up);
}

static bool
has_source(const char *sources, const char *text)
{
	struct source source;

	while (sources_next(&sources, &source))
		if (strcmp(source.text, text) == 0)
			return true;
	return false;
}

static void
check_sources(struct checking *checking, const struct part *part)
{
	const char *at = part->value;
	struct source source;

	while (sources_next(&at, &source)) {
		if (has_source(checking->before, source.text))
			continue;
		if (source.kind == SOURCE_FILE)
			check_addresses(checking, source.path);
		else if (source.kind == SOURCE_EXEC)
			check_lookup(checking, part, source.path);
	}
	checking->before = part->value;
}

static bool
asks_directory(const char *sources)
{
	struct source source;

	while (sources_next(&sources, &source))
		if (source.kind == SOURCE_LDAP)
			return true;
	return false;
}

int
delivery_check(const struct policy_delivery *delivery)
{
	const struct policy_email *email = &delivery->email;
	const struct policy_sms *sms = &delivery->sms;
	const bool mail = email->server[0] != '\0', text = sms->url[0] != '\0';
	const bool ldap = (mail && asks_directory(email->sources)) ||
	    (text && asks_directory(sms->sources));
	const struct part parts[] = {
		{ mail, "email", "ca-file", email->ca_file, check_certificate },
		{ mail, "email", "client-cert", email->client_cert,
		    check_certificate },
		{ mail, "email", "client-key", email->client_key,
		    check_certificate },
		{ mail, "email", "email-from", email->sources, check_sources },
		{ text, "sms", "ca-file", sms->ca_file, check_certificate },
		{ text, "sms", "sms-from", sms->sources, check_sources },
		{ ldap, "ldap", "ca-file", delivery->ldap.ca_file,
		    check_certificate },
		{ mail || text, "send", "program", delivery->send.program,
		    check_program },
		{ mail || text, "send", "", DELIVER_USER, check_user },
	};
	struct checking checking = { .before = "", .status = EXIT_DONE };

	checking.user = deliver_user(&checking.uid, &checking.gid);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].used && parts[i].value[0] != '\0')
			parts[i].check(&checking, &parts[i]);
	if (checking.unseen)
		tty_say("only root can see whether the user " DELIVER_USER
			" can read and run what it needs");
	return checking.status;
}
