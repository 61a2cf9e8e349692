/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_CERTIFICATES_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_CERTIFICATES_H

#include "tests/unit/store_contract.h"

/* What store.h promises of certificates and CRLs. */

static inline void
a_certificate_is_known_from_before_it_is_signed(void **state)
{
	struct transaction_order order = signing_order_of("id", "serial");
	struct stored_certificate certificate = { 0 };
	struct transaction transaction = { 0 };
	int64_t number;

	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), &certificate),
	    ERR_STORE_NONE);
	number = begun(*state, &order);
	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), &certificate),
	    ERR_OK);
	assert_int_equal(certificate.number, 1);
	assert_same_bytes(buf_bytes(&certificate.authority), hash_of('a'));
	assert_bytes(buf_bytes(&certificate.serial), "serial");
	assert_bytes(buf_bytes(&certificate.subject), "CN=router-17");
	assert_same_bytes(buf_bytes(&certificate.key), hash_of('k'));
	assert_int_equal(certificate.not_before, NOW);
	assert_int_equal(certificate.not_after, NOW + YEAR);
	assert_int_equal(certificate.der.size, 0);
	assert_int_equal(certificate.revoked_at, 0);
	assert_int_equal(store_issue(*state, number, BYTES_LITERAL("der"), NOW,
			     &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), &certificate),
	    ERR_OK);
	assert_bytes(buf_bytes(&certificate.der), "der");
	assert_int_equal(store_certificate_get(*state, hash_of('b'),
			     BYTES_LITERAL("serial"), &certificate),
	    ERR_STORE_NONE);
	assert_bytes(buf_bytes(&certificate.der), "der");
	stored_certificate_clear(&certificate);
}

static inline void
a_certificate_that_is_signed_is_known_before_its_transaction_is_done(
    void **state)
{
	struct transaction_order order = signing_order_of("id", "serial");
	struct stored_certificate certificate = { 0 };
	struct transaction transaction = { 0 };
	int64_t number = begun(*state, &order);

	assert_int_equal(store_certificate_signed(*state, hash_of('a'),
			     BYTES_LITERAL("another"), BYTES_LITERAL("der")),
	    ERR_STORE_NONE);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(store_certificate_signed(*state, hash_of('a'),
				     BYTES_LITERAL("serial"),
				     bytes_of_string(i == 0 ? "der" : "later")),
		    ERR_OK);
	assert_int_equal(store_certificate_get(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), &certificate),
	    ERR_OK);
	assert_bytes(buf_bytes(&certificate.der), "der");
	assert_int_equal(store_find(*state, &order.key, &transaction), ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_SIGNING);
	assert_bytes(buf_bytes(&transaction.certificate), "der");
	assert_int_equal(store_issue(*state, number, BYTES_LITERAL("der"), NOW,
			     &transaction),
	    ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_ISSUED);
	transaction_clear(&transaction);
	stored_certificate_clear(&certificate);
}

/* Approved by a profile of its own, or by none: then it keeps what it had, also
 * where another approval has named one before. */
