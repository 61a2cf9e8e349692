/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_SPKI_H
#define SCEPD_CRYPTO_SPKI_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), RSA and EC. */

enum key_type {
	KEY_TYPE_RSA,
	KEY_TYPE_EC
};

struct key_facts {
	enum key_type type;
	unsigned bits;     /* of the RSA modulus, or of the curve */
	const char *curve; /* "secp256r1", as in the configuration; or NULL */
	struct bytes modulus; /* of RSA, without leading zeroes; a view */
	uint32_t exponent;    /* of RSA */
};

/*
 * Says what key `spki` is.  ERR_PUBLIC_KEY for every type, curve or size that
 * is never accepted, whatever the configuration: RSA outside 1024 to 8192
 * bits, with an even modulus, or an exponent that is even, below 3 or above
 * 2^32; a curve other than secp256r1, secp384r1 and secp521r1.
 */
CHECKED enum err spki_read(struct bytes spki, struct key_facts *facts);

/* A view of the BIT STRING's octets: what SHA-1 is taken of for a key
 * identifier (RFC 5280 section 4.2.1.2). */
CHECKED enum err spki_key_octets(struct bytes spki, struct bytes *octets);

/* Whether both are the same key, however its parameters are written; or RSA
 * keys of one modulus: who has the private half of one has the other's. */
bool spki_is_same_key(struct bytes a, struct bytes b);

/* Whether `name` is a curve that spki_read knows. */
bool spki_curve_is_known(const char *name);

#endif
