/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guesses.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>

#include "base/shared.h"
#include "base/xalloc.h"
#include "crypto/provider_internal.h"
#include "tests/unit/children.h"

/*
 * A process that settles a guess is stopped, after one instruction or another,
 * before and after it changes what all share, and there another one settles a
 * guess of the same peer, or it is killed: nothing is left to chance, however
 * many processors there are.
 */

#define NOW 1796083200
#define PLACE "/scep"
#define FREE 10

/* More than it takes from the hash to the word that is changed. */
#define MOST_STEPS 20000

/* Before that word is changed: so many instructions are tried, the last of them
 * one by one and a part of those before. */
#define NEAR 20
#define AROUND 200
#define STRIDE 6

static const struct guess_limits limits = { true, { FREE, 600, 60 }, 0 };

/* The first digest of a guess finds the peer, the second one the endpoint: the
 * one after which this process stops; 0: none. */
static unsigned stop_at;

static void
digest_and_stop(enum digest digest, const struct bytes *parts, size_t count,
    uint8_t *out)
{
	provider_gnutls.digest(digest, parts, count, out);
	if (stop_at > 0 && --stop_at == 0)
		raise(SIGSTOP);
}

static struct provider stopping;

static int64_t
guess_wrongly(struct guesses *guesses, unsigned peer)
{
	char address[40];
	struct guess guess = { PLACE, { 0 }, GUESS_WRONG, NOW };

	snprintf(address, sizeof(address), "2001:db8:%x::1", peer);
	guess.peer = bytes_of_string(address);
	return guesses_settle(guesses, &guess);
}

/* A child that has stopped at that digest. */
static pid_t
start_guess(struct guesses *guesses, unsigned peer, unsigned digest)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(2);
		stop_at = digest;
		_exit(guess_wrongly(guesses, peer) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("# nobody may trace here\n");
		skip();
	}
	assert_true(WIFSTOPPED(status));
	return child;
}

/* So many instructions further; false: it has ended before. */
static bool
step(pid_t child, unsigned steps)
{
	int status;

	for (unsigned i = 0; i < steps; i++) {
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL),
		    0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFSTOPPED(status)) {
			assert_int_equal(status, 0);
			return false;
		}
	}
	return true;
}

/* How many of the free ones are left. */
static unsigned
count_free(struct guesses *guesses, unsigned peer)
{
	unsigned count = 0;

	while (guess_wrongly(guesses, peer) == 0)
		count++;
	return count;
}

struct table {
	struct guesses *guesses;
	uint8_t *memory; /* the same, as octets */
	size_t size;
};

static struct table
new_table(void)
{
	int shared = guesses_new_shared();
	struct table table = { .size = (size_t)lseek(shared, 0, SEEK_END) };

	stopping = provider_gnutls;
	stopping.digest = digest_and_stop;
	assert_non_null(provider_find("gnutls"));
	table.guesses = guesses_new(&limits, &stopping, shared);
	table.memory = shared_map(shared, table.size);
	assert_non_null(table.guesses);
	assert_non_null(table.memory);
	close(shared);
	return table;
}

static void
clear_table(struct table *table)
{
	guesses_free(table->guesses);
	shared_unmap(table->memory, table->size);
}

static unsigned
counted(const struct guesses *guesses)
{
	return guesses_most(guesses, PLACE, NOW);
}

/* After how many instructions the guess has changed anything; with another peer
 * it may be some more or less. */
static unsigned
find_change(unsigned digest)
{
	struct table table = new_table();
	uint8_t *before = xalloc(table.size);
	unsigned steps = 0;
	pid_t child;

	/* The endpoint has its place then, as later on. */
	assert_int_equal(guess_wrongly(table.guesses, 1), 0);
	child = start_guess(table.guesses, 0, digest);
	memcpy(before, table.memory, table.size);
	while (memcmp(before, table.memory, table.size) == 0) {
		assert_true(step(child, 1));
		assert_true(++steps < MOST_STEPS);
	}
	kill(child, SIGKILL);
	assert_int_equal(WTERMSIG(ended(child)), SIGKILL);
	free(before);
	clear_table(&table);
	return steps;
}

/* The next number of instructions to be tried. */
static unsigned
next_of(unsigned steps, unsigned change)
{
	return steps + (steps + NEAR < change ? STRIDE : 1);
}

static unsigned
first_of(unsigned change)
{
	return change > AROUND ? change - AROUND : 0;
}

static void
assert_both_count(unsigned digest)
{
	struct table table = new_table();
	unsigned change = find_change(digest);

	assert_int_equal(guess_wrongly(table.guesses, MOST_STEPS), 0);
	for (unsigned steps = first_of(change); steps <= change + NEAR;
	     steps = next_of(steps, change)) {
		unsigned before = counted(table.guesses);
		pid_t child = start_guess(table.guesses, steps, digest);

		bool alive = step(child, steps);

		assert_int_equal(guess_wrongly(table.guesses, steps), 0);
		if (alive) {
			ptrace(PTRACE_CONT, child, NULL, NULL);
			assert_ends_well(child);
		}
		assert_int_equal(counted(table.guesses), before + 2);
		assert_int_equal(count_free(table.guesses, steps), FREE - 2);
	}
	clear_table(&table);
}

static void
of_two_at_any_instant_both_count(void **state)
{
	(void)state;
	assert_both_count(1);
	assert_both_count(2);
}

/* It counts from that instant on, and those of others always do. */
static void
one_that_is_killed_at_any_instant_harms_nobody(void **state)
{
	struct table table = new_table();
	uint8_t *before = xalloc(table.size);
	unsigned change = find_change(1);
	unsigned changes = 0;

	(void)state;
	for (unsigned steps = first_of(change); steps <= change + NEAR;
	     steps = next_of(steps, change)) {
		pid_t child = start_guess(table.guesses, steps, 1);
		bool has_changed;

		memcpy(before, table.memory, table.size);
		assert_true(step(child, steps));
		has_changed = memcmp(before, table.memory, table.size) != 0;
		kill(child, SIGKILL);
		assert_int_equal(WTERMSIG(ended(child)), SIGKILL);
		assert_int_equal(count_free(table.guesses, steps),
		    has_changed ? FREE - 1 : FREE);
		changes += has_changed;
	}
	assert_true(changes > 0);
	free(before);
	clear_table(&table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_at_any_instant_both_count),
		cmocka_unit_test(
		    one_that_is_killed_at_any_instant_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
