/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/provider_gnutls_internal.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/provider_internal.h"

/* nettle and not GnuTLS, which may refuse a digest that the machine's own
 * policy calls weak, whatever scepd.conf says of it. */
static const struct nettle_hash *const hashes[DIGEST_COUNT] = {
	[DIGEST_MD5] = &nettle_md5,
	[DIGEST_SHA1] = &nettle_sha1,
	[DIGEST_SHA224] = &nettle_sha224,
	[DIGEST_SHA256] = &nettle_sha256,
	[DIGEST_SHA384] = &nettle_sha384,
	[DIGEST_SHA512] = &nettle_sha512,
};

/* Room for the state of any of them. */
union hash_context {
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct sha256_ctx sha256; /* and SHA-224 */
	struct sha512_ctx sha512; /* and SHA-384 */
};

/* Since 3.3 the library starts itself when it is loaded; what is asked for
 * here is whether that went well. */
static bool
start(void)
{
	return gnutls_global_init() == GNUTLS_E_SUCCESS;
}

/* An abort has whoever supervises us start afresh; going on without random
 * numbers would make weak keys. */
void
provider_gnutls_must(int status)
{
	if (status >= 0)
		return;
	log_event(LOG_LEVEL_ERROR, "gnutls: %s", gnutls_strerror(status));
	abort();
}

void
provider_gnutls_random(void *out, size_t size)
{
	provider_gnutls_must(gnutls_rnd(GNUTLS_RND_RANDOM, out, size));
}

const struct nettle_hash *
provider_gnutls_hash(enum digest digest)
{
	return hashes[digest];
}

/* In parts, so that nobody has to copy them together first. */
static void
compute_digest(enum digest digest, const struct bytes *parts, size_t count,
    uint8_t *out)
{
	const struct nettle_hash *hash = hashes[digest];
	union hash_context context;

	hash->init(&context);
	for (size_t i = 0; i < count; i++)
		hash->update(&context, parts[i].size, parts[i].data);
	hash->digest(&context, hash->digest_size, out);
	bytes_wipe(&context, sizeof(context));
}

/* nettle's generic HMAC wants three states of the digest: outer, inner, and
 * the one that runs.  All are made from the key, so all are wiped. */
static void
compute_hmac(enum digest digest, struct bytes key, struct bytes message,
    uint8_t *out)
{
	const struct nettle_hash *hash = hashes[digest];
	union hash_context outer, inner, state;

	hmac_set_key(&outer, &inner, &state, hash, key.size, key.data);
	hmac_update(&state, hash, message.size, message.data);
	hmac_digest(&outer, &inner, &state, hash, hash->digest_size, out);
	bytes_wipe(&outer, sizeof(outer));
	bytes_wipe(&inner, sizeof(inner));
	bytes_wipe(&state, sizeof(state));
}

/* nettle's own functions have a typed context, and to call them through a
 * pointer with another type is undefined: hence these wrappers. */
static void
update_mac(void *context, size_t size, const uint8_t *data)
{
	hmac_sha256_update(context, size, data);
}

static void
digest_mac(void *context, size_t size, uint8_t *out)
{
	hmac_sha256_digest(context, size, out);
}

/* With a state of our own, as nettle does not wipe the one of its
 * pbkdf2_hmac_sha256, which the password could be tried by. */
static void
compute_pbkdf2(struct bytes password, struct bytes salt, unsigned iterations,
    uint8_t *out)
{
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, password.size, password.data);
	pbkdf2(&context, update_mac, digest_mac, SHA256_DIGEST_SIZE, iterations,
	    salt.size, salt.data, SHA256_DIGEST_SIZE, out);
	bytes_wipe(&context, sizeof(context));
}

/* Neither result is of use: it tells of weak keys, which are set all the
 * same, and which only who made the message can avoid. */
static void
set_des_key(void *context, const uint8_t *key)
{
	(void)des_set_key(context, key);
}

static void
set_des3_key(void *context, const uint8_t *key)
{
	(void)des3_set_key(context, key);
}

/* Wrappers for the same reason as above. */
static void
encrypt_des(const void *context, size_t size, uint8_t *to, const uint8_t *from)
{
	des_encrypt(context, size, to, from);
}

