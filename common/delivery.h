/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of the delivery program, as text of fields.h on its standard
 * input; and the one line that it answers with.
 *
 * Everything that it needs stands in the request, secrets too: it can read
 * neither configuration nor store.
 *
 *	ok\n                    it was sent
 *	ok ADDRESS ...\n        looked up; "ok\n" alone: there is none
 *	failed SENTENCE\n       it was not, and why, for the log
 */
#ifndef COMMON_DELIVERY_H
#define COMMON_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "policy.h"

#define DELIVERY_REQUEST_MAX 16384
#define DELIVERY_REPLY_MAX 2048
#define DELIVERY_TEXT_MAX 2048
#define DELIVERY_SECRET_MAX 512

enum delivery_kind {
	DELIVERY_NONE = 0,
	DELIVERY_MAIL = 1,   /* SMTP */
	DELIVERY_HTTP = 2,   /* a gateway */
	DELIVERY_LOOKUP = 3, /* what "source" says: ldap: or exec: */
};

/* Texts are empty where they are not wanted. */
struct delivery {
	enum delivery_kind kind;
	uint32_t seconds; /* to the end, at most POLICY_SECONDS_MAX */
	bool later;       /* nobody waits: it logs why it failed */
	char source[POLICY_SOURCE_MAX + 1];
	char account[257];          /* whose address: LOOKUP */
	enum policy_method channel; /* METHOD_EMAIL or _SMS: LOOKUP */

	char server[POLICY_URL_MAX + 1]; /* URL of server or gateway */
	char to[ADDRESS_MAX + 1], from[ADDRESS_MAX + 1];
	char user[POLICY_URL_MAX + 1]; /* also who binds: LOOKUP */
	char password[DELIVERY_SECRET_MAX + 1];
	char ca_file[POLICY_URL_MAX + 1];
	char client_cert[POLICY_URL_MAX + 1], client_key[POLICY_URL_MAX + 1];
	char helo[256];
	char subject[256];
	char text[DELIVERY_TEXT_MAX + 1]; /* with line ends; sent as base64 */

	/* HTTP. */
	char method[8], format[8], auth[8];
	char body[POLICY_BODY_MAX + 1]; /* a template, as "server" is */
	char expect_status[POLICY_STATUSES_MAX + 1];
	char expect_reply[POLICY_REPLY_MAX + 1];
};

/* 0 and the length, or -EINVAL, and "text" is wiped: it cannot be written. */
int delivery_write(const struct delivery *delivery,
    char text[static DELIVERY_REQUEST_MAX], size_t *len)
    __attribute__((warn_unused_result));

/* 0, or -EBADMSG, and all of "delivery" is zero; it has a kind, if 0. */
int delivery_read(const char *text, size_t len, struct delivery *delivery)
    __attribute__((warn_unused_result));

#endif
