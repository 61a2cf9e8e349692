/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guesses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "tests/unit/children.h"

#define NOW 1796083200
#define PLACE "/scep"

static const struct guess_limits limits = { true, { 10, 600, 60 }, 100 };

static struct guesses *
alone(const struct guess_limits *with)
{
	struct guesses *guesses = guesses_new(with, provider_find("gnutls"),
	    -1);

	assert_non_null(guesses);
	return guesses;
}

static int64_t
settle(struct guesses *guesses, const char *peer, enum guess_outcome outcome,
    int64_t at)
{
	const struct guess guess = { PLACE, bytes_of_string(peer), outcome,
		NOW + at };

	return guesses_settle(guesses, &guess);
}

/* So many wrong ones at that second; how many were told. */
static unsigned
guess_wrongly(struct guesses *guesses, const char *peer, unsigned times,
    int64_t at)
{
	unsigned told = 0;

	for (unsigned i = 0; i < times; i++)
		if (settle(guesses, peer, GUESS_WRONG, at) == 0)
			told++;
	return told;
}

static void
each_peer_is_slowed_down_for_itself(void **state)
{
	static const struct row {
		const char *guesser;
		const char *other;
		bool is_same;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.6", false },
		{ "2001:db8::7", "2001:db8::ffff:ffff:ffff:ffff", true },
		{ "2001:db8::7", "2001:db8:0:1::7", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guesses *guesses = alone(&limits);

		assert_int_equal(guess_wrongly(guesses, rows[i].guesser, 100,
				     0),
		    10);
		assert_int_equal(settle(guesses, rows[i].other, GUESS_RIGHT, 0),
		    rows[i].is_same ? 1 : 0);
		guesses_free(guesses);
	}
}

/* As of a web server with a socket of its own: it would be everybody. */
static void
who_has_no_address_is_not_slowed_down(void **state)
{
	static const char *const peers[] = { "", "unix:", "::1" };

	(void)state;
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct guesses *guesses = alone(&limits);

		assert_int_equal(guess_wrongly(guesses, peers[i], 100, 0), 100);
		assert_int_equal(settle(guesses, peers[i], GUESS_RIGHT, 0), 0);
		guesses_free(guesses);
	}
}

/* Else whoever knows one endpoint's challenge could guess another's. */
static void
each_endpoint_is_for_itself(void **state)
{
	struct guesses *guesses = alone(&limits);
	struct guess guess = { "/other", BYTES_LITERAL("192.0.2.7"),
		GUESS_WRONG, NOW };

	(void)state;
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 11, 0), 10);
	guess.outcome = GUESS_RIGHT;
	assert_int_equal(guesses_settle(guesses, &guess), 0);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 0), 1);
	guesses_free(guesses);
}

static void
who_is_right_is_forgiven(void **state)
{
	struct guesses *guesses = alone(&limits);

	(void)state;
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 9, 0), 9);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 0), 0);
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 0), 10);
	/* In time, and no sooner; then all are free again. */
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 0), 1);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 1), 0);
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 1), 10);
	guesses_free(guesses);
}

/* Behind a NAT, with somebody who never stops. */
static void
whoever_asks_when_the_wait_is_over_gets_through(void **state)
{
	struct guesses *guesses = alone(&limits);
	int64_t wait_s;

	(void)state;
	for (int64_t at = 0; at < 3600; at++)
		(void)guess_wrongly(guesses, "192.0.2.7", 3, at);
	wait_s = settle(guesses, "192.0.2.7", GUESS_RIGHT, 3600);
	assert_in_range(wait_s, 1, 60);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT,
			     3600 + wait_s),
	    0);
	guesses_free(guesses);
}

static void
what_is_refused_for_another_reason_is_no_guess_but_takes_a_turn(void **state)
{
	struct guesses *guesses = alone(&limits);

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(settle(guesses, "192.0.2.7", GUESS_OTHER, 0),
		    0);
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 0), 10);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_OTHER, 0), 1);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_OTHER, 1), 0);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 1), 1);
	guesses_free(guesses);
}

