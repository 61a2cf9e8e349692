/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_signed.h"

#include "crypto/cms_signed_internal.h"
#include "crypto/oid.h"

/*
 * Reading takes a message apart and believes nothing; verifying decides.  What
 * is read are views, so a message costs no memory beside its own octets and
 * the signer's certificate.
 */

/*
 * RFC 5652 section 3:
 *     ContentInfo ::= SEQUENCE {
 *         contentType  OBJECT IDENTIFIER,
 *         content  [0] EXPLICIT ANY DEFINED BY contentType }
 */
static enum err
enter_content_info(struct bytes der, struct der *signed_data)
{
	struct der outer = der_of(der), info, content;
	struct bytes type;
	enum err err = der_enter(&outer, DER_SEQUENCE, &info);

	if (err == ERR_OK)
		err = der_end(&outer);
	if (err == ERR_OK)
		err = der_read_oid(&info, &type);
	if (err == ERR_OK && !bytes_equal(type, OID_SIGNED_DATA))
		err = ERR_SIGNED_TYPE;
	if (err == ERR_OK)
		err = der_enter(&info, DER_CONTEXT_CONSTRUCTED, &content);
	if (err == ERR_OK)
		err = der_enter(&content, DER_SEQUENCE, signed_data);
	return err;
}

/*
 * RFC 5652 section 5.2:
 *     EncapsulatedContentInfo ::= SEQUENCE {
 *         eContentType  OBJECT IDENTIFIER,
 *         eContent  [0] EXPLICIT OCTET STRING OPTIONAL }
 *
 * Some clients put the content's own SEQUENCE where the OCTET STRING should be
 * (T18, PKCS#7's older form, RFC 5652 section 5.2.1); the digest is then taken
 * of what is inside it, its tag and length left out.
 */
static enum err
read_content(struct der *signed_data, struct cms_signed *message)
{
	struct der info, wrapped;
	struct der_element content;
	enum err err = der_enter(signed_data, DER_SEQUENCE, &info);

	if (err == ERR_OK)
		err = der_read_oid(&info, &message->content_type);
	if (err != ERR_OK || der_at_end(&info))
		return err;
	err = der_enter(&info, DER_CONTEXT_CONSTRUCTED, &wrapped);
	if (err == ERR_OK)
		err = der_read_any(&wrapped, &content);
	if (err == ERR_OK)
		err = der_end(&wrapped);
	if (err != ERR_OK)
		return err;
	if (content.tag != DER_OCTET_STRING && content.tag != DER_SEQUENCE)
		return ERR_DER_TAG;
	message->has_content = true;
	message->digested = content.content;
	message->content = content.tag == DER_SEQUENCE ? content.whole :
							 content.content;
	return ERR_OK;
}

/*
 * RFC 5652 section 5.1:
 *     SignedData ::= SEQUENCE {
 *         version               INTEGER,
 *         digestAlgorithms      SET OF AlgorithmIdentifier,
 *         encapContentInfo      EncapsulatedContentInfo,
 *         certificates      [0] IMPLICIT CertificateSet OPTIONAL,
 *         crls              [1] IMPLICIT RevocationInfoChoices OPTIONAL,
 *         signerInfos           SET OF SignerInfo }
 *
 * The version is passed over: encoders get it wrong, and what is there shows
 * in the tags.  digestAlgorithms is a hint for readers in one pass; the
 * signer's own is what counts.
 */
enum err
cms_signed_read_frame(struct bytes der, struct cms_signed *message,
    struct der *signers)
{
	struct der signed_data;
	struct bytes ignored;
	enum err err = enter_content_info(der, &signed_data);

	if (err == ERR_OK)
		err = der_read_integer(&signed_data, &ignored);
	if (err == ERR_OK)
		err = der_read(&signed_data, DER_SET, &ignored);
	if (err == ERR_OK)
		err = read_content(&signed_data, message);
	if (err == ERR_OK && der_next_is(&signed_data, DER_CONTEXT_CONSTRUCTED))
		err = der_read(&signed_data, DER_CONTEXT_CONSTRUCTED,
		    &message->certificates);
	if (err == ERR_OK &&
	    der_next_is(&signed_data, DER_CONTEXT_CONSTRUCTED + 1))
		err = der_read(&signed_data, DER_CONTEXT_CONSTRUCTED + 1,
		    &message->crls);
	if (err == ERR_OK)
		err = der_enter(&signed_data, DER_SET, signers);
	return err;
}

