/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_operation.h"

#include "crypto/provider_internal.h"
#include "tests/unit/scep_reply.h"

/* Which messages reach a handler, and what happens to all others. */

/* What becomes of a PKCS#10 request with each type, after 19 has been there:
 * to a poll, it looks like two names. */
static enum err
expected_of(unsigned type)
{
	switch (type) {
	case MESSAGE_TYPE_RENEWAL_REQ:
		return ERR_RENEWAL_SIGNER;
	case MESSAGE_TYPE_PKCS_REQ:
	case MESSAGE_TYPE_CERT_POLL:
		return ERR_OK;
	case MESSAGE_TYPE_GET_CERT:
		return ERR_CSR_MALFORMED;
	case MESSAGE_TYPE_GET_CRL:
		return ERR_CRL_NONE;
	default:
		return ERR_MESSAGE_TYPE;
	}
}

static void
five_types_of_all_256_reach_a_handler(void **state)
{
	struct device *device = *state;

	for (unsigned type = 0; type < 256; type++) {
		char *text = xasprintf("%u", type);

		device->request.message_type = text;
		if (expected_of(type) == ERR_OK)
			certificate_free(assert_request_issued(device->lab,
			    &device->request));
		else
			assert_request_refused(device->lab, &device->request,
			    expected_of(type));
		free(text);
	}
}

/* Hostile input 51: what resembles 19, or would be it after an overflow. */
static const struct cms_attribute spellings[] = {
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("019") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("0019") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19x") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("x19") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("+19") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("-19") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL(" 19") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19 ") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("1 9") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("1") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("190") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("1919") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19.0") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("0x13") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("13h") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("275") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("4294967315") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("\0") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("\00019") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("1\0009") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("PKCSReq") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19\n3") },
	{ OID_MESSAGE_TYPE, DER_OCTET_STRING, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_BIT_STRING, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_BOOLEAN, BYTES_LITERAL("\x13") },
	{ OID_MESSAGE_TYPE, DER_ENUMERATED, BYTES_LITERAL("\x13") },
	{ OID_MESSAGE_TYPE, DER_NULL, BYTES_LITERAL("") },
	{ OID_MESSAGE_TYPE, DER_BMP_STRING, BYTES_LITERAL("\0001\0009") },
	{ OID_MESSAGE_TYPE, DER_CONTEXT, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_SEQUENCE,
	    BYTES_LITERAL("\x13\x02"
			  "19") },
	/* As INTEGER: 12601, -237, -19, 275, 19 in two octets. */
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\xff\x13") },
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\xed") },
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\x01\x13") },
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\0\x13") },
	/* No messageType at all. */
	{ OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
};

static struct buf
message_of_type(const struct device *device, const struct cms_attribute *type)
{
	const struct cms_attribute attributes[] = {
		*type,
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("txid") },
	};

	return lab_request_with(device->lab, &device->request, attributes,
	    COUNT(attributes));
}

static void
nothing_that_resembles_19_reaches_a_handler(void **state)
{
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct buf message = message_of_type(device, &spellings[i]);

		assert_refused(device->lab, &device->client,
		    buf_bytes(&message), ERR_MESSAGE_TYPE);
		buf_clear(&message);
	}
}

/* T20: other string types, a final NUL, and an INTEGER in very old clients;
 * all of them mean 19 and go the same way as "19". */
static const struct cms_attribute tolerated[] = {
	{ OID_MESSAGE_TYPE, DER_UTF8_STRING, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_IA5_STRING, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_T61_STRING, BYTES_LITERAL("19") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19\0") },
	{ OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\x13") },
};

static void
what_old_clients_write_for_19_needs_the_challenge_too(void **state)
{
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(tolerated); i++) {
		struct buf message;

		device->request.challenge = BYTES_LITERAL("secret");
		message = message_of_type(device, &tolerated[i]);
		certificate_free(assert_issued(device->lab, &device->client,
		    buf_bytes(&message)));
		buf_clear(&message);
		device->request.challenge = BYTES_LITERAL("wrong");
		message = message_of_type(device, &tolerated[i]);
		assert_refused(device->lab, &device->client,
		    buf_bytes(&message), ERR_CHALLENGE_WRONG);
		buf_clear(&message);
	}
}

/* A request as cryptlib signs it, but for the algorithms. */
static struct buf
message_of_cryptlib(const struct device *device)
{
	const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("user name") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING,
		    BYTES_LITERAL("0123456789abcdef") },
		{ OID_RANDOM_NONCE, DER_OCTET_STRING,
		    BYTES_LITERAL("01234567") },
	};

	return lab_request_with(device->lab, &device->request, attributes,
	    COUNT(attributes));
}

