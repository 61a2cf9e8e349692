/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/name.h"

#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

/* Relative distinguished names of one attribute. */
#define CN(value) "31{30{06{550403}" value "}}"
#define O(value) "31{30{06{55040a}" value "}}"

static const char *const malformed[] = {
	"",
	"0500",
	"3100",
	"30",
	"3005 3100",
	/* Behind the name; an RDN that is empty or none. */
	"3000 00",
	"30{3100}",
	"30{30{30{06{550403} 0c{'a'}}}}",
	"30{0500}",
	/* Attributes: no type, no value, two values, a malformed type. */
	"30{31{3000}}",
	"30{31{30{06{550403}}}}",
	"30{31{30{0c{'a'}}}}",
	"30{31{30{06{550403} 0c{'a'} 0c{'b'}}}}",
	"30{31{30{06{5504} 30}}}",
	"30{31{30{0600 0c{'a'}}}}",
	"30{31{30{06{5584} 0c{'a'}}}}",
	"30{31{31{06{550403} 0c{'a'}}}}",
	"30{31{30{06{550403} 0c{'a'}} 0500}}",
};

static void
check_refuses_malformed_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(malformed); i++) {
		struct buf name = asn1(malformed[i]), text = { 0 };

		assert_err(name_check(buf_bytes(&name)),
		    ERR_CERTIFICATE_MALFORMED, malformed[i]);
		assert_false(name_find(buf_bytes(&name), OID_COMMON_NAME,
		    &text));
		assert_int_equal(text.size, 0);
		name_append_text(&text, buf_bytes(&name));
		assert_string_equal(buf_string(&text), "(malformed)");
		buf_clear(&name);
		buf_clear(&text);
	}
}

