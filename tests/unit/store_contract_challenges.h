/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_CHALLENGES_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_CHALLENGES_H

/* What store.h promises of challenges; see store_contract.h. */
#include "tests/unit/decided.h"
#include "tests/unit/store_contract.h"

static inline struct challenge_record
challenge_record_of(char letter, int64_t uses)
{
	return (struct challenge_record){
		.hash = hash_of(letter),
		.endpoint = "/scep",
		.subject = BYTES_LITERAL("CN=router-*"),
		.names = BYTES_LITERAL("dns:a\ndns:b"),
		.profile = BYTES_LITERAL("router"),
		.uses = uses,
		.expires_at = NOW + 3600,
	};
}

static inline void
mint(struct store *store, char letter, int64_t uses)
{
	struct challenge_record record = challenge_record_of(letter, uses);

	assert_int_equal(store_challenges_add(store, &record, 1, NOW), ERR_OK);
}

/* The uses that are left; -1: it is not known. */
static inline int64_t
uses_of(struct store *store, char letter)
{
	struct stored_challenge stored = { 0 };
	enum err err = store_challenge_get(store, hash_of(letter), &stored);
	int64_t uses = stored.uses;

	assert_true(err == ERR_OK || err == ERR_STORE_NONE);
	stored_challenge_clear(&stored);
	return err == ERR_OK ? uses : -1;
}

/* A request, to be held, that uses one that is minted. */
static inline struct transaction_order
using_order_of(const char *id, char letter)
{
	struct transaction_order order = order_of(id);

	order.challenge = (struct challenge_use){ .hash = hash_of(letter),
		.minted = true };
	return order;
}

static inline void
assert_not_begun(struct store *store, const struct transaction_order *order,
    enum err expected)
{
	struct transaction transaction = { 0 };

	assert_int_equal(store_begin(store, order, &transaction), expected);
	assert_int_equal(store_find(store, &order->key, &transaction),
	    ERR_STORE_NONE);
}

static inline void
a_challenge_is_kept_as_it_was_minted(void **state)
{
	struct stored_challenge stored = { 0 };

	assert_int_equal(store_challenge_get(*state, hash_of('x'), &stored),
	    ERR_STORE_NONE);
	mint(*state, 'x', 3);
	assert_int_equal(store_challenge_get(*state, hash_of('x'), &stored),
	    ERR_OK);
	assert_int_equal(stored.number, 1);
	assert_true(stored.minted);
	assert_same_bytes(buf_bytes(&stored.hash), hash_of('x'));
	assert_bytes(buf_bytes(&stored.endpoint), "/scep");
	assert_bytes(buf_bytes(&stored.subject), "CN=router-*");
	assert_bytes(buf_bytes(&stored.names), "dns:a\ndns:b");
	assert_bytes(buf_bytes(&stored.profile), "router");
	assert_int_equal(stored.uses, 3);
	assert_int_equal(stored.allowed, 3);
	assert_int_equal(stored.created_at, NOW);
	assert_int_equal(stored.expires_at, NOW + 3600);
	stored_challenge_clear(&stored);
}

static inline void
all_challenges_are_minted_or_none(void **state)
{
	const struct challenge_record records[] = {
		challenge_record_of('x', 1),
		challenge_record_of('y', 1),
		challenge_record_of('z', 1),
	};

	mint(*state, 'y', 1);
	assert_int_equal(store_challenges_add(*state, records, COUNT(records),
			     NOW),
	    ERR_STORE_SERIAL);
	assert_int_equal(uses_of(*state, 'x'), -1);
	assert_int_equal(uses_of(*state, 'z'), -1);
	assert_int_equal(store_challenges_add(*state, records, 1, NOW), ERR_OK);
	assert_int_equal(uses_of(*state, 'x'), 1);
}

static inline void
what_is_begun_uses_its_challenge_as_often_as_it_may(void **state)
{
	static const char *const ids[] = { "a", "b" };
	struct transaction_order order;

	mint(*state, 'x', 2);
	for (size_t i = 0; i < COUNT(ids); i++) {
		order = using_order_of(ids[i], 'x');
		begun(*state, &order);
		assert_int_equal(uses_of(*state, 'x'), 1 - (int64_t)i);
	}
	order = using_order_of("c", 'x');
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	/* The same request again is answered, and uses nothing. */
	order = using_order_of("a", 'x');
	assert_int_equal(begun(*state, &order), 1);
	assert_int_equal(uses_of(*state, 'x'), 0);
}

