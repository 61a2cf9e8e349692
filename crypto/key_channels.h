/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_KEY_CHANNELS_H
#define SCEPD_CRYPTO_KEY_CHANNELS_H

#include <stdbool.h>

#include "crypto/key_wire.h"

/*
 * The channels from this process to its key process, one for each thread that
 * uses keys, for whichever is the next to need one.  May be used from several
 * threads at once.
 */
struct key_channels;

/*
 * Takes over `count` connected stream sockets, at least one; they are closed
 * also where it fails.  `request_limit` is the limit at their other end
 * (KEY_WIRE_WORKER_LIMIT, KEY_WIRE_KEEPER_LIMIT).  The result is the
 * caller's, to key_channels_free, when no key uses it any more.
 * ERR_KEY_CHANNEL where this process may open no further descriptor.
 */
CHECKED enum err key_channels_new(const int *fds, size_t count,
    size_t request_limit, struct key_channels **channels);

/* Closes all; NULL is nothing. */
void key_channels_free(struct key_channels *channels);

/*
 * Asks the key process, and waits for its answer, first for a channel where
 * all are in use.  The request's sequence is set here.  *result is its answer,
 * and what came with it is appended to `output`.
 *
 * ERR_KEY_CHANNEL, ERR_KEY_WIRE, with a line in the log: the channel broke,
 * and is never used again; or the request is larger than the limit, and was
 * not sent.  ERR_KEY_CHANNEL, at once: no channel is left.
 */
CHECKED enum err key_channels_ask(struct key_channels *channels,
    struct key_wire_request *request, enum key_wire_result *result,
    struct buf *output);

/* Whether any has ever broken: the key process has ended, or is none. */
bool key_channels_are_broken(const struct key_channels *channels);

/* A descriptor that is readable from then on; not to be read, or closed. */
int key_channels_failure_descriptor(const struct key_channels *channels);

#endif
