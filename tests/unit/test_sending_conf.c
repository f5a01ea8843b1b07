/* SPDX-License-Identifier: BSD-2-Clause */
/* What the configuration says, as the delivery program is asked it. */
#include "sending.h"

/* All that can be said of a server, with no two texts alike. */
#define FULL                                                                   \
	"[email]\n"                                                            \
	"server = smtps://mail.example.org:4650\n"                             \
	"from = otp@example.org\n"                                             \
	"helo = helo.example.org\n"                                            \
	"user = mail-user\n"                                                   \
	"ca-file = /mail/ca\n"                                                 \
	"client-cert = /mail/cert\n"                                           \
	"client-key = /mail/key\n"                                             \
	"subject = at {service}\n"                                             \
	"text = {code}\n"                                                      \
	"email-from = record\n"                                                \
	"[sms]\n"                                                              \
	"url = https://gateway.example.org/{to}\n"                             \
	"method = PUT\n"                                                       \
	"format = json\n"                                                      \
	"body = to={to}&text={text}\n"                                         \
	"auth = basic\n"                                                       \
	"user = sms-user\n"                                                    \
	"from = SmsFrom\n"                                                     \
	"ca-file = /sms/ca\n"                                                  \
	"expect-status = 202 204\n"                                            \
	"expect-reply = \"queued\"\n"                                          \
	"text = {code}\n"                                                      \
	"[ldap]\n"                                                             \
	"user = cn=reader\n"                                                   \
	"ca-file = /ldap/ca\n"                                                 \
	"[default]\n"                                                          \
	"notify = none\n"

#define PASSWORDS                                                              \
	"[email]\npassword = of mail\n"                                        \
	"[sms]\npassword = of sms\n"                                           \
	"[ldap]\npassword = of ldap\n"

/* What is left of the time is what a busy machine leaves. */
static void
in_time(struct delivery *got)
{
	assert_in_range(got->seconds, 1, 3);
	got->seconds = 3;
}

/* Every field is where it belongs, and nothing else is there. */
static void
all_of_it(void **state)
{
	static const struct {
		const char *methods;
		struct delivery expect;
	} rows[] = {
		{ "methods = totp email\n",
		    { .kind = DELIVERY_MAIL,
			.seconds = 3,
			.server = "smtps://mail.example.org:4650",
			.to = MAIL,
			.from = "otp@example.org",
			.user = "mail-user",
			.password = "of mail",
			.ca_file = "/mail/ca",
			.client_cert = "/mail/cert",
			.client_key = "/mail/key",
			.helo = "helo.example.org",
			.subject = "at desk" } },
		{ "methods = totp sms\n",
		    { .kind = DELIVERY_HTTP,
			.seconds = 3,
			.server = "https://gateway.example.org/{to}",
			.to = PHONE,
			.from = "SmsFrom",
			.user = "sms-user",
			.password = "of sms",
			.ca_file = "/sms/ca",
			.method = "PUT",
			.format = "json",
			.auth = "basic",
			.body = "to={to}&text={text}",
			.expect_status = "202 204",
			.expect_reply = "\"queued\"" } },
	};
	struct world *at = *state;
	struct delivery got[MOST];
	char conf[2048];

	write_file(at, "secrets", PASSWORDS, 0600);
	for (size_t i = 0; i < N(rows); i++) {
		print_message("  %s", rows[i].methods);
		snprintf(conf, sizeof(conf), "%s%s", FULL, rows[i].methods);
		set(at, conf);
		forget(at);
		put_with(at, true, MAIL, PHONE);
		assert_int_equal(SEND_SENT, send_at(at, "desk", START));
		sent(at, 1, got);
		assert_int_equal(8, strspn(got[0].text, "0123456789"));
		assert_string_equal("", got[0].text + 8);
		memset(got[0].text, 0, sizeof(got[0].text));
		in_time(&got[0]);
		assert_memory_equal(&rows[i].expect, &got[0], sizeof(got[0]));
	}
	assert_int_equal(0, logged);
}

#define LDAP_SOURCE "ldaps://ldap.example.org/dc=org?mail?sub?(uid={user})"
#define LOOKS_UP                                                               \
	"[ldap]\nuser = cn=reader\nca-file = /ldap/ca\n" MAILS                 \
	"email-from = " LDAP_SOURCE "\n" TEXTS "[default]\n" METHODS           \
	"notify = none\n"

/* What a directory is asked; and nothing, if its password is open to all. */
static void
directory(void **state)
{
	static const struct delivery expect = { .kind = DELIVERY_LOOKUP,
		.seconds = 3,
		.source = LDAP_SOURCE,
		.account = "alice",
		.channel = METHOD_EMAIL,
		.user = "cn=reader",
		.password = "of ldap",
		.ca_file = "/ldap/ca" };
	struct world *at = *state;
	struct delivery got[MOST];

	write_file(at, "secrets", PASSWORDS, 0600);
	write_file(at, "at.alice", "ok " MAIL "\n", 0644);
	set(at, LOOKS_UP);
	put_with(at, true, NULL, NULL);
	assert_int_equal(SEND_SENT, send_at(at, "desk", START));
	assert_int_equal(2, asked(at, DELIVERY_NONE, got));
	in_time(&got[0]);
	assert_memory_equal(&expect, &got[0], sizeof(expect));
	assert_string_equal("of mail", got[1].password);
	assert_int_equal(0, logged);

	write_file(at, "secrets", PASSWORDS, 0644);
	assert_int_equal(SEND_NOTHING, send_at(at, "desk", START + 60));
	assert_int_equal(2, asked(at, DELIVERY_NONE, got));
	assert_non_null(strstr(log_text, "can be read by others"));
	assert_non_null(
	    strstr(log_text, "the file of passwords cannot be used\n"));
}

/* Nor is anybody told of a change, if a password would be used for it. */
static void
notice(void **state)
{
	struct world *at = *state;
	struct request request = request_of(VERB_REMOVE, ROOT);
	struct delivery got[MOST];

	request.label = "phone";
	for (int i = 0; i < 2; i++) {
		set(at, MAILS TEXTS "[default]\n" METHODS);
		write_file(at, "secrets", PASSWORDS, i == 0 ? 0600 : 0644);
		put_with(at, true, MAIL, NULL);
		assert_int_equal(VERDICT_ACCEPT, must(at, &request).verdict);
		sent(at, 1, got);
		assert_int_equal(i, logged);
	}
	settle();
	sent(at, 1, got);
	assert_non_null(strstr(log_text, "can be read by others"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SENDING(all_of_it),
		SENDING(directory),
		SENDING(notice),
	};

	return cmocka_run_group_tests(tests, make_sender, NULL);
}
