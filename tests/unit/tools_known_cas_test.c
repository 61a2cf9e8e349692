/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/known_cas.h"

#include "tests/unit/backends_fixture.h"

/* Three CAs, in the new folder of each test. */
static int
setup(void **state)
{
	static const struct {
		const char *name;
		const char *key;
	} rows[] = {
		{ "one.pem", "ca/ca.key.pem" },
		{ "two.pem", "certmonger/client.key" },
		{ "three.pem", "sscep/client.key" },
	};

	if (fixture_setup(state) != 0)
		return -1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate_order order = { .not_before = NOW,
			.not_after = NOW + DAY,
			.ca = true };

		put_ca(rows[i].name, &order, rows[i].key);
	}
	put("openssl.cnf",
	    "[ca]\ndefault_ca = here\n[here]\ncertificate = two.pem\n"
	    "private_key = none\ndatabase = none\nnew_certs_dir = none\n"
	    "serial = none\ndefault_days = 1\ndefault_md = sha256\n"
	    "policy = any\nx509_extensions = device\n"
	    "[any]\ncommonName = optional\n"
	    "[device]\nbasicConstraints = CA:FALSE\n");
	return 0;
}

#define CAS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

#define CA(file) "ca = { backend = \"file\"; certificate = \"" file "\"; }; "
#define DIRECTORY "ca = { backend = \"openssl\"; config = \"openssl.cnf\"; }; "
#define NEXT(file) "next = { from = \"2027-01-01\"; " CA(file) "}; "
#define FORMER(file) "former = ( { certificate = \"" file "\"; } ); "

static void
a_configuration_has_cas_of_now_of_later_and_of_once(void **state)
{
	static const struct {
		const char *text;
		size_t count;
	} rows[] = {
		{ "endpoints = ( { " CA("one.pem") "} );", 1 },
		{ "endpoints = ( { " DIRECTORY "} );", 1 },
		{ "endpoints = ( { " CA("one.pem") NEXT("two.pem") "} );", 2 },
		{ "endpoints = ( { " CA("one.pem") FORMER("two.pem") "} );",
		    2 },
		{ "endpoints = ( { " CA("one.pem") NEXT("two.pem")
			FORMER("three.pem") "} );",
		    3 },
		/* Each once. */
		{ "endpoints = ( { " CA("one.pem") "}, { " CA("one.pem")
			FORMER("one.pem") "} );",
		    1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct known_cas cas = { 0 };

		put("a.conf", rows[i].text);
		if (known_cas_load_config(&cas, "a.conf", problems) != ERR_OK)
			fail_msg("%s", problems_text(problems));
		assert_int_equal(cas.count, rows[i].count);
		known_cas_clear(&cas);
		problems_free(problems);
	}
}

static void
what_can_not_be_read_is_named_with_the_remedy(void **state)
{
	static const char *const rows[] = {
		"endpoints = ( { } );",
		"endpoints = ( { " CA("none.pem") "} );",
		"endpoints = ( { ca = { certificate = \"one.pem\"; }; } );",
		"endpoints = ( { ca = { backend = \"openssl\"; "
		"config = \"none.cnf\"; }; } );",
		"endpoints = ( { " CA("one.pem") NEXT("none.pem") "} );",
		"endpoints = ( { " CA("one.pem") FORMER("none.pem") "} );",
		"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct known_cas cas = { 0 };

		put("a.conf", rows[i]);
		assert_int_equal(known_cas_load_config(&cas, "a.conf",
				     problems),
		    ERR_FILE);
		assert_non_null(strstr(problems_text(problems),
		    "name one by --ca FILE"));
		known_cas_clear(&cas);
		problems_free(problems);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CAS_TEST(a_configuration_has_cas_of_now_of_later_and_of_once),
		CAS_TEST(what_can_not_be_read_is_named_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
