/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_message.h"

#include "crypto/provider_internal.h"
#include "tests/unit/scep_reply.h"

/* Requests opened and made: what is read of them, and how far. */

struct fixture {
	struct lab *lab;
	struct lab_client client;
	struct lab_request request;
	struct cms_keyring keyring;
};

static int
setup(void **state)
{
	struct fixture *fixture = xalloc(sizeof(*fixture));

	fixture->lab = lab_new();
	fixture->client = lab_client_new(fixture->lab, "sscep/client.key");
	fixture->request = lab_request_by(fixture->lab, &fixture->client);
	fixture->request.data = BYTES_LITERAL("the message data");
	fixture->keyring = (struct cms_keyring){
		.provider = fixture->lab->provider,
		.identities = { { fixture->lab->ca, fixture->lab->ca_key } },
		.count = 1
	};
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

static bool
serve_pkcs_req(enum message_type type)
{
	return type == MESSAGE_TYPE_PKCS_REQ;
}

/* What came of a message; clear it by opened_clear. */
struct opened {
	enum err err;
	struct pki_header header;
	struct pki_request *request;
};

static struct opened
open_message(const struct fixture *fixture, struct bytes message)
{
	struct pki_rules rules = { &fixture->keyring, ALGORITHMS_DEFAULT,
		serve_pkcs_req };
	struct opened opened = { 0 };

	opened.err = pki_message_open(message, &rules, &opened.header,
	    &opened.request);
	assert_int_equal(opened.request != NULL, opened.err == ERR_OK);
	return opened;
}

static struct opened
open_request(const struct fixture *fixture)
{
	struct buf message = lab_request_message(fixture->lab,
	    &fixture->request);
	struct opened opened = open_message(fixture, buf_bytes(&message));

	buf_clear(&message);
	return opened;
}

static void
opened_clear(struct opened *opened)
{
	pki_header_clear(&opened->header);
	pki_request_free(opened->request);
}

static void
assert_opened(const struct opened *opened, enum err expected, const char *what)
{
	if (opened->err != expected)
		fail_msg("%s: got %s, want %s", what,
		    opened->err == ERR_OK ? "ok" : err_name(opened->err),
		    expected == ERR_OK ? "ok" : err_name(expected));
}

static void
open_reads_what_append_made(void **state)
{
	struct fixture *fixture = *state;
	struct algorithms all = ALGORITHMS_DEFAULT;

	for (unsigned i = 0; i < CIPHER_COUNT * DIGEST_COUNT; i++) {
		enum cipher cipher = (enum cipher)(i % CIPHER_COUNT);
		enum digest digest = (enum digest)(i / CIPHER_COUNT);
		struct opened opened;

		if (!algorithms_have_cipher(all, cipher) ||
		    !algorithms_have_digest(all, digest))
			continue;
		fixture->request.cipher = cipher;
		fixture->request.digest = digest;
		opened = open_request(fixture);
		assert_opened(&opened, ERR_OK, cipher_facts(cipher)->name);
		assert_bytes(pki_request_data(opened.request),
		    "the message data");
		assert_int_equal(pki_request_type(opened.request),
		    MESSAGE_TYPE_PKCS_REQ);
		assert_same_bytes(
		    buf_bytes(&pki_request_signer(opened.request)->der),
		    buf_bytes(&fixture->client.certificate->der));
		assert_true(opened.header.has_digest);
		assert_int_equal(opened.header.digest, digest);
		assert_true(opened.header.has_cipher);
		assert_int_equal(opened.header.cipher, cipher);
		assert_int_equal(opened.header.detail.size, 0);
		opened_clear(&opened);
	}
}

/* Opens the request with `attribute` in place of the one of its type, or
 * without that where the tag is 0. */
static struct opened
open_with(const struct fixture *fixture, struct cms_attribute attribute)
{
	struct cms_attribute attributes[3] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("txid") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING, BYTES_LITERAL("n") },
	};
	struct opened opened;
	struct buf message;

	for (size_t i = 0; i < COUNT(attributes); i++)
		if (bytes_equal(attributes[i].oid, attribute.oid))
			attributes[i] = attribute;
	/* One that is not there is one of another type. */
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (attributes[i].tag == 0)
			attributes[i] = (struct cms_attribute){ OID_FAIL_INFO,
				DER_NULL, { NULL, 0 } };
	message = lab_request_with(fixture->lab, &fixture->request, attributes,
	    COUNT(attributes));
	opened = open_message(fixture, buf_bytes(&message));
	buf_clear(&message);
	return opened;
}

