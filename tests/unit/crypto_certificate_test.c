/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate.h"

#include "base/hex.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

static void
read_gives_what_openssl_wrote(void **state)
{
	static const struct {
		const char *name;
		const char *serial;
		const char *subject;
		unsigned key_usage;
		bool ca;
	} rows[] = {
		{ "codec/rsa.pem", "1001", "CN=rsa,O=Example",
		    KEY_USAGE_UNRESTRICTED, true },
		{ "codec/p256.pem", "1002", "CN=p256,O=Example",
		    KEY_USAGE_UNRESTRICTED, true },
		{ "ca/ca.pem", NULL, "CN=Lab SCEP CA,O=Lab,C=US",
		    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT |
			KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN,
		    true },
		{ "ca/ca-sign.pem", NULL, "CN=Lab SCEP CA,O=Lab,C=US",
		    KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN, true },
		{ "ca/ra.pem", NULL, "CN=Lab SCEP RA,O=Lab,C=US",
		    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate *certificate =
		    certificate_vector(rows[i].name);
		struct buf subject = { 0 };

		if (rows[i].serial != NULL)
			assert_asn1(certificate->serial, rows[i].serial,
			    rows[i].name);
		name_append_text(&subject, certificate->subject);
		assert_string_equal(buf_string(&subject), rows[i].subject);
		assert_int_equal(extensions_key_usage(certificate->extensions),
		    rows[i].key_usage);
		assert_int_equal(extensions_is_ca(certificate->extensions),
		    rows[i].ca);
		assert_true(certificate->not_before < certificate->not_after);
		buf_clear(&subject);
		certificate_free(certificate);
	}
}

#define VERSION "a0{020102}"
#define ALGORITHM "30{06{2a864886f70d01010b}0500}"
#define NAME "30{31{30{06{550403} 0c{'a'}}}}"
#define DATES "30{17{'700101000000Z'} 17{'491231235959Z'}}"
#define SPKI "30{3000 030100}"
#define SIGNATURE ALGORITHM "0301 00"
#define EXTENSIONS(list) "a3{30{" list "}}"
#define BASIC "30{06{551d13} 04{30{0101ff}}}"

/* A certificate whose TBSCertificate holds this. */
#define CERTIFICATE(tbs) "30{30{" tbs "}" SIGNATURE "}"

static void
read_is_lenient_with_self_signed_certificates(void **state)
{
	static const struct {
		const char *der;
		const char *serial;
		bool extended;
	} rows[] = {
		{ CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
			  EXTENSIONS(BASIC)),
		    "01", true },
		/* Version 1, without and with extensions. */
		{ CERTIFICATE("020101" ALGORITHM NAME DATES NAME SPKI), "01",
		    false },
		{ CERTIFICATE("a0{020100} 020101" ALGORITHM NAME DATES NAME SPKI
			  EXTENSIONS(BASIC)),
		    "01", true },
		/* No extension at all, and an empty list. */
		{ CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI),
		    "01", false },
		{ CERTIFICATE(VERSION
		      "020101" ALGORITHM NAME DATES NAME SPKI EXTENSIONS("")),
		    "01", true },
		/* A critical authorityKeyIdentifier, one that nobody knows. */
		{ CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
			  EXTENSIONS("30{06{551d23} 0101ff 04{3000}}"
				     "30{06{2a03} 0101ff 04{ff}}")),
		    "01", true },
		/* Serial numbers: zero, negative, long, with zeros. */
		{ CERTIFICATE(VERSION "020100" ALGORITHM NAME DATES NAME SPKI),
		    "00", false },
		{ CERTIFICATE(VERSION "0201ff" ALGORITHM NAME DATES NAME SPKI),
		    "ff", false },
		{ CERTIFICATE(VERSION
		      "02{0000000102030405060708090a0b0c0d0e0f"
		      "101112131415161718191a1b1c1d1e1f20}" ALGORITHM NAME DATES
			  NAME SPKI),
		    "0000000102030405060708090a0b0c0d0e0f"
		    "101112131415161718191a1b1c1d1e1f20",
		    false },
		/* Validity that is over before it began. */
		{ CERTIFICATE(VERSION
		      "020101" ALGORITHM NAME
		      "30{18{'99991231235959Z'} 17{'500101000000Z'}}" NAME
			  SPKI),
		    "01", false },
		/* Empty names; a key and a signature of no known kind. */
		{ CERTIFICATE(VERSION "020101 3000 3000" DATES "3000" SPKI),
		    "01", false },
		/* Unique identifiers. */
		{ CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
				      "81{00ff} 82{00ff}" EXTENSIONS(BASIC)),
		    "01", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct certificate *certificate = NULL;

		assert_err(certificate_read(buf_bytes(&der), &certificate),
		    ERR_OK, rows[i].der);
		/* It keeps a copy. */
		memset(der.data, 0xee, der.size);
		assert_asn1(certificate->serial, rows[i].serial, rows[i].der);
		assert_int_equal(certificate->extensions.size > 0,
		    rows[i].extended);
		assert_asn1(certificate->spki, SPKI, rows[i].der);
		buf_clear(&der);
		certificate_free(certificate);
	}
}

