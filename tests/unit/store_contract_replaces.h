/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_REPLACES_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_REPLACES_H

/* What store.h promises of certificates that others take the place of; see
 * store_contract.h. */
#include "tests/unit/store_contract.h"

/* A certificate of CA `o`, and one of another CA with the same number. */
static inline void
put_old(struct store *store, const char *serial)
{
	struct certificate_record record = record_of(serial);

	record.authority = hash_of('O');
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	record.authority = hash_of('o');
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static inline void
assert_revoked(struct store *store, char authority, const char *serial,
    int64_t revoked_at, int reason)
{
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_get(store, hash_of(authority),
			     bytes_of_string(serial), &certificate),
	    ERR_OK);
	assert_int_equal(certificate.revoked_at, revoked_at);
	assert_int_equal(certificate.reason, reason);
	stored_certificate_clear(&certificate);
}

/* Of CA `o`, and that of the other is not revoked. */
static inline void
assert_old(struct store *store, const char *serial, int64_t revoked_at,
    int reason)
{
	assert_revoked(store, 'o', serial, revoked_at, reason);
	assert_revoked(store, 'O', serial, 0, 0);
}

static inline int64_t
revision_of(struct store *store, char authority)
{
	int64_t revision = -1;

	assert_int_equal(store_revision(store, hash_of(authority), &revision),
	    ERR_OK);
	return revision;
}

/* Whether the transaction tells it still. */
static inline void
assert_replaces(struct store *store, int64_t number, const char *serial)
{
	struct transaction transaction = { 0 };

	assert_int_equal(store_get(store, number, &transaction), ERR_OK);
	assert_same_bytes(buf_bytes(&transaction.renews_authority),
	    serial != NULL ? hash_of('o') : bytes_of_string(NULL));
	assert_same_bytes(buf_bytes(&transaction.renews_serial),
	    bytes_of_string(serial));
	transaction_clear(&transaction);
}

#define LAPSE (WITHDRAW + 1)
#define AT_ITS_END (-1)

static inline void
go_on(struct store *store, int step, int64_t number)
{
	struct transaction transaction = { 0 };
	int64_t count = 0;

	if (step == LAPSE)
		assert_int_equal(store_lapse(store, NOW + 1, NOW + 1, &count),
		    ERR_OK);
	else
		assert_int_equal(take_step(store, (enum step)step, number,
				     &transaction),
		    ERR_OK);
	transaction_clear(&transaction);
}

static inline void
what_is_replaced_is_revoked_when_the_new_one_is_issued_and_not_before(
    void **state)
{
	static const struct row {
		enum transaction_state first;
		int steps[4];
		bool revoked;
	} rows[] = {
#define ROW(first, revoked, ...) \
	{ TRANSACTION_##first, { __VA_ARGS__, AT_ITS_END }, revoked }
		ROW(HELD, true, APPROVE, SIGN, ISSUE),
		ROW(HELD, true, APPROVE, SUBMIT, COMPLETE),
		ROW(HELD, false, REJECT),
		ROW(HELD, false, LAPSE),
		ROW(APPROVED, true, SIGN, ISSUE),
		ROW(APPROVED, false, REJECT),
		ROW(SUBMITTED, true, COMPLETE),
		ROW(SUBMITTED, false, REJECT),
		ROW(SIGNING, true, ISSUE),
		ROW(SIGNING, true, WITHHOLD, RELEASE),
		ROW(SIGNING, false, WITHHOLD, WITHDRAW),
		ROW(SUBMITTED, true, WITHHOLD, RELEASE),
#undef ROW
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('a' + i), '\0' };
		struct transaction_order order = order_of(id);
		int64_t number, before = revision_of(*state, 'o');

		if (rows[i].first == TRANSACTION_SIGNING)
			order = signing_order_of(id, id);
		else if (rows[i].first == TRANSACTION_SUBMITTED)
			order = submitted_order_of(id);
		order.approved = rows[i].first == TRANSACTION_APPROVED;
		order.renews = (struct certificate_id){ hash_of('o'),
			bytes_of_string(id) };
		order.supersedes = true;
		put_old(*state, id);
		number = begun(*state, &order);
		assert_int_equal(state_of(*state, number), rows[i].first);
		for (const int *step = rows[i].steps; *step != AT_ITS_END;
		     step++) {
			assert_old(*state, id, 0, 0);
			assert_replaces(*state, number, id);
			go_on(*state, *step, number);
		}
		assert_replaces(*state, number, NULL);
		if (rows[i].revoked)
			assert_old(*state, id, NOW + 1, 4);
		else
			assert_old(*state, id, 0, 0);
		assert_int_equal(revision_of(*state, 'o'),
		    before + rows[i].revoked);
	}
	/* Of the new ones, that which was withdrawn. */
	assert_int_equal(revision_of(*state, 'a'), 1);
}

static inline void
what_is_renewed_and_not_replaced_stays(void **state)
{
	struct transaction_order order = signing_order_of("id", "new");
	int64_t number;

	put_old(*state, "old");
	order.renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("old") };
	number = begun(*state, &order);
	assert_replaces(*state, number, "old");
	go_on(*state, ISSUE, number);
	assert_old(*state, "old", 0, 0);
}

/* Who issues last, of two that have signed the same, changes nothing. */
static inline void
what_is_replaced_is_revoked_once(void **state)
{
	struct transaction_order order = signing_order_of("id", "new");
	struct transaction transaction = { 0 };
	int64_t number;

	put_old(*state, "old");
	order.renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("old") };
	order.supersedes = true;
	number = begun(*state, &order);
	for (int64_t now = NOW; now < NOW + 2; now++)
		assert_int_equal(store_issue(*state, number,
				     BYTES_LITERAL("der"), now, &transaction),
		    ERR_OK);
	assert_false(transaction.revoked);
	assert_old(*state, "old", NOW, 4);
	assert_int_equal(revision_of(*state, 'o'), 1);
	transaction_clear(&transaction);
}

static inline void
what_is_revoked_already_or_not_known_here_is_left_alone(void **state)
{
	struct stored_certificate certificate = { 0 };
	static const char *const serials[] = { "revoked", "held", "unknown" };

	put_old(*state, "revoked");
	put_old(*state, "held");
	assert_int_equal(store_certificate_revoke(*state, hash_of('o'),
			     BYTES_LITERAL("revoked"), 1, NOW - 7),
	    ERR_OK);
	assert_int_equal(store_certificate_revoke(*state, hash_of('o'),
			     BYTES_LITERAL("held"), 6, NOW - 7),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(serials); i++) {
		struct transaction_order order = signing_order_of(serials[i],
		    serials[i]);

		order.renews = (struct certificate_id){ hash_of('o'),
			bytes_of_string(serials[i]) };
		order.supersedes = true;
		go_on(*state, ISSUE, begun(*state, &order));
	}
	assert_old(*state, "revoked", NOW - 7, 1);
	assert_old(*state, "held", NOW - 7, 6);
	assert_int_equal(store_certificate_get(*state, hash_of('o'),
			     BYTES_LITERAL("unknown"), &certificate),
	    ERR_STORE_NONE);
	assert_int_equal(revision_of(*state, 'o'), 2);
}

#define CONTRACT_REPLACES \
	CONTRACT_TEST( \
	    what_is_replaced_is_revoked_when_the_new_one_is_issued_and_not_before), \
	    CONTRACT_TEST(what_is_renewed_and_not_replaced_stays), \
	    CONTRACT_TEST(what_is_replaced_is_revoked_once), \
	    CONTRACT_TEST( \
		what_is_revoked_already_or_not_known_here_is_left_alone)

#endif
