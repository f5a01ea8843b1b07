/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is told of what was changed. */
#include "sending.h"

#include "common/notices.h"

/* What is told to whom, by what policy says of it. */
static void
notices(void **state)
{
	static const struct {
		const char *what;
		enum verb verb;
		uid_t caller;
		const char *answer, *label;
		enum policy_notify least;
		const char *says, *how;
	} rows[] = {
		{ "removed", VERB_REMOVE, OWNER, CODE, "phone", NOTIFY_CHANGES,
		    "device 'phone' was removed", "with otp-enroll" },
		{ "removed by root", VERB_REMOVE, ROOT, NULL, "phone",
		    NOTIFY_CHANGES, "device 'phone' was removed",
		    "by an administrator" },
		{ "codes replaced", VERB_RECOVERY, OWNER, CODE, NULL,
		    NOTIFY_CHANGES, "new recovery codes", "with otp-enroll" },
		{ "a code used", VERB_ANSWER, ROOT, RECOVERY_FIRST, NULL,
		    NOTIFY_CHANGES, "recovery code was used",
		    "at a login to desk from 192.0.2.7" },
		{ "disabled", VERB_DISABLE, OWNER, CODE, NULL, NOTIFY_CHANGES,
		    "turned off", "with otp-enroll" },
		{ "reset", VERB_RESET, ROOT, NULL, NULL, NOTIFY_CHANGES,
		    "turned off", "by an administrator" },
		{ "address gone", VERB_ADDRESS, OWNER, CODE, NULL,
		    NOTIFY_CHANGES, "email address", "with otp-enroll" },
		{ "renamed", VERB_RENAME, OWNER, CODE, "phone", NOTIFY_ALL,
		    "renamed", "with otp-enroll" },
		{ "locked", VERB_LOCK, OWNER, NULL, "phone", NOTIFY_ALL,
		    "locked", "with otp-enroll" },
		{ "all locked", VERB_LOCK, OWNER, NULL, NULL, NOTIFY_ALL,
		    "locked", "with otp-enroll" },
		{ "login", VERB_ANSWER, ROOT, CODE, NULL, NOTIFY_ALL + 1, "",
		    "" },
		{ "wrong", VERB_ANSWER, ROOT, WRONG, NULL, NOTIFY_ALL + 1, "",
		    "" },
		{ "no proof", VERB_REMOVE, OWNER, WRONG, "phone",
		    NOTIFY_ALL + 1, "", "" },
	};
	static const char *const levels[] = { "none", "changes", "all" };
	struct world *at = *state;
	struct delivery got[MOST];
	char conf[1024];

	for (enum policy_notify level = 0; level <= NOTIFY_ALL; level++) {
		size_t n = 0;

		snprintf(conf, sizeof(conf),
		    MAILS TEXTS "[default]\n" METHODS "notify = %s\n",
		    levels[level]);
		set(at, conf);
		forget(at);
		for (size_t i = 0; i < N(rows); i++) {
			struct request request =
			    request_of(rows[i].verb, rows[i].caller);

			print_message("  %s: %s\n", levels[level],
			    rows[i].what);
			put_with(at, true, MAIL, NULL);
			request.service = "desk";
			request.rhost = "192.0.2.7";
			request.answer = rows[i].answer;
			request.label = rows[i].label;
			request.new_label = "other";
			request.unchecked = true;
			request.channel = METHOD_EMAIL;
			(void)must(at, &request);
			n += level >= rows[i].least;
			sent(at, n, got);
			if (level < rows[i].least)
				continue;
			assert_string_equal(MAIL, got[n - 1].to);
			assert_true(got[n - 1].later);
			assert_non_null(strstr(got[n - 1].text, rows[i].says));
			assert_non_null(strstr(got[n - 1].text, rows[i].how));
			assert_non_null(
			    strstr(got[n - 1].text, "2033-05-18 03:33 UTC"));
		}
		settle();
		sent(at, n, got);
	}
	assert_int_equal(0, logged);
}

