/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GUESS_RATE_H
#define SCEPD_SCEP_GUESS_RATE_H

#include <stdint.h>

/*
 * How often something happens: how many times within one span of time, which
 * begins with the first, and within the span before it, so that a look says
 * something at any time.  Arithmetic alone.
 */
struct guess_rate {
	uint32_t since;  /* seconds since 1970: when the span has begun */
	uint16_t count;  /* as often since, or UINT16_MAX for more, */
	uint16_t before; /* and within the span right before it */
};

/* It has happened once more; a span is `window` seconds. */
struct guess_rate guess_rate_count(const struct guess_rate *rate,
    int64_t window, int64_t now);

/* How often it has happened in this span or the one before, whichever is
 * more.  It is 0 no later than two spans after the last time. */
unsigned guess_rate_most(const struct guess_rate *rate, int64_t window,
    int64_t now);

#endif
