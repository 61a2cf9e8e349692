/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/cert_rep.h"

#include "crypto/cms_certs.h"
#include "tests/unit/scep_cert_rep.h"

/* The form of answers by rules E2 to E9, element by element. */

/* E2: in DER order, each once, single-valued. */
static void
assert_attributes(const struct cms_signed *message,
    const struct bytes *expected, size_t count)
{
	struct der set = der_of(message->attributes);
	struct der_element attribute, before = { 0 };
	size_t found = 0;

	for (; !der_at_end(&set); found++) {
		assert_int_equal(der_read_any(&set, &attribute), ERR_OK);
		if (found > 0)
			assert_true(bytes_compare(before.whole,
					attribute.whole) < 0);
		before = attribute;
	}
	assert_int_equal(found, count);
	for (size_t i = 0; i < count; i++)
		assert_int_not_equal(attribute_of(message, expected[i]).tag, 0);
}

static void
assert_element(const struct cms_signed *message, struct bytes oid, uint8_t tag,
    struct bytes content)
{
	struct der_element value = attribute_of(message, oid);

	assert_int_equal(value.tag, tag);
	assert_same_bytes(value.content, content);
}

static void
a_success_has_every_attribute_and_no_fail_info(void **state)
{
	const struct bytes expected[] = { OID_CONTENT_TYPE, OID_MESSAGE_DIGEST,
		OID_SIGNING_TIME, OID_MESSAGE_TYPE, OID_TRANSACTION_ID,
		OID_PKI_STATUS, OID_SENDER_NONCE, OID_RECIPIENT_NONCE };
	struct fixture *fixture = *state;
	struct buf reply = made_with(fixture, PKI_STATUS_SUCCESS);
	struct cms_signed message = taken_apart(&reply);

	assert_attributes(&message, expected, COUNT(expected));
	assert_element(&message, OID_CONTENT_TYPE, DER_OID, OID_DATA);
	assert_element(&message, OID_SIGNING_TIME, DER_UTC_TIME,
	    BYTES_LITERAL("261201000000Z"));
	assert_element(&message, OID_MESSAGE_TYPE, DER_PRINTABLE_STRING,
	    BYTES_LITERAL("3"));
	assert_element(&message, OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
	    BYTES_LITERAL("txid"));
	assert_element(&message, OID_PKI_STATUS, DER_PRINTABLE_STRING,
	    BYTES_LITERAL("0"));
	assert_element(&message, OID_RECIPIENT_NONCE, DER_OCTET_STRING,
	    BYTES_LITERAL("0123456789abcdef"));
	cms_signed_clear(&message);
	buf_clear(&reply);
}

