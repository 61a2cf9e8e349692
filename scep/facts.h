/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_FACTS_H
#define SCEPD_SCEP_FACTS_H

#include "scep/pki_operation.h"

/* Gathers what policy has to know of a request for a certificate, and of who
 * has signed it.  Views the operation, where what is remembered of its challenge
 * password is kept.  ERR_STORE. */
CHECKED enum err facts_gather(struct pki_operation *operation,
    struct facts *facts);

/* Gathers what is known of the certificate that the message is signed with.
 * ERR_STORE. */
CHECKED enum err facts_of_signer(const struct pki_operation *operation,
    struct renewal_signer *signer);

/*
 * Counts the active certificates of the names that the verdict's authorisation
 * is for, which is not counted yet, as policy_count wants it: those of the CA
 * that issues, but for the one that operation->renews.  ERR_STORE.
 */
CHECKED enum err facts_count_active(const struct pki_operation *operation,
    int64_t *active);

#endif
