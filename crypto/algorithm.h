/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_ALGORITHM_H
#define SCEPD_CRYPTO_ALGORITHM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/der.h"

/*
 * The algorithms that messages may name, as tables: the number that code
 * uses, the name in the configuration, the OID, the sizes, and the GetCACaps
 * word that announces it.  The providers map these numbers to their own.
 */

enum digest {
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA224,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_COUNT
};

#define DIGEST_MAX_SIZE 64

enum cipher {
	CIPHER_DES_CBC,
	CIPHER_3DES_CBC,
	CIPHER_AES128_CBC,
	CIPHER_AES192_CBC,
	CIPHER_AES256_CBC,
	CIPHER_COUNT
};

#define CIPHER_MAX_KEY_SIZE 32
#define CIPHER_MAX_BLOCK_SIZE 16

/* What a digest or a cipher is called and how large its parts are. */
struct digest_facts {
	const char *name;       /* "sha-256", as in the configuration */
	const char *capability; /* "SHA-256" in GetCACaps, or NULL */
	size_t size;            /* octets of a digest value */
	struct bytes oid;
};

struct cipher_facts {
	const char *name;       /* "aes-128" */
	const char *capability; /* "AES", or NULL */
	size_t key_size;        /* octets */
	size_t block_size;      /* octets, also of the IV */
	struct bytes oid;
};

const struct digest_facts *digest_facts(enum digest digest);
const struct cipher_facts *cipher_facts(enum cipher cipher);

/*
 * Which algorithms an endpoint accepts: a bit for each number above.
 */
struct algorithms {
	unsigned digests;
	unsigned ciphers;
};

/* RFC 8894 with its MAY: AES and 3DES, SHA-1 and SHA-2. */
#define ALGORITHMS_DEFAULT \
	((struct algorithms){ 1u << DIGEST_SHA1 | 1u << DIGEST_SHA256 | \
		1u << DIGEST_SHA384 | 1u << DIGEST_SHA512, \
	    1u << CIPHER_3DES_CBC | 1u << CIPHER_AES128_CBC | \
		1u << CIPHER_AES192_CBC | 1u << CIPHER_AES256_CBC })

bool algorithms_have_digest(struct algorithms algorithms, enum digest digest);
bool algorithms_have_cipher(struct algorithms algorithms, enum cipher cipher);

/*
 * Adds what `name` stands for: "default", "strict" (default without 3des and
 * sha-1), or the name of one digest or cipher.  False where it is none.
 */
bool algorithms_add(struct algorithms *algorithms, const char *name);

/* How a signature is made: RFC 3370, 5754 and 4056 for RSA, 5753 for EC. */
enum signature_scheme {
	SIGNATURE_RSA, /* PKCS#1 v1.5 */
	SIGNATURE_RSA_PSS,
	SIGNATURE_ECDSA
};

struct signature_algorithm {
	enum signature_scheme scheme;
	enum digest digest;
	size_t salt_length; /* SIGNATURE_RSA_PSS only, in octets */
};

/*
 * Reads one AlgorithmIdentifier (RFC 5280 section 4.1.1.2) from `from`.
 * Parameters of digests and ciphers' siblings may be NULL or absent (T12).
 *
 * digest: a digest OID; for the sake of odd clients also shaXWithRSA, taken
 *   for its digest.  ERR_DIGEST where unknown.
 * cipher: *iv is the parameter, a view of block_size octets.  ERR_CIPHER.
 * signature: rsaEncryption and id-ecPublicKey mean "with `digest`", the
 *   others must agree with it; pass ANY_DIGEST to take what stands there.
 *   ERR_SIGNATURE_ALGORITHM where unknown, contradictory, or rsaEncryption
 *   with ANY_DIGEST.
 *
 * On ERR_DIGEST, ERR_CIPHER and ERR_SIGNATURE_ALGORITHM, *unknown (which may
 * be NULL) is a view of the OID that was met, for the log.
 */
#define ANY_DIGEST DIGEST_COUNT
CHECKED enum err algorithm_read_digest(struct der *from, enum digest *digest,
    struct bytes *unknown);
CHECKED enum err algorithm_read_cipher(struct der *from, enum cipher *cipher,
    struct bytes *iv, struct bytes *unknown);
CHECKED enum err algorithm_read_signature(struct der *from, enum digest digest,
    struct signature_algorithm *algorithm, struct bytes *unknown);

/* Appends the AlgorithmIdentifier, with NULL parameters where RSA and the
 * digests have them (E4). */
void algorithm_append_digest(struct buf *to, enum digest digest);
void algorithm_append_cipher(struct buf *to, enum cipher cipher,
    struct bytes iv);
/* sha256WithRSAEncryption or ecdsa-with-SHA256, as in certificates. */
void algorithm_append_signature(struct buf *to, enum signature_scheme scheme,
    enum digest digest);
/* rsaEncryption, as key transport and in SignerInfo. */
void algorithm_append_rsa(struct buf *to);

#endif
