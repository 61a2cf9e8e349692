/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_BOOKS_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_BOOKS_H

#include "backends/openssl_books.h"
#include "tests/unit/backends_openssl_index.h"
#include "tests/unit/store_orders.h"

/* What is entered in the tests of a CA's books. */

#define SERIAL "\x40\x01"

/* CN=x of that serial number, signed by itself; the caller's, to
 * certificate_free. */
static inline struct certificate *
new_certificate(void)
{
	struct key *key = key_vector("strongswan/client.key");
	const struct certificate_order order = {
		.serial = BYTES_LITERAL(SERIAL),
		.issuer = name_cn('c'),
		.subject = name_cn('x'),
		.spki = key_spki(key),
		.not_before = NOW,
		.not_after = EXPIRES,
		.subject_key_id = BYTES_LITERAL("id"),
	};
	struct certificate *certificate = NULL;
	struct buf tbs = { 0 }, der = { 0 };

	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	buf_clear(&tbs);
	buf_clear(&der);
	key_free(key);
	return certificate;
}

#endif