/*
 * RFC 5652 section 5.3:
 *     SignerInfo ::= SEQUENCE {
 *         version                 INTEGER,
 *         sid                     SignerIdentifier,
 *         digestAlgorithm         AlgorithmIdentifier,
 *         signedAttrs         [0] IMPLICIT SET OF Attribute OPTIONAL,
 *         signatureAlgorithm      AlgorithmIdentifier,
 *         signature               OCTET STRING,
 *         unsignedAttrs       [1] IMPLICIT SET OF Attribute OPTIONAL }
 *
 * Version and unsigned attributes are passed over (T19).  One signer exactly:
 * with two, one could vouch for what the other says.
 */
static enum err
read_signer(struct der *signers, struct cms_signed *message)
{
	struct der signer;
	struct bytes version;
	enum err err;

	if (der_enter(signers, DER_SEQUENCE, &signer) != ERR_OK ||
	    !der_at_end(signers))
		return ERR_SIGNED_SIGNERS;
	err = der_read_integer(&signer, &version);
	if (err == ERR_OK)
		err = cms_identifier_read(&signer, &message->identifier);
	if (err == ERR_OK)
		err = der_read_whole(&signer, DER_SEQUENCE,
		    &message->digest_algorithm);
	if (err == ERR_OK && der_next_is(&signer, DER_CONTEXT_CONSTRUCTED))
		err = der_read(&signer, DER_CONTEXT_CONSTRUCTED,
		    &message->attributes);
	if (err == ERR_OK)
		err = der_read_whole(&signer, DER_SEQUENCE,
		    &message->signature_algorithm);
	if (err == ERR_OK)
		err = der_read(&signer, DER_OCTET_STRING, &message->signature);
	return err;
}

/*
 * The certificate in `element` if it is the signer's, or the only one.  Sets
 * are not sorted by all clients, and chains come along, so the signer's may
 * stand anywhere (T19, T24).
 */
static struct certificate *
read_candidate(const struct cms_signed *message,
    const struct der_element *element, bool lone)
{
	struct certificate *candidate = NULL;

	/* One that can't be read is not the one. */
	if (element->tag != DER_SEQUENCE ||
	    certificate_read(element->whole, &candidate) != ERR_OK)
		return NULL;
	if (lone || cms_identifier_names(&message->identifier, candidate))
		return candidate;
	certificate_free(candidate);
	return NULL;
}

/*
 * Finds the signer's certificate.  A lone certificate is the signer's however
 * it is referred to (T24): the signature tells whether that is right.
 */
static enum err
find_signer(struct cms_signed *message)
{
	struct der set = der_of(message->certificates);
	struct der_element element;
	size_t count = 0;
	enum err err;

	while (!der_at_end(&set)) {
		if (count++ == CMS_MAX_CERTIFICATES)
			return ERR_SIGNED_CERTIFICATES;
		err = der_read_any(&set, &element);
		if (err != ERR_OK)
			return err;
		if (message->signer == NULL)
			message->signer = read_candidate(message, &element,
			    count == 1 && der_at_end(&set));
	}
	return ERR_OK;
}

enum err
cms_signed_read(struct bytes der, struct cms_signed *message)
{
	struct cms_signed read = { 0 };
	struct der signers;
	enum err err = cms_signed_read_frame(der, &read, &signers);

	if (err == ERR_OK)
		err = read_signer(&signers, &read);
	if (err == ERR_OK)
		err = find_signer(&read);
	if (err == ERR_OK)
		*message = read;
	else
		cms_signed_clear(&read);
	return err;
}

void
cms_signed_clear(struct cms_signed *message)
{
	certificate_free(message->signer);
	*message = (struct cms_signed){ 0 };
}

/*
 * Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
 * (RFC 5652 section 5.3).  The walk goes on behind a hit: a second
 * transactionID must be found, or we would act on one and somebody else on the
 * other.
 */
enum err
cms_signed_attribute(const struct cms_signed *message, struct bytes oid,
    struct der_element *value)
{
	struct der set = der_of(message->attributes), attribute, values;
	struct der_element found = { 0 };
	struct bytes type;

	while (!der_at_end(&set)) {
		if (der_enter(&set, DER_SEQUENCE, &attribute) != ERR_OK ||
		    der_read_oid(&attribute, &type) != ERR_OK ||
		    der_enter(&attribute, DER_SET, &values) != ERR_OK ||
		    !der_at_end(&attribute))
			return ERR_SIGNED_ATTRIBUTE;
		if (!bytes_equal(type, oid))
			continue;
		if (found.tag != 0 || der_read_any(&values, &found) != ERR_OK ||
		    !der_at_end(&values))
			return ERR_SIGNED_ATTRIBUTE;
	}
	*value = found;
	return ERR_OK;
}

