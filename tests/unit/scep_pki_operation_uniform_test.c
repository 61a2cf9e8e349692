/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_operation.h"

#include "crypto/provider_internal.h"
#include "tests/unit/policy_requests.h"
#include "tests/unit/scep_reply.h"

/*
 * Whatever goes wrong inside an envelope is answered alike, so that nobody
 * learns from an answer how far a decryption came (E17, hostile inputs 33 to
 * 35); and broken messages of every other kind end in an orderly answer.
 */

/* The message around an envelope, signed like any other. */
static struct buf
message_with(const struct device *device, struct bytes envelope)
{
	const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("txid") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING,
		    BYTES_LITERAL("0123456789abcdef") },
	};
	struct cms_signed_order order = {
		.has_content = envelope.data != NULL,
		.content = envelope,
		.digest = DIGEST_SHA256,
		.attributes = attributes,
		.attribute_count = COUNT(attributes),
		.signer = device->client.certificate,
		.key = device->client.key,
		.signing_time = LAB_NOW,
	};
	struct buf message = { 0 };

	assert_int_equal(cms_signed_append(&message, device->lab->provider,
			     &order),
	    ERR_OK);
	return message;
}

static struct buf
envelope_of(const struct device *device, struct bytes data)
{
	struct buf envelope = { 0 };

	assert_int_equal(cms_envelope_append(&envelope, device->lab->provider,
			     device->request.recipient, CIPHER_AES128_CBC,
			     data),
	    ERR_OK);
	return envelope;
}

/*
 * The envelope in a recorded message.  What a wrong key makes of one is as
 * random as the key: one padding in 256 is good by accident.  With recorded
 * envelopes that is the same each time, and was found to be bad.
 */
static struct buf
recorded_envelope(const char *name)
{
	struct buf message = lab_vector(name), envelope = { 0 };
	struct cms_signed read = { 0 };

	assert_int_equal(cms_signed_read(buf_bytes(&message), &read), ERR_OK);
	buf_append(&envelope, read.content);
	cms_signed_clear(&read);
	buf_clear(&message);
	return envelope;
}

/* Overwrites what a random or a signature made of these octets. */
static void
blank(struct buf *reply, struct bytes part)
{
	size_t at = (size_t)(part.data - reply->data);

	assert_true(at < reply->size && part.size <= reply->size - at);
	memset(reply->data + at, 0, part.size);
}

/* The answer to a message around this envelope, without what differs from one
 * answer to the next by nature: our nonce, and so the signature. */
static struct buf
answer_to(struct device *device, struct bytes envelope, enum err reason)
{
	struct buf message = message_with(device, envelope), reply = { 0 };
	struct scep_exchange exchange = lab_post(device->lab,
	    buf_bytes(&message));
	char *word = xasprintf("result=failure reason=%s ", err_name(reason));
	struct cms_signed read = { 0 };

	if (!lab_logged(device->lab, word))
		fail_msg("want %s: %s", word, buf_string(&device->lab->log));
	assert_int_equal(exchange.status, 200);
	reply = exchange.reply;
	assert_int_equal(cms_signed_read(buf_bytes(&reply), &read), ERR_OK);
	blank(&reply, read.signature);
	blank(&reply, attribute_of(&read, OID_SENDER_NONCE).content);
	cms_signed_clear(&read);
	free(word);
	buf_clear(&message);
	return reply;
}

/* The uniform answer: the first one that is asked for is the measure of all
 * others. */
static void
assert_alike(struct device *device, struct buf *measure, struct bytes envelope,
    enum err reason)
{
	struct buf reply = answer_to(device, envelope, reason);

	if (measure->size == 0)
		buf_append(measure, buf_bytes(&reply));
	assert_same_bytes(buf_bytes(&reply), buf_bytes(measure));
	buf_clear(&reply);
}

/* An octet of an envelope that is flipped: from the start of the encrypted
 * key, or from the end of the content. */
static const struct {
	bool of_key;
	size_t at;
} flips[] = {
	{ true, 0 }, /* the key: another content key */
	{ true, 100 }, { true, 255 },
	{ false, 17 }, /* the block before the last: bad padding */
	{ false, 1 },  /* the last block: the same, whatever it becomes */
};

