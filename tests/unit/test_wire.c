/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire.h"

/* Whatever a request can say arrives as it was said. */
static void
request_both_ways(void **state)
{
	const struct request sent = {
		.account = { .name = "alice" },
		.service = "vlock",
		.scenario = "screens",
		.rhost = "192.0.2.1",
		.answer = "123 456",
		.label = "phone",
		.new_label = "old phone",
		.kind = DEVICE_HOTP,
		.hash = OTP_SHA512,
		.digits = 8,
		.period = 300,
		.mode = PENDING_ROTATE,
		.unchecked = true,
		.recovery = true,
		.channel = METHOD_SMS,
		.choice = SEND_OFFERS,
		.address = "alice@example.org",
		.seconds = UINT32_MAX,
	};
	char text[WIRE_REQUEST_MAX];
	struct wire_request wire;
	struct request req, got;
	size_t len;

	(void)state;
	for (unsigned int verb = 0; verb < VERBS; verb++) {
		req = sent;
		req.verb = (enum verb)verb;
		assert_int_equal(0, wire_request_write(&req, text, &len));
		assert_int_equal(0, wire_request_read(text, len, &wire, &got));
		assert_int_equal(verb, got.verb);
		assert_string_equal(req.account.name, got.account.name);
		assert_string_equal(req.service, got.service);
		assert_string_equal(req.scenario, got.scenario);
		assert_string_equal(req.rhost, got.rhost);
		assert_string_equal(req.answer, got.answer);
		assert_string_equal(req.label, got.label);
		assert_string_equal(req.new_label, got.new_label);
		assert_true(req.kind == got.kind && req.hash == got.hash &&
		    req.digits == got.digits && req.period == got.period &&
		    req.mode == got.mode && req.unchecked == got.unchecked &&
		    req.recovery == got.recovery && req.seconds == got.seconds);
		assert_true(
		    req.channel == got.channel && req.choice == got.choice);
		assert_string_equal(req.address, got.address);
		/* Who asks is not for the request to say. */
		assert_int_equal(0, got.caller);
		assert_false(got.account.known);
	}
}

/* What is too long for its place is not sent, but for what a host may say. */
static void
request_too_long(void **state)
{
	char text[WIRE_REQUEST_MAX], wild[1000];
	const struct request rows[] = {
		{ .account = { .name = wild } },
		{ .service = wild },
		{ .scenario = wild },
		{ .answer = wild },
		{ .label = wild },
		{ .new_label = wild },
		{ .address = wild },
		{ .choice = 1000 },
		{ .verb = VERB_ADDRESS, .address = "" },
		{ .answer = "12\n3" },
		{ .verb = VERBS },
	};
	struct request req = { .rhost = wild };
	struct wire_request wire;
	size_t len;

	(void)state;
	memset(wild, 'x', sizeof(wild) - 1);
	wild[sizeof(wild) - 1] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(-EINVAL,
		    wire_request_write(&rows[i], text, &len));
	assert_int_equal(0, wire_request_write(&req, text, &len));
	assert_int_equal(0, wire_request_read(text, len, &wire, &req));
	assert_int_equal(RECORD_RHOST, strlen(req.rhost));
}

static const struct row {
	const char *text;
	int error;
} rows[] = {
	{ "version=1\nverb=status\n", 0 },
	{ "version=1\nverb=status\nuser=alice\n", 0 },
	{ "", -EPROTO },
	{ "verb=status\n", -EPROTO },
	{ "verb=status\nversion=1\n", -EPROTO },
	{ "version=0\nverb=status\n", -EPROTONOSUPPORT },
	{ "version=2\nverb=status\n", -EPROTONOSUPPORT },
	{ "version=2\nwhatever", -EPROTONOSUPPORT },
	{ "version=01\nverb=status\n", -EPROTO },
	{ "version=one\nverb=status\n", -EPROTO },
	{ "version=1\n", -EPROTO },
	{ "version=1\nverb=statu\n", -EPROTO },
	{ "version=1\nverb=status", -EPROTO },
	{ "version=1\nverb=status\nverb=status\n", -EPROTO },
	{ "version=1\nverb=status\nversion=1\n", -EPROTO },
	{ "version=1\nverb=status\ncaller=0\n", -EPROTO },
	{ "version=1\nverb=status\nuid=0\n", -EPROTO },
	{ "version=1\nverb=status\nlane=0\n", -EPROTO },
	{ "version=1\nverb=status\n\n", -EPROTO },
	{ "version=1\nverb=sta\x01tus\n", -EPROTO },
	{ "version=1\nverb=statusstatusstatus\n", -EPROTO },
	{ "version=1\nverb=enrol\ndigits=-6\n", -EPROTO },
	{ "version=1\nverb=enrol\ndigits=1000\n", -EPROTO },
	{ "version=1\nverb=enrol\nunchecked=2\n", -EPROTO },
	{ "version=1\nverb=answer\ntold=1\n", -EPROTO },
};

