/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "fcgi/child.h"
#include "fcgi/generation.h"
#include "fcgi/pair.h"

/* Between a child's end and the start of the next one: nothing at first, then
 * this, doubled each time up to the last, unless one has lived for long. */
#define PAUSE_US (100 * 1000)
#define LONGEST_PAUSE_US (10 * 1000 * 1000)
#define LONG_LIFE_US (10 * 1000 * 1000)

/*
 * A place for a pair: the keeper's, or that of one worker.  While one serves,
 * the next may be starting; it takes over when both its halves are ready, so
 * that there is always somebody.
 *
 *     start_pair -> starting -> serving -> leaving -> freed
 *                      `-----------------^
 */
struct slot {
	unsigned number;
	struct pair *starting;
	struct pair *serving;
	unsigned failures;     /* in a row */
	int64_t start_from_us; /* when the next is to be started; 0: not */
};

struct supervisor {
	const char *path;
	struct generation *generation; /* in force */
	struct listener *listener;

	struct slot *slots; /* the keeper's, then one a worker */
	size_t count;
	struct pair *leaving;

	struct generation *checked; /* what the checker is looking at */
	pid_t checker;              /* -1: nobody */
	bool check_again;           /* another HUP has come meanwhile */

	int signals;
	int ready[2]; /* a pipe that children write their pids to */
	bool is_up;   /* all have been ready once */
	bool stopping;
	bool failed; /* it never came up */
};

/* Starting */

static void
postpone(struct slot *slot, int64_t lived_us)
{
	int64_t pause_us = 0;

	if (lived_us >= LONG_LIFE_US)
		slot->failures = 0;
	for (unsigned i = 0; i < slot->failures; i++) {
		pause_us = pause_us == 0 ? PAUSE_US : pause_us * 2;
		if (pause_us > LONGEST_PAUSE_US)
			pause_us = LONGEST_PAUSE_US;
	}
	slot->failures++;
	slot->start_from_us = clock_monotonic_us() + pause_us;
}

static void
start_pair(struct supervisor *supervisor, struct slot *slot)
{
	const struct pair_order order = {
		.generation = supervisor->generation,
		.number = slot->number,
		.listener = supervisor->listener,
		.ready = supervisor->ready[1],
	};

	slot->start_from_us = 0;
	slot->starting = pair_start(&order);
	if (slot->starting == NULL)
		postpone(slot, 0);
}

/* Those whose pause is over. */
static void
start_due(struct supervisor *supervisor)
{
	int64_t now_us = clock_monotonic_us();

	for (size_t i = 0; i < supervisor->count; i++)
		if (supervisor->slots[i].start_from_us != 0 &&
		    supervisor->slots[i].start_from_us <= now_us)
			start_pair(supervisor, &supervisor->slots[i]);
}

/* Ending */

static void
dismiss(struct supervisor *supervisor, struct pair **pair, bool last)
{
	if (*pair == NULL)
		return;
	pair_end(*pair, last);
	pair_push(&supervisor->leaving, *pair);
	*pair = NULL;
}

static void
dismiss_slot(struct supervisor *supervisor, struct slot *slot, bool last)
{
	slot->start_from_us = 0;
	dismiss(supervisor, &slot->starting, last);
	dismiss(supervisor, &slot->serving, last);
}

/* A path of our own is taken away first: whoever could connect then waits
 * already, and the workers let them in. */
static void
begin_stop(struct supervisor *supervisor)
{
	bool last = listen_withdraw(supervisor->listener);

	supervisor->stopping = true;
	for (size_t i = 0; i < supervisor->count; i++)
		dismiss_slot(supervisor, &supervisor->slots[i], last);
	log_event(LOG_LEVEL_INFO, "stopping");
}

/* Another configuration */

static void
begin_check(struct supervisor *supervisor)
{
	struct problems *problems = problems_new();

	supervisor->check_again = supervisor->checker >= 0;
	if (!supervisor->check_again &&
	    generation_begin(supervisor->path, GENERATION_LOG,
		&supervisor->checked, &supervisor->checker, problems) != ERR_OK)
		problems_log(problems);
	problems_free(problems);
}

/*
 * What the new configuration says of the socket.  One that was handed over
 * stays, whatever it says.
 */
static enum err
change_socket(struct supervisor *supervisor, struct listener **listener,
    struct problems *problems)
{
	const struct listen_settings *was =
	    &supervisor->generation->configuration.settings.socket;
	const struct listen_settings *is =
	    &supervisor->checked->configuration.settings.socket;