static inline void
a_challenge_is_used_only_as_what_it_is(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');

	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	mint(*state, 'x', 1);
	order.key.endpoint = "/other";
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	order.key.endpoint = "/scep";
	order.challenge.minted = false;
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	assert_int_equal(uses_of(*state, 'x'), 1);
	order.challenge.minted = true;
	begun(*state, &order);
}

static inline void
what_was_made_elsewhere_is_noted_and_used_once(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');
	struct stored_challenge stored = { 0 };

	order.challenge.minted = false;
	order.challenge.expires_at = NOW + 60;
	begun(*state, &order);
	assert_int_equal(store_challenge_get(*state, hash_of('x'), &stored),
	    ERR_OK);
	assert_false(stored.minted);
	assert_int_equal(stored.uses, 0);
	assert_int_equal(stored.expires_at, NOW + 60);
	assert_bytes(buf_bytes(&stored.endpoint), "/scep");
	stored_challenge_clear(&stored);
	order.key.transaction_id = BYTES_LITERAL("b");
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	/* What was noted is no leave to anybody who is asked for one. */
	order.challenge.minted = true;
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
}

/* Of all ends, and those before them. */
static inline void
a_challenge_is_given_back_where_no_certificate_comes_of_it(void **state)
{
	static const struct {
		const char *id;
		char letter;
		enum transaction_state to;
		int64_t uses;
	} rows[] = {
		{ "held", 'h', TRANSACTION_HELD, 0 },
		{ "approved", 'a', TRANSACTION_APPROVED, 0 },
		{ "signing", 's', TRANSACTION_SIGNING, 0 },
		{ "issued", 'i', TRANSACTION_ISSUED, 0 },
		{ "rejected", 'r', TRANSACTION_REJECTED, 1 },
	};
	int64_t count;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct transaction_order order = using_order_of(rows[i].id,
		    rows[i].letter);
		int64_t number;

		mint(*state, rows[i].letter, 1);
		number = begun(*state, &order);
		if (rows[i].to != TRANSACTION_HELD)
			assert_int_equal(decided(*state, number, hash_of('r'),
					     rows[i].to != TRANSACTION_REJECTED,
					     BYTES_LITERAL(""), NOW),
			    ERR_OK);
		lead_on(*state, rows[i].id, number, rows[i].to);
		assert_int_equal(uses_of(*state, rows[i].letter), rows[i].uses);
	}
	/* The first three lapse. */
	assert_int_equal(store_lapse(*state, NOW + 1, NOW + 1, &count), ERR_OK);
	assert_int_equal(count, 3);
	assert_int_equal(uses_of(*state, 'h'), 1);
	assert_int_equal(uses_of(*state, 'a'), 1);
	assert_int_equal(uses_of(*state, 's'), 1);
	/* And no more than once. */
	assert_int_equal(store_lapse(*state, NOW + 2, NOW + 2, &count), ERR_OK);
	assert_int_equal(uses_of(*state, 'h'), 1);
	assert_int_equal(uses_of(*state, 'r'), 1);
}

/* A certificate that nobody has got is none. */
static inline void
what_is_withdrawn_gives_its_challenge_back(void **state)
{
	const struct decision decision = { .now = NOW };
	struct transaction_order order = using_order_of("a", 'x');
	int64_t number;

	order.tbs = BYTES_LITERAL("tbs");
	order.certificate = record_of("serial");
	mint(*state, 'x', 1);
	number = begun(*state, &order);
	assert_int_equal(store_withhold(*state, number, &order.certificate,
			     BYTES_LITERAL("der"), NOW),
	    ERR_OK);
	assert_int_equal(uses_of(*state, 'x'), 0);
	assert_int_equal(store_withdraw(*state, number, &decision), ERR_OK);
	assert_int_equal(uses_of(*state, 'x'), 1);
}

