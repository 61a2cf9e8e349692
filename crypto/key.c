/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/key_internal.h"
#include "crypto/spki.h"

/*
 * What is known of a key is public and the same wherever the private half is:
 * it is kept here, and only what needs that half goes through the slots.
 */
struct key {
	const struct key_ops *ops;
	void *state;
	struct buf spki;
	struct key_facts facts;
};

/* The facts are read once, not at each use. */
enum err
key_new(const struct key_ops *ops, void *state, struct bytes spki,
    struct key **key)
{
	struct key *made = xalloc(sizeof(*made));

	made->ops = ops;
	made->state = state;
	buf_append(&made->spki, spki);
	if (spki_read(spki, &made->facts) != ERR_OK) {
		key_free(made);
		return ERR_KEY_FILE;
	}
	*key = made;
	return ERR_OK;
}

void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	key->ops->free(key->state);
	buf_clear(&key->spki);
	free(key);
}

struct bytes
key_spki(const struct key *key)
{
	return buf_bytes(&key->spki);
}

enum signature_scheme
key_scheme(const struct key *key)
{
	return key->facts.type == KEY_TYPE_EC ? SIGNATURE_ECDSA : SIGNATURE_RSA;
}

/* As many bits of security as the curve has, half its size; SHA-256 for RSA of
 * every size, since there are devices that know nothing longer. */
enum digest
key_digest(const struct key *key)
{
	if (key->facts.type == KEY_TYPE_RSA || key->facts.bits < 384)
		return DIGEST_SHA256;
	return key->facts.bits == 384 ? DIGEST_SHA384 : DIGEST_SHA512;
}

enum err
key_sign(const struct key *key, enum digest digest, struct bytes message,
    struct buf *signature)
{
	assert(digest < DIGEST_COUNT);
	return key->ops->sign(key->state, digest, message, signature);
}

void
key_unwrap(const struct key *key, struct bytes encrypted, uint8_t *content_key,
    size_t size)
{
	assert(size > 0 && size <= CIPHER_MAX_KEY_SIZE);
	key->ops->unwrap(key->state, encrypted, content_key, size);
}
