/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"

#include <time.h>

int64_t
clock_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
clock_sleep_us(int64_t us)
{
	const struct timespec time = { .tv_sec = (time_t)(us / 1000000),
		.tv_nsec = us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

/* The _r form: other threads ask for other dates. */
struct clock_date
clock_date_of(int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm = { 0 };

	gmtime_r(&when, &tm);
	return (struct clock_date){ tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec };
}

/* timegm, since mktime would take the date for one of the local zone. */
int64_t
clock_seconds_of(const struct clock_date *date)
{
	struct tm tm = {
		.tm_year = date->year - 1900,
		.tm_mon = date->month - 1,
		.tm_mday = date->day,
		.tm_hour = date->hour,
		.tm_min = date->minute,
		.tm_sec = date->second,
	};

	return (int64_t)timegm(&tm);
}
