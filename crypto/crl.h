/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CRL_H
#define SCEPD_CRYPTO_CRL_H

#include "crypto/der.h"
#include "crypto/signed_object.h"

/*
 * Certificate revocation lists (RFC 5280 section 5), read and made.
 *
 * A CRL that was read is its DER and views into it.  Its entries are read one
 * after the other, since there may be a hundred thousand.
 */
struct crl {
	struct buf der;
	struct signed_object outer; /* the TBSCertList and its signature */
	struct bytes issuer;        /* Name, whole */
	struct bytes number; /* cRLNumber, big-endian; nothing: it has none */
	int64_t this_update; /* seconds since 1970 */
	int64_t next_update; /* 0: it has none */
	bool is_partial;     /* a critical extension makes it speak of some
	                      * certificates only, or of changes */
	struct der entries;  /* for crl_next_entry */
};

/* CRLReason (RFC 5280 section 5.3.1), as far as they have a meaning here. */
#define CRL_REASON_UNSPECIFIED 0
#define CRL_REASON_CERTIFICATE_HOLD 6
#define CRL_REASON_REMOVE_FROM_CRL 8

/* One revoked certificate. */
struct crl_entry {
	struct bytes serial; /* big-endian, without leading zeros */
	int64_t revoked_at;
	int reason; /* CRLReason; unspecified: it has none */
};

/* Reads a CRL, version 1 or 2, from its DER, which is copied.  The result is
 * the caller's, to crl_free.  ERR_CRL_MALFORMED. */
CHECKED enum err crl_read(struct bytes der, struct crl **crl);

void crl_free(struct crl *crl);

/* Whether it is that CA's: by its name and its signature. */
struct certificate;
bool crl_is_issued_by(const struct provider *provider, const struct crl *crl,
    const struct certificate *ca);

/* Reads the next of `entries`, which are not at their end.
 * ERR_CRL_MALFORMED. */
CHECKED enum err crl_next_entry(struct der *entries, struct crl_entry *entry);

/* What a CRL to be made says.  All views are borrowed. */
struct crl_order {
	struct bytes issuer; /* Name, whole */
	struct bytes authority_key_id;
	struct bytes extensions; /* in place of that of authority_key_id:
	                          * Extensions as DER in a row; or nothing */
	int64_t number;          /* cRLNumber, which stands behind them */
	int64_t this_update;
	int64_t next_update;
	struct bytes entries; /* of crl_append_entry, in a row; or nothing */
};

/* Appends an entry: crlEntryExtensions only where there is a reason to
 * tell. */
void crl_append_entry(struct buf *to, const struct crl_entry *entry);

/* Appends the TBSCertList, version 2, for signed_object_append with a key of
 * this scheme and digest. */
void crl_append_tbs(struct buf *tbs, const struct crl_order *order,
    enum signature_scheme scheme, enum digest digest);

#endif
