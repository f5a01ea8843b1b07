/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL's error queue belongs to the host of the module: what fails here
 * MUST be taken off it again.
 */
#include "seal.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "random.h"

#define FORMAT 1
#define NONCE_LEN 12
#define TAG_LEN 16

enum offset {
	AT_MAGIC = 0,
	AT_FORMAT = 8,
	AT_LENGTH = 12,
	AT_KEY_ID = 16,
	AT_GENERATION = 24,
	AT_UID = 32,
	AT_NONCE = 36,
	AT_TAG = 48, /* everything before it is associated data */
};

static const uint8_t magic[8] = { 'p', 'a', 'm', '_', 'o', 't', 'p', '\n' };

static void
put_number(uint8_t *at, size_t len, uint64_t number)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(number >> (8 * i));
}

static uint64_t
get_number(const uint8_t *at, size_t len)
{
	uint64_t number = 0;

	for (size_t i = len; i-- > 0;)
		number = number << 8 | at[i];
	return number;
}

int
seal_key_init(struct seal_key *key)
{
	static const char purpose[] = "pam_otp key id";
	uint8_t input[sizeof(purpose) + SEAL_KEY_LEN];
	uint8_t hash[EVP_MAX_MD_SIZE];
	int r = -EIO;

	memcpy(input, purpose, sizeof(purpose));
	memcpy(input + sizeof(purpose), key->bytes, SEAL_KEY_LEN);
	ERR_set_mark();
	if (EVP_Digest(input, sizeof(input), hash, NULL, EVP_sha256(), NULL) ==
	    1) {
		memcpy(key->id, hash, sizeof(key->id));
		r = 0;
	}
	ERR_pop_to_mark();
	explicit_bzero(input, sizeof(input));
	return r;
}

/* Bind a context to key, nonce, header and name: the same for both ways. */
static EVP_CIPHER_CTX *
begin(const struct seal_key *key, const char *name, const uint8_t *slot,
    int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	if (ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key->bytes,
		slot + AT_NONCE, encrypt, NULL) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, slot, AT_TAG) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)name,
		(int)strlen(name)) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

int
seal_close(const struct seal_key *key, const char *name,
    const struct seal_head *head, const char *text, size_t len,
    uint8_t slot[static SEAL_SLOT])
{
	EVP_CIPHER_CTX *ctx = NULL;
	int n, r = -EIO;

	memset(slot, 0, SEAL_SLOT);
	if (len > SEAL_TEXT_MAX)
		return -EINVAL;

	memcpy(slot + AT_MAGIC, magic, sizeof(magic));
	put_number(slot + AT_FORMAT, 4, FORMAT);
	put_number(slot + AT_LENGTH, 4, len);
	memcpy(slot + AT_KEY_ID, key->id, SEAL_KEY_ID_LEN);
	put_number(slot + AT_GENERATION, 8, head->generation);
	put_number(slot + AT_UID, 4, head->uid);
	ERR_set_mark();
	if (random_bytes(slot + AT_NONCE, NONCE_LEN) < 0)
		goto out;

	ctx = begin(key, name, slot, 1);
	if (ctx == NULL ||
	    EVP_CipherUpdate(ctx, slot + SEAL_HEADER, &n, (const uint8_t *)text,
		(int)len) != 1 ||
	    EVP_CipherFinal_ex(ctx, slot + SEAL_HEADER + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
		slot + AT_TAG) != 1)
		goto out;
	r = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	ERR_pop_to_mark();
	if (r < 0)
		explicit_bzero(slot, SEAL_SLOT);
	return r;
}

int
seal_open(const struct seal_key *key, const char *name,
    const uint8_t slot[static SEAL_SLOT], struct seal_head *head,
    char text[static SEAL_TEXT_MAX], size_t *len)
{
	uint64_t length = get_number(slot + AT_LENGTH, 4);
	uint64_t format = get_number(slot + AT_FORMAT, 4);
	uint8_t tag[TAG_LEN];
	EVP_CIPHER_CTX *ctx;
	int n, r = -EIO;

	if (memcmp(slot + AT_MAGIC, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	if (format > FORMAT)
		return -EPROTONOSUPPORT;
	if (format != FORMAT || length > SEAL_TEXT_MAX)
		return -EBADMSG;
	if (memcmp(slot + AT_KEY_ID, key->id, SEAL_KEY_ID_LEN) != 0)
		return -ENOKEY;

	ERR_set_mark();
	ctx = begin(key, name, slot, 0);
	memcpy(tag, slot + AT_TAG, TAG_LEN);
	if (ctx == NULL ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) !=
		1 ||
	    EVP_CipherUpdate(ctx, (uint8_t *)text, &n, slot + SEAL_HEADER,
		(int)length) != 1)
		goto out;
	if (EVP_CipherFinal_ex(ctx, (uint8_t *)text + n, &n) != 1) {
		r = -EBADMSG;
		goto out;
	}
	head->generation = get_number(slot + AT_GENERATION, 8);
	head->uid = (uint32_t)get_number(slot + AT_UID, 4);
	*len = length;
	r = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	ERR_pop_to_mark();
	if (r < 0)
		explicit_bzero(text, SEAL_TEXT_MAX);
	return r;
}

uint64_t
seal_claim(const uint8_t slot[static SEAL_SLOT])
{
	if (memcmp(slot + AT_MAGIC, magic, sizeof(magic)) != 0)
		return 0;
	return get_number(slot + AT_GENERATION, 8);
}
