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

#define ENDPOINT_ROW \
	{ \
		"endpoint", "PATH", OPTION(endpoint), \
		    "the path of the endpoint, where there are several" \
	}

/* A table reads best as one. */
/* clang-format off */
#define EXPIRY_ROWS \
	{ "lifetime", "TIME", OPTION(lifetime), \
	    "for how long it is good: 30m, 12h, 30d; by default\n" \
	    CHALLENGE_LIFETIME }, \
	{ "expires", "DATE", OPTION(expires), \
	    "or until when: 2026-11-22 or 2026-11-22T08:30:00Z" }
/* clang-format on */

static const struct options_row derive_options[] = {
	ENDPOINT_ROW,
	{ "subject", "NAME", OPTION(subject),
	    "the subject that the device will ask for, exactly:\n"
	    "CN=router-17,O=Example" },
	{ "san", "NAMES", OPTION(san),
	    "and all of its alternative names:\n"
	    "dns:router-17.example.org,ip:192.0.2.17; also\n"
	    "email: and uri:; by default it has none" },
	{ "key", "FILE", OPTION(key),
	    "the key that it will have, as PEM: a public key, a\n"
	    "request or a private key; by default any" },
	EXPIRY_ROWS,
	{ "key-id", "ID", OPTION(key_id),
	    "the key to derive it with; by default the first in\n"
	    "the configuration" },
	{ "config", "FILE", OPTION(state.config),
	    "the configuration of scepd; by default that of\n"
	    "$SCEPD_CONFIG, or the usual one" },
	HELP_ROW,
	{ 0 },
};

static const struct state_action actions[] = {
	{ "derive", NULL, "make one for a device, of a key and its names",
	    derive_options, challenge_derive, STATE_UNOPENED },
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
