/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_CLOCK_H
#define SCEPD_BASE_CLOCK_H

#include <stdint.h>

/*
 * The wall clock, read once for each request or start; everything below is
 * handed the time as an argument, so that tests choose it.
 */

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);

/* Microseconds on a clock that never jumps, for measuring how long. */
int64_t clock_monotonic_us(void);

/* Waits for so long, or until a signal comes. */
void clock_sleep_us(int64_t us);

/* A date of the Gregorian calendar, in UTC. */
struct clock_date {
	int year;   /* 1970 to 9999 */
	int month;  /* 1 to 12 */
	int day;    /* 1 to 31 */
	int hour;   /* 0 to 23 */
	int minute; /* 0 to 59 */
	int second; /* 0 to 59 */
};

/* The date of `seconds` since 1970, which must not be negative. */
struct clock_date clock_date_of(int64_t seconds);

/* Seconds since 1970 of a date whose fields are in range; the inverse. */
int64_t clock_seconds_of(const struct clock_date *date);

#endif
