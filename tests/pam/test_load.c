/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module loads with everything it needs, as libpam loads it, and has the
 * six functions.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char *module_path;

static void
loads(void **state)
{
	static const char *const name[] = { "pam_sm_authenticate",
		"pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session",
		"pam_sm_close_session", "pam_sm_chauthtok" };
	void *module = dlopen(module_path, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	if (module == NULL)
		fail_msg("%s", dlerror());
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		assert_non_null(dlsym(module, name[i]));
	assert_int_equal(0, dlclose(module));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(loads) };

	if (argc != 2) {
		fprintf(stderr, "usage: %s MODULE\n", argv[0]);
		return 2;
	}
	module_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
