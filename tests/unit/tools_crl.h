/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_CRL_H
#define SCEPD_TESTS_UNIT_TOOLS_CRL_H

#include "crypto/der.h"
#include "crypto/key.h"
#include "crypto/signed_object.h"
#include "tests/unit/unit.h"

/* A CRL without an entry in the name of `issuer`, by `key`; the caller's, to
 * buf_clear. */
static inline struct buf
crl_of(struct bytes issuer, const struct key *key, int64_t this_update,
    int64_t next_update)
{
	struct buf tbs = { 0 }, der = { 0 };
	size_t list = der_open(&tbs, DER_SEQUENCE);

	der_append_number(&tbs, 1);
	algorithm_append_signature(&tbs, key_scheme(key), key_digest(key));
	buf_append(&tbs, issuer);
	der_append_time(&tbs, this_update);
	if (next_update != 0)
		der_append_time(&tbs, next_update);
	der_close(&tbs, list);
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	buf_clear(&tbs);
	return der;
}

#endif