/* Whether the answer, which brings no certificate, has a content. */
static bool
answer_has_content(const struct device *device, struct buf *message)
{
	struct scep_exchange exchange = lab_post(device->lab,
	    buf_bytes(message));
	struct cert_rep cert_rep = assert_cert_rep(device->lab, &device->client,
	    device->lab->ca, &exchange);
	struct cms_signed reply = { 0 };
	bool has_content;

	assert_int_not_equal(cert_rep.status, PKI_STATUS_SUCCESS);
	assert_int_equal(cms_signed_read(buf_bytes(&exchange.reply), &reply),
	    ERR_OK);
	has_content = reply.has_content;
	assert_int_equal(reply.content.size, 0);
	cms_signed_clear(&reply);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(message);
	return has_content;
}

#define LAB_MANUAL "enrol = { anonymous = true; approval = \"manual\"; }; "

/* E9: one whose challenge is wrong, and one that has to wait. */
static const struct {
	const char *text;
	bool of_others;
	bool of_cryptlib;
} settings[] = {
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE), true, false },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "empty_content = \"automatic\"; "),
	    true, false },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "empty_content = \"present\"; "),
	    true, true },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "empty_content = \"absent\"; "),
	    false, false },
	{ LAB_ENDPOINT(LAB_CA LAB_MANUAL), true, false },
	{ LAB_ENDPOINT(LAB_CA LAB_MANUAL "empty_content = \"present\"; "), true,
	    true },
	{ LAB_ENDPOINT(LAB_CA LAB_MANUAL "empty_content = \"absent\"; "), false,
	    false },
};

static void
an_endpoint_says_what_an_empty_answer_looks_like(void **state)
{
	struct device *device = *state;

	device->request.challenge = BYTES_LITERAL("wrong");
	for (size_t i = 0; i < COUNT(settings); i++) {
		struct buf usual = lab_request_message(device->lab,
		    &device->request);
		struct buf cryptlib = message_of_cryptlib(device);

		lab_restart(device->lab, settings[i].text);
		if (answer_has_content(device, &usual) !=
			settings[i].of_others ||
		    answer_has_content(device, &cryptlib) !=
			settings[i].of_cryptlib)
			fail_msg("%s", settings[i].text);
	}
}

static void
every_row_of_the_table_has_its_three_steps(void **state)
{
	size_t rows = 0;

	(void)state;
	for (; pki_operation_rows[rows].handle != NULL; rows++) {
		assert_non_null(pki_operation_rows[rows].parse);
		assert_non_null(pki_operation_rows[rows].authorise);
		for (size_t i = 0; i < rows; i++)
			assert_int_not_equal(pki_operation_rows[i].type,
			    pki_operation_rows[rows].type);
	}
	assert_int_equal(rows, 5);
}

/* Decision table 2.3, first row. */
static void
without_a_transaction_id_there_is_no_signed_answer(void **state)
{
	static const struct cms_attribute type = { OID_MESSAGE_TYPE,
		DER_PRINTABLE_STRING, BYTES_LITERAL("19") };
	struct device *device = *state;
	struct buf message = lab_request_with(device->lab, &device->request,
	    &type, 1);
	struct scep_exchange exchange = lab_post(device->lab,
	    buf_bytes(&message));

	assert_http_error(device->lab, &exchange, ERR_TRANSACTION_ID);
	buf_clear(&message);
}

static void
a_bad_signature_is_answered_with_bad_message_check(void **state)
{
	struct device *device = *state;
	struct buf message = lab_request_message(device->lab, &device->request);

	message.data[message.size - 1] ^= 1;
	assert_refused(device->lab, &device->client, buf_bytes(&message),
	    ERR_SIGNED_SIGNATURE);
	assert_int_equal(err_fail_info(ERR_SIGNED_SIGNATURE),
	    FAIL_INFO_BAD_MESSAGE_CHECK);
	buf_clear(&message);
}

