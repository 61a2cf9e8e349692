/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_crl.h"

#include "crypto/der.h"

/*
 * IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER } of
 * a certificate that the CRL is wanted for.  draft-nourse-scep-05 has one of
 * the CA and a CRLDistributionPoints instead, a SEQUENCE each.  An endpoint has
 * one CA, and that has one CRL.
 */
enum err
get_crl_parse(struct pki_operation *operation)
{
	struct der outer = der_of(pki_request_data(operation->request)), inner;
	struct der_element second;
	struct bytes first;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &first);
	if (err == ERR_OK)
		err = der_read_any(&inner, &second);
	if (err != ERR_OK ||
	    (second.tag != DER_INTEGER && second.tag != DER_SEQUENCE))
		return ERR_CSR_MALFORMED;
	return ERR_OK;
}

static enum err
find(const struct endpoint *endpoint, struct stored_crl *crl)
{
	enum err err = ERR_STORE_NONE;

	if (backend_crl(endpoint->backend)->kind != BACKEND_CRL_NONE)
		err = store_crl_get(endpoint->store,
		    BYTES_ARRAY(endpoint->authority), crl);
	return err == ERR_STORE_NONE ? ERR_CRL_NONE : err;
}

enum err
get_crl_authorise(struct pki_operation *operation)
{
	return find(operation->endpoint, &operation->crl);
}

enum err
get_crl_handle(struct pki_operation *operation)
{
	(void)operation;
	return ERR_OK;
}

bool
get_crl_has_path(const struct endpoint *endpoint, struct bytes path)
{
	const char *own = backend_crl(endpoint->backend)->path;

	return own != NULL && bytes_equal_string(path, own);
}

static enum err
serve(const struct endpoint *endpoint, struct scep_exchange *exchange)
{
	struct stored_crl crl = { 0 };
	enum err err = ERR_HTTP_METHOD;

	if (bytes_equal_string(exchange->method, "GET") ||
	    bytes_equal_string(exchange->method, "HEAD"))
		err = find(endpoint, &crl);
	if (err == ERR_OK) {
		exchange->status = 200;
		exchange->content_type = "application/pkix-crl";
		buf_append(&exchange->reply, buf_bytes(&crl.der));
	}
	stored_crl_clear(&crl);
	return err;
}

void
get_crl_serve(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	journal->endpoint = endpoint->path;
	journal->operation = "CRL";
	journal->result = "ok";
	journal->reason = serve(endpoint, exchange);
	if (journal->reason == ERR_OK)
		return;
	scep_exchange_refuse(exchange, journal->reason);
	journal->result = "error";
}
