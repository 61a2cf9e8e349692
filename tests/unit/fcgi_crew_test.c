/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/errands.h"
#include "fcgi/child.h"
#include "fcgi/errand_desk.h"
#include "tests/unit/base_errands.h"

/*
 * Pairs are started as this very program, by the names of their roles.  The
 * workers and the keeper do errands and nothing else; a worker says which
 * process has done each, on what it has for a snapshot.
 */
enum {
	WHO = 1 /* the kind of errand: who does it? */
};

/* How long a worker waits for a keeper that may be gone, and for one that is
 * there. */
#define SHORT_MS 200
#define LONG_MS 60000

static enum err
tell_pid(void *context, struct bytes request, struct buf *reply)
{
	(void)context;
	(void)request;
	buf_printf(reply, "%ld", (long)getpid());
	return ERR_OK;
}

static const struct errand_handler handlers[] = { { WHO, tell_pid } };

static volatile sig_atomic_t is_told_to_end;

static void
note_end(int signal_number)
{
	(void)signal_number;
	is_told_to_end = 1;
}

/* Has it done once, and says who has, as soon as somebody listens. */
static enum err
have_done(struct errands *errands, int timeout_ms)
{
	const struct errand errand = { .kind = WHO, .timeout_ms = timeout_ms };
	struct buf reply = { 0 };
	enum err err = errands_run(errands, &errand, &reply);
	pid_t pid = err == ERR_OK ? atoi(buf_string(&reply)) : 0;

	if (pid != 0 && write(CHILD_SNAPSHOT, &pid, sizeof(pid)) < 0 &&
	    errno != EINTR)
		err = ERR_FILE;
	buf_clear(&reply);
	return err;
}

/* Until it is told to end, and once more then: a keeper that is gone is asked
 * again, but at the end there is one. */
static int
be_worker(void)
{
	const struct sigaction action = { .sa_handler = note_end };
	struct errands *errands = errands_new(CHILD_ERRANDS);
	enum err err = ERR_OK;

	sigaction(SIGUSR2, &action, NULL);
	child_tell_ready();
	while (!is_told_to_end && (err == ERR_OK || err == ERR_ERRAND_LATE))
		err = have_done(errands, SHORT_MS);
	if (is_told_to_end)
		err = have_done(errands, LONG_MS);
	errands_free(errands);
	return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
be_keeper(void)
{
	const struct errand_table table = { handlers, COUNT(handlers), NULL };
	struct pollfd events[ERRAND_DESK_EVENTS];
	struct errand_desk *desk;

	if (errand_desk_new(&table, CHILD_ERRANDS, &desk) != ERR_OK)
		return EXIT_FAILURE;
	child_tell_ready();
	for (;;) {
		errand_desk_await(desk, events);
		if (poll(events, COUNT(events), -1) > 0)
			errand_desk_work(desk, events);
	}
}

/* A socket is at the place for errands in the others alone. */
static bool
has_errands(void)
{
	int type;
	socklen_t size = sizeof(type);

	return getsockopt(CHILD_ERRANDS, SOL_SOCKET, SO_TYPE, &type, &size) ==
	    0;
}

/* Ends when its other half does. */
static int
be_key_process(void)
{
	char octet;

	if (has_errands())
		return EXIT_FAILURE;
	child_tell_ready();
	return read(CHILD_CHANNELS, &octet, 1) == 0 ? EXIT_SUCCESS :
						      EXIT_FAILURE;
}

static int
be_child(enum child_role role)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	switch (role) {
	case CHILD_WORKER:
		return be_worker();
	case CHILD_KEEPER:
		return be_keeper();
	default:
		return be_key_process();
	}
}

/* A supervisor. */
struct world {
	struct crew *crew;
	struct generation generation;
	struct listener *listener;
	int ready[2];
	int said[2]; /* pids of those who did errands */
	pid_t killed;
};

static void
order(struct world *world, unsigned workers)
{
	world->generation.configuration.settings.workers = workers;
	crew_replace(world->crew,
	    &(struct pair_order){ .generation = &world->generation,
		.listener = world->listener,
		.guesses = world->said[1],
		.ready = world->ready[1] },
	    false);
}

static void
begin(struct world *world, unsigned workers)
{
	*world = (struct world){
		.crew = crew_new(),
		.listener = listen_adopt(open("/dev/null", O_RDWR)),
	};
	assert_int_equal(pipe2(world->ready, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(world->said, O_CLOEXEC), 0);
	world->generation.without_keys = world->said[1];
	world->generation.with_keys = world->ready[1];
	world->generation.configuration.settings.threads = 1;
	world->generation.configuration.settings.limits.timeout_ms = LONG_MS;
	order(world, workers);
}

/* What was told to end before it could do anything, and each keeper, ends by
 * that signal; no worker waits for what never comes until it is killed. */
static bool
is_good_end(const struct world *world, pid_t pid, int status)
{
	if (!WIFSIGNALED(status))
		return status == 0;
	return WTERMSIG(status) == (pid == world->killed ? SIGKILL : SIGUSR2);
}

static void
run_round(struct world *world)
{
	int status;
	pid_t pid;

	while (read(world->ready[0], &pid, sizeof(pid)) == sizeof(pid))
		crew_note_ready(world->crew, pid);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		assert_true(is_good_end(world, pid, status));
		(void)crew_note_end(world->crew, pid, status);
	}
	crew_run_due(world->crew);
}

/* The next process that has done an errand. */
static pid_t
next_keeper(struct world *world)
{
	struct pollfd event = { .fd = world->said[0], .events = POLLIN };
	pid_t pid;

	while (poll(&event, 1, 10) <= 0)
		run_round(world);
	run_round(world);
	assert_int_equal(read(world->said[0], &pid, sizeof(pid)), sizeof(pid));
	return pid;
}

static void
end(struct world *world)
{
	crew_end(world->crew, false);
	while (!crew_is_gone(world->crew)) {
		struct pollfd event = { .fd = world->said[0],
			.events = POLLIN };
		pid_t pid;

		run_round(world);
		if (poll(&event, 1, 10) > 0)
			assert_true(read(world->said[0], &pid, sizeof(pid)) >
			    0);
	}
	crew_free(world->crew);
	listen_close(world->listener);
	for (size_t i = 0; i < 2; i++) {
		close(world->ready[i]);
		close(world->said[i]);
	}
}

static void
keepers_may_come_and_go_and_workers_have_their_errands_done(void **state)
{
	struct world world;
	pid_t keeper;

	(void)state;
	begin(&world, 2);
	keeper = next_keeper(&world);
	for (size_t i = 0; i < 3; i++) {
		world.killed = keeper;
		assert_int_equal(kill(keeper, SIGKILL), 0);
		/* What it did before is still to be read. */
		while ((keeper = next_keeper(&world)) == world.killed)
			continue;
	}
	end(&world);
}

static void
a_keeper_of_a_new_configuration_does_what_all_workers_want(void **state)
{
	struct world world;
	pid_t before, after;

	(void)state;
	begin(&world, 1);
	before = next_keeper(&world);
	order(&world, 3);
	while ((after = next_keeper(&world)) == before)
		continue;
	order(&world, 1);
	while ((before = next_keeper(&world)) == after)
		continue;
	end(&world);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keepers_may_come_and_go_and_workers_have_their_errands_done),
		cmocka_unit_test(
		    a_keeper_of_a_new_configuration_does_what_all_workers_want),
	};
	enum child_role role;

	if (argc == 1 && child_role_of(argv[0], &role))
		return be_child(role);
	if (!child_prepare())
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
