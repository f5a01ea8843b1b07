/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mail is made of (RFC 5322): lines of its head, and its body.  Pure;
 * the locale does not matter.
 */
#ifndef DELIVER_LETTER_H
#define DELIVER_LETTER_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define LETTER_DATE_SIZE 48
#define LETTER_ID_BYTES 16
#define LETTER_ID_SIZE 320
#define LETTER_SUBJECT_SIZE 640 /* of one that has up to 255 bytes */

/* "Date: Fri, 21 Nov 2026 18:44:00 +0000", or -EINVAL. */
int letter_date(time_t now, char out[static LETTER_DATE_SIZE])
    __attribute__((warn_unused_result));

/* "Message-ID: <hex@domain>", "from" being an address of address.h. */
void letter_id(const uint8_t random[static LETTER_ID_BYTES], const char *from,
    char out[static LETTER_ID_SIZE]);

/*
 * "Subject: ...", as encoded words (RFC 2047) where it is more than visible
 * ASCII; a control byte, or what is no UTF-8, is "?".
 */
void letter_subject(const char *text, char out[static LETTER_SUBJECT_SIZE]);

/*
 * The body with CR LF as its line ends, and nothing else below a blank but
 * tabs.  0 or -ENOBUFS.
 */
int letter_body(const char *text, char *out, size_t size)
    __attribute__((warn_unused_result));

#endif
