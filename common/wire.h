/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and replies of authority.h as text, for the socket of pam_otpd.
 * enroll/PROTOCOL.md says in words what this says in tables.
 *
 * Both begin with the version.  What is not said is zero; a key that nobody
 * knows is a fault, so that nothing is done by halves.
 */
#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <stddef.h>

#include "authority.h"

#define WIRE_VERSION 1
#define WIRE_REQUEST_MAX 4096
#define WIRE_REPLY_MAX 8192

#define WIRE_NAME 256

/* A request as it comes from outside: it owns its texts, and is wiped. */
struct wire_request {
	char verb[16];
	char user[WIRE_NAME + 1]; /* empty: the caller's own account */
	char service[65], scenario[65], rhost[RECORD_RHOST + 1];
	char answer[CODE_TYPED_MAX + 2];
	char label[RECORD_LABEL + 1], new_label[RECORD_LABEL + 1];
	enum device_kind kind;
	enum otp_hash hash;
	uint32_t digits, period;
	enum pending_mode mode;
	bool unchecked, recovery;
	enum policy_method channel;
	uint32_t choice;
	char address[ADDRESS_MAX + 1];
	uint32_t seconds;
};

/*
 * 0 and the length, or -EINVAL: the request has what the wire cannot carry.
 * "text" is not NUL-terminated, and is wiped unless the result is 0.
 */
int wire_request_write(const struct request *req,
    char text[static WIRE_REQUEST_MAX], size_t *len)
    __attribute__((warn_unused_result));

/*
 * 0; -EPROTONOSUPPORT: it is of another version; -EPROTO: not a request.
 * "req" points into "wire", names the account that is asked about, if any, in
 * req->account.name, and leaves caller, lane, time and the rest of the account
 * to who serves it.
 */
int wire_request_read(const char *text, size_t len, struct wire_request *wire,
    struct request *req) __attribute__((warn_unused_result));

/*
 * "error" is what authority_ask() gave: unless it is 0, it is all there is.
 * 0 and the length; or -EINVAL, and "text" is wiped.
 */
int wire_reply_write(int error, const struct reply *reply,
    char text[static WIRE_REPLY_MAX], size_t *len)
    __attribute__((warn_unused_result));

/*
 * 0, or what the service gave instead; -EPROTO: not a reply.  "reply" is all
 * zero unless the result is 0, and never has a policy.
 */
int wire_reply_read(const char *text, size_t len, struct reply *reply)
    __attribute__((warn_unused_result));

#endif
