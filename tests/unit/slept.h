/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SLEPT_H
#define SCEPD_TESTS_UNIT_SLEPT_H

#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * Sleep and the monotonic clock in the C library's place, for the one source
 * file of a test that includes this: time passes where somebody sleeps, and
 * nobody waits.
 */

static int64_t slept_us;

int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	slept_us += wanted->tv_sec * 1000000 + wanted->tv_nsec / 1000;
	return 0;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){ .tv_sec = 1000 + slept_us / 1000000,
		.tv_nsec = slept_us % 1000000 * 1000 };
	return 0;
}

#endif