static void
requests_from_outside(void **state)
{
	struct wire_request wire;
	struct request req;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = wire_request_read(rows[i].text, strlen(rows[i].text),
		    &wire, &req);

		if (r != rows[i].error)
			fail_msg("row %zu: %d", i, r);
	}
}

/* A reply in which every member says something. */
static void
fill(struct reply *reply)
{
	*reply = (struct reply){
		.verdict = VERDICT_ACCEPT,
		.pass = true,
		.outcome = { .verdict = VERDICT_ACCEPT,
		    .method = METHOD_RECOVERY,
		    .wait = 3600,
		    .recovery_left = 7 },
		.ahead = 43,
		.behind = 86400,
		.otp = { OTP_SHA512, 8, { .len = 64 } },
		.n_codes = RECORD_RECOVERY,
		.ticket = "ABCD-EFGH-JKMN-PQRS",
		.ticket_until = 1795262415,
	};
	reply->challenge = (struct challenge){ .enrolled = true,
		.methods = 7,
		.barriers = 15,
		.wait = 30,
		.recovery_left = 7,
		.sent = METHOD_EMAIL,
		.sent_at = 1795262415,
		.send_only = true,
		.missed = { 3, 2, 1795262415, "192.0.2.1" } };
	reply->send = (struct send_reply){ .result = SEND_FAILED,
		.wait = 60,
		.n_offers = SEND_OFFERS };
	for (size_t i = 0; i < SEND_OFFERS; i++)
		snprintf(reply->send.offer[i].masked,
		    sizeof(reply->send.offer[i].masked), "%zu***@example.org",
		    i);
	memset(reply->otp.secret.bytes, 0xa5, 64);
	for (size_t i = 0; i < RECORD_RECOVERY; i++)
		snprintf(reply->code[i], sizeof(reply->code[i]),
		    "ABCD-EFGH-JKMN-%04zu", i);
	for (size_t i = 0; i < RECORD_CHANGES; i++)
		reply->challenge.change[i] = (struct change){ i + 1, 1795262415,
			CHANGE_DEVICE_LOCKED, "phone" };
	reply->status = (struct status){
		.enrolled = true,
		.locked = LOCK_ROOT,
		.locked_at = 1795262415,
		.n_devices = RECORD_DEVICES,
		.recovery_left = 7,
		.recovery_created = 1795262415,
		.missed = { 1, 1, 1795262415, "host" },
		.pending_until = 1795262415,
		.pending_set_until = 1795262415,
		.pending_mode = PENDING_ROTATE,
		.pending_label = "new",
		.ticket_until = 1795262415,
		.email = "a***e@example.org",
		.phone = "+44 *** 23",
		.pending_address_until = 1795262415,
		.channels = METHODS_SENT,
		.enroll = SELF_ENROLL_OPEN,
		.self_lock = true,
	};
	for (size_t i = 0; i < RECORD_DEVICES; i++)
		reply->status.device[i] = (struct device_status){
			.label = "phone",
			.kind = DEVICE_HOTP,
			.hash = OTP_SHA256,
			.digits = 8,
			.period = 300,
			.off = true,
			.created = 1795262415,
			.used = 1795262415,
		};
	for (size_t i = 0; i < LANES; i++)
		reply->status.lane[i] =
		    (struct lane_status){ true, 20, 50, 3600 };
}

