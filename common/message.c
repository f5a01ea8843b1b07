/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "enrolment.h"
#include "sentence.h"
#include "template.h"

#define SHOWN 64

/* What a mail is made of. */
struct words {
	const char *subject, *text;
};

/* Of an address that waits; "\\n" as in template.h. */
static const struct words confirmation = { "Confirm this address on {host}",
	"{user} on {host} wants codes for logging in to be sent here.\\n\\n"
	"The code that confirms it, good for {minutes} minutes:\\n\\n"
	"{prefix}{code}\\n\\n"
	"If you do not know what this is about, do nothing, and tell it to "
	"nobody.\\n" };

static const struct words confirmation_sms = { "",
	"{prefix}{code}\\nconfirms that codes for {user} on {host} are sent "
	"here. If you do not know what this is about, tell it to nobody." };

static const struct words notice = { "Your second factor on {host}",
	"The second factor of {user} on {host}:\\n\\n{lines}\\n"
	"That was done {how}, {time}. If it was not you, do what stands "
	"there, and tell your administrator.\\n" };

static const struct words notice_sms = { "",
	"{user} on {host}: {lines}{how}, {time}" };

/* True: it found room. */
static bool
put(const char *text, char *out, size_t size)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

#define PUT(text, out) put((text), (out), sizeof(out))

static bool
put_mail(const struct policy_delivery *policy, const struct secrets *secrets,
    struct delivery *delivery)
{
	const struct policy_email *email = &policy->email;

	delivery->kind = DELIVERY_MAIL;
	return email->server[0] != '\0' &&
	    PUT(email->server, delivery->server) &&
	    PUT(email->from, delivery->from) &&
	    PUT(email->user, delivery->user) &&
	    PUT(secrets->email, delivery->password) &&
	    PUT(email->ca_file, delivery->ca_file) &&
	    PUT(email->client_cert, delivery->client_cert) &&
	    PUT(email->client_key, delivery->client_key) &&
	    PUT(email->helo, delivery->helo);
}

static bool
put_sms(const struct policy_delivery *policy, const struct secrets *secrets,
    struct delivery *delivery)
{
	const struct policy_sms *sms = &policy->sms;

	delivery->kind = DELIVERY_HTTP;
	return sms->url[0] != '\0' && PUT(sms->url, delivery->server) &&
	    PUT(sms->from, delivery->from) && PUT(sms->user, delivery->user) &&
	    PUT(secrets->sms, delivery->password) &&
	    PUT(sms->ca_file, delivery->ca_file) &&
	    PUT(sms->method, delivery->method) &&
	    PUT(sms->format, delivery->format) &&
	    PUT(sms->auth, delivery->auth) && PUT(sms->body, delivery->body) &&
	    PUT(sms->expect_status, delivery->expect_status) &&
	    PUT(sms->expect_reply, delivery->expect_reply);
}

static int
fill(const struct message *message, const struct policy_delivery *policy,
    const struct secrets *secrets, const struct words *words,
    const struct template_value *values, struct delivery *delivery)
{
	bool mail = message->method == METHOD_EMAIL;
	int r = -EINVAL;

	memset(delivery, 0, sizeof(*delivery));
	if (PUT(message->to, delivery->to) &&
	    (mail ? put_mail(policy, secrets, delivery)
		  : put_sms(policy, secrets, delivery)))
		r = 0;
	if (r == 0 && mail)
		r = template_fill(words->subject, values, NULL,
		    delivery->subject, sizeof(delivery->subject));
	if (r == 0)
		r = template_fill(words->text, values, NULL, delivery->text,
		    sizeof(delivery->text));
	if (r < 0)
		explicit_bzero(delivery, sizeof(*delivery));
	return r;
}

/* The names of what happened, as they are shown. */
struct names {
	char user[SHOWN + 1], host[SHOWN + 1], service[SHOWN + 1];
	char rhost[SHOWN + 1], time[SENTENCE_DATE_SIZE];
};

static void
read_name(const char *text, const char *otherwise, char out[static SHOWN + 1])
{
	if (*ascii_word(text, out, SHOWN + 1) == '\0')
		strcpy(out, otherwise);
}

static void
read_names(const struct message *message, struct names *names)
{
	read_name(message->user, "", names->user);
	read_name(message->host, "", names->host);
	read_name(message->service, "this machine", names->service);
	read_name(message->rhost, "this machine", names->rhost);
	sentence_date(message->now, names->time);
}

int
message_code(const struct message *message,
    const struct policy_delivery *policy, const struct secrets *secrets,
    const struct policy_sent *sent, const char *code, struct delivery *delivery)
{
	const bool mail = message->method == METHOD_EMAIL;
	const struct words login = { mail ? policy->email.subject : "",
		mail ? policy->email.text : policy->sms.text };
	const struct words *words = message->login ? &login
	    : mail                                 ? &confirmation
						   : &confirmation_sms;
	char minutes[16];
	struct names names;
	const struct template_value values[] = {
		{ "code", code },
		{ "prefix", sent->prefix },
		{ "minutes", minutes },
		{ "user", names.user },
		{ "host", names.host },
		{ "service", names.service },
		{ "rhost", names.rhost },
		{ "time", names.time },
		{ "", NULL },
	};

	read_names(message, &names);
	snprintf(minutes, sizeof(minutes), "%u",
	    message->login ? sent->minutes : enrolment_address_minutes(sent));
	return fill(message, policy, secrets, words, values, delivery);
}

int
message_notice(const struct message *message,
    const struct policy_delivery *policy, const struct secrets *secrets,
    const char *lines, struct delivery *delivery)
{
	const bool mail = message->method == METHOD_EMAIL;
	char how[2 * SHOWN + 64] = "with otp-enroll on this machine";
	struct names names;
	const struct template_value values[] = {
		{ "lines", lines },
		{ "how", how },
		{ "user", names.user },
		{ "host", names.host },
		{ "time", names.time },
		{ "", NULL },
	};

	read_names(message, &names);
	if (message->login)
		snprintf(how, sizeof(how), "at a login to %s from %s",
		    names.service, names.rhost);
	else if (message->root)
		strcpy(how, "by an administrator");
	return fill(message, policy, secrets, mail ? &notice : &notice_sms,
	    values, delivery);
}
