/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "crypto/spki.h"

#define SECRET_DIGEST DIGEST_SHA256
#define SECRET_SIZE 32

struct key {
	const struct provider *provider;
	struct private_key *private_key;
	struct buf spki;
	struct key_facts facts;
	uint8_t secret[SECRET_SIZE]; /* what fallback keys are made with */
};

/*
 * The secret is derived from the private key, so that whoever reads the same
 * key, in another process or after a restart, has the same one: a message
 * that can't be opened then fares alike everywhere.
 */
static enum err
derive_secret(struct key *key)
{
	struct bytes label = BYTES_LITERAL("scepd key transport fallback");
	struct buf material = { 0 };
	enum err err = provider_private_key_export(key->provider,
	    key->private_key, &material);

	if (err == ERR_OK)
		provider_hmac(key->provider, SECRET_DIGEST,
		    buf_bytes(&material), label, key->secret);
	buf_clear(&material);
	return err;
}

/* What is known of a key is asked of the provider once, not at each use. */
static enum err
fill(struct key *key)
{
	enum err err = provider_private_key_spki(key->provider,
	    key->private_key, &key->spki);

	if (err == ERR_OK)
		err = spki_read(buf_bytes(&key->spki), &key->facts);
	if (err == ERR_OK)
		err = derive_secret(key);
	return err;
}

/* The private key is taken over first, so that a failure frees it as well. */
enum err
key_of(const struct provider *provider, struct private_key *private_key,
    struct key **key)
{
	struct key *made = xalloc(sizeof(*made));

	made->provider = provider;
	made->private_key = private_key;
	if (fill(made) != ERR_OK) {
		key_free(made);
		return ERR_KEY_FILE;
	}
	*key = made;
	return ERR_OK;
}

enum err
key_load(const struct provider *provider, struct bytes pem,
    struct bytes passphrase, struct key **key)
{
	struct private_key *private_key;
	enum err err = provider_private_key_load(provider, pem, passphrase,
	    &private_key);

	return err == ERR_OK ? key_of(provider, private_key, key) : err;
}

void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	provider_private_key_free(key->provider, key->private_key);
	buf_clear(&key->spki);
	bytes_wipe(key, sizeof(*key));
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

/* The message is digested here, so that a key only ever sees digests of whole
 * messages, never a value that a caller made up. */
enum err
key_sign(const struct key *key, enum digest digest, struct bytes message,
    struct buf *signature)
{
	uint8_t value[DIGEST_MAX_SIZE];

	provider_digest(key->provider, digest, &message, 1, value);
	return provider_sign(key->provider, key->private_key, digest,
	    bytes_of(value, digest_facts(digest)->size), signature);
}

void
key_unwrap(const struct key *key, struct bytes encrypted, uint8_t *content_key,
    size_t size)
{
	uint8_t fallback[SECRET_SIZE];

	/* One block of HMAC-SHA256 is enough for the longest key. */
	static_assert(SECRET_SIZE >= CIPHER_MAX_KEY_SIZE, "no expansion");
	assert(size > 0 && size <= CIPHER_MAX_KEY_SIZE);
	/* First, and whether it will be needed or not: so that it takes the
	 * same time in both cases. */
	provider_hmac(key->provider, SECRET_DIGEST, BYTES_ARRAY(key->secret),
	    encrypted, fallback);
	memcpy(content_key, fallback, size);
	bytes_wipe(fallback, sizeof(fallback));
	provider_unwrap(key->provider, key->private_key, encrypted, content_key,
	    size);
}
