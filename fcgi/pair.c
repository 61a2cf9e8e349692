/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/pair.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "fcgi/child.h"
#include "fcgi/hand_over.h"

enum half_index {
	SERVER,
	KEYS,
	HALVES
};

struct half {
	enum child_role role;
	pid_t pid; /* -1: not running */
	bool is_ready;
};

struct pair {
	struct pair *next;
	unsigned number;
	char *name;
	struct half halves[HALVES];
	int errands; /* the end that its server's CHILD_ERRANDS has not */
	int64_t started_us;
	bool ending;         /* it was told to */
	int64_t patience_us; /* how long it may take to */
	int64_t overdue_us;  /* when it should have ended */
};

/* Beside the time that a request may take to come, and its answer to go: to
 * open, sign and log. */
#define PATIENCE_MS 5000

/* The keeper asks one thing after the other. */
static size_t
channel_count(const struct pair_order *order)
{
	return order->number == 0 ?
	    1 :
	    order->generation->configuration.settings.threads;
}

/* All that the two halves are born with. */
struct wiring {
	int null;
	size_t count; /* of the descriptors of each */
	int *descriptors[HALVES];
	int errands[2]; /* the server's, ours */
};

/* No keeper is there for as long as its workers are, so whatever connects them
 * is made and kept here. */
static bool
connect_errands(const struct pair_order *order, struct wiring *wiring)
{
	static const size_t errands = CHILD_ERRANDS - CHILD_SNAPSHOT;
	bool made = order->number == 0 ?
	    hand_over_open(wiring->errands) :
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		wiring->errands) == 0;

	wiring->descriptors[SERVER][errands] = wiring->errands[0];
	return made;
}

static bool
connect_halves(struct wiring *wiring)
{
	for (size_t i = CHILD_CHANNELS - CHILD_SNAPSHOT; i < wiring->count;
	     i++) {
		int ends[HALVES];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) !=
		    0)
			return false;
		wiring->descriptors[SERVER][i] = ends[SERVER];
		wiring->descriptors[KEYS][i] = ends[KEYS];
	}
	return true;
}

static int *
no_descriptors(size_t count)
{
	int *descriptors = xcalloc(count, sizeof(*descriptors));

	for (size_t i = 0; i < count; i++)
		descriptors[i] = -1;
	return descriptors;
}

/* In the order of enum child_descriptor. */
static bool
wire(const struct pair_order *order, struct wiring *wiring)
{
	static const size_t snapshot = 0;
	static const size_t ready = CHILD_READY - CHILD_SNAPSHOT;
	static const size_t listener = CHILD_LISTENER - CHILD_SNAPSHOT;
	static const size_t errands = CHILD_ERRANDS - CHILD_SNAPSHOT;
	static const size_t guesses = CHILD_GUESSES - CHILD_SNAPSHOT;

	wiring->count = CHILD_CHANNELS - CHILD_SNAPSHOT + channel_count(order);
	wiring->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (size_t i = 0; i < HALVES; i++) {
		wiring->descriptors[i] = no_descriptors(wiring->count);
		wiring->descriptors[i][ready] = order->ready;
		wiring->descriptors[i][listener] = wiring->null;
		wiring->descriptors[i][errands] = wiring->null;
		wiring->descriptors[i][guesses] = wiring->null;
	}
	wiring->descriptors[SERVER][snapshot] = order->generation->without_keys;
	wiring->descriptors[KEYS][snapshot] = order->generation->with_keys;
	wiring->descriptors[SERVER][guesses] = order->guesses;
	if (order->number > 0)
		wiring->descriptors[SERVER][listener] =
		    listen_descriptor(order->listener);
	return wiring->null >= 0 && connect_errands(order, wiring) &&
	    connect_halves(wiring);
}

/* Only what was made for the two; and the children have theirs by now. */
static void
unwire(struct wiring *wiring)
{
	for (size_t i = 0; i < HALVES; i++) {
		for (size_t j = CHILD_CHANNELS - CHILD_SNAPSHOT;
		     j < wiring->count; j++)
			if (wiring->descriptors[i][j] >= 0)
				close(wiring->descriptors[i][j]);
		free(wiring->descriptors[i]);
	}
	for (size_t i = 0; i < 2; i++)
		if (wiring->errands[i] >= 0)
			close(wiring->errands[i]);
	if (wiring->null >= 0)
		close(wiring->null);
}

static const struct identity *
identity_of(const struct isolation *isolation, enum half_index half)
{
	if (!isolation->by_user)
		return NULL;
	return half == KEYS ? &isolation->key_user : &isolation->user;
}

static bool
start_half(struct pair *pair, enum half_index half,
    const struct pair_order *order, const struct wiring *wiring)
{
	const struct child_order child = {
		.role = pair->halves[half].role,
		.number = order->number,
		.descriptors = wiring->descriptors[half],
		.count = wiring->count,
		.identity = identity_of(&order->generation->isolation, half),
	};

	pair->halves[half].pid = child_start(&child);
	return pair->halves[half].pid > 0;
}

