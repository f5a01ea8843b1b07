/* SPDX-License-Identifier: BSD-2-Clause */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#include "common/address.h"
#include "common/template.h"
#include "transfer.h"

#define URL_SIZE 8192
#define BODY_SIZE 32768 /* each byte of a text can become six */

/* What is put together of the templates. */
struct http {
	struct transfer transfer;
	char url[URL_SIZE], body[BODY_SIZE];
};

static bool
is(const char *text, const char *name)
{
	return strcmp(text, name) == 0;
}

static bool
fill_templates(struct http *http, const struct delivery *delivery,
    struct reply *reply)
{
	bool json = is(delivery->format, "json");
	struct template_value values[] = {
		{ "to", delivery->to },
		{ "from", delivery->from },
		{ "text", delivery->text },
		{ "user", delivery->user },
		{ "", NULL },
	};

	if (!address_phone_ok(delivery->to))
		reply_failed(reply, "the recipient is no phone number");
	else if (!json && !is(delivery->format, "form"))
		reply_failed(reply, "the format is neither form nor json");
	else if (template_fill(delivery->server, values, template_form,
		     http->url, sizeof(http->url)) < 0)
		reply_failed(reply, "the URL cannot be put together");
	else if (template_fill(delivery->body, values,
		     json ? template_json : template_form, http->body,
		     sizeof(http->body)) < 0)
		reply_failed(reply, "the body cannot be put together");
	else
		return true;
	return false;
}

static void
set_method(struct http *http, const struct delivery *delivery)
{
	struct transfer *transfer = &http->transfer;

	transfer_header(transfer, "User-Agent: pam_otp");
	transfer_header(transfer, "Expect:"); /* we do not wait for a 100 */
	if (is(delivery->method, "GET"))
		return;
	if (is(delivery->method, "PUT"))
		TRANSFER_SET(transfer, CURLOPT_CUSTOMREQUEST, "PUT");
	else if (!is(delivery->method, "POST"))
		transfer->failed = true;
	transfer_header(transfer,
	    is(delivery->format, "json")
		? "Content-Type: application/json"
		: "Content-Type: application/x-www-form-urlencoded");
	TRANSFER_SET(transfer, CURLOPT_POSTFIELDSIZE, (long)strlen(http->body));
	TRANSFER_SET(transfer, CURLOPT_POSTFIELDS, http->body);
}

static void
set_auth(struct transfer *transfer, const struct delivery *delivery)
{
	if (is(delivery->auth, "basic")) {
		TRANSFER_SET(transfer, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		TRANSFER_SET(transfer, CURLOPT_USERNAME, delivery->user);
		TRANSFER_SET(transfer, CURLOPT_PASSWORD, delivery->password);
	} else if (is(delivery->auth, "bearer")) {
		TRANSFER_SET(transfer, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		TRANSFER_SET(transfer, CURLOPT_XOAUTH2_BEARER,
		    delivery->password);
	} else if (!is(delivery->auth, "none")) {
		transfer->failed = true;
	}
}

static bool
status_expected(const char *list, long status)
{
	for (char *end;; list = end) {
		long expected = strtol(list, &end, 10);

		if (end == list)
			return false;
		if (expected == status)
			return true;
	}
}

static bool
judge(struct http *http, const struct delivery *delivery, struct reply *reply)
{
	long status = transfer_status(&http->transfer);
	const char *word = delivery->expect_reply;

	if (!status_expected(delivery->expect_status, status))
		reply_failed(reply, "the server answers with status %ld",
		    status);
	else if (*word != '\0' &&
	    memmem(http->transfer.text, http->transfer.len, word,
		strlen(word)) == NULL)
		reply_failed(reply,
		    "the server's reply is not the expected one");
	else
		return true;
	return false;
}

void
http_send(const struct delivery *delivery, struct reply *reply)
{
	static struct http http;

	if (!fill_templates(&http, delivery, reply) ||
	    !transfer_begin(&http.transfer, delivery, http.url, "http",
		reply) ||
	    !transfer_closed(&http.transfer, reply))
		goto out;
	set_method(&http, delivery);
	set_auth(&http.transfer, delivery);
	reply->ok = transfer_run(&http.transfer, reply) &&
	    judge(&http, delivery, reply);
out:
	transfer_end(&http.transfer, reply);
	explicit_bzero(&http, sizeof(http));
}
