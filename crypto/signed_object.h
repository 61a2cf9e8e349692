/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_SIGNED_OBJECT_H
#define SCEPD_CRYPTO_SIGNED_OBJECT_H

#include "crypto/key.h"

/*
 * The frame that certificates, PKCS#10 requests and CRLs share (RFC 5280
 * section 4.1.1): SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }.
 */
struct signed_object {
	struct bytes signed_part; /* the element that is signed, whole */
	struct bytes algorithm;   /* AlgorithmIdentifier, whole */
	struct bytes signature;
};

/* Reads the frame; views into `der`. ERR_DER_*. */
CHECKED enum err signed_object_read(struct bytes der,
    struct signed_object *object);

/* What the frame says of the way it is signed. ERR_SIGNATURE_ALGORITHM. */
CHECKED enum err signed_object_algorithm(const struct signed_object *object,
    struct signature_algorithm *algorithm);

/* Whether the key of `spki` signed it. ERR_SIGNED_SIGNATURE where not,
 * ERR_SIGNATURE_ALGORITHM, ERR_PUBLIC_KEY. */
CHECKED enum err signed_object_verify(const struct provider *provider,
    const struct signed_object *object, struct bytes spki);

/* Signs `signed_part` with key_scheme and key_digest of the key, which it
 * must name where it names an algorithm, and appends the frame. ERR_SIGN. */
CHECKED enum err signed_object_append(struct buf *to, const struct key *key,
    struct bytes signed_part);

/* Appends the frame of a signature that the key has made already. */
void signed_object_append_frame(struct buf *to, const struct key *key,
    struct bytes signed_part, struct bytes signature);

/*
 * Whether `signature` over `message` was made by the key of `spki`, with
 * `algorithm`.  ERR_PUBLIC_KEY for keys that are never accepted (spki.h).
 */
CHECKED enum err signature_verify(const struct provider *provider,
    struct bytes spki, const struct signature_algorithm *algorithm,
    struct bytes message, struct bytes signature);

#endif