static void
the_signer_is_named_by_its_own_octets(void **state)
{
	struct fixture *fixture = *state;
	struct buf reply = made_with(fixture, PKI_STATUS_SUCCESS);
	struct cms_signed message = taken_apart(&reply);

	assert_same_bytes(message.content_type, OID_DATA);
	assert_same_bytes(message.identifier.issuer, fixture->lab->ca->issuer);
	assert_same_bytes(message.identifier.serial, fixture->lab->ca->serial);
	/* rsaEncryption and NULL (E4). */
	assert_bytes(message.signature_algorithm,
	    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0");
	assert_same_bytes(message.certificates,
	    buf_bytes(&fixture->lab->ca->der));
	cms_signed_clear(&message);
	buf_clear(&reply);
}

static void
a_failure_says_why_and_carries_an_empty_content(void **state)
{
	static const char *const digits[] = { "0", "1", "2", "3", "4" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(digits); i++) {
		struct cert_rep_order order = order_of(fixture,
		    PKI_STATUS_FAILURE);
		struct cert_rep cert_rep;
		struct cms_signed message;
		struct buf reply;

		order.fail_info = (enum fail_info)i;
		reply = made(fixture, &order);
		message = taken_apart(&reply);
		assert_true(message.has_content);
		assert_int_equal(message.content.size, 0);
		assert_element(&message, OID_PKI_STATUS, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("2"));
		assert_element(&message, OID_FAIL_INFO, DER_PRINTABLE_STRING,
		    bytes_of_string(digits[i]));
		assert_element(&message, OID_FAIL_INFO_TEXT, DER_UTF8_STRING,
		    BYTES_LITERAL("No."));
		cert_rep = read_back(fixture, &reply);
		assert_int_equal(cert_rep.status, PKI_STATUS_FAILURE);
		assert_int_equal(cert_rep.fail_info, i);
		assert_bytes(buf_bytes(&cert_rep.fail_info_text), "No.");
		cert_rep_clear(&cert_rep);
		cms_signed_clear(&message);
		buf_clear(&reply);
	}
}

static void
pending_has_neither_content_nor_fail_info(void **state)
{
	struct fixture *fixture = *state;
	struct buf reply = made_with(fixture, PKI_STATUS_PENDING);
	struct cms_signed message = taken_apart(&reply);
	struct cert_rep cert_rep = read_back(fixture, &reply);

	assert_int_equal(message.content.size, 0);
	assert_element(&message, OID_PKI_STATUS, DER_PRINTABLE_STRING,
	    BYTES_LITERAL("3"));
	assert_int_equal(attribute_of(&message, OID_FAIL_INFO).tag, 0);
	assert_int_equal(attribute_of(&message, OID_FAIL_INFO_TEXT).tag, 0);
	assert_int_equal(cert_rep.status, PKI_STATUS_PENDING);
	cert_rep_clear(&cert_rep);
	cms_signed_clear(&message);
	buf_clear(&reply);
}

/* E9: whether there is a content, for others and for cryptlib. */
static const struct {
	enum empty_content setting;
	bool of_others;
	bool of_cryptlib;
} contents[] = {
	{ EMPTY_CONTENT_AUTOMATIC, true, false },
	{ EMPTY_CONTENT_PRESENT, true, true },
	{ EMPTY_CONTENT_ABSENT, false, false },
};

/* The answer that is neither more nor less, whichever way it says so. */
static void
assert_content(const struct fixture *fixture, enum pki_status status,
    enum empty_content setting, bool expected)
{
	struct cert_rep_order order = order_of(fixture, status);
	uint8_t digest[DIGEST_MAX_SIZE];
	struct bytes nothing = { 0 };
	struct cert_rep cert_rep;
	struct cms_signed message;
	struct buf reply;

	order.empty_content = setting;
	reply = made(fixture, &order);
	message = taken_apart(&reply);
	cert_rep = read_back(fixture, &reply);
	provider_digest(fixture->lab->provider, DIGEST_SHA256, &nothing, 1,
	    digest);
	assert_int_equal(message.has_content, expected);
	assert_int_equal(message.content.size, 0);
	assert_element(&message, OID_MESSAGE_DIGEST, DER_OCTET_STRING,
	    bytes_of(digest, digest_facts(DIGEST_SHA256)->size));
	assert_int_equal(cert_rep.status, status);
	cert_rep_clear(&cert_rep);
	cms_signed_clear(&message);
	buf_clear(&reply);
}

static void
a_client_gets_the_empty_content_that_it_can_read(void **state)
{
	static const enum pki_status statuses[] = { PKI_STATUS_FAILURE,
		PKI_STATUS_PENDING };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(contents) * COUNT(statuses); i++) {
		size_t row = i / COUNT(statuses);
		enum pki_status status = statuses[i % COUNT(statuses)];

		fixture->header.has_random_nonce = false;
		assert_content(fixture, status, contents[row].setting,
		    contents[row].of_others);
		fixture->header.has_random_nonce = true;
		assert_content(fixture, status, contents[row].setting,
		    contents[row].of_cryptlib);
	}
}

static void
a_certificate_is_sent_whatever_is_said_of_empty_content(void **state)
{
	struct fixture *fixture = *state;

	fixture->header.has_random_nonce = true;
	for (size_t i = 0; i < COUNT(contents); i++) {
		struct cert_rep_order order = order_of(fixture,
		    PKI_STATUS_SUCCESS);
		struct cert_rep cert_rep;
		struct buf reply;

		order.empty_content = contents[i].setting;
		reply = made(fixture, &order);
		cert_rep = read_back(fixture, &reply);
		assert_true(cert_rep.certificates.size > 0);
		cert_rep_clear(&cert_rep);
		buf_clear(&reply);
	}
}

