/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a code can be sent to: what counts as an address, and how much of one
 * may be seen.  Pure.
 *
 * The grammar is much narrower than that of RFC 5321 and MUST be: libcurl
 * hands an address to the server as it is, and one with a line end in it would
 * be two commands.  Whoever sends checks it again.
 */
#ifndef COMMON_ADDRESS_H
#define COMMON_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

#define ADDRESS_MAX 254      /* of mail; RFC 5321 allows no longer ones */
#define ADDRESS_PHONE_MAX 16 /* "+" and the 15 digits of E.164 */
#define ADDRESS_MASKED_SIZE 64

/*
 * Mail: LOCAL@DOMAIN of letters, digits and "._%+=-", LOCAL of up to 64 bytes
 * without a dot at an end or two in a row, and not beginning with "-"; DOMAIN
 * of labels of letters, digits and inner "-".
 */
bool address_mail_ok(const char *text);

/* A phone number: "+", then 7 to 15 digits of which the first is not 0. */
bool address_phone_ok(const char *text);

/* Is it METHOD_EMAIL or METHOD_SMS?  Not both, and nothing else. */
bool address_channel_ok(enum policy_method method);

/* The channel that what was typed is meant for, be it an address or not. */
enum policy_method address_channel(const char *text);

/*
 * Copy what a person or a directory wrote, if it is an address of METHOD_EMAIL
 * or METHOD_SMS; of other methods there are none.  Of a number, "+44 (0)20 ..."
 * not included, blanks, dots, dashes and brackets are left out, and a leading
 * "00" becomes "+".  False: it is none, and "out" is as it was.
 */
bool address_read(enum policy_method method, const char *text,
    char out[static ADDRESS_MAX + 1]);

/*
 * What may be shown of an address to somebody who may not know it:
 * "a***e@example.org", "***@example.org" of a name of one or two letters,
 * "+44 *** 17"; a long domain is cut.
 */
void address_mask(const char *text, char out[static ADDRESS_MASKED_SIZE]);

#endif
