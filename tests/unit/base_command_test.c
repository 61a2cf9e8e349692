/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command.h"

#include <signal.h>

#include "tests/unit/base_command.h"

static void
what_a_command_says_and_its_status_are_the_result(void **state)
{
	static const struct {
		const char *script;
		enum command_ending ending;
		int number;
		const char *output;
	} rows[] = {
		{ "echo cookie", COMMAND_EXITED, 0, "cookie\n" },
		{ "echo cookie; exit 5", COMMAND_EXITED, 5, "cookie\n" },
		{ "exit 255", COMMAND_EXITED, 255, "" },
		{ "echo x; kill -SEGV $$", COMMAND_KILLED, SIGSEGV, "x\n" },
		{ "kill -TERM $$", COMMAND_KILLED, SIGTERM, "" },
		{ "kill -KILL 0", COMMAND_KILLED, SIGKILL, "" },
		{ "echo \"$SCEP_SUBJECT|$HOME|$(pwd)\"", COMMAND_EXITED, 0,
		    "CN=a b||/\n" },
		{ "exec >&- 2>&- <&-; exit 7", COMMAND_EXITED, 7, "" },
		{ "ls /proc/self/fd", COMMAND_EXITED, 0, "0\n1\n2\n3\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		result = result_of(&run);
		assert_int_equal(result.errors.size, 0);
		assert_true(result.took_ms >= 0);
		assert_result(&result, rows[i].ending, rows[i].number,
		    rows[i].output);
		clear_run(&run);
	}
}

static void
stderr_is_kept_apart_and_its_beginning_only(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "echo why >&2; echo cookie");
	result = result_of(&run);
	assert_bytes(buf_bytes(&result.errors), "why\n");
	assert_result(&result, COMMAND_EXITED, 0, "cookie\n");
	clear_run(&run);

	/* More than a pipe holds. */
	set_run(&run,
	    "echo why >&2; head -c 3000000 /dev/zero >&2; echo cookie");
	result = result_of(&run);
	assert_int_equal(result.errors.size, COMMAND_ERRORS_LIMIT);
	assert_memory_equal(result.errors.data, "why\n\0\0", 6);
	assert_result(&result, COMMAND_EXITED, 0, "cookie\n");
	clear_run(&run);
}

/* More than a pipe holds. */
static void
a_command_may_read_its_input_or_leave_it(void **state)
{
	static const struct {
		const char *script;
		const char *output;
	} rows[] = {
		{ "wc -c", "200000\n" },
		{ "head -c 3; exec <&-", "xxx" },
		{ "exec <&-; echo unread", "unread\n" },
		{ "echo unread", "unread\n" },
		/* It can't be changed. */
		{ "echo new 2>/dev/null >/proc/self/fd/0 || wc -c",
		    "200000\n" },
	};
	struct buf input = { 0 };

	(void)state;
	memset(buf_extend(&input, 200000), 'x', 200000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.order.input = buf_bytes(&input);
		result = result_of(&run);
		assert_result(&result, COMMAND_EXITED, 0, rows[i].output);
		clear_run(&run);
	}
	buf_clear(&input);
}

static void
a_secret_is_read_from_descriptor_3(void **state)
{
	char long_secret[COMMAND_SECRET_LIMIT + 1];
	const struct {
		struct bytes secret;
		const char *script;
		const char *output;
	} rows[] = {
		{ BYTES_LITERAL("pass\0word"), "cat <&3 | tr '\\0' 0",
		    "pass0word" },
		{ BYTES_LITERAL("once"), "cat <&3; cat <&3", "once" },
		{ BYTES_LITERAL("unread"), "exec 3<&-; cat", "" },
		{ bytes_of(NULL, 0), "cat <&3", "" },
		{ bytes_of(long_secret, COMMAND_SECRET_LIMIT),
		    "cat <&3 | wc -c", "4096\n" },
		{ BYTES_LITERAL("x"), "ls /proc/self/fd", "0\n1\n2\n3\n4\n" },
	};

	(void)state;
	memset(long_secret, 'x', sizeof(long_secret));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.order.secret = &rows[i].secret;
		result = result_of(&run);
		assert_result(&result, COMMAND_EXITED, 0, rows[i].output);
		clear_run(&run);
	}
}

