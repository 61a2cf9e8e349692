/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GET_CRL_H
#define SCEPD_SCEP_GET_CRL_H

#include "scep/pki_operation.h"

/*
 * GetCRL (RFC 8894 section 3.3.5): the CA's newest CRL, which the keeper has
 * made (crl_make.h) or read (crl_import.h) before.  The three steps of its row
 * in pki_operation.c, and the same by a plain GET.
 */

/* Reads the IssuerAndSerialNumber; an older form of it (T31) too.
 * ERR_CSR_MALFORMED. */
CHECKED enum err get_crl_parse(struct pki_operation *operation);

/* Finds it, for everybody. ERR_CRL_NONE, ERR_STORE. */
CHECKED enum err get_crl_authorise(struct pki_operation *operation);

/* Answers with what was found. */
CHECKED enum err get_crl_handle(struct pki_operation *operation);

/* Which CA of the endpoint has its CRL at this path; NULL: none. */
const struct authority *get_crl_at(const struct endpoint *endpoint,
    struct bytes path);

/* Answers a GET at such a path (RFC 5280 section 4.2.1.13): fills the answer
 * and the journal. */
void get_crl_serve(const struct endpoint *endpoint,
    struct scep_exchange *exchange, struct journal *journal);

#endif
