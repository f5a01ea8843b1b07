/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf_source.h"

static void
stores(void **state)
{
	static const struct {
		const char *text, *path, *key;
	} rows[] = {
		{ "", "/var/lib/pam_otp", "/etc/security/pam_otp.key" },
		{ "[store]\n", "/var/lib/pam_otp",
		    "/etc/security/pam_otp.key" },
		{ "[store]\nkey = /k\n", "/var/lib/pam_otp", "/k" },
		{ "[x]\ntries = 1\n[store]\nkey = /k\npath = /srv/otp store\n",
		    "/srv/otp store", "/k" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy_store store;
		struct policy base;
		struct source src;

		source_open(&src, rows[i].text);
		assert_int_equal(0, policy_check(&src.conf, tell, NULL, &base));
		policy_store(&src.conf, &store);
		assert_string_equal(rows[i].path, store.path);
		assert_string_equal(rows[i].key, store.key);
		source_close(&src);
	}
}

/* What the sections that are no scenarios say, read from faultless text. */
static struct policy_delivery
delivery_of(const char *text, struct source *src, struct policy *base)
{
	struct policy_delivery delivery;

	source_open(src, text);
	assert_int_equal(0, policy_check(&src->conf, tell, NULL, base));
	memset(&delivery, 0xff, sizeof(delivery));
	policy_delivery(&src->conf, &delivery);
	return delivery;
}

static void
delivery_defaults(void **state)
{
	struct policy base;
	struct source src;
	struct policy_delivery d = delivery_of("", &src, &base);

	(void)state;
	assert_string_equal("", d.email.server);
	assert_string_equal("", d.email.from);
	assert_string_equal("", d.email.helo);
	assert_string_equal("", d.email.user);
	assert_string_equal("", d.email.ca_file);
	assert_string_equal("", d.email.client_cert);
	assert_string_equal("", d.email.client_key);
	assert_string_equal("record", d.email.sources);
	assert_string_equal("none", d.sms.preset);
	assert_string_equal("", d.sms.url);
	assert_string_equal("POST", d.sms.method);
	assert_string_equal("form", d.sms.format);
	assert_string_equal("", d.sms.body);
	assert_string_equal("none", d.sms.auth);
	assert_string_equal("", d.sms.user);
	assert_string_equal("", d.sms.from);
	assert_string_equal("", d.sms.ca_file);
	assert_string_equal("200 201 202", d.sms.expect_status);
	assert_string_equal("", d.sms.expect_reply);
	assert_string_equal("record", d.sms.sources);
	assert_string_equal("", d.ldap.user);
	assert_string_equal("", d.ldap.ca_file);
	assert_string_equal("/usr/libexec/pam_otp-send", d.send.program);
	assert_string_equal("/run/pam_otp/send", d.send.socket);
	assert_string_equal(POLICY_SECRETS, d.send.secrets);
	assert_int_equal(10, d.send.seconds);
	source_close(&src);
}

static void
delivery_keys(void **state)
{
	struct policy base;
	struct source src;
	struct policy_delivery d = delivery_of(
	    "[email]\nserver = smtps://[::1]:465\nfrom = otp@example.org\n"
	    "helo = h.example\nuser = mu\nca-file = /mca\n"
	    "client-cert = /mc\nclient-key = /mk\nsubject = s\ntext = m{code}\n"
	    "email-from = gecos record\n"
	    "[sms]\nurl = http://127.0.0.1:80/{to}{text}\nmethod = GET\n"
	    "format = json\nbody = {text}\nauth = basic\nuser = su\n"
	    "from = sf\nca-file = /sca\nexpect-status = 204\n"
	    "expect-reply = ok\ntext = s{code}\nsms-from = exec:/x\n"
	    "[ldap]\nuser = lu\nca-file = /lca\n"
	    "[send]\nprogram = /p\nsocket = /s\nsecrets = /se\n"
	    "timeout = 59\n",
	    &src, &base);

	(void)state;
	assert_string_equal("smtps://[::1]:465", d.email.server);
	assert_string_equal("otp@example.org", d.email.from);
	assert_string_equal("h.example", d.email.helo);
	assert_string_equal("mu", d.email.user);
	assert_string_equal("/mca", d.email.ca_file);
	assert_string_equal("/mc", d.email.client_cert);
	assert_string_equal("/mk", d.email.client_key);
	assert_string_equal("s", d.email.subject);
	assert_string_equal("m{code}", d.email.text);
	assert_string_equal("gecos record", d.email.sources);
	assert_string_equal("http://127.0.0.1:80/{to}{text}", d.sms.url);
	assert_string_equal("GET", d.sms.method);
	assert_string_equal("json", d.sms.format);
	assert_string_equal("{text}", d.sms.body);
	assert_string_equal("basic", d.sms.auth);
	assert_string_equal("su", d.sms.user);
	assert_string_equal("sf", d.sms.from);
	assert_string_equal("/sca", d.sms.ca_file);
	assert_string_equal("204", d.sms.expect_status);
	assert_string_equal("ok", d.sms.expect_reply);
	assert_string_equal("s{code}", d.sms.text);
	assert_string_equal("exec:/x", d.sms.sources);
	assert_string_equal("lu", d.ldap.user);
	assert_string_equal("/lca", d.ldap.ca_file);
	assert_string_equal("/p", d.send.program);
	assert_string_equal("/s", d.send.socket);
	assert_string_equal("/se", d.send.secrets);
	assert_int_equal(59, d.send.seconds);
	source_close(&src);
}

/* As Twilio documents its Messages resource; what is written goes first. */
static void
presets(void **state)
{
#define TWILIO "https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json"
	static const struct {
		const char *text, *url, *body, *auth, *status;
	} rows[] = {
		{ "[sms]\npreset = twilio\nuser = AC\nfrom = x\n", TWILIO,
		    "To={to}&From={from}&Body={text}", "basic", "201" },
		{ "[sms]\npreset = twilio-whatsapp\nuser = AC\nfrom = x\n",
		    TWILIO,
		    "To=whatsapp%3A{to}&From=whatsapp%3A{from}&Body={text}",
		    "basic", "201" },
		{ "[sms]\nurl = http://localhost:1/x\npreset = twilio\n"
		  "user = AC\nfrom = x\n",
		    "http://localhost:1/x", "To={to}&From={from}&Body={text}",
		    "basic", "201" },
		{ "[sms]\npreset = twilio\nuser = AC\nfrom = x\nauth = none\n"
		  "expect-status = 202\nbody = {to}{text}\n",
		    TWILIO, "{to}{text}", "none", "202" },
		{ "[sms]\npreset = none\n", "", "", "none", "200 201 202" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy base;
		struct source src;
		struct policy_delivery d =
		    delivery_of(rows[i].text, &src, &base);

		assert_string_equal(rows[i].url, d.sms.url);
		assert_string_equal(rows[i].body, d.sms.body);
		assert_string_equal(rows[i].auth, d.sms.auth);
		assert_string_equal(rows[i].status, d.sms.expect_status);
		assert_string_equal("POST", d.sms.method);
		assert_string_equal("form", d.sms.format);
		assert_int_equal(rows[i].url[0] ? METHOD_SMS : 0,
		    base.channels);
		source_close(&src);
	}
}

/* Which ways there are, and which of them need no confirmed address. */
static void
channels(void **state)
{
#define MAIL_SERVER "[email]\nserver = smtp://localhost\nfrom = a@b\n"
#define GATEWAY "[sms]\nurl = https://a/{to}{text}\nmethod = GET\n"
	static const struct {
		const char *text;
		unsigned int channels, elsewhere;
	} rows[] = {
		{ "[email]\nemail-from = gecos\n", 0, 0 },
		{ MAIL_SERVER, METHOD_EMAIL, 0 },
		{ MAIL_SERVER "email-from = record gecos\n", METHOD_EMAIL,
		    METHOD_EMAIL },
		{ GATEWAY, METHOD_SMS, 0 },
		{ GATEWAY "sms-from = file:/x\n", METHOD_SMS, METHOD_SMS },
		{ MAIL_SERVER GATEWAY "sms-from = exec:/x\n", METHODS_SENT,
		    METHOD_SMS },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy pol = apply(rows[i].text, "sshd", NULL);

		assert_int_equal(rows[i].channels, pol.channels);
		assert_int_equal(rows[i].elsewhere, pol.elsewhere);
	}
}

/* The default texts say what they must, and hide what they must. */
static void
default_texts(void **state)
{
	static const char *const names[] = { "{code}", "{prefix}", "{minutes}",
		"{user}", "{host}", "{service}", "{rhost}", "{time}" };
	struct policy base;
	struct source src;
	struct policy_delivery d = delivery_of("", &src, &base);

	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		assert_non_null(strstr(d.email.text, names[i]));
		assert_non_null(strstr(d.sms.text, names[i]));
	}
	/* On a line of its own, where people and their phones find it. */
	assert_non_null(strstr(d.email.text, "\\n\\n{prefix}{code}\\n\\n"));
	assert_ptr_equal(d.sms.text, strstr(d.sms.text, "{prefix}{code}\\n"));
	assert_null(strstr(d.email.subject, "{code}"));
	source_close(&src);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stores),
		cmocka_unit_test(delivery_defaults),
		cmocka_unit_test(delivery_keys),
		cmocka_unit_test(presets),
		cmocka_unit_test(channels),
		cmocka_unit_test(default_texts),
	};

	return cmocka_run_group_tests_name("policy_delivery", tests, NULL,
	    NULL);
}
