/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the core share: a policy, a user, and codes that other
 * implementations made of the RFCs' test key, "12345678901234567890".
 */
#ifndef TESTS_UNIT_CORE_H
#define TESTS_UNIT_CORE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/decide.h"
#include "common/enrolment.h"
#include "common/sent.h"
#include "common/throttle.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/*
 * RFC 6238 gives 69279037 for 2000000000; the others are oathtool's:
 *	oathtool --totp --now @$((STEP * 30)) KEY_IN_HEX
 */
#define STEP UINT64_C(66666666)
#define START (STEP * 30) /* its first second */
#define END (START + 29)  /* and its last */
#define CODE "279037"
#define CODE_BEFORE "940678" /* STEP - 1 */
#define CODE_AFTER "637009"  /* STEP + 1 */
#define CODE_AFTER2 "353674" /* STEP + 2 */

static const struct policy policy = {
	.methods = METHOD_TOTP | METHOD_HOTP | METHOD_RECOVERY,
	.window = 1,
	.throttle = { .wait_after = 5,
	    .wait_first = 30,
	    .wait_max = 3600,
	    .off_after = 20,
	    .budget = 50 },
};

static inline struct device
make_totp(void)
{
	struct device dev = { .label = "phone",
		.kind = DEVICE_TOTP,
		.otp = { OTP_SHA1, 6, { .len = 20 } },
		.period = 30,
		.created = START - 86400 };

	memcpy(dev.otp.secret.bytes, "12345678901234567890", 20);
	return dev;
}

static inline struct device
make_hotp(uint64_t counter)
{
	struct device dev = make_totp();

	dev.kind = DEVICE_HOTP;
	dev.period = 0;
	dev.counter = counter;
	return dev;
}

/*
 * A set whose first and last codes are known; the hashes are python's:
 *	hashlib.pbkdf2_hmac('sha256', CODE, bytes(range(16)), 10000)
 */
#define RECOVERY_FIRST "0123-4567-89AB-CDEF"
#define RECOVERY_LAST "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
#define RECOVERY_NONE "0000-0000-0000-00A0"

static inline void
from_hex(const char *hex, uint8_t *out)
{
	for (; *hex != '\0'; hex += 2) {
		const char two[3] = { hex[0], hex[1], '\0' };

		*out++ = (uint8_t)strtoul(two, NULL, 16);
	}
}

static inline struct recovery_set
make_set(void)
{
	struct recovery_set set = { .created = START - 86400 };

	for (size_t i = 0; i < sizeof(set.salt); i++)
		set.salt[i] = (uint8_t)i;
	for (size_t i = 0; i < RECORD_RECOVERY; i++)
		memset(set.hash[i], (int)i + 1, sizeof(set.hash[i]));
	from_hex("39cabbd5fd54874fab3fa6fa3e8ff1fc"
		 "e4d11c6aef699c995fbe2cb9ab8db3bc",
	    set.hash[0]);
	from_hex("2029a86dc6853e44f340b372b780ae74"
		 "d835cd00ee407f34c75ac25da21e945f",
	    set.hash[RECORD_RECOVERY - 1]);
	return set;
}

/*
 * A code that was sent a minute ago for the scenario "ssh", and a policy that
 * takes it; from the same place, and hashlib.sha256(b'ssh').
 */
#define SENT_CODE "12345678"
#define SENT_WRONG "12345679"
#define SENT_AT (START - 60)

static inline struct sent
make_sent(void)
{
	struct sent sent = { .times = { SENT_AT }, .method = METHOD_EMAIL };

	for (size_t i = 0; i < sizeof(sent.salt); i++)
		sent.salt[i] = (uint8_t)i;
	from_hex("7f5a55cf3f88be93", sent.bound);
	from_hex("81c5273881679d938f0829f377eb158b", sent.hash);
	return sent;
}

static inline struct policy
make_sends(void)
{
	struct policy pol = policy;

	memcpy(pol.scenario, "ssh", sizeof("ssh"));
	pol.methods |= METHODS_SENT;
	pol.channels = METHODS_SENT;
	pol.sent = (struct policy_sent){ .length = 8,
		.minutes = 10,
		.tries = 3,
		.resend_after = 60,
		.resend_max = 3 };
	return pol;
}

static inline struct record
make_record(void)
{
	return (struct record){ .uid = 1000,
		.created = START - 86400,
		.device = { make_totp() },
		.recovery = make_set() };
}

#endif
