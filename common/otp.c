/* SPDX-License-Identifier: BSD-2-Clause */
#include "otp.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define MAC_MIN 20 /* SHA-1 */
#define MAC_MAX 64 /* SHA-512 */

/* The names are those of otpauth URIs, and OpenSSL takes them too. */
static const struct hash {
	enum otp_hash hash;
	char name[8];
	size_t secret_len;
} hashes[] = {
	{ OTP_SHA1, "SHA1", 20 },
	{ OTP_SHA256, "SHA256", 32 },
	{ OTP_SHA512, "SHA512", 64 },
};

#define N_HASHES (sizeof(hashes) / sizeof(hashes[0]))

static const struct hash *
hash_find(enum otp_hash hash)
{
	for (size_t i = 0; i < N_HASHES; i++)
		if (hashes[i].hash == hash)
			return &hashes[i];
	return NULL;
}

static bool
params_ok(const struct otp_params *params)
{
	return params->digits >= OTP_DIGITS_MIN &&
	    params->digits <= OTP_DIGITS_MAX &&
	    params->secret.len >= OTP_SECRET_MIN &&
	    params->secret.len <= OTP_SECRET_MAX;
}

/* An HMAC that has taken the secret in, or NULL. */
static EVP_MAC_CTX *
mac_new(struct hash hash, const struct otp_secret *secret)
{
	const OSSL_PARAM digest[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    hash.name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac); /* the context holds it */
	if (ctx && EVP_MAC_init(ctx, secret->bytes, secret->len, digest) == 1)
		return ctx;
	EVP_MAC_CTX_free(ctx);
	return NULL;
}

/* RFC 4226, section 5.3: 31 bits from a place that the last byte names. */
static uint32_t
truncated(const uint8_t *mac, size_t len)
{
	const uint8_t *p = mac + (mac[len - 1] & 15);

	return (uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* 0 or -EIO.  "ctx" MUST have been started, and has ended after it. */
static int
code_write(EVP_MAC_CTX *ctx, uint64_t counter, uint32_t digits, char *code)
{
	uint8_t message[8], mac[MAC_MAX];
	uint32_t number;
	size_t len;
	int r = -EIO;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(counter >> (56 - 8 * i));
	if (EVP_MAC_update(ctx, message, sizeof(message)) != 1 ||
	    EVP_MAC_final(ctx, mac, &len, sizeof(mac)) != 1 || len < MAC_MIN)
		goto out;
	number = truncated(mac, len);
	memset(code, 0, OTP_CODE_SIZE);
	for (uint32_t i = digits; i > 0; i--) {
		code[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	r = 0;
out:
	explicit_bzero(mac, sizeof(mac));
	explicit_bzero(&number, sizeof(number));
	return r;
}

int
otp_codes(const struct otp_params *params, uint64_t first, size_t n,
    char codes[][OTP_CODE_SIZE])
{
	const struct hash *hash = hash_find(params->hash);
	EVP_MAC_CTX *ctx = NULL;
	int r = -EINVAL;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	if (!hash || !params_ok(params) ||
	    (n > 0 && first > UINT64_MAX - (n - 1)))
		goto out;
	r = -EIO;
	ctx = mac_new(*hash, &params->secret);
	if (!ctx)
		goto out;
	for (size_t i = 0; i < n; i++) {
		/* Without a key it starts anew with the one that it has. */
		if (i > 0 && EVP_MAC_init(ctx, NULL, 0, NULL) != 1)
			goto out;
		if (code_write(ctx, first + i, params->digits, codes[i]) != 0)
			goto out;
	}
	r = 0;
out:
	EVP_MAC_CTX_free(ctx);
	ERR_pop_to_mark();
	if (r != 0)
		explicit_bzero(codes, n * sizeof(codes[0]));
	return r;
}

size_t
otp_secret_len(enum otp_hash hash)
{
	const struct hash *found = hash_find(hash);

	return found ? found->secret_len : 0;
}

const char *
otp_hash_name(enum otp_hash hash)
{
	const struct hash *found = hash_find(hash);

	return found ? found->name : NULL;
}

/* Any case of ASCII, whatever the locale; "upper" has no lower case. */
static bool
same_name(const char *name, const char *upper)
{
	for (; *upper != '\0'; name++, upper++) {
		char c = *name;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c != *upper)
			return false;
	}
	return *name == '\0';
}

enum otp_hash
otp_hash_parse(const char *name)
{
	for (size_t i = 0; i < N_HASHES; i++)
		if (same_name(name, hashes[i].name))
			return hashes[i].hash;
	return (enum otp_hash)0;
}
