/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CHALLENGE_H
#define SCEPD_TOOLS_CHALLENGE_H

#include "tools/state.h"

/*
 * What the files of `scepctl challenge` share:
 *
 *   scepctl_challenge.c  the table of actions, and their options
 *   challenge_derive.c   derive
 *   challenge_hash.c     hash
 */

/* The options of all actions; the first field as state.h wants it. */
struct challenge_wishes {
	struct state_wishes state;
	const char *beside;
	const char *endpoint;
	const char *subject;
	const char *san;
	const char *key;
	const char *key_id;
	const char *expires;
	const char *lifetime;
};

/* For how long one is good, where nobody says. */
#define CHALLENGE_LIFETIME "1h"

const struct challenge_wishes *challenge_wishes(const struct state_call *call);

/* Until when --expires or --lifetime say (challenge_derive.c).
 * ERR_CONFIGURATION. */
CHECKED enum err challenge_expiry(const struct state_call *call,
    int64_t *expires_at);

/* Actions */

enum err challenge_derive(const struct state_call *call);
enum err challenge_hash(const struct state_call *call);

#endif
