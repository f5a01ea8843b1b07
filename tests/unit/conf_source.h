/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of policies share: configurations from text, and what is told
 * of them.
 */
#ifndef TESTS_UNIT_CONF_SOURCE_H
#define TESTS_UNIT_CONF_SOURCE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/conf_text.h"
#include "common/policy.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define S16 "0123456789abcdef"
#define S64 S16 S16 S16 S16

static char told[4096]; /* line: what */

/* A configuration, from text instead of a file. */
struct source {
	struct conf conf;
	char *text;
};

static inline void
tell(void *arg, const char *file, unsigned int line, const char *what)
{
	size_t len = strlen(told);

	(void)arg;
	assert_string_equal("f", file);
	snprintf(told + len, sizeof(told) - len, "%u: %s\n", line, what);
}

static inline void
source_open(struct source *src, const char *text)
{
	struct conf_faults faults = { .fault = tell };

	told[0] = '\0';
	*src = (struct source){ .text = strdup(text) };
	assert_non_null(src->text);
	assert_int_equal(0,
	    conf_text_read(&src->conf, "f", src->text, strlen(text), &faults));
	assert_string_equal("", told);
}

static inline void
source_close(struct source *src)
{
	for (size_t i = 0; i < src->conf.n; i++)
		free(src->conf.section[i].entry);
	free(src->conf.section);
	free(src->text);
}

static inline void
assert_zero(const struct policy *policy)
{
	static const struct policy zero;

	assert_memory_equal(&zero, policy, sizeof(zero));
}

/* What holds under a faultless text. */
static inline struct policy
apply(const char *text, const char *service, const char *scenario)
{
	const struct policy_facts facts = { service, scenario };
	struct policy base, policy;
	struct source src;
	int r;

	source_open(&src, text);
	r = policy_check(&src.conf, tell, NULL, &base);
	assert_string_equal("", told);
	assert_int_equal(0, r);
	memset(&policy, 0xff, sizeof(policy));
	assert_int_equal(0, policy_apply(&src.conf, &base, &facts, &policy));
	source_close(&src);
	return policy;
}

#endif
