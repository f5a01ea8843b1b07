/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small writer of JSON.  "key" is NULL in a list, and outside everything.
 * Text that is not UTF-8 becomes U+FFFD byte by byte, so that what comes out
 * can always be read; control characters, C1 too, are \u00XX, so that a
 * terminal may see it.
 */
#ifndef ENROLL_JSON_H
#define ENROLL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool more; /* a value stands before the next one */
};

/* Open with "{" or "[", and close with "}" or "]". */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

void json_text(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);

/* 0, or -EIO: not all of it could be written so far. */
int json_flush(struct json *json) __attribute__((warn_unused_result));

/* End the line.  As above. */
int json_end(struct json *json) __attribute__((warn_unused_result));

#endif
