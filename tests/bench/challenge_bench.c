/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/provider.h"
#include "policy/challenge_hash.h"

/*
 * What a challenge password costs that stands in the configuration as a hash:
 *
 *     challenge_bench
 *
 * prints, in microseconds, the best of some rounds of all the iterations that
 * an endpoint may have, and of an RSA-2048 signature, which whoever reaches it
 * can have made anyway.
 */

#define ROUNDS 9
#define TIMES 50

static void
must(enum err err)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "challenge_bench: %s\n", err_name(err));
	exit(1);
}

static void
check_hash(const struct provider *provider, const struct private_key *key)
{
	static const struct challenge_work work = {
		.iterations = CHALLENGE_ITERATIONS_MOST
	};
	uint8_t value[CHALLENGE_HASH_SIZE];

	(void)key;
	challenge_work_do(provider, &work, BYTES_LITERAL("KQ7M-2XRT-88VP-ANNE"),
	    value);
}

static void
sign(const struct provider *provider, const struct private_key *key)
{
	static const uint8_t digest[32];
	struct buf signature = { 0 };

	must(provider_sign(provider, key, DIGEST_SHA256, BYTES_ARRAY(digest),
	    &signature));
	buf_clear(&signature);
}

static double
measure_us(void (*run)(const struct provider *provider,
	       const struct private_key *key),
    const struct provider *provider, const struct private_key *key)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t began = clock_monotonic_us();
		double took;

		for (int i = 0; i < TIMES; i++)
			run(provider, key);
		took = (double)(clock_monotonic_us() - began) / TIMES;
		if (took < best)
			best = took;
	}
	return best;
}

int
main(void)
{
	static const struct key_spec spec = { .rsa = true, .bits = 2048 };
	const struct provider *provider = provider_find("gnutls");
	struct private_key *key = NULL;
	double hash, rsa;

	if (provider == NULL)
		return 1;
	must(provider_private_key_generate(provider, &spec, &key));
	hash = measure_us(check_hash, provider, key);
	rsa = measure_us(sign, provider, key);
	printf("hashed challenges, us: %.0f for %d iterations, %.0f for an RSA "
	       "signature: ratio %.2f (wanted: at most 1)\n",
	    hash, CHALLENGE_ITERATIONS_MOST, rsa, hash / rsa);
	provider_private_key_free(provider, key);
	return 0;
}