static void
nobody_is_slowed_down_where_that_is_off(void **state)
{
	static const struct guess_limits off = { .backoff = { .window = 600 },
		.alarm = 5 };
	struct guesses *guesses = alone(&off);

	(void)state;
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 500, 0), 500);
	assert_int_equal(guesses_most(guesses, PLACE, NOW), 500);
	guesses_free(guesses);
}

/* A stranger with many addresses can't have himself forgotten. */
static void
of_more_peers_than_there_is_room_for_the_worst_are_remembered(void **state)
{
	struct guesses *guesses = alone(&limits);

	(void)state;
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 0), 10);
	for (unsigned i = 0; i < 50000; i++) {
		char peer[40];

		snprintf(peer, sizeof(peer), "2001:db8:%x::1", i);
		(void)guess_wrongly(guesses, peer, 1 + i % 9, 0);
	}
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 0), 1);
	guesses_free(guesses);
}

static void
an_endpoint_counts_what_was_wrong_or_not_told(void **state)
{
	struct guesses *guesses = alone(&limits);

	(void)state;
	assert_int_equal(guesses_most(guesses, PLACE, NOW), 0);
	(void)guess_wrongly(guesses, "192.0.2.7", 12, 0);
	(void)guess_wrongly(guesses, "192.0.2.8", 3, 1);
	(void)settle(guesses, "192.0.2.9", GUESS_RIGHT, 1);
	(void)settle(guesses, "192.0.2.9", GUESS_OTHER, 1);
	assert_int_equal(guesses_most(guesses, PLACE, NOW + 1), 15);
	assert_int_equal(guesses_most(guesses, "/other", NOW + 1), 0);
	assert_int_equal(guesses_most(guesses, PLACE, NOW + 1200), 0);
	guesses_free(guesses);
}

/* One for each of more configurations than anybody tries. */
static void
endpoints_that_there_is_no_room_for_are_not_counted(void **state)
{
	struct guesses *guesses = alone(&limits);
	unsigned counted = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		char path[20];
		struct guess guess = { path, BYTES_LITERAL("192.0.2.7"),
			GUESS_WRONG, NOW };

		snprintf(path, sizeof(path), "/%u", i);
		assert_int_equal(guesses_settle(guesses, &guess), 0);
		counted += guesses_most(guesses, path, NOW);
	}
	assert_int_equal(counted, 1024);
	guesses_free(guesses);
}

/* Several processes */

static void
only_memory_of_ours_is_shared(void **state)
{
	int null = open("/dev/null", O_RDWR);

	(void)state;
	assert_null(guesses_new(&limits, provider_find("gnutls"), null));
	assert_int_equal(errno, EINVAL);
	close(null);
}

static struct guesses *
of_many(int shared)
{
	struct guesses *guesses = guesses_new(&limits, provider_find("gnutls"),
	    shared);

	if (guesses == NULL || !guesses_is_shared(guesses))
		_exit(99);
	return guesses;
}

/* As many as there may be of one, whoever comes first; each ends with how many
 * it was told. */
static void
processes_at_once_tell_no_more_than_one_would(void **state)
{
	int shared = guesses_new_shared(), go[2];
	struct guesses *guesses = of_many(shared);
	pid_t children[8];
	unsigned told = 0;
	char octet;

	(void)state;
	assert_int_equal(pipe(go), 0);
	for (size_t i = 0; i < COUNT(children); i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		close(go[1]);
		if (read(go[0], &octet, 1) != 0)
			_exit(99);
		_exit((int)guess_wrongly(of_many(shared), "192.0.2.7", 2000,
		    0));
	}
	close(go[0]);
	close(go[1]); /* all at once */
	for (size_t i = 0; i < COUNT(children); i++)
		told += (unsigned)WEXITSTATUS(ended(children[i]));
	assert_int_equal(told, 10);
	assert_int_equal(guesses_most(guesses, PLACE, NOW), 16000);
	guesses_free(guesses);
	close(shared);
}

