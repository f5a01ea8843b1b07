/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf_source.h"

static const char *example; /* the path of pam_otp.conf */

/* What a key needs that is not to stand alone. */
static const char *
beside(const char *key)
{
	if (strcmp(key, "server") == 0)
		return "from = otp@example.org\n";
	return strcmp(key, "url") == 0 ? "body = {to} {text}\n" : "";
}

/* One "key = value" in [default], or where it belongs, and what is told. */
#define NUMBER(min, max) "must be a number from " #min " to " #max "\n"
#define SET                                                                    \
	"must be one or more of: totp, hotp, recovery, email, sms, each "      \
	"once, with blanks between\n"
#define TEXT(min, max)                                                         \
	"must be " #min " to " #max " bytes of UTF-8 without control "         \
	"characters\n"
#define NAMES                                                                  \
	"must be names of PAM services, in lower case, with blanks between\n"
#define BRACES ", with names of pam_otp.conf(5) in braces\n"
#define TEMPLATE(max) "must be 1 to " #max " bytes" BRACES
#define OF_CODE(max) "must be 1 to " #max " bytes, {code} among them" BRACES
#define PREFIX                                                                 \
	"must be 0 to 16 bytes of ASCII without blanks, a letter among them\n"
#define SERVER                                                                 \
	"must be smtp://HOST:PORT or smtps://HOST:PORT, :PORT being "          \
	"optional, or nothing\n"
#define URL                                                                    \
	"must be https://HOST/..., or http:// to this very host, or nothing\n"
#define MAIL "must be an address of mail, NAME@HOST, or nothing\n"
#define HOST "must be the name of a host, or nothing\n"
#define FILE_NAME "must be an absolute path, or nothing\n"
#define STATUS "must be numbers of HTTP from 100 to 599, with blanks between\n"
#define SOURCES                                                                \
	"must be one or more of: record, gecos, file:/PATH, ldaps://..., "     \
	"ldap://localhost..., exec:/PATH, with blanks between\n"
