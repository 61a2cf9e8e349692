/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/backoff.h"

/*
 * In the long run nobody gets more than one try each `wait`, or those that are
 * free each `window`, whichever is more: who pauses until he is forgotten
 * gains the free ones, and has lost the others meanwhile.
 */

/* More doublings than any limit lets through, and fewer than an int64_t. */
#define MOST_DOUBLINGS 40

/* Requests are dated when they begin to come in, and may be settled in another
 * order: who comes from a little before comes at once. */
static int64_t
elapsed(const struct backoff *backoff, int64_t now)
{
	return now > backoff->at ? now - backoff->at : 0;
}

/* A clock that was set back shall lock nobody out. */
static bool
is_of_the_future(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now)
{
	return now < (int64_t)backoff->at - limits->window;
}

bool
backoff_is_over(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now)
{
	return backoff->failures == 0 ||
	    elapsed(backoff, now) >= limits->window ||
	    is_of_the_future(limits, backoff, now);
}

/* Between two tries. */
static int64_t
pause(const struct backoff_limits *limits, unsigned failures)
{
	unsigned doublings = failures - limits->tries;
	int64_t pause_s = (int64_t)1
	    << (doublings < MOST_DOUBLINGS ? doublings : MOST_DOUBLINGS);

	return pause_s < limits->wait ? pause_s : limits->wait;
}

int64_t
backoff_wait(const struct backoff_limits *limits, const struct backoff *backoff,
    int64_t now)
{
	int64_t pause_s;

	if (backoff->failures < limits->tries ||
	    backoff_is_over(limits, backoff, now))
		return 0;
	pause_s = pause(limits, backoff->failures) - elapsed(backoff, now);
	return pause_s > 0 ? pause_s : 0;
}

struct backoff
backoff_failed(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now)
{
	struct backoff next = *backoff;

	if (backoff_is_over(limits, backoff, now))
		return (struct backoff){ 1, (uint32_t)now };
	if (next.failures < UINT8_MAX)
		next.failures++;
	if (next.failures >= limits->tries)
		next.at = (uint32_t)now;
	return next;
}

struct backoff
backoff_tried(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now)
{
	struct backoff next = *backoff;

	if (backoff_is_over(limits, backoff, now))
		return (struct backoff){ 0 };
	if (next.failures >= limits->tries)
		next.at = (uint32_t)now;
	return next;
}

bool
backoff_is_milder(const struct backoff_limits *limits,
    const struct backoff *one, const struct backoff *other, int64_t now)
{
	bool one_is_over = backoff_is_over(limits, one, now);

	if (one_is_over != backoff_is_over(limits, other, now))
		return one_is_over;
	return one->failures != other->failures ?
	    one->failures < other->failures :
	    one->at < other->at;
}