static struct pair *
new_pair(const struct pair_order *order)
{
	const struct settings *settings =
	    &order->generation->configuration.settings;
	struct pair *pair = xalloc(sizeof(*pair));
	bool keeper = order->number == 0;

	pair->number = order->number;
	pair->errands = -1;
	pair->patience_us = (2 * settings->limits.timeout_ms + PATIENCE_MS) *
	    1000;
	pair->halves[SERVER].role = keeper ? CHILD_KEEPER : CHILD_WORKER;
	pair->halves[KEYS].role = keeper ? CHILD_KEEPER_KEYS :
					   CHILD_WORKER_KEYS;
	pair->halves[SERVER].pid = pair->halves[KEYS].pid = -1;
	pair->name = child_name(pair->halves[SERVER].role, pair->number);
	pair->started_us = clock_monotonic_us();
	return pair;
}

/* A half that stays alone has nobody to talk to, and ends by itself. */
struct pair *
pair_start(const struct pair_order *order)
{
	struct pair *pair = new_pair(order);
	struct wiring wiring = { .errands = { -1, -1 } };
	bool started = wire(order, &wiring) &&
	    start_half(pair, KEYS, order, &wiring) &&
	    start_half(pair, SERVER, order, &wiring);
	int cause = errno;

	if (started) {
		pair->errands = wiring.errands[1];
		wiring.errands[1] = -1;
	}
	unwire(&wiring);
	if (started)
		return pair;
	log_event(LOG_LEVEL_ERROR, "can't start %s: %s", pair->name,
	    strerror(cause));
	pair_free(pair);
	return NULL;
}

void
pair_free(struct pair *pair)
{
	if (pair == NULL)
		return;
	if (pair->errands >= 0)
		close(pair->errands);
	free(pair->name);
	free(pair);
}

void
pair_introduce(const struct pair *keeper, const struct pair *worker)
{
	if (!hand_over(keeper->errands, worker->errands, worker->number))
		log_event(LOG_LEVEL_ERROR,
		    "the keeper gets no errands of %s: %s", worker->name,
		    strerror(errno));
}

struct pair *
pair_next(const struct pair *pair)
{
	return pair->next;
}

void
pair_push(struct pair **list, struct pair *pair)
{
	pair->next = *list;
	*list = pair;
}

void
pair_remove(struct pair **list, struct pair *pair)
{
	while (*list != NULL && *list != pair)
		list = &(*list)->next;
	if (*list == pair)
		*list = pair->next;
}

static struct half *
find_half(struct pair *pair, pid_t pid)
{
	for (size_t i = 0; i < HALVES; i++)
		if (pair->halves[i].pid == pid)
			return &pair->halves[i];
	return NULL;
}

bool
pair_is_keeper(const struct pair *pair)
{
	return pair->number == 0;
}

bool
pair_has(const struct pair *pair, pid_t pid)
{
	return pair->halves[SERVER].pid == pid || pair->halves[KEYS].pid == pid;
}

bool
pair_note_ready(struct pair *pair, pid_t pid)
{
	struct half *half = find_half(pair, pid);

	if (half != NULL)
		half->is_ready = true;
	return pair->halves[SERVER].is_ready && pair->halves[KEYS].is_ready;
}

static void
log_end(const struct pair *pair, const struct half *half, int status)
{
	char *name = child_name(half->role, pair->number);

	if (WIFSIGNALED(status))
		log_event(LOG_LEVEL_ERROR,
		    "%s (pid %ld) was ended by signal %d (%s)", name,
		    (long)half->pid, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		log_event(LOG_LEVEL_ERROR, "%s (pid %ld) ended with status %d",
		    name, (long)half->pid, WEXITSTATUS(status));
	free(name);
}

/* A half that has followed the other, or was told to, ends well, and that is
 * not worth a line; which of two is reported first is chance. */
bool
pair_note_end(struct pair *pair, pid_t pid, int status)
{
	struct half *half = find_half(pair, pid);

	if (half != NULL) {
		if (status != 0 ||
		    (half == &pair->halves[SERVER] && !pair->ending))
			log_end(pair, half, status);
		half->pid = -1;
	}
	return pair->halves[SERVER].pid < 0 && pair->halves[KEYS].pid < 0;
}

int64_t
pair_age_us(const struct pair *pair)
{
	return clock_monotonic_us() - pair->started_us;
}

/* As poller_run and keeper_run take these signals.  Without its server, a key
 * process ends by itself; without its keys, a server has to be told. */
void
pair_end(struct pair *pair, bool last)
{
	pair->ending = true;
	pair->overdue_us = clock_monotonic_us() + pair->patience_us;
	if (pair->halves[SERVER].pid > 0)
		kill(pair->halves[SERVER].pid, last ? SIGTERM : SIGUSR2);
}

int64_t
pair_overdue_us(const struct pair *pair)
{
	return pair->overdue_us;
}

/* Whoever was taken over may not want to end, and whoever waits for what never
 * comes can't. */
void
pair_kill(struct pair *pair)
{
	pair->overdue_us = INT64_MAX;
	log_event(LOG_LEVEL_ERROR,
	    "%s and its key process do not end, and are killed", pair->name);
	for (size_t i = 0; i < HALVES; i++)
		if (pair->halves[i].pid > 0)
			kill(pair->halves[i].pid, SIGKILL);
}
