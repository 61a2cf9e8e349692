/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/weak_keys.h"

#include "crypto/spki.h"
#include "tests/unit/crypto_codec.h"

#define FACTOR "its modulus has a factor below 752"
#define ROCA "its modulus has the form of CVE-2017-15361 (ROCA)"
#define SQUARE "its modulus is a square"

static void
assert_reason(const char *actual, const char *expected, const char *what)
{
	if (expected == NULL ? actual != NULL :
			       actual == NULL || strcmp(actual, expected) != 0)
		fail_msg("%s: %s", what, actual != NULL ? actual : "(good)");
}

static const struct {
	const char *vector; /* in weak-keys/, see its README */
	const char *reason;
} keys[] = {
	{ "good-1024", NULL },
	{ "good-2048", NULL },
	{ "good-2057", NULL },
	{ "good-3072", NULL },
	{ "good-4096", NULL },
	{ "roca-1024", ROCA },
	{ "roca-2048", ROCA },
	{ "roca-4096", ROCA },
	/* Of its two primes one alone has the form. */
	{ "roca-half", NULL },
	{ "factor-3", FACTOR },
	{ "factor-5", FACTOR },
	{ "factor-751", FACTOR },
	{ "factor-757", NULL },
	{ "square", SQUARE },
};

static void
weak_keys_are_told_from_good_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		char *name = xasprintf("weak-keys/%s.der", keys[i].vector);
		struct buf spki = vector(name);
		struct key_facts facts;

		assert_err(spki_read(buf_bytes(&spki), &facts), ERR_OK, name);
		assert_reason(weak_keys_reason(facts.modulus), keys[i].reason,
		    name);
		buf_clear(&spki);
		free(name);
	}
}

/* All that the recorded clients have is taken. */
static void
keys_of_real_clients_are_good(void **state)
{
	static const char *const names[] = { "certmonger/client.key",
		"micromdm/client.key", "sscep/client.key",
		"strongswan/client.key", "keys/rsa-e3.pem", "ca/ca.key.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct key *key = key_vector(names[i]);
		struct key_facts facts;

		assert_err(spki_read(key_spki(key), &facts), ERR_OK, names[i]);
		assert_reason(weak_keys_reason(facts.modulus), NULL, names[i]);
		key_free(key);
	}
}

/* Moduli are numbers of any length: `modulus` repeats its octet. */
static const struct {
	const char *octets;
	size_t count;
	const char *reason;
} numbers[] = {
	/* 757 and 757 * 761: no factor is left below 752. */
	{ "02f5", 1, NULL },
	{ "08ca4d", 1, NULL },
	/* 757 squared, 751 squared, 3. */
	{ "08be79", 1, SQUARE },
	{ "089b21", 1, FACTOR },
	{ "03", 1, FACTOR },
	/* A repunit to the base of 256 is a multiple of 3. */
	{ "01", 255, FACTOR },
	{ "01", 258, FACTOR },
};

static void
a_number_of_any_length_is_read_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct buf modulus = repeated(numbers[i].octets,
		    numbers[i].count);

		assert_reason(weak_keys_reason(buf_bytes(&modulus)),
		    numbers[i].reason, numbers[i].octets);
		buf_clear(&modulus);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weak_keys_are_told_from_good_ones),
		cmocka_unit_test(keys_of_real_clients_are_good),
		cmocka_unit_test(a_number_of_any_length_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