static const struct {
	const char *section, *key, *value;
	const char *must; /* NULL: is a good one */
} value_rows[] = {
	{ "default", "tries", "1", NULL },
	{ "default", "tries", "10", NULL },
	{ "default", "tries", "0", NUMBER(1, 10) },
	{ "default", "tries", "11", NUMBER(1, 10) },
	{ "default", "tries", "", NUMBER(1, 10) },
	{ "default", "tries", "+3", NUMBER(1, 10) },
	{ "default", "tries", "-3", NUMBER(1, 10) },
	{ "default", "tries", "03", NUMBER(1, 10) },
	{ "default", "tries", "3x", NUMBER(1, 10) },
	{ "default", "tries", "3 ;", NUMBER(1, 10) },
	{ "default", "tries", "0x3", NUMBER(1, 10) },
	{ "default", "tries", "3.0", NUMBER(1, 10) },
	{ "default", "tries", "4294967299", NUMBER(1, 10) },
	{ "default", "tries", "18446744073709551619", NUMBER(1, 10) },
	{ "default", "window", "0", NULL },
	{ "default", "window", "2", NULL },
	{ "default", "window", "3", NUMBER(0, 2) },
	{ "default", "window", "00", NUMBER(0, 2) },
	{ "default", "wait-after", "10", NULL },
	{ "default", "wait-after", "0", NUMBER(1, 10) },
	{ "default", "wait-after", "11", NUMBER(1, 10) },
	{ "default", "wait-first", "10", NULL },
	{ "default", "wait-first", "600", NULL },
	{ "default", "wait-first", "9", NUMBER(10, 600) },
	{ "default", "wait-first", "601", NUMBER(10, 600) },
	{ "default", "wait-max", "60", NULL },
	{ "default", "wait-max", "86400", NULL },
	{ "default", "wait-max", "59", NUMBER(60, 86400) },
	{ "default", "wait-max", "86401", NUMBER(60, 86400) },
	{ "default", "off-after", "6", NULL },
	{ "default", "off-after", "50", NULL },
	{ "default", "off-after", "2", NUMBER(3, 50) },
	{ "default", "off-after", "51", NUMBER(3, 50) },
	{ "default", "budget", "10", NULL },
	{ "default", "budget", "100", NULL },
	{ "default", "budget", "9", NUMBER(10, 100) },
	{ "default", "budget", "101", NUMBER(10, 100) },
	{ "default", "exempt", "no", NULL },
	{ "default", "exempt", "Yes", "must be one of: no, yes\n" },
	{ "default", "exempt", "true", "must be one of: no, yes\n" },
	{ "default", "exempt", "1", "must be one of: no, yes\n" },
	{ "default", "exempt", "", "must be one of: no, yes\n" },
	{ "default", "exempt", "y", "must be one of: no, yes\n" },
	{ "default", "exempt", "no, yes", "must be one of: no, yes\n" },
	{ "default", "echo", "off", "must be one of: no, yes\n" },
	{ "default", "unenrolled", "deny", NULL },
	{ "default", "unenrolled", "maybe", "must be one of: deny, allow\n" },
	{ "default", "unenrolled", "deny allow",
	    "must be one of: deny, allow\n" },
	{ "default", "self-enroll", "ticket", NULL },
	{ "default", "self-enroll", "yes",
	    "must be one of: off, ticket, open, auto\n" },
	{ "default", "self-lock", "ticket", "must be one of: no, yes\n" },
	{ "default", "methods", "hotp", NULL },
	{ "default", "methods", "", SET },
	{ "default", "methods", "totp,hotp", SET },
	{ "default", "methods", "totp mail", SET },
	{ "default", "methods", "totp totp", SET },
	{ "default", "methods", "TOTP", SET },
	{ "default", "methods", "tot", SET },
	{ "default", "prompt", "", TEXT(1, 128) },
	{ "default", "prompt", S64 S64, NULL },
	{ "default", "prompt", S64 S64 "x", TEXT(1, 128) },
	{ "default", "prompt", "a\tb", TEXT(1, 128) },
	/* UTF-8: ends of every length, then what is none. */
	{ "default", "prompt", "\xc2\xa0\xdf\xbf", NULL },
	{ "default", "prompt", "\xe0\xa0\x80\xef\xbf\xbf", NULL },
	{ "default", "prompt", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", NULL },
	{ "default", "prompt", "\xed\x9f\xbf\xee\x80\x80", NULL },
	{ "default", "prompt", "\x80", TEXT(1, 128) },
	{ "default", "prompt", "\xc3", TEXT(1, 128) },
	{ "default", "prompt", "\xc3(", TEXT(1, 128) },
	{ "default", "prompt",
	    "\xc3"
	    "A",
	    TEXT(1, 128) },
	{ "default", "prompt", "\xc3\xc3", TEXT(1, 128) },
	{ "default", "prompt", "\xe2\x82", TEXT(1, 128) },
	{ "default", "prompt", "\xf0\x90\x80", TEXT(1, 128) },
	{ "default", "prompt", "\xc0\xaf", TEXT(1, 128) },
	{ "default", "prompt", "\xc1\xbf", TEXT(1, 128) },
	{ "default", "prompt", "\xe0\x9f\xbf", TEXT(1, 128) },
	{ "default", "prompt", "\xf0\x8f\xbf\xbf", TEXT(1, 128) },
	{ "default", "prompt", "\xed\xa0\x80", TEXT(1, 128) },
	{ "default", "prompt", "\xed\xbf\xbf", TEXT(1, 128) },
	{ "default", "prompt", "\xf4\x90\x80\x80", TEXT(1, 128) },
	{ "default", "prompt", "\xf5\x80\x80\x80", TEXT(1, 128) },
	{ "default", "prompt", "\xff", TEXT(1, 128) },
	{ "default", "prompt",
	    "\xc2\x9b"
	    "2J",
	    TEXT(1, 128) },
	{ "default", "issuer", "", NULL },
	{ "default", "issuer", S64, NULL },
	{ "default", "issuer", S64 "x", TEXT(0, 64) },
	{ "store", "path", "/", "must be an absolute path\n" },
	{ "store", "path", "", "must be an absolute path\n" },
	{ "store", "path", "var", "must be an absolute path\n" },
	{ "store", "path", "~/otp", "must be an absolute path\n" },
	{ "store", "key", "/a\tb", "must be an absolute path\n" },
	{ "store", "key", "/a", NULL },
	{ "x", "service", "sshd", NULL },
	{ "x", "service", "sshd su-l\tsystemd-user", NULL },
	{ "x", "service", "", NAMES },
	{ "x", "service", "sshd,su", NAMES },
	{ "x", "service", "SSHD", NAMES },
	{ "x", "service", "\"sshd\"", NAMES },
	{ "default", "code-length", "6", NULL },
	{ "default", "code-length", "25", NULL },
	{ "default", "code-length", "5", NUMBER(6, 25) },
	{ "default", "code-length", "26", NUMBER(6, 25) },
	{ "default", "code-alphabet", "letters", NULL },
	{ "default", "code-alphabet", "digits letters",
	    "must be one of: digits, letters, both\n" },
	{ "default", "code-prefix", "", NULL },
	{ "default", "code-prefix", S16, NULL },
	{ "default", "code-prefix", S16 "x", PREFIX },
	{ "default", "code-prefix", "a b", PREFIX },
	{ "default", "code-prefix", "\xc3\xbc-", PREFIX },
	{ "default", "code-prefix", "!~", PREFIX },
	{ "default", "code-prefix", "!~a", NULL },
	{ "default", "code-prefix", "1-Z", NULL },
	{ "default", "code-prefix", "12-", PREFIX },
	{ "default", "code-prefix", "7", PREFIX },
	{ "default", "code-ttl", "1", NULL },
	{ "default", "code-ttl", "60", NULL },
	{ "default", "code-ttl", "0", NUMBER(1, 60) },
	{ "default", "code-ttl", "61", NUMBER(1, 60) },
	{ "default", "code-tries", "10", NULL },
	{ "default", "code-tries", "0", NUMBER(1, 10) },
	{ "default", "code-tries", "11", NUMBER(1, 10) },
	{ "default", "resend-after", "30", NULL },
	{ "default", "resend-after", "29", NUMBER(30, 3600) },
	{ "default", "resend-after", "3601", NUMBER(30, 3600) },
	{ "default", "resend-max", "10", NULL },
	{ "default", "resend-max", "0", NUMBER(1, 10) },
	{ "default", "resend-max", "11", NUMBER(1, 10) },
	{ "default", "confirm-address", "on", "must be one of: no, yes\n" },
	{ "default", "notify", "none", NULL },
	{ "default", "notify", "some", "must be one of: none, changes, all\n" },
	{ "email", "server", "", NULL },
	{ "email", "server", "localhost", SERVER },
	{ "email", "server", "smtp://a/", SERVER },
	{ "email", "server", "smtp://a/helo", SERVER },
	{ "email", "server", "smtp://joe@a", SERVER },
	{ "email", "server", "smtp://joe:secret@a", SERVER },
	{ "email", "server", "smtp://a b", SERVER },
	{ "email", "server", "smtp://a:70000", SERVER },
	{ "email", "server", "SMTP://a", SERVER },
	{ "email", "server", "http://a", SERVER },
	{ "email", "server", "smtp://a?x", SERVER },
	{ "email", "from", "otp@example.org", NULL },
	{ "email", "from", "", NULL },
	{ "email", "from", "otp", MAIL },
	{ "email", "from", "<otp@example.org>", MAIL },
	{ "email", "from", "Otp <otp@example.org>", MAIL },
	{ "email", "from", "a@example.org,b@example.org", MAIL },
	{ "email", "helo", "mail.example.org", NULL },
	{ "email", "helo", "a b", HOST },
	{ "email", "helo", "a.", HOST },
	{ "email", "helo", "[127.0.0.1]", HOST },
	{ "email", "user", "joe@example.org", NULL },
	{ "email", "user", "a\tb", TEXT(0, 512) },
	{ "email", "ca-file", "", NULL },
	{ "email", "ca-file", "/etc/ca.pem", NULL },
	{ "email", "ca-file", "ca.pem", FILE_NAME },
	{ "email", "subject", "{prefix} {service} on {host}", NULL },
	{ "email", "subject",
	    "{minutes} {user} {host} {service} {rhost} {time}", NULL },
	{ "email", "subject", "Your code: {code}", TEMPLATE(128) },
	{ "email", "subject", "", TEMPLATE(128) },
	{ "email", "subject", S64 S64 "x", TEMPLATE(128) },
	{ "email", "text",
	    "{code}{prefix}{minutes}{user}{host}{service}{rhost}"
	    "{time}\\n\\\\{{}",
	    NULL },
	{ "email", "text", "", OF_CODE(1024) },
	{ "email", "text", "Somebody logs in as {user}.", OF_CODE(1024) },
	{ "email", "text", "{password}", OF_CODE(1024) },
	{ "email", "text", "{to}", OF_CODE(1024) },
	{ "email", "text", "{Code}", OF_CODE(1024) },
	{ "email", "text", "{code", OF_CODE(1024) },
	{ "email", "text", "a { b", OF_CODE(1024) },
	{ "email", "text", "a\\tb", OF_CODE(1024) },
	{ "email", "text", "a\tb", OF_CODE(1024) },
	{ "email", "email-from", "record file:/m gecos", NULL },
	{ "email", "email-from", "exec:/usr/bin/x ldaps://h/{user}?mail",
	    NULL },
	{ "email", "email-from", "", SOURCES },
	{ "email", "email-from", "record, gecos", SOURCES },
	{ "email", "email-from", "ldap://h/dc=x", SOURCES },
	{ "email", "email-from", "exec:x", SOURCES },
	{ "sms", "preset", "none", NULL },
	{ "sms", "preset", "Twilio",
	    "must be one of: none, twilio, twilio-whatsapp\n" },
	{ "sms", "url", "", NULL },
	{ "sms", "url", "http://a/", URL },
	{ "sms", "url", "http://localhost.example/", URL },
	{ "sms", "url", "https://user:pass@a/", URL },
	{ "sms", "url", "https://{user}/", URL },
	{ "sms", "url", "https://a/{code}", URL },
	{ "sms", "url", "https://a/{user", URL },
	{ "sms", "url", "ftp://a/", URL },
	{ "sms", "url", "https://a/ b", URL },
	{ "sms", "method", "GET", NULL },
	{ "sms", "method", "get", "must be one of: POST, GET, PUT\n" },
	{ "sms", "format", "json", NULL },
	{ "sms", "format", "xml", "must be one of: form, json\n" },
	{ "sms", "format", "", "must be one of: form, json\n" },
	{ "sms", "body", "", NULL },
	{ "sms", "body", "{{\"to\":\"{to}\",\"a\":\"{from}{text}\"}", NULL },
	{ "sms", "body", "{\"to\":\"{to}\"}",
	    "must be 0 to 1024 bytes" BRACES },
	{ "sms", "body", "{code}", "must be 0 to 1024 bytes" BRACES },
	{ "sms", "auth", "bearer", NULL },
	{ "sms", "auth", "digest", "must be one of: none, basic, bearer\n" },
	{ "sms", "from", "Example Inc", NULL },
	{ "sms", "from", S64 "x", TEXT(0, 64) },
	{ "sms", "ca-file", "~/ca", FILE_NAME },
	{ "sms", "expect-status", "200", NULL },
	{ "sms", "expect-status", "100 599\t204", NULL },
	{ "sms", "expect-status", "", STATUS },
	{ "sms", "expect-status", "2xx", STATUS },
	{ "sms", "expect-status", "20", STATUS },
	{ "sms", "expect-status", "2000", STATUS },
	{ "sms", "expect-status", "099", STATUS },
	{ "sms", "expect-status", "600", STATUS },
	{ "sms", "expect-status", "200,201", STATUS },
	{ "sms", "expect-status",
	    "200 200 200 200 200 200 200 200 200 200 200 200 200 200 "
	    "200 2000",
	    STATUS },
	{ "sms", "expect-reply", "\"status\":\"queued\"", NULL },
	{ "sms", "expect-reply", S64 S64, TEXT(0, 127) },
	{ "sms", "text", "{prefix}{code}", NULL },
	{ "sms", "text", "{text}", OF_CODE(480) },
	{ "sms", "text", "{prefix}", OF_CODE(480) },
	{ "sms", "text", "{{code}", OF_CODE(480) },
	{ "sms", "sms-from", "gecos", NULL },
	{ "sms", "sms-from", "email", SOURCES },
	{ "ldap", "user", "cn=reader,dc=example,dc=org", NULL },
	{ "ldap", "ca-file", "x", FILE_NAME },
	{ "send", "program", "/x", NULL },
	{ "send", "program", "", "must be an absolute path\n" },
	{ "send", "program", "pam_otp-send", "must be an absolute path\n" },
	{ "send", "socket", "@abstract", "must be an absolute path\n" },
	{ "send", "socket", "/" S64 S16 S16 "0123456789", NULL },
	{ "send", "socket", "/" S64 S16 S16 "0123456789a",
	    "must be an absolute path\n" },
	{ "send", "secrets", "/s", NULL },
	{ "send", "timeout", "1", NULL },
	{ "send", "timeout", "60", NULL },
	{ "send", "timeout", "0", NUMBER(1, 60) },
	{ "send", "timeout", "61", NUMBER(1, 60) },
};

static void
values(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(value_rows); i++) {
		char text[512], expect[512] = "";
		struct policy base;
		struct source src;
		int r;

		snprintf(text, sizeof(text), "[%s]\n%s = %s\n%s",
		    value_rows[i].section, value_rows[i].key,
		    value_rows[i].value, beside(value_rows[i].key));
		if (value_rows[i].must)
			snprintf(expect, sizeof(expect), "2: %s = %.128s: %s",
			    value_rows[i].key, value_rows[i].value,
			    value_rows[i].must);
		source_open(&src, text);
		r = policy_check(&src.conf, tell, NULL, &base);
		assert_string_equal(expect, told);
		assert_int_equal(value_rows[i].must ? -EINVAL : 0, r);
		source_close(&src);
	}
}