static inline void
a_certificate_has_the_profile_of_its_request(void **state)
{
	static const struct row {
		const char *begun, *approved, *profile;
	} rows[] = {
		{ "phone", NULL, "phone" },
		{ "", NULL, "" },
		{ "phone", "", "phone" },
		{ "phone", "router", "router" },
		{ "", "router", "router" },
		{ "", "", "" },
		{ "phone", "gone", "phone" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[] = { (char)('a' + i), '\0' };
		struct certificate_record record = record_of(name);
		struct transaction_order order = signing_order_of(name, name);
		struct stored_certificate certificate = { 0 };
		struct transaction transaction = { 0 };
		const struct decision decision = {
			.profile = bytes_of_string(rows[i].approved),
			.now = NOW
		};
		int64_t number;

		if (rows[i].approved != NULL)
			order = order_of(name);
		order.profile = bytes_of_string(rows[i].begun);
		number = begun(*state, &order);
		if (rows[i].approved != NULL) {
			assert_int_equal(store_approve(*state, number,
					     order.request_hash, &decision),
			    ERR_OK);
			if (strcmp(rows[i].approved, "gone") == 0)
				assert_int_equal(decided(*state, number,
						     order.request_hash, true,
						     bytes_of_string(""), NOW),
				    ERR_OK);
			assert_int_equal(store_sign(*state, number,
					     BYTES_LITERAL("tbs"), &record, NOW,
					     &transaction),
			    ERR_OK);
			assert_string_equal(buf_string(&transaction.profile),
			    rows[i].profile);
		}
		assert_int_equal(store_certificate_get(*state, hash_of('a'),
				     bytes_of_string(name), &certificate),
		    ERR_OK);
		assert_string_equal(buf_string(&certificate.profile),
		    rows[i].profile);
		assert_string_equal(buf_string(&certificate.endpoint), "/scep");
		stored_certificate_clear(&certificate);
		transaction_clear(&transaction);
	}
}

static inline void
certificates_from_elsewhere_are_added_once(void **state)
{
	struct certificate_record record = record_of("serial");
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_add(*state, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_certificate_add(*state, &record,
			     BYTES_LITERAL("other")),
	    ERR_STORE_SERIAL);
	assert_int_equal(store_certificate_get(*state, record.authority,
			     record.serial, &certificate),
	    ERR_OK);
	assert_bytes(buf_bytes(&certificate.der), "der");
	assert_int_equal(certificate.number, 1);
	assert_int_equal(certificate.endpoint.size, 0);
	assert_int_equal(certificate.profile.size, 0);
	stored_certificate_clear(&certificate);
}

/* Whether it is the whole, revoked as it was. */
static inline void
assert_known(struct store *store, const struct certificate_record *record,
    bool whole)
{
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_get(store, record->authority,
			     record->serial, &certificate),
	    ERR_OK);
	assert_int_equal(certificate.number, 1);
	assert_int_equal(certificate.der.size > 0, whole);
	assert_same_bytes(buf_bytes(&certificate.key), record->key);
	assert_same_bytes(buf_bytes(&certificate.subject), record->subject);
	assert_int_equal(certificate.not_before, record->not_before);
	assert_int_equal(certificate.not_after, record->not_after);
	assert_int_equal(certificate.revoked_at, NOW + 1);
	assert_int_equal(certificate.reason, 1);
	stored_certificate_clear(&certificate);
}

