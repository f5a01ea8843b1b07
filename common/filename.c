/* SPDX-License-Identifier: BSD-2-Clause */
#include "filename.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "ascii.h"
#include "random.h"

#define HASHED "%sha256-"
#define HASH_LEN 32
#define TEMPORARY "%new-"

static bool
is_plain(char c, bool first)
{
	return ascii_alnum(c) || (c != '\0' && strchr("_@+-", c)) ||
	    (c == '.' && !first);
}

static void
hex(const uint8_t *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned int)bytes[i]);
}

static int
hashed(const char *user, char file[static FILENAME_SIZE])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned int n;
	int ok;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	ok = EVP_Digest(user, strlen(user), hash, &n, EVP_sha256(), NULL);
	ERR_pop_to_mark();
	if (ok != 1)
		return -EIO;
	memcpy(file, HASHED, sizeof(HASHED));
	hex(hash, n, file + sizeof(HASHED) - 1);
	return 0;
}

int
filename_of(const char *user, char file[static FILENAME_SIZE])
{
	size_t n = 0;

	if (user[0] == '\0')
		return -EINVAL;
	for (size_t i = 0; user[i] != '\0'; i++) {
		if (n + 4 > FILENAME_SIZE)
			return hashed(user, file);
		if (is_plain(user[i], i == 0))
			file[n++] = user[i];
		else
			n += (size_t)snprintf(file + n, 4, "%%%02X",
			    (unsigned int)(unsigned char)user[i]);
	}
	file[n] = '\0';
	return 0;
}

int
filename_temporary(char file[static FILENAME_SIZE])
{
	uint8_t random[8];

	if (random_bytes(random, sizeof(random)) < 0)
		return -EIO;
	memcpy(file, TEMPORARY, sizeof(TEMPORARY));
	hex(random, sizeof(random), file + sizeof(TEMPORARY) - 1);
	return 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_hash(const char *text)
{
	return strlen(text) == 2 * HASH_LEN &&
	    strspn(text, "0123456789abcdef") == 2 * HASH_LEN;
}

int
filename_user(const char *file, char user[static FILENAME_SIZE])
{
	char again[FILENAME_SIZE];
	size_t n = 0;
	int high, low;

	if (strncmp(file, HASHED, sizeof(HASHED) - 1) == 0)
		return is_hash(file + sizeof(HASHED) - 1) ? 0 : -EINVAL;
	for (const char *at = file; *at != '\0'; at++, n++) {
		if (n + 1 == FILENAME_SIZE)
			return -EINVAL;
		user[n] = *at;
		if (is_plain(*at, at == file))
			continue;
		if (*at != '%' || (high = hex_digit(at[1])) < 0 ||
		    (low = hex_digit(at[2])) < 0)
			return -EINVAL;
		user[n] = (char)(high << 4 | low);
		at += 2;
	}
	user[n] = '\0';
	/* No name is read from a file that is not its own, nor past a NUL. */
	if (filename_of(user, again) < 0 || strcmp(again, file) != 0)
		return -EINVAL;
	return 1;
}