	if (!listen_is_ours(supervisor->listener) || is->path == NULL)
		return ERR_OK;
	if (bytes_equal_string(bytes_of_string(is->path), was->path))
		return listen_permit(supervisor->listener, is, problems);
	return listen_open(is, listener, problems);
}

/* Those that there will be no more are dismissed, and new ones are empty. */
static void
resize(struct supervisor *supervisor, size_t count)
{
	for (size_t i = count; i < supervisor->count; i++)
		dismiss_slot(supervisor, &supervisor->slots[i], false);
	supervisor->slots = xrealloc(supervisor->slots, count,
	    sizeof(*supervisor->slots));
	for (size_t i = supervisor->count; i < count; i++)
		supervisor->slots[i] = (struct slot){ .number = (unsigned)i };
	supervisor->count = count;
}

/*
 * Each worker goes when its successor is ready, so that nobody is refused;
 * but where the socket is another one, those that wait at the old one are
 * theirs to let in.
 */
static void
replace_all(struct supervisor *supervisor, bool last)
{
	resize(supervisor,
	    supervisor->generation->configuration.settings.workers + 1);
	for (size_t i = 0; i < supervisor->count; i++) {
		struct slot *slot = &supervisor->slots[i];

		dismiss(supervisor, &slot->starting, last);
		if (last)
			dismiss(supervisor, &slot->serving, last);
		slot->failures = 0;
		start_pair(supervisor, slot);
	}
}

static void
adopt(struct supervisor *supervisor, struct listener *listener)
{
	generation_free(supervisor->generation);
	supervisor->generation = supervisor->checked;
	supervisor->checked = NULL;
	if (listener != NULL) {
		listen_close(supervisor->listener);
		supervisor->listener = listener;
	}
	replace_all(supervisor, listener != NULL);
	log_event(LOG_LEVEL_INFO,
	    "the configuration was read again: new workers take over");
}

static void
end_check(struct supervisor *supervisor, int status)
{
	struct problems *problems = problems_new();
	struct listener *listener = NULL;

	supervisor->checker = -1;
	if (status == 0 && !supervisor->stopping &&
	    generation_complete(supervisor->checked, problems) == ERR_OK &&
	    change_socket(supervisor, &listener, problems) == ERR_OK)
		adopt(supervisor, listener);
	else if (!supervisor->stopping)
		log_event(LOG_LEVEL_ERROR,
		    "the configuration %s is not usable, and the one before "
		    "it stays in force; see the lines above, or run: scepd -t",
		    supervisor->path);
	problems_log(problems);
	problems_free(problems);
	generation_free(supervisor->checked);
	supervisor->checked = NULL;
	if (supervisor->check_again && !supervisor->stopping)
		begin_check(supervisor);
}

/* Events */

static bool
all_serve(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->count; i++)
		if (supervisor->slots[i].serving == NULL)
			return false;
	return true;
}

static void
note_ready(struct supervisor *supervisor, pid_t pid)
{
	for (size_t i = 0; i < supervisor->count; i++) {
		struct slot *slot = &supervisor->slots[i];

		if (slot->starting == NULL || !pair_has(slot->starting, pid) ||
		    !pair_note_ready(slot->starting, pid))
			continue;
		dismiss(supervisor, &slot->serving, false);
		slot->serving = slot->starting;
		slot->starting = NULL;
	}
	if (supervisor->is_up || !all_serve(supervisor))
		return;
	supervisor->is_up = true;
	log_event(LOG_LEVEL_INFO, "ready, with %zu workers and a keeper",
	    supervisor->count - 1);
}

static void
take_ready(struct supervisor *supervisor)
{
	pid_t pid;

	while (read(supervisor->ready[0], &pid, sizeof(pid)) == sizeof(pid))
		note_ready(supervisor, pid);
}

/* One half has ended: the other can do nothing alone.  At the very beginning
 * whoever has started us shall know; later there is always a next try. */
static void
lose(struct supervisor *supervisor, struct slot *slot, struct pair **pair)
{
	int64_t age_us = pair_age_us(*pair);

	dismiss(supervisor, pair, false);
	if (!supervisor->is_up && !supervisor->stopping) {
		supervisor->failed = true;
		begin_stop(supervisor);
	} else if (!supervisor->stopping && slot->starting == NULL) {
		postpone(slot, age_us);
	}
}

