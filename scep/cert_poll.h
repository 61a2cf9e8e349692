/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_CERT_POLL_H
#define SCEPD_SCEP_CERT_POLL_H

#include "scep/pki_operation.h"

/*
 * CertPoll (RFC 8894 section 3.3.3), which was called GetCertInitial: what
 * became of a request that was held.  The three steps of its row in
 * pki_operation.c.
 */

/* Reads the IssuerAndSubject, of which nothing is needed: clients write what
 * they like (T30). ERR_CSR_MALFORMED. */
CHECKED enum err cert_poll_parse(struct pki_operation *operation);

/* Finds the request by transactionID and the key that has signed both.
 * ERR_POLL_UNKNOWN, ERR_STORE. */
CHECKED enum err cert_poll_authorise(struct pki_operation *operation);

/* Goes on with it. What transaction_continue answers. */
CHECKED enum err cert_poll_handle(struct pki_operation *operation);

#endif
