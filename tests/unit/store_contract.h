/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_H

#include <pthread.h>
#include <stdlib.h>

#include "store/store.h"
#include "tests/unit/decided.h"
#include "tests/unit/store_orders.h"
#include "tests/unit/unit.h"

/*
 * What store.h promises of transactions, as tests that every implementation
 * runs: store_contract_certificates.h has the rest.  Each has an empty store
 * of its own as its state.
 */

static inline void
an_empty_store_has_nothing(void **state)
{
	struct transaction transaction = { 0 };
	struct transaction_order order = order_of("id");
	int64_t count = -1;

	assert_int_equal(store_find(*state, &order.key, &transaction),
	    ERR_STORE_NONE);
	for (int64_t number = -1; number <= 1; number++)
		assert_int_equal(store_get(*state, number, &transaction),
		    ERR_STORE_NONE);
	assert_int_equal(store_lapse(*state, NOW, NOW, &count), ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_purge(*state, NOW, 10, &count), ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(count_of(*state, ALL_STATES), 0);
}

static inline void
assert_as_ordered(const struct transaction *transaction,
    const struct transaction_order *order)
{
	assert_int_equal(transaction->created_at, order->now);
	assert_int_equal(transaction->changed_at, order->now);
	assert_true(bytes_equal_string(buf_bytes(&transaction->endpoint),
	    order->key.endpoint));
	assert_same_bytes(buf_bytes(&transaction->transaction_id),
	    order->key.transaction_id);
	assert_same_bytes(buf_bytes(&transaction->signer_key),
	    order->key.signer_key);
	assert_same_bytes(buf_bytes(&transaction->request_hash),
	    order->request_hash);
	assert_same_bytes(buf_bytes(&transaction->request), order->request);
	assert_same_bytes(buf_bytes(&transaction->subject), order->subject);
	assert_same_bytes(buf_bytes(&transaction->peer), order->peer);
	assert_same_bytes(buf_bytes(&transaction->tbs), order->tbs);
	assert_same_bytes(buf_bytes(&transaction->csr), order->csr);
	assert_same_bytes(buf_bytes(&transaction->authority), order->authority);
	assert_same_bytes(buf_bytes(&transaction->renews_authority),
	    order->renews.authority);
	assert_same_bytes(buf_bytes(&transaction->renews_serial),
	    order->renews.serial);
	assert_int_equal(transaction->supersedes, order->supersedes);
	assert_int_equal(transaction->tries, 0);
	assert_same_bytes(buf_bytes(&transaction->profile), order->profile);
	assert_int_equal(transaction->fail_info, FAIL_INFO_BAD_REQUEST);
	assert_int_equal(transaction->cookie.size, 0);
	assert_int_equal(transaction->tried_at, 0);
	assert_int_equal(transaction->due_at, 0);
	assert_int_equal(transaction->reason.size, 0);
	assert_int_equal(transaction->certificate.size, 0);
	assert_false(transaction->revoked);
}

static inline void
what_is_begun_is_found_by_key_and_by_number(void **state)
{
	static uint8_t large[100000];
	struct transaction_order orders[] = {
		order_of("held"),
		signing_order_of("signing", "serial"),
		order_of("with \"quotes\" and 'others'; --"),
		order_of("empty"),
		order_of("large"),
		submitted_order_of("submitted"),
		order_of("held, for a CA that makes it itself"),
		order_of("approved"),
	};
	static const enum transaction_state first[] = { TRANSACTION_HELD,
		TRANSACTION_SIGNING, TRANSACTION_HELD, TRANSACTION_HELD,
		TRANSACTION_HELD, TRANSACTION_SUBMITTED, TRANSACTION_HELD,
		TRANSACTION_APPROVED };
	struct transaction transaction = { 0 };

	orders[3].request = orders[3].subject = orders[3].peer =
	    bytes_of_string(NULL);
	orders[4].key.transaction_id = BYTES_LITERAL("\0\xff\0");
	orders[4].request = BYTES_ARRAY(large);
	orders[6].csr = BYTES_LITERAL("csr");
	orders[7].approved = true;
	orders[7].renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("\0old") };
	orders[7].supersedes = true;
	orders[5].renews = orders[7].renews;
	orders[0].profile = orders[1].profile = orders[5].profile =
	    BYTES_LITERAL("phone");
	for (size_t i = 0; i < COUNT(orders); i++) {
		int64_t number;

		assert_int_equal(store_begin(*state, &orders[i], &transaction),
		    ERR_OK);
		number = transaction.number;
		assert_int_equal(number, i + 1);
		assert_int_equal(transaction.state, first[i]);
		assert_as_ordered(&transaction, &orders[i]);
		assert_int_equal(store_find(*state, &orders[i].key,
				     &transaction),
		    ERR_OK);
		assert_int_equal(transaction.number, number);
		assert_int_equal(transaction.state, first[i]);
		assert_as_ordered(&transaction, &orders[i]);
		assert_int_equal(store_get(*state, number, &transaction),
		    ERR_OK);
		assert_as_ordered(&transaction, &orders[i]);
	}
	transaction_clear(&transaction);
}

