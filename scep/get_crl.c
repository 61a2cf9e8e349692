/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_crl.h"

#include <assert.h>

#include "crypto/der.h"

/* Of a CRL that is fetched by a plain GET, as those who check certificates do
 * by the thousands: in seconds, as a revocation is to be known soon. */
#define CACHED_FOR 60

/*
 * IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER } of
 * a certificate that the CRL is wanted for.  draft-nourse-scep-05 has one of
 * the CA and a CRLDistributionPoints instead, a SEQUENCE each.
 */
enum err
get_crl_parse(struct pki_operation *operation)
{
	struct der outer = der_of(pki_request_data(operation->request)), inner;
	struct bytes first;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &first);
	if (err == ERR_OK && der_next_is(&inner, DER_SEQUENCE))
		err = der_read_whole(&inner, DER_SEQUENCE, &first);
	else if (err == ERR_OK)
		err = der_read_integer(&inner, &operation->wanted);
	return err == ERR_OK ? ERR_OK : ERR_CSR_MALFORMED;
}

static enum err
find(const struct endpoint *endpoint, const struct authority *authority,
    struct stored_crl *crl)
{
	enum err err = ERR_STORE_NONE;

	if (backend_crl(authority->backend)->kind != BACKEND_CRL_NONE)
		err = store_crl_get(endpoint->store,
		    BYTES_ARRAY(authority->hash), crl);
	return err == ERR_STORE_NONE ? ERR_CRL_NONE : err;
}

/* While one CA takes another's place there are two CRLs: the one that is
 * wanted is the issuer's of the certificate, whose name may be either's. */
static enum err
choose(const struct pki_operation *operation,
    const struct authority **authority)
{
	const struct endpoint *endpoint = operation->endpoint;
	const struct authority *present = &endpoint->succession.present;
	struct stored_certificate stored = { 0 };
	enum err err = ERR_STORE_NONE;

	*authority = operation->authority;
	if (*authority == present || operation->wanted.size == 0)
		return ERR_OK;
	err = store_certificate_get(endpoint->store, BYTES_ARRAY(present->hash),
	    serial_number(operation->wanted), &stored);
	stored_certificate_clear(&stored);
	if (err == ERR_OK)
		*authority = present;
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

enum err
get_crl_authorise(struct pki_operation *operation)
{
	const struct authority *authority;
	enum err err = choose(operation, &authority);

	return err == ERR_OK ?
	    find(operation->endpoint, authority, &operation->crl) :
	    err;
}

enum err
get_crl_handle(struct pki_operation *operation)
{
	(void)operation;
	return ERR_OK;
}

const struct authority *
get_crl_at(const struct endpoint *endpoint, struct bytes path)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);

	for (size_t i = 0; i < count; i++) {
		const char *own = backend_crl(list[i]->backend)->path;

		if (own != NULL && bytes_equal_string(path, own))
			return list[i];
	}
	return NULL;
}

static enum err
serve(const struct endpoint *endpoint, const struct authority *authority,
    struct scep_exchange *exchange)
{
	struct stored_crl crl = { 0 };
	enum err err = ERR_HTTP_METHOD;

	if (bytes_equal_string(exchange->method, "GET") ||
	    bytes_equal_string(exchange->method, "HEAD"))
		err = find(endpoint, authority, &crl);
	if (err == ERR_OK) {
		exchange->status = 200;
		exchange->content_type = "application/pkix-crl";
		exchange->cached_for = CACHED_FOR;
		buf_append(&exchange->reply, buf_bytes(&crl.der));
	}
	stored_crl_clear(&crl);
	return err;
}

void
get_crl_serve(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	const struct authority *authority = get_crl_at(endpoint,
	    exchange->path);

	assert(authority != NULL);
	journal->endpoint = endpoint->path;
	journal->operation = "CRL";
	journal->result = "ok";
	journal->reason = serve(endpoint, authority, exchange);
	if (journal->reason == ERR_OK)
		return;
	scep_exchange_refuse(exchange, journal->reason);
	journal->result = "error";
}
