/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_signed.h"

#include "crypto/oid.h"

/* Attribute (RFC 5652 section 5.3), with one value each (E2). */
static void
append_attribute(struct buf *to, struct bytes oid, struct bytes value)
{
	size_t attribute = der_open(to, DER_SEQUENCE);

	der_append_oid(to, oid);
	der_append(to, DER_SET, value);
	der_close(to, attribute);
}

/*
 * The signed attributes as a SET OF in DER order: what is signed.  jscep and
 * iOS insist on contentType, xipki on signingTime (E2); messageDigest is of
 * the content's octets alone, of nothing where there is none.
 */
static void
append_attributes(struct buf *to, const struct provider *provider,
    const struct cms_signed_order *order)
{
	uint8_t digest[DIGEST_MAX_SIZE];
	struct buf value = { 0 };
	size_t set = der_open(to, DER_SET);

	der_append_oid(&value, OID_DATA);
	append_attribute(to, OID_CONTENT_TYPE, buf_bytes(&value));
	buf_truncate(&value, 0);
	der_append_time(&value, order->signing_time);
	append_attribute(to, OID_SIGNING_TIME, buf_bytes(&value));
	buf_truncate(&value, 0);
	provider_digest(provider, order->digest, &order->content, 1, digest);
	der_append(&value, DER_OCTET_STRING,
	    bytes_of(digest, digest_facts(order->digest)->size));
	append_attribute(to, OID_MESSAGE_DIGEST, buf_bytes(&value));
	for (size_t i = 0; i < order->attribute_count; i++) {
		const struct cms_attribute *attribute = &order->attributes[i];

		buf_truncate(&value, 0);
		der_append(&value, attribute->tag, attribute->value);
		append_attribute(to, attribute->oid, buf_bytes(&value));
	}
	der_close_sorted(to, set);
	buf_clear(&value);
}

static void
append_signature_algorithm(struct buf *to, const struct cms_signed_order *order)
{
	/* rsaEncryption rather than shaXWithRSA: strongSwan takes no other. */
	if (key_scheme(order->key) == SIGNATURE_RSA)
		algorithm_append_rsa(to);
	else
		algorithm_append_signature(to, key_scheme(order->key),
		    order->digest);
}

/*
 * SignerInfo, as cms_signed.c draws it.  Version 1 goes with a signer by
 * issuer and serial, whose octets are copied from the certificate: some
 * clients compare them and not what they mean (E4).
 */
static enum err
append_signer(struct buf *to, const struct provider *provider,
    const struct cms_signed_order *order)
{
	struct buf attributes = { 0 }, signature = { 0 };
	size_t signer;
	enum err err;

	append_attributes(&attributes, provider, order);
	err = key_sign(order->key, order->digest, buf_bytes(&attributes),
	    &signature);
	if (err == ERR_OK) {
		signer = der_open(to, DER_SEQUENCE);
		der_append_number(to, 1);
		cms_identifier_append(to, order->signer);
		algorithm_append_digest(to, order->digest);
		/* Signed as a SET, sent as [0] IMPLICIT (RFC 5652 5.4). */
		attributes.data[0] = DER_CONTEXT_CONSTRUCTED;
		buf_append(to, buf_bytes(&attributes));
		append_signature_algorithm(to, order);
		der_append(to, DER_OCTET_STRING, buf_bytes(&signature));
		der_close(to, signer);
	}
	buf_clear(&attributes);
	buf_clear(&signature);
	return err;
}

/* EncapsulatedContentInfo.  An eContent that is there but empty and one that
 * is absent are two things to clients (E9); the order decides. */
static void
append_content(struct buf *to, const struct cms_signed_order *order)
{
	size_t info = der_open(to, DER_SEQUENCE), wrapper;

	der_append_oid(to, OID_DATA);
	if (order->has_content) {
		wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
		der_append(to, DER_OCTET_STRING, order->content);
		der_close(to, wrapper);
	}
	der_close(to, info);
}

enum err
cms_signed_append(struct buf *to, const struct provider *provider,
    const struct cms_signed_order *order)
{
	size_t before = to->size;
	size_t info = der_open(to, DER_SEQUENCE);
	size_t wrapper, signed_data, set;
	enum err err;

	der_append_oid(to, OID_SIGNED_DATA);
	wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
	signed_data = der_open(to, DER_SEQUENCE);
	der_append_number(to, 1);
	set = der_open(to, DER_SET);
	algorithm_append_digest(to, order->digest);
	der_close(to, set);
	append_content(to, order);
	/* Not all clients keep the certificate that GetCACert gave them. */
	der_append(to, DER_CONTEXT_CONSTRUCTED, buf_bytes(&order->signer->der));
	set = der_open(to, DER_SET);
	err = append_signer(to, provider, order);
	if (err != ERR_OK) {
		buf_truncate(to, before);
		return err;
	}
	der_close(to, set);
	der_close(to, signed_data);
	der_close(to, wrapper);
	der_close(to, info);
	return ERR_OK;
}
