/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

int
timer_new(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

bool
timer_set(int timer, int64_t us)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = us / 1000000,
		    .tv_nsec = us % 1000000 * 1000 },
	};

	return timerfd_settime(timer, 0, &when, NULL) == 0;
}

bool
timer_take(int timer)
{
	uint64_t count;

	return read(timer, &count, sizeof(count)) == sizeof(count);
}
