/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_POLICY_REQUESTS_H
#define SCEPD_TESTS_UNIT_POLICY_REQUESTS_H

#include "crypto/csr.h"
#include "crypto/name.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

/*
 * What the tests of policy/ and backends/ share: PKCS#10 requests in the
 * notation of crypto_codec.h, and the extensions that attackers put in them.
 */

/* 2026-12-01T00:00:00Z */
#define NOW 1796083200
#define DAY 86400

/* Names, whole. */
#define NAME_DEVICE "30{ 31{ 30{ 06{550403} 0c{'device'} } } }"
#define NAME_EMPTY "30{}"

/* An Extension: its OID, and what is in its OCTET STRING. */
#define EXTENSION(oid, value) "30{ 06{" oid "} 04{" value "} }"
#define CRITICAL(oid, value) "30{ 06{" oid "} 0101ff 04{" value "} }"
/* subjectAltName, extendedKeyUsage. */
#define SAN(names) EXTENSION("551d11", "30{" names "}")
#define EKU(purposes) EXTENSION("551d25", "30{" purposes "}")

#define SERVER_AUTH "06{2b06010505070301}"
#define CLIENT_AUTH "06{2b06010505070302}"
#define CODE_SIGNING "06{2b06010505070303}"
#define TIME_STAMPING "06{2b06010505070308}"
#define OCSP_SIGNING "06{2b06010505070309}"
#define ANY_PURPOSE "06{551d2500}"
#define SMARTCARD_LOGON "06{2b060104018237140202}"

/* What must never get into a certificate by being asked for. */
static const char *const smuggled[] = {
	CRITICAL("551d13", "30{ 0101ff }"),        /* CA:TRUE */
	CRITICAL("551d13", "30{ 0101ff 020105 }"), /* with a length */
	CRITICAL("551d0f", "03{ 0106 }"),          /* keyCertSign, cRLSign */
	CRITICAL("551d0f", "03{ 00ff }"),          /* every usage */
	CRITICAL("551d1e", "30{ a0{ 30{ 82{''} } } }"),  /* nameConstraints */
	EXTENSION("551d20", "30{ 30{ 06{551d2000} } }"), /* anyPolicy */
	EKU(OCSP_SIGNING TIME_STAMPING CODE_SIGNING ANY_PURPOSE),
	EKU(SMARTCARD_LOGON),
	/* Microsoft's SID and template. */
	EXTENSION("2b0601040182371902",
	    "30{ a0{ 06{2b060104018237190201} a0{ 04{'S-1-5-21'} } } }"),
	EXTENSION("2b0601040182371402", "1e{ 0043 0041 }"),
	SAN("a0{ 06{2b060104018237140203} a0{ 0c{'admin@lab'} } }"), /* UPN */
	SAN("a4{ " NAME_DEVICE " }"),              /* directoryName */
	SAN("88{ 2a03 }"),                         /* registeredID */
	EXTENSION("551d0e", "04{'forged'}"),       /* subjectKeyIdentifier */
	EXTENSION("551d23", "30{ 80{'forged'} }"), /* authority's */
	EXTENSION("551d1f", "30{ 30{ a0{ a0{ 86{'http://evil'} } } } }"),
	EXTENSION("2b06010505070101",
	    "30{ 30{ 06{2b06010505073001} 86{'http://evil'} } }"),
	CRITICAL("2a0304", "0500"), /* unknown and critical */
};

/* What a request says. */
struct wanted {
	const char *key; /* a file of tests/vectors */
	const char *subject;
	const char *extensions; /* in a row, or NULL */
	const char *challenge;
};

static const char *const device_key = "strongswan/client.key";

/* The request; the caller's, to csr_free. */
static inline struct csr *
csr_of(struct wanted wanted)
{
	struct key *key = key_vector(wanted.key != NULL ? wanted.key :
							  device_key);
	struct buf subject = asn1(wanted.subject != NULL ? wanted.subject :
							   NAME_DEVICE);
	struct buf list = { 0 }, der = { 0 };
	struct csr_order order = { .subject = buf_bytes(&subject),
		.challenge = bytes_of_string(wanted.challenge) };
	struct csr *csr = NULL;

	if (wanted.extensions != NULL) {
		struct buf extensions = asn1(wanted.extensions);

		der_append(&list, DER_SEQUENCE, buf_bytes(&extensions));
		order.extensions = buf_bytes(&list);
		buf_clear(&extensions);
	}
	assert_int_equal(csr_append(&der, &order, key), ERR_OK);
	assert_err(csr_read(gnutls(), buf_bytes(&der), &csr), ERR_OK,
	    wanted.extensions != NULL ? wanted.extensions : "no extensions");
	buf_clear(&subject);
	buf_clear(&list);
	buf_clear(&der);
	key_free(key);
	return csr;
}

#endif
