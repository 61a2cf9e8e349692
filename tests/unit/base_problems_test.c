/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/problems.h"

#include "tests/unit/unit.h"

static void
none_is_an_empty_text(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	assert_string_equal(problems_text(problems), "");
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 0);
	assert_int_equal(problems_count(problems, PROBLEM_WARNING), 0);
	problems_free(problems);
	problems_free(NULL);
}

static void
lines_stay_in_order_with_their_level(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	problem_add(problems, PROBLEM_WARNING, "%s:%d: odd", "a.conf", 3);
	problem_add(problems, PROBLEM_ERROR, "%s", "100%s%n wrong");
	problem_add(problems, PROBLEM_WARNING, "last");
	assert_string_equal(problems_text(problems),
	    "warning: a.conf:3: odd\n"
	    "error: 100%s%n wrong\n"
	    "warning: last\n");
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 1);
	assert_int_equal(problems_count(problems, PROBLEM_WARNING), 2);
	problems_free(problems);
}

static void
text_may_be_asked_for_in_between(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	problem_add(problems, PROBLEM_ERROR, "one");
	assert_string_equal(problems_text(problems), "error: one\n");
	assert_string_equal(problems_text(problems), "error: one\n");
	problem_add(problems, PROBLEM_ERROR, "two");
	assert_string_equal(problems_text(problems),
	    "error: one\nerror: two\n");
	problems_free(problems);
}

static void
lines_may_be_long_and_many(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	for (int i = 0; i < 1000; i++)
		problem_add(problems, PROBLEM_ERROR, "%0*d", 200, i);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 1000);
	assert_int_equal(strlen(problems_text(problems)),
	    1000 * (strlen("error: \n") + 200));
	problems_free(problems);
}

/* What the log has of it, by way of a pipe in the place of standard error. */
static void
each_line_goes_to_the_log_at_its_level(void **state)
{
	struct problems *problems = problems_new();
	int before = dup(STDERR_FILENO), ends[2];
	struct buf text = { 0 };
	ssize_t size;

	(void)state;
	problem_add(problems, PROBLEM_WARNING, "a.conf:3: odd");
	problem_add(problems, PROBLEM_ERROR, "a.conf:4: 100%%s wrong");
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	problems_log(problems);
	dup2(before, STDERR_FILENO);
	close(ends[1]);
	size = read(ends[0], buf_extend(&text, 400), 400);
	assert_true(size > 0);
	buf_truncate(&text, (size_t)size);
	unit_forget_pid(&text);
	assert_string_equal(buf_string(&text),
	    "scepd: level=warning event=\"a.conf:3: odd\"\n"
	    "scepd: level=error event=\"a.conf:4: 100%s wrong\"\n");
	close(ends[0]);
	close(before);
	buf_clear(&text);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_an_empty_text),
		cmocka_unit_test(lines_stay_in_order_with_their_level),
		cmocka_unit_test(text_may_be_asked_for_in_between),
		cmocka_unit_test(lines_may_be_long_and_many),
		cmocka_unit_test(each_line_goes_to_the_log_at_its_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
