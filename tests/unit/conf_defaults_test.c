/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/defaults.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

static void
an_option_goes_before_the_environment_and_that_before_the_usual(void **state)
{
	static const struct row {
		const char *named;
		const char *variable; /* NULL: there is none */
		const char *config;   /* NULL: the usual one */
	} rows[] = {
		{ "a.conf", "b.conf", "a.conf" },
		{ "a.conf", NULL, "a.conf" },
		{ NULL, "b.conf", "b.conf" },
		{ NULL, "", NULL },
		{ NULL, NULL, NULL },
	};
	const char *usual;

	(void)state;
	unsetenv("SCEPD_CONFIG");
	usual = defaults_config(NULL);
	assert_string_equal(usual + strlen(usual) - strlen("/scepd/scepd.conf"),
	    "/scepd/scepd.conf");
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsetenv("SCEPD_CONFIG");
		if (rows[i].variable != NULL)
			setenv("SCEPD_CONFIG", rows[i].variable, 1);
		assert_string_equal(defaults_config(rows[i].named),
		    rows[i].config != NULL ? rows[i].config : usual);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_option_goes_before_the_environment_and_that_before_the_usual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
