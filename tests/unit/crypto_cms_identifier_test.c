/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_identifier.h"

#include "tests/unit/crypto_codec.h"

#define NAME "30{31{30{06{55040a}0c{'Example'}}}31{30{06{550403}0c{'rsa'}}}}"

static void
identifier_names_by_issuer_and_serial_or_by_key_id(void **state)
{
	static const struct {
		const char *identifier;
		bool names;
	} rows[] = {
		{ "30{" NAME " 02{1001}}", true },
		{ "30{" NAME " 02{1002}}", false },
		{ "30{30{31{30{06{550403}0c{'rsa'}}}} 02{1001}}", false },
		{ "80{$0}", true },
		{ "80{00$0}", false },
		/* The OCTET STRING inside the [0] instead of in its place. */
		{ "80{04{$0}}", true },
		{ "a0{04{$0}}", true },
	};
	struct certificate *certificate = certificate_vector("codec/rsa.pem");
	struct buf key_id = { 0 };
	struct bytes parts[1];

	(void)state;
	assert_int_equal(certificate_key_id(provider_find("gnutls"),
			     certificate, &key_id),
	    ERR_OK);
	parts[0] = buf_bytes(&key_id);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1_of(rows[i].identifier, parts);
		struct der from = der_of(buf_bytes(&der));
		struct cms_identifier identifier;

		assert_int_equal(cms_identifier_read(&from, &identifier),
		    ERR_OK);
		assert_true(der_at_end(&from));
		assert_int_equal(cms_identifier_names(&identifier, certificate),
		    rows[i].names);
		buf_clear(&der);
	}
	buf_clear(&key_id);
	certificate_free(certificate);
}

static void
read_refuses_what_is_neither_and_leaves_its_output(void **state)
{
	static const struct {
		const char *identifier;
		enum err err;
	} rows[] = {
		{ "", ERR_DER_TAG },
		{ "04{01}", ERR_DER_TAG },
		{ "81{01}", ERR_DER_TAG },
		{ "30{}", ERR_DER_TAG },
		{ "30{" NAME "}", ERR_DER_TAG },
		{ "30{" NAME " 02{}}", ERR_DER_INTEGER },
		{ "8005 01", ERR_DER_TRUNCATED },
	};
	struct cms_identifier identifier = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].identifier);
		struct der from = der_of(buf_bytes(&der));

		assert_int_equal(cms_identifier_read(&from, &identifier),
		    rows[i].err);
		assert_int_equal(identifier.issuer.size, 0);
		assert_int_equal(identifier.key_id.size, 0);
		buf_clear(&der);
	}
}

static void
append_writes_what_names_the_certificate(void **state)
{
	struct certificate *certificate = certificate_vector("codec/rsa.pem");
	struct cms_identifier identifier;
	struct buf made = { 0 };
	struct der from;

	(void)state;
	cms_identifier_append(&made, certificate);
	from = der_of(buf_bytes(&made));
	assert_int_equal(cms_identifier_read(&from, &identifier), ERR_OK);
	assert_true(cms_identifier_names(&identifier, certificate));
	assert_true(bytes_equal(identifier.serial, certificate->serial));
	buf_clear(&made);
	certificate_free(certificate);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    identifier_names_by_issuer_and_serial_or_by_key_id),
		cmocka_unit_test(
		    read_refuses_what_is_neither_and_leaves_its_output),
		cmocka_unit_test(append_writes_what_names_the_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
