/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_operation.h"

#include "tests/unit/policy_requests.h"
#include "tests/unit/scep_reply.h"

/*
 * Whatever goes wrong inside an envelope is answered alike, so that nobody
 * learns from an answer how far a decryption came (E17, hostile inputs 33 to
 * 35); and broken messages of every other kind end in an orderly answer.
 */

struct fixture {
	struct lab *lab;
	struct lab_client client;
	struct lab_request request;
};

static int
setup(void **state)
{
	struct fixture *fixture = xalloc(sizeof(*fixture));

	fixture->lab = lab_open(LAB_DEFAULT);
	fixture->client = lab_client_new(fixture->lab, device_key);
	fixture->request = lab_request_by(fixture->lab, &fixture->client);
	*state = fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	lab_client_clear(&fixture->client);
	lab_free(fixture->lab);
	free(fixture);
	return 0;
}

/* The message around an envelope, signed like any other. */
static struct buf
message_with(const struct fixture *fixture, struct bytes envelope)
{
	const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("19") },
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
		.signer = fixture->client.certificate,
		.key = fixture->client.key,
		.signing_time = LAB_NOW,
	};
	struct buf message = { 0 };

	assert_int_equal(cms_signed_append(&message, fixture->lab->provider,
			     &order),
	    ERR_OK);
	return message;
}

