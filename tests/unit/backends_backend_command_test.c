/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend.h"
#include "backends/hook.h"
#include "tests/unit/backends_fixture.h"

/* A CA that is asked by a command. */

#define COMMAND_CA \
	"backend = \"command\"; command = ( \"/bin/sh\" ); " \
	"certificate = \"ca.pem\"; "

static void
a_ca_needs_a_program_and_its_certificate(void **state)
{
	static const struct row {
		const char *settings;
		const char *finding;
	} rows[] = {
		{ "backend = \"command\"; certificate = \"ca.pem\";",
		    "command" },
		{ "backend = \"command\"; command = ( \"/bin/sh\" );",
		    "certificate" },
		{ "backend = \"command\"; command = (); "
		  "certificate = \"ca.pem\";",
		    "\"command\" is empty" },
		{ "backend = \"command\"; command = ( \"sh\" ); "
		  "certificate = \"ca.pem\";",
		    "the whole path of a program" },
		{ "backend = \"command\"; command = ( \"/none\" ); "
		  "certificate = \"ca.pem\";",
		    "/none can't be run: No such file or directory" },
		{ COMMAND_CA "directory = \"here\";", "whole path" },
		{ COMMAND_CA "deadline = \"0s\";", "deadline" },
		{ COMMAND_CA "at_once = 0;", "at_once" },
		{ COMMAND_CA "mode = \"daemon\";", "mode" },
		{ COMMAND_CA "crl = { };", "can't make its CRLs" },
		{ COMMAND_CA "key = \"ca.key\";", "key" },
		{ "backend = \"command\"; command = ( \"/bin/sh\" ); "
		  "certificate = \"ra.pem\";",
		    "ra.pem" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		struct conf *conf;

		assert_err(open_with(rows[i].settings, &conf, &backend,
			       problems),
		    ERR_CONFIGURATION, rows[i].finding);
		if (strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%zu: %s", i, problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

static void
it_has_no_key_and_signs_nothing(void **state)
{
	struct backend *backend = backend_of(COMMAND_CA);
	struct buf made = { 0 };
	const struct backend_request request = { .number = 1 };
	struct backend_answer answer = { 0 };

	(void)state;
	assert_null(backend_key(backend));
	assert_int_equal(backend_requests(backend), BACKEND_REQUESTS_NAMES);
	assert_non_null(backend_hook(backend));
	assert_int_equal(backend_crl(backend)->kind, BACKEND_CRL_NONE);
	assert_false(backend_has_books(backend));
	assert_false(backend_counts_serials(backend));
	assert_int_equal(backend_sign(backend, BYTES_LITERAL("tbs"), &made),
	    ERR_SIGN);
	assert_int_equal(backend_issue(backend, NULL, &request, NOW, &answer),
	    ERR_CA_COMMAND);
	backend_close(backend);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_ca_needs_a_program_and_its_certificate),
		CONF_TEST(it_has_no_key_and_signs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
