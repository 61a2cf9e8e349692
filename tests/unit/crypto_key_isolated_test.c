/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_isolated.h"

#include "tests/unit/crypto_key_server.h"

#define CONTENT_KEY "0123456789abcdef0123456789ABCDEF"

static const uint8_t garbage[256] = { 0x12, 0x34 };

/* A key by way of another thread, beside the one that this has. */
struct both {
	struct key *local;
	struct key *isolated;
	struct key_channels *channels;
	struct key_server server;
};

static void
start(struct both *both, const char *name, unsigned answers)
{
	*both = (struct both){ .local = key_of_file(name) };
	both->server.key = both->local;
	both->server.answers = answers;
	both->channels = key_servers_start(&both->server, 1);
	assert_int_equal(key_isolated_new(both->channels, gnutls(),
			     key_spki(both->local), &both->isolated),
	    ERR_OK);
}

static void
stop(struct both *both)
{
	key_free(both->isolated);
	key_servers_stop(&both->server, 1, both->channels);
	key_free(both->local);
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

static enum err
sign_and_verify(const struct key *key)
{
	struct public_key *public_key = public_half(key);
	struct signature_algorithm algorithm = { key_scheme(key),
		key_digest(key), 0 };
	struct buf signature = { 0 };
	enum err err = key_sign(key, key_digest(key), SIGNED_MESSAGE,
	    &signature);

	if (err == ERR_OK)
		err = verify_message(public_key, algorithm, SIGNED_MESSAGE,
		    buf_bytes(&signature));
	buf_clear(&signature);
	provider_public_key_free(gnutls(), public_key);
	return err;
}

static void
sign_gives_the_signature_of_the_key(void **state)
{
	static const char *const names[] = { "rsa.pem", "p256.pem", "p384.pem",
		"p521.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct both both;

		start(&both, names[i], 1);
		assert_same_bytes(key_spki(both.isolated),
		    key_spki(both.local));
		assert_int_equal(key_scheme(both.isolated),
		    key_scheme(both.local));
		assert_int_equal(key_digest(both.isolated),
		    key_digest(both.local));
		assert_int_equal(sign_and_verify(both.isolated), ERR_OK);
		stop(&both);
	}
}

/* Both keys make the same octets of it, whatever it is. */
static void
assert_unwrapped_alike(const struct both *both, struct bytes encrypted,
    size_t size)
{
	uint8_t local[CIPHER_MAX_KEY_SIZE] = { 0 };
	uint8_t isolated[CIPHER_MAX_KEY_SIZE] = { 0 };

	key_unwrap(both->local, encrypted, local, size);
	key_unwrap(both->isolated, encrypted, isolated, size);
	assert_memory_equal(local, isolated, sizeof(local));
}

static void
unwrap_gives_what_the_key_itself_gives(void **state)
{
	struct public_key *public_key;
	struct buf encrypted = { 0 };
	struct both both;

	(void)state;
	start(&both, "rsa.pem", 9);
	public_key = public_half(both.local);
	assert_int_equal(provider_wrap(gnutls(), public_key,
			     bytes_of(CONTENT_KEY, 16), &encrypted),
	    ERR_OK);
	assert_unwrapped_alike(&both, buf_bytes(&encrypted), 16);
	/* Another size, no padding, another length, nothing at all. */
	assert_unwrapped_alike(&both, buf_bytes(&encrypted), 24);
	assert_unwrapped_alike(&both, BYTES_ARRAY(garbage), 16);
	assert_unwrapped_alike(&both, bytes_of(garbage, 200), 32);
	assert_unwrapped_alike(&both, bytes_of(NULL, 0), 8);
	buf_clear(&encrypted);
	provider_public_key_free(gnutls(), public_key);
	stop(&both);
}

static void
sign_fails_where_the_key_process_refuses(void **state)
{
	struct key *other = key_of_file("p384.pem");
	struct key *isolated;
	struct both both;

	(void)state;
	start(&both, "p256.pem", 9);
	assert_int_equal(key_isolated_new(both.channels, gnutls(),
			     key_spki(other), &isolated),
	    ERR_OK);
	assert_int_equal(sign_and_verify(isolated), ERR_SIGN);
	assert_int_equal(sign_and_verify(both.isolated), ERR_OK);
	assert_false(is_told_broken(both.channels));
	key_free(isolated);
	key_free(other);
	stop(&both);
}

/* What is unwrapped then fits nothing, and is never twice the same. */
static void
a_key_process_that_is_gone_is_told_by_sign_alone(void **state)
{
	static const uint8_t untouched[4] = { 0xee, 0xee, 0xee, 0xee };
	uint8_t first[CIPHER_MAX_KEY_SIZE], second[CIPHER_MAX_KEY_SIZE];
	struct both both;

	(void)state;
	start(&both, "rsa.pem", 0);
	memset(first, 0xee, sizeof(first));
	memset(second, 0xee, sizeof(second));
	key_unwrap(both.isolated, BYTES_ARRAY(garbage), first, 28);
	assert_true(is_told_broken(both.channels));
	key_unwrap(both.isolated, BYTES_ARRAY(garbage), second, 28);
	assert_memory_not_equal(first, second, 28);
	assert_memory_equal(first + 28, untouched, 4);
	assert_int_equal(sign_and_verify(both.isolated), ERR_SIGN);
	stop(&both);
}

static void
new_refuses_what_is_no_key(void **state)
{
	struct key *key = NULL;
	struct both both;

	(void)state;
	start(&both, "p256.pem", 0);
	assert_int_equal(key_isolated_new(both.channels, gnutls(),
			     BYTES_LITERAL("\x30\x00"), &key),
	    ERR_KEY_FILE);
	assert_null(key);
	stop(&both);
}

struct labour {
	const struct key *key;
	uint8_t fallback[16];
	bool done;
	pthread_t thread;
};

/* cmocka's assertions are for its own thread: this one only reports. */
static void *
work(void *argument)
{
	struct labour *labour = argument;
	uint8_t content_key[16];

	for (int round = 0; round < 25; round++) {
		struct buf signature = { 0 };

		if (key_sign(labour->key, DIGEST_SHA256, SIGNED_MESSAGE,
			&signature) != ERR_OK)
			return NULL;
		buf_clear(&signature);
		key_unwrap(labour->key, BYTES_ARRAY(garbage), content_key, 16);
		if (memcmp(content_key, labour->fallback, 16) != 0)
			return NULL;
	}
	labour->done = true;
	return NULL;
}

static void
threads_may_share_a_key_and_its_channels(void **state)
{
	struct key *local = key_of_file("rsa.pem"), *isolated;
	struct key_server servers[4];
	struct labour labours[4];
	struct key_channels *channels;

	(void)state;
	for (size_t i = 0; i < COUNT(servers); i++)
		servers[i] = (struct key_server){ .key = local,
			.answers = 1000 };
	channels = key_servers_start(servers, COUNT(servers));
	assert_int_equal(key_isolated_new(channels, gnutls(), key_spki(local),
			     &isolated),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(labours); i++) {
		labours[i] = (struct labour){ .key = isolated };
		key_unwrap(local, BYTES_ARRAY(garbage), labours[i].fallback,
		    16);
		assert_int_equal(pthread_create(&labours[i].thread, NULL, work,
				     &labours[i]),
		    0);
	}
	for (size_t i = 0; i < COUNT(labours); i++) {
		assert_int_equal(pthread_join(labours[i].thread, NULL), 0);
		assert_true(labours[i].done);
	}
	key_free(isolated);
	key_servers_stop(servers, COUNT(servers), channels);
	key_free(local);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sign_gives_the_signature_of_the_key),
		cmocka_unit_test(unwrap_gives_what_the_key_itself_gives),
		cmocka_unit_test(sign_fails_where_the_key_process_refuses),
		cmocka_unit_test(
		    a_key_process_that_is_gone_is_told_by_sign_alone),
		cmocka_unit_test(new_refuses_what_is_no_key),
		cmocka_unit_test(threads_may_share_a_key_and_its_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
