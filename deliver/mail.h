/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail, by SMTP.
 *
 * smtp:// is STARTTLS, or nothing is sent.  On loopback it is plain: who
 * listens there can read it on its way through the mail server as well, and
 * the certificates of local ones are made by nobody whom one could trust.
 * With a ca_file there is TLS there too.
 */
#ifndef DELIVER_MAIL_H
#define DELIVER_MAIL_H

#include "common/delivery.h"
#include "reply.h"

void mail_send(const struct delivery *delivery, struct reply *reply);

#endif
