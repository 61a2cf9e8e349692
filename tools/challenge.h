/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CHALLENGE_H
#define SCEPD_TOOLS_CHALLENGE_H

#include "tools/state.h"

/*
 * What the files of `scepctl challenge` share:
 *
 *   scepctl_challenge.c  the table of actions, and their options
 *   challenge_hash.c     hash
 */

/* The options of all actions; the first field as state.h wants it. */
struct challenge_wishes {
	struct state_wishes state;
	const char *beside;
};

const struct challenge_wishes *challenge_wishes(const struct state_call *call);

/* Actions */

enum err challenge_hash(const struct state_call *call);

#endif
