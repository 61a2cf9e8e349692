/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_ENDPOINT_GUARD_H
#define SCEPD_SCEP_ENDPOINT_GUARD_H

#include "crypto/guarded_keys.h"
#include "scep/endpoint.h"

/*
 * What the keys of an endpoint may do, as a key process enforces it: the CA's
 * signs the certificates that the profiles lead to; the RA's, or the CA's
 * where there is none, answers and opens requests; and the CA's opens those
 * that are addressed to it though there is an RA (T16).
 */

/* Adds them to a key process's table. The endpoint must outlive it. */
void endpoint_guard_add(const struct endpoint *endpoint,
    struct guarded_keys *keys);

/*
 * Whether certificates by each of the endpoint's profiles would be signed at
 * the time `now`.  ERR_CONFIGURATION where not, with a line in `problems` that
 * has the place of the profile, or of `section`, the endpoint's, where that has
 * none.
 */
CHECKED enum err endpoint_guard_check(const struct endpoint *endpoint,
    const struct conf_section *section, int64_t now, struct problems *problems);

#endif