static void
decrypt_des(const void *context, size_t size, uint8_t *to, const uint8_t *from)
{
	des_decrypt(context, size, to, from);
}

static void
encrypt_des3(const void *context, size_t size, uint8_t *to, const uint8_t *from)
{
	des3_encrypt(context, size, to, from);
}

static void
decrypt_des3(const void *context, size_t size, uint8_t *to, const uint8_t *from)
{
	des3_decrypt(context, size, to, from);
}

/* nettle has rows for AES alone. */
static const struct nettle_cipher des = {
	.name = "des",
	.context_size = sizeof(struct des_ctx),
	.block_size = DES_BLOCK_SIZE,
	.key_size = DES_KEY_SIZE,
	.set_encrypt_key = set_des_key,
	.set_decrypt_key = set_des_key,
	.encrypt = encrypt_des,
	.decrypt = decrypt_des,
};

static const struct nettle_cipher des3 = {
	.name = "des3",
	.context_size = sizeof(struct des3_ctx),
	.block_size = DES3_BLOCK_SIZE,
	.key_size = DES3_KEY_SIZE,
	.set_encrypt_key = set_des3_key,
	.set_decrypt_key = set_des3_key,
	.encrypt = encrypt_des3,
	.decrypt = decrypt_des3,
};

static const struct nettle_cipher *const ciphers[CIPHER_COUNT] = {
	[CIPHER_DES_CBC] = &des,
	[CIPHER_3DES_CBC] = &des3,
	[CIPHER_AES128_CBC] = &nettle_aes128,
	[CIPHER_AES192_CBC] = &nettle_aes192,
	[CIPHER_AES256_CBC] = &nettle_aes256,
};

/* Room for the expanded key of any of them. */
union cipher_context {
	struct des_ctx des;
	struct des3_ctx des3;
	struct aes128_ctx aes128;
	struct aes192_ctx aes192;
	struct aes256_ctx aes256;
};

/* nettle works the IV forward as it goes, so it gets a copy. */
static void
encrypt_cbc(enum cipher cipher, struct bytes key, struct bytes iv,
    uint8_t *data, size_t size)
{
	const struct nettle_cipher *row = ciphers[cipher];
	union cipher_context context;
	uint8_t chain[CIPHER_MAX_BLOCK_SIZE];

	memcpy(chain, iv.data, row->block_size);
	row->set_encrypt_key(&context, key.data);
	cbc_encrypt(&context, row->encrypt, row->block_size, chain, size, data,
	    data);
	bytes_wipe(&context, sizeof(context));
}

static void
decrypt_cbc(enum cipher cipher, struct bytes key, struct bytes iv,
    uint8_t *data, size_t size)
{
	const struct nettle_cipher *row = ciphers[cipher];
	union cipher_context context;
	uint8_t chain[CIPHER_MAX_BLOCK_SIZE];

	memcpy(chain, iv.data, row->block_size);
	row->set_decrypt_key(&context, key.data);
	cbc_decrypt(&context, row->decrypt, row->block_size, chain, size, data,
	    data);
	bytes_wipe(&context, sizeof(context));
}

const struct provider provider_gnutls = {
	.name = "gnutls",
	.start = start,
	.random = provider_gnutls_random,
	.digest = compute_digest,
	.hmac = compute_hmac,
	.pbkdf2 = compute_pbkdf2,
	.public_key_load = provider_gnutls_public_load,
	.public_key_free = provider_gnutls_public_free,
	.verify = provider_gnutls_public_verify,
	.wrap = provider_gnutls_public_wrap,
	.private_key_load = provider_gnutls_private_load,
	.private_key_generate = provider_gnutls_private_generate,
	.private_key_free = provider_gnutls_private_free,
	.private_key_export = provider_gnutls_private_export,
	.private_key_spki = provider_gnutls_private_spki,
	.sign = provider_gnutls_private_sign,
	.unwrap = provider_gnutls_private_unwrap,
	.cbc_encrypt = encrypt_cbc,
	.cbc_decrypt = decrypt_cbc,
};
