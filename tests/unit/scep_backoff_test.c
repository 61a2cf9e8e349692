/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/backoff.h"

#include "tests/unit/unit.h"

#define NOW 1796083200

static const struct backoff_limits limits = { 3, 600, 60 };

/* Tries wrongly at that second; how long it was told to wait. */
static int64_t
try_wrongly(struct backoff *backoff, int64_t at)
{
	int64_t wait_s = backoff_wait(&limits, backoff, NOW + at);

	if (wait_s == 0)
		*backoff = backoff_failed(&limits, backoff, NOW + at);
	return wait_s;
}

static void
the_wait_doubles_up_to_its_limit(void **state)
{
	/* Each wrong try that is let through, and what the next one is told
	 * right after it. */
	static const struct row {
		int64_t at;
		int64_t wait_s;
	} rows[] = {
		{ 0, 0 },
		{ 2, 0 },
		{ 5, 1 },
		{ 6, 2 },
		{ 8, 4 },
		{ 12, 8 },
		{ 20, 16 },
		{ 36, 32 },
		{ 68, 60 },
		{ 128, 60 },
		{ 188, 60 },
		/* Later than need be is no longer then. */
		{ 500, 60 },
		{ 1099, 60 },
		/* Forgotten, ten minutes after. */
		{ 1699, 0 },
		{ 1699, 0 },
		{ 1699, 1 },
	};
	struct backoff backoff = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(try_wrongly(&backoff, rows[i].at), 0);
		assert_int_equal(backoff_wait(&limits, &backoff,
				     NOW + rows[i].at),
		    rows[i].wait_s);
		/* Nobody who is told to wait makes it longer. */
		if (rows[i].wait_s > 0)
			assert_int_equal(try_wrongly(&backoff, rows[i].at),
			    rows[i].wait_s);
	}
}

static void
one_comes_through_when_the_wait_is_over_and_not_before(void **state)
{
	const struct backoff backoff = { 9, NOW };

	(void)state;
	assert_int_equal(backoff_wait(&limits, &backoff, NOW), 60);
	assert_int_equal(backoff_wait(&limits, &backoff, NOW + 59), 1);
	assert_int_equal(backoff_wait(&limits, &backoff, NOW + 60), 0);
}

static void
free_ones_are_forgotten_a_window_after_the_first(void **state)
{
	struct backoff backoff = { 0 };

	(void)state;
	assert_int_equal(try_wrongly(&backoff, 0), 0);
	assert_int_equal(try_wrongly(&backoff, 599), 0);
	assert_int_equal(backoff.failures, 2);
	assert_false(backoff_is_over(&limits, &backoff, NOW + 599));
	assert_true(backoff_is_over(&limits, &backoff, NOW + 600));
	assert_int_equal(try_wrongly(&backoff, 600), 0);
	assert_int_equal(backoff.failures, 1);
}

/* How many tries somebody has within an hour. */
#define HOUR 3600

static const struct backoff_limits usual = { 10, 600, 60 };

static unsigned
tries_whenever_one_may(void)
{
	struct backoff backoff = { 0 };
	unsigned tries = 0;

	for (int64_t at = NOW; at < NOW + HOUR; at++)
		for (; backoff_wait(&usual, &backoff, at) == 0; tries++)
			backoff = backoff_failed(&usual, &backoff, at);
	return tries;
}

static unsigned
tries_while_they_are_free(void)
{
	struct backoff backoff = { 0 };
	unsigned tries = 0;

	for (int64_t at = NOW; at < NOW + HOUR; at++)
		for (; backoff.failures + 1U < usual.tries ||
		     backoff_is_over(&usual, &backoff, at);
		     tries++)
			backoff = backoff_failed(&usual, &backoff, at);
	return tries;
}

static void
nobody_has_more_tries_than_are_promised(void **state)
{
	(void)state;
	/* 10 at once, 6 in the first minute, and one each minute then. */
	assert_int_equal(tries_whenever_one_may(), 10 + 6 + 58);
	assert_int_equal(tries_while_they_are_free(), 6 * 9);
}

static void
failures_are_counted_to_their_limit_alone(void **state)
{
	static const struct backoff_limits most = { BACKOFF_MOST_TRIES, 86400,
		3600 };
	struct backoff backoff = { UINT8_MAX, NOW };

	(void)state;
	backoff = backoff_failed(&most, &backoff, NOW + 3600);
	assert_int_equal(backoff.failures, UINT8_MAX);
	assert_int_equal(backoff_wait(&most, &backoff, NOW + 3600), 3600);
}

static void
a_refusal_for_another_reason_lets_the_next_one_wait(void **state)
{
	struct backoff backoff = { 4, NOW };
	struct backoff free_one = { 1, NOW };

	(void)state;
	backoff = backoff_tried(&limits, &backoff, NOW + 2);
	assert_int_equal(backoff.failures, 4);
	assert_int_equal(backoff_wait(&limits, &backoff, NOW + 2), 2);
	free_one = backoff_tried(&limits, &free_one, NOW + 2);
	assert_int_equal(free_one.failures, 1);
	assert_int_equal(free_one.at, NOW);
	backoff = backoff_tried(&limits, &backoff, NOW + 602);
	assert_int_equal(backoff.failures, 0);
}

static void
a_clock_that_was_set_back_locks_nobody_out(void **state)
{
	const struct backoff backoff = { 200, NOW };

	(void)state;
	/* Within what requests may overtake each other by. */
	assert_int_equal(backoff_wait(&limits, &backoff, NOW - 1), 60);
	assert_int_equal(backoff_wait(&limits, &backoff, NOW - 600), 60);
	assert_int_equal(backoff_wait(&limits, &backoff, NOW - 601), 0);
	assert_int_equal(backoff_wait(&limits, &backoff, 1), 0);
}

static void
the_mildest_is_over_or_has_failed_least_or_longest_ago(void **state)
{
	/* From the mildest on. */
	static const struct backoff rows[] = {
		{ 0, 0 },
		{ 1, NOW - 600 },
		{ 200, NOW - 601 },
		{ 1, NOW - 599 },
		{ 1, NOW },
		{ 2, NOW - 100 },
		{ 200, NOW - 10 },
		{ 200, NOW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(rows); j++)
			if (i != j)
				assert_int_equal(backoff_is_milder(&limits,
						     &rows[i], &rows[j], NOW),
				    i < j);
	assert_false(backoff_is_milder(&limits, &rows[4], &rows[4], NOW));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_up_to_its_limit),
		cmocka_unit_test(
		    one_comes_through_when_the_wait_is_over_and_not_before),
		cmocka_unit_test(
		    free_ones_are_forgotten_a_window_after_the_first),
		cmocka_unit_test(nobody_has_more_tries_than_are_promised),
		cmocka_unit_test(failures_are_counted_to_their_limit_alone),
		cmocka_unit_test(
		    a_refusal_for_another_reason_lets_the_next_one_wait),
		cmocka_unit_test(a_clock_that_was_set_back_locks_nobody_out),
		cmocka_unit_test(
		    the_mildest_is_over_or_has_failed_least_or_longest_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
