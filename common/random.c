/* SPDX-License-Identifier: BSD-2-Clause */
#include "random.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rand.h>

int
random_bytes(void *out, size_t len)
{
	int ok = 0;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	if (len <= INT_MAX)
		ok = RAND_bytes(out, (int)len);
	ERR_pop_to_mark();
	if (ok == 1)
		return 0;
	explicit_bzero(out, len);
	return -EIO;
}
