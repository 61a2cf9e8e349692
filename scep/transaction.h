/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_TRANSACTION_H
#define SCEPD_SCEP_TRANSACTION_H

#include "scep/pki_operation.h"

/*
 * A request for a certificate as a conversation (RFC 8894 section 2.3), which
 * goes on after lost answers, crashes and days of waiting.
 *
 * What is to be signed is in the store before it is signed, and the
 * certificate before it is answered, so that whoever asks again gets the same
 * one; whichever process did the work, and however often it was begun.
 */

/*
 * Finds the transaction of this transactionID and signer, the newest one;
 * operation->transaction.number is 0 where there is none.  operation->is_same
 * says whether it is about the very request that came (operation->csr, if
 * any), so that transaction_continue has its answer.  ERR_STORE.
 */
CHECKED enum err transaction_look_up(struct pki_operation *operation);

/*
 * Goes on with what was found: the certificate is in operation->certificate,
 * or operation->pending says that it takes longer.  ERR_REQUEST_REJECTED,
 * ERR_REQUEST_LAPSED, ERR_CERTIFICATE_REVOKED; what policy_resume and the
 * backend answer; ERR_STORE.
 */
CHECKED enum err transaction_continue(struct pki_operation *operation);

/* Begins one by operation->verdict, and goes on with it likewise.
 * ERR_DUPLICATE, ERR_STORE_FULL. */
CHECKED enum err transaction_begin(struct pki_operation *operation);

#endif