static inline void
a_serial_number_alone_becomes_the_whole_certificate_once(void **state)
{
	const struct bytes none = bytes_of_string(NULL);
	const struct certificate_record whole = record_of("serial");
	const struct certificate_record alone = { .authority = whole.authority,
		.serial = whole.serial };
	bool revoked = true;

	assert_int_equal(store_certificate_add(*state, &alone, none), ERR_OK);
	assert_int_equal(store_certificate_add(*state, &alone, none),
	    ERR_STORE_SERIAL);
	assert_int_equal(store_certificate_revoke(*state, alone.authority,
			     alone.serial, 1, NOW + 1),
	    ERR_OK);
	assert_known(*state, &alone, false);
	assert_int_equal(store_key_is_revoked(*state, whole.key, &revoked),
	    ERR_OK);
	assert_false(revoked);
	assert_int_equal(store_certificate_add(*state, &whole,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_known(*state, &whole, true);
	assert_int_equal(store_key_is_revoked(*state, whole.key, &revoked),
	    ERR_OK);
	assert_true(revoked);
	assert_int_equal(store_certificate_add(*state, &whole,
			     BYTES_LITERAL("other")),
	    ERR_STORE_SERIAL);
	assert_int_equal(store_certificate_add(*state, &alone, none),
	    ERR_STORE_SERIAL);
}

/* Of the letters that hash_of has made them of. */
static inline void
assert_authorities(struct store *store, const char *letters)
{
	struct buf authority = { 0 };

	for (; *letters != '\0'; letters++) {
		assert_int_equal(store_authority_next(store,
				     buf_bytes(&authority), &authority),
		    ERR_OK);
		assert_same_bytes(buf_bytes(&authority), hash_of(*letters));
	}
	assert_int_equal(store_authority_next(store, buf_bytes(&authority),
			     &authority),
	    ERR_STORE_NONE);
	buf_clear(&authority);
}

static inline void
authorities_are_found_that_have_a_certificate_or_a_crl(void **state)
{
	static const char order[] = "mdmcm";
	struct stored_crl crl = { .number = 1 };
	int64_t revision;

	assert_authorities(*state, "");
	for (size_t i = 0; order[i] != '\0'; i++) {
		struct certificate_record record = record_of("");

		record.authority = hash_of(order[i]);
		record.serial = bytes_of(&"12345"[i], 1);
		assert_int_equal(store_certificate_add(*state, &record,
				     BYTES_LITERAL("der")),
		    ERR_OK);
	}
	assert_authorities(*state, "cdm");
	assert_int_equal(store_crl_put(*state, hash_of('e'), &crl), ERR_OK);
	assert_int_equal(store_crl_put(*state, hash_of('c'), &crl), ERR_OK);
	/* To have been asked for is not to be there. */
	assert_int_equal(store_revision(*state, hash_of('b'), &revision),
	    ERR_OK);
	assert_authorities(*state, "cdem");
}

static inline void
all_that_is_there_is_counted(void **state)
{
	struct store_counts counts;
	int64_t count = -1;

	assert_int_equal(store_count(*state, &counts), ERR_OK);
	assert_int_equal(counts.certificates, 0);
	for (int i = 0; i < TRANSACTION_STATES; i++)
		assert_int_equal(counts.transactions[i], 0);
	made(*state, "a", TRANSACTION_HELD);
	made(*state, "b", TRANSACTION_HELD);
	made(*state, "c", TRANSACTION_ISSUED);
	made(*state, "d", TRANSACTION_SIGNING);
	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("c"), 6, NOW),
	    ERR_OK);
	assert_int_equal(store_count(*state, &counts), ERR_OK);
	assert_int_equal(counts.certificates, 2);
	assert_int_equal(counts.transactions[TRANSACTION_HELD], 2);
	assert_int_equal(counts.transactions[TRANSACTION_ISSUED], 1);
	assert_int_equal(counts.transactions[TRANSACTION_SIGNING], 1);
	assert_int_equal(counts.transactions[TRANSACTION_REJECTED], 0);
	assert_int_equal(store_count_revoked(*state, hash_of('a'), &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_count_revoked(*state, hash_of('b'), &count),
	    ERR_OK);
	assert_int_equal(count, 0);
}

struct listed_certificates {
	struct store *store;
	struct buf serials;
	size_t count;
	size_t wanted;
};

/* One letter for each; uses the store, as it may. */
static inline bool
list_certificate(void *context, const struct stored_certificate *certificate)
{
	struct listed_certificates *listed = context;
	bool revoked;

	assert_int_equal(store_key_is_revoked(listed->store,
			     buf_bytes(&certificate->key), &revoked),
	    ERR_OK);
	if (certificate->serial.size == 1)
		buf_append(&listed->serials, buf_bytes(&certificate->serial));
	return ++listed->count < listed->wanted;
}

static inline void
put_certificates(struct store *store)
{
	static const struct row {
		const char *serial;
		char authority;
		char key;
		const char *subject;
		int64_t not_after;
		bool revoked;
	} rows[] = {
		{ "1", 'a', 'k', "one", NOW, false },
		{ "2", 'a', 'k', "two", NOW + 1, true },
		{ "3", 'a', 'l', "one", NOW + 2, true },
		{ "4", 'b', 'k', "one", NOW + 1, true },
		{ "5", 'b', 'm', "", 0, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct certificate_record record = {
			.authority = hash_of(rows[i].authority),
			.serial = bytes_of_string(rows[i].serial),
			.key = hash_of(rows[i].key),
			.subject = bytes_of_string(rows[i].subject),
			.not_after = rows[i].not_after,
		};

		assert_int_equal(store_certificate_add(store, &record,
				     BYTES_LITERAL("der")),
		    ERR_OK);
		if (rows[i].revoked)
			assert_int_equal(store_certificate_revoke(store,
					     record.authority, record.serial, 1,
					     NOW),
			    ERR_OK);
	}
}

static inline void
certificates_are_listed_that_fit_in_every_respect(void **state)
{
#define ONE BYTES_LITERAL("one")
	const struct row {
		struct certificate_filter filter;
		const char *serials;
	} rows[] = {
		{ { .after = 0 }, "12345" },
		{ { .after = 3 }, "45" },
		{ { .authority = hash_of('a') }, "123" },
		{ { .authority = hash_of('c') }, "" },
		{ { .key = hash_of('k') }, "124" },
		{ { .key = hash_of('k'), .after = 2 }, "4" },
		{ { .key = hash_of('k'), .authority = hash_of('a') }, "12" },
		{ { .key = hash_of('k'), .subject = ONE }, "14" },
		{ { .key = hash_of('k'), .revoked_only = true }, "24" },
		{ { .subject = ONE }, "134" },
		{ { .subject = ONE, .authority = hash_of('b') }, "4" },
		{ { .subject = ONE, .revoked_only = true }, "34" },
		{ { .revoked_only = true }, "234" },
		{ { .revoked_only = true, .authority = hash_of('a') }, "23" },
		{ { .revoked_only = true,
		      .authority = hash_of('a'),
		      .after = 2 },
		    "3" },
		{ { .revoked_only = true,
		      .authority = hash_of('a'),
		      .expired_before = NOW + 2 },
		    "3" },
		/* When the last expires, nobody knows. */
		{ { .expired_before = NOW + 1 }, "2345" },
		{ { .key = hash_of('k'), .expired_before = NOW + 1 }, "24" },
	};
#undef ONE

	put_certificates(*state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct listed_certificates listed = { .store = *state,
			.wanted = SIZE_MAX };

		assert_int_equal(store_certificate_list(*state, &rows[i].filter,
				     1000, list_certificate, &listed),
		    ERR_OK);
		assert_string_equal(buf_string(&listed.serials),
		    rows[i].serials);
		buf_clear(&listed.serials);
	}
}

static inline void
certificates_are_listed_in_pages(void **state)
{
	static const struct row {
		int64_t limit;
		size_t wanted;
		size_t count;
	} rows[] = {
		{ 1000, 1000, 100 },
		{ 33, 1000, 33 },
		{ 64, 1000, 64 },
		{ 1000, 40, 40 },
		{ 1000, 1, 1 },
		{ 1, 1000, 1 },
	};
	const struct certificate_filter filter = { .authority = hash_of('a') };

	for (int i = 0; i < 100; i++) {
		char serial[8];
		struct certificate_record record;

		snprintf(serial, sizeof(serial), "%02d", i);
		record = record_of(serial);
		assert_int_equal(store_certificate_add(*state, &record,
				     BYTES_LITERAL("der")),
		    ERR_OK);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct listed_certificates listed = { .store = *state,
			.wanted = rows[i].wanted };

		assert_int_equal(store_certificate_list(*state, &filter,
				     rows[i].limit, list_certificate, &listed),
		    ERR_OK);
		assert_int_equal(listed.count, rows[i].count);
	}
}

/* Revocation */

static inline void
each_change_of_a_revocation_counts_as_a_revision(void **state)
{
	/* In this order. */
	static const struct row {
		int reason;
		enum err err;
		int64_t revoked_at; /* after that */
		int then;
		int64_t revision;
	} rows[] = {
		{ -1, ERR_STORE_NONE, 0, 0, 0 },
		{ 6, ERR_OK, NOW + 1, 6, 1 },
		{ 6, ERR_OK, NOW + 1, 6, 1 },
		{ -1, ERR_OK, 0, 0, 2 },
		{ -1, ERR_STORE_NONE, 0, 0, 2 },
		{ 6, ERR_OK, NOW + 5, 6, 3 },
		{ 1, ERR_OK, NOW + 5, 1, 4 },
		{ 1, ERR_OK, NOW + 5, 1, 4 },
		{ -1, ERR_STORE_NONE, NOW + 5, 1, 4 },
		/* For good is for good. */
		{ 6, ERR_STORE_NONE, NOW + 5, 1, 4 },
		{ 0, ERR_OK, NOW + 5, 0, 5 },
		{ 6, ERR_STORE_NONE, NOW + 5, 0, 5 },
		{ 10, ERR_OK, NOW + 5, 10, 6 },
	};
	struct stored_certificate certificate = { 0 };
	struct certificate_record record = record_of("serial");
	int64_t revision = -1;

	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), 1, NOW),
	    ERR_STORE_NONE);
	assert_int_equal(store_certificate_add(*state, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(store_certificate_revoke(*state,
				     record.authority, record.serial,
				     rows[i].reason, NOW + (int64_t)i),
		    rows[i].err);
		assert_int_equal(store_certificate_get(*state, record.authority,
				     record.serial, &certificate),
		    ERR_OK);
		assert_int_equal(certificate.revoked_at, rows[i].revoked_at);
		assert_int_equal(certificate.reason, rows[i].then);
		assert_int_equal(store_revision(*state, record.authority,
				     &revision),
		    ERR_OK);
		assert_int_equal(revision, rows[i].revision);
	}
	stored_certificate_clear(&certificate);
	/* Another CA's has not changed. */
	assert_int_equal(store_revision(*state, hash_of('b'), &revision),
	    ERR_OK);
	assert_int_equal(revision, 0);
}

