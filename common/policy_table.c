/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the table of keys.
 */
#include "policy_table.h"

#include <limits.h>
#include <string.h>
#include <sys/un.h>

#include "code.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define BLANKS " \t"

static bool
match_service(const char *value, const struct policy_facts *facts)
{
	const char *word;
	size_t len;

	while (facts->service && (word = policy_word(&value, BLANKS, &len))) {
		if (strlen(facts->service) == len &&
		    memcmp(facts->service, word, len) == 0)
			return true;
	}
	return false;
}

#define RANGE(min, max) STRING(min) " to " STRING(max), min, max
#define BYTES(min, max) STRING(min) " to " STRING(max) " bytes", min, max
#define BYTES_OF_CODE(max)                                                     \
	"1 to " STRING(max) " bytes, {code} among them", 1, max
#define MEMBER(m) offsetof(struct policy, m), sizeof(((struct policy *)0)->m)
/* Where a text is kept; a member that is none does not compile. */
#define TEXT_OF(type, m)                                                       \
	offsetof(struct type, m) +                                             \
	    0 * sizeof(((struct type *)0)->m == (const char *)0),              \
	    0
#define PLACE(m) TEXT_OF(policy_store, m)
#define GIVEN(m) TEXT_OF(policy_delivery, m)
#define COUNT(m)                                                               \
	offsetof(struct policy_delivery, m),                                   \
	    sizeof(((struct policy_delivery *)0)->m)
#define T(name) &policy_type_##name
#define FILE_NAME "absolute path", 2, POLICY_URL_MAX
#define SOCKET_NAME                                                            \
	"absolute path", 2, sizeof(((struct sockaddr_un *)0)->sun_path) - 1
#define OVER(key, m, by) .over = { key, offsetof(struct policy, m), by }

/* What goes to users may use, see template.h; a subject is seen by all. */
#define NAMES_SUBJECT "prefix minutes user host service rhost time"
#define NAMES_SENT "code " NAMES_SUBJECT
#define SOURCES                                                                \
	"one or more of: record, gecos, file:/PATH, ldaps://..., "             \
	"ldap://localhost..., exec:/PATH",                                     \
	    0, POLICY_SOURCE_MAX

