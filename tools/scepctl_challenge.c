/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_challenge.h"

#include "tools/challenge.h"

#define OPTION(field) offsetof(struct challenge_wishes, field)

#define HELP_ROW \
	{ \
		"help", NULL, OPTION(state.help), "show this text" \
	}

static const struct options_row hash_options[] = {
	{ "beside", "HASH", OPTION(beside),
	    "a hash that stands at the same endpoint already:\n"
	    "all that are made beside it are checked at the\n"
	    "cost of one" },
	HELP_ROW,
	{ 0 },
};

static const struct state_action actions[] = {
	{ "hash", NULL, "make hashes of secrets, which stand on stdin",
	    hash_options, challenge_hash, STATE_UNOPENED },
	{ 0 },
};

const struct challenge_wishes *
challenge_wishes(const struct state_call *call)
{
	return (const struct challenge_wishes *)call->wishes;
}

enum err
scepctl_challenge(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "challenge", actions };
	struct options_words words = { argv, (size_t)argc };
	struct challenge_wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