/* Written, read, and written again it is the same text. */
static void
reply_both_ways(void **state)
{
	struct reply sent, got;
	char text[WIRE_REPLY_MAX], again[WIRE_REPLY_MAX];
	size_t len, len_again;

	(void)state;
	fill(&sent);
	assert_int_equal(0, wire_reply_write(0, &sent, text, &len));
	assert_int_equal(0, wire_reply_read(text, len, &got));
	assert_int_equal(0, wire_reply_write(0, &got, again, &len_again));
	assert_int_equal(len, len_again);
	assert_memory_equal(text, again, len);
	/* Some, so that it is not the same nothing both times. */
	assert_int_equal(VERDICT_ACCEPT, got.verdict);
	assert_int_equal(VERDICT_ACCEPT, got.outcome.verdict);
	assert_memory_equal(&sent.otp, &got.otp, sizeof(sent.otp));
	assert_memory_equal(sent.code, got.code, sizeof(sent.code));
	assert_memory_equal(&sent.status, &got.status, sizeof(sent.status));
	assert_memory_equal(&sent.send, &got.send, sizeof(sent.send));
	assert_memory_equal(&sent.challenge, &got.challenge,
	    sizeof(sent.challenge));
	assert_string_equal("phone", got.challenge.change[3].label);
	assert_string_equal("enrolled", got.reason);
}

/* Every verdict has a word of its own, and nothing but one is a yes. */
static void
verdicts(void **state)
{
	static const enum verdict all[] = { VERDICT_DENY, VERDICT_MALFORMED,
		VERDICT_REPLAY, VERDICT_WAIT, VERDICT_OFF, VERDICT_UNUSABLE,
		VERDICT_ACCEPT };
	char text[WIRE_REPLY_MAX];
	struct reply sent = { 0 }, got;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		sent.verdict = all[i];
		assert_int_equal(0, wire_reply_write(0, &sent, text, &len));
		assert_int_equal(0, wire_reply_read(text, len, &got));
		assert_int_equal(all[i], got.verdict);
	}
}

static void
errors(void **state)
{
	static const int all[] = { -EACCES, -EBUSY, -EINVAL, -ENOENT, -EEXIST,
		-EDEADLK, -ENOMEDIUM, -ESTALE, -EBADMSG, -ENOKEY, -EIO };
	char text[WIRE_REPLY_MAX];
	struct reply reply;
	size_t len;

	(void)state;
	fill(&reply);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		assert_int_equal(0,
		    wire_reply_write(all[i], &reply, text, &len));
		/* With an error goes nothing else. */
		assert_null(memmem(text, len, "verdict", 7));
		assert_null(memmem(text, len, "ABCD", 4));
		assert_int_equal(all[i], wire_reply_read(text, len, &reply));
		fill(&reply);
	}
}

static void
replies_from_outside(void **state)
{
	static const struct row bad[] = {
		{ "", -EPROTO },
		{ "version=1\n", -EPROTO },
		{ "version=2\nverdict=accepted\n", -EPROTO },
		{ "verdict=accepted\n", -EPROTO },
		{ "version=1\nverdict=yes\n", -EPROTO },
		{ "version=1\nverdict=\n", -EPROTO },
		{ "version=1\npass=1\nverdict=accepted\n", -EPROTO },
		{ "version=1\nverdict=accepted\ncodes=11\n", -EPROTO },
		{ "version=1\nverdict=accepted\nstatus.devices=6\n", -EPROTO },
		{ "version=1\nverdict=wrong\nsend.offers=9\n", -EPROTO },
		{ "version=1\nverdict=wrong\nsend.result=7\n", -EPROTO },
		{ "version=1\nverdict=accepted\ncode.9.text=a\ncode.9.text=a\n",
		    -EPROTO },
		{ "version=1\nverdict=accepted\nx=1\n", -EPROTO },
		{ "version=1\nverdict=accepted\npass=1", -EPROTO },
		{ "version=1\nerror=ENOSUCHTHING\n", -EIO },
		{ "version=1\nerror=\n", -EIO },
		{ "version=1\nerror=0\n", -EIO },
	};
	const struct reply zero = { 0 };
	struct reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fill(&reply);
		assert_int_equal(bad[i].error,
		    wire_reply_read(bad[i].text, strlen(bad[i].text), &reply));
		assert_memory_equal(&zero, &reply, sizeof(reply));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_both_ways),
		cmocka_unit_test(request_too_long),
		cmocka_unit_test(requests_from_outside),
		cmocka_unit_test(reply_both_ways),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(errors),
		cmocka_unit_test(replies_from_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
