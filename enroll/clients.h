/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is being served at the moment: a child each, so many in all and so many
 * of one uid, so that nobody keeps others out for long.  Pure bookkeeping.
 */
#ifndef ENROLL_CLIENTS_H
#define ENROLL_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CLIENTS 128
#define CLIENTS_OF_ONE 8

struct clients {
	size_t n;
	struct client {
		pid_t pid;
		uid_t uid;
	} client[CLIENTS];
};

/* Is there room for one more of this uid?  The last places are root's. */
bool clients_room(const struct clients *clients, uid_t uid);

/* Only after clients_room(). */
void clients_add(struct clients *clients, pid_t pid, uid_t uid);

/* A child has ended; one that is not there does no harm. */
void clients_remove(struct clients *clients, pid_t pid);

#endif
