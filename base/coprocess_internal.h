/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COPROCESS_INTERNAL_H
#define SCEPD_BASE_COPROCESS_INTERNAL_H

#include <sys/types.h>

#include "base/coprocess.h"
#include "base/coprocess_queue.h"
#include "base/lines.h"
#include "base/log.h"

/* What the parts of a coprocess share. */

/*
 *   resting -> running (-> told (-> killed)) -> resting
 *
 * The process stays unreaped until it is seen to have ended, so that its
 * number, which is its group's, can't become another's before the group was
 * killed.
 */
enum state {
	RESTING, /* there is no process; `due_us`: not before */
	RUNNING,
	TOLD,  /* it was sent TERM; `due_us`: its grace */
	KILLED /* its group was sent KILL */
};

/* What is waited for, in the order in which it is looked at: who has ended may
 * have answered before. */
enum source {
	ANSWERS,
	ERRORS,
	REQUESTS,
	PROCESS,
	TIMER,
	SOURCES
};

struct coprocess {
	const struct command_spec *spec;
	char **environment;
	struct coprocess_queue queue;
	bool is_ending;

	enum state state;
	bool is_given_up; /* what it writes does not count any more */
	int64_t due_us;
	unsigned failures; /* ends since the last answer */
	pid_t pid;
	int events; /* an epoll descriptor, for the sources */
	int sources[SOURCES];

	struct buf unread; /* of requests, what the pipe has not taken */
	size_t written;    /* of that */
	bool awaits_room;  /* in the pipe */
	struct lines answers;
	struct lines errors;
	int64_t late[COPROCESS_LATE_LIMIT]; /* ids that it owes an answer */
	size_t late_count;
	int64_t minute_us; /* since when lines of stderr are counted */
	unsigned logged;
};

/* coprocess_life.c: its process, from the start to the end */

/* What stands for 0 in a specification. */
int64_t coprocess_or_default(int64_t value, int64_t other);

size_t coprocess_running_limit(const struct coprocess *coprocess);

/* A line of the log; what is empty is not in it. */
void coprocess_log(const struct coprocess *coprocess, enum log_level level,
    struct bytes event, struct bytes said);

bool coprocess_watch_source(struct coprocess *coprocess, enum source source,
    uint32_t events);
void coprocess_close_source(struct coprocess *coprocess, enum source source);
bool coprocess_is_open(const struct coprocess *coprocess, enum source source);

/* One that rests: it runs then, or rests again. */
void coprocess_start(struct coprocess *coprocess);

/* Has one that runs end; what it still writes counts. */
void coprocess_tell(struct coprocess *coprocess);

/* Has it end because it can't be relied on any more, and logs why. */
void coprocess_give_up(struct coprocess *coprocess, const char *why,
    struct bytes said);

/* Its process has ended: it rests, and what is open is asked again. */
void coprocess_see_end(struct coprocess *coprocess);

void coprocess_answer_silence(struct coprocess *coprocess,
    struct coprocess_request *request);

/* coprocess_pipes.c: what it reads and writes */

/* Takes of its stdout, or stderr, what is read at once. */
void coprocess_see_answers(struct coprocess *coprocess);
void coprocess_see_errors(struct coprocess *coprocess);

/* The same of both, until there is nothing, or what a pipe can have. */
void coprocess_see_the_rest(struct coprocess *coprocess);

/* Its stdin has room, or nobody reads it. */
void coprocess_see_room(struct coprocess *coprocess);

/* Sends what may be sent. */
void coprocess_send_some(struct coprocess *coprocess);

#endif
