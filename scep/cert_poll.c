/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/cert_poll.h"

#include "crypto/der.h"
#include "scep/transaction.h"

/*
 * IssuerAndSubject ::= SEQUENCE { issuer Name, subject Name }.  The two are
 * swapped, reversed or those of somebody else in so many clients that they
 * tell nothing; what counts is in the signed attributes.
 */
enum err
cert_poll_parse(struct pki_operation *operation)
{
	struct der outer = der_of(pki_request_data(operation->request)), inner;
	struct bytes ignored;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &ignored);
	return err == ERR_OK ? ERR_OK : ERR_CSR_MALFORMED;
}

enum err
cert_poll_authorise(struct pki_operation *operation)
{
	enum err err = transaction_look_up(operation);

	if (err == ERR_OK && operation->transaction.number == 0)
		err = ERR_POLL_UNKNOWN;
	return err;
}

enum err
cert_poll_handle(struct pki_operation *operation)
{
	return transaction_continue(operation);
}
