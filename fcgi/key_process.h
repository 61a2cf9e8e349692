/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_KEY_PROCESS_H
#define SCEPD_FCGI_KEY_PROCESS_H

#include "crypto/guarded_keys.h"

/*
 * The work of a key process: answers what comes over its channels, a thread
 * each, until all have been closed at their other end; then ERR_OK.  The
 * channels, connected stream sockets, are taken over, and closed at the end.
 * `request_limit` is KEY_WIRE_WORKER_LIMIT or KEY_WIRE_KEEPER_LIMIT.
 *
 * Each certificate that is signed leaves a line in the log, event=signed, with
 * its serial number and its SHA-256.  What a process of ours never asks for is
 * refused, and called an attack there.  ERR_KEY_WIRE where something came that
 * is no request at all: all channels are shut down then, since whoever sends
 * it has been taken over.  ERR_KEY_CHANNEL where a thread can't be started.
 */
CHECKED enum err key_process_run(const struct guarded_keys *keys,
    const int *channels, size_t count, size_t request_limit);

#endif
