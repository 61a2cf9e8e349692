/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/provider.h"

#include <assert.h>

#include "crypto/provider_internal.h"

/*
 * The wrappers check what their callers have promised, once for all
 * providers; a promise that is broken is a bug of scepd, never input.
 */

/* All there are; the setting `crypto` picks one by its name. */
static const struct provider *const providers[] = { &provider_gnutls, NULL };

const struct provider *
provider_find(const char *name)
{
	struct bytes wanted = bytes_of_string(name);

	for (size_t i = 0; providers[i] != NULL; i++)
		if (bytes_equal_string(wanted, providers[i]->name))
			return providers[i]->start() ? providers[i] : NULL;
	return NULL;
}

void
provider_random(const struct provider *provider, void *out, size_t size)
{
	assert(out != NULL && size > 0);
	provider->random(out, size);
}

void
provider_digest(const struct provider *provider, enum digest digest,
    const struct bytes *parts, size_t count, uint8_t *out)
{
	assert(digest < DIGEST_COUNT && out != NULL);
	provider->digest(digest, parts, count, out);
}

void
provider_hmac(const struct provider *provider, enum digest digest,
    struct bytes key, struct bytes message, uint8_t *out)
{
	assert(digest < DIGEST_COUNT && out != NULL);
	provider->hmac(digest, key, message, out);
}

void
provider_pbkdf2(const struct provider *provider, struct bytes password,
    struct bytes salt, unsigned iterations, uint8_t *out)
{
	assert(iterations > 0 && out != NULL);
	provider->pbkdf2(password, salt, iterations, out);
}

enum err
provider_public_key_load(const struct provider *provider, struct bytes spki,
    struct public_key **key)
{
	return provider->public_key_load(spki, key);
}

void
provider_public_key_free(const struct provider *provider,
    struct public_key *key)
{
	if (key != NULL)
		provider->public_key_free(key);
}

enum err
provider_verify(const struct provider *provider, const struct public_key *key,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    struct bytes signature)
{
	assert(digest_value.size == digest_facts(algorithm->digest)->size);
	return provider->verify(key, algorithm, digest_value, signature);
}

enum err
provider_wrap(const struct provider *provider, const struct public_key *key,
    struct bytes content_key, struct buf *encrypted)
{
	assert(content_key.size > 0 && content_key.size <= CIPHER_MAX_KEY_SIZE);
	return provider->wrap(key, content_key, encrypted);
}

enum err
provider_private_key_load(const struct provider *provider, struct bytes pem,
    struct bytes passphrase, struct private_key **key)
{
	return provider->private_key_load(pem, passphrase, key);
}

enum err
provider_private_key_generate(const struct provider *provider,
    const struct key_spec *spec, struct private_key **key)
{
	assert(spec->rsa || spec->curve != NULL);
	return provider->private_key_generate(spec, key);
}

void
provider_private_key_free(const struct provider *provider,
    struct private_key *key)
{
	if (key != NULL)
		provider->private_key_free(key);
}

enum err
provider_private_key_export(const struct provider *provider,
    const struct private_key *key, struct buf *pem)
{
	return provider->private_key_export(key, pem);
}

enum err
provider_private_key_spki(const struct provider *provider,
    const struct private_key *key, struct buf *spki)
{
	return provider->private_key_spki(key, spki);
}

enum err
provider_sign(const struct provider *provider, const struct private_key *key,
    enum digest digest, struct bytes digest_value, struct buf *signature)
{
	assert(digest_value.size == digest_facts(digest)->size);
	return provider->sign(key, digest, digest_value, signature);
}

void
provider_unwrap(const struct provider *provider, const struct private_key *key,
    struct bytes encrypted, uint8_t *content_key, size_t size)
{
	assert(size > 0 && size <= CIPHER_MAX_KEY_SIZE);
	provider->unwrap(key, encrypted, content_key, size);
}

/* nettle asserts nothing about the sizes of keys and IVs: it would read past
 * the end of a short one. */
static void
assert_cbc_sizes(enum cipher cipher, struct bytes key, struct bytes iv,
    size_t size)
{
	const struct cipher_facts *facts = cipher_facts(cipher);

	assert(key.size == facts->key_size);
	assert(iv.size == facts->block_size);
	assert(size % facts->block_size == 0);
	(void)facts, (void)key, (void)iv, (void)size; /* with NDEBUG */
}

void
provider_cbc_encrypt(const struct provider *provider, enum cipher cipher,
    struct bytes key, struct bytes iv, uint8_t *data, size_t size)
{
	assert_cbc_sizes(cipher, key, iv, size);
	provider->cbc_encrypt(cipher, key, iv, data, size);
}

void
provider_cbc_decrypt(const struct provider *provider, enum cipher cipher,
    struct bytes key, struct bytes iv, uint8_t *data, size_t size)
{
	assert_cbc_sizes(cipher, key, iv, size);
	provider->cbc_decrypt(cipher, key, iv, data, size);
}
