/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/keeper.h"

#include "tests/unit/unit.h"

#define NOW 1796083200
#define HOUR 3600

/* What the tasks have done: one letter for each time. */
static void
note_a(void *context, int64_t now)
{
	(void)now;
	buf_append_string(context, "a");
}

static void
note_b(void *context, int64_t now)
{
	(void)now;
	buf_append_string(context, "b");
}

static void
each_task_runs_once_a_period_from_a_period_after_the_start(void **state)
{
	struct keeper_task tasks[] = {
		{ .period_s = HOUR, .run = note_a },
		{ .period_s = 2 * HOUR, .run = note_b },
	};
	static const struct row {
		int64_t at; /* from the start, in this order */
		const char *done;
		int64_t left;
	} rows[] = {
		{ 0, "", HOUR },
		{ HOUR - 1, "", 1 },
		{ HOUR, "a", HOUR },
		{ HOUR + 1, "a", HOUR - 1 },
		{ 2 * HOUR, "aab", HOUR },
		/* What was missed is not made up for. */
		{ 9 * HOUR + 5, "aabab", HOUR },
		{ 10 * HOUR + 4, "aabab", 1 },
		{ 10 * HOUR + 5, "aababa", HOUR },
	};
	struct buf done = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(keeper_run_due(tasks, COUNT(tasks), &done,
				     NOW + rows[i].at),
		    rows[i].left);
		assert_string_equal(buf_string(&done), rows[i].done);
	}
	buf_clear(&done);
}

static void
a_clock_that_is_set_back_makes_nothing_wait_for_longer(void **state)
{
	struct keeper_task task = { .period_s = HOUR, .run = note_a };
	struct buf done = { 0 };

	(void)state;
	assert_int_equal(keeper_run_due(&task, 1, &done, NOW), HOUR);
	assert_int_equal(keeper_run_due(&task, 1, &done, NOW - 99 * HOUR),
	    HOUR);
	assert_int_equal(keeper_run_due(&task, 1, &done, NOW - 98 * HOUR),
	    HOUR);
	assert_string_equal(buf_string(&done), "a");
	buf_clear(&done);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_task_runs_once_a_period_from_a_period_after_the_start),
		cmocka_unit_test(
		    a_clock_that_is_set_back_makes_nothing_wait_for_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
