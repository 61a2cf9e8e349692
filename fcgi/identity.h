/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_IDENTITY_H
#define SCEPD_FCGI_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/problems.h"

/* A user of the system, whom a process that root starts can become. */
struct identity {
	uid_t user;
	gid_t group;
	gid_t *groups; /* all of them, `group` included; owned */
	size_t group_count;
	char *name; /* owned */
};

/*
 * Looks a user up by name, with all its groups; not to be called from
 * threads.  ERR_CONFIGURATION, with a line in `problems` that names the
 * remedy, where there is none of that name, and for root, from whom nothing
 * can be kept.  The caller ends it with identity_clear.
 */
CHECKED enum err identity_find(const char *name, struct identity *identity,
    struct problems *problems);
void identity_clear(struct identity *identity);

/*
 * Becomes that user for good: for a child of root's that is about to run a
 * program.  False, and errno says why, where it can't, or where there were a
 * way back; the caller must end then, as it may be half changed.
 */
CHECKED bool identity_assume(const struct identity *identity);

/*
 * Whether that user can read the file: a child of root's tries, so that
 * folders, access lists and file systems have their say.  Where it can't be
 * found out, to be readable is taken for the answer.
 */
bool identity_can_read(const struct identity *identity, const char *path);

/*
 * Has that user, or this process where `identity` is NULL, look at something:
 * a child of root's does.  Returns what `look` has, and adds its findings;
 * ERR_OK where nobody could be had to look.
 */
CHECKED enum err identity_look(const struct identity *identity,
    enum err (*look)(void *context, struct problems *problems), void *context,
    struct problems *problems);

/*
 * Whether that user, or this process where `identity` is NULL, can open the
 * file to write, or make it where there is none.  Nothing is made; where it
 * can't be found out, it can.
 */
bool identity_can_write(const struct identity *identity, const char *path);

#endif
