/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner side of conf.h: what one file says, once it may be believed.
 */
#ifndef COMMON_CONF_TEXT_H
#define COMMON_CONF_TEXT_H

#include <stddef.h>

#include "conf.h"

/*
 * Add what "text" says to "conf".  Names, keys and values become pieces of
 * "text", and "file" is pointed to: both must live as long as "conf".  There
 * must be room for one byte more than "len".  0, also where faults were
 * reported; or -ENOMEM.
 */
int conf_text_read(struct conf *conf, const char *file, char *text, size_t len,
    struct conf_faults *faults) __attribute__((warn_unused_result));

#endif
