/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COMMAND_H
#define SCEPD_BASE_COMMAND_H

#include "base/command_pipes.h"
#include "base/command_result.h"
#include "base/environment.h"
#include "base/err.h"

/*
 * A command: a program of an administrator's, which decides or certifies in
 * our place.  It is started by base/spawn.h, and however it behaves it costs
 * no more than it may: nobody waits for it, it ends in time, and what it
 * writes is bounded.
 *
 * When its time is over, all processes of its group are sent TERM, and KILL
 * after a grace.  When it has ended, or has written too much, those that are
 * left of its group get KILL; they have 200 ms to say what there is to say,
 * if they still have its stdout or stderr.  Who has left the group (setsid(2))
 * is not ended, but not waited for either.  Should our own process be killed,
 * the command goes on, and nobody minds its time.
 *
 * SIGCHLD must not be ignored in this process, and nobody may wait for
 * just any child; no other signal concerns a command.
 */

/* What stands for 0 or NULL in a specification. */
#define COMMAND_DIRECTORY "/"
#define COMMAND_DEADLINE_MS 30000
#define COMMAND_GRACE_MS 1000
#define COMMAND_OUTPUT_LIMIT ((size_t)64 * 1024)
#define COMMAND_RUNNING_LIMIT 4

/* As the configuration has it: constant, and there until all of its commands
 * are freed. */
struct command_spec {
	char *const *arguments; /* as in struct spawn_order */
	const char *directory;  /* to run in: absolute */
	int64_t deadline_ms;
	int64_t grace_ms; /* between TERM and KILL */
	size_t output_limit;
	size_t errors_limit;
	unsigned running_limit; /* so many at once: for base/commands.h */
};

/* The beginning of stderr that is kept, unless a specification says how much;
 * the rest is read, so that nothing waits, and forgotten. */
#define COMMAND_ERRORS_LIMIT 4096

/* What one run is about. */
struct command_order {
	const struct command_spec *spec;
	const struct environment_variable *variables; /* all that it is told */
	size_t variable_count;
	struct bytes input; /* its stdin, a file in memory */
	/* What it can read once from its descriptor 3, such as a passphrase,
	 * of at most COMMAND_SECRET_LIMIT octets; NULL: it has none. */
	const struct bytes *secret;
	/* A descriptor that it has open as long as it runs, whatever becomes of
	 * us, such as one with a lock; 0: none.  Borrowed until it is
	 * started. */
	int held;
};

struct command;

/* A command that does not run yet.  All but the specification is copied; the
 * result is the caller's, to command_free.  ERR_COMMAND_VALUE as of
 * environment_new, and where the secret is too long. */
CHECKED enum err command_new(const struct command_order *order,
    struct command **command);

/* Wipes it. One that runs is cancelled first, and waited for: not longer than
 * its grace, as a rule. NULL is nothing. */
void command_free(struct command *command);

/* Starts one that is new; its time begins.  Where that fails it has ended. */
void command_start(struct command *command);

/* Of one that was started and has not ended: a descriptor that is readable
 * while there is something to do; not to be read, or closed. */
int command_descriptor(const struct command *command);

/* Does it, and never waits. */
void command_work(struct command *command);

/* Has it end before its time: one that runs like one that is late, one that
 * is new at once. */
void command_cancel(struct command *command);

/* Works until it has ended; of one that was started or cancelled. */
void command_wait(struct command *command);

/* NULL until it has ended; lent until it is freed. */
const struct command_result *command_result(const struct command *command);

/* All of it at once, for those that may wait: the result is the caller's, to
 * command_result_clear.  Fails as command_new does. */
CHECKED enum err command_run(const struct command_order *order,
    struct command_result *result);

#endif
