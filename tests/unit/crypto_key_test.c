/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key.h"

#include <pthread.h>

#include "tests/unit/crypto_keys.h"
#include "tests/unit/unit.h"

/* crypto/key_local.c over the "gnutls" provider. */

static struct key *
load(const char *name, const char *passphrase)
{
	struct buf text = key_file(name);
	struct key *key = NULL;

	assert_int_equal(key_load(gnutls(), buf_bytes(&text),
			     bytes_of_string(passphrase), &key),
	    ERR_OK);
	buf_clear(&text);
	return key;
}

static struct public_key *
public_half(const struct key *key)
{
	struct public_key *public_key = NULL;

	assert_int_equal(provider_public_key_load(gnutls(), key_spki(key),
			     &public_key),
	    ERR_OK);
	return public_key;
}

static const struct {
	const char *name;
	enum signature_scheme scheme;
	enum digest digest;
} rows[] = {
	{ "rsa.pem", SIGNATURE_RSA, DIGEST_SHA256 },
	{ "p256.pem", SIGNATURE_ECDSA, DIGEST_SHA256 },
	{ "p384.pem", SIGNATURE_ECDSA, DIGEST_SHA384 },
	{ "p521.pem", SIGNATURE_ECDSA, DIGEST_SHA512 },
};

static void
load_knows_scheme_and_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key *key = load(rows[i].name, "");

		assert_int_equal(key_scheme(key), rows[i].scheme);
		assert_int_equal(key_digest(key), rows[i].digest);
		key_free(key);
	}
}

static void
spki_is_that_of_the_private_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key *key = load(rows[i].name, "");
		struct private_key *raw = private_key_of(rows[i].name);
		struct buf spki = spki_of(raw);

		assert_same_bytes(key_spki(key), buf_bytes(&spki));
		buf_clear(&spki);
		provider_private_key_free(gnutls(), raw);
		key_free(key);
	}
}

static void
load_refuses_a_wrong_passphrase(void **state)
{
	struct buf text = key_file("rsa-pbes2.pem");
	struct key *key = NULL;

	(void)state;
	assert_int_equal(key_load(gnutls(), buf_bytes(&text),
			     BYTES_LITERAL("wrong"), &key),
	    ERR_KEY_FILE);
	assert_int_equal(key_load(gnutls(), buf_bytes(&text), no_passphrase,
			     &key),
	    ERR_KEY_FILE);
	assert_null(key);
	buf_clear(&text);
}

static void
of_takes_a_generated_key(void **state)
{
	struct key_spec spec = { false, 0, "secp384r1" };
	struct private_key *raw = NULL;
	struct key *key = NULL;

	(void)state;
	assert_int_equal(provider_private_key_generate(gnutls(), &spec, &raw),
	    ERR_OK);
	assert_int_equal(key_of(gnutls(), raw, &key), ERR_OK);
	assert_int_equal(key_digest(key), DIGEST_SHA384);
	key_free(key);
}

static enum err
sign_and_verify(const struct key *key, const struct public_key *public_key)
{
	struct signature_algorithm algorithm = { key_scheme(key),
		key_digest(key), 0 };
	struct buf signature = { 0 };
	enum err err = key_sign(key, algorithm.digest, SIGNED_MESSAGE,
	    &signature);

	if (err == ERR_OK)
		err = verify_message(public_key, algorithm, SIGNED_MESSAGE,
		    buf_bytes(&signature));
	buf_clear(&signature);
	return err;
}

static void
sign_signs_the_whole_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key *key = load(rows[i].name, "");
		struct public_key *public_key = public_half(key);

		assert_int_equal(sign_and_verify(key, public_key), ERR_OK);
		provider_public_key_free(gnutls(), public_key);
		key_free(key);
	}
}

static void
sign_appends_nothing_where_it_fails(void **state)
{
	struct key *key = load("p256.pem", "");
	struct buf signature = { 0 };

	(void)state;
	assert_int_equal(key_sign(key, DIGEST_MD5, SIGNED_MESSAGE, &signature),
	    ERR_SIGN);
	assert_int_equal(signature.size, 0);
	key_free(key);
}

#define CONTENT_KEY "0123456789abcdef0123456789ABCDEF"

static struct buf
wrap(const struct public_key *key, size_t size)
{
	struct buf encrypted = { 0 };

	assert_int_equal(provider_wrap(gnutls(), key,
			     bytes_of(CONTENT_KEY, size), &encrypted),
	    ERR_OK);
	return encrypted;
}

