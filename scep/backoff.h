/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_BACKOFF_H
#define SCEPD_SCEP_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How somebody who has tried wrong challenges is slowed down.  So many are
 * free; after that one try is let through at a time, with a second between
 * that doubles with each wrong one up to a limit: whoever is right gets through
 * once the others pause.  Arithmetic alone, and a time is an argument.
 */

/* By how much. */
struct backoff_limits {
	unsigned tries; /* wrong ones that are free; at least 1 and at most
	                 * BACKOFF_MOST_TRIES */
	int64_t window; /* seconds after which they are forgotten: after the
	                 * first where all were free, else after the last that
	                 * was let through; at least `wait` */
	int64_t wait;   /* seconds between two tries at most; at least 1 */
};

#define BACKOFF_MOST_TRIES 100

/* What is remembered of somebody; all zeroes: nothing. */
struct backoff {
	uint8_t failures;
	uint32_t at; /* in seconds since 1970: the first failure while they are
	              * free, and then the last try that was let through */
};

/* Whether it is so long ago that nothing is remembered any more. */
bool backoff_is_over(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now);

/* For how many seconds a try is not let through; 0: it is. */
int64_t backoff_wait(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now);

/* What is remembered after one that was let through and was wrong, */
struct backoff backoff_failed(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now);

/* or was let through, and neither right nor wrong: no further one at once. */
struct backoff backoff_tried(const struct backoff_limits *limits,
    const struct backoff *backoff, int64_t now);

/* Whether forgetting the one does less harm than forgetting the other: it is
 * over, has failed less often or, where it is as often, longer ago. */
bool backoff_is_milder(const struct backoff_limits *limits,
    const struct backoff *one, const struct backoff *other, int64_t now);

#endif
