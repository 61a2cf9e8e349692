/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guess_rate.h"

#include "tests/unit/unit.h"

#define NOW 1796083200
#define WINDOW 600

static void
the_more_of_two_spans_is_told(void **state)
{
	static const struct row {
		int64_t at;     /* seconds after NOW */
		unsigned times; /* that it happens then */
		unsigned most;  /* right after that */
	} rows[] = {
		{ 0, 0, 0 },
		{ 0, 3, 3 },
		{ 599, 2, 5 },
		{ 600, 1, 5 },
		{ 1199, 5, 6 },
		{ 1200, 0, 6 },
		{ 1799, 0, 6 },
		{ 1800, 0, 0 },
		{ 5000, 1, 1 },
		/* Another one had come a little before. */
		{ 4999, 1, 2 },
		{ 5600, 0, 2 },
		{ 6199, 0, 2 },
		{ 6200, 0, 0 },
		/* The clock was set back by a day. */
		{ -80000, 1, 1 },
	};
	struct guess_rate rate = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t now = NOW + rows[i].at;

		for (unsigned j = 0; j < rows[i].times; j++)
			rate = guess_rate_count(&rate, WINDOW, now);
		assert_int_equal(guess_rate_most(&rate, WINDOW, now),
		    rows[i].most);
	}
}

static void
more_than_can_be_counted_is_the_most(void **state)
{
	struct guess_rate rate = { NOW, UINT16_MAX - 1, 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		rate = guess_rate_count(&rate, WINDOW, NOW);
	assert_int_equal(guess_rate_most(&rate, WINDOW, NOW), UINT16_MAX);
	assert_int_equal(rate.before, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_more_of_two_spans_is_told),
		cmocka_unit_test(more_than_can_be_counted_is_the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
