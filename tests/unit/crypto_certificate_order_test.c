/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of crypto/certificate.h that makes certificates. */
#include "crypto/certificate.h"

#include "crypto/name.h"
#include "tests/unit/crypto_codec.h"

#define ISSUER "30{31{30{06{550403} 0c{'rsa'}}}}"
#define SUBJECT "30{31{30{06{550403} 0c{'router'}}}}"
#define SPKI "30{30{06{2a03}} 03{00 'key'}}"

/* What every certificate has. */
#define TBS(subject, extensions) \
	"30{ a0{020102} 020105 30{06{2a864886f70d01010b}0500} " ISSUER \
	"30{17{'700101000000Z'} 18{'20500101000000Z'}}" subject SPKI \
	"a3{30{" extensions "}} }"

#define CA_FALSE "30{06{551d13} 0101ff 04{3000}}"
#define KEY_ID "30{06{551d0e} 04{04{'id'}}}"

static void
check_tbs(const struct certificate_order *order, const char *subject,
    const char *expected)
{
	struct buf issuer = asn1(ISSUER), name = asn1(subject);
	struct buf spki = asn1(SPKI), tbs = { 0 };
	struct certificate_order whole = *order;

	whole.serial = BYTES_LITERAL("\x05");
	whole.issuer = buf_bytes(&issuer);
	whole.subject = buf_bytes(&name);
	whole.spki = buf_bytes(&spki);
	whole.not_after = 2524608000;
	whole.subject_key_id = BYTES_LITERAL("id");
	certificate_append_tbs(&tbs, &whole, SIGNATURE_RSA, DIGEST_SHA256);
	assert_asn1(buf_bytes(&tbs), expected, "TBSCertificate");
	buf_clear(&issuer);
	buf_clear(&name);
	buf_clear(&spki);
	buf_clear(&tbs);
}

static void
tbs_of_an_order_for_little_says_little(void **state)
{
	static const struct certificate_order order;
	static const char *const none[] = { NULL };
	struct certificate_order with_empty_lists = {
		.crl_urls = none,
		.ocsp_urls = none,
		.issuer_urls = none,
	};

	(void)state;
	check_tbs(&order, SUBJECT, TBS(SUBJECT, CA_FALSE KEY_ID));
	check_tbs(&with_empty_lists, SUBJECT, TBS(SUBJECT, CA_FALSE KEY_ID));
}

static void
tbs_of_a_ca_says_so(void **state)
{
	struct certificate_order order = {
		.ca = true,
		.key_usage = KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN,
	};

	(void)state;
	check_tbs(&order, SUBJECT,
	    TBS(SUBJECT,
		"30{06{551d13} 0101ff 04{30{0101ff}}}"
		"30{06{551d0f} 0101ff 04{03020106}}" KEY_ID));
}

static void
tbs_has_each_extension_that_is_ordered(void **state)
{
	static const char *const crls[] = { "http://a/", "http://b/", NULL };
	static const char *const ocsp[] = { "http://c/", NULL };
	static const char *const issuers[] = { "http://d/", NULL };
	struct certificate_order order = {
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE,
		.extended_key_usage = BYTES_LITERAL("\x06\x01\x2a"),
		.subject_alt_name = BYTES_LITERAL("\x30\x03\x82\x01"
						  "a"),
		.authority_key_id = BYTES_LITERAL("ca"),
		.crl_urls = crls,
		.ocsp_urls = ocsp,
		.issuer_urls = issuers,
		.more = BYTES_LITERAL("\x30\x09\x06\x03\x2a\x03\x04"
				      "\x04\x02\x05\x00"),
	};

	(void)state;
	check_tbs(&order, SUBJECT,
	    TBS(SUBJECT,
		CA_FALSE "30{06{551d0f} 0101ff 04{03020780}}"
			 "30{06{551d25} 04{30{06012a}}}" KEY_ID
			 "30{06{551d23} 04{30{80{'ca'}}}}"
			 "30{06{551d11} 04{30{82{'a'}}}}"
			 "30{06{551d1f} 04{30{"
			 "30{a0{a0{86{'http://a/'}}}}"
			 "30{a0{a0{86{'http://b/'}}}} }}}"
			 "30{06{2b06010505070101} 04{30{"
			 "30{06{2b06010505073001} 86{'http://c/'}}"
			 "30{06{2b06010505073002} 86{'http://d/'}}"
			 "}}}"
			 "30{06{2a0304} 04{0500}}"));
}

/* RFC 5280 section 4.2.1.6. */
static void
tbs_without_a_subject_has_a_critical_san(void **state)
{
	struct certificate_order order = {
		.subject_alt_name = BYTES_LITERAL("\x30\x03\x82\x01"
						  "a"),
	};

	(void)state;
	check_tbs(&order, "3000",
	    TBS("3000",
		CA_FALSE KEY_ID "30{06{551d11} 0101ff 04{30{82{'a'}}}}"));
}