static void
check_refuses_values_that_are_not_valid_in_their_type(void **state)
{
	static const char *const rows[] = {
		CN("0c{'a' ff}"),
		CN("0c{'a' 00}"),
		CN("1e{00}"),
		CN("16{e9}"),
		CN("0500"),
		CN("04{'a'}"),
		CN("30{0c{'a'}}"),
		O("0c{'fine'}") CN("1e{d800}"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf attributes = asn1(rows[i]);
		struct bytes parts[] = { buf_bytes(&attributes) };
		struct buf name = asn1_of("30{$0}", parts);

		assert_err(name_check(buf_bytes(&name)),
		    ERR_CERTIFICATE_MALFORMED, rows[i]);
		buf_clear(&attributes);
		buf_clear(&name);
	}
}

static void
check_takes_what_devices_send(void **state)
{
	static const char *const rows[] = {
		"3000",
		"30{" CN("0c{'router'}") "}",
		"30{" CN("13{'a_b@c'}") "}",
		"30{" CN("14{e9}") "}",
		"30{" CN("1e{00e9}") "}",
		"30{" CN("1c{000000e9}") "}",
		"30{" CN("0c{}") "}",
		"30{31{30{06{550403} 0c{'b'}} 30{06{55040a} 0c{'a'}}}}",
		"30{31{30{06{2a864886f70d010902} 16{'r1.example.org'}}}}",
		"30{31{30{06{2b060104018237}  0c{'a type of its own'}}}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf name = asn1(rows[i]);

		assert_err(name_check(buf_bytes(&name)), ERR_OK, rows[i]);
		assert_int_equal(name_is_empty(buf_bytes(&name)), i == 0);
		buf_clear(&name);
	}
}

static void
check_takes_so_many_attributes_and_no_more(void **state)
{
	struct buf most = repeated(CN("0c{'a'}"), NAME_MAX_ATTRIBUTES);
	struct buf more = repeated(CN("0c{'a'}"), NAME_MAX_ATTRIBUTES + 1);
	/* All of them in one RDN. */
	struct buf one = repeated("30{06{550403} 0c{'a'}}", 10000);
	struct bytes parts[] = { buf_bytes(&most), buf_bytes(&more),
		buf_bytes(&one) };
	struct buf name = asn1_of("30{$0}", parts);

	(void)state;
	assert_int_equal(name_check(buf_bytes(&name)), ERR_OK);
	assert_true(name_equal(buf_bytes(&name), buf_bytes(&name)));
	buf_clear(&name);
	name = asn1_of("30{$1}", parts);
	assert_int_equal(name_check(buf_bytes(&name)),
	    ERR_CERTIFICATE_MALFORMED);
	buf_clear(&name);
	name = asn1_of("30{31{$2}}", parts);
	assert_int_equal(name_check(buf_bytes(&name)),
	    ERR_CERTIFICATE_MALFORMED);
	buf_clear(&name);
	buf_clear(&most);
	buf_clear(&more);
	buf_clear(&one);
}

static const struct pair {
	const char *a, *b;
	bool equal;
} pairs[] = {
	{ "3000", "3000", true },
	{ "30{" CN("0c{'router'}") "}", "30{" CN("0c{'router'}") "}", true },
	/* The same text in each string type. */
	{ "30{" CN("0c{'router'}") "}", "30{" CN("13{'router'}") "}", true },
	{ "30{" CN("0c{'router'}") "}", "30{" CN("14{'router'}") "}", true },
	{ "30{" CN("0c{'router'}") "}", "30{" CN("16{'router'}") "}", true },
	{ "30{" CN("0c{'rf'}") "}", "30{" CN("1e{00720066}") "}", true },
	{ "30{" CN("0c{'rf'}") "}", "30{" CN("1c{0000007200000066}") "}",
	    true },
	{ "30{" CN("0c{c3a9}") "}", "30{" CN("14{e9}") "}", true },
	{ "30{" CN("0c{c3a9}") "}", "30{" CN("1e{00e9}") "}", true },
	/* Case, of ASCII alone. */
	{ "30{" CN("0c{'Router'}") "}", "30{" CN("0c{'rOUTER'}") "}", true },
	{ "30{" CN("0c{c3a9}") "}", "30{" CN("0c{c389}") "}", false },
	{ "30{" CN("0c{'['}") "}", "30{" CN("0c{'{'}") "}", false },
	{ "30{" CN("0c{'@'}") "}", "30{" CN("0c{'`'}") "}", false },
	/* Blanks at the ends, and in a row. */
	{ "30{" CN("0c{' a  b '}") "}", "30{" CN("13{'a b'}") "}", true },
	{ "30{" CN("0c{'   '}") "}", "30{" CN("0c{}") "}", true },
	{ "30{" CN("0c{'a b'}") "}", "30{" CN("0c{'ab'}") "}", false },
	{ "30{" CN("0c{'a'}") "}", "30{" CN("0c{'a' 09}") "}", false },
	/* Other texts, types, numbers and orders of attributes. */
	{ "30{" CN("0c{'a'}") "}", "30{" CN("0c{'b'}") "}", false },
	{ "30{" CN("0c{'a'}") "}", "30{" O("0c{'a'}") "}", false },
	{ "30{" CN("0c{'a'}") "}", "3000", false },
	{ "30{" CN("0c{'a'}") "}", "30{" CN("0c{'a'}") CN("0c{'a'}") "}",
	    false },
	{ "30{" CN("0c{'a'}") O("0c{'b'}") "}",
	    "30{" O("0c{'b'}") CN("0c{'a'}") "}", false },
	{ "30{" CN("0c{'a'}") O("0c{'b'}") "}",
	    "30{" CN("13{'A'}") O("13{'B'}") "}", true },
	/* One RDN of two attributes is not two RDNs. */
	{ "30{31{30{06{550403}0c{'a'}} 30{06{55040a}0c{'b'}}}}",
	    "30{" CN("0c{'a'}") O("0c{'b'}") "}", false },
	{ "30{31{30{06{550403}0c{'a'}} 30{06{55040a}0c{'b'}}}}",
	    "30{31{30{06{550403}13{'A'}} 30{06{55040a}13{'B'}}}}", true },
	/* Values that are no text equal only the same octets. */
	{ "30{" CN("04{'a'}") O("0c{'b'}") "}",
	    "30{" CN("04{'a'}") O("13{'b'}") "}", true },
	{ "30{" CN("04{'a'}") "}", "30{" CN("0c{'a'}") "}", false },
	{ "30{" CN("04{'a'}") "}", "30{" CN("04{'A'}") "}", false },
	{ "30{" CN("16{e9}") "}", "30{" CN("14{e9}") "}", false },
	/* So does what is malformed. */
	{ "3001", "3001", true },
	{ "3001", "3000", false },
	{ "30{" CN("0c{'a'}") "} 00", "30{" CN("0c{'a'}") "}", false },
	{ "", "", true },
	{ "", "3000", false },
};

/* What is folded is compared octet by octet. */
static bool
folded_equal(struct bytes a, struct bytes b)
{
	struct buf folded_a = { 0 }, folded_b = { 0 };
	bool equal;

	name_append_folded(&folded_a, a);
	name_append_folded(&folded_b, b);
	equal = bytes_equal(buf_bytes(&folded_a), buf_bytes(&folded_b));
	buf_clear(&folded_a);
	buf_clear(&folded_b);
	return equal;
}

static void
equal_compares_text_across_types_case_and_blanks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct buf a = asn1(pairs[i].a), b = asn1(pairs[i].b);

		if (folded_equal(buf_bytes(&a), buf_bytes(&b)) !=
		    pairs[i].equal)
			fail_msg("folded: %s and %s", pairs[i].a, pairs[i].b);
		if (name_equal(buf_bytes(&a), buf_bytes(&b)) !=
			pairs[i].equal ||
		    name_equal(buf_bytes(&b), buf_bytes(&a)) != pairs[i].equal)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
		buf_clear(&a);
		buf_clear(&b);
	}
}

