/* SPDX-License-Identifier: BSD-2-Clause */
#include "transfer.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "common/url.h"

/* Fill in what is known of it by its URL, if that is of such a scheme. */
static bool
read_url(struct transfer *transfer, const char *text, const char *scheme)
{
	char with_tls[16];
	struct url url;

	snprintf(with_tls, sizeof(with_tls), "%ss", scheme);
	if (!url_read(text, &url))
		return false;
	transfer->tls = url_is(&url, with_tls);
	/* libcurl looks "localhost" up nowhere. */
	transfer->loopback = url_loopback(&url);
	return transfer->tls || url_is(&url, scheme);
}

static size_t
take_text(char *data, size_t one, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	if (n * one > TRANSFER_MAX - transfer->len)
		return 0;
	memcpy(transfer->text + transfer->len, data, n * one);
	transfer->len += n * one;
	transfer->text[transfer->len] = '\0';
	return n * one;
}

/* Nobody reads them; but they must come to an end. */
static size_t
take_header(char *data, size_t one, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	(void)data;
	transfer->headers_len += n * one;
	return transfer->headers_len > TRANSFER_MAX ? 0 : n * one;
}

static void
set_tls(struct transfer *transfer, const struct delivery *delivery)
{
	TRANSFER_SET(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
	TRANSFER_SET(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
	TRANSFER_SET(transfer, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (delivery->ca_file[0] != '\0') {
		/* This alone, and not beside all that a host trusts. */
		TRANSFER_SET(transfer, CURLOPT_CAINFO, delivery->ca_file);
		TRANSFER_SET(transfer, CURLOPT_CAPATH, NULL);
	}
	if (delivery->client_cert[0] != '\0')
		TRANSFER_SET(transfer, CURLOPT_SSLCERT, delivery->client_cert);
	if (delivery->client_key[0] != '\0')
		TRANSFER_SET(transfer, CURLOPT_SSLKEY, delivery->client_key);
}

static void
set_all(struct transfer *transfer, const struct delivery *delivery,
    const char *url, const char *schemes)
{
	TRANSFER_SET(transfer, CURLOPT_URL, url);
	TRANSFER_SET(transfer, CURLOPT_PROTOCOLS_STR, schemes);
	TRANSFER_SET(transfer, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
	TRANSFER_SET(transfer, CURLOPT_FOLLOWLOCATION, 0L);
	TRANSFER_SET(transfer, CURLOPT_PROXY, "");
	TRANSFER_SET(transfer, CURLOPT_NOPROXY, "*");
	TRANSFER_SET(transfer, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	TRANSFER_SET(transfer, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700 /* 7.87.0 */
	/* A thread that waits for a name server ends with us. */
	TRANSFER_SET(transfer, CURLOPT_QUICK_EXIT, 1L);
#endif
	/*
	 * One end for all of it, and none for connecting alone: to libcurl the
	 * greeting is part of that, and some mail servers let everybody wait
	 * for theirs, to see who can.
	 */
	TRANSFER_SET(transfer, CURLOPT_TIMEOUT_MS, delivery->seconds * 1000L);
	TRANSFER_SET(transfer, CURLOPT_WRITEFUNCTION, take_text);
	TRANSFER_SET(transfer, CURLOPT_WRITEDATA, transfer);
	TRANSFER_SET(transfer, CURLOPT_HEADERFUNCTION, take_header);
	TRANSFER_SET(transfer, CURLOPT_HEADERDATA, transfer);
	set_tls(transfer, delivery);
}

bool
transfer_begin(struct transfer *transfer, const struct delivery *delivery,
    const char *url, const char *scheme, struct reply *reply)
{
	char schemes[32];

	memset(transfer, 0, sizeof(*transfer));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		transfer->curl = curl_easy_init();
	if (transfer->curl == NULL) {
		reply_failed(reply, "no memory");
		return false;
	}
	if (!read_url(transfer, url, scheme)) {
		reply_failed(reply, "the URL is none of %s: or %ss:", scheme,
		    scheme);
		return false;
	}
	snprintf(schemes, sizeof(schemes), "%s,%ss", scheme, scheme);
	set_all(transfer, delivery, url, schemes);
	return true;
}

bool
transfer_closed(const struct transfer *transfer, struct reply *reply)
{
	if (transfer->tls || transfer->loopback)
		return true;
	reply_failed(reply,
	    "the URL must begin with https: or ldaps:, "
	    "since the server is another host");
	return false;
}

void
transfer_header(struct transfer *transfer, const char *line)
{
	struct curl_slist *more = curl_slist_append(transfer->headers, line);

	if (more == NULL)
		transfer->failed = true;
	else
		transfer->headers = more;
}

/* Why the certificate was not taken. */
static const char *
certificate(const struct transfer *transfer)
{
	long why = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_SSL_VERIFYRESULT, &why);
	/* libcurl compares the name itself, and then this was not set yet. */
	return why > X509_V_ERR_UNSPECIFIED ? X509_verify_cert_error_string(why)
					    : "it is for another name";
}

/* In words for who has to mend it, where libcurl's own are dark. */
static const char *
words(CURLcode code, long status)
{
	static const struct {
		CURLcode code;
		const char *text;
	} rows[] = {
		{ CURLE_COULDNT_RESOLVE_HOST,
		    "the server's name is not known" },
		{ CURLE_COULDNT_CONNECT, "the server cannot be reached" },
		{ CURLE_OPERATION_TIMEDOUT,
		    "the server did not answer in time" },
		{ CURLE_USE_SSL_FAILED,
		    "the server offers no TLS, without which nothing is sent" },
		{ CURLE_LOGIN_DENIED,
		    "the server does not take user and password" },
		{ CURLE_WRITE_ERROR,
		    "the server says more than anybody would read" },
		{ CURLE_SSL_CACERT_BADFILE,
		    "the file that ca-file names cannot be read" },
		{ CURLE_SSL_CERTPROBLEM,
		    "the client certificate or key cannot be read" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return rows[i].text;
	return status >= 400 ? "the server refused it"
			     : curl_easy_strerror(code);
}

bool
transfer_run(struct transfer *transfer, struct reply *reply)
{
	CURLcode code;
	long status;

	TRANSFER_SET(transfer, CURLOPT_HTTPHEADER, transfer->headers);
	if (transfer->failed) {
		reply_failed(reply, "libcurl cannot be set up");
		return false;
	}
	code = curl_easy_perform(transfer->curl);
	if (code == CURLE_OK)
		return true;
	status = transfer_status(transfer);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		reply_failed(reply, "the server's certificate is refused: %s",
		    certificate(transfer));
	else if (status >= 400)
		reply_failed(reply, "%s (status %ld)", words(code, status),
		    status);
	else
		reply_failed(reply, "%s", words(code, status));
	return false;
}

long
transfer_status(const struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

void
transfer_end(struct transfer *transfer, struct reply *reply)
{
	reply_write(reply);
	curl_easy_cleanup(transfer->curl);
	curl_slist_free_all(transfer->headers);
	explicit_bzero(transfer, sizeof(*transfer));
}
