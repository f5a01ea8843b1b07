/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"

#include <errno.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

int
crypto_ready(void)
{
	const OSSL_LIB_CTX *context;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	context = OSSL_LIB_CTX_get0_global_default();
	ERR_pop_to_mark();
	return context != NULL ? 0 : -ENOMEM;
}