static void
an_algorithm_that_is_not_listed_is_answered_with_bad_alg(void **state)
{
	struct device *device = *state;

	device->request.digest = DIGEST_MD5;
	assert_request_refused(device->lab, &device->request, ERR_DIGEST);
	device->request.digest = DIGEST_SHA256;
	device->request.cipher = CIPHER_DES_CBC;
	assert_request_refused(device->lab, &device->request, ERR_CIPHER);
	assert_int_equal(err_fail_info(ERR_CIPHER), FAIL_INFO_BAD_ALG);
	lab_restart(device->lab, LAB_ENDPOINT(LAB_CA LAB_CHALLENGE LAB_LEGACY));
	certificate_free(assert_request_issued(device->lab, &device->request));
}

/* An RA answers, and both its key and the CA's open envelopes: PyScep takes
 * the CA's certificate where there is one RA alone. */
static void
an_ra_answers_for_its_ca(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	lab_restart(lab, LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE));
	for (int i = 0; i < 2; i++) {
		device->request.recipient = i == 0 ? lab->ra : lab->ca;
		assert_int_equal(status_of(lab, &device->request, lab->ra),
		    PKI_STATUS_SUCCESS);
	}
}

static void
an_ec_signer_can_not_be_answered(void **state)
{
	struct device *device = *state;
	struct lab_client ec = lab_client_new(device->lab, "keys/p256.pem");
	struct lab_request request = lab_request_by(device->lab, &ec);

	assert_request_refused(device->lab, &request, ERR_REPLY_KEY);
	/* With an RSA signer, the certificate may well be for an EC key. */
	request.client = &device->client;
	certificate_free(assert_request_issued(device->lab, &request));
	lab_client_clear(&ec);
}

static bool is_mute;

static enum err
sign_or_not(const struct private_key *key, enum digest digest,
    struct bytes digest_value, struct buf *signature)
{
	return is_mute ?
	    ERR_SIGN :
	    provider_gnutls.sign(key, digest, digest_value, signature);
}

static void
a_server_that_can_not_sign_says_so_without_a_signature(void **state)
{
	struct device *device = *state;
	struct provider moody = provider_gnutls;
	struct buf message = lab_request_message(device->lab, &device->request);
	struct scep_exchange exchange;

	moody.sign = sign_or_not;
	device->lab->provider = &moody;
	is_mute = false;
	lab_restart(device->lab, LAB_DEFAULT);
	is_mute = true;
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_http_error(device->lab, &exchange, ERR_SIGN);
	/* Nor can it say that the challenge was wrong. */
	buf_clear(&message);
	device->request.challenge = BYTES_LITERAL("wrong");
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_http_error(device->lab, &exchange, ERR_SIGN);
	is_mute = false;
	device->lab->provider = &provider_gnutls;
	lab_restart(device->lab, LAB_DEFAULT);
	buf_clear(&message);
}

static void
a_ca_that_has_expired_meanwhile_is_a_failure(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct buf message = lab_request_message(lab, &device->request);
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("POST"),
		.body = buf_bytes(&message),
		.received_at = lab->ca->not_after + 1,
	};
	struct cert_rep cert_rep;

	lab_serve(lab, &exchange);
	assert_true(lab_logged(lab, "result=failure reason=ca-validity "));
	cert_rep = assert_cert_rep(lab, &device->client, lab->ca, &exchange);
	assert_int_equal(cert_rep.status, PKI_STATUS_FAILURE);
	assert_int_equal(cert_rep.fail_info, err_fail_info(ERR_CA_VALIDITY));
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(five_types_of_all_256_reach_a_handler),
		DEVICE_TEST(nothing_that_resembles_19_reaches_a_handler),
		DEVICE_TEST(
		    what_old_clients_write_for_19_needs_the_challenge_too),
		DEVICE_TEST(an_endpoint_says_what_an_empty_answer_looks_like),
		DEVICE_TEST(every_row_of_the_table_has_its_three_steps),
		DEVICE_TEST(without_a_transaction_id_there_is_no_signed_answer),
		DEVICE_TEST(a_bad_signature_is_answered_with_bad_message_check),
		DEVICE_TEST(
		    an_algorithm_that_is_not_listed_is_answered_with_bad_alg),
		DEVICE_TEST(an_ra_answers_for_its_ca),
		DEVICE_TEST(an_ec_signer_can_not_be_answered),
		DEVICE_TEST(
		    a_server_that_can_not_sign_says_so_without_a_signature),
		DEVICE_TEST(a_ca_that_has_expired_meanwhile_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
