/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_ORDERS_H
#define SCEPD_TESTS_UNIT_STORE_ORDERS_H

#include <pthread.h>

#include "store/store.h"
#include "tests/unit/decided.h"
#include "tests/unit/unit.h"

/* What tests put into a store, and how they look at it. */

#define NOW INT64_C(1796083200)
#define YEAR (365 * INT64_C(86400))

#define ALL_STATES ((1U << TRANSACTION_STATES) - 1)

static uint8_t hashes[128][STORE_HASH_SIZE];

static void
fill_hashes(void)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		memset(hashes[i], (int)i, sizeof(hashes[i]));
}

/* A SHA-256 value, one for each letter. */
static inline struct bytes
hash_of(char letter)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill_hashes);
	return BYTES_ARRAY(hashes[letter & 127]);
}

/* Strings have to live as long as what is made of them. */
static inline struct certificate_record
record_of(const char *serial)
{
	return (struct certificate_record){
		.authority = hash_of('a'),
		.serial = bytes_of_string(serial),
		.subject = BYTES_LITERAL("CN=router-17"),
		.key = hash_of('k'),
		.not_before = NOW,
		.not_after = NOW + YEAR,
	};
}

/* A transaction to be held. */
static inline struct transaction_order
order_of(const char *id)
{
	return (struct transaction_order){
		.key = { "/scep", bytes_of_string(id), hash_of('s') },
		.request_hash = hash_of('r'),
		.request = BYTES_LITERAL("request"),
		.subject = BYTES_LITERAL("CN=router-17"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.now = NOW,
	};
}

/* One to be signed at once. */
static inline struct transaction_order
signing_order_of(const char *id, const char *serial)
{
	struct transaction_order order = order_of(id);

	order.tbs = BYTES_LITERAL("tbs");
	order.certificate = record_of(serial);
	return order;
}

/* One to be submitted at once. */
static inline struct transaction_order
submitted_order_of(const char *id)
{
	struct transaction_order order = order_of(id);

	order.csr = BYTES_LITERAL("csr");
	order.authority = hash_of('a');
	return order;
}

/* The number of what is begun. */
static inline int64_t
begun(struct store *store, const struct transaction_order *order)
{
	struct transaction transaction = { 0 };
	int64_t number;

	assert_int_equal(store_begin(store, order, &transaction), ERR_OK);
	number = transaction.number;
	transaction_clear(&transaction);
	return number;
}

static inline int64_t
found(struct store *store, const struct transaction_key *key)
{
	struct transaction transaction = { 0 };
	int64_t number;

	assert_int_equal(store_find(store, key, &transaction), ERR_OK);
	number = transaction.number;
	transaction_clear(&transaction);
	return number;
}

static inline enum transaction_state
state_of(struct store *store, int64_t number)
{
	struct transaction transaction = { 0 };
	enum transaction_state state;

	assert_int_equal(store_get(store, number, &transaction), ERR_OK);
	state = transaction.state;
	transaction_clear(&transaction);
	return state;
}

static inline bool
count_one(void *count, const struct transaction *transaction)
{
	(void)transaction;
	++*(int64_t *)count;
	return true;
}

static inline int64_t
count_of(struct store *store, unsigned states)
{
	const struct transaction_filter filter = { .states = states };
	int64_t count = 0;

	assert_int_equal(store_list(store, &filter, INT64_MAX, count_one,
			     &count),
	    ERR_OK);
	return count;
}

/* Signs and issues what is approved, by the serial number `id`. */
static inline void
lead_on(struct store *store, const char *id, int64_t number,
    enum transaction_state to)
{
	struct transaction transaction = { 0 };
	struct certificate_record record = record_of(id);
	struct buf text = { 0 };

	if (to == TRANSACTION_SUBMITTED)
		assert_int_equal(store_submit(store, number, hash_of('a'), NOW,
				     &transaction),
		    ERR_OK);
	if (to == TRANSACTION_SIGNING || to == TRANSACTION_ISSUED ||
	    to == TRANSACTION_WITHHELD) {
		buf_printf(&text, "tbs of %s", id);
		assert_int_equal(store_sign(store, number, buf_bytes(&text),
				     &record, NOW, &transaction),
		    ERR_OK);
	}
	if (to == TRANSACTION_ISSUED) {
		buf_clear(&text);
		buf_printf(&text, "der of %s", id);
		assert_int_equal(store_issue(store, number, buf_bytes(&text),
				     NOW, &transaction),
		    ERR_OK);
	}
	if (to == TRANSACTION_WITHHELD) {
		buf_clear(&text);
		buf_printf(&text, "der of %s", id);
		assert_int_equal(store_withhold(store, number, &record,
				     buf_bytes(&text), NOW),
		    ERR_OK);
	}
	buf_clear(&text);
	transaction_clear(&transaction);
}

/* Begins a transaction and leads it to a state. */
static inline int64_t
made(struct store *store, const char *id, enum transaction_state to)
{
	struct transaction_order order = order_of(id);
	int64_t number, count;

	/* All that is older lapses, so that has to be very old. */
	if (to == TRANSACTION_LAPSED)
		order.now = 1000;
	number = begun(store, &order);
	switch (to) {
	case TRANSACTION_HELD:
		break;
	case TRANSACTION_LAPSED:
		assert_int_equal(store_lapse(store, 1001, 1001, &count),
		    ERR_OK);
		assert_int_equal(count, 1);
		break;
	default:
		assert_int_equal(decided(store, number, hash_of('r'),
				     to != TRANSACTION_REJECTED,
				     BYTES_LITERAL(""), NOW),
		    ERR_OK);
		lead_on(store, id, number, to);
		break;
	}
	return number;
}

#endif
