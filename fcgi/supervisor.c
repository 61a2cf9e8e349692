/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/count.h"
#include "base/log.h"
#include "fcgi/child.h"
#include "fcgi/crew.h"
#include "fcgi/sandbox.h"
#include "scep/guesses.h"

struct supervisor {
	const char *path;
	struct generation *generation; /* in force */
	struct listener *listener;
	struct crew *crew;

	struct generation *checked; /* what the checker is looking at */
	pid_t checker;              /* -1: nobody */
	bool check_again;           /* another HUP has come meanwhile */

	int guesses; /* what all workers ever started share */
	int signals;
	int ready[2]; /* a pipe that children write their pids to */
	bool stopping;
	bool failed; /* it never came up */
};

/* A path of our own is taken away first: whoever could connect then waits
 * already, and the workers let them in. */
static void
begin_stop(struct supervisor *supervisor)
{
	supervisor->stopping = true;
	crew_end(supervisor->crew, listen_withdraw(supervisor->listener));
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
	const char *path = listen_path(supervisor->listener);
	const struct listen_settings *is =
	    &supervisor->checked->configuration.settings.socket;

	if (path == NULL)
		return ERR_OK;
	if (is->path == NULL) {
		problem_add(problems, PROBLEM_WARNING,
		    "there is no setting \"socket\" any more; %s stays until "
		    "scepd is started anew",
		    path);
		return ERR_OK;
	}
	if (bytes_equal_string(bytes_of_string(is->path), path))
		return listen_permit(supervisor->listener, is, problems);
	return listen_open(is, listener, problems);
}

/* Where the socket is another one, those that wait at the old one are let in
 * by the old workers, as nobody else will. */
static void
replace_all(struct supervisor *supervisor, bool last)
{
	const struct pair_order order = {
		.generation = supervisor->generation,
		.listener = supervisor->listener,
		.guesses = supervisor->guesses,
		.ready = supervisor->ready[1],
	};

	crew_replace(supervisor->crew, &order, last);
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
	bool good = !supervisor->stopping &&
	    generation_complete(supervisor->checked, status, problems) ==
		ERR_OK &&
	    change_socket(supervisor, &listener, problems) == ERR_OK;

	supervisor->checker = -1;
	problems_log(problems);
	if (good)
		adopt(supervisor, listener);
	else if (!supervisor->stopping)
		log_event(LOG_LEVEL_ERROR,
		    "the configuration %s is not usable, and the one before "
		    "it stays in force; see the lines above, or run: scepd -t",
		    supervisor->path);
	problems_free(problems);
	generation_free(supervisor->checked);
	supervisor->checked = NULL;
	if (supervisor->check_again && !supervisor->stopping)
		begin_check(supervisor);
}

/* Events */

static void
take_ready(struct supervisor *supervisor)
{
	pid_t pid;

	while (read(supervisor->ready[0], &pid, sizeof(pid)) == sizeof(pid))
		crew_note_ready(supervisor->crew, pid);
}

/* At the very beginning whoever has started us shall know; later there is
 * always a next try. */
static void
note_end(struct supervisor *supervisor, pid_t pid, int status)
{
	bool was_lost = crew_note_end(supervisor->crew, pid, status);

	if (!was_lost || supervisor->stopping || crew_is_up(supervisor->crew))
		return;
	supervisor->failed = true;
	begin_stop(supervisor);
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

static void
run_round(struct supervisor *supervisor)
{
	struct pollfd events[] = {
		{ .fd = supervisor->signals, .events = POLLIN },
		{ .fd = supervisor->ready[0], .events = POLLIN },
	};

	if (poll(events, 2, crew_wait_ms(supervisor->crew)) < 0)
		return;
	/* Before the ends: one that was ready and is gone was ready. */
	take_ready(supervisor);
	take_signals(supervisor);
	crew_run_due(supervisor->crew);
}

static bool
is_finished(const struct supervisor *supervisor)
{
	return supervisor->stopping && crew_is_gone(supervisor->crew) &&
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
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	supervisor->guesses = guesses_new_shared();
	return supervisor->signals >= 0 && supervisor->guesses >= 0 &&
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
	return generation_complete(supervisor->generation, status, problems);
}

static enum err
begin(struct supervisor *supervisor, struct problems *problems)
{
	enum err err;

	if (!open_events(supervisor)) {
		problem_add(problems, PROBLEM_ERROR,
		    "can't start processes: %s; /proc must be mounted",
		    strerror(errno));
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
	crew_free(supervisor->crew);
	if (supervisor->guesses >= 0)
		close(supervisor->guesses);
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
		.crew = crew_new(),
		.checker = -1,
		.guesses = -1,
		.signals = -1,
		.ready = { -1, -1 },
	};
	enum err err;

	/* Where all run as one user, whoever could open what we have open
	 * would have the keys; and those that check a configuration, which
	 * load them, are copies of us. */
	sandbox_hide_memory();
	err = begin(&supervisor, problems);
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