static void
pause_ms(long ms)
{
	const struct timespec pause = { 0, ms * 1000000 };

	nanosleep(&pause, NULL);
}

/* For ever: many peers, so that places are taken and given up. */
static void
guess_for_ever(int shared, unsigned seed)
{
	struct guesses *guesses = of_many(shared);

	for (unsigned i = seed;; i++) {
		char peer[40];

		snprintf(peer, sizeof(peer), "2001:db8:%x::1", i % 20000);
		(void)settle(guesses, peer,
		    i % 7 == 0 ? GUESS_RIGHT : GUESS_WRONG, i % 300);
	}
}

static void
one_that_is_killed_neither_blocks_nor_harms_the_others(void **state)
{
	int shared = guesses_new_shared();
	struct guesses *guesses = of_many(shared);

	(void)state;
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 299), 10);
	for (unsigned i = 0; i < 60; i++) {
		pid_t child = fork();

		if (child == 0)
			guess_for_ever(shared, i * 977);
		/* A different instant each time. */
		pause_ms(1 + i % 13);
		(void)guess_wrongly(guesses, "192.0.2.8", 5, 299);
		kill(child, SIGKILL);
		assert_int_equal(WTERMSIG(ended(child)), SIGKILL);
	}
	/* What was known before is known, and what comes then is as ever. */
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 299), 1);
	assert_int_equal(settle(guesses, "192.0.2.8", GUESS_RIGHT, 299), 1);
	assert_int_equal(settle(guesses, "192.0.2.7", GUESS_RIGHT, 300), 0);
	assert_int_equal(guess_wrongly(guesses, "192.0.2.7", 20, 300), 10);
	guesses_free(guesses);
	close(shared);
}

/* A worker that was taken over may write what it likes; it must cost others
 * neither their lives nor their time. */
static void
octets_of_no_sense_are_only_counted(void **state)
{
	int shared = guesses_new_shared();
	struct guesses *guesses = of_many(shared);
	int64_t began = clock_monotonic_us();
	uint64_t noise = 88172645463325252U;
	off_t size = lseek(shared, 0, SEEK_END);

	(void)state;
	for (off_t at = 32; at < size; at += (off_t)sizeof(noise)) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		assert_int_equal(pwrite(shared, &noise, sizeof(noise), at),
		    sizeof(noise));
	}
	for (unsigned i = 0; i < 1000; i++) {
		char peer[40];

		snprintf(peer, sizeof(peer), "2001:db8:%x::1", i);
		assert_in_range(settle(guesses, peer, GUESS_WRONG, 0), 0, 60);
		(void)guesses_most(guesses, PLACE, NOW);
	}
	assert_true(clock_monotonic_us() - began < 30000000);
	guesses_free(guesses);
	guesses_free(NULL);
	close(shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_peer_is_slowed_down_for_itself),
		cmocka_unit_test(each_endpoint_is_for_itself),
		cmocka_unit_test(who_has_no_address_is_not_slowed_down),
		cmocka_unit_test(who_is_right_is_forgiven),
		cmocka_unit_test(
		    whoever_asks_when_the_wait_is_over_gets_through),
		cmocka_unit_test(
		    what_is_refused_for_another_reason_is_no_guess_but_takes_a_turn),
		cmocka_unit_test(nobody_is_slowed_down_where_that_is_off),
		cmocka_unit_test(
		    of_more_peers_than_there_is_room_for_the_worst_are_remembered),
		cmocka_unit_test(an_endpoint_counts_what_was_wrong_or_not_told),
		cmocka_unit_test(
		    endpoints_that_there_is_no_room_for_are_not_counted),
		cmocka_unit_test(only_memory_of_ours_is_shared),
		cmocka_unit_test(processes_at_once_tell_no_more_than_one_would),
		cmocka_unit_test(
		    one_that_is_killed_neither_blocks_nor_harms_the_others),
		cmocka_unit_test(octets_of_no_sense_are_only_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
