/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_identifier.h"

#include "crypto/oid.h"

/*
 * The key id.  Some clients put the OCTET STRING itself inside the [0] that
 * should stand in its place (T16).
 */
static struct bytes
unwrap_key_id(struct bytes content)
{
	struct der der = der_of(content);
	struct bytes inner;

	if (der_read(&der, DER_OCTET_STRING, &inner) == ERR_OK &&
	    der_at_end(&der))
		return inner;
	return content;
}

/*
 * RFC 5652 section 6.2.1, and in the same form SignerIdentifier in 5.3:
 *     RecipientIdentifier ::= CHOICE {
 *         issuerAndSerialNumber     IssuerAndSerialNumber,
 *         subjectKeyIdentifier  [0] IMPLICIT OCTET STRING }
 *     IssuerAndSerialNumber ::= SEQUENCE {
 *         issuer        Name,
 *         serialNumber  INTEGER }
 */
enum err
cms_identifier_read(struct der *from, struct cms_identifier *identifier)
{
	struct cms_identifier read = { 0 };
	struct der_element element;
	struct der inner;
	enum err err = der_read_any(from, &element);

	if (err != ERR_OK)
		return err;
	inner = der_of(element.content);
	if (element.tag == DER_CONTEXT ||
	    element.tag == DER_CONTEXT_CONSTRUCTED) {
		read.key_id = unwrap_key_id(element.content);
	} else {
		if (element.tag != DER_SEQUENCE)
			return ERR_DER_TAG;
		err = der_read_whole(&inner, DER_SEQUENCE, &read.issuer);
		if (err == ERR_OK)
			err = der_read_integer(&inner, &read.serial);
	}
	if (err == ERR_OK)
		*identifier = read;
	return err;
}

bool
cms_identifier_names(const struct cms_identifier *identifier,
    const struct certificate *certificate)
{
	struct bytes value, key_id;
	struct der der;

	if (identifier->issuer.size > 0)
		return certificate_is_named(certificate, identifier->issuer,
		    identifier->serial);
	if (!extensions_find(certificate->extensions, OID_SUBJECT_KEY_ID,
		&value))
		return false;
	der = der_of(value);
	return der_read(&der, DER_OCTET_STRING, &key_id) == ERR_OK &&
	    bytes_equal(key_id, identifier->key_id);
}

void
cms_identifier_append(struct buf *to, const struct certificate *certificate)
{
	size_t start = der_open(to, DER_SEQUENCE);

	buf_append(to, certificate->issuer);
	der_append(to, DER_INTEGER, certificate->serial);
	der_close(to, start);
}