#define TEXT_256 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* T20, T21, hostile inputs 17 and 30. */
static const struct {
	uint8_t tag;
	struct bytes value;
	struct bytes id; /* of size 0: refused */
} ids[] = {
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("0"), BYTES_LITERAL("0") },
	{ DER_UTF8_STRING, BYTES_LITERAL("\xc3\xa4"),
	    BYTES_LITERAL("\xc3\xa4") },
	{ DER_IA5_STRING, BYTES_LITERAL("a:b/+="), BYTES_LITERAL("a:b/+=") },
	{ DER_T61_STRING, BYTES_LITERAL("\xe4"), BYTES_LITERAL("\xe4") },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("'; DROP --/../"),
	    BYTES_LITERAL("'; DROP --/../") },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL(" a "), BYTES_LITERAL(" a ") },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("a\0"), BYTES_LITERAL("a") },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("a\0b\0\0"),
	    BYTES_LITERAL("a\0b") },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL(TEXT_256),
	    BYTES_LITERAL(TEXT_256) },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL(TEXT_256 "x"), { NULL, 0 } },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL(""), { NULL, 0 } },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("\0"), { NULL, 0 } },
	{ DER_BOOLEAN, BYTES_LITERAL("\xff"), { NULL, 0 } },
	{ DER_INTEGER, BYTES_LITERAL("1"), { NULL, 0 } },
	{ DER_OCTET_STRING, BYTES_LITERAL("a"), { NULL, 0 } },
	{ DER_BIT_STRING, BYTES_LITERAL("\0a"), { NULL, 0 } },
	{ DER_SEQUENCE,
	    BYTES_LITERAL("\x13\x01"
			  "a"),
	    { NULL, 0 } },
	{ 0, { NULL, 0 }, { NULL, 0 } },
};

static void
a_transaction_id_is_text_of_any_kind(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(ids); i++) {
		struct opened opened = open_with(fixture,
		    (struct cms_attribute){ OID_TRANSACTION_ID, ids[i].tag,
			ids[i].value });
		bool good = ids[i].id.size > 0;

		assert_opened(&opened, good ? ERR_OK : ERR_TRANSACTION_ID,
		    (const char *)ids[i].value.data);
		assert_same_bytes(buf_bytes(&opened.header.transaction_id),
		    ids[i].id);
		if (good)
			assert_int_equal(opened.header.transaction_id_tag,
			    ids[i].tag);
		opened_clear(&opened);
	}
}

/* T22. */
static const struct {
	uint8_t tag;
	struct bytes value;
	enum err expected;
} nonces[] = {
	{ DER_OCTET_STRING, BYTES_LITERAL("12345678"), ERR_OK },
	{ DER_OCTET_STRING, BYTES_LITERAL(""), ERR_OK },
	{ 0, { NULL, 0 }, ERR_OK },
	{ DER_OCTET_STRING, { (const uint8_t *)TEXT_256, 64 }, ERR_OK },
	{ DER_OCTET_STRING, { (const uint8_t *)TEXT_256, 65 },
	    ERR_SENDER_NONCE },
	{ DER_PRINTABLE_STRING, BYTES_LITERAL("12345678"), ERR_SENDER_NONCE },
	{ DER_NULL, BYTES_LITERAL(""), ERR_SENDER_NONCE },
};

static void
a_sender_nonce_is_of_any_length_up_to_64(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(nonces); i++) {
		struct opened opened = open_with(fixture,
		    (struct cms_attribute){ OID_SENDER_NONCE, nonces[i].tag,
			nonces[i].value });

		assert_opened(&opened, nonces[i].expected, "nonce");
		assert_same_bytes(buf_bytes(&opened.header.sender_nonce),
		    nonces[i].expected == ERR_OK ? nonces[i].value :
						   bytes_of(NULL, 0));
		assert_bytes(buf_bytes(&opened.header.transaction_id), "txid");
		opened_clear(&opened);
	}
}

static void
a_doubled_attribute_is_refused(void **state)
{
	static const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("17") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("txid") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("other") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING, BYTES_LITERAL("n") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING, BYTES_LITERAL("m") },
	};
	/* Which to leave out so that one type is there twice. */
	static const size_t left[][4] = { { 0, 1, 2, 4 }, { 0, 2, 3, 4 },
		{ 0, 2, 4, 5 } };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(left); i++) {
		struct cms_attribute chosen[4];
		struct opened opened;
		struct buf message;

		for (size_t j = 0; j < COUNT(chosen); j++)
			chosen[j] = attributes[left[i][j]];
		message = lab_request_with(fixture->lab, &fixture->request,
		    chosen, COUNT(chosen));
		opened = open_message(fixture, buf_bytes(&message));
		assert_opened(&opened, ERR_SIGNED_ATTRIBUTE, "doubled");
		opened_clear(&opened);
		buf_clear(&message);
	}
}

