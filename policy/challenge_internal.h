/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_INTERNAL_H
#define SCEPD_POLICY_CHALLENGE_INTERNAL_H

#include "policy/challenge.h"
#include "policy/challenge_names.h"

/*
 * A kind of challenge password: one const struct at the end of its own file,
 * and its row in challenge.c.  All entries of a kind, of one endpoint, have one
 * state, so that they can share what is costly.
 */
struct challenge_kind {
	/* Reads one more entry into *state, which is NULL before the first, and
	 * is to be freed by the caller in any case. ERR_CONFIGURATION with lines
	 * in `problems`. */
	enum err (*read)(const struct conf_section *section, void **state,
	    struct problems *problems);

	/*
	 * Judges a password that is not empty, by all entries: the time must
	 * not depend on which of them it is, or whether it is one.  The answer
	 * is filled in where it is ERR_OK.  ERR_CHALLENGE_WRONG where it is
	 * none of this kind, and another's turn; another reason where it is
	 * one, but can't be used for this.
	 */
	enum err (*check)(const void *state,
	    const struct challenge_request *request,
	    const struct challenge_names *names,
	    struct challenge_answer *answer);

	/* Whether one can be for just the names that are asked for. */
	bool is_for_names;

	/* Whether it has to know what is remembered; NULL: it has not. */
	bool (*is_counted)(const void *state);

	void (*free)(void *state);
};

extern const struct challenge_kind challenge_derived;
extern const struct challenge_kind challenge_one_time;
extern const struct challenge_kind challenge_static;

/* What challenges_find_key does, of the kind's own state. */
bool challenge_derived_find(const void *state, const char *id,
    struct challenge_key *key);

/* What challenges_mint_for does, likewise. */
int64_t challenge_one_time_lifetime(const void *state);

#endif