/*
 * contentType (RFC 5652 section 11.1) must agree with the content's type, or
 * say id-data (T18).  It ties the signature to how the content is to be read.
 */
static enum err
check_content_type(const struct cms_signed *message)
{
	struct der_element value;
	struct bytes type;
	struct der der;
	enum err err = cms_signed_attribute(message, OID_CONTENT_TYPE, &value);

	if (err != ERR_OK)
		return err;
	der = der_of(value.whole);
	if (der_read_oid(&der, &type) != ERR_OK ||
	    (!bytes_equal(type, message->content_type) &&
		!bytes_equal(type, OID_DATA)))
		return ERR_SIGNED_CONTENT_TYPE;
	return ERR_OK;
}

/*
 * messageDigest (RFC 5652 section 11.2) is what ties the attributes, and with
 * them the signature, to the content.  Without content it is the digest of
 * nothing.  Nothing in it is secret, so a plain comparison will do.
 */
static enum err
check_message_digest(const struct provider *provider,
    const struct cms_signed *message, enum digest digest)
{
	uint8_t computed[DIGEST_MAX_SIZE];
	struct der_element value;
	enum err err = cms_signed_attribute(message, OID_MESSAGE_DIGEST,
	    &value);

	if (err != ERR_OK)
		return err;
	provider_digest(provider, digest, &message->digested, 1, computed);
	if (value.tag != DER_OCTET_STRING ||
	    !bytes_equal(value.content,
		bytes_of(computed, digest_facts(digest)->size)))
		return ERR_SIGNED_MESSAGE_DIGEST;
	return ERR_OK;
}

/*
 * The signature over the attributes, as received or else sorted (T11).  RFC
 * 5652 section 5.4 has the DER of the SET OF signed, with its own tag and not
 * the [0] that is sent; node-forge signs what it sends, unsorted, others sort
 * for the signature and send another order.  Both tries are of the same
 * attributes, so nothing can slip in between.  The second is made for a wrong
 * signature alone: other errors would come again.
 */
static enum err
check_signature(const struct provider *provider,
    const struct cms_signed *message,
    const struct signature_algorithm *algorithm)
{
	struct buf set = { 0 };
	struct bytes spki = message->signer->spki;
	enum err err;
	size_t start;

	der_append(&set, DER_SET, message->attributes);
	err = signature_verify(provider, spki, algorithm, buf_bytes(&set),
	    message->signature);
	if (err == ERR_SIGNED_SIGNATURE) {
		buf_truncate(&set, 0);
		start = der_open(&set, DER_SET);
		buf_append(&set, message->attributes);
		der_close_sorted(&set, start);
		err = signature_verify(provider, spki, algorithm,
		    buf_bytes(&set), message->signature);
	}
	buf_clear(&set);
	return err;
}

/*
 * The order is one of usefulness: the digest first, as it is what the answer
 * is signed with (E5) even where the rest fails; what is cheap before what
 * needs the public key.  A message without signed attributes is refused
 * although CMS has such: SCEP's live there, and a signature straight over the
 * content could be made to pass for one over attributes.
 */
enum err
cms_signed_verify(const struct provider *provider,
    const struct cms_signed *message, struct algorithms allowed,
    enum digest *digest, struct bytes *unknown)
{
	struct der digest_der = der_of(message->digest_algorithm);
	struct der signature_der = der_of(message->signature_algorithm);
	struct signature_algorithm algorithm;
	enum digest found;
	enum err err;

	if (message->attributes.size == 0)
		return ERR_SIGNED_NO_ATTRIBUTES;
	err = algorithm_read_digest(&digest_der, &found, unknown);
	if (err != ERR_OK)
		return err;
	if (!algorithms_have_digest(allowed, found)) {
		*unknown = digest_facts(found)->oid;
		return ERR_DIGEST;
	}
	*digest = found;
	if (message->signer == NULL)
		return ERR_SIGNED_NO_CERTIFICATE;
	err = algorithm_read_signature(&signature_der, found, &algorithm,
	    unknown);
	if (err == ERR_OK)
		err = check_content_type(message);
	if (err == ERR_OK)
		err = check_message_digest(provider, message, found);
	if (err == ERR_OK)
		err = check_signature(provider, message, &algorithm);
	return err;
}
