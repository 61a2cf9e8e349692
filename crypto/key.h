/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_KEY_H
#define SCEPD_CRYPTO_KEY_H

#include "crypto/provider.h"

/*
 * A private key of the CA or RA as the rest of scepd sees it: it signs whole
 * messages and opens envelopes, and nobody can take it out.  May be used from
 * several threads at once.
 */
struct key;

/*
 * Reads the key of a PEM file's text (provider_private_key_load says which
 * forms).  The key is the caller's, to key_free.  ERR_KEY_FILE.
 */
CHECKED enum err key_load(const struct provider *provider, struct bytes pem,
    struct bytes passphrase, struct key **key);

/* Makes a key of a freshly generated one, which it takes over, also where it
 * fails. ERR_KEY_FILE. */
CHECKED enum err key_of(const struct provider *provider,
    struct private_key *private_key, struct key **key);

/* Wipes and frees; NULL is nothing. */
void key_free(struct key *key);

/* The SubjectPublicKeyInfo; lives as long as the key. */
struct bytes key_spki(const struct key *key);

/* How this key signs: RSA PKCS#1 v1.5 or ECDSA. */
enum signature_scheme key_scheme(const struct key *key);

/* The digest that fits the key's strength: SHA-256, for P-384 SHA-384, for
 * P-521 SHA-512. */
enum digest key_digest(const struct key *key);

/* Appends the signature of `message`. ERR_SIGN. */
CHECKED enum err key_sign(const struct key *key, enum digest digest,
    struct bytes message, struct buf *signature);

/*
 * Opens the key transport `encrypted` into the `size` octets at
 * `content_key`.  It has no result: what can't be opened yields a key that
 * fits nothing, made by HMAC from the key's secret, `size` and `encrypted`, so
 * that a repeated message fares alike and no failure can be told from another,
 * or from a success by who does not know the key that was sent.
 */
void key_unwrap(const struct key *key, struct bytes encrypted,
    uint8_t *content_key, size_t size);

#endif
