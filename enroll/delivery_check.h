/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is all there that it takes to send a code, as the configuration has it, and
 * to look an address up?
 *
 * What cannot be told without being root is said, and is no fault.
 */
#ifndef ENROLL_DELIVERY_CHECK_H
#define ENROLL_DELIVERY_CHECK_H

#include "common/policy.h"

/*
 * A line for every fault, in the order of the keys.  EXIT_DONE: there is none;
 * EXIT_NO; EXIT_FAULT: a file of addresses, or a program that knows them, may
 * not be believed, or a user cannot be looked up.
 */
int delivery_check(const struct policy_delivery *delivery)
    __attribute__((warn_unused_result));

#endif
