/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_CMS_ENVELOPE_H
#define SCEPD_TESTS_UNIT_CRYPTO_CMS_ENVELOPE_H

#include "crypto/cms_envelope.h"
#include "tests/unit/crypto_codec.h"

/*
 * EnvelopedData in the notation of crypto_codec.h, sealed with AES-128 for
 * codec/rsa.pem:
 *     $0 its issuer          $1 its serial number    $2 its key id
 *     $3 the encrypted key   $4 the encrypted content, padded
 *     $5 the first 5 octets of that           $6 the others
 */
#define IV "000102030405060708090a0b0c0d0e0f"
#define AES128 "30{06{608648016503040102} 04{" IV "}}"
#define RSA "30{06{2a864886f70d010101}0500}"
#define DATA "06{2a864886f70d010701}"
#define CONTENT_WITH(type, cipher, encrypted) "30{" type cipher encrypted "}"
#define CONTENT CONTENT_WITH(DATA, AES128, "80{$4}")
#define BY_SERIAL "30{$0 02{$1}}"
#define RECIPIENT_WITH(identifier, transport) \
	"30{020100" identifier transport "04{$3}}"
#define RECIPIENT RECIPIENT_WITH(BY_SERIAL, RSA)
#define ENVELOPED(recipients, content) \
	"30{020100 31{" recipients "}" content "}"
#define ENVELOPE(recipients, content) \
	"30{06{2a864886f70d010703} a0{" ENVELOPED(recipients, content) "}}"

static const struct algorithms all_algorithms = { (1u << DIGEST_COUNT) - 1,
	(1u << CIPHER_COUNT) - 1 };

/* A keyring of one identity; the caller's, to free_keyring. */
static inline struct cms_keyring
keyring_of(const char *certificate, const char *key)
{
	return (struct cms_keyring){
		.provider = gnutls(),
		.identities = {
			{ certificate_vector(certificate), key_vector(key) },
		},
		.count = 1,
	};
}

static inline void
free_keyring(struct cms_keyring *keyring)
{
	for (size_t i = 0; i < keyring->count; i++) {
		/* They are borrowed where they are not a test's. */
		certificate_free(
		    (struct certificate *)keyring->identities[i].certificate);
		key_free((struct key *)keyring->identities[i].key);
	}
}

/* The envelope that `notation` stands for, holding these octets, which are
 * encrypted as they are: whole blocks, whatever their padding. */
static inline struct buf
envelope_of(const char *notation, struct bytes padded)
{
	static const uint8_t content_key[16] = { 1, 2, 3 };
	struct certificate *recipient = certificate_vector("codec/rsa.pem");
	struct public_key *key = public_key_of("rsa.pem");
	struct buf iv = asn1(IV), encrypted = { 0 }, wrapped = { 0 };
	struct buf key_id = { 0 }, made;
	struct bytes parts[7] = { recipient->issuer, recipient->serial };

	buf_append(&encrypted, padded);
	provider_cbc_encrypt(gnutls(), CIPHER_AES128_CBC,
	    BYTES_ARRAY(content_key), buf_bytes(&iv), encrypted.data,
	    encrypted.size);
	assert_int_equal(provider_wrap(gnutls(), key, BYTES_ARRAY(content_key),
			     &wrapped),
	    ERR_OK);
	assert_int_equal(certificate_key_id(gnutls(), recipient, &key_id),
	    ERR_OK);
	parts[2] = buf_bytes(&key_id);
	parts[3] = buf_bytes(&wrapped);
	parts[4] = buf_bytes(&encrypted);
	parts[5] = bytes_of(encrypted.data, 5);
	parts[6] = bytes_from(parts[4], 5);
	made = asn1_of(notation, parts);
	certificate_free(recipient);
	provider_public_key_free(gnutls(), key);
	buf_clear(&iv);
	buf_clear(&encrypted);
	buf_clear(&wrapped);
	buf_clear(&key_id);
	return made;
}

/* The same, holding 'hello'. */
static inline struct buf
sealed(const char *notation)
{
	return envelope_of(notation,
	    BYTES_LITERAL("hello\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"));
}

/* Opens it with codec/rsa.pem; what it holds must be `expected`, or nothing
 * where it can't be opened. */
static inline enum err
open_with_rsa(struct bytes der, const char *expected)
{
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");
	struct cms_envelope_facts facts;
	struct buf content = { 0 };
	enum err err = cms_envelope_open(der, &keyring, all_algorithms, &facts,
	    &content);

	assert_same_bytes(buf_bytes(&content),
	    bytes_of_string(err == ERR_OK ? expected : ""));
	buf_clear(&content);
	free_keyring(&keyring);
	return err;
}

#endif
