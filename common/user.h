/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking up a user of the system's, by name.
 */
#ifndef COMMON_USER_H
#define COMMON_USER_H

#include <sys/types.h>

/* 0; -ENOENT: there is none; -errno: it cannot be told. */
int user_find(const char *name, uid_t *uid, gid_t *gid)
    __attribute__((warn_unused_result));

#endif
