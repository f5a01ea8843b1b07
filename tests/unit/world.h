/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the authority share: one over a real store, in a directory
 * of the test's own.  The caller is a number in the request, so that root and
 * the owner of a record are both played by whoever runs this.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "core.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/authority.h"
#include "common/store.h"

#define OWNER 1000
#define ROOT 0
#define WRONG "000000"
#define LATER 900 /* seconds until what waits is over */

static const struct store_account alice = { "alice", OWNER };

struct world {
	char dir[PATH_MAX / 4], conf[PATH_MAX / 2], path[PATH_MAX / 2],
	    key[PATH_MAX / 2];
	struct authority *authority;
	struct store *store; /* to look behind it */
	struct reply reply;  /* the last one, for who keeps it here */
};

static inline void
no_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, what);
}

/* What the configuration says where a test does not say otherwise. */
#define SCENARIOS                                                              \
	"[default]\n"                                                          \
	"self-enroll = open\n"                                                 \
	"[open]\n"                                                             \
	"unenrolled = allow\n"                                                 \
	"[strict]\n"                                                           \
	"unenrolled = deny\n"                                                  \
	"[free]\n"                                                             \
	"exempt = yes\n"                                                       \
	"[codes]\n"                                                            \
	"methods = recovery\n"

/* From now on the configuration is [store], and this. */
static inline void
configure(struct world *at, const char *text)
{
	FILE *file = fopen(at->conf, "w");

	assert_non_null(file);
	fprintf(file, "[store]\npath = %s\nkey = %s\n%s", at->path, at->key,
	    text);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(at->conf, 0600));
	authority_close(&at->authority);
	assert_int_equal(0,
	    authority_open(at->conf, no_fault, NULL, &at->authority));
}

static inline int
set_up(void **state)
{
	struct world *at = calloc(1, sizeof(*at));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(at);
	snprintf(at->dir, sizeof(at->dir), "%s/pam_otp-authority.XXXXXX",
	    tmp != NULL ? tmp : "/var/tmp");
	if (mkdtemp(at->dir) == NULL)
		return -1;
	snprintf(at->conf, sizeof(at->conf), "%s/conf", at->dir);
	snprintf(at->path, sizeof(at->path), "%s/store", at->dir);
	snprintf(at->key, sizeof(at->key), "%s/key", at->dir);
	*state = at;
	configure(at, SCENARIOS);
	return authority_init(at->authority) == 0 &&
		store_open(at->path, at->key, &at->store) == 0
	    ? 0
	    : -1;
}

static inline int
tear_down(void **state)
{
	struct world *at = *state;
	char command[PATH_MAX];

	authority_close(&at->authority);
	assert_null(at->authority);
	authority_close(&at->authority);
	store_close(&at->store);
	snprintf(command, sizeof(command), "rm -rf '%s'", at->dir);
	free(at);
	return system(command);
}

/* What there is of alice before a question. */
enum state {
	NOTHING,
	PENDING, /* a device that waits for its first code, and no other */
	ENROLLED,
};

static inline void
put(const struct world *at, enum state state)
{
	struct record rec = make_record();
	int r = store_remove(at->store, alice.name);

	assert_true(r == 0 || r == -ENOENT);
	if (state == NOTHING)
		return;
	if (state == PENDING) {
		rec = (struct record){ .uid = OWNER, .created = START };
		rec.pending = (struct pending){ .until = START + LATER,
			.device = make_totp() };
	}
	assert_int_equal(0, store_create(at->store, &alice, &rec));
}

static inline struct record
get(const struct world *at)
{
	const struct store_account any = { "alice", STORE_ANY_UID };
	struct record rec;

	assert_int_equal(0, store_read(at->store, &any, &rec));
	return rec;
}

static inline struct request
request_of(enum verb verb, uid_t caller)
{
	return (struct request){
		.verb = verb,
		.caller = caller,
		.account = { "alice", OWNER, true },
		.now = START,
		.label = "tablet",
		.kind = DEVICE_TOTP,
		.hash = OTP_SHA1,
		.digits = 6,
		.period = 30,
	};
}

/* Ask; an error comes with a reply that says nothing whatever. */
static inline int
ask(const struct world *at, const struct request *request, struct reply *reply)
{
	static const struct reply zero;
	int r;

	memset(reply, 0xa5, sizeof(*reply));
	r = authority_ask(at->authority, request, reply);
	if (r < 0)
		assert_memory_equal(&zero, reply, sizeof(zero));
	return r;
}

static inline struct reply
must(const struct world *at, const struct request *request)
{
	struct reply reply;

	assert_int_equal(0, ask(at, request, &reply));
	return reply;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
