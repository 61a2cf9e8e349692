/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_line.h"

#include "backends/hook_answer.h"
#include "tests/unit/unit.h"

static void
an_answer_says_what_an_exit_status_says(void **state)
{
	static const struct {
		const char *line;
		enum hook_verdict verdict;
		const char *output;
		const char *cookie;
		int64_t wait;
		const char *reason;
		const char *errors;
	} rows[] = {
		{ "{\"id\":7,\"status\":0}", HOOK_DONE, "", "", 0, "", "" },
		{ "{\"id\":7,\"status\":0,\"certificate\":\"-----\\nMII\"}",
		    HOOK_DONE, "-----\nMII", "", 0, "", "" },
		{ "{\"status\":1,\"cookie\":\"ticket 1\",\"id\":7}",
		    HOOK_PENDING, "", "ticket 1", 0, "", "" },
		{ "{\"id\":7,\"status\":1}", HOOK_PENDING, "", "", 0, "", "" },
		{ "{\"id\":7,\"status\":1,\"cookie\":\"\\u00e4\"}",
		    HOOK_TROUBLE, "", "", 0,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII",
		    "" },
		{ "{\"id\":7,\"status\":2,\"reason\":\"not yours\"}",
		    HOOK_REFUSED, "", "", 0, "not yours", "" },
		{ "{\"id\":7,\"status\":2,\"reason\":\"\\u00e4\\u001b[2J\"}",
		    HOOK_REFUSED, "", "", 0, "???[2J", "" },
		{ "{\"id\":7,\"status\":2,\"fail_info\":\"badTime\","
		  "\"reason\":\"no\"}",
		    HOOK_REFUSED, "", "", 0, "no", "" },
		{ "{\"id\":7,\"status\":0,\"profile\":\"phone\"}", HOOK_DONE,
		    "profile=phone\n", "", 0, "", "" },
		{ "{\"id\":7,\"status\":3,\"reason\":\"no CA\"}", HOOK_TROUBLE,
		    "", "", 0, "it says that it can't do that now (status 3)",
		    "no CA" },
		{ "{\"id\":7,\"status\":4}", HOOK_TROUBLE, "", "", 0,
		    "it says that it is not set up well (status 4)", "" },
		{ "{\"id\":7,\"status\":5,\"wait\":60,\"cookie\":\"a\"}",
		    HOOK_PENDING, "", "a", 60, "", "" },
		{ "{\"id\":7,\"status\":5,\"wait\":9223372036854775807}",
		    HOOK_PENDING, "", "", HOOK_WAIT_LIMIT, "", "" },
		{ "{\"id\":7,\"status\":5,\"wait\":-1}", HOOK_TROUBLE, "", "",
		    0,
		    "its first line is not the number of seconds that status "
		    "5 wants",
		    "" },
		{ "{\"id\":7,\"status\":5,\"cookie\":\"60\"}", HOOK_TROUBLE, "",
		    "", 0,
		    "its first line is not the number of seconds that status "
		    "5 wants",
		    "" },
		{ "{\"id\":7,\"status\":6}", HOOK_TROUBLE, "", "", 0,
		    "it does not know this operation (status 6)", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result = { 0 };
		struct hook_answer answer;
		int64_t id = 0;

		assert_true(hook_line_read(bytes_of_string(rows[i].line), &id,
		    &result));
		assert_int_equal(id, 7);
		hook_answer_read(&result, &answer);
		assert_int_equal(answer.verdict, rows[i].verdict);
		assert_same_bytes(answer.output,
		    bytes_of_string(rows[i].output));
		assert_same_bytes(answer.cookie,
		    bytes_of_string(rows[i].cookie));
		assert_int_equal(answer.wait, rows[i].wait);
		assert_string_equal(buf_string(&answer.reason), rows[i].reason);
		assert_same_bytes(buf_bytes(&result.errors),
		    bytes_of_string(rows[i].errors));
		hook_answer_clear(&answer);
		command_result_clear(&result);
	}
}

static void
what_is_no_answer_is_told_so(void **state)
{
	static const char *const rows[] = {
		"",
		"ok",
		"{}",
		"{\"id\":7}",
		"{\"status\":0}",
		"{\"id\":\"7\",\"status\":0}",
		"{\"id\":7,\"status\":\"0\"}",
		"{\"id\":7,\"status\":-1}",
		"{\"id\":7,\"status\":7}",
		"{\"id\":7,\"status\":4294967296}",
		"{\"id\":7,\"status\":0,\"certificate\":[\"a\"]}",
		"{\"id\":7,\"status\":0,\"status\":2}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result = { 0 };
		int64_t id;

		if (hook_line_read(bytes_of_string(rows[i]), &id, &result))
			fail_msg("%s", rows[i]);
		command_result_clear(&result);
	}
}

static void
a_reason_for_the_log_is_cut(void **state)
{
	struct command_result result = { 0 };
	struct buf line = { 0 };
	int64_t id;

	(void)state;
	buf_append_string(&line, "{\"id\":7,\"status\":3,\"reason\":\"");
	memset(buf_extend(&line, 100000), 'x', 100000);
	buf_append_string(&line, "\"}");
	assert_true(hook_line_read(buf_bytes(&line), &id, &result));
	assert_int_equal(result.errors.size, COMMAND_ERRORS_LIMIT);
	command_result_clear(&result);
	buf_clear(&line);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_says_what_an_exit_status_says),
		cmocka_unit_test(what_is_no_answer_is_told_so),
		cmocka_unit_test(a_reason_for_the_log_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
