/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A delivery program of the tests': it keeps what it is to send and answers as
 * it is told; whoever is looked up has MAIL_ADDRESS.
 */
#ifndef TESTS_PAM_MAIL_H
#define TESTS_PAM_MAIL_H

#include "common/delivery.h"
#include "harness.h"

#define MAIL_ADDRESS "alice@example.org"
#define MAIL_MASKED "a***e@example.org"
#define MAIL_PHONE "+442079460917"

/*
 * Put it into the world, and a configuration that says "text" besides, which
 * may begin with more of [email].
 */
void mail_begin(struct world *world, const char *text);

/* Another one, that waits for the program no longer than so. */
void mail_configure(struct world *world, unsigned int seconds,
    const char *text);

/* What it answers from now on: a line of delivery.h; "": it hangs. */
void mail_answer(const struct world *world, const char *line);

/* How many messages it was asked to send. */
size_t mail_count(const struct world *world);

/* The last of them; waits for number "n" first. */
void mail_last(const struct world *world, size_t n, struct delivery *delivery);

/* The code in it. */
void mail_code(const struct world *world, size_t n, char code[static 16]);

/* Let the user confirm an address, as root does it; "n" as above. */
void mail_confirm(const struct world *world, enum policy_method method,
    const char *address, size_t n);

#endif
