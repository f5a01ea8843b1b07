/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/offer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
group(const char *secret, char *key)
{
	for (size_t i = 0; secret[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			*key++ = ' ';
		*key++ = secret[i];
	}
	*key = '\0';
}

/* The app shows both: this host, and the user on it without its domain. */
static int
make_uri(const struct context *context, const struct otp_params *otp,
    struct offer *offer)
{
	const struct policy *policy = authority_default(context->authority);
	char host[HOST_NAME_MAX + 1];
	char account[LOGIN_NAME_MAX + HOST_NAME_MAX + 2];
	struct uri uri = {
		.account = account,
		.issuer = host,
		.kind = offer->terms.kind,
		.otp = otp,
		.period = offer->terms.period,
	};

	if (gethostname(host, sizeof(host)) < 0)
		return -errno;
	host[sizeof(host) - 1] = '\0';
	snprintf(account, sizeof(account), "%s@%.*s", context->person.name,
	    (int)strcspn(host, "."), host);
	if (context->options.issuer != NULL)
		uri.issuer = context->options.issuer;
	else if (policy->issuer[0] != '\0')
		uri.issuer = policy->issuer;
	return uri_write(&uri, offer->uri);
}

int
offer_make(const struct context *context, const struct terms *terms,
    const struct otp_params *otp, struct offer *offer)
{
	int r;

	explicit_bzero(offer, sizeof(*offer));
	offer->terms = *terms;
	r = base32_encode(otp->secret.bytes, otp->secret.len, offer->secret,
	    sizeof(offer->secret));
	if (r < 0)
		return r;
	group(offer->secret, offer->key);
	r = make_uri(context, otp, offer);
	return r < 0 ? r : qr_make(offer->uri, &offer->qr);
}
