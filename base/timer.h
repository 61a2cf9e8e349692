/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_TIMER_H
#define SCEPD_BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* A descriptor that is readable once its time has come (timerfd_create(2)).
 * The result is the caller's, to close(); -1, and errno says why, where there
 * can be none. */
int timer_new(void);

/* Sets it anew: in so many microseconds, or with 0 never.  False, and errno
 * says why, where it is no timer. */
bool timer_set(int timer, int64_t us);

/* Whether its time has come since it was set last: true only once. */
bool timer_take(int timer);

#endif
