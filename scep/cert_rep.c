/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/cert_rep.h"

#include "crypto/ber.h"
#include "crypto/cms_certs.h"
#include "crypto/oid.h"
#include "crypto/text.h"

/* What RFC 8894 section 3.2.1.5 says, where the request's is no guide. */
#define SENDER_NONCE_DEFAULT 16
#define MAX_ATTRIBUTES 8

/* Numbers are text in SCEP, and those of pkiStatus and failInfo have one
 * digit, from 0 to 4. */
static struct bytes
digit(unsigned number)
{
	static const char digits[] = "01234";

	return bytes_of(&digits[number], 1);
}

/* The attributes of an answer, collected. */
struct attributes {
	struct cms_attribute items[MAX_ATTRIBUTES];
	size_t count;
};

static void
add(struct attributes *attributes, struct bytes oid, uint8_t tag,
    struct bytes value)
{
	attributes->items[attributes->count++] =
	    (struct cms_attribute){ .oid = oid, .tag = tag, .value = value };
}

/* All readers expect transactionID as PrintableString, whatever type they sent
 * it in; what does not fit that keeps its own (T21). */
static uint8_t
transaction_id_tag(const struct pki_header *header)
{
	return text_is_printable_string(buf_bytes(&header->transaction_id)) ?
	    DER_PRINTABLE_STRING :
	    header->transaction_id_tag;
}

/*
 * Each attribute once, none that the status does not call for (E2): the .NET
 * client scepman refuses a failInfo beside SUCCESS.  RFC 8894 section 3.3.2 no
 * longer insists on senderNonce in an answer; MikroTik, certmonger and sscep
 * do, and jscep refuses one that it has seen before.
 */
static void
collect(struct attributes *attributes, const struct pki_header *header,
    const struct cert_rep_order *order, struct bytes sender_nonce)
{
	add(attributes, OID_MESSAGE_TYPE, DER_PRINTABLE_STRING,
	    BYTES_LITERAL("3"));
	add(attributes, OID_TRANSACTION_ID, transaction_id_tag(header),
	    buf_bytes(&header->transaction_id));
	add(attributes, OID_PKI_STATUS, DER_PRINTABLE_STRING,
	    digit(order->status));
	add(attributes, OID_SENDER_NONCE, DER_OCTET_STRING, sender_nonce);
	if (header->sender_nonce.size > 0)
		add(attributes, OID_RECIPIENT_NONCE, DER_OCTET_STRING,
		    buf_bytes(&header->sender_nonce));
	if (order->status != PKI_STATUS_FAILURE)
		return;
	add(attributes, OID_FAIL_INFO, DER_PRINTABLE_STRING,
	    digit(order->fail_info));
	add(attributes, OID_FAIL_INFO_TEXT, DER_UTF8_STRING,
	    order->fail_info_text);
}

/*
 * The certificates, or the CRL, as degenerate SignedData, enveloped for the key
 * that signed the request, which in a renewal is the old one (E7), with the
 * cipher of the request (E5): devices can often open no other.  Nothing, where
 * the answer is no SUCCESS.
 */
static enum err
seal(const struct provider *provider, const struct pki_header *header,
    const struct cert_rep_order *order, struct buf *envelope)
{
	enum cipher cipher = header->has_cipher ? header->cipher :
						  CIPHER_AES128_CBC;
	struct buf certificates = { 0 };
	enum err err;

	if (order->status != PKI_STATUS_SUCCESS)
		return ERR_OK;
	if (header->signer == NULL)
		return ERR_SIGNED_NO_CERTIFICATE;
	if (order->crl.size > 0)
		cms_certs_append_crl(&certificates, order->crl);
	else
		cms_certs_append(&certificates, order->certificates,
		    order->certificate_count);
	err = cms_envelope_append(envelope, provider, header->signer, cipher,
	    buf_bytes(&certificates));
	buf_clear(&certificates);
	return err;
}

/* Empty where we can't tell, as most clients read it so. */
static bool
has_content(const struct pki_header *header, const struct cert_rep_order *order)
{
	if (order->status == PKI_STATUS_SUCCESS)
		return true;
	if (order->empty_content == EMPTY_CONTENT_AUTOMATIC)
		return !header->has_random_nonce;
	return order->empty_content == EMPTY_CONTENT_PRESENT;
}

