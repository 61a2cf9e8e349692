/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_WITHHELD_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_WITHHELD_H

#include "tests/unit/store_contract_replaces.h"

/* Certificates that are made, and that others are to know of first: the part of
 * store_contract.h about them. */

static inline void
what_is_withheld_has_its_certificate_and_is_due_at_once(void **state)
{
	struct transaction_order order = submitted_order_of("asked");
	int64_t numbers[] = { begun(*state, &order),
		made(*state, "signed", TRANSACTION_SIGNING) };
	struct transaction transaction = { 0 };

	assert_int_equal(store_take(*state, numbers[0], NOW, NOW + 60,
			     &transaction),
	    ERR_OK);
	assert_int_equal(store_put_off(*state, numbers[0],
			     BYTES_LITERAL("cookie"), NOW + 60),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		go_on(*state, WITHHOLD, numbers[i]);
		assert_int_equal(store_take(*state, numbers[i], NOW, NOW + 60,
				     &transaction),
		    ERR_OK);
		assert_int_equal(transaction.state, TRANSACTION_WITHHELD);
		assert_bytes(buf_bytes(&transaction.certificate),
		    "der of step");
		assert_int_equal(transaction.tried_at, 0);
		assert_int_equal(transaction.tries, 0);
		assert_int_equal(transaction.csr.size, 0);
		assert_int_equal(transaction.cookie.size, 0);
		assert_int_equal(transaction.tbs.size, 0);
	}
	transaction_clear(&transaction);
}

static inline void
who_withholds_first_wins(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct transaction transaction = { 0 };

	go_on(*state, WITHHOLD, number);
	assert_int_equal(take_step(*state, ISSUE, number, &transaction),
	    ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_WITHHELD);
	assert_bytes(buf_bytes(&transaction.certificate), "der of id");
	transaction_clear(&transaction);
}

static inline void
tries_in_vain_are_counted(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD), tries = 0;
	struct transaction transaction = { 0 };

	for (int64_t i = 1; i < 4; i++) {
		assert_int_equal(store_count_try(*state, number, NOW + i,
				     &tries),
		    ERR_OK);
		assert_int_equal(tries, i);
		assert_int_equal(store_get(*state, number, &transaction),
		    ERR_OK);
		assert_int_equal(transaction.tries, i);
		assert_int_equal(transaction.due_at, NOW + i);
	}
	assert_int_equal(store_put_off(*state, number, BYTES_LITERAL("c"), NOW),
	    ERR_OK);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.tries, 3);
	assert_bytes(buf_bytes(&transaction.cookie), "c");
	go_on(*state, RELEASE, number);
	assert_int_equal(store_count_try(*state, number, NOW, &tries),
	    ERR_STORE_NONE);
	transaction_clear(&transaction);
}

static inline void
a_release_gives_what_was_made(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct transaction transaction = { 0 };

	go_on(*state, RELEASE, number);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_ISSUED);
	assert_bytes(buf_bytes(&transaction.certificate), "der of id");
	assert_false(transaction.revoked);
	transaction_clear(&transaction);
}

/* Its device is not to blame, and may come again with the same key. */
static inline void
a_withdrawal_revokes_what_was_made_and_bars_no_key(void **state)
{
	const struct decision decision = { .reason = BYTES_LITERAL("no room"),
		.fail_info = FAIL_INFO_BAD_TIME,
		.now = NOW + 3 };
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct certificate_record record = record_of("id");
	struct stored_certificate certificate = { 0 };
	struct transaction transaction = { 0 };
	bool is_barred = true;

	assert_int_equal(store_withdraw(*state, number, &decision), ERR_OK);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_REJECTED);
	assert_bytes(buf_bytes(&transaction.reason), "no room");
	assert_int_equal(transaction.fail_info, FAIL_INFO_BAD_TIME);
	assert_int_equal(store_certificate_get(*state, record.authority,
			     record.serial, &certificate),
	    ERR_OK);
	assert_int_equal(certificate.revoked_at, NOW + 3);
	assert_int_equal(certificate.reason, 5);
	assert_int_equal(revision_of(*state, 'a'), 1);
	assert_int_equal(store_key_is_revoked(*state, record.key, &is_barred),
	    ERR_OK);
	assert_false(is_barred);
	stored_certificate_clear(&certificate);
	transaction_clear(&transaction);
}

static inline void
what_is_given_up_is_withdrawn_and_lapses(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct transaction transaction = { 0 };

	assert_int_equal(store_give_up(*state, number,
			     BYTES_LITERAL("too late"), NOW + 3),
	    ERR_OK);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_LAPSED);
	assert_true(transaction.revoked);
	assert_bytes(buf_bytes(&transaction.reason), "too late");
	assert_int_equal(store_give_up(*state, number,
			     BYTES_LITERAL("too late"), NOW + 3),
	    ERR_STORE_NONE);
	transaction_clear(&transaction);
}

