/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guess_rate.h"

#include <stdbool.h>

/* As it is now, when spans may have gone by.  A clock that was set back begins
 * anew; a request may be dated a little before another. */
static struct guess_rate
now_of(const struct guess_rate *rate, int64_t window, int64_t now)
{
	int64_t elapsed = now - rate->since;
	struct guess_rate next = *rate;

	if (elapsed < -window || elapsed >= 2 * window)
		return (struct guess_rate){ 0 };
	if (elapsed < window)
		return next;
	next.since += (uint32_t)window;
	next.before = next.count;
	next.count = 0;
	return next;
}

struct guess_rate
guess_rate_count(const struct guess_rate *rate, int64_t window, int64_t now)
{
	struct guess_rate next = now_of(rate, window, now);

	if (next.since == 0)
		next.since = (uint32_t)now;
	if (next.count < UINT16_MAX)
		next.count++;
	return next;
}

unsigned
guess_rate_most(const struct guess_rate *rate, int64_t window, int64_t now)
{
	struct guess_rate next = now_of(rate, window, now);

	return next.count > next.before ? next.count : next.before;
}
