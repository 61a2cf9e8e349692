/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/commands.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/xalloc.h"

/* So many are looked at, and so many started, in a turn. */
#define TURN 16

struct job {
	struct job *next;
	const struct command_spec *spec;
	struct command *command;
	struct commands_listener listener;
};

/* First come, first served. */
struct jobs {
	struct job *first;
	struct job **end; /* where the next one is to be linked */
	size_t count;
};

struct commands {
	int events;  /* an epoll descriptor: `waker`, and all that run */
	int waker;   /* an eventfd: some that wait may be started */
	bool closed; /* no more are taken */
	struct jobs waiting;
	struct jobs running;
};

/* Lists */

static void
append(struct jobs *jobs, struct job *job)
{
	job->next = NULL;
	if (jobs->first == NULL)
		jobs->end = &jobs->first;
	*jobs->end = job;
	jobs->end = &job->next;
	jobs->count++;
}

static void
take(struct jobs *jobs, struct job *job)
{
	struct job **at = &jobs->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (job->next == NULL)
		jobs->end = at;
	jobs->count--;
}

static bool
may_run(const struct commands *commands, const struct command_spec *spec)
{
	unsigned limit = spec->running_limit != 0 ? spec->running_limit :
						    COMMAND_RUNNING_LIMIT;
	unsigned count = 0;

	for (const struct job *job = commands->running.first; job != NULL;
	     job = job->next)
		count += job->spec == spec;
	return count < limit;
}

/* The first of those that wait and may run now. */
static struct job *
find_next(const struct commands *commands)
{
	struct job *job = commands->waiting.first;

	while (job != NULL && !may_run(commands, job->spec))
		job = job->next;
	return job;
}

/* Descriptors */

/* The pointer says what it is about: a job, or none. */
static bool
watch(const struct commands *commands, int fd, struct job *job)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = job };

	return epoll_ctl(commands->events, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void
wake(const struct commands *commands)
{
	(void)eventfd_write(commands->waker, 1);
}

/* Jobs */

/* Told when it is in no list any more, as others may be added then. */
static void
report(struct job *job)
{
	job->listener.ended(job->listener.context,
	    command_result(job->command));
	command_free(job->command);
	free(job);
}

static void
end(struct commands *commands, struct job *job)
{
	take(&commands->running, job);
	(void)epoll_ctl(commands->events, EPOLL_CTL_DEL,
	    command_descriptor(job->command), NULL);
	report(job);
}

static bool
is_wanted(const struct job *job)
{
	return job->listener.starting == NULL ||
	    job->listener.starting(job->listener.context);
}

/* One that can't be watched is not to run. */
static void
start(struct commands *commands, struct job *job)
{
	take(&commands->waiting, job);
	if (is_wanted(job))
		command_start(job->command);
	else
		command_cancel(job->command);
	if (command_result(job->command) == NULL &&
	    watch(commands, command_descriptor(job->command), job)) {
		append(&commands->running, job);
		return;
	}
	command_cancel(job->command);
	command_wait(job->command);
	report(job);
}

static void
start_some(struct commands *commands)
{
	struct job *job;

	for (size_t i = 0; i < TURN; i++) {
		job = find_next(commands);
		if (job == NULL)
			return;
		start(commands, job);
	}
	wake(commands);
}

static void
look_at(struct commands *commands, struct job *job)
{
	eventfd_t count;

	if (job == NULL) {
		(void)eventfd_read(commands->waker, &count);
		return;
	}
	command_work(job->command);
	if (command_result(job->command) != NULL)
		end(commands, job);
}

/* A job is freed by its own event alone, so those to come are there. */
void
commands_run(struct commands *commands)
{
	struct epoll_event events[TURN];
	int count = epoll_wait(commands->events, events, TURN, 0);

	for (int i = 0; i < count; i++)
		look_at(commands, events[i].data.ptr);
	start_some(commands);
}

enum err
commands_add(struct commands *commands, const struct command_order *order,
    const struct commands_listener *listener)
{
	struct command *command;
	struct job *job;
	enum err err;

	if (commands->closed ||
	    commands->waiting.count >= COMMANDS_WAITING_LIMIT)
		return ERR_COMMAND_QUEUE;
	err = command_new(order, &command);
	if (err != ERR_OK)
		return err;
	job = xalloc(sizeof(*job));
	*job = (struct job){ .spec = order->spec,
		.command = command,
		.listener = *listener };
	append(&commands->waiting, job);
	wake(commands);
	return ERR_OK;
}

/* Beginning and end */

int
commands_descriptor(const struct commands *commands)
{
	return commands->events;
}

enum err
commands_new(struct commands **commands)
{
	struct commands made = {
		.events = epoll_create1(EPOLL_CLOEXEC),
		.waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};

	if (made.events < 0 || made.waker < 0 ||
	    !watch(&made, made.waker, NULL)) {
		if (made.events >= 0)
			close(made.events);
		if (made.waker >= 0)
			close(made.waker);
		return ERR_COMMAND_DESCRIPTOR;
	}
	*commands = xalloc(sizeof(**commands));
	**commands = made;
	return ERR_OK;
}

/* All are told to end before the first is waited for. */
static void
end_all(struct jobs *jobs)
{
	struct job *job;

	for (job = jobs->first; job != NULL; job = job->next)
		command_cancel(job->command);
	while ((job = jobs->first) != NULL) {
		take(jobs, job);
		command_wait(job->command);
		report(job);
	}
}

void
commands_free(struct commands *commands)
{
	if (commands == NULL)
		return;
	commands->closed = true;
	end_all(&commands->running);
	end_all(&commands->waiting);
	close(commands->waker);
	close(commands->events);
	free(commands);
}
