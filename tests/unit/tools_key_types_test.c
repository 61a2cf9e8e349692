/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/key_types.h"

#include "tests/unit/unit.h"

static void
kinds_are_found_by_name_alone(void **state)
{
	static const struct {
		const char *name;
		unsigned bits; /* 0: none or EC */
		const char *curve;
	} rows[] = {
		{ "rsa-2048", 2048, NULL },
		{ "rsa-3072", 3072, NULL },
		{ "rsa-4096", 4096, NULL },
		{ "secp256r1", 0, "secp256r1" },
		{ "secp384r1", 0, "secp384r1" },
		{ "", 0, NULL },
		{ "rsa", 0, NULL },
		{ "rsa-1024", 0, NULL },
		{ "RSA-2048", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct key_spec *spec = key_type_find(rows[i].name);

		if (rows[i].bits == 0 && rows[i].curve == NULL) {
			assert_null(spec);
			continue;
		}
		assert_non_null(spec);
		assert_int_equal(spec->bits, rows[i].bits);
		assert_int_equal(spec->rsa, rows[i].bits != 0);
		if (rows[i].curve != NULL)
			assert_string_equal(spec->curve, rows[i].curve);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_found_by_name_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
