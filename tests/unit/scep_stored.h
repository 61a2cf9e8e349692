/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_STORED_H
#define SCEPD_TESTS_UNIT_SCEP_STORED_H

#include "tests/unit/decided.h"
#include "tests/unit/scep_reply.h"

/* What the tests of scep/ have to do with the store of their lab. */

/* What it knows the lab's CA by. */
static inline struct bytes
authority_of(const struct lab *lab)
{
	static uint8_t hash[STORE_HASH_SIZE];

	provider_digest(lab->provider, DIGEST_SHA256, &lab->ca->spki, 1, hash);
	return BYTES_ARRAY(hash);
}

/* The request with this number, as it stands; the caller's, to
 * transaction_clear. */
static inline struct transaction
stored(struct lab *lab, int64_t number)
{
	struct transaction transaction = { 0 };

	assert_int_equal(store_get(lab->store, number, &transaction), ERR_OK);
	return transaction;
}

/* As an operator does. */
static inline void
decide(struct lab *lab, int64_t number, bool approve, const char *reason)
{
	struct transaction transaction = stored(lab, number);

	assert_int_equal(decided(lab->store, number,
			     buf_bytes(&transaction.request_hash), approve,
			     bytes_of_string(reason), LAB_NOW),
	    ERR_OK);
	transaction_clear(&transaction);
}

/* Puts a certificate of the lab's CA there, as if it had been issued here. */
static inline void
remember(struct lab *lab, const struct certificate *certificate)
{
	uint8_t key[STORE_HASH_SIZE];
	const struct certificate_record record = {
		.authority = authority_of(lab),
		.serial = serial_number(certificate->serial),
		.subject = certificate->subject,
		.key = BYTES_ARRAY(key),
		.not_before = certificate->not_before,
		.not_after = certificate->not_after,
	};

	provider_digest(lab->provider, DIGEST_SHA256, &certificate->spki, 1,
	    key);
	assert_int_equal(store_certificate_add(lab->store, &record,
			     buf_bytes(&certificate->der)),
	    ERR_OK);
}

#endif
