/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

/* Devices without a clock write dates that are none (T24): 1970 says that such
 * a certificate has expired, to whoever asks. */
static enum err
read_time(struct der *validity, int64_t *seconds)
{
	enum err err = der_read_time(validity, seconds);

	if (err != ERR_DER_TIME)
		return err;
	*seconds = 0;
	return ERR_OK;
}

/*
 * Validity ::= SEQUENCE { notBefore Time, notAfter Time } (RFC 5280 section
 * 4.1.2.5).  Whether now lies between the two is not asked here: the clocks of
 * devices that sign their own certificate are often wrong (T24).
 */
static enum err
read_validity(struct der *tbs, struct certificate *certificate)
{
	struct der inner;
	enum err err = der_enter(tbs, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = read_time(&inner, &certificate->not_before);
	if (err == ERR_OK)
		err = read_time(&inner, &certificate->not_after);
	return err;
}

/*
 * What follows the key: two unique identifiers nobody uses, [1] and [2], and
 * the extensions.  Their own syntax is checked by who asks for one: a device's
 * self-signed certificate may have odd ones, and none of them counts for
 * anything.
 */
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

/*
 * RFC 5280 section 4.1.2:
 *     TBSCertificate ::= SEQUENCE {
 *         version          [0] EXPLICIT INTEGER DEFAULT v1,
 *         serialNumber         INTEGER,
 *         signature            AlgorithmIdentifier,
 *         issuer               Name,
 *         validity             Validity,
 *         subject              Name,
 *         subjectPublicKeyInfo SubjectPublicKeyInfo,
 *         issuerUniqueID   [1] IMPLICIT BIT STRING OPTIONAL,
 *         subjectUniqueID  [2] IMPLICIT BIT STRING OPTIONAL,
 *         extensions       [3] EXPLICIT Extensions OPTIONAL }
 *
 * The version is passed over: certmonger signs with a certificate of version
 * 1.  So is the inner signature algorithm, which repeats the outer one.
 */
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

/* The copy makes the certificate independent of the message it came in, which
 * may be freed first. */
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

enum err
certificate_view_tbs(struct bytes tbs, struct certificate *certificate)
{
	struct certificate read = { .outer.signed_part = tbs };

	if (read_tbs(&read) != ERR_OK)
		return ERR_CERTIFICATE_MALFORMED;
	*certificate = read;
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

/* One zero may be there for the sign, more by a careless encoder. */
struct bytes
serial_number(struct bytes serial)
{
	while (serial.size > 1 && serial.data[0] == 0)
		serial = bytes_from(serial, 1);
	return serial;
}

/* Numbers, not octets, are compared: node-forge writes serial numbers anew
 * from hexadecimal digits, with as many zeros as those begin with. */
bool
serial_equal(struct bytes serial, struct bytes other)
{
	return bytes_equal(serial_number(serial), serial_number(other));
}

/* The number first: it differs more often and costs less to compare. */
bool
certificate_is_named(const struct certificate *certificate, struct bytes issuer,
    struct bytes serial)
{
	return serial_equal(certificate->serial, serial) &&
	    name_equal(certificate->issuer, issuer);
}

/* The name first: it costs less to compare. */
bool
certificate_is_issued_by(const struct provider *provider,
    const struct certificate *certificate, const struct certificate *issuer)
{
	return name_equal(certificate->issuer, issuer->subject) &&
	    signed_object_verify(provider, &certificate->outer, issuer->spki) ==
	    ERR_OK;
}

/* SHA-1 makes a name here and protects nothing. */
enum err
certificate_new_key_id(const struct provider *provider, struct bytes spki,
    struct buf *key_id)
{
	uint8_t digest[DIGEST_MAX_SIZE];
	struct bytes octets;

	if (spki_key_octets(spki, &octets) != ERR_OK)
		return ERR_PUBLIC_KEY;
	provider_digest(provider, DIGEST_SHA1, &octets, 1, digest);
	buf_append(key_id, bytes_of(digest, digest_facts(DIGEST_SHA1)->size));
	return ERR_OK;
}

/*
 * Positive and of at most 20 octets: RFC 5280 section 4.1.2.2.  Nobody can
 * foretell it, which is what a chosen-prefix collision of a certificate would
 * need.
 */
struct bytes
certificate_new_serial(const struct provider *provider,
    uint8_t serial[CERTIFICATE_SERIAL_SIZE])
{
	provider_random(provider, serial, CERTIFICATE_SERIAL_SIZE);
	serial[0] &= 0x7f;
	return bytes_of(serial, CERTIFICATE_SERIAL_SIZE);
}

/*
 * The extension's own value where there is one, however it was made: what is
 * compared with it was copied from there.  Else the key's id as its issuer
 * would have made it.
 */
enum err
certificate_key_id(const struct provider *provider,
    const struct certificate *certificate, struct buf *key_id)
{
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
	return certificate_new_key_id(provider, certificate->spki, key_id);
}
