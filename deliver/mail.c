/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/address.h"
#include "common/random.h"
#include "common/url.h"
#include "letter.h"
#include "transfer.h"

#define URL_SIZE (2 * POLICY_URL_MAX)
#define BODY_SIZE (2 * DELIVERY_TEXT_MAX + 1)

/* Both ends, since libcurl gives them to the server as they are. */
static bool
looks_right(const struct delivery *delivery, struct reply *reply)
{
	if (!address_mail_ok(delivery->to))
		reply_failed(reply, "the recipient is no address");
	else if (!address_mail_ok(delivery->from))
		reply_failed(reply, "the sender is no address");
	else if (delivery->helo[0] != '\0' &&
	    !url_host_ok(delivery->helo, strlen(delivery->helo)))
		reply_failed(reply, "the name for HELO is none");
	else
		return true;
	return false;
}

/*
 * The server, with nothing behind it, and where other URLs have a path the name
 * for HELO.
 */
static bool
put_together(const struct delivery *delivery, char out[static URL_SIZE])
{
	struct url url;

	if (!url_read(delivery->server, &url) ||
	    (url.rest[0] != '\0' && strcmp(url.rest, "/") != 0))
		return false;
	snprintf(out, URL_SIZE, "%.*s/%s", (int)(url.rest - delivery->server),
	    delivery->server, delivery->helo);
	return true;
}

static void
set_headers(struct transfer *transfer, const struct delivery *delivery)
{
	uint8_t random[LETTER_ID_BYTES];
	char line[LETTER_SUBJECT_SIZE];

	if (random_bytes(random, sizeof(random)) < 0 ||
	    letter_date(time(NULL), line) < 0) {
		transfer->failed = true;
		return;
	}
	transfer_header(transfer, line);
	snprintf(line, sizeof(line), "From: <%s>", delivery->from);
	transfer_header(transfer, line);
	snprintf(line, sizeof(line), "To: <%s>", delivery->to);
	transfer_header(transfer, line);
	letter_subject(delivery->subject, line);
	transfer_header(transfer, line);
	letter_id(random, delivery->from, line);
	transfer_header(transfer, line);
	transfer_header(transfer, "Auto-Submitted: auto-generated");
}

/* Quoted-printable passes every server, and keeps a code in one piece. */
static void
set_body(struct transfer *transfer, curl_mime *mime, const char *text)
{
	char body[BODY_SIZE];
	curl_mimepart *part = curl_mime_addpart(mime);

	if (part == NULL || letter_body(text, body, sizeof(body)) < 0 ||
	    curl_mime_data(part, body, CURL_ZERO_TERMINATED) != CURLE_OK ||
	    curl_mime_type(part, "text/plain; charset=utf-8") != CURLE_OK ||
	    curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
		transfer->failed = true;
	TRANSFER_SET(transfer, CURLOPT_MIMEPOST, mime);
	explicit_bzero(body, sizeof(body));
}

static void
set_session(struct transfer *transfer, const struct delivery *delivery,
    struct curl_slist *recipients)
{
	bool plain = transfer->loopback && delivery->ca_file[0] == '\0';

	TRANSFER_SET(transfer, CURLOPT_USE_SSL,
	    (long)(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (delivery->user[0] != '\0') {
		TRANSFER_SET(transfer, CURLOPT_USERNAME, delivery->user);
		TRANSFER_SET(transfer, CURLOPT_PASSWORD, delivery->password);
		/* Else it prefers what needs a ticket of Kerberos'. */
		TRANSFER_SET(transfer, CURLOPT_LOGIN_OPTIONS,
		    "AUTH=PLAIN;AUTH=LOGIN");
	}
	TRANSFER_SET(transfer, CURLOPT_MAIL_FROM, delivery->from);
	TRANSFER_SET(transfer, CURLOPT_MAIL_RCPT, recipients);
	if (recipients == NULL)
		transfer->failed = true;
}

void
mail_send(const struct delivery *delivery, struct reply *reply)
{
	static struct transfer transfer;
	struct curl_slist *recipients = NULL;
	curl_mime *mime = NULL;
	char url[URL_SIZE];

	if (!looks_right(delivery, reply))
		return;
	if (!put_together(delivery, url)) {
		reply_failed(reply,
		    "the server's URL is more than a host and port");
		return;
	}
	if (!transfer_begin(&transfer, delivery, url, "smtp", reply))
		goto out;
	mime = curl_mime_init(transfer.curl);
	recipients = curl_slist_append(NULL, delivery->to);
	set_headers(&transfer, delivery);
	set_body(&transfer, mime, delivery->text);
	set_session(&transfer, delivery, recipients);
	reply->ok = transfer_run(&transfer, reply);
out:
	transfer_end(&transfer, reply);
	curl_mime_free(mime);
	curl_slist_free_all(recipients);
}
