/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_KEYS_H
#define SCEPD_TESTS_UNIT_CRYPTO_KEYS_H

#include <stdlib.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/provider.h"
#include "tests/unit/unit.h"

/* What the tests of providers and keys share: the files of
 * tests/vectors/keys, and the hexadecimal form of recorded values. */

#define PASSPHRASE "correct horse battery staple"

static const struct bytes no_passphrase;

/* What openssl signed for the tests; see keys/README. */
#define SIGNED_MESSAGE BYTES_LITERAL("scepd signs this")

/* The octets that `hex` spells; the caller's, to buf_clear. */
static inline struct buf
octets_of(const char *hex)
{
	struct buf octets = { 0 };

	assert_true(hex_decode(&octets, bytes_of_string(hex)));
	return octets;
}

static inline void
assert_hex(struct bytes actual, const char *expected)
{
	struct buf hex = { 0 };

	hex_append(&hex, actual);
	assert_string_equal(buf_string(&hex), expected);
	buf_clear(&hex);
}

/* The text of a key file; the caller's, to buf_clear. */
static inline struct buf
key_file(const char *name)
{
	const char *folder = getenv("TEST_VECTORS");
	struct problems *problems = problems_new();
	struct buf text = { 0 };
	char *path;

	if (folder == NULL)
		folder = "tests/vectors";
	path = xasprintf("%s/keys/%s", folder, name);
	if (file_read(path, FILE_PUBLIC, 65536, &text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	free(path);
	problems_free(problems);
	return text;
}

static inline const struct provider *
gnutls(void)
{
	const struct provider *provider = provider_find("gnutls");

	assert_non_null(provider);
	return provider;
}

static inline struct private_key *
private_key_of(const char *name)
{
	struct buf text = key_file(name);
	struct private_key *key = NULL;

	assert_int_equal(provider_private_key_load(gnutls(), buf_bytes(&text),
			     no_passphrase, &key),
	    ERR_OK);
	buf_clear(&text);
	return key;
}

static inline struct buf
spki_of(const struct private_key *key)
{
	struct buf spki = { 0 };

	assert_int_equal(provider_private_key_spki(gnutls(), key, &spki),
	    ERR_OK);
	return spki;
}

static inline struct public_key *
public_key_of(const char *name)
{
	struct private_key *private_key = private_key_of(name);
	struct buf spki = spki_of(private_key);
	struct public_key *key = NULL;

	assert_int_equal(provider_public_key_load(gnutls(), buf_bytes(&spki),
			     &key),
	    ERR_OK);
	provider_private_key_free(gnutls(), private_key);
	buf_clear(&spki);
	return key;
}

/* Whether `signature` over `message` is the key's. */
static inline enum err
verify_message(const struct public_key *key,
    struct signature_algorithm algorithm, struct bytes message,
    struct bytes signature)
{
	uint8_t value[DIGEST_MAX_SIZE];

	provider_digest(gnutls(), algorithm.digest, &message, 1, value);
	return provider_verify(gnutls(), key, &algorithm,
	    bytes_of(value, digest_facts(algorithm.digest)->size), signature);
}

#endif
