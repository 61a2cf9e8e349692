/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_STATE_H
#define SCEPD_TOOLS_STATE_H

#include <stdbool.h>

#include "store/store.h"
#include "tools/options.h"

/*
 * Commands that work on the state database beside a running scepd.  Such a
 * command, "pending", has actions, "list", with options of their own; the
 * struct that these fill begins with a struct state_wishes.
 */
struct state_wishes {
	const char *file;   /* --state */
	const char *config; /* --config: whose setting "state" names it */
	bool json;
	bool help;
};

/* The row of those that print what they find. */
#define STATE_JSON_ROW \
	{ \
		"json", NULL, offsetof(struct state_wishes, json), \
		    "print JSON, for scripts" \
	}

/* The rows that every action's table ends with. A table reads best as one. */
/* clang-format off */
#define STATE_OPTION_ROWS \
	{ "state", "FILE", offsetof(struct state_wishes, file), \
	    "the state database; by default that of the\n" \
	    "configuration" }, \
	{ "config", "FILE", offsetof(struct state_wishes, config), \
	    "the configuration of scepd; by default that of\n" \
	    "$SCEPD_CONFIG, or the usual one" }, \
	{ "help", NULL, offsetof(struct state_wishes, help), \
	    "show this text" }, \
	{ 0 }
/* clang-format on */

/* What an action is run with. */
struct state_call {
	const struct state_wishes *wishes;
	const char *operand;           /* the first, or NULL */
	struct options_words operands; /* all */
	const char *path;              /* of the state database; NULL, and */
	struct store *store;           /* NULL, where it is not opened */
	struct buf *output;
	struct problems *problems;
};

/* How an action is run. */
enum state_manner {
	STATE_WHOLE,   /* on the open store; it fails or it has done it all */
	STATE_PARTLY,  /* likewise; it tells what it has done also where it
	                * fails */
	STATE_UNOPENED /* it has no use for an open store */
};

struct state_action {
	const char *name;
	/* What stands for it in the help: "NUMBER"; "[NUMBER]" where it may be
	 * missing, "FILE..." where there may be several; or NULL. */
	const char *operand;
	const char *help;
	const struct options_row *options;
	enum err (*run)(const struct state_call *call);
	enum state_manner manner;
};

/* A command: its actions end with a row without a name. */
struct state_command {
	const char *name;
	const struct state_action *actions;
};

/*
 * Runs the action that argv[1] names; argv[0] is the command's name.  Fills
 * the struct at `wishes`, opens the store and closes it.  ERR_CONFIGURATION
 * for a command line that makes no sense, ERR_FILE where the database can't be
 * found or opened, and what the action returns; all with a line in
 * `problems`.
 */
CHECKED enum err state_run(const struct state_command *command,
    struct options_words words, void *wishes, struct buf *output,
    struct problems *problems);

/* The path of the state database, which state_run finds for those on an open
 * store; the caller's to free().  ERR_FILE with a line in `problems`. */
CHECKED enum err state_path(const struct state_wishes *wishes, char **path,
    struct problems *problems);

/* What states of transactions are called. */
extern const char *const state_transaction_names[TRANSACTION_STATES];

/* Reads a date as RFC 3339 has it in UTC, "2026-11-22T08:30:00Z", or without
 * its time.  ERR_CONFIGURATION with a line in `problems` that calls it `what`.
 */
CHECKED enum err state_time(const char *what, const char *text,
    int64_t *seconds, struct problems *problems);

/* Reads a number from 1 on. ERR_CONFIGURATION with a line in `problems` that
 * calls it `what`. */
CHECKED enum err state_number(const char *what, const char *text,
    int64_t *number, struct problems *problems);

#endif
