/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* A key in this process's own memory: the provider has it. */

#define SECRET_DIGEST DIGEST_SHA256
#define SECRET_SIZE 32

struct local {
	const struct provider *provider;
	struct private_key *private_key;
	uint8_t secret[SECRET_SIZE]; /* what fallback keys are made with */
};

/*
 * The secret is derived from the private key, so that whoever reads the same
 * key, in another process or after a restart, has the same one: a message
 * that can't be opened then fares alike everywhere.
 */
static enum err
derive_secret(struct local *local)
{
	struct bytes label = BYTES_LITERAL("scepd key transport fallback");
	struct buf material = { 0 };
	enum err err = provider_private_key_export(local->provider,
	    local->private_key, &material);

	if (err == ERR_OK)
		provider_hmac(local->provider, SECRET_DIGEST,
		    buf_bytes(&material), label, local->secret);
	buf_clear(&material);
	return err;
}

static void
local_free(void *state)
{
	struct local *local = state;

	provider_private_key_free(local->provider, local->private_key);
	bytes_wipe(local, sizeof(*local));
	free(local);
}

/* The message is digested here, so that a key only ever sees digests of whole
 * messages, never a value that a caller made up. */
static enum err
local_sign(const void *state, enum digest digest, struct bytes message,
    struct buf *signature)
{
	const struct local *local = state;
	uint8_t value[DIGEST_MAX_SIZE];

	provider_digest(local->provider, digest, &message, 1, value);
	return provider_sign(local->provider, local->private_key, digest,
	    bytes_of(value, digest_facts(digest)->size), signature);
}

/*
 * The size goes in as well.  If a shorter fallback were the beginning of a
 * longer one, whoever asks twice would see which of the two was opened: enough
 * to forge signatures with a key that signs as well (Bleichenbacher's attack).
 */
static void
make_fallback(const struct local *local, struct bytes encrypted, size_t size,
    uint8_t fallback[SECRET_SIZE])
{
	struct buf message = { 0 };

	buf_append_octet(&message, (uint8_t)size);
	buf_append(&message, encrypted);
	provider_hmac(local->provider, SECRET_DIGEST,
	    BYTES_ARRAY(local->secret), buf_bytes(&message), fallback);
	buf_clear(&message);
}

static void
local_unwrap(const void *state, struct bytes encrypted, uint8_t *content_key,
    size_t size)
{
	const struct local *local = state;
	uint8_t fallback[SECRET_SIZE];

	/* One block of HMAC-SHA256 is enough for the longest key. */
	static_assert(SECRET_SIZE >= CIPHER_MAX_KEY_SIZE, "no expansion");
	/* First, and whether it will be needed or not: so that it takes the
	 * same time in both cases. */
	make_fallback(local, encrypted, size, fallback);
	memcpy(content_key, fallback, size);
	bytes_wipe(fallback, sizeof(fallback));
	provider_unwrap(local->provider, local->private_key, encrypted,
	    content_key, size);
}

static const struct key_ops key_local = {
	.sign = local_sign,
	.unwrap = local_unwrap,
	.free = local_free,
};

/* The private key is taken over first, so that a failure frees it as well. */
enum err
key_of(const struct provider *provider, struct private_key *private_key,
    struct key **key)
{
	struct local *local = xalloc(sizeof(*local));
	struct buf spki = { 0 };
	enum err err;

	local->provider = provider;
	local->private_key = private_key;
	err = derive_secret(local);
	if (err == ERR_OK)
		err = provider_private_key_spki(provider, private_key, &spki);
	if (err == ERR_OK)
		err = key_new(&key_local, local, buf_bytes(&spki), key);
	else
		local_free(local);
	buf_clear(&spki);
	return err == ERR_OK ? ERR_OK : ERR_KEY_FILE;
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
