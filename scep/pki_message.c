/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_message.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/ber.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/text.h"

struct pki_request {
	enum message_type type;
	struct buf data;
	const struct certificate *signer; /* the header's */
};

void
pki_header_clear(struct pki_header *header)
{
	buf_clear(&header->transaction_id);
	buf_clear(&header->sender_nonce);
	buf_clear(&header->message_type);
	buf_clear(&header->detail);
	buf_clear(&header->recipient);
	certificate_free(header->signer);
	*header = (struct pki_header){ 0 };
}

void
pki_request_free(struct pki_request *request)
{
	if (request == NULL)
		return;
	buf_clear(&request->data);
	free(request);
}

enum message_type
pki_request_type(const struct pki_request *request)
{
	return request->type;
}

struct bytes
pki_request_data(const struct pki_request *request)
{
	return buf_bytes(&request->data);
}

const struct certificate *
pki_request_signer(const struct pki_request *request)
{
	return request->signer;
}

/* Some clients count the NUL of a C string as part of it (T20). */
static struct bytes
without_final_nuls(struct bytes text)
{
	while (text.size > 0 && text.data[text.size - 1] == 0)
		text.size--;
	return text;
}

/*
 * transactionID (RFC 8894 section 3.2.1.1): opaque octets, whatever their
 * string type (T20, T21).  Clients put hashes, serial numbers, base64 and user
 * names into it.  It never becomes a file name or a format: it is echoed and
 * logged, no more.
 */
static enum err
read_transaction_id(const struct cms_signed *message, struct pki_header *header)
{
	struct der_element value;
	enum err err = cms_signed_attribute(message, OID_TRANSACTION_ID,
	    &value);
	struct bytes id;

	if (err != ERR_OK)
		return err;
	id = without_final_nuls(value.content);
	if (!text_is_attribute_type(value.tag) || id.size == 0 ||
	    id.size > TRANSACTION_ID_LIMIT)
		return ERR_TRANSACTION_ID;
	header->transaction_id_tag = value.tag;
	buf_append(&header->transaction_id, id);
	return ERR_OK;
}

/* senderNonce: any length that old clients use, or none at all (T22). */
static enum err
read_sender_nonce(const struct cms_signed *message, struct pki_header *header)
{
	struct der_element value;
	enum err err = cms_signed_attribute(message, OID_SENDER_NONCE, &value);

	if (err != ERR_OK || value.tag == 0)
		return err;
	if (value.tag != DER_OCTET_STRING ||
	    value.content.size > SENDER_NONCE_LIMIT)
		return ERR_SENDER_NONCE;
	buf_append(&header->sender_nonce, value.content);
	return ERR_OK;
}

/* randomNonce (RFC 2985 section 5.3): that it is there tells who asks, and
 * what it says is of no use to us. */
static bool
has_random_nonce(const struct cms_signed *message)
{
	struct der_element value;

	return cms_signed_attribute(message, OID_RANDOM_NONCE, &value) ==
	    ERR_OK &&
	    value.tag != 0;
}

/* The password belongs into the request, inside (RFC 8894 section 2.4): here
 * everybody on the way can read it. */
static bool
has_challenge(const struct cms_signed *message)
{
	struct der_element value;

	return cms_signed_attribute(message, OID_CHALLENGE_PASSWORD, &value) !=
	    ERR_OK ||
	    value.tag != 0;
}

/* The messageType as it is to be read and logged: text, or (in very old
 * clients, T20) an INTEGER. */
static void
append_message_type(struct buf *to, const struct der_element *value)
{
	if (value->tag == DER_INTEGER && value->content.size == 1)
		buf_printf(to, "%u", value->content.data[0]);
	else if (text_is_attribute_type(value->tag))
		buf_append(to, without_final_nuls(value->content));
}

/* A decimal number of one to three digits without a leading zero, read to its
 * end: "1" is not the beginning of "19", nor is "019" the same. */
static enum err
read_message_type(const struct cms_signed *message, struct pki_header *header,
    enum message_type *type)
{
	struct der_element value;
	enum err err = cms_signed_attribute(message, OID_MESSAGE_TYPE, &value);
	struct bytes text;
	int64_t number;

	if (err != ERR_OK)
		return err;
	append_message_type(&header->message_type, &value);
	text = buf_bytes(&header->message_type);
	if (text.size == 0 || text.size > 3 || text.data[0] == '0' ||
	    !bytes_read_number(text, 999, &number))
		return ERR_MESSAGE_TYPE;
	*type = (enum message_type)number;
	return ERR_OK;
}

/* The OID, since the error alone would not tell an operator what to switch
 * on. */
static void
note_unknown(struct pki_header *header, struct bytes oid)
{
	if (oid.size == 0)
		return;
	buf_append_string(&header->detail, "algorithm ");
	oid_append_text(&header->detail, oid);
}

#define ISSUER_LIMIT 1024
#define SERIAL_LIMIT 32

/*
 * Whom the envelope is addressed to, for an operator who must find out which
 * certificate the client holds.  Noted whatever comes of the envelope, and at
 * a bounded cost: the time that it takes must not tell what came of it.
 */
static void
note_recipient(struct pki_header *header,
    const struct cms_envelope_facts *facts)
{
	struct bytes serial = facts->serial;

	if (facts->issuer.size == 0 || facts->issuer.size > ISSUER_LIMIT)
		return;
	if (serial.size > SERIAL_LIMIT)
		serial.size = SERIAL_LIMIT;
	buf_append_string(&header->recipient, "addressed to issuer ");
	name_append_text(&header->recipient, facts->issuer);
	buf_append_string(&header->recipient, " serial ");
	hex_append(&header->recipient, serial);
}

