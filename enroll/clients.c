/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/clients.h"

bool
clients_room(const struct clients *clients, uid_t uid)
{
	size_t of_one = 0;

	for (size_t i = 0; i < clients->n; i++)
		of_one += clients->client[i].uid == uid;
	if (of_one >= CLIENTS_OF_ONE)
		return false;
	return clients->n < (uid == 0 ? CLIENTS : CLIENTS - CLIENTS_OF_ONE);
}

void
clients_add(struct clients *clients, pid_t pid, uid_t uid)
{
	clients->client[clients->n++] = (struct client){ pid, uid };
}

void
clients_remove(struct clients *clients, pid_t pid)
{
	for (size_t i = 0; i < clients->n; i++)
		if (clients->client[i].pid == pid) {
			clients->client[i] = clients->client[--clients->n];
			return;
		}
}
