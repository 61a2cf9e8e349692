/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_message.h"

#include "base/count.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/text.h"
#include "scep/cert_rep.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

#define NOW 1796083200 /* 2026-12-01T00:00:00Z */

static const struct algorithms all = { (1u << DIGEST_COUNT) - 1,
	(1u << CIPHER_COUNT) - 1 };

/* CA and client at once: a certificate for the fuzzers' key. */
static const struct certificate *
certificate(void)
{
	static const struct name_part part = { "CN", "fuzz" };
	static struct certificate *made;
	const struct key *key = fuzz_key();
	struct buf name = { 0 }, tbs = { 0 }, der = { 0 };
	struct certificate_order order;

	if (made != NULL)
		return made;
	assert(name_append(&name, &part, 1) == ERR_OK);
	order = (struct certificate_order){
		.serial = BYTES_LITERAL("\x01"),
		.issuer = buf_bytes(&name),
		.subject = buf_bytes(&name),
		.spki = key_spki(key),
		.subject_key_id = BYTES_LITERAL("id"),
	};
	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert(signed_object_append(&der, key, buf_bytes(&tbs)) == ERR_OK);
	assert(certificate_read(buf_bytes(&der), &made) == ERR_OK);
	buf_clear(&name);
	buf_clear(&tbs);
	buf_clear(&der);
	return made;
}

static struct cms_keyring
keyring(void)
{
	return (struct cms_keyring){ provider_find("gnutls"),
		{ { certificate(), fuzz_key() } }, 1 };
}

static bool
serve_all(enum message_type type)
{
	assert(type > 0 && type < 1000);
	return true;
}

/* Whatever was read of a request, it can be answered, and the answer is for
 * that request. */
static void
check_answer(const struct pki_header *header)
{
	struct cms_identity signer = { certificate(), fuzz_key() };
	struct cert_rep_order order = { .status = PKI_STATUS_FAILURE,
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.fail_info_text = BYTES_LITERAL("No."),
		.signer = &signer,
		.signing_time = NOW };
	struct cms_keyring keys = keyring();
	struct cert_rep read = { 0 };
	struct buf answer = { 0 };
	enum err err;

	/* The key of these tests is EC, which signs no MD5; an endpoint's is
	 * RSA. */
	if (header->has_digest && header->digest == DIGEST_MD5)
		return;
	err = cert_rep_append(&answer, keys.provider, header, &order);
	assert(err == ERR_OK);
	err = cert_rep_read(buf_bytes(&answer), &keys, certificate(), &read);
	if (text_is_printable_string(buf_bytes(&header->transaction_id))) {
		assert(err == ERR_OK);
		assert(bytes_equal(buf_bytes(&read.transaction_id),
		    buf_bytes(&header->transaction_id)));
		assert(bytes_equal(buf_bytes(&read.recipient_nonce),
		    buf_bytes(&header->sender_nonce)));
	}
	cert_rep_clear(&read);
	buf_clear(&answer);
}

static void
check_request(struct bytes message)
{
	struct cms_keyring keys = keyring();
	struct pki_rules rules = { &keys, all, serve_all };
	struct pki_header header = { 0 };
	struct pki_request *request = NULL;
	enum err err = pki_message_open(message, &rules, &header, &request);

	assert((request != NULL) == (err == ERR_OK));
	assert(header.transaction_id.size <= TRANSACTION_ID_LIMIT);
	assert(header.sender_nonce.size <= SENDER_NONCE_LIMIT);
	if (err == ERR_OK)
		assert(header.transaction_id.size > 0 &&
		    header.signer != NULL && header.has_digest &&
		    header.has_cipher && pki_request_data(request).size > 0);
	if (header.transaction_id.size > 0)
		check_answer(&header);
	pki_request_free(request);
	pki_header_clear(&header);
}

static void
check_reply(struct bytes message)
{
	struct cms_keyring keys = keyring();
	struct cert_rep read = { 0 };

	if (cert_rep_read(message, &keys, certificate(), &read) != ERR_OK)
		assert(read.transaction_id.size == 0);
	cert_rep_clear(&read);
}

/* The octets as what a good signature covers: behind it lie the attributes
 * and the envelope, which no chance would ever sign. */
static void
check_signed(struct bytes bytes)
{
	size_t part = bytes.size < 80 ? bytes.size : 80;
	uint8_t tag = bytes.size > 0 ? bytes.data[0] : DER_PRINTABLE_STRING;
	const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, tag, bytes_of(bytes.data, part % 4) },
		{ OID_TRANSACTION_ID, DER_UTF8_STRING,
		    bytes_of(bytes.data, part) },
		{ OID_SENDER_NONCE, DER_OCTET_STRING,
		    bytes_of(bytes.data, part / 2) },
		{ OID_PKI_STATUS, tag, bytes_of(bytes.data, part % 2) },
	};
	struct cms_signed_order order = {
		.has_content = true,
		.content = bytes,
		.digest = DIGEST_SHA256,
		.attributes = attributes,
		.attribute_count = COUNT(attributes),
		.signer = certificate(),
		.key = fuzz_key(),
		.signing_time = NOW,
	};
	struct buf message = { 0 };

	assert(cms_signed_append(&message, provider_find("gnutls"), &order) ==
	    ERR_OK);
	check_request(buf_bytes(&message));
	check_reply(buf_bytes(&message));
	buf_clear(&message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	check_request(bytes);
	check_reply(bytes);
	check_signed(bytes);
	return 0;
}
