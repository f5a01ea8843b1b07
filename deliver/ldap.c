/* SPDX-License-Identifier: BSD-2-Clause */
#include "ldap.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "common/ascii.h"
#include "common/contact.h"
#include "common/template.h"
#include "transfer.h"

#define URL_SIZE 4096
#define VALUE_MAX 512 /* what is longer is no address */

/*
 * "\xx" of every byte that is not a letter or a digit, which both a filter and
 * a DN take; the backslash itself as a URL wants it.
 */
long
ldap_escape(const char *value, char *out, size_t size)
{
	size_t len = 0;

	for (; *value != '\0'; value++) {
		if (len + sizeof("%5cxx") > size)
			return -1;
		if (ascii_alnum(*value))
			out[len++] = *value;
		else
			len += (size_t)sprintf(out + len, "%%5c%02x",
			    (unsigned char)*value);
	}
	if (len >= size)
		return -1;
	out[len] = '\0';
	return (long)len;
}

/* A value that came as base64.  False: it is none, or no text. */
static bool
decode(const char *text, char out[static VALUE_MAX])
{
	size_t len = strlen(text);
	int n;

	if (len == 0 || len % 4 != 0 || len / 4 * 3 >= VALUE_MAX)
		return false;
	n = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text,
	    (int)len);
	if (n < 0)
		return false;
	for (const char *s = text + len; s > text && s[-1] == '='; s--)
		n--;
	if (n < 0)
		return false;
	out[n] = '\0';
	return strlen(out) == (size_t)n;
}

/* "name: value" or "name:: base64". */
static void
take_value(const char *line, enum policy_method channel, struct reply *reply)
{
	char decoded[VALUE_MAX];
	const char *colon = strchr(line, ':');

	if (colon == NULL)
		return;
	if (strncmp(colon, ":: ", 3) != 0)
		reply_address(reply, channel, colon + strspn(colon, ": "));
	else if (decode(colon + 3, decoded))
		reply_address(reply, channel, decoded);
}

/*
 * What libcurl makes of an answer: "DN: ..." and, indented by a tab, a line of
 * each value, with an empty one between attributes and entries.
 */
static bool
read_answer(char *text, enum policy_method channel, struct reply *reply)
{
	unsigned int entries = 0, values = 0;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "DN:", 3) == 0)
			entries++;
		else if (line[0] == '\t' && values++ < CONTACT_MAX)
			take_value(line + 1, channel, reply);
	}
	if (entries <= 1)
		return true;
	reply_failed(reply, "%u entries match, and one must", entries);
	return false;
}

/* The path of its URL names a base, and the query attributes. */
static bool
put_together(const struct delivery *delivery, char url[static URL_SIZE],
    struct reply *reply)
{
	const struct template_value values[] = {
		{ "user", delivery->account },
		{ "", NULL },
	};

	if (strstr(delivery->source, "{user}") == NULL)
		reply_failed(reply, "there is no {user} in the URL");
	else if (template_fill(delivery->source, values, ldap_escape, url,
		     URL_SIZE) < 0)
		reply_failed(reply, "the URL cannot be put together");
	else
		return true;
	return false;
}

void
ldap_lookup(const struct delivery *delivery, struct reply *reply)
{
	static struct transfer transfer;
	char url[URL_SIZE];

	if (!put_together(delivery, url, reply))
		return;
	if (!transfer_begin(&transfer, delivery, url, "ldap", reply) ||
	    !transfer_closed(&transfer, reply))
		goto out;
	TRANSFER_SET(&transfer, CURLOPT_USE_SSL, (long)CURLUSESSL_NONE);
	/* libcurl sits out a fifth of a second there, whatever comes in. */
	TRANSFER_SET(&transfer, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 10L);
	if (delivery->user[0] != '\0') {
		TRANSFER_SET(&transfer, CURLOPT_USERNAME, delivery->user);
		TRANSFER_SET(&transfer, CURLOPT_PASSWORD, delivery->password);
	}
	reply->ok = transfer_run(&transfer, reply) &&
	    read_answer(transfer.text, delivery->channel, reply);
out:
	transfer_end(&transfer, reply);
}
