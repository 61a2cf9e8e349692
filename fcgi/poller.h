/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_POLLER_H
#define SCEPD_FCGI_POLLER_H

#include "base/err.h"
#include "base/problems.h"
#include "fcgi/gateway.h"
#include "fcgi/listen.h"

/*
 * The loop of a process that serves FastCGI: it waits on the listening
 * socket, on connections between two requests, on signals and on its pool of
 * threads; it never waits on a connection that owes it bytes.  A connection
 * occupies a thread from the first byte of a request to the last of its
 * answer, so a web server may keep as many idle ones as it likes.
 */
struct poller_settings {
	struct listener *listener; /* borrowed */
	unsigned threads;
	struct gateway_limits limits;
	struct gateway_handler handler;
	int64_t grace_ms;    /* when stopping: how long a connection that has
	                   * been accepted may take to begin its request */
	void (*ready)(void); /* called once all is set up; or NULL */
	int failure; /* readable once requests can't be served any more, so
	              * that it retires; -1: that can't be */
};

/*
 * Blocks the signals that poller_run takes, in this thread and in those that
 * it starts: call before any other thread is started.  Programs that are run
 * must unblock them (as base/command.c does for all signals).
 */
void poller_block_signals(void);

/* Undoes it, for a process that is not to run a poller after all. */
void poller_unblock_signals(void);

/*
 * Serves until SIGTERM, SIGINT or SIGUSR1, then answers what has begun: all
 * requests that have been read, all connections accepted, and, where the
 * listening socket is our own, all that wait to be accepted.  After SIGUSR2 it
 * retires: what waits is left to others.  Either way the listening socket is
 * shut first.  SIGHUP leaves a line in the log.  exchange_start must have been
 * called.
 *
 * ERR_OK once everything is answered; ERR_CONFIGURATION, with a line in
 * `problems`, where it can't begin.
 */
CHECKED enum err poller_run(const struct poller_settings *settings,
    struct problems *problems);

#endif
