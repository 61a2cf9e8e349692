/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "tests/unit/policy_requests.h"
#include "tests/unit/scep_reply.h"

/*
 * The rules of a first enrolment, asked through the whole of scep/: whoever
 * breaks one gets a signed FAILURE, and nobody a certificate that says more
 * than the profile.
 */

/* The request with these PKCS#10 attributes, in the notation of
 * crypto_codec.h; the caller's, to buf_clear. */
static struct buf
csr_with(const struct device *device, const char *attributes)
{
	const struct bytes parts[] = { device->request.subject,
		key_spki(device->request.key) };
	char *notation = xasprintf("30{ 020100 $0 $1 a0{ %s } }", attributes);
	struct buf info = asn1_of(notation, parts), csr = { 0 };

	assert_int_equal(signed_object_append(&csr, device->request.key,
			     buf_bytes(&info)),
	    ERR_OK);
	buf_clear(&info);
	free(notation);
	return csr;
}

/* What comes of a request with these attributes. */
static void
assert_outcome(struct device *device, const char *attributes, enum err expected)
{
	struct buf csr = csr_with(device, attributes);

	device->request.data = buf_bytes(&csr);
	if (expected == ERR_OK)
		certificate_free(assert_request_issued(device->lab,
		    &device->request));
	else
		assert_request_refused(device->lab, &device->request, expected);
	/* Whatever comes of it, the log has no password (57). */
	assert_false(lab_logged(device->lab, "secret"));
	assert_false(lab_logged(device->lab, "wrong-one"));
	device->request.data = bytes_of(NULL, 0);
	buf_clear(&csr);
}

#define PASSWORD(value) "30{ 06{2a864886f70d010907} 31{ " value " } } "