static void
append_text_writes_rfc_4514(void **state)
{
	static const struct {
		const char *name;
		const char *text;
	} rows[] = {
		{ "3000", "" },
		{ "30{" O("0c{'Example'}") CN("0c{'router'}") "}",
		    "CN=router,O=Example" },
		{ "30{" CN("13{'a'}") "}", "CN=a" },
		{ "30{" CN("0c{}") "}", "CN=" },
		{ "30{" CN("1e{00e9}") "}", "CN=\xc3\xa9" },
		{ "30{" CN("0c{'a,b+c\"d;e<f>g\\h=#'}") "}",
		    "CN=a\\,b\\+c\\\"d\\;e\\<f\\>g\\\\h=#" },
		{ "30{" CN("0c{' a b '}") "}", "CN=\\ a b\\ " },
		{ "30{" CN("0c{' '}") "}", "CN=\\ " },
		{ "30{" CN("0c{'#a#'}") "}", "CN=\\#a#" },
		/* Two attributes in the last RDN. */
		{ "30{ 31{30{06{55040a} 0c{'x'}}}"
		  "31{30{06{550403} 0c{'a'}} 30{06{550405} 13{'7'}}} }",
		    "CN=a+serialNumber=7,O=x" },
		/* Types without a short name, values that are no text. */
		{ "30{31{30{06{2b0601040182370d} 0c{'a'}}}}",
		    "1.3.6.1.4.1.311.13=a" },
		{ "30{" CN("04{'a'}") "}", "CN=#040161" },
		{ "30{" CN("0c{ff}") "}", "CN=#0c01ff" },
		{ "30{31{30{06{0992268993f22c640119} 16{'org'}}}"
		  "31{30{06{0992268993f22c640101} 0c{'u'}}}"
		  "31{30{06{2a864886f70d010901} 16{'a@b'}}}"
		  "31{30{06{2a864886f70d010902} 13{'r1'}}}"
		  "31{30{06{2a864886f70d010908} 13{'10.0.0.1'}}}"
		  "31{30{06{550406} 13{'DE'}}} 31{30{06{550408} 0c{'s'}}}"
		  "31{30{06{550407} 0c{'l'}}} 31{30{06{550409} 0c{'st'}}}"
		  "31{30{06{550404} 0c{'sn'}}} 31{30{06{55042a} 0c{'gn'}}}"
		  "31{30{06{55042e} 13{'q'}}} 31{30{06{55040b} 0c{'u'}}}}",
		    "OU=u,dnQualifier=q,GN=gn,SN=sn,STREET=st,L=l,ST=s,C=DE,"
		    "unstructuredAddress=10.0.0.1,unstructuredName=r1,E=a@b,"
		    "UID=u,DC=org" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf name = asn1(rows[i].name), text = { 0 };

		name_append_text(&text, buf_bytes(&name));
		assert_string_equal(buf_string(&text), rows[i].text);
		buf_clear(&name);
		buf_clear(&text);
	}
}

static void
attributes_are_had_by_their_number(void **state)
{
	static const struct {
		const char *name;
		size_t index;
		enum err expected;
		const char *text;
	} rows[] = {
		{ "30{" CN("0c{'a'}") O("1e{00e9}") "}", 0, ERR_OK, "a" },
		{ "30{" O("0c{'a'}") CN("1e{00e9}") "}", 1, ERR_OK,
		    "\xc3\xa9" },
		{ "30{" CN("0c{'a'}") "}", 1, ERR_CERTIFICATE_MALFORMED, "" },
		{ "30{}", 0, ERR_CERTIFICATE_MALFORMED, "" },
		{ "30{" CN("0500") "}", 0, ERR_CERTIFICATE_MALFORMED, "" },
		{ "0500", 0, ERR_CERTIFICATE_MALFORMED, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf name = asn1(rows[i].name), text = { 0 };
		struct bytes type;
		enum err err = name_attribute(buf_bytes(&name), rows[i].index,
		    &type, &text);

		assert_err(err, rows[i].expected, rows[i].name);
		assert_same_bytes(buf_bytes(&text),
		    bytes_of_string(rows[i].text));
		if (err == ERR_OK)
			assert_same_bytes(type, OID_COMMON_NAME);
		buf_clear(&name);
		buf_clear(&text);
	}
}

static void
attributes_are_counted(void **state)
{
	static const struct {
		const char *name;
		enum err expected;
		size_t count;
	} rows[] = {
		{ "30{}", ERR_OK, 0 },
		{ "30{" CN("0c{'a'}") O("0500") "}", ERR_OK, 2 },
		{ "30{31{30{06{550403} 0c{'a'}} 30{06{550403} 0c{'b'}}}}",
		    ERR_OK, 2 },
		{ "30{3100}", ERR_CERTIFICATE_MALFORMED, 9 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf name = asn1(rows[i].name);
		size_t count = 9;

		assert_err(name_count(buf_bytes(&name), &count),
		    rows[i].expected, rows[i].name);
		assert_int_equal(count, rows[i].count);
		buf_clear(&name);
	}
}

static void
find_gives_the_last_of_its_type(void **state)
{
	struct buf name = asn1("30{" CN("0c{'first'}") CN("1e{00e9}")
		O("0c{'x'}") "}");
	struct buf broken = asn1("30{" CN("0c{'first'}") CN("0c{ff}") "}");
	struct buf value = { 0 };

	(void)state;
	buf_append_string(&value, "=");
	assert_true(name_find(buf_bytes(&name), OID_COMMON_NAME, &value));
	assert_string_equal(buf_string(&value), "=\xc3\xa9");
	assert_false(name_find(buf_bytes(&name), OID_KEY_USAGE, &value));
	assert_false(name_find(buf_bytes(&broken), OID_COMMON_NAME, &value));
	assert_string_equal(buf_string(&value), "=\xc3\xa9");
	buf_clear(&name);
	buf_clear(&broken);
	buf_clear(&value);
}

static void
append_makes_what_check_and_text_understand(void **state)
{
	static const struct name_part parts[] = {
		{ "C", "DE" },
		{ "DC", "example" },
		{ "O", "Ex\xc3\xa4mple, Ltd" },
		{ "CN", "router" },
		{ "serialNumber", "4711" },
		{ "E", "a@example.org" },
	};
	struct buf name = { 0 }, text = { 0 };

	(void)state;
	assert_int_equal(name_append(&name, parts, COUNT(parts)), ERR_OK);
	assert_asn1(buf_bytes(&name),
	    "30{ 31{30{06{550406} 13{'DE'}}}"
	    "31{30{06{0992268993f22c640119} 16{'example'}}}"
	    "31{30{06{55040a} 0c{'Ex' c3a4 'mple, Ltd'}}}"
	    "31{30{06{550403} 0c{'router'}}} 31{30{06{550405} 13{'4711'}}}"
	    "31{30{06{2a864886f70d010901} 16{'a@example.org'}}} }",
	    "name");
	assert_int_equal(name_check(buf_bytes(&name)), ERR_OK);
	name_append_text(&text, buf_bytes(&name));
	assert_string_equal(buf_string(&text),
	    "E=a@example.org,serialNumber=4711,CN=router,"
	    "O=Ex\xc3\xa4mple\\, Ltd,DC=example,C=DE");
	buf_clear(&name);
	assert_int_equal(name_append(&name, NULL, 0), ERR_OK);
	assert_true(name_is_empty(buf_bytes(&name)));
	buf_clear(&name);
	buf_clear(&text);
}

static void
append_refuses_types_and_texts_it_can_not_write(void **state)
{
	static const struct name_part rows[] = {
		{ "cn", "a" },
		{ "", "a" },
		{ "2.5.4.3", "a" },
		{ "CN", "" },
		{ "CN", "\xff" },
		{ "C", "D_" },
		{ "C", "\xc3\xa9" },
		{ "serialNumber", "a@b" },
		{ "DC", "\xc3\xa9" },
		{ "E", "\xc3\xa9@example.org" },
	};
	struct buf name = { 0 };

	(void)state;
	buf_append_string(&name, "before");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct name_part parts[] = { { "O", "fine" }, rows[i] };

		assert_err(name_append(&name, parts, COUNT(parts)), ERR_STRING,
		    rows[i].text);
		assert_bytes(buf_bytes(&name), "before");
	}
	buf_clear(&name);
}

static void
values_are_read_as_they_stand(void **state)
{
	static const char *const broken[] = { "", "0500", "30{30{}}",
		"30{31{}}", "30{31{30{06{550403}}}}" };
	struct buf name = asn1("30{31{30{06{550403} 13{'a'}} "
			       "30{06{55040b} 0500}} 31{30{06{2a} 1e{00}}}}");
	struct name_value values[NAME_MAX_ATTRIBUTES];
	size_t count = 7;

	(void)state;
	assert_int_equal(name_values(buf_bytes(&name), values, &count), ERR_OK);
	assert_int_equal(count, 3);
	assert_bytes(values[0].type, "\x55\x04\x03");
	assert_int_equal(values[0].tag, DER_PRINTABLE_STRING);
	assert_bytes(values[0].content, "a");
	assert_bytes(values[0].whole,
	    "\x13\x01"
	    "a");
	assert_true(values[0].first_of_rdn);
	assert_bytes(values[1].whole, "\x05\x00");
	assert_false(values[1].first_of_rdn);
	assert_bytes(values[2].type, "\x2a");
	assert_true(values[2].first_of_rdn);
	buf_clear(&name);
	count = 7;
	for (size_t i = 0; i < COUNT(broken); i++) {
		name = asn1(broken[i]);
		assert_err(name_values(buf_bytes(&name), values, &count),
		    ERR_CERTIFICATE_MALFORMED, broken[i]);
		assert_int_equal(count, 7);
		buf_clear(&name);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_refuses_malformed_names),
		cmocka_unit_test(
		    check_refuses_values_that_are_not_valid_in_their_type),
		cmocka_unit_test(check_takes_what_devices_send),
		cmocka_unit_test(check_takes_so_many_attributes_and_no_more),
		cmocka_unit_test(
		    equal_compares_text_across_types_case_and_blanks),
		cmocka_unit_test(append_text_writes_rfc_4514),
		cmocka_unit_test(attributes_are_had_by_their_number),
		cmocka_unit_test(attributes_are_counted),
		cmocka_unit_test(find_gives_the_last_of_its_type),
		cmocka_unit_test(append_makes_what_check_and_text_understand),
		cmocka_unit_test(
		    append_refuses_types_and_texts_it_can_not_write),
		cmocka_unit_test(values_are_read_as_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
