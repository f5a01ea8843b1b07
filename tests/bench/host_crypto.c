/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into the client, this makes it a host that uses libcrypto anyway, as
 * sshd does.
 */
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

static void __attribute__((constructor)) use_libcrypto(void)
{
	unsigned char random[32], digest[EVP_MAX_MD_SIZE];

	if (RAND_bytes(random, sizeof(random)) != 1 ||
	    EVP_Digest(random, sizeof(random), digest, NULL, EVP_sha256(),
		NULL) != 1)
		abort();
}