/* Devices without a clock (T24). */
static void
read_takes_a_date_that_is_none_for_one_long_ago(void **state)
{
	static const char *const dates[] = {
		"30{17{'701301000000Z'} 17{'491231235960Z'}}",
		"30{17{'7001010000Z'} 17{'491231235959+0000'}}",
		"30{17{} 18{'20491231'}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		char *notation = xasprintf("30{30{" VERSION
					   "020101" ALGORITHM NAME
					   "%s" NAME SPKI "}" SIGNATURE "}",
		    dates[i]);
		struct buf der = asn1(notation);
		struct certificate *certificate = NULL;

		assert_err(certificate_read(buf_bytes(&der), &certificate),
		    ERR_OK, dates[i]);
		assert_int_equal(certificate->not_before, 0);
		assert_int_equal(certificate->not_after, 0);
		certificate_free(certificate);
		buf_clear(&der);
		free(notation);
	}
}

static void
read_refuses_malformed_certificates(void **state)
{
	static const char *const rows[] = {
		"",
		"0500",
		"3000",
		CERTIFICATE(""),
		CERTIFICATE(VERSION),
		CERTIFICATE(VERSION "0200" ALGORITHM NAME DATES NAME SPKI),
		CERTIFICATE(VERSION "040101" ALGORITHM NAME DATES NAME SPKI),
		CERTIFICATE(VERSION "020101" NAME DATES NAME SPKI),
		CERTIFICATE(VERSION "020101" ALGORITHM DATES NAME SPKI),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME NAME SPKI),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES "3100" SPKI),
		/* Dates: one, none. */
		CERTIFICATE(VERSION "020101" ALGORITHM NAME
				    "30{17{'700101000000Z'}}" NAME SPKI),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME "3000" NAME SPKI),
		/* Extensions that are no list; a part that is cut. */
		CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
				    "a300"),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
				    "a3{3100}"),
		CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME SPKI
				    "a305"),
		/* The frame. */
		"30{30{" VERSION "020101" ALGORITHM NAME DATES NAME SPKI
		"}" ALGORITHM "}",
		"30{30{" VERSION "020101" ALGORITHM NAME DATES NAME SPKI
		"}" SIGNATURE "0500}",
		CERTIFICATE(VERSION
		    "020101" ALGORITHM NAME DATES NAME SPKI) "00",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i]);
		struct certificate *certificate = NULL;

		assert_err(certificate_read(buf_bytes(&der), &certificate),
		    ERR_CERTIFICATE_MALFORMED, rows[i]);
		assert_null(certificate);
		buf_clear(&der);
	}
}

static void
read_refuses_a_certificate_cut_at_any_octet(void **state)
{
	struct certificate *whole = certificate_vector("ca/ca.pem");
	struct certificate *certificate = NULL;

	(void)state;
	for (size_t size = 0; size < whole->der.size; size++) {
		/* Of its very size, so that reading past it is noticed. */
		struct buf cut = { 0 };

		buf_append(&cut, bytes_of(whole->der.data, size));
		assert_int_equal(certificate_read(buf_bytes(&cut),
				     &certificate),
		    ERR_CERTIFICATE_MALFORMED);
		buf_clear(&cut);
	}
	certificate_free(whole);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	certificate_free(NULL);
}

static void
serials_are_equal_without_regard_to_leading_zeros(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "01", "01", true },
		{ "01", "0001", true },
		{ "000000ff", "00ff", true },
		{ "00", "0000", true },
		{ "01", "02", false },
		{ "01", "0100", false },
		{ "00", "01", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf a = asn1(rows[i].a), b = asn1(rows[i].b);

		assert_int_equal(serial_equal(buf_bytes(&a), buf_bytes(&b)),
		    rows[i].equal);
		assert_int_equal(serial_equal(buf_bytes(&b), buf_bytes(&a)),
		    rows[i].equal);
		buf_clear(&a);
		buf_clear(&b);
	}
}

static void
is_named_compares_names_as_text_and_serials_as_numbers(void **state)
{
	static const struct {
		const char *issuer;
		const char *serial;
		bool named;
	} rows[] = {
		{ "30{31{30{06{55040a}0c{'Example'}}}"
		  "31{30{06{550403}0c{'rsa'}}}}",
		    "1001", true },
		{ "30{31{30{06{55040a}13{' EXAMPLE'}}}"
		  "31{30{06{550403}14{'Rsa'}}}}",
		    "001001", true },
		{ "30{31{30{06{55040a}0c{'Example'}}}"
		  "31{30{06{550403}0c{'rsa'}}}}",
		    "1002", false },
		{ "30{31{30{06{550403}0c{'rsa'}}}}", "1001", false },
		{ "", "1001", false },
	};
	struct certificate *certificate = certificate_vector("codec/rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf issuer = asn1(rows[i].issuer);
		struct buf serial = asn1(rows[i].serial);

		assert_int_equal(certificate_is_named(certificate,
				     buf_bytes(&issuer), buf_bytes(&serial)),
		    rows[i].named);
		buf_clear(&issuer);
		buf_clear(&serial);
	}
	certificate_free(certificate);
}

