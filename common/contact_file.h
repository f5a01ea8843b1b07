/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a source "file:PATH" of contact.h.
 *
 * It MUST be a regular file (no symbolic link) of root's or the caller's that
 * nobody else can write, of up to CONTACT_FILE_MAX bytes.
 */
#ifndef COMMON_CONTACT_FILE_H
#define COMMON_CONTACT_FILE_H

#include <stdbool.h>

#include "address.h"

#define CONTACT_FILE_MAX (1 << 20)

/* What a line says; "-" stands for none. */
struct contact_line {
	unsigned int number;
	char email[ADDRESS_MAX + 1], phone[ADDRESS_MAX + 1];
};

/* Line 0 is the file as a whole. */
typedef void contact_file_fault_fn(void *arg, unsigned int line,
    const char *what);

/*
 * The first line of the user "name".  False: there is none, or the file cannot
 * be read.  A line before it that is not of the form is passed over; of the
 * first few it is told, since each search meets them all.
 */
bool contact_file_find(const char *path, const char *name,
    contact_file_fault_fn *fault, void *arg, struct contact_line *line);

#endif
