/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_channels.h"

#include "tests/unit/crypto_key_server.h"
#include "tests/unit/descriptors.h"

/* Asks for a signature of `message` by the key. */
static enum err
ask(struct key_channels *channels, const struct key *key, struct bytes message,
    enum key_wire_result *result, struct buf *output)
{
	uint8_t id[KEY_WIRE_ID_SIZE];
	struct key_wire_request request = {
		.operation = KEY_WIRE_SIGN,
		.argument = DIGEST_SHA256,
		.key_id = BYTES_ARRAY(id),
		.input = message,
	};

	key_wire_id(gnutls(), key_spki(key), id);
	return key_channels_ask(channels, &request, result, output);
}

/* The outputs are left alone where it fails. */
static void
assert_fails(struct key_channels *channels, const struct key *key,
    struct bytes message, enum err expected)
{
	enum key_wire_result result = (enum key_wire_result)7;
	struct buf output = { 0 };

	assert_int_equal(ask(channels, key, message, &result, &output),
	    expected);
	assert_int_equal(result, 7);
	assert_int_equal(output.size, 0);
}

static void
assert_answered(struct key_channels *channels, const struct key *key,
    enum key_wire_result expected)
{
	enum key_wire_result result;
	struct buf output = { 0 };

	assert_int_equal(ask(channels, key, SIGNED_MESSAGE, &result, &output),
	    ERR_OK);
	assert_int_equal(result, expected);
	assert_int_equal(output.size > 0, expected == KEY_WIRE_DONE);
	buf_clear(&output);
}

static void
ask_brings_the_answer(void **state)
{
	struct key *key = key_of_file("p256.pem");
	struct key *other = key_of_file("p384.pem");
	struct key_server server = { .key = key, .answers = 9 };
	struct key_channels *channels = key_servers_start(&server, 1);

	(void)state;
	assert_answered(channels, key, KEY_WIRE_DONE);
	assert_answered(channels, other, KEY_WIRE_REFUSED);
	/* A refusal is an answer: the channel goes on. */
	assert_answered(channels, key, KEY_WIRE_DONE);
	assert_false(is_told_broken(channels));
	key_servers_stop(&server, 1, channels);
	key_free(key);
	key_free(other);
}

static void
a_channel_that_broke_is_told_and_never_used_again(void **state)
{
	struct key *key = key_of_file("p256.pem");
	struct key_server servers[2] = { { .key = key, .answers = 1 },
		{ .key = key, .answers = 3 } };
	struct key_channels *channels = key_servers_start(servers, 2);

	(void)state;
	/* The second one is used until it is closed, then the first one. */
	for (int i = 0; i < 3; i++)
		assert_answered(channels, key, KEY_WIRE_DONE);
	assert_false(is_told_broken(channels));
	assert_fails(channels, key, SIGNED_MESSAGE, ERR_KEY_CHANNEL);
	assert_true(is_told_broken(channels));
	assert_answered(channels, key, KEY_WIRE_DONE);
	assert_fails(channels, key, SIGNED_MESSAGE, ERR_KEY_CHANNEL);
	/* None is left, and nobody waits for one. */
	assert_fails(channels, key, SIGNED_MESSAGE, ERR_KEY_CHANNEL);
	assert_true(is_told_broken(channels));
	key_servers_stop(servers, 2, channels);
	key_free(key);
}

static void
a_reply_out_of_turn_breaks_the_channel(void **state)
{
	struct key *key = key_of_file("p256.pem");
	struct key_server server = { .key = key, .answers = 9, .skew = 1 };
	struct key_channels *channels = key_servers_start(&server, 1);

	(void)state;
	assert_fails(channels, key, SIGNED_MESSAGE, ERR_KEY_WIRE);
	assert_true(is_told_broken(channels));
	key_servers_stop(&server, 1, channels);
	key_free(key);
}

static void
what_is_too_large_is_not_sent(void **state)
{
	struct key *key = key_of_file("p256.pem");
	struct key_server server = { .key = key, .answers = 9 };
	struct key_channels *channels = key_servers_start(&server, 1);
	struct buf large = { 0 };

	(void)state;
	buf_extend(&large, KEY_WIRE_WORKER_LIMIT);
	assert_fails(channels, key, buf_bytes(&large), ERR_KEY_WIRE);
	assert_false(is_told_broken(channels));
	assert_answered(channels, key, KEY_WIRE_DONE);
	buf_clear(&large);
	key_servers_stop(&server, 1, channels);
	key_free(key);
}

struct asker {
	struct key_channels *channels;
	const struct key *key;
	unsigned rounds;
	bool done;
	pthread_t thread;
};

static void *
ask_often(void *argument)
{
	struct asker *asker = argument;

	for (unsigned i = 0; i < asker->rounds; i++) {
		enum key_wire_result result;
		struct buf output = { 0 };

		if (ask(asker->channels, asker->key, SIGNED_MESSAGE, &result,
			&output) != ERR_OK)
			return NULL;
		buf_clear(&output);
	}
	asker->done = true;
	return NULL;
}

/* Runs more threads than there are channels; the number that got all their
 * answers. */
static unsigned
count_done(struct key_channels *channels, const struct key *key,
    unsigned rounds)
{
	struct asker askers[6];
	unsigned done = 0;

	for (size_t i = 0; i < COUNT(askers); i++) {
		askers[i] = (struct asker){ .channels = channels,
			.key = key,
			.rounds = rounds };
		assert_int_equal(pthread_create(&askers[i].thread, NULL,
				     ask_often, &askers[i]),
		    0);
	}
	for (size_t i = 0; i < COUNT(askers); i++) {
		assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
		done += askers[i].done;
	}
	return done;
}

static void
threads_wait_for_a_channel_and_never_for_a_broken_one(void **state)
{
	struct key *key = key_of_file("p256.pem");
	struct key_server servers[2] = { { .key = key, .answers = 1000 },
		{ .key = key, .answers = 1000 } };
	struct key_channels *channels = key_servers_start(servers, 2);

	(void)state;
	assert_int_equal(count_done(channels, key, 50), 6);
	key_servers_stop(servers, 2, channels);
	servers[0].answers = servers[1].answers = 20;
	channels = key_servers_start(servers, 2);
	assert_int_equal(count_done(channels, key, 50), 0);
	assert_true(is_told_broken(channels));
	key_servers_stop(servers, 2, channels);
	key_free(key);
}

/* With no descriptor left there is no way to tell that a channel broke. */
static void
new_fails_without_a_descriptor_to_spare(void **state)
{
	struct key_channels *channels = NULL;
	rlim_t before;
	int pair[2];
	enum err err;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	before = limit_descriptors(0);
	err = key_channels_new(pair, 1, KEY_WIRE_WORKER_LIMIT, &channels);
	limit_descriptors(before);
	assert_int_equal(err, ERR_KEY_CHANNEL);
	assert_null(channels);
	/* The descriptor was taken over. */
	assert_int_equal(close(pair[0]), -1);
	assert_int_equal(close(pair[1]), 0);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	key_channels_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ask_brings_the_answer),
		cmocka_unit_test(
		    a_channel_that_broke_is_told_and_never_used_again),
		cmocka_unit_test(a_reply_out_of_turn_breaks_the_channel),
		cmocka_unit_test(what_is_too_large_is_not_sent),
		cmocka_unit_test(
		    threads_wait_for_a_channel_and_never_for_a_broken_one),
		cmocka_unit_test(new_fails_without_a_descriptor_to_spare),
		cmocka_unit_test(free_of_null_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
