/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills a store for the benchmark: users u<FIRST> ... of one device each, with
 * the RFCs' test secret, and a set of recovery codes that nobody knows.
 *
 *	maker PATH KEY totp|hotp FIRST COUNT
 *
 * Linked with --wrap, so that what is made is synced once and not per record.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "common/store.h"

#define FIRST_UID 100000

int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
ssize_t __real_pwritev2(int fd, const struct iovec *iov, int n, off_t at,
    int flags);
ssize_t __wrap_pwritev2(int fd, const struct iovec *iov, int n, off_t at,
    int flags);

int
__wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}

int
__wrap_fdatasync(int fd)
{
	(void)fd;
	return 0;
}

ssize_t
__wrap_pwritev2(int fd, const struct iovec *iov, int n, off_t at, int flags)
{
	return __real_pwritev2(fd, iov, n, at, flags & ~RWF_DSYNC);
}

static void
fill(struct record *rec, enum device_kind kind)
{
	static const char secret[] = "12345678901234567890";
	struct device *dev = &rec->device[0];

	rec->created = dev->created = rec->recovery.created =
	    (uint64_t)time(NULL);
	memcpy(dev->label, "phone", sizeof("phone"));
	dev->kind = kind;
	dev->otp.hash = OTP_SHA1;
	dev->otp.digits = 6;
	dev->otp.secret.len = sizeof(secret) - 1;
	memcpy(dev->otp.secret.bytes, secret, sizeof(secret) - 1);
	if (kind == DEVICE_TOTP)
		dev->period = 30;
	if (RAND_bytes(rec->recovery.salt, sizeof(rec->recovery.salt)) != 1 ||
	    RAND_bytes(rec->recovery.hash[0], sizeof(rec->recovery.hash)) != 1)
		abort();
}

int
main(int argc, char **argv)
{
	struct store *store;
	struct record rec = { 0 };
	unsigned long first, count;
	int r, fd;

	if (argc != 6)
		return 2;
	r = store_init(argv[1], argv[2]);
	if (r == 0 || r == -EEXIST)
		r = store_open(argv[1], argv[2], &store);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], store_strerror(r));
		return 1;
	}
	fill(&rec, strcmp(argv[3], "hotp") ? DEVICE_TOTP : DEVICE_HOTP);
	first = strtoul(argv[4], NULL, 10);
	count = strtoul(argv[5], NULL, 10);
	for (unsigned long i = first; r == 0 && i < first + count; i++) {
		char name[32];
		struct store_account account = { name, (uid_t)(FIRST_UID + i) };

		snprintf(name, sizeof(name), "u%06lu", i);
		rec.uid = account.uid;
		r = store_create(store, &account, &rec);
		if (r < 0)
			fprintf(stderr, "%s: %s\n", name, store_strerror(r));
	}
	store_close(&store);
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) < 0)
		r = -errno;
	close(fd);
	return r != 0;
}
