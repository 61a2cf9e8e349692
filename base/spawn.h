/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_SPAWN_H
#define SCEPD_BASE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * How another's program is started, without a shell, at a cost that does not
 * grow with our memory (posix_spawn(3)).  It begins with
 *
 *   - the arguments, the environment and the descriptors given, and no others;
 *   - a session, and a process group, of its own, and no terminal: the group
 *     has the number of the process;
 *   - all signals as they are by default, and none of them blocked.
 *
 * It runs as the user that we are.  Who starts it, the keeper, is root
 * nowhere, so it could not change the user, nor end what runs as another one, by
 * sudo(8) or the like.
 */
struct spawn_order {
	/* NULL at the end.  The first is the program: an absolute path, or a
	 * name that is looked for in the folders of the PATH in `environment`.
	 * Of those, relative ones are passed over. */
	char *const *arguments;
	char *const *environment; /* environment_new has made it */
	const char *directory;    /* to run in: absolute */

	const int *descriptors; /* what it has as 0, 1 and so on */
	size_t descriptor_count;
};

struct spawn_failure {
	int cause;         /* errno */
	const char *place; /* the program or directory it is about, of the
			    * order's strings */
};

/* False, and `failure` says why, where the program can't be started.  Who has
 * started one waits for its end (waitpid(2)). */
CHECKED bool spawn_program(const struct spawn_order *order, pid_t *pid,
    struct spawn_failure *failure);

#endif
