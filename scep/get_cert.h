/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GET_CERT_H
#define SCEPD_SCEP_GET_CERT_H

#include "scep/pki_operation.h"

/*
 * GetCert (RFC 8894 section 3.3.4): a certificate that was issued before.  The
 * three steps of its row in pki_operation.c.
 */

/* Reads the IssuerAndSerialNumber. ERR_CSR_MALFORMED. */
CHECKED enum err get_cert_parse(struct pki_operation *operation);

/*
 * Finds it, and whether the one who asks may have it: by the setting get_cert
 * everybody, or whoever has its key or a valid certificate of the same
 * subject.  ERR_CERTIFICATE_UNKNOWN either way, so that nobody learns what
 * there is; ERR_STORE.
 */
CHECKED enum err get_cert_authorise(struct pki_operation *operation);

/* Answers with what was found. */
CHECKED enum err get_cert_handle(struct pki_operation *operation);

#endif