static inline void
a_transaction_tells_whether_its_certificate_is_revoked(void **state)
{
	struct transaction_order order = signing_order_of("id", "serial");
	struct transaction transaction = { 0 };
	int64_t number = begun(*state, &order);

	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), 6, NOW),
	    ERR_OK);
	assert_int_equal(store_issue(*state, number, BYTES_LITERAL("der"), NOW,
			     &transaction),
	    ERR_OK);
	assert_true(transaction.revoked);
	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("serial"), -1, NOW),
	    ERR_OK);
	assert_int_equal(store_find(*state, &order.key, &transaction), ERR_OK);
	assert_false(transaction.revoked);
	transaction_clear(&transaction);
}

static inline bool
key_is_revoked(struct store *store)
{
	bool revoked = false, other = true;

	assert_int_equal(store_key_is_revoked(store, hash_of('k'), &revoked),
	    ERR_OK);
	assert_int_equal(store_key_is_revoked(store, hash_of('l'), &other),
	    ERR_OK);
	assert_false(other);
	return revoked;
}

static inline void
a_key_is_refused_after_a_revocation_until_it_is_allowed(void **state)
{
	enum {
		NEITHER,
		REVOKE_1,
		REVOKE_2,
		TAKE_BACK_2,
		ALLOW
	};
	/* In this order, all in the same second. */
	static const struct row {
		int what;
		bool revoked;
	} rows[] = {
		{ NEITHER, false },
		{ ALLOW, false },
		{ REVOKE_1, true },
		{ REVOKE_2, true },
		{ ALLOW, false },
		/* It is revoked already, and stays allowed. */
		{ REVOKE_1, false },
		{ TAKE_BACK_2, false },
		{ REVOKE_2, true },
		{ TAKE_BACK_2, false },
	};
	const struct bytes serials[] = { BYTES_LITERAL("1"),
		BYTES_LITERAL("2") };

	for (size_t i = 0; i < COUNT(serials); i++) {
		struct certificate_record record = record_of("");

		record.serial = serials[i];
		assert_int_equal(store_certificate_add(*state, &record,
				     BYTES_LITERAL("der")),
		    ERR_OK);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool first = rows[i].what == REVOKE_1;
		bool back = rows[i].what == TAKE_BACK_2;

		if (rows[i].what == ALLOW)
			assert_int_equal(store_key_allow(*state, hash_of('k'),
					     NOW),
			    ERR_OK);
		else if (rows[i].what != NEITHER)
			assert_int_equal(store_certificate_revoke(*state,
					     hash_of('a'), serials[!first],
					     back ? -1 : 6, NOW),
			    ERR_OK);
		assert_int_equal(key_is_revoked(*state), rows[i].revoked);
	}
}

