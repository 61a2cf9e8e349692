/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_CHILD_H
#define SCEPD_FCGI_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fcgi/identity.h"

/*
 * The processes of the supervisor: this same program, started afresh, so that
 * each has a memory layout of its own and nothing of its parent's memory.  It
 * knows what it is by its name, which ps shows, and what it needs by the
 * descriptors that it is born with.
 */

enum child_role {
	CHILD_WORKER,
	CHILD_WORKER_KEYS, /* the key process of a worker */
	CHILD_KEEPER,
	CHILD_KEEPER_KEYS,
	CHILD_ROLES
};

/* The descriptors that a child is born with, besides the standard ones. */
enum child_descriptor {
	CHILD_SNAPSHOT = 3, /* sealed: the configuration */
	CHILD_READY,        /* a pipe: its pid is written once it serves */
	CHILD_LISTENER,     /* a worker's; else /dev/null */
	CHILD_ERRANDS,      /* a worker's: to the keeper (base/errands.h);
	                     * the keeper's: over which it gets the other ends
	                     * of these (hand_over.h); else /dev/null */
	CHILD_GUESSES,      /* a worker's and the keeper's: memory of all of
	                     * them (scep/guesses.h); else /dev/null */
	CHILD_CHANNELS      /* those of its key process, from here on */
};

/* What is to be started. */
struct child_order {
	enum child_role role;
	unsigned number;        /* of the worker, from 1 on */
	const int *descriptors; /* from CHILD_SNAPSHOT on; borrowed */
	size_t count;
	const struct identity *identity; /* whom it runs as; NULL: as we do */
};

/*
 * Remembers which program this is: what child_start starts is the very same
 * file, even where another has taken its place since.  What this process was
 * started with, beside the standard descriptors, no child gets.  False, and
 * errno says why, where /proc does not tell the file.
 */
bool child_prepare(void);

/*
 * Starts one, with nothing to read on standard input.  A worker or keeper gets
 * only harmless variables of the environment, and SIGTERM should this process
 * die; a key process, which ends with the other side of its channels, gets
 * all, since its passphrases may be there.  Its pid; -1, and errno says why.
 * Call before threads.
 */
pid_t child_start(const struct child_order *order);

/*
 * Runs `function` in a copy of this process, which then ends: with status 0
 * where it was true, and 1 otherwise.  Its pid; -1, and errno says why.  Call
 * before threads.
 */
pid_t child_run(bool (*function)(void *context), void *context);

/* Whether a program of the name `name` (argv[0]) is one that child_start has
 * started, and as what. */
bool child_role_of(const char *name, enum child_role *role);

/* The name of such a child: "worker 1", "key process of the keeper". The
 * result is the caller's to free(). */
char *child_name(enum child_role role, unsigned number);

/* The descriptors of the `count` channels that this child was born with; the
 * caller's to free(). */
int *child_channels(size_t count);

/* Says to the supervisor that this child serves. */
void child_tell_ready(void);

#endif
