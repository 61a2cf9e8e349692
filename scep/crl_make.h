/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_CRL_MAKE_H
#define SCEPD_SCEP_CRL_MAKE_H

#include "scep/endpoint.h"

/*
 * Makes a new CRL of a CA of an endpoint (RFC 5280 section 5), and puts it into
 * the store, where there is none, where what is revoked has changed since the
 * last one, and where half of that one's life has passed.  Never on request,
 * since one of a hundred thousand certificates takes its time.
 *
 * Its number is the one that backend_take_crl_number has for it, larger than
 * the last one's: it never goes back, and goes on from those that the CA has
 * made by other means.  Only the keeper makes CRLs.  A certificate is in it
 * until one CRL was made after its end.  Nothing to do for a CA whose CRLs are
 * not made here.
 *
 * ERR_SIGN, ERR_STORE; ERR_INDEX_LOCKED, ERR_INDEX, ERR_INDEX_DAMAGED where
 * there is no number to be had, and the log says why.
 */
CHECKED enum err crl_make_if_due(const struct endpoint *endpoint,
    const struct authority *authority, int64_t now);

#endif