/* In this order: superseding says nothing against a key, and a compromise that
 * comes out later does. */
static inline void
a_key_is_not_refused_for_a_certificate_that_is_superseded(void **state)
{
	static const struct row {
		const char *serial;
		int reason;
		bool revoked;
	} rows[] = {
		{ "1", 4, false },
		{ "2", 4, false },
		{ "2", 1, true },
		{ "1", 9, true },
		{ "2", 4, true },
		{ "1", 4, false },
	};

	for (size_t i = 0; i < 2; i++) {
		struct certificate_record record = record_of(rows[i].serial);

		assert_int_equal(store_certificate_add(*state, &record,
				     BYTES_LITERAL("der")),
		    ERR_OK);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
				     bytes_of_string(rows[i].serial),
				     rows[i].reason, NOW),
		    ERR_OK);
		assert_int_equal(key_is_revoked(*state), rows[i].revoked);
	}
}

/* CRLs */

static inline void
what_others_have_revoked_is_revoked_here(void **state)
{
	static const struct revocation revocations[] = {
		{ BYTES_LITERAL("1"), NOW - 7, 4 },
		{ BYTES_LITERAL("2"), NOW - 7, 4 },
		{ BYTES_LITERAL("6"), NOW - 7, 0 },
	};
	static const struct row {
		const char *serial;
		int64_t revoked_at;
		int reason;
	} rows[] = {
		{ "1", NOW - 7, 4 },
		{ "2", NOW, 1 },
		{ "3", NOW, 1 },
		{ "6", NOW - 7, 0 },
	};
	struct stored_certificate certificate = { 0 };
	int64_t before, revision;
	bool revoked = false;

	put_certificates(*state);
	assert_int_equal(store_revision(*state, hash_of('a'), &before), ERR_OK);
	/* The second time it is nothing new. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_certificates_revoke(*state, hash_of('a'),
				     revocations, COUNT(revocations)),
		    ERR_OK);
		assert_int_equal(store_revision(*state, hash_of('a'),
				     &revision),
		    ERR_OK);
		assert_int_equal(revision, before + 2);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(store_certificate_get(*state, hash_of('a'),
				     bytes_of_string(rows[i].serial),
				     &certificate),
		    ERR_OK);
		assert_int_equal(certificate.revoked_at, rows[i].revoked_at);
		assert_int_equal(certificate.reason, rows[i].reason);
	}
	/* The last one was not known before, nor is more of it now. */
	assert_int_equal(certificate.number, 6);
	assert_int_equal(certificate.not_after, 0);
	assert_int_equal(certificate.der.size, 0);
	stored_certificate_clear(&certificate);
	assert_int_equal(store_key_is_revoked(*state, hash_of('k'), &revoked),
	    ERR_OK);
	assert_true(revoked);
}

