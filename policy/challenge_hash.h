/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_HASH_H
#define SCEPD_POLICY_CHALLENGE_HASH_H

#include "crypto/provider.h"

/*
 * A static challenge password as a configuration can hold it without telling
 * it:
 *     pbkdf2-sha256:ITERATIONS:SALT:HASH
 * The hash is PBKDF2-HMAC-SHA256 (RFC 8018 section 5.2) of the password in
 * UTF-8, 32 octets, the salt 16, both in lower-case hexadecimal.
 */
#define CHALLENGE_HASH_NAME "pbkdf2-sha256"
#define CHALLENGE_HASH_SIZE 32
#define CHALLENGE_SALT_SIZE 16

/*
 * How many iterations a hash may have, and all that have to be computed for one
 * request together.  Whoever reaches an endpoint can have that done for the
 * price of a request, so it is not to cost more than the RSA operation that he
 * can have done anyway (tests/bench/README).
 */
#define CHALLENGE_ITERATIONS_LEAST 1000
#define CHALLENGE_ITERATIONS_MOST 2000

/* What has to be computed: of all hashes with the same, once. */
struct challenge_work {
	unsigned iterations;
	uint8_t salt[CHALLENGE_SALT_SIZE];
};

struct challenge_hash {
	struct challenge_work work;
	uint8_t value[CHALLENGE_HASH_SIZE];
};

/* Whether `text` is a hash, which *hash becomes then. */
bool challenge_hash_read(struct bytes text, struct challenge_hash *hash);

void challenge_hash_append(struct buf *to, const struct challenge_hash *hash);

bool challenge_work_is_same(const struct challenge_work *a,
    const struct challenge_work *b);

/* The hash of a password: what `value` of one is to be compared with. */
void challenge_work_do(const struct provider *provider,
    const struct challenge_work *work, struct bytes password,
    uint8_t value[CHALLENGE_HASH_SIZE]);

#endif
