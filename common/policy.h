/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What holds for this login: a pure function of the configuration and the
 * facts of the login.
 *
 * [default] comes first, then every section whose matching keys ("service")
 * fit the facts, from the top; later ones override earlier ones key by key.
 * Zero in every member is the strict reading: a policy that was never set
 * lets nobody pass.
 */
#ifndef COMMON_POLICY_H
#define COMMON_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"

#define POLICY_CONF "/etc/security/pam_otp.conf"
#define POLICY_NAME_MAX 64
#define POLICY_PROMPT_MAX 128
#define POLICY_ISSUER_MAX 64
#define POLICY_PREFIX_MAX 16
#define POLICY_URL_MAX 512
#define POLICY_SOURCE_MAX 512
#define POLICY_BODY_MAX 1024
#define POLICY_STATUSES_MAX 63
#define POLICY_REPLY_MAX 127
#define POLICY_SECONDS_MAX 60
#define POLICY_SECRETS "/etc/security/pam_otp.secrets"

/* What may be answered with; a set of bits. */
enum policy_method {
	METHOD_TOTP = 1 << 0,
	METHOD_HOTP = 1 << 1,
	METHOD_RECOVERY = 1 << 2,
	METHOD_EMAIL = 1 << 3, /* a code that was sent */
	METHOD_SMS = 1 << 4,
};

#define METHODS_SENT (METHOD_EMAIL | METHOD_SMS)

enum policy_unenrolled {
	UNENROLLED_DENY = 0,
	UNENROLLED_ALLOW, /* as if the module were not there */
};

/* What users who have nothing need in order to enrol themselves. */
enum policy_self_enroll {
	SELF_ENROLL_OFF = 0, /* an administrator has to do it */
	SELF_ENROLL_TICKET,  /* a ticket of an administrator's */
	SELF_ENROLL_OPEN,    /* nothing: their login is enough */
	SELF_ENROLL_AUTO,    /* in the file alone: see policy_apply() */
};

/* The numbers of the throttle; throttle.h says what they mean. */
struct policy_throttle {
	uint32_t wait_after;           /* the last brings the first wait */
	uint32_t wait_first, wait_max; /* seconds */
	uint32_t off_after;            /* in a row */
	uint32_t budget;               /* in 30 days, whatever succeeds */
};

/* What codes that are sent are made of. */
enum policy_alphabet {
	ALPHABET_DIGITS = 0,
	ALPHABET_LETTERS, /* Crockford's, which look like nothing else */
	ALPHABET_BOTH,
};

/* Codes that are sent; sent.h says what the numbers mean. */
struct policy_sent {
	uint32_t length;
	enum policy_alphabet alphabet;
	char prefix[POLICY_PREFIX_MAX + 1]; /* shown; typing it is optional */
	uint32_t minutes;                   /* that it is valid */
	uint32_t tries;
	uint32_t resend_after; /* seconds */
	uint32_t resend_max;   /* in 15 minutes */
	bool confirm;          /* the address has to be typed in full */
};

/* What its owner is told of by mail; a later one includes the earlier. */
enum policy_notify {
	NOTIFY_NONE = 0,
	NOTIFY_CHANGES, /* what was made or taken away; failures in a row */
	NOTIFY_ALL,     /* and new labels and locks */
};

struct policy {
	char scenario[POLICY_NAME_MAX + 1]; /* the last section applied */
	unsigned int methods;
	enum policy_unenrolled unenrolled;
	enum policy_self_enroll self_enroll;
	bool self_lock; /* users may lock what is theirs without a code */
	bool exempt;
	bool echo;
	uint32_t tries;
	uint32_t window; /* steps accepted either side of now */
	struct policy_throttle throttle;
	struct policy_sent sent;
	enum policy_notify notify;

	/*
	 * METHOD_ bits, not of this login alone: channels that a server is
	 * configured for, and of these the ones whose addresses may stand
	 * elsewhere than in the record.
	 */
	unsigned int channels, elsewhere;
	char prompt[POLICY_PROMPT_MAX + 1];
	char issuer[POLICY_ISSUER_MAX + 1]; /* empty: the host's name */
};

/* Where the records are.  The texts are constants, or belong to the conf. */
struct policy_store {
	const char *path, *key;
	const char *socket; /* of those who may not open them */
};

/*
 * The sections that are no scenarios: texts are constants, or belong to the
 * conf; one that was not given is "".
 */

struct policy_email {
	const char *server; /* smtp:// or smtps://; "": there is none */
	const char *from, *helo, *user;
	const char *ca_file, *client_cert, *client_key;
	const char *subject, *text; /* templates of template.h */
	const char *sources;        /* "email-from": of sources.h */
};

struct policy_sms {
	const char *preset; /* what it says is in the others already */
	const char *url;    /* https://, or http:// to loopback; "": none */
	const char *user, *from, *ca_file;
	const char *method, *format, *body, *auth; /* see delivery.h */
	const char *expect_status, *expect_reply;
	const char *text;    /* a template of template.h */
	const char *sources; /* "sms-from" */
};

struct policy_ldap {
	const char *user; /* who binds; "" binds as nobody */
	const char *ca_file;
};

/* [send]: how the delivery program is reached. */
struct policy_send {
	const char *program, *socket, *secrets;
	uint32_t seconds;
};

/* All of them. */
struct policy_delivery {
	struct policy_send send;
	struct policy_email email;
	struct policy_sms sms;
	struct policy_ldap ldap;
};

/* What is known of a login. */
struct policy_facts {
	const char *service;  /* NULL: unknown, matches no section */
	const char *scenario; /* NULL, or the one section to apply */
};

/*
 * Judge every section and key of "conf", whether it applies to anybody or
 * not; every scenario's numbers together with those of [default]; and whether
 * what it takes to send a code is all there, where "methods" lists one.  0, and
 * "base" is what [default] says; or -EINVAL when at least one fault was
 * reported, and "base" is all zero.
 */
int policy_check(const struct conf *conf, conf_fault_fn *fault, void *arg,
    struct policy *base) __attribute__((warn_unused_result));

/* What [store] says of a "conf" that policy_check() passed. */
void policy_store(const struct conf *conf, struct policy_store *store);

/*
 * The same for [email], [sms], [ldap] and [send]; a preset of [sms] has been
 * put in where the section itself says nothing.
 */
void policy_delivery(const struct conf *conf, struct policy_delivery *delivery);

/*
 * What holds for "facts" under a "conf" that policy_check() passed, "base"
 * being what it made of it.  Where two scenarios, each right by itself, make
 * numbers that do not go together (a longest wait below the first one), the
 * lower one is lifted: nobody is to find that out at a login.
 * "self-enroll = auto" becomes OPEN if no section at all denies the unenrolled,
 * else TICKET: a password alone must not be enough to make the factor that is
 * asked for beside it.
 * 0; -ENOENT: "facts" names a scenario that is not there; -EINVAL: "conf" was
 * not checked.  "policy" is all zero unless the result is 0.
 */
int policy_apply(const struct conf *conf, const struct policy *base,
    const struct policy_facts *facts, struct policy *policy)
    __attribute__((warn_unused_result));

/* The table of keys, for those that document or print it. */
struct policy_key_info {
	/*
	 * "default": in [default] and in scenarios; "scenario": in scenarios
	 * alone, as keys to match by are; "store", "email" and so on: in the
	 * section of that name alone.  A key of another section may have the
	 * same name.
	 */
	const char *section;
	const char *key, *range, *value, *meaning;
};

/* Row "i" of it, "value" being the default; false after the last. */
bool policy_key(size_t i, struct policy_key_info *info);

#endif