static void
note_end(struct supervisor *supervisor, pid_t pid, int status)
{
	for (size_t i = 0; i < supervisor->count; i++) {
		struct slot *slot = &supervisor->slots[i];
		struct pair **pair = &slot->serving;

		if (*pair == NULL || !pair_has(*pair, pid))
			pair = &slot->starting;
		if (*pair == NULL || !pair_has(*pair, pid))
			continue;
		pair_note_end(*pair, pid, status);
		lose(supervisor, slot, pair);
		return;
	}
	for (struct pair *pair = supervisor->leaving; pair != NULL;
	     pair = pair_next(pair)) {
		if (!pair_has(pair, pid))
			continue;
		if (pair_note_end(pair, pid, status)) {
			pair_remove(&supervisor->leaving, pair);
			pair_free(pair);
		}
		return;
	}
}

static void
take_ends(struct supervisor *supervisor)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == supervisor->checker)
			end_check(supervisor, status);
		else
			note_end(supervisor, pid, status);
	}
}

static void
take_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			take_ends(supervisor);
		else if (supervisor->stopping)
			continue;
		else if (info.ssi_signo == SIGHUP)
			begin_check(supervisor);
		else
			begin_stop(supervisor);
	}
}

/* Until the next start that waits for its time; -1: there is none. */
static int
wait_ms(const struct supervisor *supervisor)
{
	int64_t next_us = INT64_MAX, left_us;

	for (size_t i = 0; i < supervisor->count; i++) {
		int64_t from_us = supervisor->slots[i].start_from_us;

		if (from_us != 0 && from_us < next_us)
			next_us = from_us;
	}
	if (next_us == INT64_MAX)
		return -1;
	left_us = next_us - clock_monotonic_us();
	return left_us <= 0 ? 0 : (int)(left_us / 1000 + 1);
}

static void
run_round(struct supervisor *supervisor)
{
	struct pollfd events[] = {
		{ .fd = supervisor->signals, .events = POLLIN },
		{ .fd = supervisor->ready[0], .events = POLLIN },
	};

	if (poll(events, 2, wait_ms(supervisor)) < 0)
		return;
	/* Before the ends: one that was ready and is gone was ready. */
	take_ready(supervisor);
	take_signals(supervisor);
	start_due(supervisor);
}

static bool
is_finished(const struct supervisor *supervisor)
{
	return supervisor->stopping && supervisor->leaving == NULL &&
	    supervisor->checker < 0;
}

/* Beginning and end */

static bool
open_events(struct supervisor *supervisor)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGHUP,
		SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return supervisor->signals >= 0 &&
	    pipe2(supervisor->ready, O_CLOEXEC | O_NONBLOCK) == 0 &&
	    child_prepare();
}

/* The first check is waited for: there is nothing else to do. */
static enum err
check_first(struct supervisor *supervisor, struct problems *problems)
{
	int status = -1;
	enum err err = generation_begin(supervisor->path, GENERATION_TERMINAL,
	    &supervisor->generation, &supervisor->checker, problems);

	if (err != ERR_OK)
		return err;
	while (waitpid(supervisor->checker, &status, 0) < 0 && errno == EINTR)
		continue;
	supervisor->checker = -1;
	if (status != 0)
		return ERR_CONFIGURATION;
	return generation_complete(supervisor->generation, problems);
}

static enum err
begin(struct supervisor *supervisor, struct problems *problems)
{
	enum err err;

	if (!open_events(supervisor)) {
		problem_add(problems, PROBLEM_ERROR,
		    "can't start processes: %s", strerror(errno));
		return ERR_CONFIGURATION;
	}
	err = check_first(supervisor, problems);
	if (err == ERR_OK)
		err = listen_open(
		    &supervisor->generation->configuration.settings.socket,
		    &supervisor->listener, problems);
	return err;
}

static void
clear(struct supervisor *supervisor)
{
	listen_close(supervisor->listener);
	generation_free(supervisor->generation);
	free(supervisor->slots);
	if (supervisor->signals >= 0)
		close(supervisor->signals);
	for (size_t i = 0; i < 2; i++)
		if (supervisor->ready[i] >= 0)
			close(supervisor->ready[i]);
}

enum err
supervisor_run(const char *path, struct problems *problems)
{
	struct supervisor supervisor = {
		.path = path,
		.checker = -1,
		.signals = -1,
		.ready = { -1, -1 },
	};
	enum err err = begin(&supervisor, problems);

	if (err == ERR_OK) {
		problems_log(problems);
		replace_all(&supervisor, false);
		while (!is_finished(&supervisor))
			run_round(&supervisor);
		log_event(LOG_LEVEL_INFO, "stopped");
	}
	clear(&supervisor);
	return supervisor.failed ? ERR_CONFIGURATION : err;
}
