/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/coprocess_internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/spawn.h"

int64_t
coprocess_or_default(int64_t value, int64_t other)
{
	return value != 0 ? value : other;
}

size_t
coprocess_running_limit(const struct coprocess *coprocess)
{
	return (size_t)coprocess_or_default(coprocess->spec->running_limit,
	    COMMAND_RUNNING_LIMIT);
}

void
coprocess_log(const struct coprocess *coprocess, enum log_level level,
    struct bytes event, struct bytes said)
{
	struct buf line = { 0 };

	log_field(&line, "hook",
	    bytes_of_string(coprocess->spec->arguments[0]));
	if (event.size > 0)
		log_field(&line, "event", event);
	if (said.size > 0)
		log_field(&line, "said", said);
	log_line(level, buf_bytes(&line));
	buf_clear(&line);
}

/* Sources */

bool
coprocess_watch_source(struct coprocess *coprocess, enum source source,
    uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u32 = source };

	return coprocess->sources[source] >= 0 &&
	    epoll_ctl(coprocess->events, EPOLL_CTL_ADD,
		coprocess->sources[source], &event) == 0;
}

void
coprocess_close_source(struct coprocess *coprocess, enum source source)
{
	int *fd = &coprocess->sources[source];

	if (*fd < 0)
		return;
	(void)epoll_ctl(coprocess->events, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

bool
coprocess_is_open(const struct coprocess *coprocess, enum source source)
{
	return coprocess->sources[source] >= 0;
}

/* Ends */

static void
signal_group(const struct coprocess *coprocess, int number)
{
	(void)kill(-coprocess->pid, number);
}

/* That its input ends is what it may wait for. */
void
coprocess_tell(struct coprocess *coprocess)
{
	if (coprocess->state != RUNNING)
		return;
	coprocess_close_source(coprocess, REQUESTS);
	signal_group(coprocess, SIGTERM);
	coprocess->state = TOLD;
	coprocess->due_us = clock_monotonic_us() +
	    coprocess_or_default(coprocess->spec->grace_ms, COMMAND_GRACE_MS) *
		1000;
}

/* What can't be relied on any more is begun anew. */
void
coprocess_give_up(struct coprocess *coprocess, const char *why,
    struct bytes said)
{
	if (coprocess->is_given_up)
		return;
	coprocess_log(coprocess, LOG_LEVEL_ERROR, bytes_of_string(why), said);
	coprocess->is_given_up = true;
	coprocess_close_source(coprocess, ANSWERS);
	coprocess_tell(coprocess);
}

static void
rest(struct coprocess *coprocess)
{
	int64_t first_us =
	    coprocess_or_default(coprocess->spec->protocol->pause_ms,
		COPROCESS_PAUSE_MS) *
	    1000;
	int64_t pause = 1;

	for (unsigned i = 0;
	     i < coprocess->failures && pause < COPROCESS_LONGEST_PAUSE; i++)
		pause *= 2;
	if (pause > COPROCESS_LONGEST_PAUSE)
		pause = COPROCESS_LONGEST_PAUSE;
	coprocess->failures++;
	coprocess->state = RESTING;
	coprocess->due_us = clock_monotonic_us() + pause * first_us;
}

void
coprocess_answer_silence(struct coprocess *coprocess,
    struct coprocess_request *request)
{
	struct command_result result = { .ending = COMMAND_SILENT };

	coprocess_queue_answer(&coprocess->queue, request, &result,
	    clock_monotonic_us());
}

static struct coprocess_request *
find_hopeless(const struct coprocess *coprocess)
{
	struct coprocess_request *request = coprocess->queue.first;

	while (request != NULL && request->tries < COPROCESS_TRIES)
		request = request->next;
	return request;
}

static void
ask_again(struct coprocess *coprocess)
{
	struct coprocess_request *request;

	coprocess_queue_ask_again(&coprocess->queue);
	while ((request = find_hopeless(coprocess)) != NULL)
		coprocess_answer_silence(coprocess, request);
}

static void
log_end(const struct coprocess *coprocess, const struct command_result *result)
{
	struct buf text = { 0 };

	buf_append_string(&text, "it ");
	command_result_describe(result, &text);
	coprocess_log(coprocess, LOG_LEVEL_ERROR, buf_bytes(&text),
	    bytes_of_string(NULL));
	buf_clear(&text);
}

/* Pipes are closed by an end as well, and that may be seen first. */
static void
reap(struct coprocess *coprocess)
{
	struct command_result result = { 0 };
	bool is_own = process_reap(coprocess->pid, &result.number);

	result.ending = is_own ? COMMAND_EXITED : COMMAND_KILLED;
	if (coprocess->is_ending || coprocess->is_given_up)
		return;
	if (!is_own &&
	    (coprocess->state == KILLED ||
		(coprocess->state == TOLD && result.number == SIGTERM)))
		coprocess_log(coprocess, LOG_LEVEL_ERROR,
		    BYTES_LITERAL("it has closed its standard input or output, "
				  "and is started anew"),
		    bytes_of_string(NULL));
	else
		log_end(coprocess, &result);
}

/* What is in the pipes by now counts. */
void
coprocess_see_end(struct coprocess *coprocess)
{
	signal_group(coprocess, SIGKILL);
	coprocess_see_the_rest(coprocess);
	reap(coprocess);
	for (enum source source = 0; source < TIMER; source++)
		coprocess_close_source(coprocess, source);
	rest(coprocess);
	if (!coprocess->is_ending)
		ask_again(coprocess);
}

/* The start */

static void
take_pipes(struct coprocess *coprocess, const struct command_pipes *pipes)
{
	coprocess->sources[REQUESTS] = pipes->input;
	coprocess->sources[ANSWERS] = pipes->output;
	coprocess->sources[ERRORS] = pipes->errors;
	coprocess->is_given_up = false;
	coprocess->late_count = 0;
	coprocess->written = 0;
	coprocess->awaits_room = false;
	buf_clear(&coprocess->unread);
	lines_clear(&coprocess->answers);
	lines_clear(&coprocess->errors);
}

static bool
spawn(struct coprocess *coprocess, const struct command_pipes *pipes,
    struct spawn_failure *failure)
{
	const struct command_spec *spec = coprocess->spec;
	const struct spawn_order order = {
		.arguments = spec->arguments,
		.environment = coprocess->environment,
		.directory = spec->directory != NULL ? spec->directory :
						       COMMAND_DIRECTORY,
		.descriptors = pipes->theirs,
		.descriptor_count = pipes->count,
	};

	return spawn_program(&order, &coprocess->pid, failure);
}

static void
log_failure(const struct coprocess *coprocess,
    const struct spawn_failure *failure)
{
	const struct command_result result = { .ending = COMMAND_NOT_STARTED,
		.number = failure->cause,
		.place = failure->place };

	log_end(coprocess, &result);
}

/* One that can't be watched is not to run. */
static void
watch(struct coprocess *coprocess)
{
	struct command_result result = { .ending = COMMAND_NOT_STARTED };

	coprocess->state = RUNNING;
	coprocess->sources[PROCESS] = process_watch(coprocess->pid);
	if (coprocess_watch_source(coprocess, PROCESS, EPOLLIN) &&
	    coprocess_watch_source(coprocess, REQUESTS, 0) &&
	    coprocess_watch_source(coprocess, ANSWERS, EPOLLIN) &&
	    coprocess_watch_source(coprocess, ERRORS, EPOLLIN))
		return;
	result.number = errno;
	log_end(coprocess, &result);
	coprocess->state = KILLED;
	coprocess_see_end(coprocess);
}

void
coprocess_start(struct coprocess *coprocess)
{
	struct command_pipes pipes = { .count = 0 };
	struct spawn_failure failure = { 0 };
	bool good = command_pipes_open_both_ways(&pipes);

	failure.cause = good ? 0 : errno;
	if (good) {
		take_pipes(coprocess, &pipes);
		good = spawn(coprocess, &pipes, &failure);
		command_pipes_close_theirs(&pipes);
	}
	if (good) {
		watch(coprocess);
		return;
	}
	log_failure(coprocess, &failure);
	for (enum source source = 0; source < TIMER; source++)
		coprocess_close_source(coprocess, source);
	rest(coprocess);
}
