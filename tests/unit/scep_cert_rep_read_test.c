/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/cert_rep.h"

#include "tests/unit/scep_reply.h"

/* cert_rep_read on answers that no server of ours gives. */

#define MAX_ATTRIBUTES 8

/* One change to the attributes of a good FAILURE. */
static const struct {
	const char *what;
	struct cms_attribute change; /* of the type that it names; of tag 0:
	                              * left out */
	bool added;                  /* beside the one that is there */
	enum err expected;
} changes[] = {
	{ "nothing",
	    { OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("3") },
	    false, ERR_OK },
	{ "no messageType", { OID_MESSAGE_TYPE, 0, { NULL, 0 } }, false,
	    ERR_MESSAGE_TYPE },
	{ "messageType 19",
	    { OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
	    false, ERR_MESSAGE_TYPE },
	{ "messageType 03",
	    { OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("03") },
	    false, ERR_MESSAGE_TYPE },
	{ "messageType INTEGER",
	    { OID_MESSAGE_TYPE, DER_INTEGER, BYTES_LITERAL("\x03") }, false,
	    ERR_MESSAGE_TYPE },
	{ "no pkiStatus", { OID_PKI_STATUS, 0, { NULL, 0 } }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "pkiStatus 1",
	    { OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("1") }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "pkiStatus 02",
	    { OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("02") },
	    false, ERR_SIGNED_ATTRIBUTE },
	{ "pkiStatus empty",
	    { OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("") }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "two pkiStatus",
	    { OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("0") }, true,
	    ERR_SIGNED_ATTRIBUTE },
	{ "no failInfo", { OID_FAIL_INFO, 0, { NULL, 0 } }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "failInfo 5",
	    { OID_FAIL_INFO, DER_PRINTABLE_STRING, BYTES_LITERAL("5") }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "failInfo x",
	    { OID_FAIL_INFO, DER_PRINTABLE_STRING, BYTES_LITERAL("x") }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "failInfoText broken",
	    { OID_FAIL_INFO_TEXT, DER_UTF8_STRING, BYTES_LITERAL("\xff") },
	    false, ERR_STRING },
	{ "no failInfoText", { OID_FAIL_INFO_TEXT, 0, { NULL, 0 } }, false,
	    ERR_OK },
	{ "no transactionID", { OID_TRANSACTION_ID, 0, { NULL, 0 } }, false,
	    ERR_TRANSACTION_ID },
	{ "transactionID UTF8",
	    { OID_TRANSACTION_ID, DER_UTF8_STRING, BYTES_LITERAL("txid") },
	    false, ERR_TRANSACTION_ID },
	{ "no nonces", { OID_SENDER_NONCE, 0, { NULL, 0 } }, false, ERR_OK },
	{ "senderNonce text",
	    { OID_SENDER_NONCE, DER_PRINTABLE_STRING, BYTES_LITERAL("nonce") },
	    false, ERR_SIGNED_ATTRIBUTE },
	{ "recipientNonce NULL",
	    { OID_RECIPIENT_NONCE, DER_NULL, BYTES_LITERAL("") }, false,
	    ERR_SIGNED_ATTRIBUTE },
	{ "two recipientNonces",
	    { OID_RECIPIENT_NONCE, DER_OCTET_STRING, BYTES_LITERAL("x") }, true,
	    ERR_SIGNED_ATTRIBUTE },
};

static const struct cms_attribute failure[] = {
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("3") },
	{ OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("2") },
	{ OID_FAIL_INFO, DER_PRINTABLE_STRING, BYTES_LITERAL("4") },
	{ OID_FAIL_INFO_TEXT, DER_UTF8_STRING, BYTES_LITERAL("No.") },
	{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING, BYTES_LITERAL("txid") },
	{ OID_SENDER_NONCE, DER_OCTET_STRING, BYTES_LITERAL("ours") },
	{ OID_RECIPIENT_NONCE, DER_OCTET_STRING, BYTES_LITERAL("theirs") },
};

/* An answer with these attributes, signed by the CA. */
static struct buf
answer_with(const struct lab *lab, const struct cms_attribute *attributes,
    size_t count)
{
	struct cms_signed_order order = {
		.has_content = true,
		.digest = DIGEST_SHA256,
		.attributes = attributes,
		.attribute_count = count,
		.signer = lab->ca,
		.key = lab->ca_key,
		.signing_time = LAB_NOW,
	};
	struct buf message = { 0 };

	assert_int_equal(cms_signed_append(&message, lab->provider, &order),
	    ERR_OK);
	return message;
}

static size_t
changed(const struct cms_attribute *change, bool added,
    struct cms_attribute *attributes)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(failure); i++)
		if (added || !bytes_equal(failure[i].oid, change->oid))
			attributes[count++] = failure[i];
	if (change->tag != 0)
		attributes[count++] = *change;
	return count;
}

