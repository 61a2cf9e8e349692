/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_ERRAND_DESK_H
#define SCEPD_FCGI_ERRAND_DESK_H

#include <poll.h>

#include "base/errand.h"

/*
 * Where the keeper does errands (base/errand_server.h): it gets the channels
 * from the supervisor, whenever a worker is started, and has a part in the
 * keeper's loop.
 */
struct errand_desk;

/* What a desk waits for. */
#define ERRAND_DESK_EVENTS 2

/* Takes over the socket `from` of hand_over.h; the table is borrowed.  The
 * result is the caller's, to errand_desk_free.  ERR_ERRAND_CHANNEL, and errno
 * says why: `from` is still the caller's. */
CHECKED enum err errand_desk_new(const struct errand_table *table, int from,
    struct errand_desk **desk);

/* Closes all channels; NULL is nothing. */
void errand_desk_free(struct errand_desk *desk);

/* Fills in what poll(2) is to wait for. */
void errand_desk_await(const struct errand_desk *desk,
    struct pollfd events[ERRAND_DESK_EVENTS]);

/* Does some of what it has found; never waits. */
void errand_desk_work(struct errand_desk *desk,
    const struct pollfd events[ERRAND_DESK_EVENTS]);

#endif
