/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/coprocess.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/coprocess_internal.h"
#include "base/timer.h"
#include "base/xalloc.h"

/* Time */

static void
see_time(struct coprocess *coprocess)
{
	(void)timer_take(coprocess->sources[TIMER]);
}

static void
remember_late(struct coprocess *coprocess, int64_t id)
{
	size_t limit = coprocess_running_limit(coprocess);

	if (limit > COPROCESS_LATE_LIMIT)
		limit = COPROCESS_LATE_LIMIT;
	if (coprocess->late_count < COPROCESS_LATE_LIMIT)
		coprocess->late[coprocess->late_count++] = id;
	if (coprocess->late_count >= limit)
		coprocess_give_up(coprocess,
		    "it does not answer in time, and is started anew",
		    bytes_of_string(NULL));
}

static int64_t
end_of(const struct coprocess *coprocess,
    const struct coprocess_request *request)
{
	return request->since_us +
	    coprocess_or_default(coprocess->spec->deadline_ms,
		COMMAND_DEADLINE_MS) *
	    1000;
}

/* They are in the order in which they came, and so in that of their ends. */
static void
drop_late(struct coprocess *coprocess, int64_t now_us)
{
	struct coprocess_request *request;

	while ((request = coprocess->queue.first) != NULL &&
	    end_of(coprocess, request) <= now_us) {
		if (request->is_sent && coprocess->state == RUNNING)
			remember_late(coprocess, request->id);
		coprocess_answer_silence(coprocess, request);
	}
}

static void
kill_if_due(struct coprocess *coprocess, int64_t now_us)
{
	if (coprocess->state != TOLD || now_us < coprocess->due_us)
		return;
	(void)kill(-coprocess->pid, SIGKILL);
	coprocess->state = KILLED;
}

static int64_t
next_us(const struct coprocess *coprocess)
{
	const struct coprocess_request *first = coprocess->queue.first;
	int64_t next = first != NULL ? end_of(coprocess, first) : INT64_MAX;
	bool waits = coprocess->state == TOLD ||
	    (coprocess->state == RESTING && first != NULL);

	return waits && coprocess->due_us < next ? coprocess->due_us : next;
}

static void
set_timer(const struct coprocess *coprocess)
{
	int64_t next = next_us(coprocess), left = 0;

	if (next != INT64_MAX) {
		left = next - clock_monotonic_us();
		if (left < 1)
			left = 1;
	}
	(void)timer_set(coprocess->sources[TIMER], left);
}

/* Work */

static void (*const see[SOURCES])(struct coprocess *coprocess) = {
	[ANSWERS] = coprocess_see_answers,
	[ERRORS] = coprocess_see_errors,
	[REQUESTS] = coprocess_see_room,
	[PROCESS] = coprocess_see_end,
	[TIMER] = see_time,
};

static void
see_events(struct coprocess *coprocess)
{
	struct epoll_event events[SOURCES];
	bool happened[SOURCES] = { false };
	int count = epoll_wait(coprocess->events, events, SOURCES, 0);

	for (int i = 0; i < count; i++)
		happened[events[i].data.u32] = true;
	for (enum source source = 0; source < SOURCES; source++)
		if (happened[source] && coprocess_is_open(coprocess, source))
			see[source](coprocess);
}

void
coprocess_work(struct coprocess *coprocess)
{
	int64_t now_us;

	see_events(coprocess);
	now_us = clock_monotonic_us();
	drop_late(coprocess, now_us);
	kill_if_due(coprocess, now_us);
	if (coprocess->state == RESTING && !coprocess->is_ending &&
	    coprocess->queue.first != NULL && now_us >= coprocess->due_us)
		coprocess_start(coprocess);
	if (coprocess->state == RUNNING)
		coprocess_send_some(coprocess);
	if (!coprocess_is_open(coprocess, ANSWERS) ||
	    !coprocess_is_open(coprocess, REQUESTS))
		coprocess_tell(coprocess);
	set_timer(coprocess);
}

int
coprocess_descriptor(const struct coprocess *coprocess)
{
	return coprocess->events;
}

enum err
coprocess_ask(struct coprocess *coprocess, const struct command_order *order,
    size_t waiting_limit, const struct command_listener *listener)
{
	if (order->input.size > COPROCESS_LINE_LIMIT - 32)
		return ERR_COMMAND_VALUE;
	if (coprocess->queue.waiting >= waiting_limit)
		return ERR_COMMAND_QUEUE;
	coprocess_queue_add(&coprocess->queue, order->input,
	    clock_monotonic_us(), listener);
	(void)timer_set(coprocess->sources[TIMER], 1);
	return ERR_OK;
}

/* Beginning and end */

enum err
coprocess_new(const struct command_order *order, struct coprocess **coprocess)
{
	struct coprocess *made;
	char **environment;
	enum err err = environment_new(order->variables, order->variable_count,
	    &environment);

	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	*made = (struct coprocess){
		.spec = order->spec,
		.environment = environment,
		.events = epoll_create1(EPOLL_CLOEXEC),
		.sources = { [ANSWERS] = -1,
		    [ERRORS] = -1,
		    [REQUESTS] = -1,
		    [PROCESS] = -1,
		    [TIMER] = timer_new() },
		.answers = { .limit = COPROCESS_LINE_LIMIT },
		.errors = { .limit = COPROCESS_ERRORS_LIMIT },
	};
	if (made->events < 0 || !coprocess_watch_source(made, TIMER, EPOLLIN)) {
		coprocess_free(made);
		return ERR_COMMAND_DESCRIPTOR;
	}
	*coprocess = made;
	return ERR_OK;
}

void
coprocess_end(struct coprocess *coprocess)
{
	coprocess->is_ending = true;
	coprocess_tell(coprocess);
	set_timer(coprocess);
}

static void
cancel_all(struct coprocess *coprocess)
{
	struct command_result result = { .ending = COMMAND_CANCELLED };

	while (coprocess->queue.first != NULL)
		coprocess_queue_answer(&coprocess->queue,
		    coprocess->queue.first, &result, clock_monotonic_us());
}

void
coprocess_free(struct coprocess *coprocess)
{
	if (coprocess == NULL)
		return;
	coprocess_end(coprocess);
	while (coprocess->state != RESTING) {
		struct pollfd event = { coprocess->events, POLLIN, 0 };

		(void)poll(&event, 1, -1);
		coprocess_work(coprocess);
	}
	cancel_all(coprocess);
	environment_free(coprocess->environment);
	buf_clear(&coprocess->unread);
	lines_clear(&coprocess->answers);
	lines_clear(&coprocess->errors);
	coprocess_close_source(coprocess, TIMER);
	if (coprocess->events >= 0)
		close(coprocess->events);
	free(coprocess);
}
