/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "enroll/clients.h"

/* So many of one uid, and another is still let in. */
static void
of_one(void **state)
{
	struct clients clients = { 0 };

	(void)state;
	for (pid_t pid = 1; pid <= CLIENTS_OF_ONE; pid++) {
		assert_true(clients_room(&clients, 1000));
		clients_add(&clients, pid, 1000);
	}
	assert_false(clients_room(&clients, 1000));
	assert_true(clients_room(&clients, 1001));
	assert_true(clients_room(&clients, 0));
	clients_remove(&clients, 999);
	assert_false(clients_room(&clients, 1000));
	clients_remove(&clients, 3);
	assert_true(clients_room(&clients, 1000));
}

/* However many users there are, root is let in. */
static void
in_all(void **state)
{
	struct clients clients = { 0 };
	pid_t pid = 1;

	(void)state;
	for (uid_t uid = 1000; clients_room(&clients, uid); uid++)
		clients_add(&clients, pid++, uid);
	assert_int_equal(CLIENTS - CLIENTS_OF_ONE, clients.n);
	for (int i = 0; i < CLIENTS_OF_ONE; i++) {
		assert_true(clients_room(&clients, 0));
		clients_add(&clients, pid++, 0);
	}
	assert_false(clients_room(&clients, 0));
	while (--pid > 0)
		clients_remove(&clients, pid);
	assert_int_equal(0, clients.n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one),
		cmocka_unit_test(in_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