/* T27 and hostile input 43. */
static const struct {
	const char *attributes;
	enum err expected;
} passwords[] = {
	{ PASSWORD("13{'secret'}"), ERR_OK },
	{ PASSWORD("0c{'secret'}"), ERR_OK },
	{ PASSWORD("16{'secret'}"), ERR_OK },
	{ PASSWORD("14{'secret'}"), ERR_OK },
	{ PASSWORD("1e{0073 0065 0063 0072 0065 0074}"), ERR_OK },
	{ PASSWORD("1c{00000073 00000065 00000063 00000072 00000065 "
		   "00000074}"),
	    ERR_OK },
	{ "", ERR_CHALLENGE_MISSING },
	{ PASSWORD("13{}"), ERR_CHALLENGE_MISSING },
	{ PASSWORD("0c{}"), ERR_CHALLENGE_MISSING },
	{ PASSWORD("13{'wrong-one'}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("13{'secre'}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("13{'secrets'}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("13{'secret '}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("13{'SECRET'}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("1e{7365 6372 6574}"), ERR_CHALLENGE_WRONG },
	{ PASSWORD("0c{'secret' 00}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("0c{ff}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("1e{'secret' 00}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("04{'secret'}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("020101"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD(""), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("13{'secret'} 13{'secret'}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("13{'wrong-one'} 13{'secret'}"), ERR_CSR_ATTRIBUTE },
	{ PASSWORD("13{'secret'}") PASSWORD("13{'secret'}"),
	    ERR_CSR_ATTRIBUTE },
	{ PASSWORD("13{}") PASSWORD("13{'secret'}"), ERR_CSR_ATTRIBUTE },
};

static void
a_challenge_is_one_string_of_any_type(void **state)
{
	for (size_t i = 0; i < COUNT(passwords); i++)
		assert_outcome(*state, passwords[i].attributes,
		    passwords[i].expected);
}

/* Appends why; all of them are of refusals without a number. */
static bool
note_refusal(void *context, const struct stored_notification *stored)
{
	assert_int_equal(stored->event, NOTIFICATION_REFUSED);
	assert_int_equal(stored->request, 0);
	assert_bytes(buf_bytes(&stored->endpoint), "/scep");
	assert_true(stored->transaction_id.size > 0);
	assert_true(stored->subject.size > 0);
	buf_append(context, buf_bytes(&stored->reason));
	buf_append_octet(context, ';');
	return true;
}

static void
assert_told(struct lab *lab, const char *expected)
{
	struct buf told = { 0 };
	int64_t count;

	assert_int_equal(store_notification_list(lab->store, note_refusal,
			     &told),
	    ERR_OK);
	assert_string_equal(buf_string(&told), expected);
	assert_int_equal(store_notifications_drop(lab->store, INT64_MAX,
			     &count),
	    ERR_OK);
	buf_clear(&told);
}

static void
what_the_rules_refuse_is_told(void **state)
{
	struct device *device = *state;
	struct key *small = lab_key(device->lab, "keys/rsa.pem");

	device->request.challenge = BYTES_LITERAL("wrong");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_WRONG);
	assert_told(device->lab, "");
	assert_int_equal(store_notify(device->lab->store,
			     1U << NOTIFICATION_REFUSED),
	    ERR_OK);
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_WRONG);
	assert_told(device->lab,
	    "challenge-wrong: The challenge password is none that the "
	    "endpoint takes.;");
	/* What can't be read is none of the rules'. */
	assert_outcome(device, PASSWORD("04{'secret'}"), ERR_CSR_ATTRIBUTE);
	assert_told(device->lab, "");
	device->request.challenge = BYTES_LITERAL("secret");
	certificate_free(assert_request_issued(device->lab, &device->request));
	assert_told(device->lab, "");
	device->request.key = small;
	assert_request_refused(device->lab, &device->request, ERR_KEY_SIZE);
	assert_told(device->lab,
	    "key-size: The device's RSA key is shorter than keys.rsa_min, or "
	    "longer than keys.rsa_max.;");
	assert_true(lab_logged(device->lab,
	    " detail=\"RSA key of 1024 bits\""));
	/* However often, no more are told than that, and the log has one line
	 * of it. */
	for (int i = 0; i < 102; i++) {
		assert_request_refused(device->lab, &device->request,
		    ERR_KEY_SIZE);
		assert_int_equal(lab_logged(device->lab,
				     "not told of: 1, as 100 wait"),
		    i == 100);
		assert_int_equal(lab_logged(device->lab, "not told of"),
		    i == 100);
	}
	key_free(small);
}

/* Once, or twice. */
static void
a_password_outside_the_envelope_is_refused(void **state)
{
	static const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("19") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("txid") },
		{ OID_CHALLENGE_PASSWORD, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("secret") },
		{ OID_CHALLENGE_PASSWORD, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("") },
	};
	struct device *device = *state;

	for (size_t count = 3; count <= COUNT(attributes); count++) {
		struct buf message = lab_request_with(device->lab,
		    &device->request, attributes, count);

		assert_refused(device->lab, &device->client,
		    buf_bytes(&message), ERR_CHALLENGE_VISIBLE);
		buf_clear(&message);
	}
	lab_restart(device->lab,
	    LAB_ENDPOINT(LAB_CA
		"enrol = { visible_challenge = true; challenge = ( { type = "
		"\"static\"; secret = \"secret\"; } ); }; "));
	for (size_t count = 3; count <= COUNT(attributes); count++) {
		struct buf message = lab_request_with(device->lab,
		    &device->request, attributes, count);

		certificate_free(assert_issued(device->lab, &device->client,
		    buf_bytes(&message)));
		buf_clear(&message);
	}
}

/* A password for this endpoint and this device. */
static void
a_derived_password_is_judged_by_the_request(void **state)
{
	static const char endpoint[] = LAB_ENDPOINT(LAB_CA
	    "enrol = { challenge = ( { type = \"derived\"; keys = ( { "
	    "id = \"1\"; secret = \"0123456789abcdef0123456789abcdef\"; } ); "
	    "} ); }; ");
	struct device *device = *state;

	lab_restart(device->lab, endpoint);
	device->request.challenge =
	    BYTES_LITERAL("D1-1-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9");
	certificate_free(assert_request_issued(device->lab, &device->request));
	device->request.transaction_id = BYTES_LITERAL("another");
	device->request.challenge =
	    BYTES_LITERAL("D1-1-1796086801-78152E9F2D20B2EBB22BA5E0AAD97CB9");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_NAME);
}

static void
the_challenge_vouches_for_another_signer(void **state)
{
	struct device *device = *state;
	struct lab_client other = lab_client_new(device->lab,
	    "sscep/client.key");

	device->request.client = &other;
	certificate_free(assert_request_issued(device->lab, &device->request));
	device->request.challenge = BYTES_LITERAL("wrong");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_WRONG);
	/* Nobody does where everybody may come (T26). */
	lab_restart(device->lab, LAB_ENDPOINT(LAB_CA LAB_ANONYMOUS));
	assert_request_refused(device->lab, &device->request, ERR_SIGNER_KEY);
	device->request.client = &device->client;
	certificate_free(assert_request_issued(device->lab, &device->request));
	lab_client_clear(&other);
}

/* Hostile inputs 41 and 42; the message is signed with the device's usual
 * key, so that only the one in the request is at issue. */
static const struct {
	const char *key;
	enum err expected;
} keys[] = {
	{ "keys/rsa.pem", ERR_KEY_SIZE },
	{ "keys/rsa-1025.pem", ERR_KEY_SIZE },
	{ "keys/rsa-e3.pem", ERR_OK },
	{ "keys/p256.pem", ERR_OK },
	{ "keys/p384.pem", ERR_OK },
	{ "keys/p521.pem", ERR_KEY_TYPE },
	{ "ca/ca.key.pem", ERR_KEY_OURS },
};

static void
a_key_is_a_devices_own_and_strong_enough(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct key *key = lab_key(lab, keys[i].key);

		device->request.key = key;
		if (keys[i].expected == ERR_OK)
			certificate_free(assert_request_issued(lab,
			    &device->request));
		else
			assert_request_refused(lab, &device->request,
			    keys[i].expected);
		key_free(key);
	}
}

/* The RA's key is no device's either. */
static void
an_ra_certifies_nobody_for_its_own_key(void **state)
{
	struct device *device = *state;
	struct scep_exchange exchange;
	struct buf message;

	lab_restart(device->lab, LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE));
	device->request.key = device->lab->ra_key;
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_true(lab_logged(device->lab, " reason=key-of-ca "));
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

/* Hostile input 45. */
static void
a_subject_is_not_the_cas(void **state)
{
	struct device *device = *state;
	struct buf empty = asn1(NAME_EMPTY);

	device->request.subject = device->lab->ca->subject;
	assert_request_refused(device->lab, &device->request, ERR_SUBJECT);
	device->request.subject = buf_bytes(&empty);
	assert_request_refused(device->lab, &device->request, ERR_SUBJECT);
	buf_clear(&empty);
}

/* The endpoint answers an RA's name as it does its CA's. */
static void
a_subject_is_not_the_ras(void **state)
{
	struct device *device = *state;
	struct scep_exchange exchange;
	struct buf message;

	lab_restart(device->lab, LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE));
	device->request.subject = device->lab->ra->subject;
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_true(lab_logged(device->lab, " reason=subject "));
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
a_subject_is_short_plain_text(void **state)
{
	static const char *const unfit[] = {
		"30{ 31{ 30{ 06{550403} 0c{$0} } } }",
		"30{ 31{ 30{ 06{550403} 0c{'a' 0d0a 'b'} } } }",
		"30{ 31{ 30{ 06{550403} 0c{'a' 1b '[2J'} } } }",
		"30{ 31{ 30{ 06{550403} 0c{'*.example.com'} } } }",
	};
	struct device *device = *state;
	struct buf filling = repeated("'a'", 100000);
	struct bytes parts[] = { buf_bytes(&filling) };

	for (size_t i = 0; i < COUNT(unfit); i++) {
		struct buf subject = asn1_of(unfit[i], parts);

		device->request.subject = buf_bytes(&subject);
		assert_request_refused(device->lab, &device->request,
		    ERR_SUBJECT);
		buf_clear(&subject);
	}
	buf_clear(&filling);
}

static void
a_request_is_signed_with_a_listed_digest(void **state)
{
	struct device *device = *state;

	device->request.digest = DIGEST_SHA512;
	lab_restart(device->lab,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		"algorithms = ( \"aes-128\", \"sha-512\" ); "));
	assert_request_refused(device->lab, &device->request, ERR_CSR_DIGEST);
}

/* Issues for a request with these extensions, or refuses it where `expected`
 * says so; the certificate's extensions are those of one without any. */
static void
assert_plain(struct device *device, const char *extensions, struct bytes plain)
{
	struct buf inner = asn1(extensions), list = { 0 };
	struct certificate *certificate;

	der_append(&list, DER_SEQUENCE, buf_bytes(&inner));
	device->request.extensions = buf_bytes(&list);
	certificate = assert_request_issued(device->lab, &device->request);
	assert_same_bytes(certificate->extensions, plain);
	certificate_free(certificate);
	device->request.extensions = bytes_of(NULL, 0);
	buf_clear(&inner);
	buf_clear(&list);
}

/* Hostile input 44. */
static void
no_extension_is_had_for_the_asking(void **state)
{
	struct device *device = *state;
	struct certificate *plain = assert_request_issued(device->lab,
	    &device->request);

	for (size_t i = 0; i < COUNT(smuggled); i++)
		assert_plain(device, smuggled[i], plain->extensions);
	certificate_free(plain);
}

static void
names_that_are_unfit_are_refused(void **state)
{
	static const char *const unfit[] = { SAN("82{'*.lab'}"),
		SAN("82{'a' 00 '.lab'}"), SAN("82{}"), SAN("81{0d0a}"),
		SAN("82{'../../etc;<script>'}"), SAN("81{'a@b@c'}"),
		EXTENSION("551d11", "0500") };
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(unfit); i++) {
		struct buf inner = asn1(unfit[i]), list = { 0 };

		der_append(&list, DER_SEQUENCE, buf_bytes(&inner));
		device->request.extensions = buf_bytes(&list);
		assert_request_refused(device->lab, &device->request, ERR_SAN);
		buf_clear(&inner);
		buf_clear(&list);
	}
}

