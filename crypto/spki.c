/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/spki.h"

#include <string.h>

#include "base/count.h"
#include "crypto/der.h"
#include "crypto/oid.h"

/* A shorter modulus can be factored; a longer one, or a long exponent, makes
 * us work for whoever sends it.  Real exponents are 65537, rarely 3 or 17. */
#define RSA_BITS_MINIMUM 1024
#define RSA_BITS_MAXIMUM 8192
#define RSA_EXPONENT_OCTETS 4

struct curve {
	struct bytes oid;
	const char *name;
	unsigned bits;
	size_t point_size; /* of an uncompressed point, its 04 included */
};

static const struct curve curves[] = {
	{ OID_SECP256R1, "secp256r1", 256, 65 },
	{ OID_SECP384R1, "secp384r1", 384, 97 },
	{ OID_SECP521R1, "secp521r1", 521, 133 },
};

/*
 * RFC 5280 section 4.1:
 *     SubjectPublicKeyInfo ::= SEQUENCE {
 *         algorithm         AlgorithmIdentifier,
 *         subjectPublicKey  BIT STRING }
 */
struct parts {
	struct bytes algorithm;
	struct der parameters;
	struct bytes key;
};

/* Trailing octets are refused at each level: two SubjectPublicKeyInfos are the
 * same key only if their octets are the same, and policy relies on that. */
static enum err
read_parts(struct bytes spki, struct parts *parts)
{
	struct der outer = der_of(spki), inner;
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_end(&outer);
	if (err == ERR_OK)
		err = der_enter(&inner, DER_SEQUENCE, &parts->parameters);
	if (err == ERR_OK)
		err = der_read_oid(&parts->parameters, &parts->algorithm);
	if (err == ERR_OK)
		err = der_read_bit_string(&inner, &parts->key);
	if (err == ERR_OK)
		err = der_end(&inner);
	return err;
}

/* A positive INTEGER without its sign octet, which stands only where it must:
 * any other zero would make two encodings of one key. */
static enum err
read_positive(struct der *der, struct bytes *octets)
{
	enum err err = der_read_integer(der, octets);

	if (err != ERR_OK || octets->data[0] >= 0x80)
		return ERR_PUBLIC_KEY;
	if (octets->data[0] != 0)
		return ERR_OK;
	*octets = bytes_from(*octets, 1);
	return octets->size > 0 && octets->data[0] >= 0x80 ? ERR_OK :
							     ERR_PUBLIC_KEY;
}

/* RFC 3279 section 2.3.1 wants NULL; absent is the same (T12).  More than that
 * would end up in the certificate, whatever it is. */
static bool
is_null(struct der *parameters)
{
	struct bytes null;

	if (der_at_end(parameters))
		return true;
	return der_read(parameters, DER_NULL, &null) == ERR_OK &&
	    null.size == 0 && der_at_end(parameters);
}

static unsigned
bits_of(struct bytes octets)
{
	unsigned bits = (unsigned)octets.size * 8;

	for (unsigned top = octets.data[0]; top < 0x80; top <<= 1)
		bits--;
	return bits;
}

static bool
is_odd(struct bytes octets)
{
	return (octets.data[octets.size - 1] & 1) != 0;
}

/*
 * RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC
 * 8017 appendix A.1.1).  The arithmetic takes an odd modulus for granted; an
 * even exponent is no RSA, and 1 encrypts nothing.
 */
static enum err
read_rsa(struct parts *parts, struct key_facts *facts)
{
	struct der outer = der_of(parts->key), inner;
	struct bytes modulus, exponent;

	if (!is_null(&parts->parameters) ||
	    der_enter(&outer, DER_SEQUENCE, &inner) != ERR_OK ||
	    der_end(&outer) != ERR_OK ||
	    read_positive(&inner, &modulus) != ERR_OK ||
	    read_positive(&inner, &exponent) != ERR_OK ||
	    der_end(&inner) != ERR_OK)
		return ERR_PUBLIC_KEY;
	if (modulus.size > RSA_BITS_MAXIMUM / 8 || !is_odd(modulus) ||
	    bits_of(modulus) < RSA_BITS_MINIMUM)
		return ERR_PUBLIC_KEY;
	if (exponent.size > RSA_EXPONENT_OCTETS || !is_odd(exponent) ||
	    (exponent.size == 1 && exponent.data[0] < 3))
		return ERR_PUBLIC_KEY;
	*facts = (struct key_facts){ .type = KEY_TYPE_RSA,
		.bits = bits_of(modulus),
		.modulus = modulus };
	for (size_t i = 0; i < exponent.size; i++)
		facts->exponent = facts->exponent << 8 | exponent.data[i];
	return ERR_OK;
}

/*
 * RFC 5480 sections 2.1.1 and 2.2: the parameters are a named curve, the BIT
 * STRING holds the point itself, which must not be compressed: one encoding a
 * key, and no square roots for strangers.
 */
static enum err
read_ec(struct parts *parts, struct key_facts *facts)
{
	struct bytes oid;

	if (der_read_oid(&parts->parameters, &oid) != ERR_OK ||
	    !der_at_end(&parts->parameters))
		return ERR_PUBLIC_KEY;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const struct curve *curve = &curves[i];

		if (!bytes_equal(oid, curve->oid))
			continue;
		if (parts->key.size != curve->point_size ||
		    parts->key.data[0] != 0x04)
			return ERR_PUBLIC_KEY;
		*facts = (struct key_facts){ .type = KEY_TYPE_EC,
			.bits = curve->bits,
			.curve = curve->name };
		return ERR_OK;
	}
	return ERR_PUBLIC_KEY;
}

/* Ed25519, DSA and the rest end here: no SCEP client is known to send one. */
enum err
spki_read(struct bytes spki, struct key_facts *facts)
{
	struct parts parts;

	if (read_parts(spki, &parts) != ERR_OK)
		return ERR_PUBLIC_KEY;
	if (bytes_equal(parts.algorithm, OID_RSA))
		return read_rsa(&parts, facts);
	if (bytes_equal(parts.algorithm, OID_EC))
		return read_ec(&parts, facts);
	return ERR_PUBLIC_KEY;
}

enum err
spki_key_octets(struct bytes spki, struct bytes *octets)
{
	struct parts parts;

	if (read_parts(spki, &parts) != ERR_OK)
		return ERR_PUBLIC_KEY;
	*octets = parts.key;
	return ERR_OK;
}

static bool
have_one_modulus(struct bytes a, struct bytes b)
{
	struct key_facts facts_a, facts_b;

	return spki_read(a, &facts_a) == ERR_OK &&
	    spki_read(b, &facts_b) == ERR_OK && facts_a.type == KEY_TYPE_RSA &&
	    facts_b.type == KEY_TYPE_RSA &&
	    bytes_equal(facts_a.modulus, facts_b.modulus);
}

bool
spki_is_same_key(struct bytes a, struct bytes b)
{
	struct bytes octets_a, octets_b;

	return spki_key_octets(a, &octets_a) == ERR_OK &&
	    spki_key_octets(b, &octets_b) == ERR_OK &&
	    (bytes_equal(octets_a, octets_b) || have_one_modulus(a, b));
}

bool
spki_curve_is_known(const char *name)
{
	for (size_t i = 0; i < COUNT(curves); i++)
		if (strcmp(name, curves[i].name) == 0)
			return true;
	return false;
}
