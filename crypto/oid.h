/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_OID_H
#define SCEPD_CRYPTO_OID_H

#include <stdbool.h>

#include "base/buf.h"

/* Object identifiers as the content octets of their DER form. */

/* CMS content types: RFC 5652. */
#define OID_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_SIGNED_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define OID_ENVELOPED_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03")

/* PKCS#9 attributes: RFC 2985. */
#define OID_CONTENT_TYPE BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
#define OID_MESSAGE_DIGEST BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
#define OID_SIGNING_TIME BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")
#define OID_RANDOM_NONCE \
	BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x19\x03")
#define OID_CHALLENGE_PASSWORD \
	BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07")
#define OID_EXTENSION_REQUEST \
	BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e")
/* Microsoft's and VeriSign's names for extensionRequest (T28). */
#define OID_EXTENSION_REQUEST_MICROSOFT \
	BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e")
#define OID_EXTENSION_REQUEST_VERISIGN \
	BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x08")

/* SCEP attributes: RFC 8894 section 3.2.1. */
#define OID_MESSAGE_TYPE \
	BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x02")
#define OID_PKI_STATUS BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x03")
#define OID_FAIL_INFO BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x04")
#define OID_SENDER_NONCE \
	BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x05")
#define OID_RECIPIENT_NONCE \
	BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x06")
#define OID_TRANSACTION_ID \
	BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x07")
#define OID_FAIL_INFO_TEXT BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x18\x01")

/* Public keys: RFC 3279, 5480, 8410. */
#define OID_RSA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_RSA_PSS BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")
#define OID_MGF1 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08")
#define OID_EC BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_SECP256R1 BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_SECP384R1 BYTES_LITERAL("\x2b\x81\x04\x00\x22")
#define OID_SECP521R1 BYTES_LITERAL("\x2b\x81\x04\x00\x23")

/* Microsoft's otherName of a user, "jo@example.org". */
#define OID_USER_PRINCIPAL_NAME \
	BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03")

/* Attributes of names: X.520; crypto/name.c has the others. */
#define OID_COMMON_NAME BYTES_LITERAL("\x55\x04\x03")
#define OID_ORGANISATION BYTES_LITERAL("\x55\x04\x0a")

/* Extensions of certificates and CRLs: RFC 5280 sections 4.2, 5.2, 5.3. */
#define OID_SUBJECT_KEY_ID BYTES_LITERAL("\x55\x1d\x0e")
#define OID_KEY_USAGE BYTES_LITERAL("\x55\x1d\x0f")
#define OID_SUBJECT_ALT_NAME BYTES_LITERAL("\x55\x1d\x11")
#define OID_ISSUER_ALT_NAME BYTES_LITERAL("\x55\x1d\x12")
#define OID_BASIC_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x13")
#define OID_CRL_NUMBER BYTES_LITERAL("\x55\x1d\x14")
#define OID_CRL_REASON BYTES_LITERAL("\x55\x1d\x15")
#define OID_INVALIDITY_DATE BYTES_LITERAL("\x55\x1d\x18")
#define OID_ISSUING_DISTRIBUTION_POINT BYTES_LITERAL("\x55\x1d\x1c")
#define OID_CRL_DISTRIBUTION_POINTS BYTES_LITERAL("\x55\x1d\x1f")
#define OID_NAME_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x1e")
#define OID_CERTIFICATE_POLICIES BYTES_LITERAL("\x55\x1d\x20")
#define OID_POLICY_MAPPINGS BYTES_LITERAL("\x55\x1d\x21")
#define OID_POLICY_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x24")
#define OID_INHIBIT_ANY_POLICY BYTES_LITERAL("\x55\x1d\x36")
#define OID_AUTHORITY_KEY_ID BYTES_LITERAL("\x55\x1d\x23")
#define OID_EXTENDED_KEY_USAGE BYTES_LITERAL("\x55\x1d\x25")
#define OID_AUTHORITY_INFO_ACCESS \
	BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01")
#define OID_ACCESS_OCSP BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01")
#define OID_ACCESS_CA_ISSUERS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x02")
#define OID_CPS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x02\x01")
#define OID_TLS_FEATURE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18")
#define OID_OCSP_SIGNING BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x09")

/* Microsoft's, of requests: [MS-WCCE] section 2.2.2.7. */
#define OID_TEMPLATE_NAME BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x14\x02")
#define OID_ENROLMENT_PAIR \
	BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x0d\x02\x01")
#define OID_TEMPLATE BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x15\x07")

/* Appends the dotted form: "1.2.840.113549". An arc of more than 63 bits is
 * written as "#" and its octets in hexadecimal. */
void oid_append_text(struct buf *to, struct bytes oid);

/* Appends the content octets of a dotted form; false, with nothing appended,
 * where `text` is none. */
bool oid_from_text(struct buf *to, const char *text);

#endif