static void
the_log_line_names_what_was_issued(void **state)
{
	struct device *device = *state;
	struct certificate *certificate = assert_request_issued(device->lab,
	    &device->request);
	struct buf line = { 0 };

	buf_append_string(&line,
	    "level=info endpoint=/scep "
	    "operation=PKIOperation messageType=19 "
	    "transactionID=transaction peer=192.0.2.7 "
	    "result=success request=1 serial=");
	hex_append(&line, certificate->serial);
	buf_append_string(&line, " subject=\"CN=device\" ms=");
	if (!lab_logged(device->lab, buf_string(&line)))
		fail_msg("%s", buf_string(&device->lab->log));
	buf_clear(&line);
	certificate_free(certificate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(a_challenge_is_one_string_of_any_type),
		DEVICE_TEST(what_the_rules_refuse_is_told),
		DEVICE_TEST(a_password_outside_the_envelope_is_refused),
		DEVICE_TEST(a_derived_password_is_judged_by_the_request),
		DEVICE_TEST(the_challenge_vouches_for_another_signer),
		DEVICE_TEST(a_key_is_a_devices_own_and_strong_enough),
		DEVICE_TEST(an_ra_certifies_nobody_for_its_own_key),
		DEVICE_TEST(a_subject_is_not_the_cas),
		DEVICE_TEST(a_subject_is_not_the_ras),
		DEVICE_TEST(a_subject_is_short_plain_text),
		DEVICE_TEST(a_request_is_signed_with_a_listed_digest),
		DEVICE_TEST(no_extension_is_had_for_the_asking),
		DEVICE_TEST(names_that_are_unfit_are_refused),
		DEVICE_TEST(the_log_line_names_what_was_issued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
