/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_SIGNED_H
#define SCEPD_CRYPTO_CMS_SIGNED_H

#include "crypto/cms_identifier.h"

/*
 * CMS SignedData (RFC 5652 section 5) with one signer and signed attributes,
 * as SCEP messages are, read and made; and the degenerate form without a
 * signer that carries certificates alone.
 *
 * Reading and verifying are two steps, since even a message whose signature
 * fails gets an answer, and that answer needs the message's attributes.
 */

#define CMS_MAX_CERTIFICATES 20

/* A message as it was read: views into the DER, but for the certificate. */
struct cms_signed {
	struct bytes content_type; /* OID of the content */
	bool has_content;
	struct bytes content;
	struct bytes digested;     /* what messageDigest is taken of */
	struct bytes certificates; /* the elements of the set, in a row */
	struct bytes crls;         /* likewise */

	/* The one SignerInfo. */
	struct cms_identifier identifier; /* of its certificate */
	struct bytes digest_algorithm;    /* AlgorithmIdentifier, whole */
	struct bytes signature_algorithm; /* AlgorithmIdentifier, whole */
	struct bytes attributes; /* the elements of the set, in a row */
	struct bytes signature;

	struct certificate *signer; /* NULL: not among the certificates */
};

/*
 * Reads a ContentInfo that holds a SignedData, after ber_normalise; `der`
 * must outlive the message.  Leniency: T12, T18, T19, T24.  Nothing is
 * verified.  ERR_SIGNED_TYPE, ERR_SIGNED_SIGNERS unless there is one signer,
 * ERR_SIGNED_CERTIFICATES over CMS_MAX_CERTIFICATES, ERR_DER_*.
 * To be cleared by cms_signed_clear.
 */
CHECKED enum err cms_signed_read(struct bytes der, struct cms_signed *message);

void cms_signed_clear(struct cms_signed *message);

/*
 * The value of the signed attribute `oid`; *value has tag 0 where there is
 * none.  ERR_SIGNED_ATTRIBUTE where it stands twice or is not single-valued.
 */
CHECKED enum err cms_signed_attribute(const struct cms_signed *message,
    struct bytes oid, struct der_element *value);

/*
 * Verifies the message: attributes are there, contentType and messageDigest
 * fit, and the signature is the signer's, over the attributes as received or
 * else in DER order (T11).  Validity and issuer of the signer's certificate
 * are not looked at.  *digest is the digest it is made with, set as soon as
 * it is known to be in `allowed`, also where an error follows.
 *
 * ERR_SIGNED_*, ERR_DIGEST (unknown or not allowed), ERR_SIGNATURE_ALGORITHM,
 * ERR_PUBLIC_KEY.  *unknown is the OID that could not be used, if any.
 */
CHECKED enum err cms_signed_verify(const struct provider *provider,
    const struct cms_signed *message, struct algorithms allowed,
    enum digest *digest, struct bytes *unknown);

/* A signed attribute with one primitive value. */
struct cms_attribute {
	struct bytes oid;
	uint8_t tag;
	struct bytes value; /* the content of the element */
};

/* What a message to be made says. */
struct cms_signed_order {
	bool has_content;
	struct bytes content;
	enum digest digest;
	const struct cms_attribute *attributes; /* beside the three of CMS */
	size_t attribute_count;
	const struct certificate *signer; /* also put into the message */
	const struct key *key;
	int64_t signing_time;
};

/*
 * Appends a ContentInfo with a SignedData as E2 to E4 want it: DER, one
 * signer by issuer and serial, rsaEncryption as signature algorithm of RSA,
 * attributes in DER order with contentType, messageDigest and signingTime
 * among them.  ERR_SIGN.
 */
CHECKED enum err cms_signed_append(struct buf *to,
    const struct provider *provider, const struct cms_signed_order *order);

#endif
