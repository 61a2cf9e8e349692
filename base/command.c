/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/spawn.h"
#include "base/xalloc.h"

/* How long others may still write when the command itself has ended. */
#define DRAIN_MS 200

/* So much is read at once. */
#define CHUNK 16384

/*
 *   new -> running -> (told ->) (killed ->) draining -> ended
 *
 * The command's own process stays unreaped while it is drained, so that its
 * number, which is its group's, can't become another's before the group was
 * killed.
 */
enum state {
	NEW,
	RUNNING,  /* the timer: its deadline */
	TOLD,     /* it was sent TERM; the timer: its grace */
	KILLED,   /* its group was sent KILL; no timer */
	DRAINING, /* it has ended itself; the timer: DRAIN_MS */
	ENDED,
	STATES
};

/* What is waited for, in the order in which it is looked at: what has ended is
 * not late. */
enum source {
	OUTPUT,
	ERRORS,
	PROCESS, /* a pidfd */
	TIMER,
	SOURCES
};

struct command {
	const struct command_spec *spec;
	char **environment;
	struct buf input;
	struct buf secret;
	bool has_secret;
	int held; /* 0: nothing */

	enum state state;
	bool is_decided; /* result.ending is */
	pid_t pid;
	int events; /* an epoll descriptor, for the sources */
	int sources[SOURCES];
	int64_t began_us;
	struct command_result result;
};

static int64_t
or_default(int64_t value, int64_t other)
{
	return value != 0 ? value : other;
}

/* Sources */

static bool
watch_source(struct command *command, enum source source)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = source };

	return command->sources[source] >= 0 &&
	    epoll_ctl(command->events, EPOLL_CTL_ADD, command->sources[source],
		&event) == 0;
}

/* A process that another thread has just made may have the same pipe open, so
 * to close it need not be to hear no more of it. */
static void
close_source(struct command *command, enum source source)
{
	int *fd = &command->sources[source];

	if (*fd < 0)
		return;
	(void)epoll_ctl(command->events, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

static bool
is_open(const struct command *command, enum source source)
{
	return command->sources[source] >= 0;
}

/* With 0 it is never time. */
static bool
set_timer(const struct command *command, int64_t ms)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = ms / 1000,
		    .tv_nsec = ms % 1000 * 1000000 },
	};

	return timerfd_settime(command->sources[TIMER], 0, &when, NULL) == 0;
}

/* Ends */

static void
decide(struct command *command, enum command_ending ending)
{
	if (!command->is_decided)
		command->result.ending = ending;
	command->is_decided = true;
}

static void
end(struct command *command)
{
	for (enum source source = 0; source < SOURCES; source++)
		close_source(command, source);
	command->result.took_ms = (clock_monotonic_us() - command->began_us) /
	    1000;
	command->state = ENDED;
}

static void
fail(struct command *command, int cause, const char *place)
{
	decide(command, COMMAND_NOT_STARTED);
	command->result.number = cause;
	command->result.place = place;
	end(command);
}

/* The process is there until it is reaped, even if it has ended. */
static void
signal_group(const struct command *command, int number)
{
	(void)kill(-command->pid, number);
}

static void
kill_now(struct command *command)
{
	signal_group(command, SIGKILL);
	(void)set_timer(command, 0);
	command->state = KILLED;
}

static void
tell(struct command *command, enum command_ending ending)
{
	decide(command, ending);
	signal_group(command, SIGTERM);
	(void)set_timer(command,
	    or_default(command->spec->grace_ms, COMMAND_GRACE_MS));
	command->state = TOLD;
}

/* Which does not wait, unless the process was only just killed. */
static void
reap(struct command *command)
{
	siginfo_t info = { 0 };
	int status;

	do
		status = waitid(P_PID, (id_t)command->pid, &info, WEXITED);
	while (status != 0 && errno == EINTR);
	assert(status == 0);
	command->result.number = info.si_status;
	decide(command,
	    info.si_code == CLD_EXITED ? COMMAND_EXITED : COMMAND_KILLED);
}

/* What it writes */

