/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command_result.h"

#include <errno.h>
#include <signal.h>

#include "tests/unit/unit.h"

static void
a_result_is_described_in_words(void **state)
{
	static const struct {
		struct command_result result;
		const char *words;
	} rows[] = {
		{ { .ending = COMMAND_EXITED, .number = 3 },
		    "ended with status 3" },
		{ { .ending = COMMAND_KILLED, .number = SIGSEGV },
		    "was killed by signal 11 (SIGSEGV)" },
		{ { .ending = COMMAND_KILLED, .number = 40 },
		    "was killed by signal 40" },
		{ { .ending = COMMAND_LATE, .took_ms = 30123 },
		    "did not end within its time and was told to; it took "
		    "30123 ms" },
		{ { .ending = COMMAND_TALKATIVE, .output = { .size = 65536 } },
		    "wrote more than the 65536 octets that it may to its "
		    "standard output and was killed" },
		{ { .ending = COMMAND_CANCELLED },
		    "was ended before it was done, with scepd" },
		{ { .ending = COMMAND_NOT_STARTED,
		      .number = ENOENT,
		      .place = "/etc/scepd/issue" },
		    "could not be started: /etc/scepd/issue: No such file or "
		    "directory; a script needs also what its first line "
		    "names" },
		{ { .ending = COMMAND_NOT_STARTED,
		      .number = EACCES,
		      .place = "issue" },
		    "could not be started: issue: Permission denied; it, and "
		    "all folders on the way, must be executable for the user "
		    "that scepd runs as" },
		{ { .ending = COMMAND_NOT_STARTED, .number = EMFILE },
		    "could not be started: Too many open files; allow this "
		    "process more open files" },
		{ { .ending = COMMAND_NOT_STARTED,
		      .number = EIO,
		      .place = "issue" },
		    "could not be started: issue: Input/output error" },
		{ { .ending = COMMAND_SILENT, .took_ms = 300000 },
		    "gave no answer; it was asked 300000 ms ago" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = { 0 };

		buf_append_string(&text, "it ");
		command_result_describe(&rows[i].result, &text);
		assert_string_equal(buf_string(&text) + 3, rows[i].words);
		buf_clear(&text);
	}
}

static void
a_result_that_is_cleared_is_ready_again(void **state)
{
	struct command_result result = { .ending = COMMAND_LATE, .number = 3 };

	(void)state;
	buf_append_string(&result.output, "output");
	buf_append_string(&result.errors, "errors");
	command_result_clear(&result);
	assert_int_equal(result.ending, COMMAND_EXITED);
	assert_int_equal(result.output.size, 0);
	assert_null(result.errors.data);
	command_result_clear(&result);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_is_described_in_words),
		cmocka_unit_test(a_result_that_is_cleared_is_ready_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