static inline void
what_was_made_elsewhere_is_given_back_too(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');
	int64_t count;

	order.challenge.minted = false;
	begun(*state, &order);
	assert_int_equal(store_lapse(*state, NOW + 1, NOW + 1, &count), ERR_OK);
	order.key.transaction_id = BYTES_LITERAL("b");
	begun(*state, &order);
	assert_int_equal(uses_of(*state, 'x'), 0);
}

static inline void
what_is_not_begun_uses_nothing(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');
	struct transaction transaction = { 0 };

	mint(*state, 'x', 1);
	order.held_limit = 1;
	made(*state, "held", TRANSACTION_HELD);
	assert_not_begun(*state, &order, ERR_STORE_FULL);
	made(*state, "serial", TRANSACTION_ISSUED);
	order.tbs = BYTES_LITERAL("tbs");
	order.certificate = record_of("serial");
	assert_not_begun(*state, &order, ERR_STORE_SERIAL);
	assert_int_equal(uses_of(*state, 'x'), 1);
	/* Nor does what is signed at once, but for what it may. */
	order.certificate = record_of("another");
	begun(*state, &order);
	order.key.transaction_id = BYTES_LITERAL("b");
	order.certificate = record_of("third");
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("third"),
			     &(struct stored_certificate){ 0 }),
	    ERR_STORE_NONE);
	transaction_clear(&transaction);
}

static inline void
a_challenge_that_is_revoked_is_gone(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');
	int64_t count;

	mint(*state, 'x', 2);
	begun(*state, &order);
	assert_int_equal(store_challenge_revoke(*state, 2), ERR_STORE_NONE);
	assert_int_equal(store_challenge_revoke(*state, 1), ERR_OK);
	assert_int_equal(store_challenge_revoke(*state, 1), ERR_STORE_NONE);
	assert_int_equal(uses_of(*state, 'x'), -1);
	order.key.transaction_id = BYTES_LITERAL("b");
	assert_not_begun(*state, &order, ERR_CHALLENGE_USED);
	/* Who has used it goes on, and has nothing to give back. */
	assert_int_equal(state_of(*state, 1), TRANSACTION_HELD);
	assert_int_equal(store_lapse(*state, NOW + 1, NOW + 1, &count), ERR_OK);
	assert_int_equal(count, 1);
	/* Its number does not come again. */
	mint(*state, 'y', 1);
	assert_int_equal(store_challenge_revoke(*state, 1), ERR_STORE_NONE);
	assert_int_equal(store_challenge_revoke(*state, 2), ERR_OK);
}

static inline void
what_was_made_elsewhere_is_not_forgotten_by_being_revoked(void **state)
{
	struct transaction_order order = using_order_of("a", 'x');

	order.challenge.minted = false;
	begun(*state, &order);
	assert_int_equal(store_challenge_revoke(*state, 1), ERR_STORE_NONE);
	assert_int_equal(uses_of(*state, 'x'), 0);
}

