/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guesses.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/count.h"
#include "base/network.h"
#include "base/shared.h"
#include "base/xalloc.h"
#include "scep/guess_rate.h"

/*
 * Peers: sets of places, of which a peer's hash says which is its; there it has
 * one of the places, or none.  A place is one word: the rest of the hash, by
 * which the peer is known again, and its backoff.
 *
 *     63          40 39       32 31            0
 *     +-------------+-----------+--------------+
 *     |     tag     | failures  |      at      |      0: nobody
 *     +-------------+-----------+--------------+
 *
 * That two peers of a set have one tag is as likely as one in two millions.
 */
#define SETS 512
#define PLACES 8
#define TAG_SHIFT 40
#define FAILURES_SHIFT 32
#define FAILURES_MASK 0xff
#define AT_MASK 0xffffffff

/*
 * Endpoints: each has the first place, from the one that its hash says, that is
 * its own or nobody's, and keeps it; where there is none left it is not
 * counted.  A configuration has some, and a thousand names are not come by
 * even if it is changed each day.
 */
#define ENDPOINTS 1024
#define SINCE_SHIFT 32
#define COUNT_SHIFT 16
#define COUNT_MASK 0xffff

/* Where others change a word all the time, one of them has gone mad. */
#define MOST_RACES 100

#define KEY_SIZE 32

typedef _Atomic uint64_t word;

/* Else there would be locks, and each process would have its own. */
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "no atomic words of 64 bits");

struct endpoint_place {
	word name; /* its hash; 0: nobody */
	word rate;
};

struct memory {
	uint8_t key[KEY_SIZE];
	word peers[SETS][PLACES];
	struct endpoint_place endpoints[ENDPOINTS];
};

struct guesses {
	struct guess_limits limits;
	const struct provider *provider;
	uint8_t key[KEY_SIZE]; /* a copy: nobody may change it later */
	bool is_shared;
	struct memory *memory;
};