static void
certificates_are_sent_leaf_first_in_the_order_given(void **state)
{
	struct fixture *fixture = *state;
	struct cert_rep_order order = order_of(fixture, PKI_STATUS_SUCCESS);
	struct bytes sent[] = { buf_bytes(&fixture->lab->ra->der),
		buf_bytes(&fixture->lab->ca->der) };
	struct cert_rep cert_rep;
	struct bytes found[3];
	size_t count = 0;
	struct buf reply;

	order.certificates = sent;
	order.certificate_count = COUNT(sent);
	reply = made(fixture, &order);
	cert_rep = read_back(fixture, &reply);
	assert_int_equal(cms_certs_read(buf_bytes(&cert_rep.certificates),
			     found, COUNT(found), &count),
	    ERR_OK);
	assert_int_equal(count, COUNT(sent));
	assert_same_bytes(found[0], sent[0]);
	assert_same_bytes(found[1], sent[1]);
	cert_rep_clear(&cert_rep);
	buf_clear(&reply);
}

/* T22. */
static const size_t nonce_sizes[][2] = { { 0, 16 }, { 1, 1 }, { 8, 8 },
	{ 16, 16 }, { 17, 17 }, { 64, 64 } };

static void
our_nonce_is_fresh_and_as_long_as_the_requests(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(nonce_sizes); i++) {
		struct buf *nonce = &fixture->header.sender_nonce;
		struct buf first, second;
		struct cert_rep one, two;

		buf_clear(nonce);
		buf_extend(nonce, nonce_sizes[i][0]);
		first = made_with(fixture, PKI_STATUS_PENDING);
		second = made_with(fixture, PKI_STATUS_PENDING);
		one = read_back(fixture, &first);
		two = read_back(fixture, &second);
		assert_int_equal(one.sender_nonce.size, nonce_sizes[i][1]);
		assert_same_bytes(buf_bytes(&one.recipient_nonce),
		    buf_bytes(nonce));
		if (nonce_sizes[i][1] > 1)
			assert_false(bytes_equal(buf_bytes(&one.sender_nonce),
			    buf_bytes(&two.sender_nonce)));
		cert_rep_clear(&one);
		cert_rep_clear(&two);
		buf_clear(&first);
		buf_clear(&second);
	}
}

/* T21: PrintableString where it can be one, else what it was. */
static const struct {
	struct bytes id;
	uint8_t tag;
	uint8_t expected;
} ids[] = {
	{ BYTES_LITERAL("aB/+= :19"), DER_UTF8_STRING, DER_PRINTABLE_STRING },
	{ BYTES_LITERAL("0"), DER_T61_STRING, DER_PRINTABLE_STRING },
	{ BYTES_LITERAL("a_b"), DER_IA5_STRING, DER_IA5_STRING },
	{ BYTES_LITERAL("\xc3\xa4"), DER_UTF8_STRING, DER_UTF8_STRING },
	{ BYTES_LITERAL("a\0b"), DER_PRINTABLE_STRING, DER_PRINTABLE_STRING },
};

static void
transaction_id_is_echoed_octet_by_octet(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(ids); i++) {
		struct cms_signed message;
		struct buf reply;

		buf_clear(&fixture->header.transaction_id);
		buf_append(&fixture->header.transaction_id, ids[i].id);
		fixture->header.transaction_id_tag = ids[i].tag;
		reply = made_with(fixture, PKI_STATUS_PENDING);
		message = taken_apart(&reply);
		assert_element(&message, OID_TRANSACTION_ID, ids[i].expected,
		    ids[i].id);
		cms_signed_clear(&message);
		buf_clear(&reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_success_has_every_attribute_and_no_fail_info),
		FIXTURE_TEST(the_signer_is_named_by_its_own_octets),
		FIXTURE_TEST(a_failure_says_why_and_carries_an_empty_content),
		FIXTURE_TEST(pending_has_neither_content_nor_fail_info),
		FIXTURE_TEST(a_client_gets_the_empty_content_that_it_can_read),
		FIXTURE_TEST(
		    a_certificate_is_sent_whatever_is_said_of_empty_content),
		FIXTURE_TEST(
		    certificates_are_sent_leaf_first_in_the_order_given),
		FIXTURE_TEST(our_nonce_is_fresh_and_as_long_as_the_requests),
		FIXTURE_TEST(transaction_id_is_echoed_octet_by_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
