/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CSR_H
#define SCEPD_CRYPTO_CSR_H

#include "crypto/signed_object.h"
#include "crypto/validity_wish.h"

/*
 * PKCS#10 certification requests (RFC 2986), read and made.
 *
 * A request that was read is its DER and views into it, but for the challenge
 * password, which is converted to UTF-8.  Both are wiped by csr_free.
 */
struct csr {
	struct buf der;
	struct signed_object outer; /* CertificationRequestInfo, signature */
	struct signature_algorithm algorithm;
	struct bytes subject;    /* Name, whole */
	struct bytes spki;       /* SubjectPublicKeyInfo, whole */
	struct bytes extensions; /* those asked for, whole; or nothing */
	struct buf challenge;    /* challengePassword in UTF-8; empty: none */
	struct validity_wish validity;
};

/*
 * Reads a request from its DER, which is copied, and verifies that it is
 * signed with the key that it asks a certificate for (proof of possession).
 * Extensions are found under all three names of T28; unknown attributes are
 * passed over, and so is what validity_wish_read does not understand; an empty challengePassword counts as none (T27).
 *
 * ERR_CSR_MALFORMED, ERR_CSR_ATTRIBUTE (also for two passwords, or one of
 * over 1024 octets), ERR_CSR_KEY, ERR_CSR_ALGORITHM, ERR_CSR_SIGNATURE: all
 * with the same public text.  The result is the caller's, to csr_free.
 */
CHECKED enum err csr_read(const struct provider *provider, struct bytes der,
    struct csr **csr);

void csr_free(struct csr *csr);

/* What a request to be made says. Views are borrowed. */
struct csr_order {
	struct bytes subject;    /* Name, whole */
	struct bytes challenge;  /* UTF-8, or nothing */
	struct bytes extensions; /* SEQUENCE OF Extension, or nothing */
};

/* Appends a request signed with `key`, for its public half. ERR_SIGN. */
CHECKED enum err csr_append(struct buf *to, const struct csr_order *order,
    const struct key *key);

#endif
