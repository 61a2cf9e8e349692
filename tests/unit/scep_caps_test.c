/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/caps.h"

#include "scep/pki_operation.h"
#include "tests/unit/unit.h"

static const struct {
	const char *algorithms[4];
	const char *words;
} answers[] = {
	/* E11; SHA-384 for strongSwan's sake. */
	{ { "default" },
	    "AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\n"
	    "SHA-1\nSHA-256\nSHA-384\nSHA-512\n" },
	{ { "strict" },
	    "AES\nPOSTPKIOperation\nRenewal\nSCEPStandard\n"
	    "SHA-256\nSHA-384\nSHA-512\n" },
	/* What is broken is served where it must be, and never told. */
	{ { "default", "des", "md5" },
	    "AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\n"
	    "SHA-1\nSHA-256\nSHA-384\nSHA-512\n" },
	{ { "des", "md5" }, "POSTPKIOperation\nRenewal\n" },
	/* "AES" is AES-128 (RFC 8894 section 3.5.2). */
	{ { "aes-256", "sha-256" }, "POSTPKIOperation\nRenewal\nSHA-256\n" },
	{ { "aes-128", "sha-512" },
	    "AES\nPOSTPKIOperation\nRenewal\nSHA-512\n" },
	{ { "aes-128", "sha-256", "sha-224" },
	    "AES\nPOSTPKIOperation\nRenewal\nSCEPStandard\nSHA-224\nSHA-256\n" },
};

static void
what_is_advertised_is_what_works(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct algorithms algorithms = { 0 };
		struct buf to = { 0 };

		for (size_t j = 0; answers[i].algorithms[j] != NULL; j++)
			assert_true(algorithms_add(&algorithms,
			    answers[i].algorithms[j]));
		caps_append(&to, algorithms, false);
		assert_string_equal(buf_string(&to), answers[i].words);
		assert_true(to.size < 1024);
		buf_clear(&to);
	}
}

static void
every_row_of_the_table_announces_its_word(void **state)
{
	struct buf to = { 0 };

	(void)state;
	caps_append(&to, ALGORITHMS_DEFAULT, false);
	for (size_t i = 0; pki_operation_rows[i].handle != NULL; i++)
		if (pki_operation_rows[i].capability != NULL)
			assert_non_null(strstr(buf_string(&to),
			    pki_operation_rows[i].capability));
	assert_null(strstr(buf_string(&to), "GetNextCACert"));
	caps_append(&to, ALGORITHMS_DEFAULT, true);
	assert_non_null(strstr(buf_string(&to), "\nGetNextCACert\n"));
	buf_clear(&to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_advertised_is_what_works),
		cmocka_unit_test(every_row_of_the_table_announces_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