static inline void
challenges_that_have_expired_are_forgotten(void **state)
{
	struct challenge_record record = challenge_record_of('x', 1);
	int64_t count;

	for (char letter = 'a'; letter <= 'e'; letter++) {
		record.hash = hash_of(letter);
		record.expires_at = NOW + (letter - 'a');
		assert_int_equal(store_challenges_add(*state, &record, 1, NOW),
		    ERR_OK);
	}
	assert_int_equal(store_challenges_forget(*state, NOW, 10, &count),
	    ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_challenges_forget(*state, NOW + 4, 3, &count),
	    ERR_OK);
	assert_int_equal(count, 3);
	assert_int_equal(store_challenges_forget(*state, NOW + 4, 3, &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(uses_of(*state, 'e'), 1);
}

static inline bool
note_challenge(void *context, const struct stored_challenge *stored)
{
	int64_t *last = context;

	assert_true(stored->number > *last);
	*last = stored->number;
	return stored->number < 70;
}

static inline void
challenges_are_listed_in_pages_until_that_is_enough(void **state)
{
	uint8_t hash[STORE_HASH_SIZE] = { 0 };
	struct challenge_record record = challenge_record_of('x', 1);
	int64_t last = 0;

	record.hash = BYTES_ARRAY(hash);
	for (uint8_t i = 1; i <= 80; i++) {
		hash[0] = i;
		assert_int_equal(store_challenges_add(*state, &record, 1, NOW),
		    ERR_OK);
	}
	assert_int_equal(store_challenge_list(*state, note_challenge, &last),
	    ERR_OK);
	assert_int_equal(last, 70);
}

/* Rivals: each asks for something else with the same challenges. */

static inline void *
compete_for_challenges(void *context)
{
	struct rival *rival = context;
	struct transaction transaction = { 0 };

	pthread_barrier_wait(rival->start);
	for (int i = 0; i < REQUESTS; i++) {
		char id[8], serial[8];
		struct transaction_order order;
		uint8_t hash[STORE_HASH_SIZE] = { (uint8_t)(i + 1) };
		enum err err;

		snprintf(id, sizeof(id), "%c%d", rival->name, i);
		snprintf(serial, sizeof(serial), "%c%d", rival->name, i);
		order = signing_order_of(id, serial);
		order.challenge =
		    (struct challenge_use){ .hash = BYTES_ARRAY(hash),
			    .minted = true };
		err = store_begin(rival->store, &order, &transaction);
		if (err == ERR_OK)
			err = store_issue(rival->store, transaction.number,
			    BYTES_LITERAL("der"), NOW, &transaction);
		if (err != ERR_OK && err != ERR_CHALLENGE_USED)
			rival->failed = true;
	}
	transaction_clear(&transaction);
	return NULL;
}

/* One for each of REQUESTS. */
static inline void
mint_for_rivals(struct store *store)
{
	for (int i = 0; i < REQUESTS; i++) {
		uint8_t hash[STORE_HASH_SIZE] = { (uint8_t)(i + 1) };
		struct challenge_record record = challenge_record_of('x', 1);

		record.hash = BYTES_ARRAY(hash);
		assert_int_equal(store_challenges_add(store, &record, 1, NOW),
		    ERR_OK);
	}
}

static inline void
of_requests_with_one_challenge_that_come_at_once_one_is_begun(void **state)
{
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	struct rival rivals[THREADS] = { 0 };

	mint_for_rivals(*state);
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		rivals[i].store = *state;
		rivals[i].start = &start;
		rivals[i].name = (char)('a' + i);
		assert_int_equal(pthread_create(&threads[i], NULL,
				     compete_for_challenges, &rivals[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
	for (int i = 0; i < THREADS; i++)
		assert_false(rivals[i].failed);
	assert_int_equal(count_of(*state, ALL_STATES), REQUESTS);
	assert_int_equal(count_of(*state, 1U << TRANSACTION_ISSUED), REQUESTS);
}

#define CONTRACT_CHALLENGES \
	CONTRACT_TEST(a_challenge_is_kept_as_it_was_minted), \
	    CONTRACT_TEST(all_challenges_are_minted_or_none), \
	    CONTRACT_TEST( \
		what_is_begun_uses_its_challenge_as_often_as_it_may), \
	    CONTRACT_TEST(a_challenge_is_used_only_as_what_it_is), \
	    CONTRACT_TEST(what_was_made_elsewhere_is_noted_and_used_once), \
	    CONTRACT_TEST( \
		a_challenge_is_given_back_where_no_certificate_comes_of_it), \
	    CONTRACT_TEST(what_is_withdrawn_gives_its_challenge_back), \
	    CONTRACT_TEST(what_was_made_elsewhere_is_given_back_too), \
	    CONTRACT_TEST(what_is_not_begun_uses_nothing), \
	    CONTRACT_TEST(a_challenge_that_is_revoked_is_gone), \
	    CONTRACT_TEST( \
		what_was_made_elsewhere_is_not_forgotten_by_being_revoked), \
	    CONTRACT_TEST(challenges_that_have_expired_are_forgotten), \
	    CONTRACT_TEST( \
		challenges_are_listed_in_pages_until_that_is_enough), \
	    CONTRACT_TEST( \
		of_requests_with_one_challenge_that_come_at_once_one_is_begun)

#endif