int
guesses_new_shared(void)
{
	int fd = shared_new("scepd guesses", sizeof(struct memory));
	struct memory *memory = fd < 0 ? NULL :
					 shared_map(fd, sizeof(struct memory));

	/* So few octets are never cut short. */
	if (memory != NULL && getrandom(memory->key, KEY_SIZE, 0) == KEY_SIZE) {
		shared_unmap(memory, sizeof(*memory));
		return fd;
	}
	shared_unmap(memory, sizeof(*memory));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct guesses *
guesses_new(const struct guess_limits *limits, const struct provider *provider,
    int shared)
{
	struct guesses *guesses;
	struct memory *memory;

	if (shared >= 0) {
		memory = shared_map(shared, sizeof(*memory));
		if (memory == NULL)
			return NULL;
	} else {
		memory = xalloc(sizeof(*memory));
		provider_random(provider, memory->key, KEY_SIZE);
	}
	guesses = xalloc(sizeof(*guesses));
	guesses->limits = *limits;
	guesses->provider = provider;
	guesses->memory = memory;
	guesses->is_shared = shared >= 0;
	memcpy(guesses->key, memory->key, KEY_SIZE);
	return guesses;
}

void
guesses_free(struct guesses *guesses)
{
	if (guesses == NULL)
		return;
	if (guesses->is_shared)
		shared_unmap(guesses->memory, sizeof(*guesses->memory));
	else
		free(guesses->memory);
	free(guesses);
}

bool
guesses_is_shared(const struct guesses *guesses)
{
	return guesses->is_shared;
}

const struct guess_limits *
guesses_limits(const struct guesses *guesses)
{
	return &guesses->limits;
}

/* Never 0, which is nobody's.  A path has no zero octet, so there is one way
 * to read what is hashed. */
static uint64_t
hash(const struct guesses *guesses, const char *endpoint, struct bytes network)
{
	const struct bytes parts[] = {
		BYTES_ARRAY(guesses->key),
		bytes_of(endpoint, strlen(endpoint) + 1),
		network,
	};
	uint8_t digest[32];
	uint64_t number;

	provider_digest(guesses->provider, DIGEST_SHA256, parts, COUNT(parts),
	    digest);
	memcpy(&number, digest, sizeof(number));
	return number != 0 ? number : 1;
}

/* Peers */

static uint64_t
tag_of(uint64_t hash_of_peer)
{
	return hash_of_peer >> TAG_SHIFT;
}

static struct backoff
unpack(uint64_t packed)
{
	return (struct backoff){
		.failures = (packed >> FAILURES_SHIFT) & FAILURES_MASK,
		.at = packed & AT_MASK,
	};
}

static uint64_t
pack(uint64_t tag, const struct backoff *backoff)
{
	return backoff->failures == 0 ? 0 :
					tag << TAG_SHIFT |
		(uint64_t)backoff->failures << FAILURES_SHIFT | backoff->at;
}

/* A place as it was when it was looked at. */
struct place {
	word *at;
	uint64_t was;
	struct backoff backoff; /* the peer's, or nothing */
};

/* Its own, or else the one that is best taken from somebody: all that look at
 * the same set find the same. */
static struct place
find_place(const struct guesses *guesses, uint64_t peer, int64_t now)
{
	const struct backoff_limits *limits = &guesses->limits.backoff;
	word *set = guesses->memory->peers[peer % SETS];
	struct place best = { &set[0], atomic_load(&set[0]), { 0 } };

	for (size_t i = 0; i < PLACES; i++) {
		struct place place = { &set[i], atomic_load(&set[i]), { 0 } };
		struct backoff found = unpack(place.was);
		struct backoff mildest = unpack(best.was);

		if (place.was != 0 && place.was >> TAG_SHIFT == tag_of(peer)) {
			place.backoff = found;
			return place;
		}
		if (backoff_is_milder(limits, &found, &mildest, now))
			best = place;
	}
	return best;
}

/* What is to be remembered now; whoever was never wrong takes nobody's
 * place. */
static uint64_t
next_of(const struct guesses *guesses, const struct place *place,
    const struct guess *guess, uint64_t peer)
{
	const struct backoff_limits *limits = &guesses->limits.backoff;
	struct backoff next = { 0 };

	if (guess->outcome == GUESS_WRONG)
		next = backoff_failed(limits, &place->backoff, guess->now);
	else if (place->backoff.failures == 0)
		return place->was;
	else if (guess->outcome == GUESS_OTHER)
		next = backoff_tried(limits, &place->backoff, guess->now);
	return pack(tag_of(peer), &next);
}

/* Whoever loses a race looks again. */
static int64_t
settle(struct guesses *guesses, const struct guess *guess, uint64_t peer)
{
	for (size_t i = 0; i < MOST_RACES; i++) {
		struct place place = find_place(guesses, peer, guess->now);
		int64_t wait_s = backoff_wait(&guesses->limits.backoff,
		    &place.backoff, guess->now);
		uint64_t next;

		if (wait_s > 0)
			return wait_s;
		next = next_of(guesses, &place, guess, peer);
		if (next == place.was ||
		    atomic_compare_exchange_strong(place.at, &place.was, next))
			return 0;
	}
	return 1;
}

/* Endpoints */

static struct endpoint_place *
find_endpoint(const struct guesses *guesses, const char *endpoint, bool add)
{
	uint64_t name = hash(guesses, endpoint, bytes_of(NULL, 0));

	for (size_t i = 0; i < ENDPOINTS; i++) {
		struct endpoint_place *place =
		    &guesses->memory->endpoints[(name + i) % ENDPOINTS];
		uint64_t is = atomic_load(&place->name);

		if (is == 0 && !add)
			return NULL;
		if (is == 0 &&
		    atomic_compare_exchange_strong(&place->name, &is, name))
			return place;
		if (is == name)
			return place;
	}
	return NULL;
}

static struct guess_rate
rate_of(uint64_t packed)
{
	return (struct guess_rate){
		.since = (uint32_t)(packed >> SINCE_SHIFT),
		.count = (packed >> COUNT_SHIFT) & COUNT_MASK,
		.before = packed & COUNT_MASK,
	};
}

static uint64_t
pack_rate(const struct guess_rate *rate)
{
	return (uint64_t)rate->since << SINCE_SHIFT |
	    (uint64_t)rate->count << COUNT_SHIFT | rate->before;
}

/* One that is not counted for want of a turn is one of very many. */
static void
count(const struct guesses *guesses, const struct guess *guess)
{
	struct endpoint_place *place = find_endpoint(guesses, guess->endpoint,
	    true);

	for (size_t i = 0; place != NULL && i < MOST_RACES; i++) {
		uint64_t was = atomic_load(&place->rate);
		struct guess_rate rate = rate_of(was);

		rate = guess_rate_count(&rate, guesses->limits.backoff.window,
		    guess->now);
		if (atomic_compare_exchange_strong(&place->rate, &was,
			pack_rate(&rate)))
			return;
	}
}

unsigned
guesses_most(const struct guesses *guesses, const char *endpoint, int64_t now)
{
	struct endpoint_place *place = find_endpoint(guesses, endpoint, false);
	struct guess_rate rate;

	if (place == NULL)
		return 0;
	rate = rate_of(atomic_load(&place->rate));
	return guess_rate_most(&rate, guesses->limits.backoff.window, now);
}

/* A web server that tells no address, as of a socket of its own, tells the same
 * of everybody: then nobody can be slowed down alone. */
static bool
has_address(const uint8_t network[NETWORK_SIZE])
{
	static const uint8_t none[NETWORK_SIZE] = { 0 };

	return !bytes_equal(bytes_of(network, NETWORK_SIZE), BYTES_ARRAY(none));
}

int64_t
guesses_settle(struct guesses *guesses, const struct guess *guess)
{
	uint8_t network[NETWORK_SIZE];
	int64_t wait_s = 0;

	network_of(guess->peer, network);
	if (guesses->limits.slows && has_address(network))
		wait_s = settle(guesses, guess,
		    hash(guesses, guess->endpoint, BYTES_ARRAY(network)));
	if (guess->outcome == GUESS_WRONG || wait_s > 0)
		count(guesses, guess);
	return wait_s;
}
