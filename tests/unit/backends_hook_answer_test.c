/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_answer.h"

#include "tests/unit/unit.h"

/* A result with this end and this output; to be cleared. */
static struct command_result
result_of(enum command_ending ending, int number, const char *output)
{
	struct command_result result = { .ending = ending, .number = number };

	buf_append_string(&result.output, output);
	return result;
}

#define COOKIE_256 \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123"
#define COOKIE_1024 COOKIE_256 COOKIE_256 COOKIE_256 COOKIE_256

static void
each_status_has_its_meaning(void **state)
{
	static const struct row {
		int status;
		const char *output;
		enum hook_verdict verdict;
		const char *taken; /* output, cookie or reason */
		int64_t wait;
	} rows[] = {
		{ 0, "", HOOK_DONE, "", 0 },
		{ 0, "a\nb\n", HOOK_DONE, "a\nb\n", 0 },
		{ 1, "", HOOK_PENDING, "", 0 },
		{ 1, "cookie 1~\n", HOOK_PENDING, "cookie 1~", 0 },
		{ 1, "cookie\r\nmore", HOOK_PENDING, "cookie", 0 },
		{ 1, COOKIE_1024, HOOK_PENDING, COOKIE_1024, 0 },
		{ 1, COOKIE_1024 "x", HOOK_TROUBLE,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII",
		    0 },
		{ 1, "coo\tkie", HOOK_TROUBLE,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII",
		    0 },
		{ 1, "caf\xc3\xa9", HOOK_TROUBLE,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII",
		    0 },
		{ 2, "", HOOK_TROUBLE,
		    "it refuses (status 2), but says not why on its stdout, as "
		    "a script does that has an error in it",
		    0 },
		{ 2, "no\nmore", HOOK_REFUSED, "no", 0 },
		{ 2, "n\x1b[2J\xff", HOOK_REFUSED, "n?[2J?", 0 },
		{ 2, "failInfo=badTime\nthe clock\n", HOOK_REFUSED, "the clock",
		    0 },
		{ 2, "failInfo=badTime", HOOK_REFUSED,
		    "it says no more than that", 0 },
		{ 2, "failInfo=bad\nthe clock\n", HOOK_TROUBLE,
		    "it refuses with a failInfo that SCEP does not have", 0 },
		{ 3, "x", HOOK_TROUBLE,
		    "it says that it can't do that now (status 3)", 0 },
		{ 4, "x", HOOK_TROUBLE,
		    "it says that it is not set up well (status 4)", 0 },
		{ 5, "60\ncookie\n", HOOK_PENDING, "cookie", 60 },
		{ 5, "60", HOOK_PENDING, "", 60 },
		{ 5, "99999999999999999999", HOOK_PENDING, "", 86400 },
		{ 5, "", HOOK_TROUBLE,
		    "its first line is not the number of seconds that status 5 "
		    "wants",
		    0 },
		{ 5, "-1\ncookie", HOOK_TROUBLE,
		    "its first line is not the number of seconds that status 5 "
		    "wants",
		    0 },
		{ 5, "1\n\x7f", HOOK_TROUBLE,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII",
		    0 },
		{ 6, "", HOOK_TROUBLE,
		    "it does not know this operation (status 6)", 0 },
		{ 7, "", HOOK_TROUBLE, "it ended with status 7", 0 },
		{ 127, "", HOOK_TROUBLE, "it ended with status 127", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result = result_of(COMMAND_EXITED,
		    rows[i].status, rows[i].output);
		struct hook_answer answer;
		struct bytes taken;

		hook_answer_read(&result, &answer);
		if (answer.verdict != rows[i].verdict)
			fail_msg("%zu: %d", i, answer.verdict);
		taken = answer.verdict == HOOK_DONE ? answer.output :
		    answer.verdict == HOOK_PENDING  ? answer.cookie :
						      buf_bytes(&answer.reason);
		assert_same_bytes(taken, bytes_of_string(rows[i].taken));
		assert_int_equal(answer.wait, rows[i].wait);
		hook_answer_clear(&answer);
		command_result_clear(&result);
	}
}

static void
a_refusal_may_say_what_the_device_is_told(void **state)
{
	static const struct row {
		const char *output;
		enum fail_info fail_info;
	} rows[] = {
		{ "no", FAIL_INFO_BAD_REQUEST },
		{ "failInfo=badAlg\nno", FAIL_INFO_BAD_ALG },
		{ "failInfo=badMessageCheck\nno", FAIL_INFO_BAD_MESSAGE_CHECK },
		{ "failInfo=badRequest\r\nno", FAIL_INFO_BAD_REQUEST },
		{ "failInfo=badTime", FAIL_INFO_BAD_TIME },
		{ "failInfo=badCertId\n", FAIL_INFO_BAD_CERT_ID },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result = result_of(COMMAND_EXITED, 2,
		    rows[i].output);
		struct hook_answer answer;

		hook_answer_read(&result, &answer);
		assert_int_equal(answer.verdict, HOOK_REFUSED);
		assert_int_equal(answer.fail_info, rows[i].fail_info);
		hook_answer_clear(&answer);
		command_result_clear(&result);
	}
}

#define NAME_64 \
	"0123456789012345678901234567890123456789012345678901234567890123"

static void
a_profile_may_be_chosen(void **state)
{
	static const struct row {
		const char *output;
		enum hook_verdict verdict;
		const char *profile;
	} rows[] = {
		{ "", HOOK_DONE, "" },
		{ "phone", HOOK_DONE, "" },
		{ "profile=phone", HOOK_DONE, "phone" },
		{ "profile=phone\r\nmore", HOOK_DONE, "phone" },
		{ "profile=", HOOK_DONE, "" },
		{ "profile=" NAME_64, HOOK_DONE, NAME_64 },
		{ "profile=x" NAME_64, HOOK_TROUBLE, NULL },
		{ "profile=a\tb", HOOK_TROUBLE, NULL },
		{ "\nprofile=phone", HOOK_DONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result = result_of(COMMAND_EXITED, 0,
		    rows[i].output);
		struct hook_answer answer;

		hook_answer_read(&result, &answer);
		assert_int_equal(answer.verdict, rows[i].verdict);
		if (rows[i].profile != NULL)
			assert_same_bytes(answer.profile,
			    bytes_of_string(rows[i].profile));
		hook_answer_clear(&answer);
		command_result_clear(&result);
	}
}

static void
whoever_does_not_end_well_is_in_trouble(void **state)
{
	(void)state;
	for (enum command_ending ending = COMMAND_KILLED;
	     ending < COMMAND_ENDINGS; ending++) {
		struct command_result result = result_of(ending, 2, "yes");
		struct hook_answer answer;

		hook_answer_read(&result, &answer);
		assert_int_equal(answer.verdict, HOOK_TROUBLE);
		assert_int_equal(answer.output.size, 0);
		assert_true(answer.reason.size > 3);
		hook_answer_clear(&answer);
		command_result_clear(&result);
	}
}

static void
a_reason_is_cut_where_it_is_too_long(void **state)
{
	struct command_result result = result_of(COMMAND_EXITED, 2,
	    COOKIE_1024);
	struct hook_answer answer;

	(void)state;
	hook_answer_read(&result, &answer);
	assert_int_equal(answer.reason.size, HOOK_REASON_LIMIT);
	hook_answer_clear(&answer);
	command_result_clear(&result);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_status_has_its_meaning),
		cmocka_unit_test(a_refusal_may_say_what_the_device_is_told),
		cmocka_unit_test(a_profile_may_be_chosen),
		cmocka_unit_test(whoever_does_not_end_well_is_in_trouble),
		cmocka_unit_test(a_reason_is_cut_where_it_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
