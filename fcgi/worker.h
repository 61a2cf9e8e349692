/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_WORKER_H
#define SCEPD_FCGI_WORKER_H

#include "base/err.h"
#include "base/problems.h"

/*
 * A worker: the process that reads what strangers send, and has no key.  What
 * it needs of one it asks of its key process; and before it reads the first
 * request it gives up all that it needs no more (sandbox.h).
 *
 * To be run in a process that child_start has started as CHILD_WORKER.  Serves
 * until it is told to end (poller_run), or until its key process is gone.
 * ERR_OK at such an end, ERR_CONFIGURATION, with lines in `problems`, where it
 * can't begin.
 */
CHECKED enum err worker_run(struct problems *problems);

#endif
