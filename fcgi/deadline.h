/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_DEADLINE_H
#define SCEPD_FCGI_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether `fd` is ready for `events`, poll's, before the deadline, a time of
 * clock_monotonic_us.  By poll and not a time limit of the descriptor: a pipe
 * has none, and a socket's is for each read, so that a byte now and then
 * would buy more time.  A call that a signal interrupts goes on with what is
 * left.
 */
bool deadline_wait(int fd, short events, int64_t deadline_us);

#endif
