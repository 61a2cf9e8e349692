/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CHALLENGE_H
#define SCEPD_TOOLS_CHALLENGE_H

#include "policy/challenge_terms.h"
#include "tools/record.h"
#include "tools/state.h"

/*
 * What the files of `scepctl challenge` share:
 *
 *   scepctl_challenge.c  the table of actions, and their options
 *   challenge_derive.c   derive
 *   challenge_hash.c     hash
 *   challenge_new.c      new
 *   challenge_list.c     list, revoke
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
	const char *uses;
	const char *count;
	const char *profile;
	bool ndes;
	bool all;
};

const struct challenge_wishes *challenge_wishes(const struct state_call *call);

/* Until when --expires or --lifetime say; where neither does, for `lifetime`
 * seconds (challenge_derive.c).  ERR_CONFIGURATION. */
CHECKED enum err challenge_expiry(const struct state_call *call, int64_t now,
    int64_t lifetime, int64_t *expires_at);

/* What one is for: "subject" and "san" (challenge_list.c). */
void challenge_record_terms(struct record *record,
    const struct challenge_terms *terms);

/* Actions */

enum err challenge_derive(const struct state_call *call);
enum err challenge_list(const struct state_call *call);
enum err challenge_new(const struct state_call *call);
enum err challenge_revoke(const struct state_call *call);
enum err challenge_hash(const struct state_call *call);

#endif
