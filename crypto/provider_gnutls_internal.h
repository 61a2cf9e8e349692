/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_PROVIDER_GNUTLS_INTERNAL_H
#define SCEPD_CRYPTO_PROVIDER_GNUTLS_INTERNAL_H

#include "crypto/provider.h"

/*
 * What the files of the "gnutls" provider share: provider_gnutls.c (random
 * numbers, digests, ciphers and the table), provider_gnutls_public.c (public
 * keys), provider_gnutls_private.c (private keys).  The functions fill the
 * slots of provider_internal.h.
 *
 * Private keys and random numbers are GnuTLS's.  Everything else is done with
 * nettle, the library of arithmetic under GnuTLS: that can't fail, and has no
 * policy, where GnuTLS refuses what a machine-wide setting calls weak.  What
 * is too weak here is said in scepd's configuration alone.
 */

struct nettle_hash;

/* nettle's row for the digest. */
const struct nettle_hash *provider_gnutls_hash(enum digest digest);

/* Ends the process where GnuTLS reports an error that only a lack of memory
 * or of random numbers can have caused; logs it first. */
void provider_gnutls_must(int status);

void provider_gnutls_random(void *out, size_t size);

CHECKED enum err provider_gnutls_public_load(struct bytes spki,
    struct public_key **key);
void provider_gnutls_public_free(struct public_key *key);
CHECKED enum err provider_gnutls_public_verify(const struct public_key *key,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    struct bytes signature);
CHECKED enum err provider_gnutls_public_wrap(const struct public_key *key,
    struct bytes content_key, struct buf *encrypted);

CHECKED enum err provider_gnutls_private_load(struct bytes pem,
    struct bytes passphrase, struct private_key **key);
CHECKED enum err provider_gnutls_private_generate(const struct key_spec *spec,
    struct private_key **key);
void provider_gnutls_private_free(struct private_key *key);
CHECKED enum err provider_gnutls_private_export(const struct private_key *key,
    struct buf *pem);
CHECKED enum err provider_gnutls_private_spki(const struct private_key *key,
    struct buf *spki);
CHECKED enum err provider_gnutls_private_sign(const struct private_key *key,
    enum digest digest, struct bytes digest_value, struct buf *signature);
void provider_gnutls_private_unwrap(const struct private_key *key,
    struct bytes encrypted, uint8_t *content_key, size_t size);

#endif