static void
assert_flips_alike(struct device *device, struct buf *measure)
{
	for (size_t i = 0; i < COUNT(flips); i++) {
		struct buf envelope = recorded_envelope("sscep/message.der");
		uint8_t *key = memmem(envelope.data, envelope.size,
		    "\x04\x82\x01\x00", 4);

		assert_non_null(key);
		/* To a number below the modulus, so that it is not told by
		 * its size. */
		if (flips[i].of_key && flips[i].at == 0)
			key[4] = 0;
		else if (flips[i].of_key)
			key[4 + flips[i].at] ^= 0xff;
		else
			envelope.data[envelope.size - flips[i].at] ^= 0xff;
		assert_alike(device, measure, buf_bytes(&envelope),
		    ERR_ENVELOPE_DECRYPT);
		buf_clear(&envelope);
	}
}

/* Data that is decrypted well and is no request: notation, with $0 the
 * subject, $1 the key, $2 the signature algorithm. */
#define INFO(attributes) "30{ 020100 $0 $1 a0{ " attributes "} }"
#define PASSWORD "30{ 06{2a864886f70d010907} 31{ 0c{'secret'} } } "
#define SIGNATURE "03{00 'signature'}"

static const struct {
	const char *data;
	enum err reason;
} contents[] = {
	{ "'garbage'", ERR_CSR_MALFORMED },
	{ "00", ERR_CSR_MALFORMED },
	{ "30{}", ERR_CSR_MALFORMED },
	{ "30{ " INFO("") " }", ERR_CSR_MALFORMED },
	{ "30{ " INFO("") " $2 " SIGNATURE " } 00", ERR_CSR_MALFORMED },
	{ "30{ 30{ 020100 $1 $1 a0{} } $2 " SIGNATURE " }", ERR_CSR_MALFORMED },
	{ "30{ " INFO("") " $2 " SIGNATURE " }", ERR_CSR_SIGNATURE },
	{ "30{ " INFO(PASSWORD) " $2 03{00} }", ERR_CSR_SIGNATURE },
	{ "30{ " INFO(PASSWORD PASSWORD) " $2 " SIGNATURE " }",
	    ERR_CSR_ATTRIBUTE },
	{ "30{ " INFO("0500") " $2 " SIGNATURE " }", ERR_CSR_ATTRIBUTE },
	{ "30{ " INFO("") " 30{ 06{2a0304} } " SIGNATURE " }",
	    ERR_CSR_ALGORITHM },
	/* An EC algorithm over an RSA key; a key of no kind. */
	{ "30{ " INFO("") " 30{ 06{2a8648ce3d040302} } " SIGNATURE " }",
	    ERR_CSR_KEY },
	{ "30{ 30{ 020100 $0 30{ 30{ 06{2a0304} } 03{00} } a0{} } $2 " SIGNATURE
	  " }",
	    ERR_CSR_KEY },
};

static void
assert_contents_alike(struct device *device, struct buf *measure)
{
	struct buf algorithm = asn1("30{ 06{2a864886f70d01010b} 0500 }");
	const struct bytes parts[] = { device->request.subject,
		key_spki(device->request.key), buf_bytes(&algorithm) };

	for (size_t i = 0; i < COUNT(contents); i++) {
		struct buf data = asn1_of(contents[i].data, parts);
		struct buf envelope = envelope_of(device, buf_bytes(&data));

		assert_alike(device, measure, buf_bytes(&envelope),
		    contents[i].reason);
		buf_clear(&envelope);
		buf_clear(&data);
	}
	buf_clear(&algorithm);
}

static void
whatever_is_wrong_inside_is_answered_alike(void **state)
{
	struct device *device = *state;
	/* Sealed for the key of another CA. */
	struct buf envelope = recorded_envelope("jscep-samples/scep_req2.der");
	struct buf measure = { 0 };

	assert_alike(device, &measure, buf_bytes(&envelope),
	    ERR_ENVELOPE_DECRYPT);
	buf_clear(&envelope);
	assert_flips_alike(device, &measure);
	assert_contents_alike(device, &measure);
	/* Nothing there at all. */
	assert_alike(device, &measure, bytes_of(NULL, 0), ERR_ENVELOPE_MISSING);
	assert_alike(device, &measure, BYTES_LITERAL(""), ERR_ENVELOPE_MISSING);
	assert_alike(device, &measure, BYTES_LITERAL("\x30\x00"),
	    ERR_ENVELOPE_MISSING);
	assert_alike(device, &measure, BYTES_LITERAL("garbage"),
	    ERR_ENVELOPE_MISSING);
	buf_clear(&measure);
}

static size_t verified;

static enum err
count_verify(const struct public_key *key,
    const struct signature_algorithm *algorithm, struct bytes digest_value,
    struct bytes signature)
{
	verified++;
	return provider_gnutls.verify(key, algorithm, digest_value, signature);
}

/* What costs time is the signatures: the message's, and the request's or one
 * in its place. */
