/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/environment.h"

#include "tests/unit/unit.h"

static void
each_variable_is_a_string_and_no_other_is_there(void **state)
{
	const struct environment_variable variables[] = {
		{ .name = "PATH", .value = BYTES_LITERAL("/usr/bin:/bin") },
		{ .name = "SCEP_2", .value = BYTES_LITERAL("a=b \"c\" $d") },
		{ .name = "_", .value = bytes_of(NULL, 0) },
		{ .name = "names",
		    .value = BYTES_LITERAL("a\nb\n"),
		    .is_list = true },
	};
	char **environment;

	(void)state;
	assert_int_equal(environment_new(variables, COUNT(variables),
			     &environment),
	    ERR_OK);
	assert_string_equal(environment[0], "PATH=/usr/bin:/bin");
	assert_string_equal(environment[1], "SCEP_2=a=b \"c\" $d");
	assert_string_equal(environment[2], "_=");
	assert_string_equal(environment[3], "names=a\nb\n");
	assert_null(environment[4]);
	environment_free(environment);
}

static void
nothing_is_an_environment_too(void **state)
{
	char **environment;

	(void)state;
	assert_int_equal(environment_new(NULL, 0, &environment), ERR_OK);
	assert_null(environment[0]);
	assert_null(environment_value(environment, "PATH"));
	environment_free(environment);
	environment_free(NULL);
}

static void
what_would_be_cut_or_be_taken_for_more_is_refused(void **state)
{
	static const struct environment_variable bad[] = {
		{ .name = "A", .value = BYTES_LITERAL("\0") },
		{ .name = "A", .value = BYTES_LITERAL("a\0b") },
		{ .name = "A", .value = BYTES_LITERAL("a\0"), .is_list = true },
		{ .name = "A", .value = BYTES_LITERAL("\n") },
		{ .name = "A", .value = BYTES_LITERAL("a\nB=b") },
		{ .name = "A", .value = BYTES_LITERAL("a\r") },
		{ .name = "A",
		    .value = BYTES_LITERAL("a\rb"),
		    .is_list = true },
		{ .name = "", .value = BYTES_LITERAL("a") },
		{ .name = "1A", .value = BYTES_LITERAL("a") },
		{ .name = "A=B", .value = BYTES_LITERAL("a") },
		{ .name = "A B", .value = BYTES_LITERAL("a") },
		{ .name = "A\n", .value = BYTES_LITERAL("a") },
		{ .name = "\xc3\xa4", .value = BYTES_LITERAL("a") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct environment_variable variables[] = {
			{ .name = "GOOD", .value = BYTES_LITERAL("a") },
			bad[i],
		};
		char *none[] = { NULL }, **environment = none;

		assert_int_equal(environment_new(variables, 2, &environment),
		    ERR_COMMAND_VALUE);
		assert_ptr_equal(environment, none);
	}
}

static void
a_value_is_found_by_its_whole_name(void **state)
{
	const struct environment_variable variables[] = {
		{ .name = "PATHS", .value = BYTES_LITERAL("/a") },
		{ .name = "PATH", .value = BYTES_LITERAL("/b") },
		{ .name = "EMPTY", .value = BYTES_LITERAL("") },
	};
	char **environment;

	(void)state;
	assert_int_equal(environment_new(variables, COUNT(variables),
			     &environment),
	    ERR_OK);
	assert_string_equal(environment_value(environment, "PATH"), "/b");
	assert_string_equal(environment_value(environment, "EMPTY"), "");
	assert_null(environment_value(environment, "PAT"));
	assert_null(environment_value(environment, "path"));
	environment_free(environment);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_variable_is_a_string_and_no_other_is_there),
		cmocka_unit_test(nothing_is_an_environment_too),
		cmocka_unit_test(
		    what_would_be_cut_or_be_taken_for_more_is_refused),
		cmocka_unit_test(a_value_is_found_by_its_whole_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
