/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COMMANDS_H
#define SCEPD_BASE_COMMANDS_H

#include "base/command.h"

/*
 * Commands that run side by side, in the loop of a process that does other
 * things as well.  Of each specification only so many run at once
 * (running_limit); others wait until it is their turn, in the order in which
 * they came, and their time begins when they do.  Commands of different
 * specifications don't wait for each other.
 */
struct commands;

/* So many wait at most, as whoever asks for them may be a stranger. */
#define COMMANDS_WAITING_LIMIT 1000

/*
 * Who is told once of each command that was added, when it has ended: from
 * within commands_run, never from within commands_add, or from within
 * commands_free (COMMAND_CANCELLED).  The result is lent until the function
 * returns, which may add commands.
 */
struct commands_listener {
	/* Whether it is wanted yet when its turn comes, which may be long after
	 * it was added; if not it ends at once (COMMAND_CANCELLED).  NULL: it
	 * is. */
	bool (*starting)(void *context);
	void (*ended)(void *context, const struct command_result *result);
	void *context;
};

/* The result is the caller's, to commands_free.  ERR_COMMAND_DESCRIPTOR where
 * this process may open no further descriptor. */
CHECKED enum err commands_new(struct commands **commands);

/* Cancels all, waits until they have ended, which takes not longer than the
 * longest of their graces, as a rule, and leaves none behind. NULL is
 * nothing. */
void commands_free(struct commands *commands);

/* Adds one; it is started by the next commands_run that finds it may.  Fails as
 * command_new does, and with ERR_COMMAND_QUEUE where too many wait. */
CHECKED enum err commands_add(struct commands *commands,
    const struct command_order *order,
    const struct commands_listener *listener);

/* A descriptor that is readable while there is something to do; not to be
 * read, or closed. */
int commands_descriptor(const struct commands *commands);

/* Does some of it, and never waits. */
void commands_run(struct commands *commands);

#endif
