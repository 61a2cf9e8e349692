/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_OPTIONS_H
#define SCEPD_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * The options of a subcommand, as a table that getopt_long(3) is driven by
 * and the help is made from.  The table ends with a row without a name.
 */
struct options_row {
	const char *name;  /* "country", without its hyphens */
	const char *value; /* what stands for its value in the help: "CC";
	                    * NULL: it is a switch and has none */
	size_t offset;     /* of a const char * in the caller's struct, or of
	                    * a bool where it is a switch */
	const char *help;  /* lines of at most 50 characters */
};

/* A command line, or part of one. */
struct options_words {
	char **items;
	size_t count;
};

/*
 * Reads a command line, whose first word is the subcommand's name, into the
 * struct at `into`; what is not given stays as it is there.  *rest is what is
 * no option; the two may be mixed, and `words` is put into order.
 * ERR_CONFIGURATION, with every finding in `problems`, for options that are
 * unknown (the nearest one is named), given twice, without their value, or
 * with one that they do not have.
 */
CHECKED enum err options_read(struct options_words words,
    const struct options_row *rows, void *into, struct options_words *rest,
    struct problems *problems);

/* Appends what the help says of the options, a paragraph each. */
void options_append_help(struct buf *to, const struct options_row *rows);

/*
 * Appends `; did you mean "..."?` where a few slips of the keyboard explain
 * that `name` is not among `names`, which end with NULL.
 */
void options_append_nearest(struct buf *to, const char *name,
    const char *const *names);

#endif