static inline void
a_crl_takes_the_place_of_one_with_a_smaller_number(void **state)
{
	/* In this order. */
	static const struct row {
		char authority;
		int64_t number;
		const char *der;
		enum err err;
		const char *then;
	} rows[] = {
		{ 'a', 7, "first", ERR_OK, "first" },
		{ 'a', 7, "same", ERR_STORE_NONE, "first" },
		{ 'a', 6, "older", ERR_STORE_NONE, "first" },
		{ 'b', 1, "other's", ERR_OK, "other's" },
		{ 'a', 9, "newer", ERR_OK, "newer" },
		{ 'b', 1, "same", ERR_STORE_NONE, "other's" },
	};
	struct stored_crl crl = { 0 };

	assert_int_equal(store_crl_get(*state, hash_of('a'), &crl),
	    ERR_STORE_NONE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stored_crl put = { .number = rows[i].number,
			.this_update = NOW + rows[i].number,
			.next_update = NOW + YEAR + rows[i].number,
			.revision = 40 + rows[i].number };

		buf_append_string(&put.der, rows[i].der);
		assert_int_equal(store_crl_put(*state,
				     hash_of(rows[i].authority), &put),
		    rows[i].err);
		assert_int_equal(store_crl_get(*state,
				     hash_of(rows[i].authority), &crl),
		    ERR_OK);
		assert_string_equal(buf_string(&crl.der), rows[i].then);
		assert_int_equal(crl.this_update, NOW + crl.number);
		assert_int_equal(crl.next_update, NOW + YEAR + crl.number);
		assert_int_equal(crl.revision, 40 + crl.number);
		stored_crl_clear(&put);
	}
	assert_int_equal(store_crl_get(*state, hash_of('c'), &crl),
	    ERR_STORE_NONE);
	stored_crl_clear(&crl);
}

