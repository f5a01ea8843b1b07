/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program of a source "exec:PATH" of contact.h.
 *
 * It MUST be a regular file, or a link to one, of root's or of the user's whom
 * it runs as, that nobody else can write.
 */
#ifndef COMMON_CONTACT_PROGRAM_H
#define COMMON_CONTACT_PROGRAM_H

#include <sys/types.h>

#define CONTACT_PROGRAM_RULE                                                   \
	"it must be a file of root's that nobody else can write"

/*
 * May it be started by "runner"?  0; -EPERM: it is not as the rule wants it;
 * -errno: it is not there, or cannot be looked at.
 */
int contact_program_check(const char *path, uid_t runner)
    __attribute__((warn_unused_result));

#endif