static void
unwrap_opens_what_was_wrapped(void **state)
{
	struct key *key = load("rsa.pem", "");
	struct public_key *public_key = public_half(key);

	(void)state;
	for (int i = 0; i < CIPHER_COUNT; i++) {
		size_t size = cipher_facts((enum cipher)i)->key_size;
		struct buf encrypted = wrap(public_key, size);
		uint8_t content_key[CIPHER_MAX_KEY_SIZE];

		key_unwrap(key, buf_bytes(&encrypted), content_key, size);
		assert_memory_equal(content_key, CONTENT_KEY, size);
		buf_clear(&encrypted);
	}
	provider_public_key_free(gnutls(), public_key);
	key_free(key);
}

/* What the key makes of `encrypted`, which nobody has wrapped for it. */
struct fallback {
	uint8_t octets[CIPHER_MAX_KEY_SIZE];
};

static struct fallback
fallback_of(const char *name, const char *passphrase, struct bytes encrypted)
{
	struct key *key = load(name, passphrase);
	struct fallback fallback, again;

	memset(&fallback, 0x11, sizeof(fallback));
	memset(&again, 0x22, sizeof(again));
	key_unwrap(key, encrypted, fallback.octets, sizeof(fallback.octets));
	key_unwrap(key, encrypted, again.octets, sizeof(again.octets));
	assert_memory_equal(&fallback, &again, sizeof(fallback));
	key_free(key);
	return fallback;
}

static const uint8_t garbage[128] = { 0x12, 0x34 };

static void
fallback_is_the_same_after_a_restart_and_in_every_form(void **state)
{
	static const struct {
		const char *name;
		const char *passphrase;
	} forms[] = {
		{ "rsa.pem", "" },
		{ "rsa-pkcs1.pem", "" },
		{ "rsa-pbes2.pem", PASSPHRASE },
		{ "rsa-old.pem", PASSPHRASE },
	};
	struct fallback first = fallback_of("rsa.pem", "",
	    BYTES_ARRAY(garbage));

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct fallback other = fallback_of(forms[i].name,
		    forms[i].passphrase, BYTES_ARRAY(garbage));

		assert_memory_equal(&other, &first, sizeof(first));
	}
}

static void
fallback_differs_by_key_and_by_message(void **state)
{
	uint8_t changed[128];
	struct fallback all[5];

	(void)state;
	memcpy(changed, garbage, sizeof(changed));
	changed[127] ^= 1;
	all[0] = fallback_of("rsa.pem", "", BYTES_ARRAY(garbage));
	all[1] = fallback_of("rsa.pem", "", BYTES_ARRAY(changed));
	all[2] = fallback_of("rsa.pem", "", bytes_of(NULL, 0));
	all[3] = fallback_of("rsa-e3.pem", "", BYTES_ARRAY(garbage));
	all[4] = fallback_of("p256.pem", "", BYTES_ARRAY(garbage));
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(&all[i], &all[j],
			    sizeof(all[i]));
}

static void
fallback_fills_every_size(void **state)
{
	struct key *key = load("rsa.pem", "");
	uint8_t content_key[CIPHER_MAX_KEY_SIZE + 1];

	(void)state;
	for (int i = 0; i < CIPHER_COUNT; i++) {
		size_t size = cipher_facts((enum cipher)i)->key_size;
		static const uint8_t untouched[4] = { 0xee, 0xee, 0xee, 0xee };

		memset(content_key, 0xee, sizeof(content_key));
		key_unwrap(key, BYTES_ARRAY(garbage), content_key, size);
		assert_memory_not_equal(content_key, untouched, 4);
		assert_memory_not_equal(content_key + size - 4, untouched, 4);
		assert_int_equal(content_key[size], 0xee);
	}
	key_free(key);
}

/* Else the longer one would tell whether the shorter one is a fallback. */
static void
fallback_of_one_size_is_no_part_of_another(void **state)
{
	struct key *key = load("rsa.pem", "");
	uint8_t made[CIPHER_MAX_KEY_SIZE + 1][CIPHER_MAX_KEY_SIZE];

	(void)state;
	for (size_t size = 8; size <= CIPHER_MAX_KEY_SIZE; size++) {
		key_unwrap(key, BYTES_ARRAY(garbage), made[size], size);
		for (size_t shorter = 8; shorter < size; shorter++)
			assert_memory_not_equal(made[size], made[shorter], 8);
	}
	key_free(key);
}