static void
a_bad_signature_still_tells_whom_to_answer(void **state)
{
	struct fixture *fixture = *state;
	struct buf message = lab_request_message(fixture->lab,
	    &fixture->request);
	struct opened opened;

	message.data[message.size - 1] ^= 1;
	opened = open_message(fixture, buf_bytes(&message));
	assert_opened(&opened, ERR_SIGNED_SIGNATURE, "signature");
	assert_bytes(buf_bytes(&opened.header.transaction_id), "transaction");
	assert_bytes(buf_bytes(&opened.header.sender_nonce),
	    "0123456789abcdef");
	assert_bytes(buf_bytes(&opened.header.message_type), "19");
	assert_true(opened.header.has_digest);
	assert_false(opened.header.has_cipher);
	assert_non_null(opened.header.signer);
	opened_clear(&opened);
	buf_clear(&message);
}

static void
what_is_not_allowed_is_named_for_the_log(void **state)
{
	struct fixture *fixture = *state;
	struct opened opened;

	fixture->request.digest = DIGEST_MD5;
	opened = open_request(fixture);
	assert_opened(&opened, ERR_DIGEST, "md5");
	assert_bytes(buf_bytes(&opened.header.detail),
	    "algorithm 1.2.840.113549.2.5");
	assert_false(opened.header.has_digest);
	opened_clear(&opened);
	fixture->request.digest = DIGEST_SHA1;
	fixture->request.cipher = CIPHER_DES_CBC;
	opened = open_request(fixture);
	assert_opened(&opened, ERR_CIPHER, "des");
	assert_bytes(buf_bytes(&opened.header.detail),
	    "algorithm 1.3.14.3.2.7");
	assert_false(opened.header.has_cipher);
	opened_clear(&opened);
}

static void
a_foreign_recipient_is_named_for_the_log(void **state)
{
	struct fixture *fixture = *state;
	struct buf message = lab_vector("jscep-samples/scep_req2.der");
	struct opened opened = open_message(fixture, buf_bytes(&message));

	/* One recipient alone is tried with our key all the same (T16): what
	 * comes of that is noise, which is told in silence. */
	assert_opened(&opened, ERR_OK, "recipient");
	assert_true(opened.header.bad_padding);
	assert_non_null(strstr(buf_string(&opened.header.recipient),
	    "addressed to issuer CN="));
	assert_non_null(strstr(buf_string(&opened.header.recipient),
	    " serial "));
	opened_clear(&opened);
	fixture->keyring.count = 0;
	opened = open_message(fixture, buf_bytes(&message));
	assert_opened(&opened, ERR_ENVELOPE_RECIPIENT, "no key");
	opened_clear(&opened);
	buf_clear(&message);
}

/* Recorded messages; the sample is one that cryptlib made. */
static const struct {
	const char *name;
	bool expected;
} recorded[] = {
	{ "jscep-samples/scep_req2.der", true },
	{ "certmonger/message.der", false },
	{ "micromdm/message.der", false },
	{ "sscep/message.der", false },
	{ "strongswan/message.der", false },
	{ "apple-2016/message.der", false },
};

static void
a_random_nonce_tells_cryptlib_from_others(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(recorded); i++) {
		struct buf message = lab_vector(recorded[i].name);
		struct opened opened = open_message(fixture,
		    buf_bytes(&message));

		if (opened.header.has_random_nonce != recorded[i].expected)
			fail_msg("%s", recorded[i].name);
		opened_clear(&opened);
		buf_clear(&message);
	}
}

static size_t unwrapped;

static void
count_unwrap(const struct private_key *key, struct bytes encrypted,
    uint8_t *content_key, size_t size)
{
	unwrapped++;
	provider_gnutls.unwrap(key, encrypted, content_key, size);
}

static void
no_private_key_works_for_a_type_that_nobody_serves(void **state)
{
	struct fixture *fixture = *state;
	struct provider counting = provider_gnutls;
	struct lab lab = { .provider = &counting };
	struct key *key = lab_key(&lab, "ca/ca.key.pem");
	struct opened opened;

	counting.unwrap = count_unwrap;
	unwrapped = 0;
	fixture->keyring.identities[0].key = key;
	fixture->request.message_type = "17";
	opened = open_request(fixture);
	assert_opened(&opened, ERR_MESSAGE_TYPE, "17");
	opened_clear(&opened);
	assert_int_equal(unwrapped, 0);
	fixture->request.message_type = "19";
	opened = open_request(fixture);
	assert_opened(&opened, ERR_OK, "19");
	opened_clear(&opened);
	assert_int_equal(unwrapped, 1);
	key_free(key);
}

#define FIXTURE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(open_reads_what_append_made),
		FIXTURE_TEST(a_transaction_id_is_text_of_any_kind),
		FIXTURE_TEST(a_sender_nonce_is_of_any_length_up_to_64),
		FIXTURE_TEST(a_doubled_attribute_is_refused),
		FIXTURE_TEST(a_bad_signature_still_tells_whom_to_answer),
		FIXTURE_TEST(what_is_not_allowed_is_named_for_the_log),
		FIXTURE_TEST(a_foreign_recipient_is_named_for_the_log),
		FIXTURE_TEST(a_random_nonce_tells_cryptlib_from_others),
		FIXTURE_TEST(
		    no_private_key_works_for_a_type_that_nobody_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
