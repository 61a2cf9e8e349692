/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

static enum err
read_validity(struct der *tbs, struct certificate *certificate)
{
	struct der inner;
	enum err err = der_enter(tbs, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_time(&inner, &certificate->not_before);
	if (err == ERR_OK)
		err = der_read_time(&inner, &certificate->not_after);
	return err;
}

/* What follows the key: two unique identifiers nobody uses, extensions. */
static enum err
read_optional(struct der *tbs, struct certificate *certificate)
{
	struct der_element element;
	struct der wrapped;
	enum err err = ERR_OK;

	while (err == ERR_OK && !der_at_end(tbs)) {
		err = der_read_any(tbs, &element);
		if (err != ERR_OK || element.tag != DER_CONTEXT_CONSTRUCTED + 3)
			continue;
		wrapped = der_of(element.content);
		err = der_read_whole(&wrapped, DER_SEQUENCE,
		    &certificate->extensions);
	}
	return err;
}

/* TBSCertificate, RFC 5280 section 4.1.2. */
static enum err
read_tbs(struct certificate *certificate)
{
	struct der outer = der_of(certificate->outer.signed_part), tbs;
	struct bytes ignored;
	enum err err = der_enter(&outer, DER_SEQUENCE, &tbs);

	if (err == ERR_OK && der_next_is(&tbs, DER_CONTEXT_CONSTRUCTED))
		err = der_read(&tbs, DER_CONTEXT_CONSTRUCTED, &ignored);
	if (err == ERR_OK)
		err = der_read_integer(&tbs, &certificate->serial);
	if (err == ERR_OK)
		err = der_read_whole(&tbs, DER_SEQUENCE, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(&tbs, DER_SEQUENCE, &certificate->issuer);
	if (err == ERR_OK)
		err = read_validity(&tbs, certificate);
	if (err == ERR_OK)
		err = der_read_whole(&tbs, DER_SEQUENCE, &certificate->subject);
	if (err == ERR_OK)
		err = der_read_whole(&tbs, DER_SEQUENCE, &certificate->spki);
	if (err == ERR_OK)
		err = read_optional(&tbs, certificate);
	return err;
}

enum err
certificate_read(struct bytes der, struct certificate **certificate)
{
	struct certificate *made = xalloc(sizeof(*made));

	buf_append(&made->der, der);
	if (signed_object_read(buf_bytes(&made->der), &made->outer) != ERR_OK ||
	    read_tbs(made) != ERR_OK) {
		certificate_free(made);
		return ERR_CERTIFICATE_MALFORMED;
	}
	*certificate = made;
	return ERR_OK;
}

void
certificate_free(struct certificate *certificate)
{
	if (certificate == NULL)
		return;
	buf_clear(&certificate->der);
	free(certificate);
}

static struct bytes
without_leading_zeros(struct bytes number)
{
	while (number.size > 1 && number.data[0] == 0)
		number = bytes_from(number, 1);
	return number;
}

bool
serial_equal(struct bytes serial, struct bytes other)
{
	return bytes_equal(without_leading_zeros(serial),
	    without_leading_zeros(other));
}

bool
certificate_is_named(const struct certificate *certificate, struct bytes issuer,
    struct bytes serial)
{
	return serial_equal(certificate->serial, serial) &&
	    name_equal(certificate->issuer, issuer);
}

enum err
certificate_key_id(const struct provider *provider,
    const struct certificate *certificate, struct buf *key_id)
{
	uint8_t digest[DIGEST_MAX_SIZE];
	struct bytes value, octets;
	struct der der;

	if (extensions_find(certificate->extensions, OID_SUBJECT_KEY_ID,
		&value)) {
		der = der_of(value);
		if (der_read(&der, DER_OCTET_STRING, &octets) == ERR_OK) {
			buf_append(key_id, octets);
			return ERR_OK;
		}
	}
	if (spki_key_octets(certificate->spki, &octets) != ERR_OK)
		return ERR_PUBLIC_KEY;
	provider_digest(provider, DIGEST_SHA1, &octets, 1, digest);
	buf_append(key_id, bytes_of(digest, 20));
	return ERR_OK;
}
