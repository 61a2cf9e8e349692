/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/certificate_text.h"

#include "crypto/extension.h"
#include "tests/unit/crypto_codec.h"

static void
names_are_written_as_they_are_given(void **state)
{
	static const struct row {
		const char *names;
		const char *text;
	} rows[] = {
		{ "30{ 82{'a.example.org'} }", "dns:a.example.org" },
		{ "30{ 82{'a'} 87{c0000201} 81{'x@y'} 86{'urn:x'} }",
		    "dns:a,ip:192.0.2.1,email:x@y,uri:urn:x" },
		{ "30{ 87{20010db8 00000000 00000000 00000001} }",
		    "ip:2001:db8::1" },
		{ "30{ 87{c00002} 88{2b} a0{0600} }",
		    "[7]:c00002,[8]:2b,"
		    "[0]:0600" },
		{ "30{}", "" },
		{ "0500", "" },
		{ "30{ 82{'a'} 8205 }", "dns:a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf names = asn1(rows[i].names), text = { 0 };

		certificate_text_append_names(&text, buf_bytes(&names));
		assert_string_equal(buf_string(&text), rows[i].text);
		buf_clear(&names);
		buf_clear(&text);
	}
}

static void
key_usages_have_their_words(void **state)
{
	static const struct row {
		unsigned bits;
		const char *text;
	} rows[] = {
		{ 0, "" },
		{ KEY_USAGE_DIGITAL_SIGNATURE, "digitalSignature" },
		{ KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT,
		    "digitalSignature,keyEncipherment" },
		{ KEY_USAGE_UNRESTRICTED,
		    "digitalSignature,nonRepudiation,keyEncipherment,"
		    "dataEncipherment,keyAgreement,keyCertSign,cRLSign,"
		    "encipherOnly,decipherOnly" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = { 0 };

		certificate_text_append_key_usage(&text, rows[i].bits);
		assert_string_equal(buf_string(&text), rows[i].text);
		buf_clear(&text);
	}
}

static void
purposes_have_their_words_or_numbers(void **state)
{
	struct buf purposes = asn1("06{2b06010505070302} 06{2b0601040182371402"
				   "02} 06{2a0304} 06{2b06010505070311} 05");
	struct buf text = { 0 };

	(void)state;
	certificate_text_append_purposes(&text, buf_bytes(&purposes));
	assert_string_equal(buf_string(&text),
	    "clientAuth,smartcardLogon,1.2.3.4,ipsecIKE");
	buf_clear(&purposes);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_written_as_they_are_given),
		cmocka_unit_test(key_usages_have_their_words),
		cmocka_unit_test(purposes_have_their_words_or_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
