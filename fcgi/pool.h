/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_POOL_H
#define SCEPD_FCGI_POOL_H

#include "base/err.h"
#include "base/problems.h"
#include "fcgi/gateway.h"

/*
 * Threads that answer requests: each takes a job, reads one request from its
 * connection, has the handler answer it, and gives the job back.  A pool is
 * fed and emptied by one thread, the poller's, which waits on its descriptor
 * with whatever else it waits for.
 */
struct pool;

/* A connection on which a request has begun; made by whoever submits it. */
struct job {
	int fd; /* given back as -1 where the connection has been closed */
	struct job *next; /* the pool's, and in pool_collect's list */
};

/*
 * Starts `count` threads.  The handler must outlive the pool, which is the
 * caller's, to pool_free.  Signals that nobody else should get must be
 * blocked before.  ERR_CONFIGURATION, with a line in `problems`, where the
 * system does not allow so many.
 */
CHECKED enum err pool_new(unsigned count, const struct gateway_limits *limits,
    const struct gateway_handler *handler, struct pool **pool,
    struct problems *problems);

/* Ends the threads after the jobs that were submitted, waits for them, and
 * frees; NULL is nothing. Jobs done but not collected stay the caller's. */
void pool_free(struct pool *pool);

/* Hands a job to the thread that is free next. */
void pool_submit(struct pool *pool, struct job *job);

/* Readable as long as there are jobs to collect. */
int pool_descriptor(const struct pool *pool);

/* The jobs done since the last call, in the order in which they were done;
 * NULL where there are none. */
struct job *pool_collect(struct pool *pool);

#endif
