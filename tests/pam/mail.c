/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MESSAGES 64
#define CODE_LEN 8 /* "code-length", by default */

static const char program[] =
    "#!/bin/sh\n"
    "cd %s/mail || exit 1\n"
    "cat >new.$$\n"
    "grep -q ^kind=3$ new.$$ && echo ok " MAIL_ADDRESS " && exec rm new.$$\n"
    "mv new.$$ $(date +%%s%%N)\n"
    "while test ! -s answer; do sleep 0.1; done\n"
    "cat answer\n";

static const char conf[] = "[send]\n"
			   "program = %s/program\n"
			   "secrets = %s/secrets\n"
			   "timeout = %u\n"
			   "[sms]\n"
			   "url = http://localhost/\n"
			   "body = {to} {text}\n"
			   "[email]\n"
			   "server = smtp://localhost\n"
			   "from = otp@example.org\n"
			   "%s";

static void
write_text(const struct world *world, const char *name, const char *text,
    mode_t mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", world->dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(path, mode));
}

void
mail_begin(struct world *world, const char *text)
{
	char path[PATH_MAX], filled[4096];

	/* Root's is run by another user. */
	assert_int_equal(0, chmod(world->dir, 0711));
	snprintf(path, sizeof(path), "%s/mail", world->dir);
	assert_int_equal(0, mkdir(path, 0700));
	assert_int_equal(0, chmod(path, 0777));
	snprintf(filled, sizeof(filled), program, world->dir);
	write_text(world, "program", filled, 0755);
	mail_configure(world, 30, text);
	mail_answer(world, "ok");
}

void
mail_configure(struct world *world, unsigned int seconds, const char *text)
{
	char filled[4096];

	snprintf(filled, sizeof(filled), conf, world->dir, world->dir, seconds,
	    text);
	world_configure(world, filled);
}

void
mail_answer(const struct world *world, const char *line)
{
	char text[DELIVERY_REPLY_MAX + 1];

	snprintf(text, sizeof(text), "%s%s", line, *line != '\0' ? "\n" : "");
	write_text(world, "mail/answer", text, 0644);
}

static void
read_message(const char *path, struct delivery *delivery)
{
	char text[DELIVERY_REQUEST_MAX];
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	assert_int_equal(0, delivery_read(text, len, delivery));
}

static size_t
look(const struct world *world, struct delivery *last)
{
	char dir[PATH_MAX], path[2 * PATH_MAX];
	struct dirent **names;
	size_t count = 0;
	int n;

	snprintf(dir, sizeof(dir), "%s/mail", world->dir);
	n = scandir(dir, &names, NULL, alphasort);
	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] >= '0' && names[i]->d_name[0] <= '9') {
			snprintf(path, sizeof(path), "%s/%s", dir,
			    names[i]->d_name);
			read_message(path, last);
			count++;
		}
		free(names[i]);
	}
	free(names);
	return count;
}

size_t
mail_count(const struct world *world)
{
	struct delivery last;

	return look(world, &last);
}

void
mail_last(const struct world *world, size_t n, struct delivery *delivery)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	size_t count = 0;

	for (int i = 0; i < 1500; i++) {
		count = look(world, delivery);
		if (count >= n)
			break;
		nanosleep(&pause, NULL);
	}
	assert_int_equal(n, count);
}

void
mail_code(const struct world *world, size_t n, char code[static 16])
{
	static const char digits[] = "0123456789";
	struct delivery delivery;
	const char *at;

	mail_last(world, n, &delivery);
	for (at = delivery.text; *at != '\0'; at += strspn(at, digits)) {
		at += strcspn(at, digits);
		if (strspn(at, digits) == CODE_LEN)
			break;
	}
	assert_true(*at != '\0');
	snprintf(code, 16, "%.*s", CODE_LEN, at);
}

void
mail_confirm(const struct world *world, enum policy_method method,
    const char *address, size_t n)
{
	struct request set = {
		.verb = VERB_ADDRESS,
		.channel = method,
		.address = address,
	};
	struct request confirm = { .verb = VERB_CONFIRM_ADDRESS };
	struct reply reply;
	char code[16];

	world_ask(world, &set, &reply);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	assert_int_equal(SEND_SENT, reply.send.result);
	mail_code(world, n, code);
	confirm.answer = code;
	world_ask(world, &confirm, &reply);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
}
