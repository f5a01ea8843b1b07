/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left of the file system to a program that parses what foreign
 * servers say: by Landlock, as far as the kernel has it.
 *
 * Neither the host key nor the store can be opened, whatever their modes say
 * and whoever runs the program.  A kernel without Landlock confines nothing:
 * there it is the uid of the program alone, which owns nothing, that keeps it
 * out, as everywhere for a key and a store that an administrator has put
 * elsewhere.
 *
 * The process must have no_new_privs (prctl(2)), and no other thread.
 */
#ifndef DELIVER_CONFINE_H
#define DELIVER_CONFINE_H

/*
 * For what libcurl does: libraries, certificates, how names are looked up, and
 * these "files" (up to a NULL; empty ones count for nothing) can be read, and
 * nothing can be written or started.  0 or -errno.
 */
int confine(const char *const *files) __attribute__((warn_unused_result));

/*
 * For a program that is to be started: it can read and start everything but
 * what lies in the directories of key and store, and write to /dev/null and
 * below /tmp.  0 or -errno.
 */
int confine_exec(void) __attribute__((warn_unused_result));

#endif