static void
keep_output(struct command *command, struct bytes got)
{
	struct buf *output = &command->result.output;
	size_t limit = command->spec->output_limit != 0 ?
	    command->spec->output_limit :
	    COMMAND_OUTPUT_LIMIT;
	bool fits = got.size <= limit - output->size;

	if (!fits)
		got.size = limit - output->size;
	buf_append(output, got);
	if (fits)
		return;
	decide(command, COMMAND_TALKATIVE);
	close_source(command, OUTPUT);
	/* Else it has ended, and the others are killed in a moment. */
	if (command->state != DRAINING)
		kill_now(command);
}

static size_t
errors_limit(const struct command *command)
{
	return command->spec->errors_limit != 0 ? command->spec->errors_limit :
						  COMMAND_ERRORS_LIMIT;
}

static void
keep_errors(struct command *command, struct bytes got)
{
	struct buf *errors = &command->result.errors;
	size_t room = errors_limit(command) - errors->size;

	buf_append(errors,
	    bytes_of(got.data, got.size < room ? got.size : room));
}

/* Whether there was something. */
static bool
take(struct command *command, enum source source,
    void (*keep)(struct command *command, struct bytes got))
{
	uint8_t chunk[CHUNK];
	ssize_t got = read(command->sources[source], chunk, sizeof(chunk));

	if (got > 0)
		keep(command, bytes_of(chunk, (size_t)got));
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_source(command, source);
	if (got > 0)
		bytes_wipe(chunk, (size_t)got);
	return got > 0;
}

static void
take_output(struct command *command)
{
	(void)take(command, OUTPUT, keep_output);
}

static void
take_errors(struct command *command)
{
	(void)take(command, ERRORS, keep_errors);
}

/* What is in the pipes by now counts, however long we have not looked. */
static void
take_the_rest(struct command *command)
{
	while (is_open(command, OUTPUT) && take(command, OUTPUT, keep_output))
		continue;
	while (is_open(command, ERRORS) &&
	    command->result.errors.size < errors_limit(command) &&
	    take(command, ERRORS, keep_errors))
		continue;
}

/* Life */

static void
finish(struct command *command)
{
	take_the_rest(command);
	signal_group(command, SIGKILL);
	reap(command);
	end(command);
}

static void
see_end(struct command *command)
{
	close_source(command, PROCESS);
	(void)set_timer(command, DRAIN_MS);
	command->state = DRAINING;
}

static void
see_deadline(struct command *command)
{
	tell(command, COMMAND_LATE);
}

/* One that was set anew meanwhile has nothing to be read. */
static void
see_time(struct command *command)
{
	static void (*const due[STATES])(struct command * command) = {
		[RUNNING] = see_deadline,
		[TOLD] = kill_now,
		[DRAINING] = finish,
	};
	uint64_t count;

	if (read(command->sources[TIMER], &count, sizeof(count)) ==
		sizeof(count) &&
	    due[command->state] != NULL)
		due[command->state](command);
}

static void (*const see[SOURCES])(struct command *command) = {
	[OUTPUT] = take_output,
	[ERRORS] = take_errors,
	[PROCESS] = see_end,
	[TIMER] = see_time,
};

void
command_work(struct command *command)
{
	struct epoll_event events[SOURCES];
	bool happened[SOURCES] = { false };
	int count = epoll_wait(command->events, events, SOURCES, 0);

	for (int i = 0; i < count; i++)
		happened[events[i].data.u32] = true;
	for (enum source source = 0; source < SOURCES; source++)
		if (happened[source] && is_open(command, source))
			see[source](command);
	if (command->state == DRAINING && !is_open(command, OUTPUT) &&
	    !is_open(command, ERRORS))
		finish(command);
}

void
command_cancel(struct command *command)
{
	if (command->state == NEW) {
		decide(command, COMMAND_CANCELLED);
		command->began_us = clock_monotonic_us();
		end(command);
	} else if (command->state == RUNNING) {
		tell(command, COMMAND_CANCELLED);
	}
}

void
command_wait(struct command *command)
{
	while (command->state != ENDED) {
		struct pollfd event = { command->events, POLLIN, 0 };

		(void)poll(&event, 1, -1);
		command_work(command);
	}
}

