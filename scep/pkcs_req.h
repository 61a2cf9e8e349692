/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_PKCS_REQ_H
#define SCEPD_SCEP_PKCS_REQ_H

#include "scep/pki_operation.h"

/*
 * PKCSReq (RFC 8894 section 3.3.1), first enrolment: the three steps of its
 * row in pki_operation.c.
 */

/* Reads the PKCS#10 request and verifies its proof of possession. ERR_CSR_* */
CHECKED enum err pkcs_req_parse(struct pki_operation *operation);

/* Asks policy. ERR_REPLY_KEY, and what policy_decide answers. */
CHECKED enum err pkcs_req_authorise(struct pki_operation *operation);

/* Has the backend prepare and sign. What those answer. */
CHECKED enum err pkcs_req_handle(struct pki_operation *operation);

#endif