/* What lets somebody in, at the level that holds if nobody says another. */
static void
let_in(void **state)
{
	static const struct {
		const char *what;
		bool device; /* there is one */
		const char *label;
		enum pending_mode mode;
		const char *says;
	} rows[] = {
		{ "new", false, "tablet", PENDING_NEW,
		    "a device was added. Not you? Run: otp-enroll remove "
		    "'tablet'" },
		{ "beside", true, "tablet", PENDING_ADD,
		    "a device was added. Not you? Run: otp-enroll remove "
		    "'tablet'" },
		{ "in its place", true, "tablet", PENDING_NEW,
		    "your devices were replaced by 'tablet'" },
		{ "rotated", true, "phone", PENDING_ROTATE,
		    "a device was given a new secret" },
	};
	struct world *at = *state;
	struct request request;
	struct delivery got[MOST];

	set(at, MAILS TEXTS "[default]\n" METHODS);
	for (size_t i = 0; i < N(rows); i++) {
		struct otp_secret secret;

		print_message("  %s\n", rows[i].what);
		put_with(at, rows[i].device, MAIL, NULL);
		request = request_of(VERB_ENROL, ROOT);
		request.label = rows[i].label;
		request.mode = rows[i].mode;
		secret = must(at, &request).otp.secret;
		/* To have begun is nothing yet. */
		settle();
		sent(at, i, got);
		request = request_of(VERB_CONFIRM, ROOT);
		request.unchecked = true;
		request.secret = &secret;
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
		sent(at, i + 1, got);
		assert_string_equal(MAIL, got[i].to);
		assert_non_null(strstr(got[i].text, rows[i].says));
	}
	put_with(at, true, MAIL, NULL);
	request = request_of(VERB_ADOPT, ROOT);
	request.account.uid = OWNER + 1;
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, N(rows) + 1, got);
	assert_non_null(
	    strstr(got[N(rows)].text, "bound to this account anew"));
}

/* Failures: some in a row, and those that switch codes off. */
static void
failures(void **state)
{
	static const struct {
		const char *conf;
		size_t n;
	} rows[] = {
		{ MAILS TEXTS "[default]\n" METHODS "notify = none\n", 0 },
		{ MAILS TEXTS "[default]\n" METHODS "notify = changes\n", 2 },
		{ MAILS TEXTS "[default]\n" METHODS "notify = all\n", 2 },
	};
	struct world *at = *state;
	struct delivery got[MOST];

	for (size_t i = 0; i < N(rows); i++) {
		struct request request = request_of(VERB_RENAME, ROOT);
		uint64_t now = START;

		set(at, rows[i].conf);
		forget(at);
		put_with(at, true, MAIL, NULL);
		for (size_t j = 0; j < 21; j++, now += 3600) {
			(void)answer_at(at, "desk", WRONG, now);
			/* Nobody waits: one could come before another. */
			if (j == 4)
				sent(at, rows[i].n > 1, got);
		}
		sent(at, rows[i].n, got);
		if (rows[i].n > 1)
			assert_non_null(strstr(got[0].text, "in a row"));
		if (rows[i].n > 0)
			assert_non_null(
			    strstr(got[rows[i].n - 1].text, "switched off"));
		/* Once: not with whatever else is changed while they are. */
		request.label = "phone";
		request.new_label = "other";
		(void)must(at, &request);
	}
	sent(at, rows[2].n + 1, got);
	assert_null(strstr(got[rows[2].n].text, "switched off"));
	settle();
	sent(at, rows[2].n + 1, got);
}

/* Whoever had the address is told of the one that takes its place. */
static void
old_address_is_told(void **state)
{
	struct world *at = *state;
	struct request request = to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
	struct delivery got[MOST];

	set(at, MAILS TEXTS "[default]\n" METHODS);
	put_with(at, true, MAIL, PHONE);
	(void)must(at, &request);
	sent(at, 1, got);
	assert_string_equal(OTHER_MAIL, got[0].to);
	request = to_confirm(code_in(&got[0]));
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, 2, got);
	assert_string_equal(MAIL, got[1].to);
	assert_non_null(strstr(got[1].text, "email address"));

	/* A number is told by text, and the mail too. */
	forget(at);
	put_with(at, true, MAIL, PHONE);
	request = to_address(METHOD_SMS, NULL, CODE);
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, 2, got);
	for (size_t i = 0; i < 2; i++) {
		bool mail = got[i].kind == DELIVERY_MAIL;

		assert_string_equal(mail ? MAIL : PHONE, got[i].to);
		assert_non_null(strstr(got[i].text, "phone number"));
	}
	assert_int_not_equal(got[0].kind, got[1].kind);
}

/* What a process of the user brings about: so much, and then less. */
static void
counted(void **state)
{
	const uint64_t step = NOTICES_SECONDS, most = NOTICES_AT_ONCE * step;
	const struct {
		const char *what;
		bool any;
		uint64_t before,
		    after; /* from "now" on; "before" may be past */
		bool told, last;
	} rows[] = {
		{ "the first", true, 0, step, true, false },
		{ "nothing", false, 2 * step, 2 * step, false, false },
		{ "the last but one", true, most - 2 * step, most - step, true,
		    false },
		{ "the last", true, most - step, most, true, true },
		{ "almost too soon", true, most - 2 * step + 1, most - step + 1,
		    true, true },
		{ "too soon", true, most - step + 1, most - step + 1, false,
		    true },
		{ "too many", true, most, most, false, true },
		{ "a clock that was put back", true, 10 * most, most, false,
		    true },
	};
	struct record next = { .notices = START - 1 };
	struct notices notices = { .any = true };

	(void)state;
	notices_count(&notices, START, &next);
	assert_int_equal(START + step, next.notices);
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s\n", rows[i].what);
		notices = (struct notices){ .any = rows[i].any };
		next.notices = START + rows[i].before;
		notices_count(&notices, START, &next);
		assert_int_equal(rows[i].told, notices.any);
		assert_int_equal(START + rows[i].after, next.notices);
		if (rows[i].any)
			assert_int_equal(rows[i].last, notices.last);
	}

	/* A time that no record can hold makes no change fail. */
	notices = (struct notices){ .any = true };
	notices_count(&notices, RECORD_TIME_MAX - 1, &next);
	assert_true(notices.any && next.notices < RECORD_TIME_MAX);
}

