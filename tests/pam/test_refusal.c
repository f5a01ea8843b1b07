/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module as libpam sees it, where something is missing, broken or hostile:
 * users, stores, configurations, hosts.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness.h"

#define PROMPT "Verification code: "
#define NOBODY "no-such-user-here"
#define UNAVAILABLE "Your code cannot be checked now; ask your administrator."
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct device_info
enrol(struct world *world)
{
	struct device_info device = { .label = "phone",
		.kind = DEVICE_TOTP,
		.otp = { .hash = OTP_SHA1, .digits = 6 },
		.period = 30 };

	clock_now -= 3600;
	world_enrol(world, &device, false, NULL);
	clock_now += 3600;
	return device;
}

static void
unenrolled(void **state)
{
	struct world world;

	(void)state;
	world_make(&world, "");
	assert_int_equal(IGNORED, LOGIN(&world, "123456"));
	assert_int_equal(0, world.n_talk);
	assert_true(logged(&world, "method=- result=pass reason=unenrolled"));

	world_configure(&world, "[default]\nunenrolled = deny\n");
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&world, "123456", "AAAA-AAAA-AAAA-AAAA", "123456"));
	assert_int_equal(3, world.n_prompts);
	world_remove(&world);
}

/* The same talk, whoever it is and whether there is such an account. */
static void
same_prompts_for_all(void **state)
{
	static const struct {
		const char *what, *name;
		bool enrolled;
	} row[] = {
		{ "unenrolled", NULL, false },
		{ "unknown", NOBODY, false },
		{ "odd", "../../etc/x", false },
		{ "long",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a",
		    false },
		{ "enrolled", NULL, true },
	};
	struct device_info device;
	struct world world;
	char code[16], wrong[16];

	(void)state;
	world_make(&world, "[default]\nunenrolled = deny\n");
	for (size_t i = 0; i < LEN(row); i++) {
		print_message("  %s\n", row[i].what);
		snprintf(wrong, sizeof(wrong), "111111");
		world.login_as = row[i].name;
		if (row[i].enrolled) {
			device = enrol(&world);
			code_of(&device, -5, code);
			clock_now -= 150;
			assert_int_equal(PAM_SUCCESS, LOGIN(&world, code));
			clock_now += 150;
			wrong_code(&device, wrong);
		}
		assert_int_equal(PAM_AUTH_ERR,
		    LOGIN(&world, wrong, "", "0000-0000-0000-0000"));
		assert_int_equal(3, world.n_talk);
		assert_string_equal(PROMPT, prompt(&world, 0));
		assert_string_equal("Not accepted.\n" PROMPT,
		    prompt(&world, 1));
		assert_string_equal("Not accepted.\n" PROMPT,
		    prompt(&world, 2));
	}
	world_remove(&world);
}

/* People type their password there, so it stays out of the log. */
static void
unknown_name_is_not_logged(void **state)
{
	struct world world;

	(void)state;
	world_make(&world, "[default]\nunenrolled = deny\n");
	world.login_as = NOBODY;
	world.rhost = "evil host=1\n\x1b[2J\xff";
	assert_int_equal(PAM_AUTH_ERR,
	    LOGIN(&world, "123456", "123456", "123456"));
	assert_false(logged(&world, NOBODY));
	assert_true(logged(&world,
	    "user=? service=test "
	    "rhost=evil\\x20host\\x3d1\\x0a\\x1b[2J\\xff scenario=default"));
	world_remove(&world);
}

/* Not "there is no such user": who can make it fail must gain nothing. */
static void
lookup_fails(void **state)
{
	static const int error[] = { EMFILE, ENOMEM, EIO, EINVAL };
	struct world world;

	(void)state;
	world_make(&world, "");
	for (size_t i = 0; i < LEN(error); i++) {
		lookup_error = error[i];
		assert_int_equal(PAM_AUTHINFO_UNAVAIL, LOGIN(&world, "123456"));
		assert_int_equal(0, world.n_prompts);
		assert_true(told(&world, PAM_ERROR_MSG, UNAVAILABLE));
	}
	lookup_error = 0;
	assert_int_equal(IGNORED, LOGIN(&world, "123456"));
	world_remove(&world);
}

static void
no_user(void **state)
{
	struct world world;

	(void)state;
	world_make(&world, "");
	world.login_as = "";
	assert_int_equal(PAM_AUTH_ERR, LOGIN(&world, "123456"));
	assert_true(logged(&world, "reason=no-user"));
	world_remove(&world);
}