/* Sealing comes first because it can fail, and before it nothing is
 * promised. */
enum err
cert_rep_append(struct buf *to, const struct provider *provider,
    const struct pki_header *header, const struct cert_rep_order *order)
{
	uint8_t nonce[SENDER_NONCE_LIMIT];
	size_t nonce_size = header->sender_nonce.size > 0 ?
	    header->sender_nonce.size :
	    SENDER_NONCE_DEFAULT;
	struct attributes attributes = { 0 };
	struct buf envelope = { 0 };
	/* A request that is refused for its digest has none to mirror. */
	struct cms_signed_order signed_order = {
		.has_content = has_content(header, order),
		.digest = header->has_digest ? header->digest : DIGEST_SHA256,
		.attributes = attributes.items,
		.signer = order->signer->certificate,
		.key = order->signer->key,
		.signing_time = order->signing_time,
	};
	enum err err = seal(provider, header, order, &envelope);

	if (err == ERR_OK) {
		provider_random(provider, nonce, nonce_size);
		collect(&attributes, header, order,
		    bytes_of(nonce, nonce_size));
		signed_order.attribute_count = attributes.count;
		signed_order.content = buf_bytes(&envelope);
		err = cms_signed_append(to, provider, &signed_order);
	}
	buf_clear(&envelope);
	return err;
}

/* A signed attribute's content, which must be there once. */
static enum err
read_attribute(const struct cms_signed *message, struct bytes oid, uint8_t tag,
    struct bytes *content)
{
	struct der_element value;
	enum err err = cms_signed_attribute(message, oid, &value);

	if (err == ERR_OK && value.tag != tag)
		err = ERR_SIGNED_ATTRIBUTE;
	if (err == ERR_OK)
		*content = value.content;
	return err;
}

/* pkiStatus and failInfo: one digit as PrintableString. */
static enum err
read_digit(const struct cms_signed *message, struct bytes oid, int *value)
{
	struct bytes text;
	enum err err = read_attribute(message, oid, DER_PRINTABLE_STRING,
	    &text);

	if (err == ERR_OK &&
	    (text.size != 1 || text.data[0] < '0' || text.data[0] > '9'))
		err = ERR_SIGNED_ATTRIBUTE;
	if (err == ERR_OK)
		*value = text.data[0] - '0';
	return err;
}

/* failInfo must be there with FAILURE and is not looked for otherwise;
 * failInfoText is for people, in whatever string type it came. */
static enum err
read_status(const struct cms_signed *message, struct cert_rep *cert_rep)
{
	struct der_element text;
	int type, status, fail_info;
	enum err err = read_digit(message, OID_MESSAGE_TYPE, &type);

	if (err != ERR_OK || type != MESSAGE_TYPE_CERT_REP)
		return ERR_MESSAGE_TYPE;
	err = read_digit(message, OID_PKI_STATUS, &status);
	if (err != ERR_OK ||
	    (status != PKI_STATUS_SUCCESS && status != PKI_STATUS_FAILURE &&
		status != PKI_STATUS_PENDING))
		return ERR_SIGNED_ATTRIBUTE;
	cert_rep->status = (enum pki_status)status;
	if (cert_rep->status != PKI_STATUS_FAILURE)
		return ERR_OK;
	err = read_digit(message, OID_FAIL_INFO, &fail_info);
	if (err != ERR_OK || fail_info > FAIL_INFO_BAD_CERT_ID)
		return ERR_SIGNED_ATTRIBUTE;
	cert_rep->fail_info = (enum fail_info)fail_info;
	err = cms_signed_attribute(message, OID_FAIL_INFO_TEXT, &text);
	if (err == ERR_OK && text.tag != 0)
		err = text_append_utf8(&cert_rep->fail_info_text, text.tag,
		    text.content);
	return err;
}

/* A nonce; of size 0 where there is none (RFC 8894 section 3.2.1.5). */
static enum err
read_nonce(const struct cms_signed *message, struct bytes oid,
    struct bytes *nonce)
{
	struct der_element value;
	enum err err = cms_signed_attribute(message, oid, &value);