static struct buf
envelope_of(const struct fixture *fixture, struct bytes data)
{
	struct buf envelope = { 0 };

	assert_int_equal(cms_envelope_append(&envelope,
			     fixture->lab->provider, fixture->request.recipient,
			     CIPHER_AES128_CBC, data),
	    ERR_OK);
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
answer_to(struct fixture *fixture, struct bytes envelope, enum err reason)
{
	struct buf message = message_with(fixture, envelope), reply = { 0 };
	struct scep_exchange exchange = lab_post(fixture->lab,
	    buf_bytes(&message));
	char *word = xasprintf("result=failure reason=%s ",
	    err_name(reason));
	struct cms_signed read = { 0 };

	if (!lab_logged(fixture->lab, word))
		fail_msg("want %s: %s", word,
		    buf_string(&fixture->lab->log));
	assert_int_equal(exchange.status, 200);
	buf_move(&reply, &exchange.reply);
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
assert_alike(struct fixture *fixture, struct buf *measure,
    struct bytes envelope, enum err reason)
{
	struct buf reply = answer_to(fixture, envelope, reason);

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
	{ true, 0 },    /* the key: another content key */
	{ true, 100 },
	{ true, 255 },
	{ false, 17 },  /* the block before the last: bad padding */
	{ false, 1 },   /* the last block: the same, whatever it becomes */
};

static void
assert_flips_alike(struct fixture *fixture, struct buf *measure)
{
	struct buf csr = lab_request_csr(&fixture->request);

	for (size_t i = 0; i < COUNT(flips); i++) {
		struct buf envelope = envelope_of(fixture, buf_bytes(&csr));
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
		assert_alike(fixture, measure, buf_bytes(&envelope),
		    ERR_ENVELOPE_DECRYPT);
		buf_clear(&envelope);
	}
	buf_clear(&csr);
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
	{ "30{ 30{ 020100 $1 $1 a0{} } $2 " SIGNATURE " }",
	    ERR_CSR_MALFORMED },
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
	{ "30{ 30{ 020100 $0 30{ 30{ 06{2a0304} } 03{00} } a0{} } $2 "
	  SIGNATURE " }",
	    ERR_CSR_KEY },
};

static void
assert_contents_alike(struct fixture *fixture, struct buf *measure)
{
	struct buf algorithm = asn1("30{ 06{2a864886f70d01010b} 0500 }");
	const struct bytes parts[] = { fixture->request.subject,
		key_spki(fixture->request.key), buf_bytes(&algorithm) };

	for (size_t i = 0; i < COUNT(contents); i++) {
		struct buf data = asn1_of(contents[i].data, parts);
		struct buf envelope = envelope_of(fixture, buf_bytes(&data));

		assert_alike(fixture, measure, buf_bytes(&envelope),
		    contents[i].reason);
		buf_clear(&envelope);
		buf_clear(&data);
	}
	buf_clear(&algorithm);
}

static void
whatever_is_wrong_inside_is_answered_alike(void **state)
{
	struct fixture *fixture = *state;
	struct buf csr = lab_request_csr(&fixture->request), measure = { 0 };
	struct buf envelope;

	/* Sealed for another key of the same CA. */
	fixture->request.recipient = fixture->lab->ra;
	envelope = envelope_of(fixture, buf_bytes(&csr));
	assert_alike(fixture, &measure, buf_bytes(&envelope),
	    ERR_ENVELOPE_DECRYPT);
	buf_clear(&envelope);
	fixture->request.recipient = fixture->lab->ca;
	assert_flips_alike(fixture, &measure);
	assert_contents_alike(fixture, &measure);
	/* Nothing there at all. */
	assert_alike(fixture, &measure, bytes_of(NULL, 0),
	    ERR_ENVELOPE_MISSING);
	assert_alike(fixture, &measure, BYTES_LITERAL(""),
	    ERR_ENVELOPE_MISSING);
	assert_alike(fixture, &measure, BYTES_LITERAL("\x30\x00"),
	    ERR_ENVELOPE_MISSING);
	assert_alike(fixture, &measure, BYTES_LITERAL("garbage"),
	    ERR_ENVELOPE_MISSING);
	buf_clear(&csr);
	buf_clear(&measure);
}

/* A message that can't be opened fares alike every time: the key that is put
 * in place of the missing one is no random one. */
static void
a_message_that_failed_fails_again_in_the_same_way(void **state)
{
	struct fixture *fixture = *state;
	struct buf csr = lab_request_csr(&fixture->request), measure = { 0 };
	struct buf envelope;

	fixture->request.recipient = fixture->lab->ra;
	envelope = envelope_of(fixture, buf_bytes(&csr));
	for (int i = 0; i < 20; i++)
		assert_alike(fixture, &measure, buf_bytes(&envelope),
		    ERR_ENVELOPE_DECRYPT);
	buf_clear(&envelope);
	buf_clear(&measure);
	buf_clear(&csr);
}

/* Hostile input 11. */
static void
a_message_cut_anywhere_is_refused_in_order(void **state)
{
	struct fixture *fixture = *state;
	struct buf message = lab_vector("sscep/message.der");

	for (size_t size = 0; size < message.size; size++) {
		struct scep_exchange exchange = lab_post(fixture->lab,
		    bytes_of(message.data, size));

		assert_int_equal(exchange.status, 400);
		assert_string_equal(exchange.content_type, "text/plain");
		buf_clear(&exchange.reply);
	}
	buf_clear(&message);
}

/* Each octet in turn, so that lengths, tags and values are wrong somewhere;
 * one in three, to spare time. */
static void
a_message_damaged_anywhere_is_never_a_success(void **state)
{
	struct fixture *fixture = *state;
	struct buf message = lab_vector("sscep/message.der");
	size_t signed_answers = 0;

	for (size_t i = 0; i < message.size; i += 3) {
		struct scep_exchange exchange;

		message.data[i] ^= 0x15;
		exchange = lab_post(fixture->lab, buf_bytes(&message));
		message.data[i] ^= 0x15;
		assert_true(exchange.status == 400 || exchange.status == 200);
		assert_int_equal(exchange.status == 200,
		    lab_logged(fixture->lab, " result=failure "));
		signed_answers += exchange.status == 200;
		buf_clear(&exchange.reply);
	}
	assert_true(signed_answers > 100);
	buf_clear(&message);
}

static void
bytes_behind_a_message_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct buf message = lab_vector("sscep/message.der");
	struct scep_exchange exchange;

	buf_append_octet(&message, 0);
	exchange = lab_post(fixture->lab, buf_bytes(&message));
	assert_http_error(fixture->lab, &exchange, ERR_BER_TRAILING);
	buf_clear(&message);
}

#define FIXTURE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(whatever_is_wrong_inside_is_answered_alike),
		FIXTURE_TEST(
		    a_message_that_failed_fails_again_in_the_same_way),
		FIXTURE_TEST(a_message_cut_anywhere_is_refused_in_order),
		FIXTURE_TEST(a_message_damaged_anywhere_is_never_a_success),
		FIXTURE_TEST(bytes_behind_a_message_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
