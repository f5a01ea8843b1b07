/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"

static char module_path[PATH_MAX];

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(strlen(text), write(fd, text, strlen(text)));
	assert_int_equal(0, close(fd));
}

static void
write_service(const struct world *world)
{
	char path[PATH_MAX], text[3 * PATH_MAX], conf[PATH_MAX + 8];

	snprintf(conf, sizeof(conf), "conf=%s", world->conf);
	snprintf(text, sizeof(text),
	    "%s"
	    "auth required %s %s %s\n",
	    world->with_password
		? "auth optional pam_exec.so expose_authtok /bin/true\n"
		: "",
	    module_path, world->no_conf_argument ? "" : conf,
	    world->arguments != NULL ? world->arguments : "");
	snprintf(path, sizeof(path), "%s/pam/test", world->dir);
	write_file(path, text);
}

void
world_configure(struct world *world, const char *text)
{
	char conf[4 * PATH_MAX];

	snprintf(conf, sizeof(conf), "[store]\npath = %s\nkey = %s\n%s",
	    world->store, world->key, text);
	write_file(world->conf, conf);
}

static struct authority *
authority(const struct world *world)
{
	struct authority *found = NULL;

	assert_int_equal(0,
	    authority_open(world->conf, host_fault, NULL, &found));
	return found;
}