/* Whole texts, and all that is told of them. */
static void
faults(void **state)
{
	static const struct {
		const char *text, *expect;
	} rows[] = {
		{ "[default]\ntires = 3\n", "2: unknown key tires\n" },
		{ "[default]\nservice = su\n",
		    "2: service cannot stand in [default], only in a section "
		    "of another name\n" },
		{ "[store]\nservice = su\n",
		    "2: service cannot stand in [store], only in a section of "
		    "another name\n" },
		{ "[store]\ntries = 3\n",
		    "2: tries cannot stand in [store], only in [default] or a "
		    "section of another name\n" },
		{ "[default]\npath = /x\n",
		    "2: path cannot stand in [default], only in [store]\n" },
		{ "[x]\nkey = /x\n",
		    "2: key cannot stand in [x], only in [store]\n" },
		/* Keys of several sections. */
		{ "[default]\nuser = joe\n",
		    "2: user cannot stand in [default], only in [email] or "
		    "[sms] or [ldap]\n" },
		{ "[send]\nca-file = /x\nserver = smtp://a\ntries = 1\n",
		    "2: ca-file cannot stand in [send], only in [email] or "
		    "[sms] or [ldap]\n"
		    "3: server cannot stand in [send], only in [email]\n"
		    "4: tries cannot stand in [send], only in [default] or a "
		    "section of another name\n" },
		{ "[ldap]\ntext = x\n",
		    "2: text cannot stand in [ldap], only in [email] or "
		    "[sms]\n" },
		{ "[email]\nunenrolled = allow\nservice = su\n",
		    "2: unenrolled cannot stand in [email], only in [default] "
		    "or a section of another name\n"
		    "3: service cannot stand in [email], only in a section of "
		    "another name\n" },
		/* Also where nobody ever comes, and all of them. */
		{ "[x]\ntries = 0\nfoo =\n[y]\nservice = su\nwindow = 9\n",
		    "2: tries = 0: must be a number from 1 to 10\n"
		    "3: unknown key foo\n"
		    "6: window = 9: must be a number from 0 to 2\n" },

		/* Numbers that depend on others. */
		{ "[default]\nwait-first = 600\nwait-max = 600\n", "" },
		{ "[default]\nwait-first = 600\nwait-max = 599\n",
		    "3: wait-max is 599: must be 600 or more here, as "
		    "wait-first is 600\n" },
		{ "[default]\nwait-after = 5\noff-after = 6\n", "" },
		{ "[default]\noff-after = 5\n",
		    "2: off-after is 5: must be 6 or more here, as "
		    "wait-after is 5\n" },
		{ "[default]\noff-after = 4\nwait-after = 4\n",
		    "2: off-after is 4: must be 5 or more here, as "
		    "wait-after is 4\n" },
		/* A scenario on top of [default], wherever that stands. */
		{ "[x]\nwait-first = 61\n[default]\nwait-max = 60\n",
		    "2: wait-max is 60: must be 61 or more here, as "
		    "wait-first is 61\n" },
		{ "[default]\nwait-after = 10\n[x]\nservice = su\n"
		  "off-after = 10\n",
		    "5: off-after is 10: must be 11 or more here, as "
		    "wait-after is 10\n" },
		/* It may mend what it needs; nothing is told twice. */
		{ "[default]\nwait-max = 60\n[x]\nwait-first = 61\n"
		  "wait-max = 61\n[y]\ntries = 1\n",
		    "" },
		{ "[default]\noff-after = 3\n[x]\ntries = 1\n",
		    "2: off-after is 3: must be 6 or more here, as "
		    "wait-after is 5\n" },

		/* What is sent needs something to send it. */
		{ "[default]\nmethods = totp email\n",
		    "2: methods = totp email: email needs server in "
		    "[email]\n" },
		{ "[x]\nmethods = sms\n[sms]\nfrom = +4912345678\n",
		    "2: methods = sms: sms needs url in [sms]\n" },
		{ "[default]\nmethods = email sms\n",
		    "2: methods = email sms: email needs server in [email]\n"
		    "2: methods = email sms: sms needs url in [sms]\n" },
		{ "[default]\nmethods = email\n[email]\nserver =\n",
		    "2: methods = email: email needs server in [email]\n" },
		{ "[default]\nmethods = email\n[email]\n"
		  "server = smtp://a\nfrom = a@b\n",
		    "" },
		/* A server that is wrong is told of once. */
		{ "[default]\nmethods = email\n[email]\nserver = a\n"
		  "from = a@b\n",
		    "4: server = a: must be smtp://HOST:PORT or "
		    "smtps://HOST:PORT, :PORT being optional, or nothing\n" },
		{ "[email]\nhelo = x\nserver = smtp://a\n",
		    "3: server = smtp://a: needs from beside it in "
		    "[email]\n" },
		{ "[email]\nserver = smtp://a\nfrom =\n",
		    "2: server = smtp://a: needs from beside it in "
		    "[email]\n" },
		{ "[email]\nclient-cert = /c\n",
		    "2: client-cert = /c: needs client-key beside it in "
		    "[email]\n" },
		{ "[email]\nclient-key = /k\n",
		    "2: client-key = /k: needs client-cert beside it in "
		    "[email]\n" },
		{ "[email]\nclient-key = /k\nclient-cert = /c\n", "" },
		{ "[sms]\nurl = https://a/\n",
		    "2: url = https://a/: needs body beside it in [sms]\n" },
		{ "[sms]\nurl = https://a/{to}?{text}\nmethod = GET\n", "" },
		{ "[sms]\nurl = https://a/{to}\nmethod = GET\n"
		  "body = {text}\n",
		    "2: url = https://a/{to}: needs {text} in url of [sms]\n" },
		{ "[sms]\nurl = https://a/{to}\nbody = {text}\n", "" },
		{ "[sms]\nbody = x\nurl = https://a/\n",
		    "3: url = https://a/: needs {to} in url or body of [sms]\n"
		    "3: url = https://a/: needs {text} in url or body of "
		    "[sms]\n" },
		{ "[sms]\npreset = twilio\nfrom = x\nuser = y\n"
		  "body = {{text}{to}\n",
		    "2: preset = twilio: needs {text} in url or body of "
		    "[sms]\n" },
		{ "[sms]\nurl = https://a/\nbody = {to} {text}\nauth = basic\n",
		    "4: auth = basic: needs user beside it in [sms]\n" },
		{ "[sms]\nurl = https://a/\nbody = {to} {text}\nauth = "
		  "bearer\n",
		    "" },
		{ "[sms]\npreset = twilio\nfrom = +1234567\n",
		    "2: preset = twilio: needs user beside it in [sms]\n" },
		{ "[sms]\nuser = AC\npreset = twilio-whatsapp\n",
		    "3: preset = twilio-whatsapp: needs from beside it in "
		    "[sms]\n" },
		{ "[sms]\npreset = twilio\nfrom = +1234567\nauth = none\n",
		    "" },
		{ "[sms]\npreset = twilio\nbody =\nfrom = x\nuser = y\n",
		    "2: preset = twilio: needs body beside it in [sms]\n" },
		/* One that takes the preset's URL away can send nothing. */
		{ "[x]\nmethods = sms\n[sms]\npreset = twilio\nurl =\n"
		  "user = y\nfrom = x\n",
		    "2: methods = sms: sms needs url in [sms]\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct policy base;
		struct source src;
		int r;

		source_open(&src, rows[i].text);
		r = policy_check(&src.conf, tell, NULL, &base);
		assert_string_equal(rows[i].expect, told);
		assert_int_equal(rows[i].expect[0] ? -EINVAL : 0, r);
		if (r < 0)
			assert_zero(&base);
		source_close(&src);
	}
}

/* The table is what it documents: every default stands in its own range. */
static void
table(void **state)
{
	static const char *const sections[] = { "default", "store", "email",
		"sms", "ldap", "send" };
	struct policy_key_info info;
	size_t n = 0;

	(void)state;
	for (; policy_key(n, &info); n++) {
		bool scenario = strcmp(info.section, "scenario") == 0;
		bool known = scenario;
		char text[1024];

		for (size_t i = 0; i < N(sections); i++)
			known |= strcmp(info.section, sections[i]) == 0;
		assert_true(known);
		assert_true(info.range[0]);
		assert_int_equal('.', info.meaning[strlen(info.meaning) - 1]);
		snprintf(text, sizeof(text), "[%s]\n%s = %s\n", info.section,
		    info.key, scenario ? "sshd" : info.value);
		apply(text, NULL, NULL);
	}
	assert_int_equal(28 + 10 + 13 + 2 + 4, n);
	assert_false(policy_key(SIZE_MAX, &info));
}

/* The text of the example, the marks taken off what is no prose. */
static char *
read_example(void)
{
	static char text[65536];
	char line[1024];
	size_t len = 0;
	FILE *file = fopen(example, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		bool prose = strcmp(line, "#\n") == 0 || line[1] == ' ';

		assert_true(line[0] == '#' || strcmp(line, "\n") == 0);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
		    line[0] == '#' && !prose ? line + 1 : line);
		assert_true(len < sizeof(text));
	}
	fclose(file);
	return text;
}