/* Whoever is exempt needs no store at all. */
static void
exempt(void **state)
{
	struct world world;

	(void)state;
	world_make(&world, "[default]\nexempt = yes\n");
	assert_int_equal(0, unlink(world.key));
	snprintf(world.store, sizeof(world.store), "%s/nowhere", world.dir);
	world_configure(&world, "[default]\nexempt = yes\n");
	assert_int_equal(IGNORED, LOGIN(&world, "123456"));
	assert_int_equal(0, world.n_talk);
	assert_true(logged(&world, "result=pass reason=exempt"));
	world_remove(&world);
}

static void
other_key(struct world *world)
{
	int fd = open(world->key, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(32, write(fd, "an entirely different key, it is", 32));
	assert_int_equal(0, close(fd));
}

static void
no_key(struct world *world)
{
	assert_int_equal(0, unlink(world->key));
}

static void
no_mark(struct world *world)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/.store", world->store);
	assert_int_equal(0, unlink(path));
}

static void
no_store(struct world *world)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s.away", world->store);
	assert_int_equal(0, rename(world->store, path));
}

static void
open_store(struct world *world)
{
	assert_int_equal(0, chmod(world->store, 0777));
}

static void
open_key(struct world *world)
{
	assert_int_equal(0, chmod(world->key, 0644));
}

static void
closed_key(struct world *world)
{
	assert_int_equal(0, chmod(world->key, 0));
}

static void
record_path(const struct world *world, char path[static PATH_MAX + 512])
{
	snprintf(path, PATH_MAX + 512, "%s/users/%s", world->store,
	    world->user);
}

static void
empty_record(struct world *world)
{
	char path[PATH_MAX + 512];

	record_path(world, path);
	assert_int_equal(0, truncate(path, 0));
}

static void
zero_record(struct world *world)
{
	char path[PATH_MAX + 512];

	record_path(world, path);
	assert_int_equal(0, truncate(path, 0));
	assert_int_equal(0, truncate(path, 2 * SEAL_SLOT));
}

static void
open_record(struct world *world)
{
	char path[PATH_MAX + 512];

	record_path(world, path);
	assert_int_equal(0, chmod(path, 0644));
}

static const struct harm {
	const char *what;
	void (*harm)(struct world *);
	bool root_may, of_record;
} harms[] = {
	{ "another key", other_key, false, false },
	{ "no key", no_key, false, false },
	{ "no mark", no_mark, false, false },
	{ "no store", no_store, false, false },
	{ "store open to all", open_store, false, false },
	{ "key open to all", open_key, false, false },
	{ "key that nobody may read", closed_key, true, false },
	{ "empty record", empty_record, false, true },
	{ "record of zeros", zero_record, false, true },
	{ "record open to all", open_record, false, true },
};

static void
assert_unusable(const struct harm *harm, struct world *world, int result)
{
	if (harm->root_may && geteuid() == 0) {
		assert_int_equal(PAM_SUCCESS, result);
		return;
	}
	assert_int_equal(PAM_AUTHINFO_UNAVAIL, result);
	assert_true(told(world, PAM_ERROR_MSG, UNAVAILABLE));
	assert_true(logged(world, "result=error reason=unavailable"));
	assert_true(world->n_log >= 2); /* and a sentence that says why */
}

/* Neither yes nor no; and nobody counts as unenrolled by it. */
static void
unusable(void **state)
{
	static const char *const conf[] = { "",
		"[default]\nunenrolled = deny\n" };

	(void)state;
	for (size_t i = 0; i < LEN(harms) * LEN(conf); i++) {
		const struct harm *harm = &harms[i / LEN(conf)];
		struct device_info device;
		struct world world;
		char code[16];

		print_message("  %s\n", harm->what);
		world_make(&world, conf[i % LEN(conf)]);
		device = enrol(&world);
		code_of(&device, 0, code);
		harm->harm(&world);
		assert_unusable(harm, &world, LOGIN(&world, code, code));
		world_remove(&world);
	}
}

/* The same where it happens between prompt and answer. */
static void
unusable_meanwhile(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(harms); i++) {
		const struct harm *harm = &harms[i];
		struct device_info device;
		struct world world;
		char code[16], wrong[16];

		if (!harm->of_record)
			continue; /* was opened by then */
		print_message("  %s\n", harm->what);
		world_make(&world, "");
		device = enrol(&world);
		world.meanwhile = harm->harm;
		code_of(&device, 0, code);
		assert_unusable(harm, &world,
		    SPEAK(&world, { .text = code, .how = HOW_MEANWHILE },
			{ .text = code }));
		world_remove(&world);

		world_make(&world, "");
		device = enrol(&world);
		world.meanwhile = harm->harm;
		wrong_code(&device, wrong);
		assert_unusable(harm, &world,
		    SPEAK(&world, { .text = wrong },
			{ .text = wrong, .how = HOW_MEANWHILE },
			{ .text = wrong }));
		world_remove(&world);
	}
}