void
world_make(struct world *world, const char *text)
{
	char path[PATH_MAX];
	struct passwd *pw = getpwuid(getuid());
	struct authority *auth;

	assert_non_null(pw);
	*world = (struct world){ .dir = "/tmp/pam_otp-test-XXXXXX" };
	snprintf(world->user, sizeof(world->user), "%s", pw->pw_name);
	assert_non_null(mkdtemp(world->dir));
	snprintf(world->conf, PATH_MAX, "%s/conf", world->dir);
	snprintf(world->store, PATH_MAX, "%s/store", world->dir);
	snprintf(world->key, PATH_MAX, "%s/key", world->dir);
	snprintf(path, sizeof(path), "%s/pam", world->dir);
	assert_int_equal(0, mkdir(path, 0700));
	snprintf(path, sizeof(path), "%s/pam/other", world->dir);
	write_file(path, "auth required pam_deny.so\n");
	clock_now = NOW;
	lookup_error = 0;
	world_configure(world, text);
	auth = authority(world);
	assert_int_equal(0, authority_init(auth));
	authority_close(&auth);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
world_remove(struct world *world)
{
	assert_int_equal(0,
	    nftw(world->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS));
}

void
world_ask(const struct world *world, struct request *request,
    struct reply *reply)
{
	struct authority *auth = authority(world);

	request->caller = 0;
	request->account = (struct account){ .name = world->user,
		.uid = getuid(),
		.known = true };
	request->now = clock_now;
	assert_int_equal(0, authority_ask(auth, request, reply));
	authority_close(&auth);
}

void
world_enrol(struct world *world, struct device_info *device, bool add,
    char codes[RECORD_RECOVERY][CODE_RECOVERY_SIZE])
{
	struct request enrol = {
		.verb = VERB_ENROL,
		.label = device->label,
		.kind = device->kind,
		.hash = device->otp.hash,
		.digits = device->otp.digits,
		.period = device->kind == DEVICE_TOTP ? device->period : 0,
		.mode = add ? PENDING_ADD : PENDING_NEW,
	};
	struct request confirm = { .verb = VERB_CONFIRM, .unchecked = true };
	struct reply reply;

	world_ask(world, &enrol, &reply);
	device->otp = reply.otp;
	confirm.secret = &device->otp.secret;
	world_ask(world, &confirm, &reply);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
	if (codes != NULL) {
		assert_int_equal(RECORD_RECOVERY, reply.n_codes);
		memcpy(codes, reply.code, sizeof(reply.code));
	}
}

void
world_guess(const struct world *world, const char *answer, size_t n)
{
	struct request request = { .verb = VERB_ANSWER, .answer = answer };
	struct reply reply;

	for (size_t i = 0; i < n; i++) {
		world_ask(world, &request, &reply);
		assert_int_equal(VERDICT_DENY, reply.verdict);
	}
}

void
world_disable(const struct world *world)
{
	struct request request = { .verb = VERB_DISABLE };
	struct reply reply;

	world_ask(world, &request, &reply);
	assert_int_equal(VERDICT_ACCEPT, reply.verdict);
}

void
world_status(const struct world *world, struct status *status)
{
	struct request request = { .verb = VERB_STATUS };
	struct reply reply;

	world_ask(world, &request, &reply);
	*status = reply.status;
}

/* The codes of step "first" and of the "n" - 1 after it. */
static void
oathtool(const struct device_info *device, int64_t first, size_t n,
    char (*code)[16])
{
	static const char *const hash[] = {
		[OTP_SHA1] = "sha1",
		[OTP_SHA256] = "sha256",
		[OTP_SHA512] = "sha512",
	};
	char command[512], when[128], hex[2 * OTP_SECRET_MAX + 1] = "";
	FILE *tool;

	for (size_t i = 0; i < device->otp.secret.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", device->otp.secret.bytes[i]);
	if (device->kind == DEVICE_HOTP)
		snprintf(when, sizeof(when), "--hotp -c %lld",
		    (long long)device->counter + (long long)first);
	else
		snprintf(when, sizeof(when), "--totp=%s -s %us -N @%lld",
		    hash[device->otp.hash], device->period,
		    (long long)clock_now + first * device->period);
	snprintf(command, sizeof(command), "oathtool %s -d %u -w %zu %s", when,
	    device->otp.digits, n - 1, hex);
	tool = popen(command, "re");
	assert_non_null(tool);
	for (size_t i = 0; i < n; i++) {
		if (fgets(code[i], sizeof(code[i]), tool) == NULL)
			fail_msg("oathtool is missing, or said nothing");
		code[i][strcspn(code[i], "\n")] = '\0';
		assert_int_equal(device->otp.digits, strlen(code[i]));
	}
	assert_int_equal(0, pclose(tool));
}

const char *
code_of(const struct device_info *device, int64_t step, char out[static 16])
{
	char code[1][16];

	oathtool(device, step, 1, code);
	return strcpy(out, code[0]);
}

const char *
wrong_code(const struct device_info *device, char out[static 16])
{
	int64_t back = device->kind == DEVICE_HOTP ? 0 : 11;
	char near[71][16];
	bool taken = true;

	oathtool(device, -back, 71, near);
	for (unsigned int guess = 111111; taken; guess++) {
		snprintf(out, 16, "%u", guess);
		taken = false;
		for (size_t i = 0; i < 71; i++)
			taken = taken || strcmp(out, near[i]) == 0;
	}
	return out;
}

static int
respond(const struct say *say, struct pam_response **resp, struct world *world)
{
	switch (say->how) {
	case HOW_FAIL:
		return PAM_CONV_ERR;
	case HOW_ABORT:
		return PAM_ABORT;
	case HOW_NO_ARRAY:
		return PAM_SUCCESS;
	case HOW_OTHER_USER:
		assert_int_equal(PAM_SUCCESS,
		    pam_set_item(world->pamh, PAM_USER, "somebody"));
		break;
	case HOW_MEANWHILE:
		world->meanwhile(world);
		break;
	case HOW_TEXT:
	case HOW_NO_TEXT:
	case HOW_EXTRA:
		break;
	}
	*resp = calloc(say->how == HOW_EXTRA ? 4 : 1, sizeof(**resp));
	assert_non_null(*resp);
	if (say->how != HOW_NO_TEXT) {
		(*resp)[0].resp = strdup(say->text);
		assert_non_null((*resp)[0].resp);
	}
	return PAM_SUCCESS;
}

static int
converse(int n, const struct pam_message **messages, struct pam_response **resp,
    void *data)
{
	struct world *world = data;
	int style = messages[0]->msg_style;

	assert_int_equal(1, n);
	assert_true(world->n_talk < TALK_MAX);
	assert_true(strlen(messages[0]->msg) < PAM_MAX_MSG_SIZE);
	world->talk[world->n_talk].style = style;
	snprintf(world->talk[world->n_talk++].text, 1024, "%s",
	    messages[0]->msg);
	*resp = NULL;
	if (style != PAM_PROMPT_ECHO_ON && style != PAM_PROMPT_ECHO_OFF) {
		/* Some hosts give a response to these, some give none. */
		if (world->blind || world->n_talk % 2 == 0) {
			*resp = calloc(1, sizeof(**resp));
			assert_non_null(*resp);
		}
		if (world->blind)
			(*resp)[0].resp = strdup("");
		return PAM_SUCCESS;
	}
	world->n_prompts++;
	if (world->n_said == world->n_script)
		return PAM_CONV_ERR;
	clock_now += world->script[world->n_said].pass;
	return respond(&world->script[world->n_said++], resp, world);
}

/* The stable line: seven keys in their order, values without a blank. */
static void
check_line(const char *line)
{
	static const char *const key[] = { "user=", "service=", "rhost=",
		"scenario=", "method=", "result=", "reason=" };
	const char *at = line;

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
		size_t n;

		assert_int_equal(0, strncmp(at, key[i], strlen(key[i])));
		at += strlen(key[i]);
		n = strcspn(at, " =");
		assert_true(n > 0 && at[n] != '=');
		at += n;
		if (i + 1 < sizeof(key) / sizeof(key[0]))
			assert_int_equal(' ', *at++);
	}
	assert_int_equal('\0', *at);
}

/* What is short stands somewhere; "email" is the name of a method. */
static bool
may_be_logged(const char *typed)
{
	return typed == NULL || strlen(typed) <= 3 ||
	    strcmp(typed, "email") == 0;
}

/* Of every login: its lines are well-formed, and hold nothing typed. */
static void
check_log(const struct world *world)
{
	size_t lines = 0;

	for (size_t i = 0; i < world->n_log; i++) {
		const char *line = strstr(world->log[i], "user=");

		for (const char *c = world->log[i]; *c != '\0'; c++)
			assert_true(*c >= ' ' && *c < 0x7f);
		for (size_t s = 0; s < world->n_said; s++)
			if (!may_be_logged(world->script[s].text))
				assert_null(strstr(world->log[i],
				    world->script[s].text));
		if (line != NULL) {
			check_line(line);
			lines++;
		}
	}
	assert_true(lines > 0);
}

static void
start(struct world *world, const struct pam_conv *conv)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s/pam", world->dir);
	write_service(world);
	world->n_talk = world->n_prompts = world->n_log = world->n_said = 0;
	host_log_to(world);
	assert_int_equal(PAM_SUCCESS,
	    pam_start_confdir("test",
		world->login_as != NULL ? world->login_as : world->user, conv,
		dir, &world->pamh));
	if (world->rhost != NULL)
		assert_int_equal(PAM_SUCCESS,
		    pam_set_item(world->pamh, PAM_RHOST, world->rhost));
	if (world->tty != NULL)
		assert_int_equal(PAM_SUCCESS,
		    pam_set_item(world->pamh, PAM_TTY, world->tty));
}

