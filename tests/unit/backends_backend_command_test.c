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
		{ "backend = \"command\"; command = ( \"/\" ); "
		  "certificate = \"ca.pem\";",
		    "/ can't be run: Is a directory" },
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

/* As the user that the keeper runs as finds it; it may have changed since the
 * configuration was read. */
static void
what_can_not_be_run_or_entered_is_said(void **state)
{
	static const struct row {
		const char *settings;
		mode_t mode;
		const char *finding;
	} rows[] = {
		{ "", 0700, NULL },
		{ "", 0600, "run it: Permission denied" },
		{ "directory = \"/none\";", 0700,
		    "work there: No such file or directory" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf text = { 0 };
		struct hook *hook = NULL;
		struct conf *conf;

		put_mode("program", BYTES_LITERAL("#!/bin/sh\n"), 0700);
		buf_printf(&text, "command = ( \"%s/program\" ); %s",
		    (const char *)*state, rows[i].settings);
		put("hook.conf", buf_string(&text));
		conf = open_well("hook.conf");
		assert_int_equal(hook_read(conf_root(conf), &hook, problems),
		    ERR_OK);
		assert_int_equal(chmod("program", rows[i].mode), 0);
		assert_err(hook_check_access(hook, problems),
		    rows[i].finding == NULL ? ERR_OK : ERR_CONFIGURATION,
		    rows[i].settings);
		if (rows[i].finding != NULL &&
		    strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		buf_clear(&text);
		hook_free(hook);
		conf_free(conf);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_ca_needs_a_program_and_its_certificate),
		CONF_TEST(it_has_no_key_and_signs_nothing),
		CONF_TEST(what_can_not_be_run_or_entered_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
