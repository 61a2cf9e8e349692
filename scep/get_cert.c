/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_cert.h"

#include "crypto/der.h"
#include "crypto/name.h"
#include "scep/facts.h"

/*
 * IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER }.
 * The issuer is the CA by its subject or, in some clients, its issuer, or the
 * RA (T31); so it is not looked at, and the number tells enough.
 */
enum err
get_cert_parse(struct pki_operation *operation)
{
	struct der outer = der_of(pki_request_data(operation->request)), inner;
	struct bytes issuer;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &issuer);
	if (err == ERR_OK)
		err = der_read_integer(&inner, &operation->wanted);
	return err == ERR_OK ? ERR_OK : ERR_CSR_MALFORMED;
}

/* Whoever has signed with its key has it; who has another certificate in the
 * same name, by this CA and valid, is taken for the same device. */
static bool
is_own(const struct stored_certificate *stored, struct bytes signer_key,
    const struct renewal_signer *signer, int64_t now)
{
	const struct certificate *certificate = signer->certificate;

	if (bytes_equal(buf_bytes(&stored->key), signer_key))
		return true;
	return signer->is_issued && !signer->is_revoked &&
	    now >= certificate->not_before && now <= certificate->not_after &&
	    name_equal(certificate->subject, buf_bytes(&stored->subject));
}

static enum err
check_reader(const struct pki_operation *operation,
    const struct stored_certificate *stored)
{
	const struct endpoint *endpoint = operation->endpoint;
	uint8_t key[STORE_HASH_SIZE];
	struct renewal_signer signer;
	enum err err;

	if (endpoint->get_cert == GET_CERT_ANY)
		return ERR_OK;
	err = facts_of_signer(operation, &signer);
	if (err != ERR_OK)
		return err;
	provider_digest(endpoint->provider, DIGEST_SHA256,
	    &signer.certificate->spki, 1, key);
	return is_own(stored, BYTES_ARRAY(key), &signer, operation->now) ?
	    ERR_OK :
	    ERR_CERTIFICATE_UNKNOWN;
}

/* The numbers are random, and those of two CAs not the same. */
static enum err
find(const struct endpoint *endpoint, struct bytes serial,
    struct stored_certificate *stored)
{
	struct succession_ca cas[SUCCESSION_MAX_CAS];
	size_t count = succession_list(&endpoint->succession, cas);
	enum err err = ERR_STORE_NONE;

	for (size_t i = 0; i < count && err == ERR_STORE_NONE; i++)
		err = store_certificate_get(endpoint->store, cas[i].hash,
		    serial, stored);
	return err;
}

/* What its own device may not have yet nobody may. */
static enum err
check_given(const struct endpoint *endpoint,
    const struct stored_certificate *stored)
{
	struct transaction transaction = { 0 };
	enum err err = ERR_STORE_NONE;

	if (stored->request != 0)
		err = store_get(endpoint->store, stored->request, &transaction);
	if (err == ERR_OK &&
	    (transaction.state == TRANSACTION_SIGNING ||
		transaction.state == TRANSACTION_WITHHELD))
		err = ERR_CERTIFICATE_UNKNOWN;
	transaction_clear(&transaction);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* A number alone, of a certificate that we have never seen, is no answer. */
enum err
get_cert_authorise(struct pki_operation *operation)
{
	const struct endpoint *endpoint = operation->endpoint;
	struct stored_certificate stored = { 0 };
	enum err err;

	if (endpoint->get_cert == GET_CERT_OFF)
		return ERR_CERTIFICATE_UNKNOWN;
	err = find(endpoint, serial_number(operation->wanted), &stored);
	if (err == ERR_STORE_NONE || (err == ERR_OK && stored.der.size == 0))
		err = ERR_CERTIFICATE_UNKNOWN;
	if (err == ERR_OK)
		err = check_given(endpoint, &stored);
	if (err == ERR_OK)
		err = check_reader(operation, &stored);
	if (err == ERR_OK)
		buf_append(&operation->certificate, buf_bytes(&stored.der));
	stored_certificate_clear(&stored);
	return err;
}

enum err
get_cert_handle(struct pki_operation *operation)
{
	(void)operation;
	return ERR_OK;
}