int
login_run(struct world *world, const struct say *script, size_t n)
{
	struct pam_conv conv = {
		.conv = world->no_conversation ? NULL : converse,
		.appdata_ptr = world,
	};
	struct host_state before, after;
	const void *user = NULL;
	bool changes_user = false;
	int result;

	world->script = script;
	world->n_script = n;
	for (size_t i = 0; i < n; i++)
		changes_user |= script[i].how == HOW_OTHER_USER;

	host_state(&before);
	start(world, &conv);
	result = pam_authenticate(world->pamh, world->flags);
	assert_int_equal(PAM_SUCCESS,
	    pam_get_item(world->pamh, PAM_USER, &user));
	if (!changes_user)
		assert_string_equal(world->login_as != NULL ? world->login_as
							    : world->user,
		    user);
	assert_int_equal(PAM_SUCCESS, pam_end(world->pamh, result));
	host_state(&after);
	host_state_same(&before, &after);
	host_log_to(NULL);
	check_log(world);
	return result;
}

int
login_with(struct world *world, const char *const *answers, size_t n)
{
	struct say script[SAY_MAX] = { { .text = NULL } };
	int result;

	assert_true(n <= SAY_MAX);
	for (size_t i = 0; i < n; i++)
		script[i].text = answers[i];
	result = login_run(world, script, n);
	world->script = NULL;
	return result;
}

static bool
said(const struct world *world, int style, const char *text)
{
	for (size_t i = 0; i < world->n_talk; i++)
		if (world->talk[i].style == style &&
		    strstr(world->talk[i].text, text) != NULL)
			return true;
	return false;
}

bool
prompted(const struct world *world, const char *text)
{
	return said(world, PAM_PROMPT_ECHO_OFF, text) ||
	    said(world, PAM_PROMPT_ECHO_ON, text);
}

bool
told(const struct world *world, int style, const char *text)
{
	return said(world, style, text);
}

bool
logged(const struct world *world, const char *text)
{
	for (size_t i = 0; i < world->n_log; i++)
		if (strstr(world->log[i], text) != NULL)
			return true;
	return false;
}

const char *
prompt(const struct world *world, size_t i)
{
	size_t seen = 0;

	for (size_t t = 0; t < world->n_talk; t++)
		if ((world->talk[t].style == PAM_PROMPT_ECHO_OFF ||
			world->talk[t].style == PAM_PROMPT_ECHO_ON) &&
		    seen++ == i)
			return world->talk[t].text;
	return "(there was no such prompt)";
}

const char *
harness_module(void)
{
	return module_path;
}

int
harness_main(int argc, char **argv)
{
	if (argc != 2 || realpath(argv[1], module_path) == NULL) {
		fprintf(stderr, "usage: %s MODULE\n", argv[0]);
		return 2;
	}
	return harness_tests();
}
