/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate.h"

#include "crypto/name.h"
#include "crypto/oid.h"

/*
 * Extensions are written in a fixed order, each by a function that leaves it
 * out where the order has nothing to say.  Which of them are critical is RFC
 * 5280's to say, and the form that most software expects.
 */

/*
 * BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, ...  } (RFC 5280
 * section 4.2.1.9).  DER leaves a default out, so a device's has nothing in
 * it; it is written all the same, so that no reader has to guess.
 */
static void
append_basic_constraints(struct buf *to, bool ca)
{
	struct buf value = { 0 };
	size_t start = der_open(&value, DER_SEQUENCE);

	if (ca)
		der_append_boolean(&value, true);
	der_close(&value, start);
	extension_append(to, OID_BASIC_CONSTRAINTS, true, buf_bytes(&value));
	buf_clear(&value);
}

/* KeyUsage, RFC 5280 section 4.2.1.3, which wants it critical. */
static void
append_key_usage(struct buf *to, unsigned bits)
{
	struct buf value = { 0 };

	if (bits == 0)
		return;
	der_append_named_bits(&value, bits);
	extension_append(to, OID_KEY_USAGE, true, buf_bytes(&value));
	buf_clear(&value);
}

/*
 * ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER (RFC 5280 section
 * 4.2.1.12).  Not critical, so that software which knows no such extension
 * still takes the certificate.
 */
static void
append_extended_key_usage(struct buf *to, struct bytes purposes)
{
	struct buf value = { 0 };

	if (purposes.size == 0)
		return;
	der_append(&value, DER_SEQUENCE, purposes);
	extension_append(to, OID_EXTENDED_KEY_USAGE, false, buf_bytes(&value));
	buf_clear(&value);
}

/* SubjectKeyIdentifier ::= OCTET STRING, never critical (RFC 5280 section
 * 4.2.1.2). */
static void
append_subject_key_id(struct buf *to, struct bytes key_id)
{
	struct buf value = { 0 };

	der_append(&value, DER_OCTET_STRING, key_id);
	extension_append(to, OID_SUBJECT_KEY_ID, false, buf_bytes(&value));
	buf_clear(&value);
}

/* RFC 5280 section 4.2.1.6: critical where there is no other name. */
static void
append_subject_alt_name(struct buf *to, struct bytes names,
    bool subject_is_empty)
{
	if (names.size > 0)
		extension_append(to, OID_SUBJECT_ALT_NAME, subject_is_empty,
		    names);
}

/*
 * RFC 5280 section 4.2.1.13:
 *     CRLDistributionPoints ::= SEQUENCE OF DistributionPoint
 *     DistributionPoint ::= SEQUENCE {
 *         distributionPoint [0] EXPLICIT DistributionPointName OPTIONAL, ... }
 *     DistributionPointName ::= CHOICE {
 *         fullName [0] IMPLICIT GeneralNames, ... }
 *
 * One point a URL, since several names in one point must lead to the same CRL.
 */
static void
append_crl_urls(struct buf *to, const char *const *urls)
{
	struct buf value = { 0 };
	size_t list;

	if (urls == NULL || *urls == NULL)
		return;
	list = der_open(&value, DER_SEQUENCE);
	for (; *urls != NULL; urls++) {
		size_t point = der_open(&value, DER_SEQUENCE);
		size_t name = der_open(&value, DER_CONTEXT_CONSTRUCTED);
		size_t full_name = der_open(&value, DER_CONTEXT_CONSTRUCTED);

		der_append(&value, DER_CONTEXT + GENERAL_NAME_URI,
		    bytes_of_string(*urls));
		der_close(&value, full_name);
		der_close(&value, name);
		der_close(&value, point);
	}
	der_close(&value, list);
	extension_append(to, OID_CRL_DISTRIBUTION_POINTS, false,
	    buf_bytes(&value));
	buf_clear(&value);
}

/* AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER,
 * accessLocation GeneralName }, one a URL. */
static void
append_access(struct buf *to, struct bytes method, const char *const *urls)
{
	for (; urls != NULL && *urls != NULL; urls++) {
		size_t description = der_open(to, DER_SEQUENCE);

		der_append_oid(to, method);
		der_append(to, DER_CONTEXT + GENERAL_NAME_URI,
		    bytes_of_string(*urls));
		der_close(to, description);
	}
}

/* AuthorityInfoAccessSyntax ::= SEQUENCE OF AccessDescription (RFC 5280
 * section 4.2.2.1); one without any would be malformed. */
static void
append_information_access(struct buf *to, const struct certificate_order *order)
{
	struct buf value = { 0 };
	size_t list = der_open(&value, DER_SEQUENCE);

	append_access(&value, OID_ACCESS_OCSP, order->ocsp_urls);
	append_access(&value, OID_ACCESS_CA_ISSUERS, order->issuer_urls);
	if (value.size > list) {
		der_close(&value, list);
		extension_append(to, OID_AUTHORITY_INFO_ACCESS, false,
		    buf_bytes(&value));
	}
	buf_clear(&value);
}

/* The fixed set.  It is never empty, as basicConstraints and the key id are
 * always there. */
static void
append_fixed_extensions(struct buf *to, const struct certificate_order *order)
{
	append_basic_constraints(to, order->ca);
	append_key_usage(to, order->key_usage);
	append_extended_key_usage(to, order->extended_key_usage);
	append_subject_key_id(to, order->subject_key_id);
	if (order->authority_key_id.size > 0)
		extension_append_authority_key_id(to, order->authority_key_id);
	append_subject_alt_name(to, order->subject_alt_name,
	    name_is_empty(order->subject));
	append_crl_urls(to, order->crl_urls);
	append_information_access(to, order);
	buf_append(to, order->more);
}

/* extensions [3] EXPLICIT SEQUENCE OF Extension. */
static void
append_extensions(struct buf *to, const struct certificate_order *order)
{
	size_t wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED + 3);
	size_t list = der_open(to, DER_SEQUENCE);

	if (order->extensions.size > 0)
		buf_append(to, order->extensions);
	else
		append_fixed_extensions(to, order);
	der_close(to, list);
	der_close(to, wrapper);
}

void
certificate_limit_validity(struct certificate_order *order,
    const struct certificate *issuer)
{
	if (order->not_before < issuer->not_before)
		order->not_before = issuer->not_before;
	if (order->not_after > issuer->not_after)
		order->not_after = issuer->not_after;
}

/* As certificate.c draws it.  The inner algorithm must be the one that the
 * frame will have (RFC 5280 section 4.1.1.2), so both come from the key. */
void
certificate_append_tbs(struct buf *tbs, const struct certificate_order *order,
    enum signature_scheme scheme, enum digest digest)
{
	size_t start = der_open(tbs, DER_SEQUENCE);
	size_t version = der_open(tbs, DER_CONTEXT_CONSTRUCTED);
	size_t validity;

	/* v3: the numbers begin with 0. */
	der_append_number(tbs, 2);
	der_close(tbs, version);
	der_append_unsigned(tbs, order->serial);
	algorithm_append_signature(tbs, scheme, digest);
	buf_append(tbs, order->issuer);
	validity = der_open(tbs, DER_SEQUENCE);
	der_append_time(tbs, order->not_before);
	der_append_time(tbs, order->not_after);
	der_close(tbs, validity);
	buf_append(tbs, order->subject);
	buf_append(tbs, order->spki);
	append_extensions(tbs, order);
	der_close(tbs, start);
}
