/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_TERMS_H
#define SCEPD_POLICY_CHALLENGE_TERMS_H

#include "policy/challenge_names.h"

/*
 * What a challenge password that is minted is for, as it is remembered:
 *     subject  "CN=router-*,O=Example": all of a subject, as challenge_names.h
 *              has it, with a pattern (pattern.h) for each value; nothing: any
 *     names    patterns (name_patterns.h), a line each, one of which each
 *              alternative name has to fit
 * Where there are neither, it is for all names; where there is a subject alone,
 * for no alternative name.
 */
struct challenge_terms {
	struct bytes subject;
	struct bytes names;
};

/* Whether names fit the terms, in which there is no fault. */
bool challenge_terms_fit(const struct challenge_terms *terms,
    const struct challenge_names *names);

/* Whether they are one set of names, and no pattern of many. */
bool challenge_terms_are_exact(const struct challenge_terms *terms);

/* What is wrong with them, as words for a finding; NULL: nothing. */
const char *challenge_terms_fault(const struct challenge_terms *terms);

#endif