static void
tbs_has_the_extensions_that_are_given_and_no_other(void **state)
{
	struct buf extensions = asn1("30{06{2a0304} 04{0500}}" CA_FALSE);
	struct certificate_order order = {
		.extensions = buf_bytes(&extensions),
		.ca = true,
		.key_usage = KEY_USAGE_CERT_SIGN,
		.authority_key_id = BYTES_LITERAL("ca"),
	};

	(void)state;
	check_tbs(&order, SUBJECT,
	    TBS(SUBJECT, "30{06{2a0304} 04{0500}}" CA_FALSE));
	buf_clear(&extensions);
}

/* An order with all there is, of the CA codec/rsa.pem. */
static struct buf
issue(const struct certificate *ca, const struct key *key)
{
	static const struct name_part parts[] = { { "O", "Example" },
		{ "CN", "router" } };
	static const char *const crls[] = { "http://example.org/ca.crl", NULL };
	static const char *const ocsp[] = { "http://example.org/ocsp", NULL };
	static const char *const issuers[] = { "http://example.org/ca", NULL };
	struct key *device = key_vector("keys/p256.pem");
	struct buf subject = { 0 }, key_id = { 0 }, tbs = { 0 }, made = { 0 };
	struct certificate_order order;

	assert_int_equal(name_append(&subject, parts, COUNT(parts)), ERR_OK);
	assert_int_equal(certificate_key_id(gnutls(), ca, &key_id), ERR_OK);
	order = (struct certificate_order){
		.serial = BYTES_LITERAL("\xfe\xdc\xba"),
		.issuer = ca->subject,
		.subject = buf_bytes(&subject),
		.spki = key_spki(device),
		.not_before = 1795342014,
		.not_after = 2555020800,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE,
		.extended_key_usage =
		    BYTES_LITERAL("\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"),
		.subject_alt_name = BYTES_LITERAL("\x30\x0f\x82\x0d"
						  "a.example.org"),
		.subject_key_id = BYTES_LITERAL("01234567890123456789"),
		.authority_key_id = buf_bytes(&key_id),
		.crl_urls = crls,
		.ocsp_urls = ocsp,
		.issuer_urls = issuers,
	};
	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&made, key, buf_bytes(&tbs)),
	    ERR_OK);
	buf_clear(&subject);
	buf_clear(&key_id);
	buf_clear(&tbs);
	key_free(device);
	return made;
}

/* Signatures of RSA are always the same; openssl has read and verified this
 * one: see tests/vectors/codec/README. */
static void
what_is_issued_is_what_openssl_verified(void **state)
{
	struct certificate *ca = certificate_vector("codec/rsa.pem");
	struct key *key = key_vector("keys/rsa.pem");
	struct buf made = issue(ca, key);
	struct buf verified = vector("codec/issued.der");

	(void)state;
	assert_same_bytes(buf_bytes(&made), buf_bytes(&verified));
	buf_clear(&made);
	buf_clear(&verified);
	certificate_free(ca);
	key_free(key);
}

static void
what_is_issued_can_be_read_and_verified(void **state)
{
	static const char *const keys[] = { "keys/rsa.pem", "keys/p256.pem",
		"keys/p384.pem", "keys/p521.pem" };
	struct certificate *ca = certificate_vector("codec/rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct key *key = key_vector(keys[i]);
		struct buf made = issue(ca, key);
		struct certificate *certificate = NULL;

		assert_int_equal(certificate_read(buf_bytes(&made),
				     &certificate),
		    ERR_OK);
		assert_int_equal(signed_object_verify(gnutls(),
				     &certificate->outer, key_spki(key)),
		    ERR_OK);
		assert_asn1(certificate->serial, "00fedcba", "serial");
		assert_int_equal(certificate->not_before, 1795342014);
		assert_int_equal(certificate->not_after, 2555020800);
		assert_int_equal(extensions_check(certificate->extensions),
		    ERR_OK);
		assert_int_equal(extensions_key_usage(certificate->extensions),
		    KEY_USAGE_DIGITAL_SIGNATURE);
		buf_clear(&made);
		certificate_free(certificate);
		key_free(key);
	}
	certificate_free(ca);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tbs_of_an_order_for_little_says_little),
		cmocka_unit_test(tbs_of_a_ca_says_so),
		cmocka_unit_test(tbs_has_each_extension_that_is_ordered),
		cmocka_unit_test(tbs_without_a_subject_has_a_critical_san),
		cmocka_unit_test(
		    tbs_has_the_extensions_that_are_given_and_no_other),
		cmocka_unit_test(what_is_issued_is_what_openssl_verified),
		cmocka_unit_test(what_is_issued_can_be_read_and_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
