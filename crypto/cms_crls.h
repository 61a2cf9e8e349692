/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_CRLS_H
#define SCEPD_CRYPTO_CMS_CRLS_H

#include "base/bytes.h"
#include "base/err.h"

/*
 * Reads the CRLs of a degenerate SignedData (RFC 8894 section 4.6), after
 * ber_normalise: views of at most `limit`, in their order; the array may be
 * written to also where an error follows.  ERR_SIGNED_CERTIFICATES where
 * there are more, ERR_SIGNED_TYPE, ERR_DER_*.
 */
CHECKED enum err cms_crls_read(struct bytes der, struct bytes *crls,
    size_t limit, size_t *count);

#endif
