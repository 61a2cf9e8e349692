/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_PKCS_REQ_H
#define SCEPD_SCEP_PKCS_REQ_H

#include "scep/pki_operation.h"

/*
 * PKCSReq (RFC 8894 section 3.3.1) and RenewalReq, which have the same content
 * and are told apart by who has signed them: the three steps of their rows in
 * pki_operation.c.
 */

/* Reads the PKCS#10 request and verifies its proof of possession. ERR_CSR_* */
CHECKED enum err pkcs_req_parse(struct pki_operation *operation);

/* Asks policy, unless the same request has an answer already. ERR_REPLY_KEY,
 * ERR_STORE, and what policy_decide answers. */
CHECKED enum err pkcs_req_authorise(struct pki_operation *operation);

/* Whether an answer can be enveloped for the key that a message is signed with.
 * ERR_REPLY_KEY, ERR_PUBLIC_KEY. */
CHECKED enum err pkcs_req_check_reply_key(const struct certificate *signer);

/* Begins or goes on with the transaction. What those answer (transaction.h). */
CHECKED enum err pkcs_req_handle(struct pki_operation *operation);

#endif
