/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_HAND_OVER_H
#define SCEPD_FCGI_HAND_OVER_H

#include <stdbool.h>

/*
 * How the supervisor gives the keeper the ends of channels to workers, over a
 * SOCK_SEQPACKET socket that these two have.  No worker has such a socket, so
 * whatever comes over it was sent by hand_over.
 */

/* Makes such a socket's two ends, with room for as many channels as there can
 * be; false, and errno says why. */
bool hand_over_open(int ends[2]);

/* Gives a copy of `channel`, to the worker of that number; never waits.
 * False, and errno says why. */
bool hand_over(int to, int channel, unsigned worker);

/* What can be taken. */
enum hand_over_result {
	HAND_OVER_TAKEN,
	HAND_OVER_NONE, /* there is none now */
	HAND_OVER_END   /* nor will there be */
};

/* Takes one, which is the caller's, to close; never waits. */
enum hand_over_result hand_over_take(int from, int *channel, unsigned *worker);

#endif
