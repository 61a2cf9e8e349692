/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/weak_keys.h"

#include "base/count.h"

/* All odd primes below 752; those that ROCA goes by come first. */
static const uint16_t primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41,
	43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
	127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193,
	197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271,
	277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359,
	367, 373, 379, 383, 389, 397, 401, 409, 419, 421, 431, 433, 439, 443,
	449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541,
	547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619,
	631, 641, 643, 647, 653, 659, 661, 673, 677, 683, 691, 701, 709, 719,
	727, 733, 739, 743, 751 };

/* The smallest keys of that library, of 512 bits, go by the primes up to 167,
 * and all others by these and more. */
#define ROCA_PRIMES 38

/* The modulus by each of the primes, what is left. */
struct residues {
	uint32_t of[COUNT(primes)];
};

/* Four octets at a time, of which the first may be fewer. */
static uint64_t
remainder_by(struct bytes number, uint64_t divisor)
{
	uint64_t rest = 0;
	size_t i = 0;

	for (; (number.size - i) % 4 != 0; i++)
		rest = (rest << 8 | number.data[i]) % divisor;
	for (; i < number.size; i += 4) {
		uint32_t word = (uint32_t)number.data[i] << 24 |
		    (uint32_t)number.data[i + 1] << 16 |
		    (uint32_t)number.data[i + 2] << 8 | number.data[i + 3];

		rest = (rest << 32 | word) % divisor;
	}
	return rest;
}

/* Division is what takes the time, so as many primes as fit 32 bits share one
 * walk over the modulus. */
static void
find_residues(struct bytes modulus, struct residues *residues)
{
	size_t start = 0, end = 0;

	while (start < COUNT(primes)) {
		uint64_t product = 1, rest;

		while (end < COUNT(primes) &&
		    product * primes[end] <= UINT32_MAX)
			product *= primes[end++];
		rest = remainder_by(modulus, product);
		for (; start < end; start++)
			residues->of[start] = (uint32_t)(rest % primes[start]);
	}
}

static bool
has_small_factor(const struct residues *residues)
{
	for (size_t i = 0; i < COUNT(primes); i++)
		if (residues->of[i] == 0)
			return true;
	return false;
}

/* Whether `residue` is a power of 65537 modulo `prime`. */
static bool
is_power_of_65537(uint32_t residue, uint32_t prime)
{
	uint32_t power = 1;

	do {
		if (power == residue)
			return true;
		power = power * (65537 % prime) % prime;
	} while (power != 1);
	return false;
}

/*
 * Nemec, Sys, Svenda, Klinec and Matyas, "The Return of Coppersmith's Attack"
 * (2017): primes are k * M + (65537^a mod M), where M is the product of the
 * first primes.  So a modulus of two of them is a power of 65537 modulo each of
 * those, and hardly any other number is.
 */
static bool
has_roca_form(const struct residues *residues)
{
	for (size_t i = 0; i < ROCA_PRIMES; i++)
		if (!is_power_of_65537(residues->of[i], primes[i]))
			return false;
	return true;
}

/* Euler's criterion, of a residue that is not 0. */
static bool
is_quadratic_residue(uint32_t residue, uint32_t prime)
{
	uint32_t power = 1;

	for (uint32_t exponent = (prime - 1) / 2; exponent > 0;
	     exponent >>= 1) {
		if ((exponent & 1) != 0)
			power = power * residue % prime;
		residue = residue * residue % prime;
	}
	return power == 1;
}

/* A square is one modulo every prime; another number is so modulo half of
 * them, and so not modulo all of these, but for one of 2^131. */
static bool
is_square(const struct residues *residues)
{
	for (size_t i = 0; i < COUNT(primes); i++)
		if (!is_quadratic_residue(residues->of[i], primes[i]))
			return false;
	return true;
}

static const struct {
	bool (*is_so)(const struct residues *residues);
	const char *reason;
} weaknesses[] = {
	/* First: the others take it for granted that there is none. */
	{ has_small_factor, "its modulus has a factor below 752" },
	{ has_roca_form, "its modulus has the form of CVE-2017-15361 (ROCA)" },
	{ is_square, "its modulus is a square" },
};

const char *
weak_keys_reason(struct bytes modulus)
{
	struct residues residues;

	find_residues(modulus, &residues);
	for (size_t i = 0; i < COUNT(weaknesses); i++)
		if (weaknesses[i].is_so(&residues))
			return weaknesses[i].reason;
	return NULL;
}
