/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_ACTIVE_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_ACTIVE_H

/* What store.h promises of certificates that are counted by their names; see
 * store_contract.h. */
#include "tests/unit/store_contract.h"

static inline int64_t
active_of(struct store *store, char identity, const char *except, int64_t now)
{
	const struct active_filter filter = {
		.authority = hash_of('a'),
		.identity = hash_of(identity),
		.except = { except == NULL ? bytes_of(NULL, 0) : hash_of('a'),
		    bytes_of_string(except) },
		.now = now,
	};
	int64_t count = -1;

	assert_int_equal(store_count_active(store, &filter, 3, &count), ERR_OK);
	return count;
}

static inline void
put_identified(struct store *store, const char *serial, char authority,
    char identity)
{
	struct certificate_record record = record_of(serial);

	record.authority = hash_of(authority);
	record.identity = hash_of(identity);
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static inline void
certificates_of_the_same_names_are_counted_while_they_are_active(void **state)
{
	struct certificate_record unknown = record_of("unknown");

	assert_int_equal(active_of(*state, 'i', NULL, NOW), 0);
	assert_int_equal(store_certificate_add(*state, &unknown,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	put_identified(*state, "1", 'a', 'i');
	put_identified(*state, "2", 'a', 'i');
	/* Another's, and one of another CA. */
	put_identified(*state, "3", 'a', 'j');
	put_identified(*state, "1", 'b', 'i');
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 2);
	assert_int_equal(active_of(*state, 'j', NULL, NOW), 1);
	assert_int_equal(active_of(*state, 'k', NULL, NOW), 0);
	/* Its last second, and the next. */
	assert_int_equal(active_of(*state, 'i', NULL, NOW + YEAR), 2);
	assert_int_equal(active_of(*state, 'i', NULL, NOW + YEAR + 1), 0);
	/* The one that is renewed. */
	assert_int_equal(active_of(*state, 'i', "1", NOW), 1);
	assert_int_equal(active_of(*state, 'i', "3", NOW), 2);
	/* One on hold, and then not any more. */
	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("2"), 6, NOW),
	    ERR_OK);
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 1);
	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("2"), -1, NOW),
	    ERR_OK);
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 2);
	/* No more than asked for. */
	put_identified(*state, "4", 'a', 'i');
	put_identified(*state, "5", 'a', 'i');
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 3);
}

static inline void
a_certificate_is_counted_once_it_is_known_whole(void **state)
{
	const struct certificate_record alone = { .authority = hash_of('a'),
		.serial = BYTES_LITERAL("1") };

	assert_int_equal(store_certificate_add(*state, &alone,
			     bytes_of_string(NULL)),
	    ERR_OK);
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 0);
	put_identified(*state, "1", 'a', 'i');
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 1);
}

static inline struct transaction_order
limited_order_of(const char *id, const char *serial, int64_t limit)
{
	struct transaction_order order = signing_order_of(id, serial);

	order.certificate.identity = hash_of('i');
	order.active_limit = limit;
	return order;
}

/* Of two requests at once, too: what is to be signed counts. */
static inline void
no_more_are_begun_than_may_be_active(void **state)
{
	struct transaction_order order = limited_order_of("a", "1", 1);
	struct transaction transaction = { 0 };

	assert_int_equal(begun(*state, &order), 1);
	/* The same again is the same. */
	assert_int_equal(begun(*state, &order), 1);
	order = limited_order_of("b", "2", 1);
	assert_int_equal(store_begin(*state, &order, &transaction),
	    ERR_DUPLICATE);
	assert_int_equal(count_of(*state, ALL_STATES), 1);
	assert_int_equal(active_of(*state, 'i', NULL, NOW), 1);
	/* One that is renewed makes room for its renewal. */
	order.active_except = (struct certificate_id){ hash_of('a'),
		BYTES_LITERAL("1") };
	assert_int_equal(begun(*state, &order), 2);
	order = limited_order_of("c", "3", 2);
	assert_int_equal(store_begin(*state, &order, &transaction),
	    ERR_DUPLICATE);
	order.active_limit = 3;
	assert_int_equal(begun(*state, &order), 3);
	order = limited_order_of("d", "4", 0);
	assert_int_equal(begun(*state, &order), 4);
	/* What is not signed at once is not limited. */
	order = order_of("e");
	order.active_limit = 1;
	assert_int_equal(begun(*state, &order), 5);
}

#define CONTRACT_ACTIVE \
	CONTRACT_TEST( \
	    certificates_of_the_same_names_are_counted_while_they_are_active), \
	    CONTRACT_TEST(a_certificate_is_counted_once_it_is_known_whole), \
	    CONTRACT_TEST(no_more_are_begun_than_may_be_active)

#endif
