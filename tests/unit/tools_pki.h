/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_PKI_H
#define SCEPD_TESTS_UNIT_TOOLS_PKI_H

/*
 * Certificates for the tests of a client: a root, a CA below it, and RAs and
 * a device of that CA, by the keys of the lab.
 */
#include "base/hex.h"
#include "crypto/cms_certs.h"
#include "tests/fakes/lab.h"
#include "tests/unit/unit.h"
#include "tools/client_trust.h"

enum pki_member {
	PKI_ROOT,
	PKI_CA,
	PKI_RA,      /* that says that it is one */
	PKI_DEVICE,  /* of the same CA, fit for an RA but for that */
	PKI_SIGNER,  /* an RA that only signs */
	PKI_FOREIGN, /* a CA of somebody else's */
	PKI_EC,      /* a CA with an EC key */
	PKI_COUNT
};

struct pki {
	struct lab *lab;
	struct key *foreign_key;
	struct key *ec_key;
	struct certificate *members[PKI_COUNT];
};

static inline struct certificate *
pki_certificate(const struct certificate_order *order, const struct key *key)
{
	struct buf der = lab_issue(order, key);
	struct certificate *certificate = NULL;

	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	buf_clear(&der);
	return certificate;
}

/* A CA certificate for `key`, issued by `by` with `by_key`, or by itself. */
static inline struct certificate *
pki_ca(const char *name, const struct key *key, const struct certificate *by,
    const struct key *by_key)
{
	struct buf subject = lab_name(name);
	struct certificate_order order = lab_ca_order(key, buf_bytes(&subject));
	struct certificate *made;

	if (by != NULL)
		order.issuer = by->subject;
	made = pki_certificate(&order, by != NULL ? by_key : key);
	buf_clear(&subject);
	return made;
}

/* A certificate of the CA's, for the RA's key. */
static inline struct certificate *
pki_leaf(const struct pki *pki, const char *name, unsigned usage, bool marked)
{
	struct buf subject = lab_name(name);
	struct certificate_order order = lab_ca_order(pki->lab->ra_key,
	    buf_bytes(&subject));
	struct certificate *made;

	order.issuer = pki->members[PKI_CA]->subject;
	order.ca = false;
	order.key_usage = usage;
	if (marked)
		order.extended_key_usage = BYTES_LITERAL(
		    "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x01");
	made = pki_certificate(&order, pki->lab->ca_key);
	buf_clear(&subject);
	return made;
}

static inline struct pki
pki_new(void)
{
	const unsigned serves = KEY_USAGE_DIGITAL_SIGNATURE |
	    KEY_USAGE_KEY_ENCIPHERMENT;
	struct pki pki = { .lab = lab_new() };
	struct certificate **members = pki.members;

	pki.foreign_key = lab_key(pki.lab, "keys/rsa.pem");
	pki.ec_key = lab_key(pki.lab, "keys/p256.pem");
	members[PKI_ROOT] = pki_ca("root", pki.lab->ra_key, NULL, NULL);
	members[PKI_CA] = pki_ca("ca", pki.lab->ca_key, members[PKI_ROOT],
	    pki.lab->ra_key);
	members[PKI_RA] = pki_leaf(&pki, "ra", serves, true);
	members[PKI_DEVICE] = pki_leaf(&pki, "device", serves, false);
	members[PKI_SIGNER] = pki_leaf(&pki, "signer",
	    KEY_USAGE_DIGITAL_SIGNATURE, true);
	members[PKI_FOREIGN] = pki_ca("ca", pki.foreign_key, NULL, NULL);
	members[PKI_EC] = pki_ca("ec", pki.ec_key, NULL, NULL);
	return pki;
}

static inline void
pki_clear(struct pki *pki)
{
	for (size_t i = 0; i < PKI_COUNT; i++)
		certificate_free(pki->members[i]);
	key_free(pki->foreign_key);
	key_free(pki->ec_key);
	lab_free(pki->lab);
}

/* Members by their letters, in an order: "RC" is RA and CA. */
static const char pki_letters[PKI_COUNT + 1] = "rCRDSFE";

static inline size_t
pki_index(char letter)
{
	const char *at = strchr(pki_letters, letter);

	assert_non_null(at);
	return (size_t)(at - pki_letters);
}

/* The degenerate SignedData of these; the caller's, to buf_clear. */
static inline struct buf
pki_bundle(const struct pki *pki, const char *letters)
{
	struct bytes ders[32];
	struct buf bundle = { 0 };
	size_t count = 0;

	for (; *letters != '\0'; letters++)
		ders[count++] =
		    buf_bytes(&pki->members[pki_index(*letters)]->der);
	cms_certs_append(&bundle, ders, count);
	return bundle;
}

static inline void
pki_read(const struct pki *pki, const char *letters, struct client_ca *ca)
{
	struct buf bundle = pki_bundle(pki, letters);

	assert_int_equal(client_ca_read(buf_bytes(&bundle), ca), ERR_OK);
	buf_clear(&bundle);
}

#endif
