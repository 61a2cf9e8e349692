/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate_template.h"

#include "crypto/extension.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

#define NAMED(value) "30{ 06{2b0601040182371402} 04{" value "} }"
#define IDENTIFIED(value) "30{ 06{2b0601040182371507} 04{" value "} }"
#define ID "06{2b06010401823715080708}"
#define DOTTED "1.3.6.1.4.1.311.21.8.7.8"

static const struct {
	const char *extensions;
	const char *name;
	const char *id;
} rows[] = {
	{ "", "", "" },
	{ NAMED("1e{ 0043 0041 }"), "CA", "" },
	{ NAMED("0c{'Phone'}"), "Phone", "" },
	{ NAMED("13{'Phone'}"), "Phone", "" },
	{ NAMED("1e{ 00e9 }"), "\xc3\xa9", "" },
	{ IDENTIFIED("30{" ID "}"), "", DOTTED },
	{ IDENTIFIED("30{" ID "020164}"), "", DOTTED },
	{ IDENTIFIED("30{" ID "020164 020103}"), "", DOTTED },
	{ IDENTIFIED("30{" ID "02050080000000 020103}"), "", DOTTED },
	{ NAMED("0c{'Phone'}") IDENTIFIED("30{" ID "020164}"), "Phone",
	    DOTTED },
	/* What is malformed, beside what is not. */
	{ NAMED("") IDENTIFIED("30{" ID "}"), "", DOTTED },
	{ NAMED("0c{'Phone'}") IDENTIFIED("30{}"), "Phone", "" },
	{ NAMED("1e{ 00 }"), "", "" },
	{ NAMED("1e{ d800 }"), "", "" },
	{ NAMED("0c{'a' 00}"), "", "" },
	{ NAMED("0c{'a' 0a}"), "", "" },
	{ NAMED("0c{ff}"), "", "" },
	{ NAMED("04{'Phone'}"), "", "" },
	{ NAMED("0c{'Phone'} 00"), "", "" },
	{ IDENTIFIED(ID), "", "" },
	{ IDENTIFIED("30{" ID "} 0500"), "", "" },
	{ IDENTIFIED("30{ 06{80} }"), "", "" },
	{ IDENTIFIED("30{ 020101" ID "}"), "", "" },
	{ IDENTIFIED("30{" ID "0c{'1'} }"), "", "" },
	{ IDENTIFIED("30{" ID "020101 020101 020101}"), "", "" },
	/* Others. */
	{ "30{ 06{2b0601040182371403} 04{ 0c{'Phone'} } }", "", "" },
};

static void
assert_names(struct bytes list, const char *name, const char *id)
{
	struct certificate_template template;
	struct buf dotted = { 0 };

	certificate_template_read(list, &template);
	if (template.id.size > 0)
		oid_append_text(&dotted, template.id);
	assert_string_equal(buf_string(&template.name), name);
	assert_string_equal(buf_string(&dotted), id);
	certificate_template_clear(&template);
	buf_clear(&dotted);
}

static void
a_request_names_a_template_in_two_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf inner = asn1(rows[i].extensions), list = { 0 };

		der_append(&list, DER_SEQUENCE, buf_bytes(&inner));
		assert_names(buf_bytes(&list), rows[i].name, rows[i].id);
		buf_clear(&inner);
		buf_clear(&list);
	}
	assert_names(bytes_of(NULL, 0), "", "");
	assert_names(BYTES_LITERAL("\x30\x05"), "", "");
}

static void
a_name_has_256_characters_at_most(void **state)
{
	(void)state;
	for (size_t size = 256; size <= 257; size++) {
		struct buf name = { 0 }, value = { 0 }, inner = { 0 };
		struct buf list = { 0 };

		for (size_t i = 0; i < size; i++)
			buf_append_octet(&name, 'x');
		der_append(&value, DER_UTF8_STRING, buf_bytes(&name));
		extension_append(&inner, OID_TEMPLATE_NAME, false,
		    buf_bytes(&value));
		der_append(&list, DER_SEQUENCE, buf_bytes(&inner));
		assert_names(buf_bytes(&list),
		    size == 256 ? buf_string(&name) : "", "");
		buf_clear(&name);
		buf_clear(&value);
		buf_clear(&inner);
		buf_clear(&list);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_names_a_template_in_two_ways),
		cmocka_unit_test(a_name_has_256_characters_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