/* It shows every key of the table, with its default, and has no fault. */
static void
example_is_the_table(void **state)
{
	struct policy_key_info info;
	struct policy base;
	struct source src;
	size_t n = 0, i = 0;

	(void)state;
	source_open(&src, read_example());
	assert_int_equal(0, policy_check(&src.conf, tell, NULL, &base));
	for (; policy_key(i, &info); i++) {
		const struct conf_section *sec = &src.conf.section[1];
		size_t j = 0;

		if (strcmp(info.section, "scenario") != 0)
			sec = conf_section(&src.conf, info.section);
		assert_non_null(sec);
		while (j < sec->n && strcmp(sec->entry[j].key, info.key) != 0)
			j++;
		assert_true(j < sec->n);
		if (strcmp(info.section, "scenario") != 0)
			assert_string_equal(info.value, sec->entry[j].value);
	}
	for (size_t j = 0; j < src.conf.n; j++)
		n += src.conf.section[j].n;
	assert_int_equal(n, i); /* and no other */
	source_close(&src);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(faults),
		cmocka_unit_test(table),
		cmocka_unit_test(example_is_the_table),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test_policy_keys pam_otp.conf\n");
		return 2;
	}
	example = argv[1];
	return cmocka_run_group_tests_name("policy_keys", tests, NULL, NULL);
}
