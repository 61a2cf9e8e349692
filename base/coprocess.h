/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COPROCESS_H
#define SCEPD_BASE_COPROCESS_H

#include "base/command.h"

/*
 * A coprocess: a program of an administrator's that is started once, when it is
 * first asked, and asked again and again: a line of JSON on its stdin is a
 * request, a line on its stdout an answer, and an id in both says which belong
 * together, so that it can be at many at once.  What it writes to its stderr
 * goes to the log, line by line.
 *
 * It is ended, TERM first and KILL after a grace, where it closes its stdin or
 * stdout, writes a line that is no answer or is too long, answers what it was
 * not asked, or owes several answers that are late.  When it has ended, however
 * that came about, it is started anew where there is something to ask; after a
 * pause, which doubles with each end until there was an answer.  What it had not
 * answered is asked again.
 *
 * A request has its whole time from when it is asked on (deadline_ms), waits
 * and pauses included; then, or when COPROCESS_TRIES processes have ended over
 * it, it is COMMAND_SILENT.
 *
 * Of the specification, output_limit is not used, and at most running_limit
 * requests are sent that are not answered.  Of processes and signals
 * base/command.h has more.
 */

/* No line is longer, request or answer; of stderr, the rest is another. */
#define COPROCESS_LINE_LIMIT ((size_t)128 * 1024)
#define COPROCESS_ERRORS_LIMIT ((size_t)1024)

/* So many lines of stderr are logged in a minute. */
#define COPROCESS_LINES_A_MINUTE 100

/* The first pause, where the protocol has 0, and how many times that the
 * longest is. */
#define COPROCESS_PAUSE_MS 1000
#define COPROCESS_LONGEST_PAUSE 60

#define COPROCESS_TRIES 3

/* So many late answers end it; or all that it was asked, where that is less. */
#define COPROCESS_LATE_LIMIT 3

/* Of a specification: how its lines are read. */
struct coprocess_protocol {
	/* Reads an answer, without its line feed: its id, and the result that
	 * is told, which is zero before and is cleared by others.  False where
	 * it is none; then *id and the result do not matter. */
	bool (*read)(struct bytes line, int64_t *id,
	    struct command_result *result);
	int64_t pause_ms; /* the first; 0 for COPROCESS_PAUSE_MS */
};

struct coprocess;

/* One that does not run yet.  The order's specification has a protocol, and its
 * variables are what the program is told when it is started; its input does
 * not matter here.  The result is the caller's, to coprocess_free.
 * ERR_COMMAND_VALUE as of environment_new; ERR_COMMAND_DESCRIPTOR. */
CHECKED enum err coprocess_new(const struct command_order *order,
    struct coprocess **coprocess);

/* Has it end; a descriptor that is readable when it has is still its own. */
void coprocess_end(struct coprocess *coprocess);

/* Has it end, waits for that, not longer than its grace, as a rule, and tells
 * of all that was not answered (COMMAND_CANCELLED).  NULL is nothing. */
void coprocess_free(struct coprocess *coprocess);

/*
 * Asks it, in its turn.  The order's input is the request, a JSON object
 * without line feeds, and without its beginning: {"id": ..., goes before it.
 * ERR_COMMAND_VALUE where that is too long, ERR_COMMAND_QUEUE where
 * `waiting_limit` wait already.
 */
CHECKED enum err coprocess_ask(struct coprocess *coprocess,
    const struct command_order *order, size_t waiting_limit,
    const struct command_listener *listener);

/* A descriptor that is readable while there is something to do; not to be
 * read, or closed. */
int coprocess_descriptor(const struct coprocess *coprocess);

/* Does it, and never waits. */
void coprocess_work(struct coprocess *coprocess);

#endif
