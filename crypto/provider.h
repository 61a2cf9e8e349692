/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_PROVIDER_H
#define SCEPD_CRYPTO_PROVIDER_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/algorithm.h"

/*
 * The crypto abstraction: primitives over bytes, behind which one library
 * does the arithmetic.  Formats (CMS, PKCS#10, X.509) lie above it, in one
 * codec for all providers.  Which provider runs is a setting (crypto =
 * "gnutls"); implementations are the const structs listed in provider.c.
 *
 * All of it may be called from several threads at once, also with one key.
 */
struct provider;
struct public_key;
struct private_key;

/* A kind of key to make: RSA with bits, or EC over a named curve. */
struct key_spec {
	bool rsa;
	unsigned bits;     /* RSA: 2048, 3072, 4096 */
	const char *curve; /* EC: "secp256r1", "secp384r1", "secp521r1" */
};

/* The provider of that name, ready for use, or NULL. */
const struct provider *provider_find(const char *name);

/* Fills `out` with unpredictable octets, at least one; the process aborts
 * rather than go on without them. */
void provider_random(const struct provider *provider, void *out, size_t size);

/* The digest of `count` parts in a row; `out` has digest_facts()->size. */
void provider_digest(const struct provider *provider, enum digest digest,
    const struct bytes *parts, size_t count, uint8_t *out);

/* HMAC (RFC 2104) of one message; `out` as above. */
void provider_hmac(const struct provider *provider, enum digest digest,
    struct bytes key, struct bytes message, uint8_t *out);

/* PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA256: `out` has 32 octets. At
 * least one iteration. */
void provider_pbkdf2(const struct provider *provider, struct bytes password,
    struct bytes salt, unsigned iterations, uint8_t *out);

/*
 * Reads a SubjectPublicKeyInfo that spki_read (spki.h) has accepted.  Done
 * once a key, the result used for all that follows; provider_public_key_free
 * ends it.  ERR_PUBLIC_KEY, also for a point that is not on its curve.
 */
CHECKED enum err provider_public_key_load(const struct provider *provider,
    struct bytes spki, struct public_key **key);
void provider_public_key_free(const struct provider *provider,
    struct public_key *key);

/*
 * Whether `signature` over a message with this digest value was made by the
 * key.  Pure arithmetic: no opinion on algorithms, validity or key usage; the
 * caller has decided those.  ERR_SIGNED_SIGNATURE where not, ERR_PUBLIC_KEY
 * where the key is not of the scheme's kind.
 */
CHECKED enum err provider_verify(const struct provider *provider,
    const struct public_key *key, const struct signature_algorithm *algorithm,
    struct bytes digest_value, struct bytes signature);

/* Appends `content_key` encrypted with RSA PKCS#1 v1.5. ERR_PUBLIC_KEY where
 * the key can't encrypt (EC). */
CHECKED enum err provider_wrap(const struct provider *provider,
    const struct public_key *key, struct bytes content_key,
    struct buf *encrypted);

/*
 * Reads a private key from the text of a PEM file: PKCS#8 (plain or
 * encrypted), PKCS#1, SEC 1, OpenSSL's old encrypted form.  passphrase is
 * empty (size 0) where there is none.  ERR_KEY_FILE.
 */
CHECKED enum err provider_private_key_load(const struct provider *provider,
    struct bytes pem, struct bytes passphrase, struct private_key **key);

/* Makes a new key. ERR_KEY_FILE where the spec is not supported. */
CHECKED enum err provider_private_key_generate(const struct provider *provider,
    const struct key_spec *spec, struct private_key **key);

void provider_private_key_free(const struct provider *provider,
    struct private_key *key);

/* Appends the key as an unencrypted PKCS#8 PEM block: a secret.
 * ERR_KEY_FILE. */
CHECKED enum err provider_private_key_export(const struct provider *provider,
    const struct private_key *key, struct buf *pem);

/* Appends the SubjectPublicKeyInfo of the key. ERR_KEY_FILE. */
CHECKED enum err provider_private_key_spki(const struct provider *provider,
    const struct private_key *key, struct buf *spki);

/* Appends a PKCS#1 v1.5 or DER ECDSA signature over this digest value.
 * ERR_SIGN, with the library's message in the log. */
CHECKED enum err provider_sign(const struct provider *provider,
    const struct private_key *key, enum digest digest,
    struct bytes digest_value, struct buf *signature);

/*
 * Opens an RSA PKCS#1 v1.5 key transport into the `size` octets at
 * `content_key`, which the caller has filled with a fallback.  Whatever is
 * wrong (padding, length, size) leaves the fallback there, in the same time:
 * there is no result to branch on (RFC 3218, Bleichenbacher).
 */
void provider_unwrap(const struct provider *provider,
    const struct private_key *key, struct bytes encrypted, uint8_t *content_key,
    size_t size);

/*
 * CBC without any padding, in place.  `key` and `iv` have the cipher's
 * sizes and `size` is a multiple of its block: the caller has checked.
 */
void provider_cbc_encrypt(const struct provider *provider, enum cipher cipher,
    struct bytes key, struct bytes iv, uint8_t *data, size_t size);
void provider_cbc_decrypt(const struct provider *provider, enum cipher cipher,
    struct bytes key, struct bytes iv, uint8_t *data, size_t size);

#endif
