/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_SUBJECT_H
#define SCEPD_POLICY_SUBJECT_H

#include "base/bytes.h"
#include "base/err.h"

/* All far above what devices have (RFC 5280's bounds are 64 characters for
 * most attributes, and many devices pass them). */
#define SUBJECT_MAX_SIZE 4096 /* octets of DER */
#define SUBJECT_MAX_VALUE 256 /* characters of an attribute's value */

/*
 * Whether a device may have this subject, a Name, whole.  ERR_SUBJECT where
 * it is larger than the bounds above or malformed, a value has control
 * characters, or it equals (name_equal) one of the `count` names `own` of the CA
 * and the RA.  An empty one is fine here; names.h has what profiles say.
 */
CHECKED enum err subject_check(struct bytes subject, const struct bytes *own,
    size_t count);

#endif
