/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_KEEPER_H
#define SCEPD_FCGI_KEEPER_H

#include <stdint.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * The keeper: the process for everything that has a time of its own.  It
 * reads nothing from clients, and has a key process of its own.  Of several
 * keepers on a machine that share a lock file one works, and the others wait
 * until it ends.
 *
 * And it does the errands (base/errands.h) of the workers of its own
 * supervisor, beside everything else, and whether or not it has the lock: no
 * other keeper hears of them.  The supervisor has the channels, so those stay
 * while a keeper is started anew.
 */

/* Something to be done again and again. */
struct keeper_task {
	int64_t period_s;
	void (*run)(void *context, int64_t now);
	int64_t due; /* in seconds since 1970; 0: a period from the start */
};

/*
 * Runs those of the `count` tasks that are due at the time `now`, each once,
 * however many periods have gone by, and returns how many seconds are left
 * until the next.
 */
int64_t keeper_run_due(struct keeper_task *tasks, size_t count, void *context,
    int64_t now);

/*
 * To be run in a process that child_start has started as CHILD_KEEPER.  Works
 * until SIGTERM or SIGUSR2, or until its key process is gone.  ERR_OK at such
 * an end, ERR_CONFIGURATION, with lines in `problems`, where it can't begin.
 */
CHECKED enum err keeper_run(struct problems *problems);

/*
 * Does all of it once, for the configuration at `path`, with the keys in this
 * process: where scepd is run as CGI, and so has no keeper.  Where another one
 * has the lock, there is nothing to do.  ERR_CONFIGURATION, with lines in
 * `problems`.
 */
CHECKED enum err keeper_run_once(const char *path, struct problems *problems);

#endif