/* What cannot be a code is refused before the store is asked at all. */
static void
not_a_code_needs_no_store(void **state)
{
	static const char *const answer[] = { "correct horse", "12345", "" };

	(void)state;
	for (size_t i = 0; i < LEN(answer); i++) {
		struct world world;

		world_make(&world, "[default]\ntries = 1\n");
		enrol(&world);
		world.meanwhile = empty_record;
		assert_int_equal(PAM_AUTH_ERR,
		    SPEAK(&world, { .text = answer[i], .how = HOW_MEANWHILE }));
		world_remove(&world);
	}
}

static void
no_record(struct world *world)
{
	char path[PATH_MAX + 512];

	record_path(world, path);
	assert_int_equal(0, unlink(path));
}

/* Who was asked once does not pass unasked, whatever has become of them. */
static void
removed_meanwhile(void **state)
{
	struct device_info device;
	struct world world;
	char code[16];

	(void)state;
	world_make(&world, "[default]\nunenrolled = allow\n");
	device = enrol(&world);
	code_of(&device, 0, code);
	world.meanwhile = no_record;
	assert_int_equal(PAM_AUTH_ERR,
	    SPEAK(&world, { .text = code, .how = HOW_MEANWHILE },
		{ .text = code }, { .text = code }));
	assert_int_equal(3, world.n_prompts);
	world_remove(&world);
}

static void
bad_configuration(void **state)
{
	static const struct {
		const char *what, *conf, *log;
	} row[] = {
		{ "unknown key", "[default]\ntires = 3\n", ":5: " },
		{ "bad value", "\n[default]\ntries = many\n", ":6: " },
		{ "twice", "[default]\ntries = 1\ntries = 1\n", ":6: " },
		{ "no key", "hello\n", ":4: " },
		{ "unknown scenario", "", NULL },
	};
	struct world world;
	char place[2 * PATH_MAX];

	(void)state;
	world_make(&world, "");
	for (size_t i = 0; i < LEN(row); i++) {
		print_message("  %s\n", row[i].what);
		world_configure(&world, row[i].conf);
		world.arguments = row[i].log == NULL ? "scenario=none" : NULL;
		assert_int_equal(PAM_SERVICE_ERR, LOGIN(&world, "123456"));
		assert_int_equal(0, world.n_prompts);
		assert_true(told(&world, PAM_ERROR_MSG, UNAVAILABLE));
		assert_true(
		    logged(&world, "result=error reason=configuration"));
		assert_int_equal(row[i].log == NULL,
		    logged(&world, "(scenario=)"));
		if (row[i].log == NULL)
			continue;
		snprintf(place, sizeof(place), "%s%s", world.conf, row[i].log);
		assert_true(logged(&world, place));
	}

	/* One that is not there is not the defaults, which let pass. */
	world.arguments = NULL;
	world_configure(&world, "[default]\nunenrolled = deny\n");
	assert_int_equal(0, unlink(world.conf));
	assert_int_equal(PAM_SERVICE_ERR, LOGIN(&world, "123456"));
	assert_int_equal(0, world.n_prompts);
	snprintf(place, sizeof(place), "%s: is not there", world.conf);
	assert_true(logged(&world, place));

	/* A file that others may write to is nobody's word. */
	world.arguments = NULL;
	world_configure(&world, "");
	assert_int_equal(IGNORED, LOGIN(&world, "123456"));
	assert_int_equal(0, chmod(world.conf, 0666));
	assert_int_equal(PAM_SERVICE_ERR, LOGIN(&world, "123456"));
	world_remove(&world);
}

