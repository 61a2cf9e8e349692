/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_KEY_CHILD_H
#define SCEPD_FCGI_KEY_CHILD_H

#include "base/err.h"
#include "base/problems.h"

/*
 * To be run in a process that child_start has started as CHILD_WORKER_KEYS or
 * as CHILD_KEEPER_KEYS: loads the keys of the configuration, gives up all that
 * it needs no more, and answers on its channels (key_process.h) until their
 * other ends are closed.  ERR_OK then; ERR_KEY_WIRE where who was at the other
 * end did not keep to the rules; ERR_CONFIGURATION, with lines in `problems`,
 * where it can't begin.
 */
CHECKED enum err key_child_run_for_worker(struct problems *problems);
CHECKED enum err key_child_run_for_keeper(struct problems *problems);

#endif
