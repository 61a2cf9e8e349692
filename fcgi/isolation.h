/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_ISOLATION_H
#define SCEPD_FCGI_ISOLATION_H

#include "base/snapshot.h"
#include "fcgi/identity.h"
#include "fcgi/settings.h"

/*
 * What keeps keys from workers.  Started as root, two users: workers run as
 * one, key processes as another, and the first can read no key.  Started as a
 * user, landlock and a filter of system calls (sandbox.h), which are there in
 * the first case as well.
 */
struct isolation {
	bool by_user; /* started as root; otherwise the rest is empty */
	struct identity user;
	struct identity key_user;
};

/* Finds out whom the children are to run as; to be cleared by isolation_clear,
 * also after ERR_CONFIGURATION, which has a line in `problems`. */
CHECKED enum err isolation_find(const struct settings *settings,
    struct isolation *isolation, struct problems *problems);

void isolation_clear(struct isolation *isolation);

/*
 * Makes the folder of the state database where there is none and we are root:
 * for the user that workers run as, and nobody else.  ERR_CONFIGURATION, with
 * a line in `problems`, where there can be none.
 */
CHECKED enum err isolation_make_state(const struct isolation *isolation,
    const struct settings *settings, struct problems *problems);

/*
 * Checks that it holds, for the keys that `snapshot` has: ERR_CONFIGURATION
 * where workers could read a key, the keeper could not open its lock, or
 * workers not the state database, as far as that can be seen without opening
 * it; a warning where it guards less than it should.
 */
CHECKED enum err isolation_check(const struct isolation *isolation,
    const struct settings *settings, const struct snapshot *snapshot,
    struct problems *problems);

/* Whom workers and the keeper run as; NULL: the user that scepd was started
 * as. */
const struct identity *isolation_user(const struct isolation *isolation);

#endif