int
command_descriptor(const struct command *command)
{
	return command->events;
}

const struct command_result *
command_result(const struct command *command)
{
	return command->state == ENDED ? &command->result : NULL;
}

/* The start */

/* All but the process itself, so that little can go wrong when it runs. */
static bool
prepare(struct command *command, struct command_pipes *pipes)
{
	struct bytes secret = buf_bytes(&command->secret);

	command->events = epoll_create1(EPOLL_CLOEXEC);
	if (command->events < 0 ||
	    !command_pipes_open(buf_bytes(&command->input),
		command->has_secret ? &secret : NULL, pipes))
		return false;
	command->sources[OUTPUT] = pipes->output;
	command->sources[ERRORS] = pipes->errors;
	command->sources[TIMER] = timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	return watch_source(command, TIMER) && watch_source(command, OUTPUT) &&
	    watch_source(command, ERRORS) &&
	    set_timer(command,
		or_default(command->spec->deadline_ms, COMMAND_DEADLINE_MS));
}

/* By number: the C library has a function for it only since 2.36.  Nobody else
 * reaps the process, so it is still the same.  One that can't be watched is not
 * to run. */
static void
watch(struct command *command)
{
	command->state = RUNNING;
	command->sources[PROCESS] = (int)syscall(SYS_pidfd_open, command->pid,
	    0);
	if (watch_source(command, PROCESS))
		return;
	decide(command, COMMAND_KILLED);
	finish(command);
	command->result.number = SIGKILL;
}

static void
spawn(struct command *command, const struct command_pipes *pipes)
{
	const struct command_spec *spec = command->spec;
	int descriptors[COUNT(pipes->theirs) + 1];
	struct spawn_order order = {
		.arguments = spec->arguments,
		.environment = command->environment,
		.directory = spec->directory != NULL ? spec->directory :
						       COMMAND_DIRECTORY,
		.descriptors = descriptors,
		.descriptor_count = pipes->count,
	};
	struct spawn_failure failure;

	memcpy(descriptors, pipes->theirs, sizeof(pipes->theirs));
	if (command->held != 0)
		descriptors[order.descriptor_count++] = command->held;
	if (spawn_program(&order, &command->pid, &failure))
		watch(command);
	else
		fail(command, failure.cause, failure.place);
}

static void
forget_order(struct command *command)
{
	environment_free(command->environment);
	command->environment = NULL;
	buf_clear(&command->input);
	buf_clear(&command->secret);
}

void
command_start(struct command *command)
{
	struct command_pipes pipes = { .count = 0 };

	assert(command->state == NEW);
	command->began_us = clock_monotonic_us();
	if (prepare(command, &pipes))
		spawn(command, &pipes);
	else
		fail(command, errno, NULL);
	command_pipes_close_theirs(&pipes);
	forget_order(command);
}

/* Beginning and end */

enum err
command_new(const struct command_order *order, struct command **command)
{
	char **environment;
	struct command *made;
	enum err err;

	if (order->secret != NULL && order->secret->size > COMMAND_SECRET_LIMIT)
		return ERR_COMMAND_VALUE;
	err = environment_new(order->variables, order->variable_count,
	    &environment);
	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	*made = (struct command){ .spec = order->spec,
		.environment = environment,
		.has_secret = order->secret != NULL,
		.held = order->held,
		.events = -1,
		.sources = { -1, -1, -1, -1 } };
	buf_append(&made->input, order->input);
	if (order->secret != NULL)
		buf_append(&made->secret, *order->secret);
	*command = made;
	return ERR_OK;
}

void
command_free(struct command *command)
{
	if (command == NULL)
		return;
	command_cancel(command);
	command_wait(command);
	if (command->events >= 0)
		close(command->events);
	forget_order(command);
	command_result_clear(&command->result);
	free(command);
}

enum err
command_run(const struct command_order *order, struct command_result *result)
{
	struct command *command;
	enum err err = command_new(order, &command);

	if (err != ERR_OK)
		return err;
	command_start(command);
	command_wait(command);
	*result = command->result;
	command->result = (struct command_result){ 0 };
	command_free(command);
	return ERR_OK;
}
