/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_CERTS_H
#define SCEPD_CRYPTO_CMS_CERTS_H

#include "base/buf.h"
#include "base/err.h"

/* Degenerate SignedData (RFC 8894 section 3.4): certificates, or a CRL, and no
 * signer. */

/* Appends one with these certificates (DER each) in this order, the leaf
 * first: not sorted as DER would have it, since clients take the first (E8). */
void cms_certs_append(struct buf *to, const struct bytes *certificates,
    size_t count);

/*
 * Reads one, after ber_normalise: views of at most `limit` certificates, in
 * their order; the array may be written to also where an error follows.
 * ERR_SIGNED_CERTIFICATES where there are more, ERR_SIGNED_TYPE, ERR_DER_*.
 */
CHECKED enum err cms_certs_read(struct bytes der, struct bytes *certificates,
    size_t limit, size_t *count);

/* Appends one with this CRL and no certificate (E8). */
void cms_certs_append_crl(struct buf *to, struct bytes crl);

/* Reads one, after ber_normalise: a view of the first CRL in it.
 * ERR_CRL_MALFORMED where there is none; ERR_SIGNED_TYPE, ERR_DER_*. */
CHECKED enum err cms_certs_read_crl(struct bytes der, struct bytes *crl);

#endif
