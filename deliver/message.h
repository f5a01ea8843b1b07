/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a mail (RFC 5322).  Pure; the locale does not matter.
 */
#ifndef DELIVER_MESSAGE_H
#define DELIVER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define MESSAGE_DATE_SIZE 48
#define MESSAGE_ID_BYTES 16
#define MESSAGE_ID_SIZE 320
#define MESSAGE_SUBJECT_SIZE 640 /* of one that has up to 255 bytes */

/* "Date: Fri, 21 Nov 2026 18:44:00 +0000", or -EINVAL. */
int message_date(time_t now, char out[static MESSAGE_DATE_SIZE])
    __attribute__((warn_unused_result));

/* "Message-ID: <hex@domain>", "from" being an address of address.h. */
void message_id(const uint8_t random[static MESSAGE_ID_BYTES], const char *from,
    char out[static MESSAGE_ID_SIZE]);

/*
 * "Subject: ...", as encoded words (RFC 2047) where it is more than visible
 * ASCII; a control byte, or what is no UTF-8, is "?".
 */
void message_subject(const char *text, char out[static MESSAGE_SUBJECT_SIZE]);

/*
 * The body with CR LF as its line ends, and nothing else below a blank but
 * tabs.  0 or -ENOBUFS.
 */
int message_body(const char *text, char *out, size_t size)
    __attribute__((warn_unused_result));

#endif
