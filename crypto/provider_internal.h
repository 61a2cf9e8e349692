/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_PROVIDER_INTERNAL_H
#define SCEPD_CRYPTO_PROVIDER_INTERNAL_H

#include "crypto/provider.h"

/*
 * What an implementation fills in: one const struct at the end of its file,
 * every slot filled.  Each slot does what the function of provider.h with the
 * same name promises; struct public_key and struct private_key are the
 * implementation's own.
 */
struct provider {
	const char *name;

	/* Readies the library, before anything else and at every
	 * provider_find. False: it can't be used on this machine. */
	bool (*start)(void);

	void (*random)(void *out, size_t size);
	void (*digest)(enum digest digest, const struct bytes *parts,
	    size_t count, uint8_t *out);
	void (*hmac)(enum digest digest, struct bytes key, struct bytes message,
	    uint8_t *out);
	void (*pbkdf2)(struct bytes password, struct bytes salt,
	    unsigned iterations, uint8_t *out);

	enum err (*public_key_load)(struct bytes spki, struct public_key **key);
	void (*public_key_free)(struct public_key *key);
	enum err (*verify)(const struct public_key *key,
	    const struct signature_algorithm *algorithm,
	    struct bytes digest_value, struct bytes signature);
	enum err (*wrap)(const struct public_key *key, struct bytes content_key,
	    struct buf *encrypted);

	enum err (*private_key_load)(struct bytes pem, struct bytes passphrase,
	    struct private_key **key);
	enum err (*private_key_generate)(const struct key_spec *spec,
	    struct private_key **key);
	void (*private_key_free)(struct private_key *key);
	enum err (*private_key_export)(const struct private_key *key,
	    struct buf *pem);
	enum err (*private_key_spki)(const struct private_key *key,
	    struct buf *spki);
	enum err (*sign)(const struct private_key *key, enum digest digest,
	    struct bytes digest_value, struct buf *signature);
	void (*unwrap)(const struct private_key *key, struct bytes encrypted,
	    uint8_t *content_key, size_t size);

	void (*cbc_encrypt)(enum cipher cipher, struct bytes key,
	    struct bytes iv, uint8_t *data, size_t size);
	void (*cbc_decrypt)(enum cipher cipher, struct bytes key,
	    struct bytes iv, uint8_t *data, size_t size);
};

/* provider_gnutls.c: GnuTLS and nettle, always built. */
extern const struct provider provider_gnutls;

#endif