static void
what_can_not_be_told_is_refused(void **state)
{
	static const uint8_t long_secret[COMMAND_SECRET_LIMIT + 1];
	static const struct bytes secret = BYTES_ARRAY(long_secret);
	static const struct environment_variable bad = {
		.name = "SCEP_SUBJECT",
		.value = BYTES_LITERAL("a\nSCEP_OPERATION=b"),
	};
	struct command_result result = { .number = 77 };
	struct run run;

	(void)state;
	set_run(&run, "true");
	run.order.secret = &secret;
	assert_int_equal(command_run(&run.order, &result), ERR_COMMAND_VALUE);
	run.order.secret = NULL;
	run.order.variables = &bad;
	run.order.variable_count = 1;
	assert_int_equal(command_run(&run.order, &result), ERR_COMMAND_VALUE);
	assert_int_equal(result.number, 77);
	clear_run(&run);
}

static void
what_can_not_be_started_says_why(void **state)
{
	static const struct {
		const char *name;
		int cause;
	} rows[] = {
		{ "missing", ENOENT },
		{ "forbidden", EACCES },
		{ "directory", EACCES },
	};

	(void)state;
	put_file("forbidden", "#!/bin/sh\n", 0600);
	assert_int_equal(mkdir("directory", 0700), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, "true");
		run.arguments[0] = program_path(rows[i].name);
		result = result_of(&run);
		assert_string_equal(result.place, run.arguments[0]);
		assert_result(&result, COMMAND_NOT_STARTED, rows[i].cause, "");
		free(run.arguments[0]);
		clear_run(&run);
	}
}

static void
a_directory_that_is_missing_is_named(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "true");
	run.spec.directory = "/nowhere";
	result = result_of(&run);
	assert_string_equal(result.place, "/nowhere");
	assert_result(&result, COMMAND_NOT_STARTED, ENOENT, "");
	clear_run(&run);
}

static void
a_command_that_says_too_much_is_killed(void **state)
{
	static const struct {
		const char *script;
		size_t limit;
		size_t kept;
	} rows[] = {
		{ "trap '' TERM; while :; do echo flood; done", 0, 65536 },
		{ "cat /dev/zero & wait", 100000, 100000 },
		{ "echo 123456789; sleep 1000", 9, 9 },
		/* Nobody is left to be killed. */
		{ "echo 123456789", 9, 9 },
		{ "head -c 65537 /dev/zero", 0, 65536 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.spec.output_limit = rows[i].limit;
		result = result_of(&run);
		assert_int_equal(result.ending, COMMAND_TALKATIVE);
		assert_int_equal(result.output.size, rows[i].kept);
		command_result_clear(&result);
		clear_run(&run);
	}
}

static void
a_command_may_say_as_much_as_is_allowed(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "head -c 65536 /dev/zero; exit 3");
	result = result_of(&run);
	assert_int_equal(result.ending, COMMAND_EXITED);
	assert_int_equal(result.number, 3);
	assert_int_equal(result.output.size, 65536);
	command_result_clear(&result);
	clear_run(&run);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_a_command_says_and_its_status_are_the_result),
		cmocka_unit_test(stderr_is_kept_apart_and_its_beginning_only),
		cmocka_unit_test(a_command_may_read_its_input_or_leave_it),
		cmocka_unit_test(a_secret_is_read_from_descriptor_3),
		cmocka_unit_test(what_can_not_be_told_is_refused),
		cmocka_unit_test(what_can_not_be_started_says_why),
		cmocka_unit_test(a_directory_that_is_missing_is_named),
		cmocka_unit_test(a_command_that_says_too_much_is_killed),
		cmocka_unit_test(a_command_may_say_as_much_as_is_allowed),
	};

	return cmocka_run_group_tests(tests, programs_set_up,
	    programs_tear_down);
}
