/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COMMAND_PIPES_H
#define SCEPD_BASE_COMMAND_PIPES_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* A secret is at most so many octets: what a pipe always has room for. */
#define COMMAND_SECRET_LIMIT 4096

/* By what a command is told and tells.  All is close-on-exec. */
struct command_pipes {
	int theirs[4]; /* its descriptors 0 to 3 */
	size_t count;  /* of them; the others are not open */
	int input;  /* our end of what is 0 there, and does not wait; -1 where
			* that is a file */
	int output; /* likewise, of what is 1 there */
	int errors; /* likewise, of what is 2 there */
};

/*
 * Opens them.  The input is a file in memory, so whether and when the command
 * reads it is its own affair; the secret, which may be NULL and is at most
 * COMMAND_SECRET_LIMIT long, can be read once.  False, and errno says why,
 * where that can't be done, and what was opened is closed again.
 */
CHECKED bool command_pipes_open(struct bytes input, const struct bytes *secret,
    struct command_pipes *pipes);

/* The same for one that is asked while it runs: its input is a pipe, and it has
 * no secret. */
CHECKED bool command_pipes_open_both_ways(struct command_pipes *pipes);

/* Closes the command's ends; ours are the caller's, to close(). */
void command_pipes_close_theirs(struct command_pipes *pipes);

#endif