static void
key_id_is_the_extensions_or_else_sha1_of_the_key(void **state)
{
	static const struct {
		const char *extensions;
		const char *key_id;
	} rows[] = {
		{ EXTENSIONS("30{06{551d0e} 04{04{0102}}}"), "0102" },
		/* SHA-1 of "key", by openssl dgst. */
		{ "", "a62f2225bf70bfaccbc7f1ef2a397836717377de" },
		{ EXTENSIONS("30{06{551d0e} 04{0500}}"),
		    "a62f2225bf70bfaccbc7f1ef2a397836717377de" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i].extensions), key_id = { 0 };
		struct bytes parts[] = { buf_bytes(&list) };
		struct buf der = asn1_of(
		    CERTIFICATE(VERSION "020101" ALGORITHM NAME DATES NAME
					"30{30{06{2a03}} 03{00 'key'}} $0"),
		    parts);
		struct certificate *certificate = NULL;

		assert_int_equal(certificate_read(buf_bytes(&der),
				     &certificate),
		    ERR_OK);
		assert_int_equal(certificate_key_id(gnutls(), certificate,
				     &key_id),
		    ERR_OK);
		assert_asn1(buf_bytes(&key_id), rows[i].key_id, "key id");
		buf_clear(&list);
		buf_clear(&key_id);
		buf_clear(&der);
		certificate_free(certificate);
	}
}

static void
key_id_of_what_is_no_key_is_an_error(void **state)
{
	struct buf der = asn1(CERTIFICATE(VERSION
	    "020101" ALGORITHM NAME DATES NAME "3000"));
	struct certificate *certificate = NULL;
	struct buf key_id = { 0 };

	(void)state;
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	assert_int_equal(certificate_key_id(gnutls(), certificate, &key_id),
	    ERR_PUBLIC_KEY);
	assert_int_equal(key_id.size, 0);
	buf_clear(&der);
	certificate_free(certificate);
}

static void
new_key_id_is_sha1_of_the_key(void **state)
{
	struct buf spki = asn1("30{30{06{2a03}} 03{00 'key'}}");
	struct buf key_id = { 0 };

	(void)state;
	assert_int_equal(certificate_new_key_id(gnutls(), buf_bytes(&spki),
			     &key_id),
	    ERR_OK);
	assert_asn1(buf_bytes(&key_id),
	    "a62f2225bf70bfaccbc7f1ef2a397836717377de", "key id");
	buf_clear(&key_id);
	assert_int_equal(certificate_new_key_id(gnutls(),
			     bytes_of(spki.data, 2), &key_id),
	    ERR_PUBLIC_KEY);
	assert_int_equal(key_id.size, 0);
	buf_clear(&spki);
}

static void
new_serials_are_positive_and_differ(void **state)
{
	uint8_t first[CERTIFICATE_SERIAL_SIZE], second[CERTIFICATE_SERIAL_SIZE];

	(void)state;
	/* That chance alone makes none of 40 negative, happens in one of 2^40
	 * runs. */
	for (int round = 0; round < 20; round++) {
		struct bytes a = certificate_new_serial(gnutls(), first);
		struct bytes b = certificate_new_serial(gnutls(), second);

		assert_ptr_equal(a.data, first);
		assert_int_equal(a.size, sizeof(first));
		assert_true(first[0] < 0x80 && second[0] < 0x80);
		assert_false(serial_equal(a, b));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_gives_what_openssl_wrote),
		cmocka_unit_test(read_is_lenient_with_self_signed_certificates),
		cmocka_unit_test(
		    read_takes_a_date_that_is_none_for_one_long_ago),
		cmocka_unit_test(read_refuses_malformed_certificates),
		cmocka_unit_test(read_refuses_a_certificate_cut_at_any_octet),
		cmocka_unit_test(free_of_null_is_nothing),
		cmocka_unit_test(
		    serials_are_equal_without_regard_to_leading_zeros),
		cmocka_unit_test(
		    is_named_compares_names_as_text_and_serials_as_numbers),
		cmocka_unit_test(
		    key_id_is_the_extensions_or_else_sha1_of_the_key),
		cmocka_unit_test(key_id_of_what_is_no_key_is_an_error),
		cmocka_unit_test(new_key_id_is_sha1_of_the_key),
		cmocka_unit_test(new_serials_are_positive_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
