/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gmp.h>
#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/nettle-meta.h>
#include <nettle/pss.h>
#include <nettle/rsa.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/provider_gnutls_internal.h"
#include "crypto/spki.h"

/*
 * Public keys come from strangers, in every request.  They are loaded once and
 * used for all that follows; nettle does the arithmetic, since GnuTLS would
 * read the SubjectPublicKeyInfo anew in ways of its own and have an opinion on
 * what is too weak (spki_read has ours).
 */

struct public_key {
	enum key_type type;
	struct rsa_public_key rsa; /* KEY_TYPE_RSA */
	struct ecc_point point;    /* KEY_TYPE_EC */
};

/* RSAPublicKey (RFC 8017 appendix A.1.1), whose numbers spki_read has found
 * to be of sane sizes. */
static enum err
load_rsa(struct bytes octets, struct rsa_public_key *rsa)
{
	struct der outer = der_of(octets), inner;
	struct bytes modulus, exponent;

	rsa_public_key_init(rsa);
	if (der_enter(&outer, DER_SEQUENCE, &inner) != ERR_OK ||
	    der_read_integer(&inner, &modulus) != ERR_OK ||
	    der_read_integer(&inner, &exponent) != ERR_OK)
		return ERR_PUBLIC_KEY;
	nettle_mpz_set_str_256_u(rsa->n, modulus.size, modulus.data);
	nettle_mpz_set_str_256_u(rsa->e, exponent.size, exponent.data);
	return rsa_public_key_prepare(rsa) ? ERR_OK : ERR_PUBLIC_KEY;
}

/* spki_read lets no other curve pass. */
static const struct ecc_curve *
curve_of_bits(unsigned bits)
{
	if (bits == 256)
		return nettle_get_secp_256r1();
	return bits == 384 ? nettle_get_secp_384r1() : nettle_get_secp_521r1();
}

/*
 * An uncompressed point (SEC 1 section 2.3.3): 04, then x and y.  nettle
 * checks the curve's equation: points off the curve are what invalid-curve
 * attacks begin with.
 */
static enum err
load_point(struct bytes octets, unsigned bits, struct ecc_point *point)
{
	size_t size = (octets.size - 1) / 2;
	mpz_t x, y;
	int on_curve;

	ecc_point_init(point, curve_of_bits(bits));
	nettle_mpz_init_set_str_256_u(x, size, octets.data + 1);
	nettle_mpz_init_set_str_256_u(y, size, octets.data + 1 + size);
	on_curve = ecc_point_set(point, x, y);
	mpz_clear(x);
	mpz_clear(y);
	return on_curve ? ERR_OK : ERR_PUBLIC_KEY;
}

enum err
provider_gnutls_public_load(struct bytes spki, struct public_key **key)
{
	struct public_key *made;
	struct key_facts facts;
	struct bytes octets;
	enum err err = spki_read(spki, &facts);

	if (err == ERR_OK)
		err = spki_key_octets(spki, &octets);
	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	made->type = facts.type;
	if (facts.type == KEY_TYPE_RSA)
		err = load_rsa(octets, &made->rsa);
	else
		err = load_point(octets, facts.bits, &made->point);
	if (err == ERR_OK)
		*key = made;
	else
		provider_gnutls_public_free(made);
	return err;
}

void
provider_gnutls_public_free(struct public_key *key)
{
	if (key->type == KEY_TYPE_RSA)
		rsa_public_key_clear(&key->rsa);
	else
		ecc_point_clear(&key->point);
	free(key);
}

/* RFC 8017 section 8.2.2: the DigestInfo is made here and compared, never
 * parsed, so that no forged padding can pass for it. */
static bool
verify_pkcs1(const struct rsa_public_key *rsa, enum digest digest,
    struct bytes digest_value, const mpz_t signature)
{
	struct buf info = { 0 };
	size_t start = der_open(&info, DER_SEQUENCE);
	int fits;

	algorithm_append_digest(&info, digest);
	der_append(&info, DER_OCTET_STRING, digest_value);
	der_close(&info, start);
	fits = rsa_pkcs1_verify(rsa, info.size, info.data, signature);
	buf_clear(&info);
	return fits;
}

/* RFC 8017 section 8.1.2, with MGF1 over the same digest.  Not by nettle's
 * rsa_pss_*_verify_digest: those know neither SHA-1 nor SHA-224. */
