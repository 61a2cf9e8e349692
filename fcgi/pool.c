/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "fcgi/exchange.h"

/*
 * A pool of threads between two queues.  The poller puts jobs into `todo`;
 * each thread takes one, serves one request on its connection, and puts it
 * into `done`, for the poller to collect.  A descriptor says when there is
 * something to collect, so that the poller can wait for it beside all else.
 */

struct queue {
	struct job *first;
	struct job **end; /* where the next one is hung in */
};

/* An exchange a thread, used for all its requests. */
struct thread {
	pthread_t id;
	struct pool *pool;
	struct exchange *exchange;
};

/* `lock` guards todo, done and ending; the rest is constant. */
struct pool {
	pthread_mutex_t lock;
	pthread_cond_t wake; /* something to do, or ending */
	struct queue todo;
	struct queue done;
	bool ending;

	int event; /* counts what `done` was given */
	const struct gateway_handler *handler;
	struct thread *threads;
	unsigned count; /* of those that run */
};

/* `end` points to where the next one goes, in the queue itself at first. */
static void
queue_clear(struct queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
}

static void
queue_put(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

/* Waits for a job; NULL: there will be none any more.  Even at the end, those
 * that were submitted are taken first. */
static struct job *
take_job(struct pool *pool)
{
	struct job *job;

	pthread_mutex_lock(&pool->lock);
	while (pool->todo.first == NULL && !pool->ending)
		pthread_cond_wait(&pool->wake, &pool->lock);
	job = pool->todo.first;
	if (job != NULL) {
		pool->todo.first = job->next;
		if (job->next == NULL)
			queue_clear(&pool->todo);
	}
	pthread_mutex_unlock(&pool->lock);
	return job;
}

/* The job is in the queue before the descriptor tells of it. */
static void
give_back(struct pool *pool, struct job *job)
{
	const uint64_t one = 1;
	ssize_t written;

	pthread_mutex_lock(&pool->lock);
	queue_put(&pool->done, job);
	pthread_mutex_unlock(&pool->lock);
	/* Can't fail: a counter of 64 bits is never full. */
	written = write(pool->event, &one, sizeof(one));
	(void)written;
}

/* Serves one request; whether the connection is still there for another. */
static bool
serve(const struct pool *pool, struct exchange *exchange, int fd)
{
	enum err err;

	if (!exchange_receive(exchange, fd, &err)) {
		log_event(LOG_LEVEL_WARNING,
		    "a connection of the web server "
		    "ended, or fell silent, before its request was complete");
		return false;
	}
	gateway_answer(pool->handler, exchange_request(exchange), err);
	return exchange_send(exchange);
}

static void *
work(void *context)
{
	struct thread *thread = context;
	struct pool *pool = thread->pool;
	struct job *job;

	while ((job = take_job(pool)) != NULL) {
		if (!serve(pool, thread->exchange, job->fd))
			job->fd = -1;
		give_back(pool, job);
	}
	return NULL;
}

/* 0, or errno's value. */
static int
start_thread(struct pool *pool, const struct gateway_limits *limits,
    struct thread *thread)
{
	int cause;

	thread->pool = pool;
	thread->exchange = exchange_new(limits);
	if (thread->exchange == NULL)
		return errno;
	cause = pthread_create(&thread->id, NULL, work, thread);
	if (cause != 0)
		exchange_free(thread->exchange);
	return cause;
}

/* Threads that could be started before one failed are ended by
 * pool_free. */
static enum err
start_threads(struct pool *pool, unsigned count,
    const struct gateway_limits *limits, struct problems *problems)
{
	int cause = 0;

	pool->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->event < 0)
		cause = errno;
	while (cause == 0 && pool->count < count) {
		cause = start_thread(pool, limits, &pool->threads[pool->count]);
		if (cause == 0)
			pool->count++;
	}
	if (cause == 0)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "can't start %u threads: %s; set threads to a smaller number",
	    count, strerror(cause));
	return ERR_CONFIGURATION;
}

enum err
pool_new(unsigned count, const struct gateway_limits *limits,
    const struct gateway_handler *handler, struct pool **pool,
    struct problems *problems)
{
	struct pool *made = xalloc(sizeof(*made));
	enum err err;

	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->wake, NULL);
	queue_clear(&made->todo);
	queue_clear(&made->done);
	made->handler = handler;
	made->threads = xcalloc(count, sizeof(*made->threads));
	err = start_threads(made, count, limits, problems);
	if (err == ERR_OK)
		*pool = made;
	else
		pool_free(made);
	return err;
}

/* The lock is held for `ending`, or a thread that has just looked would sleep
 * through the call. */
void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	while (pool->count > 0) {
		struct thread *thread = &pool->threads[--pool->count];

		pthread_join(thread->id, NULL);
		exchange_free(thread->exchange);
	}
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	if (pool->event >= 0)
		close(pool->event);
	free(pool->threads);
	free(pool);
}

void
pool_submit(struct pool *pool, struct job *job)
{
	pthread_mutex_lock(&pool->lock);
	queue_put(&pool->todo, job);
	pthread_cond_signal(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
}

int
pool_descriptor(const struct pool *pool)
{
	return pool->event;
}

struct job *
pool_collect(struct pool *pool)
{
	struct job *done;
	uint64_t count;
	ssize_t got;

	/* Before the look, so that what comes after it is announced anew. */
	got = read(pool->event, &count, sizeof(count));
	(void)got;
	pthread_mutex_lock(&pool->lock);
	done = pool->done.first;
	queue_clear(&pool->done);
	pthread_mutex_unlock(&pool->lock);
	return done;
}