static inline void
a_mark_is_what_it_was_set_to_last(void **state)
{
	/* In this order. */
	static const struct row {
		const char *name;
		const char *value;
	} rows[] = { { "a", "one" }, { "a/b", "" }, { "a", "another" } };
	struct buf value = { 0 };

	assert_int_equal(store_mark_get(*state, "a", &value), ERR_STORE_NONE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(store_mark_put(*state, rows[i].name,
				     bytes_of_string(rows[i].value)),
		    ERR_OK);
		assert_int_equal(store_mark_get(*state, rows[i].name, &value),
		    ERR_OK);
		assert_string_equal(buf_string(&value), rows[i].value);
	}
	assert_int_equal(store_mark_get(*state, "a/b", &value), ERR_OK);
	assert_string_equal(buf_string(&value), "");
	assert_int_equal(store_mark_get(*state, "b", &value), ERR_STORE_NONE);
	buf_clear(&value);
}

#define CONTRACT_CERTIFICATES \
	CONTRACT_TEST(a_mark_is_what_it_was_set_to_last), \
	    CONTRACT_TEST(a_certificate_is_known_from_before_it_is_signed), \
	    CONTRACT_TEST( \
		a_certificate_that_is_signed_is_known_before_its_transaction_is_done), \
	    CONTRACT_TEST(a_certificate_has_the_profile_of_its_request), \
	    CONTRACT_TEST(certificates_from_elsewhere_are_added_once), \
	    CONTRACT_TEST( \
		a_serial_number_alone_becomes_the_whole_certificate_once), \
	    CONTRACT_TEST( \
		authorities_are_found_that_have_a_certificate_or_a_crl), \
	    CONTRACT_TEST(all_that_is_there_is_counted), \
	    CONTRACT_TEST(certificates_are_listed_that_fit_in_every_respect), \
	    CONTRACT_TEST(certificates_are_listed_in_pages), \
	    CONTRACT_TEST(each_change_of_a_revocation_counts_as_a_revision), \
	    CONTRACT_TEST( \
		a_transaction_tells_whether_its_certificate_is_revoked), \
	    CONTRACT_TEST( \
		a_key_is_refused_after_a_revocation_until_it_is_allowed), \
	    CONTRACT_TEST( \
		a_key_is_not_refused_for_a_certificate_that_is_superseded), \
	    CONTRACT_TEST(what_others_have_revoked_is_revoked_here), \
	    CONTRACT_TEST(a_crl_takes_the_place_of_one_with_a_smaller_number)

#endif
