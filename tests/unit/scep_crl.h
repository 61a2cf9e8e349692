/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_CRL_H
#define SCEPD_TESTS_UNIT_SCEP_CRL_H

#include "crypto/crl.h"
#include "tests/unit/scep_stored.h"

/* What the tests of CRLs share: labs whose CA has some. */

#define CA_WITH(crl) \
	"ca = { backend = \"file\"; certificate = \"ca.pem\"; " \
	"key = \"ca.key\"; crl = { " crl " }; }; "
#define MAKES LAB_ENDPOINT(CA_WITH("path = \"/scep/ca.crl\";") LAB_CHALLENGE)
#define READS LAB_ENDPOINT(CA_WITH("file = \"ca.crl\";") LAB_CHALLENGE)

#define LIFE (7 * 86400)

/* Puts a certificate into the store that is said to be the CA's, with a serial
 * number of one octet. */
static inline void
put_certificate(struct lab *lab, uint8_t serial, int64_t not_after)
{
	const struct certificate_record record = {
		.authority = authority_of(lab),
		.serial = bytes_of(&serial, 1),
		.key = authority_of(lab),
		.not_after = not_after,
	};

	assert_int_equal(store_certificate_add(lab->store, &record,
			     bytes_of(NULL, 0)),
	    ERR_OK);
}

static inline void
set_reason(struct lab *lab, uint8_t serial, int reason)
{
	assert_int_equal(store_certificate_revoke(lab->store, authority_of(lab),
			     bytes_of(&serial, 1), reason, LAB_NOW),
	    ERR_OK);
}

/* The CRL in the store; the caller's, to stored_crl_clear. */
static inline struct stored_crl
stored_crl_of(struct lab *lab)
{
	struct stored_crl crl = { 0 };

	assert_int_equal(store_crl_get(lab->store, authority_of(lab), &crl),
	    ERR_OK);
	return crl;
}

#endif