static void
bad_arguments(void **state)
{
	static const char *const argument[] = { "nullok", "debug debug",
		"scenario=", "scenario", "scenario=a scenario=b", "conf=/x",
		"Debug", "debug=1", "=", "use_first_pass" };
	static const char *const path[] = { "conf=", "conf=pam_otp.conf",
		"conf=./x", "conf" };
	struct world world;

	(void)state;
	world_make(&world, "");
	for (size_t i = 0; i < LEN(argument) + LEN(path); i++) {
		bool whole = i >= LEN(argument);

		world.no_conf_argument = whole;
		world.arguments = whole ? path[i - LEN(argument)] : argument[i];
		print_message("  %s\n", world.arguments);
		assert_int_equal(PAM_SERVICE_ERR, LOGIN(&world, "123456"));
		assert_int_equal(0, world.n_prompts);
		assert_true(logged(&world, "not an argument of pam_otp.so"));
		assert_true(told(&world, PAM_ERROR_MSG, UNAVAILABLE));
	}
	world.flags = (int)PAM_SILENT;
	assert_int_equal(PAM_SERVICE_ERR, LOGIN(&world, "123456"));
	assert_int_equal(0, world.n_talk);
	world_remove(&world);
}

static void
bad_conversations(void **state)
{
	static const struct {
		const char *what;
		enum how how;
		int expect;
	} row[] = {
		{ "no responses", HOW_NO_ARRAY, PAM_CONV_ERR },
		{ "an error", HOW_FAIL, PAM_CONV_ERR },
		{ "another error", HOW_ABORT, PAM_CONV_ERR },
		{ "no text", HOW_NO_TEXT, PAM_SUCCESS },
		{ "too many responses", HOW_EXTRA, PAM_SUCCESS },
		{ "another user", HOW_OTHER_USER, PAM_AUTH_ERR },
	};
	struct world world;
	struct status status;
	char code[16];

	(void)state;
	for (size_t i = 0; i < LEN(row); i++) {
		struct device_info device;

		print_message("  %s\n", row[i].what);
		world_make(&world, "[default]\ntries = 2\n");
		device = enrol(&world);
		code_of(&device, 0, code);
		assert_int_equal(row[i].expect,
		    SPEAK(&world, { .text = code, .how = row[i].how },
			{ .text = code }));
		world_status(&world, &status);
		assert_int_equal(0, status.lane[LANE_LOGIN].row);
		world_remove(&world);
	}
	world_make(&world, "[default]\nunenrolled = deny\n");
	world.no_conversation = true;
	assert_int_equal(PAM_CONV_ERR, LOGIN(&world, code));
	world_remove(&world);
}

static int
mute(int n, const struct pam_message **messages, struct pam_response **resp,
    void *data)
{
	(void)n;
	(void)messages;
	(void)resp;
	(void)data;
	fail_msg("nothing is to be asked here");
	return PAM_CONV_ERR;
}

/* No opinion anywhere else; setcred succeeds. */
static void
other_functions(void **state)
{
	static const struct pam_conv conv = { .conv = mute };
	static const char *const kind[] = { "auth", "account", "session",
		"password" };
	pam_handle_t *pamh;
	struct world world;
	char path[PATH_MAX], text[2 * PATH_MAX];
	FILE *file;

	(void)state;
	world_make(&world, "");
	snprintf(path, sizeof(path), "%s/pam/all", world.dir);
	file = fopen(path, "we");
	assert_non_null(file);
	for (size_t i = 0; i < LEN(kind); i++)
		fprintf(file, "%s required %s\n", kind[i], harness_module());
	assert_int_equal(0, fclose(file));
	snprintf(text, sizeof(text), "%s/pam", world.dir);
	assert_int_equal(PAM_SUCCESS,
	    pam_start_confdir("all", world.user, &conv, text, &pamh));
	assert_int_equal(PAM_SUCCESS, pam_setcred(pamh, PAM_ESTABLISH_CRED));
	assert_int_equal(PAM_SUCCESS, pam_setcred(pamh, PAM_DELETE_CRED));
	assert_int_equal(IGNORED, pam_acct_mgmt(pamh, 0));
	assert_int_equal(IGNORED, pam_open_session(pamh, 0));
	assert_int_equal(IGNORED, pam_close_session(pamh, 0));
	assert_int_equal(IGNORED, pam_chauthtok(pamh, 0));
	assert_int_equal(PAM_SUCCESS, pam_end(pamh, PAM_SUCCESS));
	world_remove(&world);
}

int
harness_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unenrolled),
		cmocka_unit_test(same_prompts_for_all),
		cmocka_unit_test(unknown_name_is_not_logged),
		cmocka_unit_test(lookup_fails),
		cmocka_unit_test(no_user),
		cmocka_unit_test(exempt),
		cmocka_unit_test(unusable),
		cmocka_unit_test(unusable_meanwhile),
		cmocka_unit_test(not_a_code_needs_no_store),
		cmocka_unit_test(removed_meanwhile),
		cmocka_unit_test(bad_configuration),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(bad_conversations),
		cmocka_unit_test(other_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	return harness_main(argc, argv);
}
