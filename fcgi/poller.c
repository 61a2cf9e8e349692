/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/poller.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/log.h"
#include "fcgi/connection.h"
#include "fcgi/exchange.h"
#include "fcgi/pool.h"

#define EVENTS 64

/* How long not to accept after descriptors or memory have run out. */
#define PAUSE_US (100 * 1000)

/*
 * All of it belongs to the thread that runs the poller; those of the pool only
 * ever see the jobs of connections.  A connection is in one of four states:
 *
 *   idle     in `idle`, armed in epoll: between two requests, or fresh
 *   waiting  in `waiting`: its request has begun, all threads are occupied
 *   busy     with a thread of the pool, in no list, counted in `busy`
 *   gone     freed
 *
 *   accept -> idle -> waiting -> busy -> idle (kept) or gone
 *              `---> gone (hung up, no FastCGI, stopping)
 *
 * epoll watches each with EPOLLONESHOT, so only the idle ones are reported,
 * and each at most once in a round: what take_event frees is in no later
 * event.  Idle connections are freed elsewhere only between rounds.
 *
 * The listening socket is watched only while a thread is idle: of several
 * processes that share it, each then takes what it can serve.
 */
struct poller {
	const struct poller_settings *settings;
	struct pool *pool;
	int epoll;
	int signals;
	int failure; /* the settings' */

	struct connection_list idle;    /* longest idle first */
	struct connection_list waiting; /* first come, first served */
	unsigned busy;

	bool listening;         /* the listening socket is in epoll */
	int64_t now_us;         /* when the round began */
	int64_t accept_from_us; /* not before, after a shortage */

	bool stopping;
	int64_t grace_until_us; /* for fresh connections, while stopping */
};

/* What a round has seen. */
struct round {
	bool incoming; /* somebody waits to be accepted */
	bool freed;    /* a thread has become idle */
	bool stop;
	bool retire; /* others go on serving the socket */
};

/*
 * By signalfd: a handler could do nothing but set a flag, and a signal that
 * comes between the look at the flag and the wait would be lost until the next
 * connection.  USR1 is how multiwatch and mod_fastcgi stop a program.
 */
static void
signal_set(sigset_t *set)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGUSR2,
		SIGHUP };

	sigemptyset(set);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaddset(set, signals[i]);
}

