/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_PROFILES_H
#define SCEPD_POLICY_PROFILES_H

#include "policy/profile.h"

/*
 * The setting `profile` of an endpoint: a section, or a list of them, which
 * then have names.
 *     profile = ( { name = "router"; days = 365; },
 *         { name = "phone"; for = { template = "Phone"; }; } );
 */

/* A name has this many characters at most: ASCII letters, digits, "-", "_" and
 * ".". */
#define PROFILE_NAME_LIMIT 64

/* Constant once read. */
struct profiles {
	struct profile *items; /* the first is the default */
	size_t count;          /* 1 at least */
};

/*
 * Reads the sections, or sets the defaults where there are none, for one
 * profile without a name.  To be cleared by profiles_clear, also after
 * ERR_CONFIGURATION: besides what profile_read refuses, a name that is none or
 * there twice, one of several profiles that has none, and a default that is for
 * some requests only.
 */
CHECKED enum err profiles_read(const struct conf_sections *sections,
    struct profiles *profiles, struct problems *problems);

void profiles_clear(struct profiles *profiles);

/* The profile of that name, or the default where it is nothing (size 0); NULL:
 * there is none. */
const struct profile *profiles_find(const struct profiles *profiles,
    struct bytes name);

/* The profile that a request chooses, by what it says of itself: the first that
 * is for it, or else the default. */
const struct profile *profiles_choose(const struct profiles *profiles,
    const struct csr *csr);

#endif