static bool
verify_pss(const struct rsa_public_key *rsa,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    const mpz_t signature)
{
	const struct nettle_hash *hash =
	    provider_gnutls_hash(algorithm->digest);
	mpz_t encoded;
	bool fits;

	if (algorithm->salt_length > rsa->size ||
	    mpz_cmp(signature, rsa->n) >= 0)
		return false;
	mpz_init(encoded);
	mpz_powm(encoded, signature, rsa->e, rsa->n);
	fits = pss_verify_mgf1(encoded, mpz_sizeinbase(rsa->n, 2) - 1, hash,
	    algorithm->salt_length, digest_value.data);
	mpz_clear(encoded);
	return fits;
}

/* RFC 8017 section 8.2.2, step 1: a signature has the length of the modulus.
 * Others are the same number written with fewer zeros or more. */
static bool
verify_rsa(const struct rsa_public_key *rsa,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    struct bytes signature)
{
	mpz_t number;
	bool fits;

	if (signature.size != rsa->size)
		return false;
	nettle_mpz_init_set_str_256_u(number, signature.size, signature.data);
	if (algorithm->scheme == SIGNATURE_RSA_PSS)
		fits = verify_pss(rsa, algorithm, digest_value, number);
	else
		fits = verify_pkcs1(rsa, algorithm->digest, digest_value,
		    number);
	mpz_clear(number);
	return fits;
}

/* A positive INTEGER in its one DER form (X.690 section 8.3.2), so that one
 * signature has one encoding. */
static bool
read_positive(struct der *der, mpz_t number)
{
	struct bytes octets;

	if (der_read_integer(der, &octets) != ERR_OK || octets.data[0] >= 0x80)
		return false;
	if (octets.size > 1 && octets.data[0] == 0 && octets.data[1] < 0x80)
		return false;
	nettle_mpz_set_str_256_u(number, octets.size, octets.data);
	return true;
}

/*
 * Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 section
 * 2.2.3).  That both lie between 0 and the order of the curve is checked by
 * nettle.
 */
static bool
verify_ecdsa(const struct ecc_point *point, struct bytes digest_value,
    struct bytes signature)
{
	struct der outer = der_of(signature), inner;
	struct dsa_signature numbers;
	bool fits;

	dsa_signature_init(&numbers);
	fits = der_enter(&outer, DER_SEQUENCE, &inner) == ERR_OK &&
	    der_at_end(&outer) && read_positive(&inner, numbers.r) &&
	    read_positive(&inner, numbers.s) && der_at_end(&inner) &&
	    ecdsa_verify(point, digest_value.size, digest_value.data, &numbers);
	dsa_signature_clear(&numbers);
	return fits;
}

/* The scheme comes from the message and the key from a certificate: that they
 * fit together is nobody's promise. */
enum err
provider_gnutls_public_verify(const struct public_key *key,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    struct bytes signature)
{
	enum key_type wanted = algorithm->scheme == SIGNATURE_ECDSA ?
	    KEY_TYPE_EC :
	    KEY_TYPE_RSA;
	bool fits;

	if (key->type != wanted)
		return ERR_PUBLIC_KEY;
	if (key->type == KEY_TYPE_RSA)
		fits = verify_rsa(&key->rsa, algorithm, digest_value,
		    signature);
	else
		fits = verify_ecdsa(&key->point, digest_value, signature);
	return fits ? ERR_OK : ERR_SIGNED_SIGNATURE;
}

static void
random_for_nettle(void *nothing, size_t size, uint8_t *out)
{
	(void)nothing;
	provider_gnutls_random(out, size);
}

/*
 * nettle pads by PKCS#1 v1.5 (RFC 8017 section 7.2.1) and fails where the key
 * is too short for that.  The result has the modulus' length, leading zeros
 * and all.
 */
enum err
provider_gnutls_public_wrap(const struct public_key *key,
    struct bytes content_key, struct buf *encrypted)
{
	mpz_t number;
	int fits;

	if (key->type != KEY_TYPE_RSA)
		return ERR_PUBLIC_KEY;
	mpz_init(number);
	fits = rsa_encrypt(&key->rsa, NULL, random_for_nettle, content_key.size,
	    content_key.data, number);
	if (fits)
		nettle_mpz_get_str_256(key->rsa.size,
		    buf_extend(encrypted, key->rsa.size), number);
	mpz_clear(number);
	return fits ? ERR_OK : ERR_PUBLIC_KEY;
}
