/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_H
#define SCEPD_POLICY_CHALLENGE_H

#include "base/bytes.h"
#include "conf/conf.h"

/*
 * Which challenge passwords an endpoint takes: the setting `challenge` of its
 * section `enrol` (enrol.h).
 *     challenge = ( { type = "static"; secret = "..."; } );
 */
struct challenges;

/* What the section says of them. */
struct challenges_settings {
	struct conf_sections entries;
	bool anonymous; /* there are none, on purpose */
	bool approved;  /* somebody looks at each request */
};

/* Reads the entries of `section`; the result is the caller's, to
 * challenges_free.  ERR_CONFIGURATION with lines in `problems`. */
CHECKED enum err challenges_read(const struct conf_section *section,
    const struct challenges_settings *settings, struct challenges **challenges,
    struct problems *problems);

void challenges_free(struct challenges *challenges);

/*
 * Whether the password that a request presented (UTF-8; of size 0: none) is
 * one that the endpoint takes.  *vouched says whether a password did it,
 * rather than the endpoint being anonymous.  The time taken does not depend
 * on what the secrets are.  ERR_CHALLENGE_MISSING, ERR_CHALLENGE_WRONG: an
 * anonymous endpoint refuses nothing.
 */
CHECKED enum err challenges_check(const struct challenges *challenges,
    struct bytes password, bool *vouched);

#endif
