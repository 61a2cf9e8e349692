/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_BER_H
#define SCEPD_CRYPTO_BER_H

#include "base/buf.h"
#include "base/err.h"

/* Limits of what is normalised; no real message comes near them. */
#define BER_MAX_SIZE (1024 * 1024) /* octets of one message */
#define BER_MAX_DEPTH 32           /* elements inside elements */
#define BER_MAX_ELEMENTS 20000     /* elements, string segments included */

/*
 * Appends to `der` what `ber` says, with definite lengths in their shortest
 * form and with constructed strings of the universal class made primitive
 * (rule T10).  Everything else, the order of SETs too, stays as it was, and
 * what was DER already comes out unchanged.
 *
 * A constructed [n] is left constructed, since only its reader can know
 * whether it is a string in segments; the strings in it are primitive.
 *
 * Cost is linear in the input.  ERR_BER_*: see err_list.h.  One element and
 * nothing behind it: ERR_BER_TRAILING.
 */
CHECKED enum err ber_normalise(struct bytes ber, struct buf *der);

#endif