void
poller_block_signals(void)
{
	sigset_t set;

	signal_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
poller_unblock_signals(void)
{
	sigset_t set;

	signal_set(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static int
control(struct poller *poller, int operation, int fd, uint32_t events,
    void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(poller->epoll, operation, fd, &event);
}

static bool
has_idle_thread(const struct poller *poller)
{
	return poller->busy < poller->settings->threads;
}

/* Connections */

/* Armed anew each time, since EPOLLONESHOT has disarmed it: while a thread has
 * the connection, the poller hears nothing of it. */
static void
become_idle(struct poller *poller, struct connection *connection, int operation)
{
	if (control(poller, operation, connection->job.fd,
		EPOLLIN | EPOLLONESHOT, connection) != 0)
		connection_free(connection);
	else
		connection_append(&poller->idle, connection);
}

/* Nothing is left to accept with: makes room if that can be done, and waits
 * for better times if not. */
static void
handle_shortage(struct poller *poller, int cause)
{
	struct connection *oldest = poller->idle.first;

	log_event(LOG_LEVEL_WARNING,
	    "can't accept a connection: %s; "
	    "allow this process more open files",
	    strerror(cause));
	if (oldest != NULL) {
		connection_remove(&poller->idle, oldest);
		connection_free(oldest);
	} else {
		poller->accept_from_us = poller->now_us + PAUSE_US;
	}
}

/*
 * Accepts one connection.  False: nobody waits, or nobody can be let in now.
 * One that was aborted while it waited is nobody, but others may be behind it.
 */
static bool
accept_one(struct poller *poller)
{
	const struct poller_settings *settings = poller->settings;
	struct connection *connection =
	    connection_accept(listen_descriptor(settings->listener),
		settings->limits.timeout_ms);
	int cause = errno;

	if (connection != NULL) {
		become_idle(poller, connection, EPOLL_CTL_ADD);
		return true;
	}
	if (cause == EMFILE || cause == ENFILE || cause == ENOBUFS ||
	    cause == ENOMEM)
		handle_shortage(poller, cause);
	return cause == ECONNABORTED || cause == EINTR;
}

/* Takes back what threads are done with.  A connection that has been closed
 * comes with descriptor -1; closing took it out of epoll by itself. */
static bool
collect(struct poller *poller)
{
	struct job *job = pool_collect(poller->pool);
	bool freed = job != NULL;

	while (job != NULL) {
		struct connection *connection = connection_of(job);

		job = job->next;
		poller->busy--;
		connection->fresh = false;
		if (connection->job.fd < 0 || poller->stopping)
			connection_free(connection);
		else
			become_idle(poller, connection, EPOLL_CTL_MOD);
	}
	return freed;
}

/* No more jobs than threads: what waits, waits here, where it can be
 * counted. */
static void
dispatch(struct poller *poller)
{
	struct connection *connection;

	while ((connection = poller->waiting.first) != NULL &&
	    has_idle_thread(poller)) {
		connection_remove(&poller->waiting, connection);
		poller->busy++;
		pool_submit(poller->pool, &connection->job);
	}
}

/* EPOLLEXCLUSIVE wakes one process and not all that share the socket; it can't
 * be modified, only added and deleted. */
static void
watch_listener(struct poller *poller)
{
	bool wanted = !poller->stopping && has_idle_thread(poller) &&
	    poller->now_us >= poller->accept_from_us;

	if (wanted == poller->listening)
		return;
	if (control(poller, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
		listen_descriptor(poller->settings->listener),
		EPOLLIN | EPOLLEXCLUSIVE, poller->settings->listener) == 0)
		poller->listening = wanted;
	else
		poller->accept_from_us = poller->now_us + PAUSE_US;
}

/* Stopping */

/*
 * The end of accepting.  Connections to a socket that is nobody else's would
 * be reset when it closes, so they are let in now, whatever there is to do.
 */
static void
begin_stop(struct poller *poller, bool retire)
{
	struct listener *listener = poller->settings->listener;

	poller->stopping = true;
	poller->grace_until_us = poller->now_us +
	    poller->settings->grace_ms * 1000;
	if (listen_withdraw(listener) && !retire)
		while (accept_one(poller))
			continue;
	/* Before it is shut: epoll would go on watching a socket that other
	 * processes have as well. */
	watch_listener(poller);
	listen_shut(listener);
	log_event(LOG_LEVEL_INFO,
	    "stopping; requests that have begun are answered first");
}

/* Kept connections may have no request to be answered; fresh ones will have
 * one in a moment, as web servers connect for no other reason. */
static void
close_idle(struct poller *poller)
{
	bool grace = poller->now_us < poller->grace_until_us;
	struct connection *connection = poller->idle.first, *next;

	for (; connection != NULL; connection = next) {
		next = connection->next;
		if ((connection->fresh && grace) ||
		    exchange_is_request(connection->job.fd))
			continue;
		connection_remove(&poller->idle, connection);
		connection_free(connection);
	}
}

/* Fresh connections keep `idle` from being empty until their grace is over. */
static bool
is_finished(const struct poller *poller)
{
	return poller->stopping && poller->busy == 0 &&
	    poller->waiting.first == NULL && poller->idle.first == NULL;
}

/* Events */

/* All that have come: signalfd reports them in one go. */
static void
take_signals(struct poller *poller, struct round *round)
{
	struct signalfd_siginfo info;

	while (read(poller->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR2)
			round->retire = true;
		else if (info.ssi_signo != SIGHUP)
			round->stop = true;
		else
			log_event(LOG_LEVEL_WARNING,
			    "SIGHUP: a changed configuration takes effect at "
			    "the next restart");
	}
}

/* Readable means that a request begins, or that the web server has hung up, or
 * that somebody speaks something else; only the first is kept. */
static void
take_connection(struct poller *poller, struct connection *connection)
{
	connection_remove(&poller->idle, connection);
	if (exchange_is_request(connection->job.fd))
		connection_append(&poller->waiting, connection);
	else
		connection_free(connection);
}

/* The pointer that epoll hands back says what it is about: the listener's, the
 * signals', the pool's address, or else a connection. */
static void
take_event(struct poller *poller, void *what, struct round *round)
{
	if (what == poller->settings->listener)
		round->incoming = true;
	else if (what == &poller->signals)
		take_signals(poller, round);
	else if (what == poller->pool)
		round->freed = collect(poller);
	else if (what == &poller->failure)
		round->retire = true;
	else
		take_connection(poller, what);
}

/* Until something has to be done though nothing happens; -1: never. */
static int
wait_ms(const struct poller *poller)
{
	int64_t now_us = clock_monotonic_us(), until_us;

	if (poller->stopping && poller->idle.first != NULL)
		until_us = poller->grace_until_us;
	else if (!poller->stopping && !poller->listening &&
	    has_idle_thread(poller))
		until_us = poller->accept_from_us;
	else
		return -1;
	return until_us <= now_us ? 0 : (int)((until_us - now_us) / 1000 + 1);
}

static void
run_round(struct poller *poller)
{
	struct epoll_event events[EVENTS];
	struct round round = { 0 };
	int count = epoll_wait(poller->epoll, events, EVENTS, wait_ms(poller));

	poller->now_us = clock_monotonic_us();
	for (int i = 0; i < count; i++)
		take_event(poller, events[i].data.ptr, &round);
	if ((round.stop || round.retire) && !poller->stopping)
		begin_stop(poller, !round.stop);
	/*
	 * One connection is accepted for each round in which a thread has
	 * become idle, even if others wait for it already: else connections
	 * that are kept and never rest would shut out all fresh ones.
	 */
	if (!poller->stopping && (round.incoming || round.freed))
		accept_one(poller);
	dispatch(poller);
	if (poller->stopping)
		close_idle(poller);
	watch_listener(poller);
}

/* Beginning and end */

static enum err
complain(struct problems *problems, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "can't wait for requests: %s: %s",
	    what, strerror(errno));
	return ERR_CONFIGURATION;
}

/* Threads before the first event, but after the signals are blocked: they
 * inherit that. */
static enum err
open_poller(struct poller *poller, struct problems *problems)
{
	const struct poller_settings *settings = poller->settings;
	sigset_t set;
	enum err err;

	signal_set(&set);
	poller->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (poller->epoll < 0)
		return complain(problems, "epoll");
	poller->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (poller->signals < 0)
		return complain(problems, "signalfd");
	err = pool_new(settings->threads, &settings->limits, &settings->handler,
	    &poller->pool, problems);
	if (err != ERR_OK)
		return err;
	if (control(poller, EPOLL_CTL_ADD, poller->signals, EPOLLIN,
		&poller->signals) != 0 ||
	    control(poller, EPOLL_CTL_ADD, pool_descriptor(poller->pool),
		EPOLLIN, poller->pool) != 0)
		return complain(problems, "epoll");
	/* Reported once: it stays readable. */
	if (settings->failure >= 0 &&
	    control(poller, EPOLL_CTL_ADD, settings->failure,
		EPOLLIN | EPOLLONESHOT, &poller->failure) != 0)
		return complain(problems, "epoll");
	watch_listener(poller);
	if (!poller->listening)
		return complain(problems, "the listening socket");
	return ERR_OK;
}

static void
close_poller(struct poller *poller)
{
	pool_free(poller->pool);
	connection_clear(&poller->idle);
	connection_clear(&poller->waiting);
	if (poller->signals >= 0)
		close(poller->signals);
	if (poller->epoll >= 0)
		close(poller->epoll);
}

enum err
poller_run(const struct poller_settings *settings, struct problems *problems)
{
	struct poller poller = { .settings = settings,
		.epoll = -1,
		.signals = -1,
		.failure = settings->failure };
	enum err err;

	poller_block_signals();
	err = open_poller(&poller, problems);
	if (err == ERR_OK) {
		log_event(LOG_LEVEL_INFO, "ready, with %u threads",
		    settings->threads);
		if (settings->ready != NULL)
			settings->ready();
		while (!is_finished(&poller))
			run_round(&poller);
		log_event(LOG_LEVEL_INFO, "stopped");
	}
	close_poller(&poller);
	return err;
}
