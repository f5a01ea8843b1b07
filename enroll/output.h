/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of --output: a picture of the QR code if its name ends in ".svg",
 * else the recovery codes as text.
 *
 * It MUST be a new one, readable by its owner alone, in a folder that is held
 * open: nothing else is touched, neither what is there already nor what takes
 * its place, by way of a link or otherwise.  It takes its room before anything
 * is changed, and it is durable before anybody is told that it is there.
 */
#ifndef ENROLL_OUTPUT_H
#define ENROLL_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/authority.h"
#include "enroll/qr.h"

struct output {
	const char *path; /* NULL: none was asked for */
	bool picture;
	bool kept;
	int folder, file;
	char name[NAME_MAX + 1];
};

/* Would it be a picture? */
bool output_is_picture(const char *path);

/*
 * Make the file; "path" may be NULL.  0, or the exit status, of which a line
 * on standard error has told.
 */
int output_open(const char *path, struct output *output)
    __attribute__((warn_unused_result));

/*
 * Write what it is for, if it is of that kind, and keep it.  0 or -errno: then
 * it will be gone.
 */
int output_picture(struct output *output, const struct qr *qr)
    __attribute__((warn_unused_result));
int output_codes(struct output *output, const char *user,
    const struct reply *reply, uint64_t now)
    __attribute__((warn_unused_result));

/* It came to nothing after all. */
void output_drop(struct output *output);

/* Close it; what is not kept is removed. */
void output_close(struct output *output);

#endif
