/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/signed_object.h"

#include "crypto/spki.h"

/*
 * Of a certificate, RFC 5280 section 4.1; a request and a CRL look the same:
 *     Certificate ::= SEQUENCE {
 *         tbsCertificate      TBSCertificate,
 *         signatureAlgorithm  AlgorithmIdentifier,
 *         signatureValue      BIT STRING }
 *
 * The first part is kept whole, tag and length included: that is what is
 * signed, byte by byte as it came, and nothing is ever encoded anew for it.
 */
enum err
signed_object_read(struct bytes der, struct signed_object *object)
{
	struct der outer = der_of(der), inner;
	struct signed_object found;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_end(&outer);
	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &found.signed_part);
	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &found.algorithm);
	if (err == ERR_OK)
		err = der_read_bit_string(&inner, &found.signature);
	if (err == ERR_OK)
		err = der_end(&inner);
	if (err == ERR_OK)
		*object = found;
	return err;
}

/* There is no digestAlgorithm here, so the algorithm must name its digest. */
enum err
signed_object_algorithm(const struct signed_object *object,
    struct signature_algorithm *algorithm)
{
	struct der der = der_of(object->algorithm);

	return algorithm_read_signature(&der, ANY_DIGEST, algorithm, NULL);
}

enum err
signed_object_verify(const struct provider *provider,
    const struct signed_object *object, struct bytes spki)
{
	struct signature_algorithm algorithm;
	enum err err = signed_object_algorithm(object, &algorithm);

	if (err != ERR_OK)
		return err;
	return signature_verify(provider, spki, &algorithm, object->signed_part,
	    object->signature);
}

/* The digest is the key's and the same as in certificate_append_tbs. */
void
signed_object_append_frame(struct buf *to, const struct key *key,
    struct bytes signed_part, struct bytes signature)
{
	size_t start = der_open(to, DER_SEQUENCE);

	buf_append(to, signed_part);
	algorithm_append_signature(to, key_scheme(key), key_digest(key));
	der_append_bit_string(to, signature);
	der_close(to, start);
}

enum err
signed_object_append(struct buf *to, const struct key *key,
    struct bytes signed_part)
{
	struct buf signature = { 0 };
	enum err err = key_sign(key, key_digest(key), signed_part, &signature);

	if (err != ERR_OK)
		return err;
	signed_object_append_frame(to, key, signed_part, buf_bytes(&signature));
	buf_clear(&signature);
	return ERR_OK;
}

/* spki_read comes before the key is loaded: it refuses sizes that would cost
 * much arithmetic. */
enum err
signature_verify(const struct provider *provider, struct bytes spki,
    const struct signature_algorithm *algorithm, struct bytes message,
    struct bytes signature)
{
	uint8_t value[DIGEST_MAX_SIZE];
	struct public_key *key = NULL;
	struct key_facts facts;
	enum err err = spki_read(spki, &facts);

	if (err == ERR_OK)
		err = provider_public_key_load(provider, spki, &key);
	if (err != ERR_OK)
		return err;
	provider_digest(provider, algorithm->digest, &message, 1, value);
	err = provider_verify(provider, key, algorithm,
	    bytes_of(value, digest_facts(algorithm->digest)->size), signature);
	provider_public_key_free(provider, key);
	return err;
}