static void
whatever_is_wrong_inside_costs_two_verifications(void **state)
{
	static struct provider counting;
	struct device *device = *state;
	struct buf measure = { 0 };
	struct buf envelope = recorded_envelope("jscep-samples/scep_req2.der");

	counting = provider_gnutls;
	counting.verify = count_verify;
	device->lab->provider = &counting;
	lab_restart(device->lab, LAB_DEFAULT);
	verified = 0;
	assert_alike(device, &measure, buf_bytes(&envelope),
	    ERR_ENVELOPE_DECRYPT);
	assert_int_equal(verified, 2);
	verified = 0;
	assert_flips_alike(device, &measure);
	assert_int_equal(verified, 2 * COUNT(flips));
	verified = 0;
	assert_contents_alike(device, &measure);
	/* One of them gets as far as to be refused by the provider. */
	assert_int_equal(verified, 2 * COUNT(contents) + 1);
	buf_clear(&envelope);
	buf_clear(&measure);
}

/* A message that can't be opened fares alike every time: the key that is put
 * in place of the missing one is no random one. */
static void
a_message_that_failed_fails_again_in_the_same_way(void **state)
{
	struct buf envelope = recorded_envelope("jscep-samples/scep_req2.der");
	struct buf measure = { 0 };

	for (int i = 0; i < 20; i++)
		assert_alike(*state, &measure, buf_bytes(&envelope),
		    ERR_ENVELOPE_DECRYPT);
	buf_clear(&envelope);
	buf_clear(&measure);
}

/* Hostile input 11. */
static void
a_message_cut_anywhere_is_refused_in_order(void **state)
{
	struct device *device = *state;
	struct buf message = lab_vector("sscep/message.der");

	for (size_t size = 0; size < message.size; size++) {
		struct scep_exchange exchange = lab_post(device->lab,
		    bytes_of(message.data, size));

		assert_int_equal(exchange.status, 400);
		assert_string_equal(exchange.content_type, "text/plain");
		buf_clear(&exchange.reply);
	}
	buf_clear(&message);
}

/* Whether the octet at `at` is one of `part`, which lies in `message`. */
static bool
is_within(const struct buf *message, struct bytes part, size_t at)
{
	size_t start = (size_t)(part.data - message->data);

	return at >= start && at - start < part.size;
}

/* Damages the octet at `at` for one request. */
static void
post_damaged(struct device *device, struct buf *message, size_t at)
{
	struct scep_exchange exchange;

	message->data[at] ^= 0x15;
	exchange = lab_post(device->lab, buf_bytes(message));
	message->data[at] ^= 0x15;
	assert_true(exchange.status == 400 || exchange.status == 200);
	assert_int_equal(exchange.status == 400,
	    lab_logged(device->lab, " result=error "));
	buf_clear(&exchange.reply);
}

/* Each octet in turn, so that lengths, tags and values are wrong somewhere;
 * one in three, to spare time.  What no signature covers (version numbers,
 * the signer's own certificate) may be wrong. */
static void
a_message_damaged_anywhere_is_answered_in_order(void **state)
{
	struct device *device = *state;
	struct buf message = lab_vector("sscep/message.der");
	struct cms_signed read = { 0 };
	size_t refusals = 0;

	assert_int_equal(cms_signed_read(buf_bytes(&message), &read), ERR_OK);
	for (size_t i = 0; i < message.size; i += 3) {
		post_damaged(device, &message, i);
		if (is_within(&message, read.content, i) ||
		    is_within(&message, read.attributes, i) ||
		    is_within(&message, read.signature, i))
			assert_false(lab_logged(device->lab,
			    " result=success "));
		refusals += lab_logged(device->lab, " result=failure ");
	}
	assert_true(refusals > 100);
	cms_signed_clear(&read);
	buf_clear(&message);
}

static void
bytes_behind_a_message_are_refused(void **state)
{
	struct device *device = *state;
	struct buf message = lab_vector("sscep/message.der");
	struct scep_exchange exchange;

	buf_append_octet(&message, 0);
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_http_error(device->lab, &exchange, ERR_BER_TRAILING);
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(whatever_is_wrong_inside_is_answered_alike),
		DEVICE_TEST(whatever_is_wrong_inside_costs_two_verifications),
		DEVICE_TEST(a_message_that_failed_fails_again_in_the_same_way),
		DEVICE_TEST(a_message_cut_anywhere_is_refused_in_order),
		DEVICE_TEST(a_message_damaged_anywhere_is_answered_in_order),
		DEVICE_TEST(bytes_behind_a_message_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