/* The same number in other octets would have another fallback, and so tell
 * whether it can be opened. */
static void
a_key_is_opened_in_one_form_alone(void **state)
{
	struct key *key = load("rsa.pem", "");
	struct public_key *public_key = public_half(key);
	struct buf encrypted = wrap(public_key, 16);
	struct buf longer = { 0 };
	uint8_t content_key[16];

	(void)state;
	buf_append_octet(&longer, 0);
	buf_append(&longer, buf_bytes(&encrypted));
	key_unwrap(key, buf_bytes(&longer), content_key, sizeof(content_key));
	assert_memory_not_equal(content_key, CONTENT_KEY, 16);
	buf_clear(&longer);
	buf_clear(&encrypted);
	provider_public_key_free(gnutls(), public_key);
	key_free(key);
}

/* A key of another size than was asked for. */
static void
fallback_stands_where_sizes_differ(void **state)
{
	struct key *key = load("rsa.pem", "");
	struct public_key *public_key = public_half(key);
	struct buf encrypted = wrap(public_key, 16);
	uint8_t first[24] = { 0 }, second[24] = { 0 };

	(void)state;
	key_unwrap(key, buf_bytes(&encrypted), first, sizeof(first));
	key_unwrap(key, buf_bytes(&encrypted), second, sizeof(second));
	assert_memory_equal(first, second, sizeof(first));
	assert_memory_not_equal(first, CONTENT_KEY, 16);
	buf_clear(&encrypted);
	provider_public_key_free(gnutls(), public_key);
	key_free(key);
}

/* What each thread is given, and whether all went well with it. */
struct labour {
	const struct key *key;
	const struct public_key *public_key;
	struct bytes encrypted;
	struct fallback fallback;
	bool done;
};

/* cmocka's assertions are for its own thread: this one only reports. */
static void *
work(void *argument)
{
	struct labour *labour = argument;
	uint8_t content_key[CIPHER_MAX_KEY_SIZE];

	for (int round = 0; round < 50; round++) {
		if (sign_and_verify(labour->key, labour->public_key) != ERR_OK)
			return NULL;
		key_unwrap(labour->key, labour->encrypted, content_key, 16);
		if (memcmp(content_key, CONTENT_KEY, 16) != 0)
			return NULL;
		key_unwrap(labour->key, BYTES_ARRAY(garbage), content_key,
		    sizeof(content_key));
		if (memcmp(content_key, &labour->fallback,
			sizeof(content_key)) != 0)
			return NULL;
	}
	labour->done = true;
	return NULL;
}

static void
threads_may_share_a_key(void **state)
{
	struct key *key = load("rsa.pem", "");
	struct public_key *public_key = public_half(key);
	struct buf encrypted = wrap(public_key, 16);
	struct labour labours[8];
	pthread_t threads[COUNT(labours)];

	(void)state;
	for (size_t i = 0; i < COUNT(labours); i++) {
		labours[i] = (struct labour){ key, public_key,
			buf_bytes(&encrypted),
			fallback_of("rsa.pem", "", BYTES_ARRAY(garbage)),
			false };
		assert_int_equal(pthread_create(&threads[i], NULL, work,
				     &labours[i]),
		    0);
	}
	for (size_t i = 0; i < COUNT(labours); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(labours[i].done);
	}
	buf_clear(&encrypted);
	provider_public_key_free(gnutls(), public_key);
	key_free(key);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	key_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_knows_scheme_and_digest),
		cmocka_unit_test(spki_is_that_of_the_private_key),
		cmocka_unit_test(load_refuses_a_wrong_passphrase),
		cmocka_unit_test(of_takes_a_generated_key),
		cmocka_unit_test(sign_signs_the_whole_message),
		cmocka_unit_test(sign_appends_nothing_where_it_fails),
		cmocka_unit_test(unwrap_opens_what_was_wrapped),
		cmocka_unit_test(
		    fallback_is_the_same_after_a_restart_and_in_every_form),
		cmocka_unit_test(fallback_differs_by_key_and_by_message),
		cmocka_unit_test(fallback_fills_every_size),
		cmocka_unit_test(fallback_of_one_size_is_no_part_of_another),
		cmocka_unit_test(a_key_is_opened_in_one_form_alone),
		cmocka_unit_test(fallback_stands_where_sizes_differ),
		cmocka_unit_test(threads_may_share_a_key),
		cmocka_unit_test(free_of_null_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
