/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_HELD_H
#define SCEPD_POLICY_HELD_H

#include "policy/profile.h"

/*
 * A request that somebody has to look at, as it is kept until then: what a
 * certificate would be made of, without the challenge password, which was
 * checked before.  In DER:
 *     SEQUENCE { subject Name, key SubjectPublicKeyInfo,
 *         extensions [0] EXPLICIT OPTIONAL, altNames [1] EXPLICIT OPTIONAL,
 *         namesAreSettled BOOLEAN, days INTEGER OPTIONAL,
 *         namesAreVouched BOOLEAN DEFAULT FALSE }
 */

/* Appends it. */
void held_append(struct buf *to, const struct profile_request *request);

/* Reads it back; views into `held`. ERR_CSR_MALFORMED. */
CHECKED enum err held_read(struct bytes held, struct profile_request *request);

#endif
