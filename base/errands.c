/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errands.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errand_wire.h"
#include "base/log.h"
#include "base/xalloc.h"

/* A thread that waits for a reply; on its stack. */
struct waiter {
	struct waiter *next;
	uint32_t sequence;
	bool is_answered;
	enum err result;
	struct buf reply;
};

/*
 * One of the threads that wait reads what comes, whomever it is for, until it
 * has its own reply; then another does.  `lock` guards what is below it, but
 * `message`, which is the reader's.  Where errands are done in this process,
 * it is held while one is.
 */
struct errands {
	const struct errand_table *table; /* NULL: over the channel */
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* one is answered, or nobody reads */
	struct waiter *waiters;
	uint32_t sequence;
	unsigned waits;
	unsigned wait_limit;
	bool is_being_read;
	bool is_broken;
	uint8_t *message; /* room for one, and an octet more */
};

static struct errands *
new_errands(const struct errand_table *table, int fd)
{
	struct errands *errands = xalloc(sizeof(*errands));
	pthread_condattr_t attributes;

	errands->table = table;
	errands->fd = fd;
	errands->wait_limit = UINT_MAX;
	pthread_mutex_init(&errands->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&errands->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	return errands;
}

struct errands *
errands_new(int fd)
{
	struct errands *errands = new_errands(NULL, fd);

	errands->message = xalloc(ERRAND_WIRE_LIMIT + 1);
	return errands;
}

struct errands *
errands_new_local(const struct errand_table *table)
{
	return new_errands(table, -1);
}

void
errands_free(struct errands *errands)
{
	if (errands == NULL)
		return;
	if (errands->fd >= 0)
		close(errands->fd);
	pthread_cond_destroy(&errands->wake);
	pthread_mutex_destroy(&errands->lock);
	free(errands->message);
	free(errands);
}

void
errands_limit_waits(struct errands *errands, unsigned limit)
{
	pthread_mutex_lock(&errands->lock);
	errands->wait_limit = limit;
	pthread_mutex_unlock(&errands->lock);
}

bool
errands_begin_wait(struct errands *errands)
{
	bool may;

	pthread_mutex_lock(&errands->lock);
	may = errands->waits < errands->wait_limit;
	if (may)
		errands->waits++;
	pthread_mutex_unlock(&errands->lock);
	return may;
}

void
errands_end_wait(struct errands *errands)
{
	pthread_mutex_lock(&errands->lock);
	errands->waits--;
	pthread_mutex_unlock(&errands->lock);
}

/* Waits at the channel, no longer than until then. */
static void
wait_for(const struct errands *errands, short events, int64_t until_us)
{
	struct pollfd event = { .fd = errands->fd, .events = events };
	int64_t left_us = until_us - clock_monotonic_us();

	if (left_us > 0)
		(void)poll(&event, 1, (int)(left_us / 1000 + 1));
}

/* Sending */

static bool
is_past(int64_t time_us)
{
	return clock_monotonic_us() >= time_us;
}

/* A keeper that does not read what there is leaves no room for more. */
static enum err
send_message(const struct errands *errands, struct bytes message,
    int64_t until_us)
{
	for (;;) {
		if (send(errands->fd, message.data, message.size,
			MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return ERR_OK;
		if (errno != EAGAIN && errno != EINTR)
			return ERR_ERRAND_LATE;
		if (is_past(until_us))
			return ERR_ERRAND_LATE;
		wait_for(errands, POLLOUT, until_us);
	}
}

static enum err
send_request(const struct errands *errands, const struct errand *errand,
    uint32_t sequence, int64_t until_us)
{
	const struct errand_request request = {
		.sequence = sequence,
		.kind = errand->kind,
		.body = errand->request,
	};
	struct buf message = { 0 };
	enum err err;

	errand_wire_append_request(&message, &request);
	err = send_message(errands, buf_bytes(&message), until_us);
	buf_clear(&message);
	return err;
}

/* Waiting; the lock is held, except where it says otherwise. */

static void
enlist(struct errands *errands, struct waiter *waiter)
{
	waiter->sequence = ++errands->sequence;
	waiter->next = errands->waiters;
	errands->waiters = waiter;
}

static void
strike_off(struct errands *errands, const struct waiter *waiter)
{
	struct waiter **at = &errands->waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
}

/* Nobody may wait for it any more: it came too late. */
static void
deliver(struct errands *errands, struct bytes message)
{
	struct errand_reply reply;
	struct waiter *waiter = errands->waiters;

	if (errand_wire_read_reply(message, &reply) != ERR_OK) {
		log_event(LOG_LEVEL_ERROR, "the keeper's reply is malformed");
		return;
	}
	while (waiter != NULL && waiter->sequence != reply.sequence)
		waiter = waiter->next;
	if (waiter == NULL || waiter->is_answered)
		return;
	waiter->is_answered = true;
	waiter->result = reply.result;
	buf_append(&waiter->reply, reply.body);
}

/* The lock is not held while there may be nothing to read. */
static void
read_one(struct errands *errands, int64_t until_us)
{
	ssize_t size;
	int cause;

	errands->is_being_read = true;
	pthread_mutex_unlock(&errands->lock);
	wait_for(errands, POLLIN, until_us);
	size = recv(errands->fd, errands->message, ERRAND_WIRE_LIMIT + 1,
	    MSG_DONTWAIT);
	cause = errno;
	pthread_mutex_lock(&errands->lock);
	errands->is_being_read = false;
	if (size > 0)
		deliver(errands, bytes_of(errands->message, (size_t)size));
	else if (size == 0 || (cause != EAGAIN && cause != EINTR))
		errands->is_broken = true;
	pthread_cond_broadcast(&errands->wake);
}

static void
wait_for_reader(struct errands *errands, int64_t until_us)
{
	const struct timespec until = {
		.tv_sec = until_us / 1000000,
		.tv_nsec = until_us % 1000000 * 1000,
	};

	(void)pthread_cond_timedwait(&errands->wake, &errands->lock, &until);
}

static enum err
wait_for_reply(struct errands *errands, const struct waiter *waiter,
    int64_t until_us)
{
	while (!waiter->is_answered && !errands->is_broken &&
	    !is_past(until_us)) {
		if (errands->is_being_read)
			wait_for_reader(errands, until_us);
		else
			read_one(errands, until_us);
	}
	return waiter->is_answered ? waiter->result : ERR_ERRAND_LATE;
}

static enum err
ask(struct errands *errands, const struct errand *errand, struct buf *reply)
{
	const int64_t until_us = clock_monotonic_us() +
	    (int64_t)errand->timeout_ms * 1000;
	struct waiter waiter = { 0 };
	enum err err;

	pthread_mutex_lock(&errands->lock);
	enlist(errands, &waiter);
	pthread_mutex_unlock(&errands->lock);
	err = send_request(errands, errand, waiter.sequence, until_us);
	pthread_mutex_lock(&errands->lock);
	if (err == ERR_OK)
		err = wait_for_reply(errands, &waiter, until_us);
	strike_off(errands, &waiter);
	pthread_mutex_unlock(&errands->lock);
	if (err == ERR_OK)
		buf_append(reply, buf_bytes(&waiter.reply));
	buf_clear(&waiter.reply);
	return err;
}

static enum err
run_here(struct errands *errands, const struct errand *errand,
    struct buf *reply)
{
	enum err err;

	pthread_mutex_lock(&errands->lock);
	err = errand_table_run(errands->table, errand->kind, errand->request,
	    reply);
	pthread_mutex_unlock(&errands->lock);
	return err;
}

enum err
errands_run(struct errands *errands, const struct errand *errand,
    struct buf *reply)
{
	if (errand->request.size > ERRAND_LIMIT) {
		log_event(LOG_LEVEL_ERROR,
		    "an errand of kind %u is too large: %zu octets",
		    errand->kind, errand->request.size);
		return ERR_ERRAND_REFUSED;
	}
	if (errands->table != NULL)
		return run_here(errands, errand, reply);
	return ask(errands, errand, reply);
}
