/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/deadline.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

bool
deadline_wait(int fd, short events, int64_t deadline_us)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int64_t left_us;

	do {
		left_us = deadline_us - clock_monotonic_us();
		if (left_us <= 0)
			return false;
		if (poll(&poll_fd, 1, (int)(left_us / 1000 + 1)) > 0)
			return true;
	} while (errno == EINTR);
	return false;
}
