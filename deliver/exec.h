/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses from a program of the administrator's: PATH USER email|sms.
 *
 * It has no environment, no shell, no input and no descriptor but its output,
 * of which the first line is the address; an empty one is none.  After five
 * seconds, or when it has said too much, it and its process group are killed.
 */
#ifndef DELIVER_EXEC_H
#define DELIVER_EXEC_H

#include "common/delivery.h"
#include "reply.h"

/* The path is behind "exec:" in the source. */
void exec_lookup(const struct delivery *delivery, struct reply *reply);

#endif