/*
 * Fills the header from a message whose signature may yet prove wrong, then
 * verifies.  All attributes are read even where one is refused, so that the
 * answer has what there is.  An unverified transactionID does no harm in it:
 * it goes back to whoever sent it, in a FAILURE.
 *
 * A bad signature is told before a bad attribute: what an attribute says is
 * worth an answer only when it is known who says it.
 */
static enum err
verify(struct cms_signed *message, const struct pki_rules *rules,
    struct pki_header *header, enum message_type *type)
{
	struct bytes unknown = { 0 };
	enum err id_err = read_transaction_id(message, header);
	enum err nonce_err = read_sender_nonce(message, header);
	enum err type_err = read_message_type(message, header, type);
	enum digest digest = DIGEST_COUNT;
	enum err err;

	header->has_random_nonce = has_random_nonce(message);
	header->has_challenge = has_challenge(message);
	err = cms_signed_verify(rules->keyring->provider, message,
	    rules->allowed, &digest, &unknown);
	/* Handed over, so cms_signed_clear must not free it. */
	header->signer = message->signer;
	message->signer = NULL;
	header->has_digest = digest != DIGEST_COUNT;
	if (header->has_digest)
		header->digest = digest;
	note_unknown(header, unknown);
	if (err != ERR_OK)
		return err;
	if (id_err != ERR_OK)
		return id_err;
	return nonce_err != ERR_OK ? nonce_err : type_err;
}

/* The facts go into the header whether or not the envelope opens: the answer
 * wants the cipher, the log wants the recipient. */
static enum err
open_envelope(const struct cms_signed *message, const struct pki_rules *rules,
    struct pki_header *header, struct buf *data)
{
	struct cms_envelope_facts facts = { 0 };
	enum err err;

	if (!message->has_content)
		return ERR_ENVELOPE_MISSING;
	err = cms_envelope_open_blind(message->content, rules->keyring,
	    rules->allowed, &facts, data);
	header->has_cipher = facts.has_cipher;
	header->cipher = facts.cipher;
	header->bad_padding = facts.bad_padding;
	header->recipient_certificate = facts.opened_with;
	note_unknown(header, facts.unknown);
	note_recipient(header, &facts);
	return err;
}

/*
 * The envelope lies in an OCTET STRING, which ber_normalise left alone: to the
 * outer layer it is bytes, and the messageDigest is of them as they came.  So
 * this comes after the signature has been verified.
 */
static enum err
normalise_content(struct cms_signed *message, struct buf *content)
{
	enum err err;

	if (!message->has_content)
		return ERR_OK;
	err = ber_normalise(message->content, content);
	if (err == ERR_OK)
		message->content = buf_bytes(content);
	return err == ERR_OK ? ERR_OK : ERR_ENVELOPE_MISSING;
}

/*
 * The one way to a struct pki_request: verified, of a type that is served,
 * decrypted.  The private key works last: it is the dearest step, and the one
 * that strangers would like to watch.
 */
static enum err
open_signed(struct cms_signed *message, const struct pki_rules *rules,
    struct pki_header *header, struct pki_request *request)
{
	struct buf content = { 0 };
	enum err err = verify(message, rules, header, &request->type);

	if (err == ERR_OK && !rules->is_served(request->type))
		err = ERR_MESSAGE_TYPE;
	if (err == ERR_OK)
		err = normalise_content(message, &content);
	if (err == ERR_OK)
		err = open_envelope(message, rules, header, &request->data);
	request->signer = header->signer;
	buf_clear(&content);
	return err;
}

enum err
pki_message_open(struct bytes message, const struct pki_rules *rules,
    struct pki_header *header, struct pki_request **request)
{
	struct pki_request *made = xalloc(sizeof(*made));
	struct cms_signed signed_data = { 0 };
	struct buf der = { 0 };
	enum err err = ber_normalise(message, &der);

	if (err == ERR_OK)
		err = cms_signed_read(buf_bytes(&der), &signed_data);
	if (err == ERR_OK)
		err = open_signed(&signed_data, rules, header, made);
	if (err == ERR_OK) {
		*request = made;
		made = NULL;
	}
	cms_signed_clear(&signed_data);
	buf_clear(&der);
	pki_request_free(made);
	return err;
}

/* As clients do it: sealed first, then signed (RFC 8894 section 3.1). */
enum err
pki_message_append(struct buf *to, const struct provider *provider,
    const struct pki_message_order *order)
{
	struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING,
		    bytes_of_string(order->message_type) },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    order->transaction_id },
		{ OID_SENDER_NONCE, DER_OCTET_STRING, order->sender_nonce },
	};
	struct cms_signed_order signed_order = {
		.has_content = true,
		.digest = order->digest,
		.attributes = attributes,
		.attribute_count = COUNT(attributes),
		.signer = order->signer,
		.key = order->signer_key,
		.signing_time = order->signing_time,
	};
	struct buf envelope = { 0 };
	enum err err = cms_envelope_append(&envelope, provider,
	    order->recipient, order->cipher, order->message_data);

	signed_order.content = buf_bytes(&envelope);
	if (err == ERR_OK)
		err = cms_signed_append(to, provider, &signed_order);
	buf_clear(&envelope);
	return err;
}
