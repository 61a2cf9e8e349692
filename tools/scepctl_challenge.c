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
	    "1h, or what the configuration says of those that\n" \
	    "are minted" }, \
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
	    "email:, uri: and upn:; \"\\,\" for a comma in one; by\n"
	    "default it has none" },
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

static const struct options_row new_options[] = {
	ENDPOINT_ROW,
	{ "subject", "PATTERN", OPTION(subject),
	    "the subject that it is for: CN=router-17,O=Example\n"
	    "or CN=router-*,O=Example; by default any" },
	{ "san", "PATTERNS", OPTION(san),
	    "the alternative names that may be asked for beside\n"
	    "--subject, of which none has to be:\n"
	    "dns:*.example.org,ip:192.0.2.17; by default none, or\n"
	    "any where there is no subject" },
	EXPIRY_ROWS,
	{ "profile", "NAME", OPTION(profile),
	    "the profile that its certificates are by; by\n"
	    "default what the endpoint says" },
	{ "uses", "N", OPTION(uses),
	    "how many certificates it is good for; by default 1" },
	{ "count", "N", OPTION(count),
	    "how many of them to make; by default 1" },
	{ "ndes", NULL, OPTION(ndes),
	    "of the form that NDES has: 16 digits, and shorter\n"
	    "than it should be" },
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row list_options[] = {
	{ "endpoint", "PATH", OPTION(endpoint), "of this endpoint alone" },
	{ "all", NULL, OPTION(all),
	    "those too that are used or have expired, and those\n"
	    "derived ones that were used" },
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row revoke_options[] = {
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "new", NULL, "make one that can be used once", new_options,
	    challenge_new, STATE_PARTLY },
	{ "list", NULL, "list those that can be used still", list_options,
	    challenge_list, STATE_WHOLE },
	{ "revoke", "NUMBER", "make one useless", revoke_options,
	    challenge_revoke, STATE_WHOLE },
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
