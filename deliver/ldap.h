/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses from a directory, by a URL (RFC 4516) such as
 * "ldaps://host/ou=people,dc=example,dc=org?mail?sub?(uid={user})".
 *
 * ldap:// is for this host alone.  It MUST NOT be used with STARTTLS: libcurl
 * from 7.87 to 8.5 asks for that, is granted it, and goes on in clear, with the
 * password (its pull request 12610).
 *
 * Exactly one entry may match: an address of somebody else's would be sent the
 * code.  But a server that gives no more than one (sizeLimitExceeded, RFC 4511)
 * hides the others: libcurl takes that for success, and tells nobody.
 */
#ifndef DELIVER_LDAP_H
#define DELIVER_LDAP_H

#include "common/delivery.h"
#include "reply.h"

void ldap_lookup(const struct delivery *delivery, struct reply *reply);

/*
 * A name as it can stand in a filter (RFC 4515) or a DN (RFC 4514) that is in
 * a URL; as a template_escape of template.h.
 */
long ldap_escape(const char *value, char *out, size_t size);

#endif
