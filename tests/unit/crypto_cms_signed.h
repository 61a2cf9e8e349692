/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_CMS_SIGNED_H
#define SCEPD_TESTS_UNIT_CRYPTO_CMS_SIGNED_H

#include "crypto/ber.h"
#include "crypto/cms_signed.h"
#include "tests/unit/crypto_codec.h"

/*
 * SignedData in the notation of crypto_codec.h, signed by codec/rsa.pem:
 *     $0 that certificate    $1 its issuer    $2 its serial number
 *     $3 the SHA-256 digest of 'hello'        $4 the signature
 *     $5 its key id          $6 codec/p256.pem
 *     $7 the signed attributes                $8 codec/namesake.pem
 */
#define DATA "06{2a864886f70d010701}"
#define ENVELOPED_DATA "06{2a864886f70d010703}"
#define SHA1 "30{06{2b0e03021a}0500}"
#define SHA256 "30{06{608648016503040201}0500}"
#define RSA "30{06{2a864886f70d010101}0500}"
#define SHA256_WITH_RSA "30{06{2a864886f70d01010b}0500}"

#define CONTENT "30{" DATA "a0{04{'hello'}}}"
#define CERTIFICATES "a0{$0}"
#define BY_SERIAL "30{$1 02{$2}}"
#define BY_KEY_ID "80{$5}"
#define SIGNER_WITH(identifier, digest, algorithm) \
	"30{020101" identifier digest "a0{$7}" algorithm "04{$4}}"
#define SIGNER SIGNER_WITH(BY_SERIAL, SHA256, RSA)
#define MESSAGE(content, certificates, signers) \
	"30{06{2a864886f70d010702} a0{30{020101 31{" SHA256 \
	"}" content certificates "31{" signers "}}}}"

/* Attributes of these values, and the two that there must be. */
#define CONTENT_TYPE(values) "30{06{2a864886f70d010903} 31{" values "}}"
#define MESSAGE_DIGEST(values) "30{06{2a864886f70d010904} 31{" values "}}"
#define TRANSACTION_ID(values) "30{06{6086480186f845010907} 31{" values "}}"
#define ATTRIBUTES CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3}")

/* The digests of the algorithms that there are. */
static const struct algorithms all_algorithms = { (1u << DIGEST_COUNT) - 1,
	(1u << CIPHER_COUNT) - 1 };

static inline struct buf
digest_of(const char *text)
{
	struct bytes part = bytes_of_string(text);
	struct buf digest = { 0 };

	provider_digest(gnutls(), DIGEST_SHA256, &part, 1,
	    buf_extend(&digest, 32));
	return digest;
}

/* `notation` with `attributes`, which are signed as `to_sign` has them. */
static inline struct buf
signed_differently(const char *notation, const char *attributes,
    const char *to_sign)
{
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct certificate *other = certificate_vector("codec/p256.pem");
	struct certificate *namesake = certificate_vector("codec/namesake.pem");
	struct key *key = key_vector("keys/rsa.pem");
	struct buf digest = digest_of("hello"), key_id = { 0 };
	struct buf signature = { 0 }, sent, set, made;
	struct bytes parts[10] = { buf_bytes(&signer->der), signer->issuer,
		signer->serial, buf_bytes(&digest), { 0 }, { 0 },
		buf_bytes(&other->der), { 0 }, buf_bytes(&namesake->der) };

	assert_int_equal(certificate_key_id(gnutls(), signer, &key_id), ERR_OK);
	parts[5] = buf_bytes(&key_id);
	sent = asn1_of(to_sign, parts);
	parts[7] = buf_bytes(&sent);
	set = asn1_of("31{$7}", parts);
	assert_int_equal(key_sign(key, DIGEST_SHA256, buf_bytes(&set),
			     &signature),
	    ERR_OK);
	parts[4] = buf_bytes(&signature);
	buf_clear(&sent);
	sent = asn1_of(attributes, parts);
	parts[7] = buf_bytes(&sent);
	made = asn1_of(notation, parts);
	certificate_free(signer);
	certificate_free(other);
	certificate_free(namesake);
	key_free(key);
	buf_clear(&digest);
	buf_clear(&key_id);
	buf_clear(&signature);
	buf_clear(&sent);
	buf_clear(&set);
	return made;
}

static inline struct buf
signed_message(const char *notation, const char *attributes)
{
	return signed_differently(notation, attributes, attributes);
}

/* Reads and verifies; the OID that could not be used is appended to
 * `unknown`, which may be NULL. */
static inline enum err
verify_with(struct bytes der, struct algorithms allowed, enum digest *digest,
    struct buf *unknown)
{
	struct cms_signed message = { 0 };
	struct bytes oid = { 0 };
	enum err err = cms_signed_read(der, &message);

	if (err == ERR_OK)
		err = cms_signed_verify(gnutls(), &message, allowed, digest,
		    &oid);
	if (unknown != NULL)
		buf_append(unknown, oid);
	cms_signed_clear(&message);
	return err;
}

static inline enum err
verify(struct bytes der)
{
	enum digest digest;

	return verify_with(der, all_algorithms, &digest, NULL);
}

#endif
