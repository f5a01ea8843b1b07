/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of policy.h: the one table of keys.
 *
 * Parser, check, application, documentation and tests all read it: a new key
 * is a new row.  A key by which sections match has a "match" function.
 */
#ifndef COMMON_POLICY_TABLE_H
#define COMMON_POLICY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

/* Where a key may stand. */
enum policy_place {
	IN_DEFAULT,  /* [default] and scenarios */
	IN_SCENARIO, /* scenarios alone */
	IN_STORE,    /* [store] alone */
};

struct policy_row;

struct policy_type {
	/* Read "value" into "out", left alone if false: a bad one. */
	bool (
	    *read)(const struct policy_row *row, const char *value, void *out);
	const char *before, *after; /* "must be" before range after */
};

struct policy_row {
	enum policy_place place;
	const char *key;
	const struct policy_type *type;
	const char *range;   /* in words; of a list, the choices */
	uint32_t min, max;   /* of numbers, or bytes of text */
	const char *value;   /* the default */
	size_t offset, size; /* in struct policy; size 0: not kept there,
				of IN_STORE in struct policy_store */

	/* NULL: not a key to match by. */
	bool (*match)(const char *value, const struct policy_facts *facts);

	/* The number is at least that of this other key, and "by" more. */
	struct {
		const char *key; /* NULL: of none */
		size_t offset;
		uint32_t by;
	} over;

	const char *meaning; /* one sentence */
};

extern const struct policy_row policy_table[];
extern const size_t policy_rows;

#endif
