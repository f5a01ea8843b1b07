/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a user's addresses come from.
 *
 * Sources are asked in order, and the first that knows any ends it (sources.h
 * takes their list apart, for the table of keys needs that too).  One that
 * fails is told of ("log") and passed over.  What a source says and is no
 * address of address.h is passed over too.
 *
 *	record           what the user has confirmed
 *	file:PATH        lines "name email phone", "-" for none, "#" comments;
 *	                 root's, writable by nobody else, up to 1 MiB
 *	gecos            of the account: a field of it that is an address; for
 *	                 phones the office and home number
 *	ldaps://...      a URL (RFC 4516) with {user} and an attribute in it, or
 *	                 ldap:// to this host; read by the delivery program
 *	exec:PATH        PATH NAME email|sms, run by the delivery program: the
 *	                 first line of its output is the address
 */
#ifndef COMMON_CONTACT_H
#define COMMON_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "policy.h"
#include "record.h"

#define CONTACT_MAX 4 /* of one channel; more are not looked at */

struct contact {
	enum policy_method method;
	char address[ADDRESS_MAX + 1];
};

typedef void contact_log_fn(void *arg, const char *what);

/* What is needed to ask. */
struct contact_ask {
	const struct policy_delivery *policy;
	enum policy_method method; /* METHOD_EMAIL or METHOD_SMS */
	const char *account;       /* the canonical name */
	const struct record *rec;  /* may be all zero */
	bool local;                /* record, file and gecos alone */
	/* Of deadline.h, for all others: each has half of what is left. */
	int64_t deadline;
	contact_log_fn *log;
	void *arg;
};

/* How many there are: 0 to CONTACT_MAX.  All that is wrong is logged. */
size_t contact_find(const struct contact_ask *ask,
    struct contact contact[static CONTACT_MAX]);

#endif
