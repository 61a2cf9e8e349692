/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/signed_object.h"

#include "tests/unit/crypto_codec.h"

#define SHA256_WITH_RSA "30{06{2a864886f70d01010b}0500}"

static const char *const keys[] = { "keys/rsa.pem", "keys/p256.pem",
	"keys/p384.pem", "keys/p521.pem" };

static void
read_gives_the_three_parts(void **state)
{
	struct buf der = asn1("30{ 30{020105} " SHA256_WITH_RSA
			      " 03{00 abcd} }");
	struct signed_object object;

	(void)state;
	assert_int_equal(signed_object_read(buf_bytes(&der), &object), ERR_OK);
	assert_asn1(object.signed_part, "3003020105", "signed part");
	assert_asn1(object.algorithm, SHA256_WITH_RSA, "algorithm");
	assert_asn1(object.signature, "abcd", "signature");
	buf_clear(&der);
}

static void
read_refuses_what_is_no_such_frame(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ "", ERR_DER_TAG },
		{ "3100", ERR_DER_TAG },
		{ "3000", ERR_DER_TAG },
		{ "30{3000}", ERR_DER_TAG },
		{ "30{0500 3000 0301 00}", ERR_DER_TAG },
		{ "30{3000 0500 0301 00}", ERR_DER_TAG },
		{ "30{3000 3000}", ERR_DER_TAG },
		{ "30{3000 3000 0401 00}", ERR_DER_TAG },
		{ "30{3000 3000 0302 0780}", ERR_DER_BIT_STRING },
		{ "30{3000 3000 0301 00 0500}", ERR_DER_TRAILING },
		{ "30{3000 3000 0301 00} 00", ERR_DER_TRAILING },
		{ "3008 3000 3000 0301", ERR_DER_TRUNCATED },
		{ "3080 3000 3000 0301 00 0000", ERR_DER_LENGTH },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct signed_object object = { { 0 }, { 0 },
			bytes_of_string("untouched") };

		assert_err(signed_object_read(buf_bytes(&der), &object),
		    rows[i].err, rows[i].der);
		assert_bytes(object.signature, "untouched");
		buf_clear(&der);
	}
}

static void
algorithm_must_name_its_digest(void **state)
{
	static const struct {
		const char *algorithm;
		enum err err;
	} rows[] = {
		{ SHA256_WITH_RSA, ERR_OK },
		{ "30{06{2a8648ce3d040302}}", ERR_OK },
		{ "30{06{2a864886f70d010101}0500}", ERR_SIGNATURE_ALGORITHM },
		{ "30{06{2b6570}}", ERR_SIGNATURE_ALGORITHM },
		{ "3000", ERR_SIGNATURE_ALGORITHM },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf identifier = asn1(rows[i].algorithm);
		struct signed_object object = {
			.algorithm = buf_bytes(&identifier),
		};
		struct signature_algorithm algorithm;

		assert_err(signed_object_algorithm(&object, &algorithm),
		    rows[i].err, rows[i].algorithm);
		assert_err(signed_object_verify(gnutls(), &object,
			       bytes_of(NULL, 0)),
		    rows[i].err == ERR_OK ? ERR_PUBLIC_KEY : rows[i].err,
		    rows[i].algorithm);
		buf_clear(&identifier);
	}
}

static void
what_append_signs_verifies_with_its_key_alone(void **state)
{
	struct buf part = asn1("30{020105}");

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct key *key = key_vector(keys[i]);
		struct buf made = { 0 };
		struct signed_object object;

		assert_int_equal(signed_object_append(&made, key,
				     buf_bytes(&part)),
		    ERR_OK);
		assert_int_equal(signed_object_read(buf_bytes(&made), &object),
		    ERR_OK);
		assert_same_bytes(object.signed_part, buf_bytes(&part));
		for (size_t j = 0; j < COUNT(keys); j++) {
			struct key *other = key_vector(keys[j]);
			enum err expected = i == j ? ERR_OK :
			    i == 0 || j == 0       ? ERR_PUBLIC_KEY :
						     ERR_SIGNED_SIGNATURE;

			assert_err(signed_object_verify(gnutls(), &object,
				       key_spki(other)),
			    expected, keys[j]);
			key_free(other);
		}
		buf_clear(&made);
		key_free(key);
	}
	buf_clear(&part);
}

static void
verify_notices_every_octet_that_changed(void **state)
{
	struct buf part = asn1("30{ 04{'signed'} }"), made = { 0 };
	struct key *key = key_vector("keys/rsa.pem");
	struct signed_object object;

	(void)state;
	assert_int_equal(signed_object_append(&made, key, buf_bytes(&part)),
	    ERR_OK);
	assert_int_equal(signed_object_read(buf_bytes(&made), &object), ERR_OK);
	for (size_t i = 0; i < made.size; i++) {
		uint8_t *octet = &made.data[i];

		/* What stands in the signed part, or is the signature. */
		if ((octet < object.signed_part.data ||
			octet >= object.algorithm.data) &&
		    octet < object.signature.data)
			continue;
		*octet ^= 1;
		assert_int_equal(signed_object_verify(gnutls(), &object,
				     key_spki(key)),
		    ERR_SIGNED_SIGNATURE);
		*octet ^= 1;
	}
	assert_int_equal(signed_object_verify(gnutls(), &object, key_spki(key)),
	    ERR_OK);
	buf_clear(&part);
	buf_clear(&made);
	key_free(key);
}

static void
verify_agrees_with_openssl_on_what_it_signed_itself(void **state)
{
	static const char *const names[] = { "codec/rsa.pem", "codec/p256.pem",
		"codec/p384.pem", "codec/p521.pem", "ca/ca.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct certificate *certificate = certificate_vector(names[i]);

		assert_err(signed_object_verify(gnutls(), &certificate->outer,
			       certificate->spki),
		    ERR_OK, names[i]);
		certificate_free(certificate);
	}
}

static void
signature_verify_refuses_keys_that_are_never_accepted(void **state)
{
	static const char *const spkis[] = {
		"",
		"3000",
		"30{30{06{2b6570}} 03{00 0102}}",
		"30{30{06{2a864886f70d010101}0500} 03{00 30{ 0201ff 020103 }}}",
		/* A point that is not on secp256r1. */
		"30{30{06{2a8648ce3d0201} 06{2a8648ce3d030107}} 03{00 04"
		"11111111111111111111111111111111"
		"11111111111111111111111111111111"
		"11111111111111111111111111111111"
		"11111111111111111111111111111111"
		"}}",
	};
	struct signature_algorithm algorithm = { SIGNATURE_ECDSA, DIGEST_SHA256,
		0 };

	(void)state;
	for (size_t i = 0; i < COUNT(spkis); i++) {
		struct buf spki = asn1(spkis[i]);

		assert_err(signature_verify(gnutls(), buf_bytes(&spki),
			       &algorithm, BYTES_LITERAL("message"),
			       BYTES_LITERAL("signature")),
		    ERR_PUBLIC_KEY, spkis[i]);
		buf_clear(&spki);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_gives_the_three_parts),
		cmocka_unit_test(read_refuses_what_is_no_such_frame),
		cmocka_unit_test(algorithm_must_name_its_digest),
		cmocka_unit_test(what_append_signs_verifies_with_its_key_alone),
		cmocka_unit_test(verify_notices_every_octet_that_changed),
		cmocka_unit_test(
		    verify_agrees_with_openssl_on_what_it_signed_itself),
		cmocka_unit_test(
		    signature_verify_refuses_keys_that_are_never_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