/* clang-format off */
const struct policy_row policy_table[] = {
	{ IN_SCENARIO, "service", T(names), "names of PAM services", 0, 0,
	    "", .match = match_service, .meaning =
	    "The PAM services that this scenario is for." },
	{ IN_DEFAULT, "methods", T(set),
	    "totp, hotp, recovery, email, sms", 0, 0,
	    "totp hotp recovery", MEMBER(methods), .meaning =
	    "What may be answered with." },
	{ IN_DEFAULT, "unenrolled", T(choice), "deny, allow", 0, 0,
	    "allow", MEMBER(unenrolled), .meaning =
	    "Whether users without a second factor pass without one." },
	{ IN_DEFAULT, "self-enroll", T(choice), "off, ticket, open, auto", 0, 0,
	    "auto", MEMBER(self_enroll), .meaning =
	    "What users without a second factor need to set one up." },
	{ IN_DEFAULT, "self-lock", T(flag), "no, yes", 0, 0,
	    "yes", MEMBER(self_lock), .meaning =
	    "Whether users may lock their own without a code." },
	{ IN_DEFAULT, "exempt", T(flag), "no, yes", 0, 0,
	    "no", MEMBER(exempt), .meaning =
	    "Whether everybody passes unasked, enrolled or not." },
	{ IN_DEFAULT, "tries", T(number), RANGE(1, 10),
	    "3", MEMBER(tries), .meaning =
	    "How many times one login asks." },
	{ IN_DEFAULT, "window", T(number), RANGE(0, 2),
	    "1", MEMBER(window), .meaning =
	    "How many time steps a code may be early or late." },
	{ IN_DEFAULT, "prompt", T(prompt), BYTES(1, POLICY_PROMPT_MAX),
	    "Verification code:", MEMBER(prompt), .meaning =
	    "What users are asked; a blank is added at the end." },
	{ IN_DEFAULT, "echo", T(flag), "no, yes", 0, 0,
	    "no", MEMBER(echo), .meaning =
	    "Whether the code is seen while it is typed." },
	{ IN_DEFAULT, "issuer", T(text), BYTES(0, POLICY_ISSUER_MAX),
	    "", MEMBER(issuer), .meaning =
	    "What authenticator apps call this host; empty is its name." },
	{ IN_DEFAULT, "wait-after", T(number), RANGE(1, 10),
	    "5", MEMBER(throttle.wait_after), .meaning =
	    "How many wrong codes in a row bring the first wait." },
	{ IN_DEFAULT, "wait-first", T(number), RANGE(10, 600),
	    "30", MEMBER(throttle.wait_first), .meaning =
	    "Seconds of the first wait; each wrong code after it doubles it." },
	{ IN_DEFAULT, "wait-max", T(number), RANGE(60, 86400),
	    "3600", MEMBER(throttle.wait_max),
	    OVER("wait-first", throttle.wait_first, 0), .meaning =
	    "Seconds that a wait never exceeds." },
	{ IN_DEFAULT, "off-after", T(number), RANGE(3, 50),
	    "20", MEMBER(throttle.off_after),
	    OVER("wait-after", throttle.wait_after, 1), .meaning =
	    "Wrong codes in a row that switch the user's devices off." },
	{ IN_DEFAULT, "budget", T(number), RANGE(10, 100),
	    "50", MEMBER(throttle.budget), .meaning =
	    "Wrong codes in 30 days that do so, whatever succeeds." },
	{ IN_DEFAULT, "code-length", T(number),
	    RANGE(CODE_LEN_MIN, CODE_LEN_MAX),
	    "8", MEMBER(sent.length), .meaning =
	    "How many characters a code that is sent has." },
	{ IN_DEFAULT, "code-alphabet", T(choice), "digits, letters, both", 0, 0,
	    "digits", MEMBER(sent.alphabet), .meaning =
	    "What they are; of letters only those that nobody mixes up." },
	{ IN_DEFAULT, "code-prefix", T(prefix), BYTES(0, POLICY_PREFIX_MAX),
	    "", MEMBER(sent.prefix), .meaning =
	    "Put before such codes, to tell them apart; need not be typed." },
	{ IN_DEFAULT, "code-ttl", T(number), RANGE(1, 60),
	    "10", MEMBER(sent.minutes), .meaning =
	    "Minutes that such a code is good for." },
	{ IN_DEFAULT, "code-tries", T(number), RANGE(1, 10),
	    "3", MEMBER(sent.tries), .meaning =
	    "How many wrong answers end such a code." },
	{ IN_DEFAULT, "resend-after", T(number), RANGE(30, 3600),
	    "60", MEMBER(sent.resend_after), .meaning =
	    "Seconds until a user can have another one sent." },
	{ IN_DEFAULT, "resend-max", T(number), RANGE(1, 10),
	    "3", MEMBER(sent.resend_max), .meaning =
	    "How many a user can have sent in 15 minutes; 10 in a day." },
	{ IN_DEFAULT, "confirm-address", T(flag), "no, yes", 0, 0,
	    "no", MEMBER(sent.confirm), .meaning =
	    "Whether the whole address has to be typed to have one sent." },
	{ IN_DEFAULT, "notify", T(choice), "none, changes, all", 0, 0,
	    "changes", MEMBER(notify), .meaning =
	    "What users are told of by mail, and an old number by a text." },
	{ IN_STORE, "path", T(path), "absolute path", 2, PATH_MAX - 1,
	    "/var/lib/pam_otp", PLACE(path), .meaning =
	    "The directory of the users' records." },
	{ IN_STORE, "key", T(path), "absolute path", 2, PATH_MAX - 1,
	    "/etc/security/pam_otp.key", PLACE(key), .meaning =
	    "The file of the key that seals them." },
	{ IN_STORE, "socket", T(path), SOCKET_NAME,
	    "/run/pam_otp/socket", PLACE(socket), .meaning =
	    "Where pam_otpd serves those who may not open them." },
	{ IN_EMAIL, "server", T(server),
	    "smtp://HOST:PORT or smtps://HOST:PORT, :PORT being optional",
	    0, POLICY_URL_MAX, "", GIVEN(email.server), .optional = true,
	    .meaning =
	    "The mail server; empty: no mail is sent." },
	{ IN_EMAIL, "from", T(mail), "an address of mail, NAME@HOST", 0, 0,
	    "", GIVEN(email.from), .optional = true, .meaning =
	    "Whom the mail is from." },
	{ IN_EMAIL, "helo", T(host), "the name of a host", 0, 0,
	    "", GIVEN(email.helo), .optional = true, .meaning =
	    "How this host names itself to the server; empty is its name." },
	{ IN_EMAIL, "user", T(line), BYTES(0, POLICY_URL_MAX),
	    "", GIVEN(email.user), .meaning =
	    "Who logs in to the server; empty: nobody." },
	{ IN_EMAIL, "ca-file", T(path), FILE_NAME,
	    "", GIVEN(email.ca_file), .optional = true, .meaning =
	    "Who may vouch for the server, as PEM; empty: the system's CAs." },
	{ IN_EMAIL, "client-cert", T(path), FILE_NAME,
	    "", GIVEN(email.client_cert), .optional = true, .meaning =
	    "A certificate to show to the server, as PEM." },
	{ IN_EMAIL, "client-key", T(path), FILE_NAME,
	    "", GIVEN(email.client_key), .optional = true, .meaning =
	    "Its key; the user _pam_otp_send must be able to read it." },
	{ IN_EMAIL, "subject", T(template), BYTES(1, 128),
	    "Code for {service} on {host}", GIVEN(email.subject),
	    .names = NAMES_SUBJECT, .meaning =
	    "The subject of a mail with a code, which it cannot name." },
	{ IN_EMAIL, "text", T(template), BYTES_OF_CODE(POLICY_BODY_MAX),
	    "Somebody is logging in as {user}: {service} on {host}, from "
	    "{rhost}, {time}.\\n\\nThe code for it, good for {minutes} "
	    "minutes:\\n\\n{prefix}{code}\\n\\nType it where you were asked "
	    "for it and nowhere else. Nobody will ever ask you to tell it to "
	    "them.\\n\\nIf this was not you, somebody knows your password: "
	    "change it, and tell your administrator.\\n",
	    GIVEN(email.text), .names = NAMES_SENT, .must = "code", .meaning =
	    "What such a mail says; \\n ends a line." },
	{ IN_EMAIL, "email-from", T(sources), SOURCES,
	    "record", GIVEN(email.sources), .meaning =
	    "Where users' addresses are looked up, in this order." },
	{ IN_SMS, "preset", T(word), "none, twilio, twilio-whatsapp", 0, 0,
	    "none", GIVEN(sms.preset), .meaning =
	    "A gateway whose url, body and so on need not be given." },
	{ IN_SMS, "url", T(gateway),
	    "https://HOST/..., or http:// to this very host", 0, POLICY_URL_MAX,
	    "", GIVEN(sms.url), .optional = true, .meaning =
	    "The gateway; empty: no text messages are sent." },
	{ IN_SMS, "method", T(word), "POST, GET, PUT", 0, 0,
	    "POST", GIVEN(sms.method), .meaning =
	    "How it is asked; GET has no body." },
	{ IN_SMS, "format", T(word), "form, json", 0, 0,
	    "form", GIVEN(sms.format), .meaning =
	    "What the body is, and how what is put into it is quoted." },
	{ IN_SMS, "body", T(template), BYTES(0, POLICY_BODY_MAX),
	    "", GIVEN(sms.body), .names = POLICY_NAMES_HTTP, .meaning =
	    "What the gateway is sent." },
	{ IN_SMS, "auth", T(word), "none, basic, bearer", 0, 0,
	    "none", GIVEN(sms.auth), .meaning =
	    "How we prove who we are: user and password, or a token." },
	{ IN_SMS, "user", T(line), BYTES(0, POLICY_URL_MAX),
	    "", GIVEN(sms.user), .meaning =
	    "Who we are; at Twilio the Account SID." },
	{ IN_SMS, "from", T(line), BYTES(0, 64),
	    "", GIVEN(sms.from), .meaning =
	    "The number or name that messages are from." },
	{ IN_SMS, "ca-file", T(path), FILE_NAME,
	    "", GIVEN(sms.ca_file), .optional = true, .meaning =
	    "Who may vouch for it, as PEM; empty: the system's CAs." },
	{ IN_SMS, "expect-status", T(statuses),
	    "numbers of HTTP from 100 to 599", 0, POLICY_STATUSES_MAX,
	    "200 201 202", GIVEN(sms.expect_status), .meaning =
	    "What it answers when a message was taken." },
	{ IN_SMS, "expect-reply", T(line), BYTES(0, POLICY_REPLY_MAX),
	    "", GIVEN(sms.expect_reply), .meaning =
	    "What has to stand in its reply then; empty: whatever it says." },
	{ IN_SMS, "text", T(template), BYTES_OF_CODE(480),
	    "{prefix}{code}\\nis the code for {user}: {service} on {host}, "
	    "from {rhost}, {time}, good for {minutes} minutes. Nobody will "
	    "ever ask you to tell it to them. If this was not you, somebody "
	    "knows your password: change it, and tell your administrator.",
	    GIVEN(sms.text), .names = NAMES_SENT, .must = "code", .meaning =
	    "What the message says; \\n ends a line." },
	{ IN_SMS, "sms-from", T(sources), SOURCES,
	    "record", GIVEN(sms.sources), .meaning =
	    "Where users' numbers are looked up, in this order." },
	{ IN_LDAP, "user", T(line), BYTES(0, POLICY_URL_MAX),
	    "", GIVEN(ldap.user), .meaning =
	    "Who asks the directory, as a DN; empty: nobody." },
	{ IN_LDAP, "ca-file", T(path), FILE_NAME,
	    "", GIVEN(ldap.ca_file), .optional = true, .meaning =
	    "Who may vouch for it, as PEM; empty: the system's CAs." },
	{ IN_SEND, "program", T(path), "absolute path", 2, PATH_MAX - 1,
	    "/usr/libexec/pam_otp-send", GIVEN(send.program), .meaning =
	    "What talks to mail servers, gateways and directories." },
	{ IN_SEND, "socket", T(path), SOCKET_NAME,
	    "/run/pam_otp/send", GIVEN(send.socket), .meaning =
	    "Where pam_otpd, which has no network, reaches it." },
	{ IN_SEND, "secrets", T(path), "absolute path", 2, PATH_MAX - 1,
	    POLICY_SECRETS, GIVEN(send.secrets), .meaning =
	    "The file of the passwords for them." },
	{ IN_SEND, "timeout", T(number), RANGE(1, POLICY_SECONDS_MAX),
	    "10", COUNT(send.seconds), .meaning =
	    "Seconds that somebody waits for it, look-ups included." },
};
/* clang-format on */

const size_t policy_rows = sizeof(policy_table) / sizeof(policy_table[0]);

/* Lists store the place of a choice, or its bit. */
_Static_assert(METHOD_TOTP == 1 << 0 && METHOD_HOTP == 1 << 1 &&
	METHOD_RECOVERY == 1 << 2 && METHOD_EMAIL == 1 << 3 &&
	METHOD_SMS == 1 << 4 && UNENROLLED_DENY == 0 && UNENROLLED_ALLOW == 1 &&
	SELF_ENROLL_OFF == 0 && SELF_ENROLL_TICKET == 1 &&
	SELF_ENROLL_OPEN == 2 && SELF_ENROLL_AUTO == 3 &&
	ALPHABET_DIGITS == 0 && ALPHABET_LETTERS == 1 && ALPHABET_BOTH == 2 &&
	NOTIFY_NONE == 0 && NOTIFY_CHANGES == 1 && NOTIFY_ALL == 2,
    "the order of choices in the table");