static void
read_refuses_what_is_no_sound_answer(void **state)
{
	struct lab *lab = *state;
	struct lab_client nobody = { 0 };

	for (size_t i = 0; i < COUNT(changes); i++) {
		struct cms_attribute attributes[MAX_ATTRIBUTES];
		size_t count = changed(&changes[i].change, changes[i].added,
		    attributes);
		struct buf message = answer_with(lab, attributes, count);
		struct cert_rep cert_rep = { 0 };
		enum err err = lab_client_read(lab, &nobody, lab->ca,
		    buf_bytes(&message), &cert_rep);

		if (err != changes[i].expected)
			fail_msg("%s: %s", changes[i].what, err_name(err));
		assert_int_equal(cert_rep.transaction_id.size > 0,
		    err == ERR_OK);
		cert_rep_clear(&cert_rep);
		buf_clear(&message);
	}
}

/* The certificate that comes along is not what is trusted. */
static void
read_believes_the_signer_it_was_given_alone(void **state)
{
	struct lab *lab = *state;
	struct lab_client nobody = { 0 };
	struct buf message = answer_with(lab, failure, COUNT(failure));
	struct cert_rep cert_rep = { 0 };

	assert_int_equal(lab_client_read(lab, &nobody, lab->ra,
			     buf_bytes(&message), &cert_rep),
	    ERR_SIGNED_SIGNATURE);
	buf_clear(&message);
}

/* A SUCCESS around these contents. */
static enum err
read_success(const struct lab *lab, const struct lab_client *client,
    struct bytes content)
{
	const struct cms_attribute status = { OID_PKI_STATUS,
		DER_PRINTABLE_STRING, BYTES_LITERAL("0") };
	struct cms_attribute attributes[MAX_ATTRIBUTES];
	struct cms_signed_order order = {
		.has_content = content.data != NULL,
		.content = content,
		.digest = DIGEST_SHA256,
		.attributes = attributes,
		.attribute_count = changed(&status, false, attributes),
		.signer = lab->ca,
		.key = lab->ca_key,
		.signing_time = LAB_NOW,
	};
	struct cert_rep cert_rep = { 0 };
	struct buf message = { 0 };
	enum err err;

	assert_int_equal(cms_signed_append(&message, lab->provider, &order),
	    ERR_OK);
	err = lab_client_read(lab, client, lab->ca, buf_bytes(&message),
	    &cert_rep);
	assert_int_equal(cert_rep.certificates.size > 0, err == ERR_OK);
	cert_rep_clear(&cert_rep);
	buf_clear(&message);
	return err;
}

static void
read_opens_what_is_sealed_for_the_client(void **state)
{
	struct lab *lab = *state;
	struct lab_client client = lab_client_recorded(lab, "sscep");
	struct lab_client other = lab_client_recorded(lab, "strongswan");
	struct buf envelope = { 0 };

	assert_int_equal(cms_envelope_append(&envelope, lab->provider,
			     client.certificate, CIPHER_AES256_CBC,
			     BYTES_LITERAL("\x30\x00")),
	    ERR_OK);
	assert_int_equal(read_success(lab, &client, buf_bytes(&envelope)),
	    ERR_OK);
	/* Which error is for the wrong key's accidental padding to say. */
	assert_int_not_equal(read_success(lab, &other, buf_bytes(&envelope)),
	    ERR_OK);
	assert_int_equal(read_success(lab, &client, bytes_of(NULL, 0)),
	    ERR_BER_TRUNCATED);
	assert_int_equal(read_success(lab, &client, BYTES_LITERAL("\x30\x00")),
	    ERR_ENVELOPE_MISSING);
	buf_clear(&envelope);
	lab_client_clear(&client);
	lab_client_clear(&other);
}

static void
read_refuses_what_is_no_message_at_all(void **state)
{
	struct lab *lab = *state;
	struct lab_client nobody = { 0 };
	struct cert_rep cert_rep = { 0 };

	assert_int_equal(lab_client_read(lab, &nobody, lab->ca,
			     bytes_of(NULL, 0), &cert_rep),
	    ERR_BER_TRUNCATED);
	assert_int_equal(lab_client_read(lab, &nobody, lab->ca,
			     buf_bytes(&lab->ca->der), &cert_rep),
	    ERR_DER_TAG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_LAB_TEST(read_refuses_what_is_no_sound_answer),
		BARE_LAB_TEST(read_believes_the_signer_it_was_given_alone),
		BARE_LAB_TEST(read_opens_what_is_sealed_for_the_client),
		BARE_LAB_TEST(read_refuses_what_is_no_message_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
