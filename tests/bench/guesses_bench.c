/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "scep/guesses.h"

/*
 * What it costs a request that its challenge is looked at, so that wrong ones
 * can be counted:
 *
 *     guesses_bench
 *
 * prints nanoseconds a request, the best of some rounds: right ones from peers
 * of which nothing is known; wrong ones, from more peers than there is room
 * for; and one peer that has to wait.
 */

#define NOW INT64_C(1796083200)
#define ROUNDS 9
#define REQUESTS 50000
#define PEERS 50000
#define PEER_SIZE 24

struct load {
	const char *name;
	enum guess_outcome outcome;
	size_t peers;
};

static const struct load loads[] = {
	{ "right", GUESS_RIGHT, PEERS },
	{ "wrong", GUESS_WRONG, PEERS },
	{ "has to wait", GUESS_WRONG, 1 },
};

static char (*peers)[PEER_SIZE];

static double
measure_ns(struct guesses *guesses, const struct load *load)
{
	int64_t began = clock_monotonic_us();
	int64_t told = 0;

	for (size_t i = 0; i < REQUESTS; i++) {
		const struct guess guess = { "/scep/devices",
			bytes_of_string(peers[i % load->peers]), load->outcome,
			NOW };

		told += guesses_settle(guesses, &guess);
	}
	if (load->peers == 1 && told < REQUESTS / 2) {
		fputs("guesses_bench: nobody has to wait\n", stderr);
		exit(1);
	}
	return (double)(clock_monotonic_us() - began) * 1000 / REQUESTS;
}

static double
best_ns(const struct load *load)
{
	static const struct guess_limits limits = { true, { 10, 600, 60 },
		100 };
	struct guesses *guesses = guesses_new(&limits, provider_find("gnutls"),
	    -1);
	double best = 0;

	for (size_t i = 0; i < ROUNDS; i++) {
		double took = measure_ns(guesses, load);

		best = i == 0 || took < best ? took : best;
	}
	guesses_free(guesses);
	return best;
}

int
main(void)
{
	peers = xcalloc(PEERS, sizeof(*peers));
	for (unsigned i = 0; i < PEERS; i++)
		snprintf(peers[i], PEER_SIZE, "2001:db8:%x::1", i);
	printf("a challenge that is looked at, ns:");
	for (size_t i = 0; i < COUNT(loads); i++)
		printf(" %s %.0f%s", loads[i].name, best_ns(&loads[i]),
		    i + 1 < COUNT(loads) ? "," : "\n");
	free(peers);
	return 0;
}