/* Lock it, unlock it, and so on. */
static void
change_times(const struct world *at, enum lane lane, size_t n, uint64_t now)
{
	for (size_t i = 0; i < n; i++) {
		struct request request =
		    request_of(i % 2 == 0 ? VERB_LOCK : VERB_UNLOCK, ROOT);

		request.lane = lane;
		request.label = "phone";
		request.now = now;
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	}
}

static void
no_flood(void **state)
{
	const size_t most = NOTICES_AT_ONCE;
	struct world *at = *state;
	struct delivery got[MOST];
	size_t last = 0;

	set(at, MAILS TEXTS "[default]\n" METHODS "notify = all\n");
	put_with(at, true, MAIL, NULL);
	change_times(at, LANE_SOCKET, most + 2, START);
	sent(at, most, got);
	settle();
	sent(at, most, got);
	/* Nobody waits: which comes in last is not known. */
	for (size_t i = 0; i < most; i++)
		last += strstr(got[i].text, "not mailed") != NULL;
	assert_int_equal(1, last);
	change_times(at, LANE_SOCKET, 2, START + NOTICES_SECONDS);
	sent(at, most + 1, got);
	/* What comes by a login is told all the same. */
	change_times(at, LANE_LOGIN, 2, START);
	sent(at, most + 3, got);
	settle();
	sent(at, most + 3, got);
}

/* Take the address away, by the socket. */
static void
remove_address(const struct world *at, enum policy_method channel,
    const char *code)
{
	struct request request = to_address(channel, NULL, code);

	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
}

/* What needs no code and is not mailed keeps nothing back that is. */
static void
not_mailed_is_free(void **state)
{
	static const char *const labels[] = { "a", "b", "c", "d", "e" };
	struct world *at = *state;
	struct delivery got[MOST];
	struct request request;
	struct record rec = make_record();

	set(at, MAILS TEXTS "[default]\n" METHODS "self-lock = yes\n");
	for (size_t i = 0; i < N(labels); i++) {
		rec.device[i] = rec.device[0];
		strcpy(rec.device[i].label, labels[i]);
	}
	strcpy(rec.email, MAIL);
	rec.email_since = START - 86400;
	assert_int_equal(0, store_create(at->store, &alice, &rec));
	request = request_of(VERB_LOCK, OWNER);
	request.lane = LANE_SOCKET;
	for (size_t i = 0; i <= N(labels); i++) {
		request.label = i < N(labels) ? labels[i] : NULL;
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	}
	assert_int_equal(0, get(at).notices);
	remove_address(at, METHOD_EMAIL, RECOVERY_FIRST);
	sent(at, 1, got);
	assert_string_equal(MAIL, got[0].to);
	assert_non_null(strstr(got[0].text, "email address"));
	assert_null(strstr(got[0].text, "locked"));
}

/* Of what was told too often, that an address goes is told all the same. */
static void
address_is_always_told(void **state)
{
	const size_t most = NOTICES_AT_ONCE;
	struct world *at = *state;
	struct delivery got[MOST];
	struct request request;

	set(at, MAILS TEXTS "[default]\n" METHODS "notify = all\n");
	put_with(at, true, MAIL, PHONE);
	change_times(at, LANE_SOCKET, most + 2, START);
	sent(at, most, got);
	remove_address(at, METHOD_SMS, CODE_BEFORE);
	sent(at, most + 2, got);
	request = to_address(METHOD_EMAIL, OTHER_MAIL, CODE);
	(void)must(at, &request);
	sent(at, most + 3, got);
	assert_string_equal(OTHER_MAIL, got[most + 2].to);
	request = to_confirm(code_in(&got[most + 2]));
	assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
	sent(at, most + 4, got);
	assert_string_equal(MAIL, got[most + 3].to);
	/* Nor does it let in more of the others. */
	change_times(at, LANE_SOCKET, 1, START);
	settle();
	sent(at, most + 4, got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(notices),
		SENDING(let_in),
		SENDING(failures),
		SENDING(old_address_is_told),
		cmocka_unit_test(counted),
		SENDING(no_flood),
		SENDING(not_mailed_is_free),
		SENDING(address_is_always_told),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
