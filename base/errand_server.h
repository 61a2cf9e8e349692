/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERRAND_SERVER_H
#define SCEPD_BASE_ERRAND_SERVER_H

#include "base/errand.h"

/*
 * Who does errands: the keeper, in the loop that it has anyway, one after the
 * other.  It has a channel to each worker.
 *
 * Any of them may have been taken over, so nothing that comes is trusted:
 *
 *   - each channel is read once a turn, so that one who floods it delays
 *     others by no more than what he asks for in his turn;
 *   - no reply is waited for: who does not read his loses them;
 *   - descriptors that come with a message are closed unseen;
 *   - what is no request is logged, and its channel used no more;
 *   - what is refused, or fails, is logged, so many lines a second.
 */
struct errand_server;

/* The table is borrowed.  The result is the caller's, to errand_server_free.
 * ERR_ERRAND_CHANNEL where this process may open no further descriptor. */
CHECKED enum err errand_server_new(const struct errand_table *table,
    struct errand_server **server);

/* Closes all channels; NULL is nothing. */
void errand_server_free(struct errand_server *server);

/* Takes over a channel, a connected SOCK_SEQPACKET socket, to the worker of
 * that number; it is closed when its other end is. */
void errand_server_add(struct errand_server *server, int fd, unsigned worker);

/* A descriptor that is readable while there is something to do; not to be
 * read, or closed. */
int errand_server_descriptor(const struct errand_server *server);

/* Does some of it, and never waits: at most one errand a channel. */
void errand_server_run(struct errand_server *server);

#endif
