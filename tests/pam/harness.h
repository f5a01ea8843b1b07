/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built module in a world of its own: libpam reads a service file in a new
 * directory, where configuration, store and key are too, and a script answers
 * the prompts.  Works for any user, who is the one that logs in.
 *
 * The program's own syslog(), time() and getpwnam_r() take the place of libc's
 * in the module too, as for every shared object.
 */
#ifndef TESTS_PAM_HARNESS_H
#define TESTS_PAM_HARNESS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <security/pam_appl.h>

#include "common/authority.h"

#define TALK_MAX 32
#define SAY_MAX 16
#define LOG_MAX 64
#define NOW UINT64_C(1795262415) /* 2026-11-21 12:00:15 UTC */

/*
 * What libpam makes of PAM_IGNORE where nobody else has an opinion; the module
 * itself never says it.
 */
#define IGNORED PAM_PERM_DENIED

/* How the host answers a prompt. */
enum how {
	HOW_TEXT = 0,
	HOW_NO_TEXT,    /* a response with resp NULL */
	HOW_NO_ARRAY,   /* PAM_SUCCESS and no responses */
	HOW_FAIL,       /* PAM_CONV_ERR */
	HOW_ABORT,      /* another code than the documented ones */
	HOW_EXTRA,      /* more responses than were asked for */
	HOW_OTHER_USER, /* changes PAM_USER meanwhile */
	HOW_MEANWHILE,  /* world->meanwhile() happens before the answer */
};

struct say {
	const char *text;
	enum how how;
	uint64_t pass; /* seconds that go by before the answer */
};

struct device_info {
	char label[RECORD_LABEL + 1];
	enum device_kind kind;
	struct otp_params otp;
	uint32_t period;
	uint64_t counter; /* HOTP: of the next code */
};

struct world {
	char dir[64], conf[PATH_MAX], store[PATH_MAX], key[PATH_MAX];
	char user[256];

	/* May be set before a login. */
	const char *login_as; /* NULL: user */
	const char *rhost, *tty;
	const char *arguments; /* after conf=; NULL: none */
	bool no_conf_argument, with_password, no_conversation;
	bool blind; /* statements get an answer too, as sshd gives one */
	int flags;
	void (*meanwhile)(struct world *world);

	/* What the last login has shown. */
	struct {
		int style;
		char text[1024];
	} talk[TALK_MAX];
	size_t n_talk, n_prompts;
	char log[LOG_MAX][1200];
	size_t n_log;

	/* The script, and how far it was spoken. */
	const struct say *script;
	size_t n_script, n_said;
	pam_handle_t *pamh;
};

extern uint64_t clock_now;
extern int lookup_error; /* if not 0, what getpwnam_r() gives */

/* The main() of a test program: its argument is the built .so. */
int harness_main(int argc, char **argv);

const char *harness_module(void);

/* The tests of the program, to be run by harness_main(). */
int harness_tests(void);

/* A store, its key, and a configuration that says "text" besides. */
void world_make(struct world *world, const char *text);
void world_configure(struct world *world, const char *text);
void world_remove(struct world *world);

/* Enrol the user; the codes are recovery codes, if not NULL. */
void world_enrol(struct world *world, struct device_info *device, bool add,
    char codes[RECORD_RECOVERY][CODE_RECOVERY_SIZE]);

/* Ask the authority about the user, as root does. */
void world_ask(const struct world *world, struct request *request,
    struct reply *reply);

/* Wrong answers that come in by another login. */
void world_guess(const struct world *world, const char *answer, size_t n);

/* The user wants no second factor any more. */
void world_disable(const struct world *world);

/* What the authority has to say of the user. */
void world_status(const struct world *world, struct status *status);

/* The code of a device, by oathtool: "step" periods from now, or HOTP. */
const char *code_of(const struct device_info *device, int64_t step,
    char out[static 16]);

/* A code of six digits that is right nowhere near. */
const char *wrong_code(const struct device_info *device, char out[static 16]);

/*
 * pam_start_confdir() to pam_end(); the result of pam_authenticate().  Fails
 * the test if the host was changed by it, or if the log is not as it must be.
 */
int login_run(struct world *world, const struct say *script, size_t n);

/* The same, with "n" answers and nothing else to say. */
int login_with(struct world *world, const char *const *answers, size_t n);

#define LOGIN(world, ...)                                                      \
	login_with((world), (const char *const[]){ __VA_ARGS__ },              \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))
#define SPEAK(world, ...)                                                      \
	login_run((world), (const struct say[]){ __VA_ARGS__ },                \
	    sizeof((const struct say[]){ __VA_ARGS__ }) / sizeof(struct say))

/* Does any prompt, any other message, any line of the log hold "text"? */
bool prompted(const struct world *world, const char *text);
bool told(const struct world *world, int style, const char *text);
bool logged(const struct world *world, const char *text);

/* The text of prompt "i". */
const char *prompt(const struct world *world, size_t i);

#endif
