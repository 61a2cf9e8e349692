/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of crypto/cms_signed.h that makes messages. */
#include "crypto/oid.h"
#include "tests/unit/crypto_cms_signed.h"

/* What a CertRep says, not in the order of DER. */
static const struct cms_attribute attributes[] = {
	{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING, BYTES_LITERAL("4711") },
	{ OID_SENDER_NONCE, DER_OCTET_STRING,
	    BYTES_LITERAL("0123456789abcdef") },
	{ OID_RECIPIENT_NONCE, DER_OCTET_STRING,
	    BYTES_LITERAL("fedcba9876543210") },
	{ OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("2") },
	{ OID_FAIL_INFO, DER_PRINTABLE_STRING, BYTES_LITERAL("4") },
	{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("3") },
};

#define SIGNING_TIME 1795342014 /* 261122100654Z */

static struct buf
make(const char *name, enum digest digest, const char *content)
{
	char *certificate_name = xasprintf("codec/%s.pem", name);
	char *key_name = xasprintf("keys/%s.pem", name);
	struct certificate *signer = certificate_vector(certificate_name);
	struct key *key = key_vector(key_name);
	struct cms_signed_order order = {
		.has_content = content != NULL,
		.content = bytes_of_string(content),
		.digest = digest,
		.attributes = attributes,
		.attribute_count = COUNT(attributes),
		.signer = signer,
		.key = key,
		.signing_time = SIGNING_TIME,
	};
	struct buf made = { 0 };

	assert_int_equal(cms_signed_append(&made, gnutls(), &order), ERR_OK);
	free(certificate_name);
	free(key_name);
	certificate_free(signer);
	key_free(key);
	return made;
}

/* Signatures of RSA are always the same, and openssl has verified these: see
 * tests/vectors/codec/README. */
static void
what_append_makes_is_what_openssl_verified(void **state)
{
	static const struct {
		const char *content;
		const char *name;
	} rows[] = {
		{ "hello", "codec/signed-made.der" },
		{ "", "codec/signed-made-empty.der" },
		{ NULL, "codec/signed-made-absent.der" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = make("rsa", DIGEST_SHA256, rows[i].content);
		struct buf verified = vector(rows[i].name);

		assert_same_bytes(buf_bytes(&made), buf_bytes(&verified));
		buf_clear(&made);
		buf_clear(&verified);
	}
}

static void
what_append_makes_is_laid_out_as_clients_want_it(void **state)
{
	struct buf made = make("rsa", DIGEST_SHA256, "hello"), expected;
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct buf digest = digest_of("hello");
	struct bytes parts[5] = { buf_bytes(&signer->der), signer->issuer,
		signer->serial, buf_bytes(&digest) };

	(void)state;
	parts[4] = bytes_from(buf_bytes(&made), made.size - 128);
	expected = asn1_of(
	    "30{06{2a864886f70d010702} a0{30{020101 31{" SHA256
	    "}" CONTENT CERTIFICATES "31{30{020101" BY_SERIAL SHA256
	    "a0{ 30{06{6086480186f845010902} 31{13{'3'}}}"
	    "    30{06{6086480186f845010903} 31{13{'2'}}}"
	    "    30{06{6086480186f845010904} 31{13{'4'}}}"
	    "    30{06{6086480186f845010907} 31{13{'4711'}}}"
	    "    30{06{2a864886f70d010903} 31{" DATA "}}"
	    "    30{06{2a864886f70d010905} 31{17{'261122100654Z'}}}"
	    "    30{06{6086480186f845010905} 31{04{'0123456789abcdef'}}}"
	    "    30{06{6086480186f845010906} 31{04{'fedcba9876543210'}}}"
	    "    30{06{2a864886f70d010904} 31{04{$3}}} }" RSA "04{$4}}}}}}",
	    parts);
	assert_same_bytes(buf_bytes(&made), buf_bytes(&expected));
	buf_clear(&made);
	buf_clear(&expected);
	buf_clear(&digest);
	certificate_free(signer);
}

static void
what_append_makes_verifies_with_every_key_and_digest(void **state)
{
	static const struct {
		const char *name;
		enum digest first, last;
	} rows[] = {
		{ "rsa", DIGEST_MD5, DIGEST_SHA512 },
		{ "p256", DIGEST_SHA1, DIGEST_SHA256 },
		{ "p384", DIGEST_SHA384, DIGEST_SHA384 },
		{ "p521", DIGEST_SHA512, DIGEST_SHA512 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned j = rows[i].first; j <= rows[i].last; j++) {
			struct buf made = make(rows[i].name, j, "hello");
			enum digest digest = DIGEST_COUNT;

			assert_err(verify_with(buf_bytes(&made), all_algorithms,
				       &digest, NULL),
			    ERR_OK, digest_facts(j)->name);
			assert_int_equal(digest, j);
			buf_clear(&made);
		}
}

static void
what_append_makes_can_be_read(void **state)
{
	struct buf made = make("p256", DIGEST_SHA256, "hello");
	struct cms_signed message;

	(void)state;
	assert_int_equal(cms_signed_read(buf_bytes(&made), &message), ERR_OK);
	assert_bytes(message.content, "hello");
	for (size_t i = 0; i < COUNT(attributes); i++) {
		struct der_element value;

		assert_int_equal(cms_signed_attribute(&message,
				     attributes[i].oid, &value),
		    ERR_OK);
		assert_int_equal(value.tag, attributes[i].tag);
		assert_same_bytes(value.content, attributes[i].value);
	}
	cms_signed_clear(&message);
	buf_clear(&made);
}

static void
append_appends(void **state)
{
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct key *key = key_vector("keys/rsa.pem");
	struct cms_signed_order order = {
		.digest = DIGEST_SHA1,
		.signer = signer,
		.key = key,
	};
	struct buf made = { 0 };

	(void)state;
	buf_append_string(&made, "before");
	assert_int_equal(cms_signed_append(&made, gnutls(), &order), ERR_OK);
	assert_bytes(bytes_of(made.data, 6), "before");
	assert_int_equal(verify(bytes_from(buf_bytes(&made), 6)), ERR_OK);
	buf_clear(&made);
	certificate_free(signer);
	key_free(key);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_append_makes_is_what_openssl_verified),
		cmocka_unit_test(
		    what_append_makes_is_laid_out_as_clients_want_it),
		cmocka_unit_test(
		    what_append_makes_verifies_with_every_key_and_digest),
		cmocka_unit_test(what_append_makes_can_be_read),
		cmocka_unit_test(append_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