	if (err == ERR_OK && value.tag != 0 && value.tag != DER_OCTET_STRING)
		err = ERR_SIGNED_ATTRIBUTE;
	if (err == ERR_OK)
		*nonce = value.content;
	return err;
}

/* Copies: the message they are views of is freed before the caller looks. */
static enum err
read_identifiers(const struct cms_signed *message, struct cert_rep *cert_rep)
{
	struct bytes id, sender_nonce, recipient_nonce;

	if (read_attribute(message, OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		&id) != ERR_OK)
		return ERR_TRANSACTION_ID;
	if (read_nonce(message, OID_SENDER_NONCE, &sender_nonce) != ERR_OK ||
	    read_nonce(message, OID_RECIPIENT_NONCE, &recipient_nonce) !=
		ERR_OK)
		return ERR_SIGNED_ATTRIBUTE;
	buf_append(&cert_rep->transaction_id, id);
	buf_append(&cert_rep->sender_nonce, sender_nonce);
	buf_append(&cert_rep->recipient_nonce, recipient_nonce);
	return ERR_OK;
}

/* Every algorithm that we know: a client takes what its CA answers with. */
static const struct algorithms all_algorithms = { ~0u, ~0u };

/* BER at each layer: what lies in an OCTET STRING is bytes to the layer around
 * it, so each layer is normalised by itself. */
static enum err
open_certificates(const struct cms_signed *message,
    const struct cms_keyring *keyring, struct cert_rep *cert_rep)
{
	struct cms_envelope_facts facts = { 0 };
	struct buf envelope = { 0 }, content = { 0 };
	enum err err = ber_normalise(message->content, &envelope);

	if (err == ERR_OK)
		err = cms_envelope_open(buf_bytes(&envelope), keyring,
		    all_algorithms, &facts, &content);
	if (err == ERR_OK)
		err = ber_normalise(buf_bytes(&content),
		    &cert_rep->certificates);
	if (err == ERR_OK)
		cert_rep->cipher = facts.cipher;
	buf_clear(&envelope);
	buf_clear(&content);
	return err;
}

/* The order of a client: who says it, then what is said. */
static enum err
read_message(struct cms_signed *message, const struct cms_keyring *keyring,
    const struct certificate *signer, struct cert_rep *cert_rep)
{
	struct bytes unknown = { 0 };
	enum err err;

	/* Whatever certificate the answer brings: this is the one we trust. */
	certificate_free(message->signer);
	message->signer = NULL;
	err = certificate_read(buf_bytes(&signer->der), &message->signer);
	if (err == ERR_OK)
		err = cms_signed_verify(keyring->provider, message,
		    all_algorithms, &cert_rep->digest, &unknown);
	if (err == ERR_OK)
		err = read_status(message, cert_rep);
	if (err == ERR_OK)
		err = read_identifiers(message, cert_rep);
	if (err == ERR_OK && cert_rep->status == PKI_STATUS_SUCCESS)
		err = open_certificates(message, keyring, cert_rep);
	return err;
}

enum err
cert_rep_read(struct bytes message, const struct cms_keyring *keyring,
    const struct certificate *signer, struct cert_rep *cert_rep)
{
	struct cms_signed signed_data = { 0 };
	struct cert_rep read = { 0 };
	struct buf der = { 0 };
	enum err err = ber_normalise(message, &der);

	if (err == ERR_OK)
		err = cms_signed_read(buf_bytes(&der), &signed_data);
	if (err == ERR_OK)
		err = read_message(&signed_data, keyring, signer, &read);
	if (err == ERR_OK)
		*cert_rep = read;
	else
		cert_rep_clear(&read);
	cms_signed_clear(&signed_data);
	buf_clear(&der);
	return err;
}

void
cert_rep_clear(struct cert_rep *cert_rep)
{
	buf_clear(&cert_rep->fail_info_text);
	buf_clear(&cert_rep->transaction_id);
	buf_clear(&cert_rep->sender_nonce);
	buf_clear(&cert_rep->recipient_nonce);
	buf_clear(&cert_rep->certificates);
}
