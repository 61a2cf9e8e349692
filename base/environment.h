/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ENVIRONMENT_H
#define SCEPD_BASE_ENVIRONMENT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/*
 * What a program is told by its environment, which is made from nothing:
 * what is not given here it does not have.  Values may be a stranger's bytes;
 * names are our own, or the configuration's.
 */
struct environment_variable {
	const char *name; /* letters, digits and _, no digit first */
	struct bytes value;
	bool is_list; /* one a line: the value may have line feeds */
};

/* Where a program looks for others, as the value of PATH. */
#define ENVIRONMENT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * The strings that execve(2) wants, NULL at their end; the caller's, to
 * environment_free.  ERR_COMMAND_VALUE where a name is none, a value has a
 * zero octet, which would cut it, or one that is no list has a line break,
 * which a script would take for the end of it.
 */
CHECKED enum err environment_new(const struct environment_variable *variables,
    size_t count, char ***environment);

/* Wipes it; NULL is nothing. */
void environment_free(char **environment);

/* The value of the variable of this name: lent.  NULL where there is none. */
const char *environment_value(char *const *environment, const char *name);

#endif