static inline void
what_is_withheld_for_too_long_is_revoked(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD), count;
	struct transaction transaction = { 0 };

	assert_int_equal(store_lapse(*state, NOW + 1, NOW + 3, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_LAPSED);
	assert_true(transaction.revoked);
	assert_true(transaction.reason.size > 0);
	transaction_clear(&transaction);
}

/* Nor does it take anything's place. */
static inline void
what_is_revoked_while_it_is_withheld_is_not_released(void **state)
{
	struct transaction_order order = signing_order_of("id", "new");
	struct certificate_record record = record_of("new");
	struct transaction transaction = { 0 };
	int64_t number;

	put_old(*state, "old");
	order.renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("old") };
	order.supersedes = true;
	number = begun(*state, &order);
	go_on(*state, WITHHOLD, number);
	assert_int_equal(store_certificate_revoke(*state, record.authority,
			     record.serial, 1, NOW),
	    ERR_OK);
	go_on(*state, RELEASE, number);
	assert_int_equal(store_get(*state, number, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_LAPSED);
	assert_true(transaction.reason.size > 0);
	assert_old(*state, "old", 0, 0);
	transaction_clear(&transaction);
}

static inline void
what_is_revoked_while_it_is_signed_takes_nothings_place(void **state)
{
	struct transaction_order order = signing_order_of("id", "new");
	struct certificate_record record = record_of("new");
	int64_t number;

	put_old(*state, "old");
	order.renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("old") };
	order.supersedes = true;
	number = begun(*state, &order);
	assert_int_equal(store_certificate_revoke(*state, record.authority,
			     record.serial, 1, NOW),
	    ERR_OK);
	go_on(*state, ISSUE, number);
	assert_old(*state, "old", 0, 0);
}

static inline void
a_certificate_knows_its_request(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct certificate_record record = record_of("id");
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_get(*state, record.authority,
			     record.serial, &certificate),
	    ERR_OK);
	assert_int_equal(certificate.request, number);
	stored_certificate_clear(&certificate);
}

static inline void
a_withdrawal_leaves_a_revocation_as_it_is(void **state)
{
	int64_t number = made(*state, "id", TRANSACTION_WITHHELD);
	struct certificate_record record = record_of("id");
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_revoke(*state, record.authority,
			     record.serial, 1, NOW - 1),
	    ERR_OK);
	go_on(*state, WITHDRAW, number);
	assert_int_equal(store_certificate_get(*state, record.authority,
			     record.serial, &certificate),
	    ERR_OK);
	assert_int_equal(certificate.revoked_at, NOW - 1);
	assert_int_equal(certificate.reason, 1);
	assert_int_equal(revision_of(*state, 'a'), 1);
	stored_certificate_clear(&certificate);
}

static inline void
an_approval_and_a_rejection_keep_what_they_say(void **state)
{
	const struct decision yes = { .profile = BYTES_LITERAL("phone"),
		.now = NOW },
			      no = { .reason = BYTES_LITERAL("why"),
				      .fail_info = FAIL_INFO_BAD_CERT_ID,
				      .now = NOW };
	int64_t numbers[] = { made(*state, "y", TRANSACTION_HELD),
		made(*state, "n", TRANSACTION_HELD) };
	struct transaction transaction = { 0 };

	assert_int_equal(store_approve(*state, numbers[0], hash_of('r'), &yes),
	    ERR_OK);
	assert_int_equal(store_reject(*state, numbers[1], hash_of('r'), &no),
	    ERR_OK);
	assert_int_equal(store_get(*state, numbers[0], &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.profile), "phone");
	assert_int_equal(store_get(*state, numbers[1], &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.reason), "why");
	assert_int_equal(transaction.fail_info, FAIL_INFO_BAD_CERT_ID);
	transaction_clear(&transaction);
}

#define CONTRACT_WITHHELD \
	CONTRACT_TEST( \
	    what_is_withheld_has_its_certificate_and_is_due_at_once), \
	    CONTRACT_TEST(who_withholds_first_wins), \
	    CONTRACT_TEST(tries_in_vain_are_counted), \
	    CONTRACT_TEST(a_release_gives_what_was_made), \
	    CONTRACT_TEST(a_withdrawal_revokes_what_was_made_and_bars_no_key), \
	    CONTRACT_TEST(what_is_given_up_is_withdrawn_and_lapses), \
	    CONTRACT_TEST(what_is_withheld_for_too_long_is_revoked), \
	    CONTRACT_TEST( \
		what_is_revoked_while_it_is_withheld_is_not_released), \
	    CONTRACT_TEST( \
		what_is_revoked_while_it_is_signed_takes_nothings_place), \
	    CONTRACT_TEST(a_certificate_knows_its_request), \
	    CONTRACT_TEST(a_withdrawal_leaves_a_revocation_as_it_is), \
	    CONTRACT_TEST(an_approval_and_a_rejection_keep_what_they_say)

#endif
