/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/coprocess_internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"

/* So much is read at once; and a pipe has no more than so many of it. */
#define CHUNK 16384
#define CHUNKS_IN_A_PIPE 4

/* No more is put behind what the program has not read yet. */
#define UNREAD_LIMIT 65536

#define MINUTE_US INT64_C(60000000)

/* What it writes */

/* An answer that is late is none any more. */
static bool
was_late(struct coprocess *coprocess, int64_t id)
{
	for (size_t i = 0; i < coprocess->late_count; i++)
		if (coprocess->late[i] == id) {
			coprocess->late[i] =
			    coprocess->late[--coprocess->late_count];
			return true;
		}
	return false;
}

static void
take_answer(struct coprocess *coprocess, struct bytes line)
{
	struct command_result result = { .ending = COMMAND_EXITED };
	struct coprocess_request *request = NULL;
	int64_t id = 0;

	if (coprocess->spec->protocol->read(line, &id, &result)) {
		request = coprocess_queue_find(&coprocess->queue, id);
		if (request == NULL && !was_late(coprocess, id))
			coprocess_give_up(coprocess,
			    "it has answered what it was not asked, and is "
			    "started anew",
			    line);
	} else {
		coprocess_give_up(coprocess,
		    "it has written a line that is no answer, and is started "
		    "anew",
		    line);
	}
	if (request != NULL) {
		coprocess->failures = 0;
		coprocess_queue_answer(&coprocess->queue, request, &result,
		    clock_monotonic_us());
	}
	command_result_clear(&result);
}

static void
take_answers(struct coprocess *coprocess, struct bytes got)
{
	enum lines_found found = LINES_WHOLE;
	struct bytes line;

	lines_add(&coprocess->answers, got);
	while (!coprocess->is_given_up &&
	    (found = lines_take(&coprocess->answers, &line)) == LINES_WHOLE)
		take_answer(coprocess, line);
	if (found == LINES_TOO_LONG)
		coprocess_give_up(coprocess,
		    "it has written a line of more than 128 KiB, and is "
		    "started anew",
		    bytes_of_string(NULL));
}

/* Others want to be read in the log as well. */
static void
log_said(struct coprocess *coprocess, struct bytes said)
{
	int64_t now_us = clock_monotonic_us();

	if (now_us - coprocess->minute_us >= MINUTE_US) {
		coprocess->minute_us = now_us;
		coprocess->logged = 0;
	}
	coprocess->logged++;
	if (coprocess->logged <= COPROCESS_LINES_A_MINUTE)
		coprocess_log(coprocess, LOG_LEVEL_INFO, bytes_of_string(NULL),
		    said);
	else if (coprocess->logged == COPROCESS_LINES_A_MINUTE + 1)
		coprocess_log(coprocess, LOG_LEVEL_WARNING,
		    BYTES_LITERAL("it writes more to its standard error than "
				  "is logged in a minute; the rest of this "
				  "minute is left out"),
		    bytes_of_string(NULL));
}

static void
take_errors(struct coprocess *coprocess, struct bytes got)
{
	struct bytes line;

	lines_add(&coprocess->errors, got);
	while (lines_take(&coprocess->errors, &line) != LINES_NONE)
		log_said(coprocess, line);
}

/* Whether there may be more. */
static bool
take(struct coprocess *coprocess, enum source source,
    void (*keep)(struct coprocess *coprocess, struct bytes got))
{
	uint8_t chunk[CHUNK];
	ssize_t got = read(coprocess->sources[source], chunk, sizeof(chunk));

	if (got > 0)
		keep(coprocess, bytes_of(chunk, (size_t)got));
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		coprocess_close_source(coprocess, source);
	return got > 0 && coprocess_is_open(coprocess, source);
}

static void
take_the_rest(struct coprocess *coprocess, enum source source,
    void (*keep)(struct coprocess *coprocess, struct bytes got))
{
	for (unsigned i = 0; i < CHUNKS_IN_A_PIPE; i++)
		if (!coprocess_is_open(coprocess, source) ||
		    !take(coprocess, source, keep))
			return;
}

void
coprocess_see_answers(struct coprocess *coprocess)
{
	(void)take(coprocess, ANSWERS, take_answers);
}

void
coprocess_see_errors(struct coprocess *coprocess)
{
	(void)take(coprocess, ERRORS, take_errors);
}

void
coprocess_see_the_rest(struct coprocess *coprocess)
{
	take_the_rest(coprocess, ANSWERS, take_answers);
	take_the_rest(coprocess, ERRORS, take_errors);
}

/* Requests */

static void
await_room(struct coprocess *coprocess, bool awaits)
{
	struct epoll_event event = { .events = awaits ? EPOLLOUT : 0,
		.data.u32 = REQUESTS };

	if (awaits == coprocess->awaits_room ||
	    !coprocess_is_open(coprocess, REQUESTS))
		return;
	(void)epoll_ctl(coprocess->events, EPOLL_CTL_MOD,
	    coprocess->sources[REQUESTS], &event);
	coprocess->awaits_room = awaits;
}

static void
write_some(struct coprocess *coprocess)
{
	struct bytes left = bytes_from(buf_bytes(&coprocess->unread),
	    coprocess->written);
	ssize_t size;

	if (left.size == 0)
		return;
	size = write(coprocess->sources[REQUESTS], left.data, left.size);
	if (size > 0)
		coprocess->written += (size_t)size;
	else if (errno != EAGAIN && errno != EINTR)
		coprocess_close_source(coprocess, REQUESTS);
	if (coprocess->written == coprocess->unread.size) {
		buf_truncate(&coprocess->unread, 0);
		coprocess->written = 0;
	}
	await_room(coprocess, coprocess->unread.size > 0);
}

/* Room is awaited only where something is left; else nobody reads any more. */
void
coprocess_see_room(struct coprocess *coprocess)
{
	if (coprocess->unread.size == 0)
		coprocess_close_source(coprocess, REQUESTS);
}

static bool
is_wanted(const struct coprocess_request *request)
{
	return request->listener.starting == NULL ||
	    request->listener.starting(request->listener.context);
}

static void
drop(struct coprocess *coprocess, struct coprocess_request *request)
{
	struct command_result result = { .ending = COMMAND_CANCELLED };

	coprocess_queue_answer(&coprocess->queue, request, &result,
	    clock_monotonic_us());
}

void
coprocess_send_some(struct coprocess *coprocess)
{
	struct coprocess_request *request;

	while (coprocess->queue.sent < coprocess_running_limit(coprocess) &&
	    coprocess->unread.size < UNREAD_LIMIT &&
	    (request = coprocess_queue_next(&coprocess->queue)) != NULL) {
		if (!is_wanted(request)) {
			drop(coprocess, request);
			continue;
		}
		buf_append(&coprocess->unread, buf_bytes(&request->line));
		coprocess_queue_send(&coprocess->queue, request);
	}
	write_some(coprocess);
}