static inline void
another_endpoint_id_or_key_is_another_transaction(void **state)
{
	struct transaction_order orders[] = { order_of("id"), order_of("id"),
		order_of("id"), order_of("id2"), order_of("i") };
	struct transaction transaction = { 0 };

	orders[1].key.endpoint = "/scep/";
	orders[2].key.signer_key = hash_of('t');
	for (size_t i = 0; i < COUNT(orders); i++) {
		assert_int_equal(store_find(*state, &orders[i].key,
				     &transaction),
		    ERR_STORE_NONE);
		assert_int_equal(begun(*state, &orders[i]), i + 1);
	}
	for (size_t i = 0; i < COUNT(orders); i++)
		assert_int_equal(found(*state, &orders[i].key), i + 1);
}

static inline void
the_same_request_is_begun_anew_only_after_an_end_that_was_seen(void **state)
{
	static const struct row {
		enum transaction_state state;
		bool anew;
	} rows[] = {
		{ TRANSACTION_HELD, false },
		{ TRANSACTION_APPROVED, false },
		{ TRANSACTION_SIGNING, false },
		{ TRANSACTION_ISSUED, true },
		{ TRANSACTION_REJECTED, true },
		{ TRANSACTION_LAPSED, true },
		{ TRANSACTION_SUBMITTED, false },
		{ TRANSACTION_WITHHELD, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('a' + i), '\0' };
		struct transaction_order order = order_of(id);
		int64_t first = made(*state, id, rows[i].state), again;

		/* It was not there yet when they looked, or another was. */
		assert_int_equal(begun(*state, &order), first);
		order.seen = first - 1;
		assert_int_equal(begun(*state, &order), first);
		assert_int_equal(state_of(*state, first), rows[i].state);
		order.seen = first;
		again = begun(*state, &order);
		assert_int_equal(again != first, rows[i].anew);
		assert_int_equal(found(*state, &order.key), again);
		assert_int_equal(state_of(*state, first), rows[i].state);
	}
}

static inline void
another_request_of_the_same_key_is_begun_whatever_there_is(void **state)
{
	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++) {
		const char id[] = { (char)('a' + at), '\0' };
		struct transaction_order order = order_of(id);
		int64_t first = made(*state, id, at), second;

		order.request_hash = hash_of('R');
		second = begun(*state, &order);
		assert_true(second > first);
		assert_int_equal(found(*state, &order.key), second);
		assert_int_equal(state_of(*state, first), at);
		/* And the earlier request is another than the newest. */
		order.request_hash = hash_of('r');
		assert_true(begun(*state, &order) > second);
	}
}

