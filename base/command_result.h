/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COMMAND_RESULT_H
#define SCEPD_BASE_COMMAND_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* How a command has ended.  Where more than one is true it is the one that
 * came first: a command that is told to end, since its time is over, may well
 * exit by itself then. */
enum command_ending {
	COMMAND_EXITED,      /* by itself: `number` is its status */
	COMMAND_KILLED,      /* by the signal `number`, and not by us */
	COMMAND_LATE,        /* its time was over */
	COMMAND_TALKATIVE,   /* it wrote more to stdout than it may */
	COMMAND_CANCELLED,   /* nobody wanted it any more */
	COMMAND_NOT_STARTED, /* `number` is errno: it has never run */
	COMMAND_SILENT,      /* a coprocess: it has given no answer */
	COMMAND_ENDINGS
};

struct command_result {
	enum command_ending ending;
	int number;
	/* COMMAND_NOT_STARTED: the program or directory that it is about, a
	 * string of the command's specification; or NULL. */
	const char *place;

	struct buf output; /* what it wrote to stdout, as far as it may */
	struct buf errors; /* the beginning of what it wrote to stderr */
	int64_t took_ms;   /* from its start to its end */
};

/*
 * Who is told once of what has become of a command: from within commands_run,
 * never from within commands_add, or from within commands_free
 * (COMMAND_CANCELLED).  The result is lent until the function returns, which
 * may add commands.
 */
struct command_listener {
	/* Whether it is wanted yet when its turn comes, which may be long after
	 * it was added; if not it ends at once (COMMAND_CANCELLED).  NULL: it
	 * is. */
	bool (*starting)(void *context);
	void (*ended)(void *context, const struct command_result *result);
	void *context;
};

/* Wipes it; it is empty and ready again. */
void command_result_clear(struct command_result *result);

/* Appends in words what has become of the command, to go on after its name:
 * "ended with status 3".  Nothing that the command wrote is in them. */
void command_result_describe(const struct command_result *result,
    struct buf *text);

#endif
