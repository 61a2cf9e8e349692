/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_CERT_REP_H
#define SCEPD_SCEP_CERT_REP_H

#include "scep/pki_message.h"

/*
 * CertRep (RFC 8894 section 3.3.2): made by the server, read by clients and
 * tests.
 */

enum pki_status {
	PKI_STATUS_SUCCESS = 0,
	PKI_STATUS_FAILURE = 2,
	PKI_STATUS_PENDING = 3
};

/*
 * How FAILURE and PENDING carry that they carry nothing.  RFC 8894 section
 * 3.3.2.2 leaves the content out; certmonger, PyScep and TrustCore can't read
 * that, and cryptlib can't read an empty one (E9).
 */
enum empty_content {
	EMPTY_CONTENT_AUTOMATIC, /* present, unless cryptlib asks */
	EMPTY_CONTENT_PRESENT,   /* as an OCTET STRING of size 0 */
	EMPTY_CONTENT_ABSENT
};

/* What an answer says. */
struct cert_rep_order {
	enum pki_status status;
	enum fail_info fail_info;         /* FAILURE only */
	struct bytes fail_info_text;      /* FAILURE only; UTF-8 */
	const struct bytes *certificates; /* SUCCESS only: DER, leaf first */
	size_t certificate_count;
	struct bytes crl; /* SUCCESS, instead of certificates; or nothing */
	enum empty_content empty_content;  /* FAILURE and PENDING only */
	const struct cms_identity *signer; /* the RA, or the CA itself */
	int64_t signing_time;
};

/*
 * Appends the answer to the request that `header` tells of, by rules E2 to
 * E9: digest and cipher are the request's, or SHA-256 and AES-128 where it
 * did not come that far; transactionID is echoed and recipientNonce is its
 * senderNonce; our senderNonce is fresh and as long as the request's, or 16
 * octets; SUCCESS is enveloped for the key that signed the request; FAILURE
 * and PENDING have a content that is empty or absent.
 *
 * header->transaction_id must not be empty, and SUCCESS needs header->signer
 * with an RSA key: ERR_SIGNED_NO_CERTIFICATE, ERR_PUBLIC_KEY.  ERR_SIGN.
 */
CHECKED enum err cert_rep_append(struct buf *to,
    const struct provider *provider, const struct pki_header *header,
    const struct cert_rep_order *order);

/* An answer as a client reads it; owns what it holds. */
struct cert_rep {
	enum pki_status status;
	enum fail_info fail_info;  /* FAILURE only */
	struct buf fail_info_text; /* empty: none */
	struct buf transaction_id;
	struct buf sender_nonce;
	struct buf recipient_nonce;
	struct buf certificates; /* SUCCESS: the degenerate SignedData, which
	                          * may also have a CRL instead */
	enum digest digest;      /* what it is signed with, */
	enum cipher cipher;      /* and, SUCCESS only, enveloped with: any
	                          * that we know, weak ones too */
};

/*
 * Reads an answer, verifies that `signer` made it, and opens its envelope
 * with the client's keyring.  To be cleared by cert_rep_clear.  Whether
 * transactionID and recipientNonce are the request's is the caller's to
 * compare.  Errors as of cms_signed_verify and cms_envelope_open, and
 * ERR_MESSAGE_TYPE, ERR_TRANSACTION_ID, ERR_SIGNED_ATTRIBUTE.
 */
CHECKED enum err cert_rep_read(struct bytes message,
    const struct cms_keyring *keyring, const struct certificate *signer,
    struct cert_rep *cert_rep);

void cert_rep_clear(struct cert_rep *cert_rep);

#endif