static inline void
as_many_are_held_as_may_be(void **state)
{
	struct transaction_order order = order_of("1");
	struct transaction transaction = { 0 };

	made(*state, "approved", TRANSACTION_APPROVED);
	made(*state, "rejected", TRANSACTION_REJECTED);
	order.held_limit = 2;
	begun(*state, &order);
	order.key.transaction_id = BYTES_LITERAL("2");
	begun(*state, &order);
	/* The second again is none more. */
	begun(*state, &order);
	order.key.transaction_id = BYTES_LITERAL("3");
	assert_int_equal(store_begin(*state, &order, &transaction),
	    ERR_STORE_FULL);
	assert_int_equal(store_find(*state, &order.key, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(count_of(*state, ALL_STATES), 4);
	/* Elsewhere, without a limit, and to be signed at once. */
	order.key.endpoint = "/other";
	begun(*state, &order);
	order.key.endpoint = "/scep";
	order.held_limit = 0;
	begun(*state, &order);
	order = signing_order_of("4", "serial");
	order.held_limit = 1;
	begun(*state, &order);
}

static inline void
no_serial_number_is_given_twice(void **state)
{
	struct transaction_order order = signing_order_of("1", "serial");
	struct certificate_record record = record_of("serial");
	struct transaction transaction = { 0 };
	int64_t approved = made(*state, "approved", TRANSACTION_APPROVED);

	begun(*state, &order);
	order.key.transaction_id = BYTES_LITERAL("2");
	assert_int_equal(store_begin(*state, &order, &transaction),
	    ERR_STORE_SERIAL);
	assert_int_equal(store_find(*state, &order.key, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_sign(*state, approved, BYTES_LITERAL("tbs"),
			     &record, NOW, &transaction),
	    ERR_STORE_SERIAL);
	assert_int_equal(state_of(*state, approved), TRANSACTION_APPROVED);
	assert_int_equal(store_certificate_add(*state, &record,
			     BYTES_LITERAL("der")),
	    ERR_STORE_SERIAL);
	/* Another CA's, and one that only begins in the same way. */
	order.certificate.authority = hash_of('b');
	begun(*state, &order);
	record.serial = BYTES_LITERAL("serial\0");
	assert_int_equal(store_sign(*state, approved, BYTES_LITERAL("tbs"),
			     &record, NOW, &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
}

enum step {
	SIGN,
	ISSUE,
	SUBMIT,
	COMPLETE,
	APPROVE,
	REJECT,
	WITHHOLD,
	RELEASE,
	WITHDRAW
};

static inline enum err
take_step(struct store *store, enum step step, int64_t number,
    struct transaction *transaction)
{
	const struct decision no = { .fail_info = FAIL_INFO_BAD_ALG,
		.now = NOW + 1 };
	char serial[40];
	struct certificate_record record;

	snprintf(serial, sizeof(serial), "step %lld", (long long)number);
	record = record_of(serial);
	switch (step) {
	case SIGN:
		return store_sign(store, number, BYTES_LITERAL("tbs of step"),
		    &record, NOW + 1, transaction);
	case ISSUE:
		return store_issue(store, number, BYTES_LITERAL("der of step"),
		    NOW + 1, transaction);
	case SUBMIT:
		return store_submit(store, number, hash_of('b'), NOW + 1,
		    transaction);
	case COMPLETE:
		return store_complete(store, number, &record,
		    BYTES_LITERAL("der of step"), NOW + 1);
	case WITHHOLD:
		return store_withhold(store, number, &record,
		    BYTES_LITERAL("der of step"), NOW + 1);
	case RELEASE:
		return store_release(store, number, NOW + 1);
	case WITHDRAW:
		return store_withdraw(store, number, &no);
	default:
		return decided(store, number, hash_of('r'), step == APPROVE,
		    BYTES_LITERAL(""), NOW + 1);
	}
}

static inline void
each_state_allows_its_own_steps(void **state)
{
	static const struct row {
		enum transaction_state from;
		enum step step;
		enum err err;
		enum transaction_state to;
	} rows[] = {
#define ROW(from, step, err, to) \
	{ TRANSACTION_##from, step, err, TRANSACTION_##to }
		ROW(HELD, SIGN, ERR_STORE_NONE, HELD),
		ROW(HELD, ISSUE, ERR_STORE_NONE, HELD),
		ROW(HELD, SUBMIT, ERR_STORE_NONE, HELD),
		ROW(HELD, COMPLETE, ERR_STORE_NONE, HELD),
		ROW(HELD, APPROVE, ERR_OK, APPROVED),
		ROW(HELD, REJECT, ERR_OK, REJECTED),
		ROW(APPROVED, SIGN, ERR_OK, SIGNING),
		ROW(APPROVED, ISSUE, ERR_STORE_NONE, APPROVED),
		ROW(APPROVED, SUBMIT, ERR_OK, SUBMITTED),
		ROW(APPROVED, COMPLETE, ERR_STORE_NONE, APPROVED),
		ROW(APPROVED, APPROVE, ERR_OK, APPROVED),
		ROW(APPROVED, REJECT, ERR_OK, REJECTED),
		ROW(SIGNING, SIGN, ERR_OK, SIGNING),
		ROW(SIGNING, ISSUE, ERR_OK, ISSUED),
		ROW(SIGNING, SUBMIT, ERR_STORE_NONE, SIGNING),
		ROW(SIGNING, COMPLETE, ERR_STORE_NONE, SIGNING),
		ROW(SIGNING, APPROVE, ERR_STORE_NONE, SIGNING),
		ROW(SIGNING, REJECT, ERR_STORE_NONE, SIGNING),
		ROW(ISSUED, SIGN, ERR_OK, ISSUED),
		ROW(ISSUED, ISSUE, ERR_OK, ISSUED),
		ROW(ISSUED, SUBMIT, ERR_OK, ISSUED),
		ROW(ISSUED, COMPLETE, ERR_STORE_NONE, ISSUED),
		ROW(ISSUED, APPROVE, ERR_STORE_NONE, ISSUED),
		ROW(ISSUED, REJECT, ERR_STORE_NONE, ISSUED),
		ROW(REJECTED, SIGN, ERR_OK, REJECTED),
		ROW(REJECTED, ISSUE, ERR_STORE_NONE, REJECTED),
		ROW(REJECTED, SUBMIT, ERR_OK, REJECTED),
		ROW(REJECTED, COMPLETE, ERR_STORE_NONE, REJECTED),
		ROW(REJECTED, APPROVE, ERR_STORE_NONE, REJECTED),
		ROW(REJECTED, REJECT, ERR_STORE_NONE, REJECTED),
		ROW(LAPSED, SIGN, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, ISSUE, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, SUBMIT, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, COMPLETE, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, APPROVE, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, REJECT, ERR_STORE_NONE, LAPSED),
		ROW(SUBMITTED, SIGN, ERR_STORE_NONE, SUBMITTED),
		ROW(SUBMITTED, ISSUE, ERR_STORE_NONE, SUBMITTED),
		ROW(SUBMITTED, SUBMIT, ERR_OK, SUBMITTED),
		ROW(SUBMITTED, COMPLETE, ERR_OK, ISSUED),
		ROW(SUBMITTED, APPROVE, ERR_STORE_NONE, SUBMITTED),
		ROW(SUBMITTED, REJECT, ERR_OK, REJECTED),
		ROW(HELD, WITHHOLD, ERR_STORE_NONE, HELD),
		ROW(HELD, RELEASE, ERR_STORE_NONE, HELD),
		ROW(HELD, WITHDRAW, ERR_STORE_NONE, HELD),
		ROW(APPROVED, WITHHOLD, ERR_STORE_NONE, APPROVED),
		ROW(APPROVED, RELEASE, ERR_STORE_NONE, APPROVED),
		ROW(APPROVED, WITHDRAW, ERR_STORE_NONE, APPROVED),
		ROW(SIGNING, WITHHOLD, ERR_OK, WITHHELD),
		ROW(SIGNING, RELEASE, ERR_STORE_NONE, SIGNING),
		ROW(SIGNING, WITHDRAW, ERR_OK, REJECTED),
		ROW(ISSUED, WITHHOLD, ERR_OK, ISSUED),
		ROW(ISSUED, RELEASE, ERR_STORE_NONE, ISSUED),
		ROW(ISSUED, WITHDRAW, ERR_STORE_NONE, ISSUED),
		ROW(REJECTED, WITHHOLD, ERR_STORE_NONE, REJECTED),
		ROW(REJECTED, RELEASE, ERR_STORE_NONE, REJECTED),
		ROW(REJECTED, WITHDRAW, ERR_STORE_NONE, REJECTED),
		ROW(LAPSED, WITHHOLD, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, RELEASE, ERR_STORE_NONE, LAPSED),
		ROW(LAPSED, WITHDRAW, ERR_STORE_NONE, LAPSED),
		ROW(SUBMITTED, WITHHOLD, ERR_OK, WITHHELD),
		ROW(SUBMITTED, RELEASE, ERR_STORE_NONE, SUBMITTED),
		ROW(SUBMITTED, WITHDRAW, ERR_STORE_NONE, SUBMITTED),
		ROW(WITHHELD, SIGN, ERR_OK, WITHHELD),
		ROW(WITHHELD, ISSUE, ERR_OK, WITHHELD),
		ROW(WITHHELD, SUBMIT, ERR_OK, WITHHELD),
		ROW(WITHHELD, COMPLETE, ERR_STORE_NONE, WITHHELD),
		ROW(WITHHELD, APPROVE, ERR_STORE_NONE, WITHHELD),
		ROW(WITHHELD, REJECT, ERR_STORE_NONE, WITHHELD),
		ROW(WITHHELD, WITHHOLD, ERR_OK, WITHHELD),
		ROW(WITHHELD, RELEASE, ERR_OK, ISSUED),
		ROW(WITHHELD, WITHDRAW, ERR_OK, REJECTED),
#undef ROW
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('!' + i), '\0' };
		int64_t number = made(*state, id, rows[i].from);
		struct transaction before = { 0 }, after = { 0 };

		assert_int_equal(store_get(*state, number, &before), ERR_OK);
		assert_int_equal(take_step(*state, rows[i].step, number,
				     &after),
		    rows[i].err);
		if (rows[i].err == ERR_OK && rows[i].step <= SUBMIT)
			assert_int_equal(after.state, rows[i].to);
		assert_int_equal(store_get(*state, number, &after), ERR_OK);
		assert_int_equal(after.state, rows[i].to);
		if (rows[i].err != ERR_OK || rows[i].to != rows[i].from)
			assert_int_equal(after.changed_at,
			    rows[i].to == rows[i].from ? before.changed_at :
							 NOW + 1);
		assert_int_equal(after.created_at, before.created_at);
		transaction_clear(&before);
		transaction_clear(&after);
	}
}

static inline void
no_step_is_taken_with_a_number_that_is_nobodys(void **state)
{
	struct transaction transaction = { 0 };
	int64_t number = made(*state, "id", TRANSACTION_HELD);

	for (enum step step = SIGN; step <= WITHDRAW; step++)
		assert_int_equal(take_step(*state, step, number + 1,
				     &transaction),
		    ERR_STORE_NONE);
}

static inline void
who_signs_or_issues_first_wins(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_SIGNING);
	struct transaction transaction = { 0 };

	assert_int_equal(take_step(*state, SIGN, number, &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.tbs), "tbs of id");
	assert_int_equal(transaction.certificate.size, 0);
	assert_int_equal(store_issue(*state, number, BYTES_LITERAL("der 1"),
			     NOW, &transaction),
	    ERR_OK);
	assert_bytes(buf_bytes(&transaction.certificate), "der 1");
	assert_int_equal(transaction.tbs.size, 0);
	assert_int_equal(store_issue(*state, number, BYTES_LITERAL("der 2"),
			     NOW, &transaction),
	    ERR_OK);
	assert_bytes(buf_bytes(&transaction.certificate), "der 1");
	assert_int_equal(take_step(*state, SIGN, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_ISSUED);
	assert_bytes(buf_bytes(&transaction.certificate), "der 1");
	transaction_clear(&transaction);
}

static inline void
what_is_submitted_is_taken_by_one_when_it_is_due(void **state)
{
	struct transaction_order order = submitted_order_of("id");
	struct transaction transaction = { 0 };
	int64_t number = begun(*state, &order);

	assert_int_equal(store_take(*state, number, NOW, NOW + 60,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.tried_at, 0);
	assert_int_equal(transaction.due_at, NOW + 60);
	assert_bytes(buf_bytes(&transaction.csr), "csr");
	assert_int_equal(store_take(*state, number, NOW + 59, NOW + 99,
			     &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_take(*state, number, NOW + 60, NOW + 99,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.tried_at, NOW);
	assert_int_equal(store_put_off(*state, number, BYTES_LITERAL("c\0k"),
			     NOW + 70),
	    ERR_OK);
	assert_int_equal(store_take(*state, number, NOW + 69, NOW + 99,
			     &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_take(*state, number, NOW + 70, NOW + 99,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.tried_at, NOW + 60);
	assert_int_equal(store_make_due(*state), ERR_OK);
	assert_int_equal(store_take(*state, number, NOW + 70, NOW + 99,
			     &transaction),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&transaction.cookie),
	    BYTES_LITERAL("c\0k"));
	transaction_clear(&transaction);
}

static inline void
what_is_held_with_its_request_is_taken_too(void **state)
{
	struct transaction_order order = order_of("id");
	struct certificate_record record = record_of("serial");
	struct transaction transaction = { 0 };
	int64_t number;

	order.csr = BYTES_LITERAL("csr");
	number = begun(*state, &order);
	assert_int_equal(store_take(*state, number, NOW, NOW + 60,
			     &transaction),
	    ERR_OK);
	assert_int_equal(store_take(*state, number, NOW, NOW + 60,
			     &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_put_off(*state, number, BYTES_LITERAL("c"), NOW),
	    ERR_OK);
	assert_int_equal(store_take(*state, number, NOW, NOW + 60,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_HELD);
	assert_bytes(buf_bytes(&transaction.cookie), "c");
	assert_int_equal(store_complete(*state, number, &record,
			     BYTES_LITERAL("der"), NOW),
	    ERR_STORE_NONE);
	transaction_clear(&transaction);
}

/* What was asked before was another: a hook, which has approved. */
static inline void
what_is_submitted_is_due_whoever_was_asked_before(void **state)
{
	struct transaction_order order = order_of("id");
	struct transaction transaction = { 0 };
	int64_t number;

	order.csr = BYTES_LITERAL("csr");
	number = begun(*state, &order);
	assert_int_equal(store_put_off(*state, number, BYTES_LITERAL("c"),
			     NOW + 60),
	    ERR_OK);
	assert_int_equal(decided(*state, number, hash_of('r'), true,
			     BYTES_LITERAL(""), NOW),
	    ERR_OK);
	assert_int_equal(store_submit(*state, number, hash_of('a'), NOW,
			     &transaction),
	    ERR_OK);
	assert_bytes(buf_bytes(&transaction.csr), "csr");
	assert_int_equal(store_take(*state, number, NOW, NOW + 60,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.cookie.size, 0);
	assert_int_equal(transaction.tried_at, 0);
	transaction_clear(&transaction);
}

static inline void
nothing_else_is_taken_or_put_off(void **state)
{
	struct transaction transaction = { 0 };

	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++) {
		int64_t number = made(*state, (char[]){ (char)('a' + at), 0 },
		    at);
		enum err err = at == TRANSACTION_SUBMITTED ||
			at == TRANSACTION_WITHHELD ?
		    ERR_OK :
		    ERR_STORE_NONE;

		assert_int_equal(store_take(*state, number, NOW, NOW + 1,
				     &transaction),
		    err);
		assert_int_equal(store_put_off(*state, number,
				     BYTES_LITERAL("c"), NOW),
		    err);
	}
	assert_int_equal(store_put_off(*state, 99, BYTES_LITERAL("c"), NOW),
	    ERR_STORE_NONE);
	transaction_clear(&transaction);
}

/* The password is in there. */
static inline void
a_request_is_kept_until_its_end_and_no_longer(void **state)
{
	static const enum transaction_state ends[] = { TRANSACTION_ISSUED,
		TRANSACTION_REJECTED, TRANSACTION_LAPSED };
	struct transaction transaction = { 0 };
	int64_t count;

	for (size_t i = 0; i < COUNT(ends); i++) {
		const char id[] = { (char)('a' + i), '\0' };
		struct transaction_order order = submitted_order_of(id);
		struct certificate_record record = record_of(id);
		int64_t number;

		if (ends[i] == TRANSACTION_LAPSED)
			order.authority = bytes_of_string(NULL);
		order.now = NOW - 1;
		number = begun(*state, &order);
		assert_int_equal(store_put_off(*state, number,
				     BYTES_LITERAL("c"), NOW),
		    ERR_OK);
		if (ends[i] == TRANSACTION_ISSUED)
			assert_int_equal(store_complete(*state, number, &record,
					     BYTES_LITERAL("der"), NOW),
			    ERR_OK);
		else if (ends[i] == TRANSACTION_REJECTED)
			assert_int_equal(decided(*state, number, hash_of('r'),
					     false, BYTES_LITERAL("no"), NOW),
			    ERR_OK);
		else
			assert_int_equal(store_lapse(*state, NOW, NOW, &count),
			    ERR_OK);
		assert_int_equal(store_get(*state, number, &transaction),
		    ERR_OK);
		assert_int_equal(transaction.state, ends[i]);
		assert_int_equal(transaction.csr.size, 0);
		assert_int_equal(transaction.authority.size, 0);
		assert_int_equal(transaction.cookie.size, 0);
		assert_int_equal(transaction.due_at, 0);
		if (ends[i] == TRANSACTION_ISSUED)
			assert_bytes(buf_bytes(&transaction.certificate),
			    "der");
	}
	transaction_clear(&transaction);
}

/* Known before as revoked by its number alone, and known by all of it. */
static inline void
a_certificate_that_a_ca_has_made_may_be_known_already(void **state)
{
	struct transaction transaction = { 0 };
	struct certificate_record record = record_of("serial");
	const struct revocation revocation = { record.serial, NOW, 1 };
	int64_t numbers[3];

	for (size_t i = 0; i < COUNT(numbers); i++)
		numbers[i] = made(*state, (char[]){ (char)('a' + i), '\0' },
		    TRANSACTION_SUBMITTED);
	assert_int_equal(store_certificates_revoke(*state, record.authority,
			     &revocation, 1),
	    ERR_OK);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(store_complete(*state, numbers[i], &record,
				     BYTES_LITERAL("der"), NOW),
		    ERR_OK);
		assert_int_equal(store_get(*state, numbers[i], &transaction),
		    ERR_OK);
		assert_bytes(buf_bytes(&transaction.certificate), "der");
		assert_true(transaction.revoked);
	}
	assert_int_equal(store_complete(*state, numbers[2], &record,
			     BYTES_LITERAL("another"), NOW),
	    ERR_STORE_SERIAL);
	assert_int_equal(state_of(*state, numbers[2]), TRANSACTION_SUBMITTED);
	transaction_clear(&transaction);
}

static inline void
a_decision_is_about_the_request_that_was_looked_at(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_HELD);
	struct transaction transaction = { 0 };

	assert_int_equal(decided(*state, number, hash_of('R'), true,
			     BYTES_LITERAL(""), NOW),
	    ERR_STORE_NONE);
	assert_int_equal(state_of(*state, number), TRANSACTION_HELD);
	assert_int_equal(decided(*state, number, hash_of('r'), false,
			     BYTES_LITERAL("who is \xc3\xa4?"), NOW),
	    ERR_OK);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.reason), "who is \xc3\xa4?");
	transaction_clear(&transaction);
}

static inline void
only_what_has_waited_for_too_long_lapses(void **state)
{
	struct transaction_order order = order_of("old");
	int64_t numbers[TRANSACTION_STATES], old, count = -1;

	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++)
		numbers[at] = made(*state, (char[]){ (char)('a' + at), 0 }, at);
	order.now = NOW - 1;
	old = begun(*state, &order);
	assert_int_equal(store_lapse(*state, NOW, NOW + 5, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(state_of(*state, old), TRANSACTION_LAPSED);
	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++)
		assert_int_equal(state_of(*state, numbers[at]), at);
	assert_int_equal(store_lapse(*state, NOW + 1, NOW + 5, &count), ERR_OK);
	assert_int_equal(count, 5);
	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++)
		assert_int_equal(state_of(*state, numbers[at]),
		    at == TRANSACTION_HELD || at == TRANSACTION_APPROVED ||
			    at == TRANSACTION_SIGNING ||
			    at == TRANSACTION_SUBMITTED ||
			    at == TRANSACTION_WITHHELD ?
			TRANSACTION_LAPSED :
			at);
}

static inline void
only_what_is_at_its_end_for_long_is_purged(void **state)
{
	struct transaction transaction = { 0 };
	int64_t numbers[TRANSACTION_STATES], count = -1;

	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++)
		numbers[at] = made(*state, (char[]){ (char)('a' + at), 0 }, at);
	/* The one that lapsed did so long ago. */
	assert_int_equal(store_purge(*state, NOW, 10, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_purge(*state, NOW + 1, 1, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_purge(*state, NOW + 1, 10, &count), ERR_OK);
	assert_int_equal(count, 1);
	for (enum transaction_state at = TRANSACTION_HELD;
	     at < TRANSACTION_STATES; at++)
		assert_int_equal(store_get(*state, numbers[at], &transaction),
		    at <= TRANSACTION_SIGNING || at >= TRANSACTION_SUBMITTED ?
			ERR_OK :
			ERR_STORE_NONE);
	transaction_clear(&transaction);
}

static inline void
what_was_purged_leaves_its_certificate_and_its_number_unused(void **state)
{
	struct stored_certificate certificate = { 0 };
	struct transaction_order order = order_of("id");
	struct transaction transaction = { 0 };
	int64_t number = made(*state, "id", TRANSACTION_ISSUED), count;

	assert_int_equal(store_purge(*state, NOW + 1, 10, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_find(*state, &order.key, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("id"), &certificate),
	    ERR_OK);
	assert_bytes(buf_bytes(&certificate.der), "der of id");
	stored_certificate_clear(&certificate);
	/* Who has seen that one sees another now. */
	order.seen = number;
	assert_int_equal(begun(*state, &order), number + 1);
}

/* Lists */

struct listed {
	struct store *store;
	int64_t numbers[300];
	size_t count;
	size_t wanted;
};

/* Uses the store, as it may. */
static inline bool
list_one(void *context, const struct transaction *transaction)
{
	struct listed *listed = context;

	assert_true(listed->count < COUNT(listed->numbers));
	assert_int_equal(state_of(listed->store, transaction->number),
	    transaction->state);
	listed->numbers[listed->count++] = transaction->number;
	return listed->count < listed->wanted;
}

static inline void
transactions_are_listed_in_pages_by_number(void **state)
{
	static const struct row {
		struct transaction_filter filter;
		int64_t limit;
		size_t wanted; /* the callback ends it after so many */
		size_t count;
		int64_t first;
		int64_t last;
	} rows[] = {
#define HELD (1U << TRANSACTION_HELD)
#define ISSUED (1U << TRANSACTION_ISSUED)
		{ { .states = ALL_STATES }, 1000, 1000, 201, 1, 201 },
		{ { .states = HELD }, 1000, 1000, 200, 1, 200 },
		{ { .states = HELD | ISSUED }, 1000, 1000, 201, 1, 201 },
		{ { .states = ISSUED }, 1000, 1000, 1, 201, 201 },
		{ { .states = 0 }, 1000, 1000, 0, 0, 0 },
		{ { .states = ALL_STATES, .after = 200 }, 10, 10, 1, 201, 201 },
		{ { .states = ALL_STATES, .after = 201 }, 10, 10, 0, 0, 0 },
		{ { .states = ALL_STATES }, 32, 1000, 32, 1, 32 },
		{ { .states = ALL_STATES }, 33, 1000, 33, 1, 33 },
		{ { .states = ALL_STATES }, 1, 1000, 1, 1, 1 },
		{ { .states = ALL_STATES }, 1000, 40, 40, 1, 40 },
		{ { .states = ALL_STATES }, 1000, 1, 1, 1, 1 },
		{ { "/scep", ALL_STATES, 0 }, 1000, 1000, 101, 2, 201 },
		{ { "/odd", ALL_STATES, 0 }, 1000, 1000, 100, 1, 199 },
		{ { "/odd", ALL_STATES, 99 }, 10, 1000, 10, 101, 119 },
		{ { "/none", ALL_STATES, 0 }, 1000, 1000, 0, 0, 0 },
#undef HELD
#undef ISSUED
	};

	for (int i = 1; i <= 200; i++) {
		char id[8];
		struct transaction_order order;

		snprintf(id, sizeof(id), "%d", i);
		order = order_of(id);
		order.key.endpoint = i % 2 == 1 ? "/odd" : "/scep";
		begun(*state, &order);
	}
	made(*state, "issued", TRANSACTION_ISSUED);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct listed listed = { .store = *state,
			.wanted = rows[i].wanted };

		assert_int_equal(store_list(*state, &rows[i].filter,
				     rows[i].limit, list_one, &listed),
		    ERR_OK);
		assert_int_equal(listed.count, rows[i].count);
		for (size_t j = 1; j < listed.count; j++)
			assert_true(listed.numbers[j - 1] < listed.numbers[j]);
		if (listed.count == 0)
			continue;
		assert_int_equal(listed.numbers[0], rows[i].first);
		assert_int_equal(listed.numbers[listed.count - 1],
		    rows[i].last);
	}
}

static inline void
outputs_are_left_alone_by_what_fails(void **state)
{
	struct transaction_order order = order_of("id"), other = order_of("2");
	struct transaction transaction = { 0 };
	int64_t number;

	assert_int_equal(store_begin(*state, &order, &transaction), ERR_OK);
	number = transaction.number;
	assert_int_equal(store_find(*state, &other.key, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_get(*state, 99, &transaction), ERR_STORE_NONE);
	assert_int_equal(take_step(*state, SIGN, number, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(take_step(*state, ISSUE, number, &transaction),
	    ERR_STORE_NONE);
	other.held_limit = 1;
	assert_int_equal(store_begin(*state, &other, &transaction),
	    ERR_STORE_FULL);
	assert_int_equal(transaction.number, number);
	assert_as_ordered(&transaction, &order);
	transaction_clear(&transaction);
	assert_null(transaction.request.data);
}

/* Threads */

#define THREADS 8
#define REQUESTS 25

struct rival {
	struct store *store;
	pthread_barrier_t *start;
	char name;
	int64_t numbers[REQUESTS];
	bool failed;
};

/* Each wants a certificate of its own for the same requests, and issues what
 * the store has it sign.  assert_... ends none but the main thread. */
static inline void *
compete(void *context)
{
	struct rival *rival = context;
	struct transaction transaction = { 0 };

	pthread_barrier_wait(rival->start);
	for (int i = 0; i < REQUESTS; i++) {
		char id[8], serial[8];
		struct transaction_order order;

		snprintf(id, sizeof(id), "%d", i);
		snprintf(serial, sizeof(serial), "%c%d", rival->name, i);
		order = signing_order_of(id, serial);
		if (store_begin(rival->store, &order, &transaction) != ERR_OK ||
		    store_issue(rival->store, transaction.number,
			BYTES_LITERAL("der"), NOW, &transaction) != ERR_OK)
			rival->failed = true;
		rival->numbers[i] = transaction.number;
	}
	transaction_clear(&transaction);
	return NULL;
}

static inline void
of_requests_that_come_at_once_one_is_begun(void **state)
{
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	struct rival rivals[THREADS] = { 0 };

	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		rivals[i].store = *state;
		rivals[i].start = &start;
		rivals[i].name = (char)('a' + i);
		assert_int_equal(pthread_create(&threads[i], NULL, compete,
				     &rivals[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
	for (int i = 0; i < THREADS; i++) {
		assert_false(rivals[i].failed);
		assert_memory_equal(rivals[i].numbers, rivals[0].numbers,
		    sizeof(rivals[0].numbers));
	}
	assert_int_equal(count_of(*state, ALL_STATES), REQUESTS);
	assert_int_equal(count_of(*state, 1U << TRANSACTION_ISSUED), REQUESTS);
}

/* A test file has these two functions, for each test's own store. */
static int open_store(void **state);
static int close_store(void **state);

#define CONTRACT_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)

#define CONTRACT_TRANSACTIONS \
	CONTRACT_TEST(an_empty_store_has_nothing), \
	    CONTRACT_TEST(what_is_begun_is_found_by_key_and_by_number), \
	    CONTRACT_TEST(another_endpoint_id_or_key_is_another_transaction), \
	    CONTRACT_TEST( \
		the_same_request_is_begun_anew_only_after_an_end_that_was_seen), \
	    CONTRACT_TEST( \
		another_request_of_the_same_key_is_begun_whatever_there_is), \
	    CONTRACT_TEST(as_many_are_held_as_may_be), \
	    CONTRACT_TEST(no_serial_number_is_given_twice), \
	    CONTRACT_TEST(each_state_allows_its_own_steps), \
	    CONTRACT_TEST(no_step_is_taken_with_a_number_that_is_nobodys), \
	    CONTRACT_TEST(who_signs_or_issues_first_wins), \
	    CONTRACT_TEST(what_is_submitted_is_taken_by_one_when_it_is_due), \
	    CONTRACT_TEST(what_is_held_with_its_request_is_taken_too), \
	    CONTRACT_TEST(what_is_submitted_is_due_whoever_was_asked_before), \
	    CONTRACT_TEST(nothing_else_is_taken_or_put_off), \
	    CONTRACT_TEST(a_request_is_kept_until_its_end_and_no_longer), \
	    CONTRACT_TEST( \
		a_certificate_that_a_ca_has_made_may_be_known_already), \
	    CONTRACT_TEST(a_decision_is_about_the_request_that_was_looked_at), \
	    CONTRACT_TEST(only_what_has_waited_for_too_long_lapses), \
	    CONTRACT_TEST(only_what_is_at_its_end_for_long_is_purged), \
	    CONTRACT_TEST( \
		what_was_purged_leaves_its_certificate_and_its_number_unused), \
	    CONTRACT_TEST(transactions_are_listed_in_pages_by_number), \
	    CONTRACT_TEST(outputs_are_left_alone_by_what_fails), \
	    CONTRACT_TEST(of_requests_that_come_at_once_one_is_begun)

#endif
