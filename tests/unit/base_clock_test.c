/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "tests/unit/unit.h"

static const struct {
	int64_t seconds;
	struct clock_date date;
} vectors[] = {
	{ 0, { 1970, 1, 1, 0, 0, 0 } },
	{ 59, { 1970, 1, 1, 0, 0, 59 } },
	{ 86399, { 1970, 1, 1, 23, 59, 59 } },
	{ 86400, { 1970, 1, 2, 0, 0, 0 } },
	{ 68169600, { 1972, 2, 29, 0, 0, 0 } },
	{ 951782400, { 2000, 2, 29, 0, 0, 0 } },
	{ 951868800, { 2000, 3, 1, 0, 0, 0 } },
	{ 1000000000, { 2001, 9, 9, 1, 46, 40 } },
	{ 2147483647, { 2038, 1, 19, 3, 14, 7 } },
	{ 2147483648, { 2038, 1, 19, 3, 14, 8 } },
	{ 2524607999, { 2049, 12, 31, 23, 59, 59 } },
	{ 2524608000, { 2050, 1, 1, 0, 0, 0 } },
	{ 4107542399, { 2100, 2, 28, 23, 59, 59 } },
	{ 4107542400, { 2100, 3, 1, 0, 0, 0 } },
	{ 253402300799, { 9999, 12, 31, 23, 59, 59 } },
};

static void
dates_and_seconds_are_inverse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct clock_date date = clock_date_of(vectors[i].seconds);

		assert_memory_equal(&date, &vectors[i].date, sizeof(date));
		assert_int_equal(clock_seconds_of(&date), vectors[i].seconds);
	}
}

static void
every_day_of_a_century_is_the_one_after(void **state)
{
	struct clock_date before = clock_date_of(0);

	(void)state;
	for (int64_t day = 1; day < 366 * 100; day++) {
		struct clock_date date = clock_date_of(day * 86400);
		bool next_day = date.day == before.day + 1 &&
		    date.month == before.month && date.year == before.year;
		bool next_month = date.day == 1 && before.day >= 28 &&
		    date.month == before.month % 12 + 1;

		assert_true(next_day || next_month);
		assert_int_equal(clock_seconds_of(&date), day * 86400);
		before = date;
	}
}

static void
the_time_zone_is_of_no_concern(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
	tzset();
	dates_and_seconds_are_inverse(state);
	assert_int_equal(unsetenv("TZ"), 0);
	tzset();
}

static void
now_is_after_this_was_written(void **state)
{
	(void)state;
	assert_true(clock_now() > 1700000000);
	assert_true(clock_date_of(clock_now()).year < 9999);
}

static void
the_monotonic_clock_never_goes_back(void **state)
{
	int64_t before = clock_monotonic_us();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t after = clock_monotonic_us();

		assert_true(after >= before);
		before = after;
	}
}

static void
a_sleep_is_no_shorter_than_asked_for(void **state)
{
	static const int64_t rows[] = { 0, 1, 2000, 1001000 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t before = clock_monotonic_us();

		clock_sleep_us(rows[i]);
		assert_true(clock_monotonic_us() - before >= rows[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_and_seconds_are_inverse),
		cmocka_unit_test(every_day_of_a_century_is_the_one_after),
		cmocka_unit_test(the_time_zone_is_of_no_concern),
		cmocka_unit_test(now_is_after_this_was_written),
		cmocka_unit_test(the_monotonic_clock_never_goes_back),
		cmocka_unit_test(a_sleep_is_no_shorter_than_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
