/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"

#include "crypto/der.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

#define KEY_USAGE(value) "30{06{551d0f} 0101ff 04{" value "}}"
#define BASIC(value) "30{06{551d13} 04{" value "}}"
#define EXTENDED(value) "30{06{551d25} 04{" value "}}"

#define OID_CLIENT_AUTH BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x02")

static void
check_takes_sound_lists(void **state)
{
	static const char *const rows[] = {
		"",
		"3000",
		"30{30{06{551d0f} 04{030205a0}}}",
		"30{30{06{551d0f} 0101ff 04{030205a0}}}",
		"30{30{06{551d0f} 010100 04{}}}",
		"30{" KEY_USAGE("030205a0") BASIC("3000") "}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i]);

		assert_err(extensions_check(buf_bytes(&list)), ERR_OK, rows[i]);
		buf_clear(&list);
	}
}

static void
check_refuses_doubled_and_malformed_lists(void **state)
{
	static const char *const rows[] = {
		"0500",
		"3100",
		"3000 00",
		"3001",
		"30{0500}",
		"30{3000}",
		"30{30{06{551d0f}}}",
		"30{30{06{551d0f} 0101ff}}",
		"30{30{06{551d0f} 010101 04{}}}",
		"30{30{06{551d0f} 03{00}}}",
		"30{30{06{551d0f} 04{} 04{}}}",
		"30{30{06{551d0f} 04{} 0101ff}}",
		"30{30{0600 04{}}}",
		"30{30{04{}}}",
		"30{31{06{551d0f} 04{}}}",
		"30{" KEY_USAGE("030205a0") KEY_USAGE("030205a0") "}",
		"30{" KEY_USAGE("030205a0") BASIC("3000") KEY_USAGE("0301") "}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i]);

		assert_err(extensions_check(buf_bytes(&list)),
		    ERR_CSR_ATTRIBUTE, rows[i]);
		buf_clear(&list);
	}
}

static void
check_takes_so_many_extensions_and_no_more(void **state)
{
	struct buf list = { 0 };
	size_t start = der_open(&list, DER_SEQUENCE);

	(void)state;
	for (unsigned i = 0; i < 65; i++) {
		uint8_t oid[] = { 0x55, (uint8_t)i };
		struct buf closed = { 0 };

		buf_append(&closed, buf_bytes(&list));
		der_close(&closed, start);
		assert_int_equal(extensions_check(buf_bytes(&closed)), ERR_OK);
		buf_clear(&closed);
		extension_append(&list, BYTES_ARRAY(oid), false,
		    BYTES_LITERAL("x"));
	}
	der_close(&list, start);
	assert_int_equal(extensions_check(buf_bytes(&list)), ERR_CSR_ATTRIBUTE);
	buf_clear(&list);
}

static void
find_gives_the_content_of_the_octet_string(void **state)
{
	struct buf list = asn1("30{" BASIC("3000") KEY_USAGE("030205a0") "}");
	struct buf broken = asn1("30{0500" KEY_USAGE("030205a0") "}");
	struct bytes value = { 0 };

	(void)state;
	assert_false(extensions_find(BYTES_LITERAL("\x05"), OID_KEY_USAGE,
	    &value));
	assert_true(extensions_find(buf_bytes(&list), OID_KEY_USAGE, &value));
	assert_asn1(value, "030205a0", "keyUsage");
	assert_false(extensions_find(buf_bytes(&list), OID_SUBJECT_ALT_NAME,
	    &value));
	assert_false(extensions_find(buf_bytes(&broken), OID_KEY_USAGE,
	    &value));
	assert_false(extensions_find(bytes_of(NULL, 0), OID_KEY_USAGE, &value));
	assert_asn1(value, "030205a0", "untouched");
	buf_clear(&list);
	buf_clear(&broken);
}

static void
key_usage_of_a_malformed_extension_is_none(void **state)
{
	static const struct {
		const char *list;
		unsigned usage;
	} rows[] = {
		{ "", KEY_USAGE_UNRESTRICTED },
		{ "3000", KEY_USAGE_UNRESTRICTED },
		{ "30{" BASIC("3000") "}", KEY_USAGE_UNRESTRICTED },
		{ "30{" KEY_USAGE("030205a0") "}",
		    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT },
		{ "30{" KEY_USAGE("03020106") "}",
		    KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN },
		{ "30{" KEY_USAGE("0303070080") "}", KEY_USAGE_DECIPHER_ONLY },
		{ "30{" KEY_USAGE("0303 00ff80") "}", 0x1ff },
		{ "30{" KEY_USAGE("030100") "}", 0 },
		{ "30{" KEY_USAGE("") "}", 0 },
		{ "30{" KEY_USAGE("0500") "}", 0 },
		{ "30{" KEY_USAGE("030205a0 00") "}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i].list);

		if (extensions_key_usage(buf_bytes(&list)) != rows[i].usage)
			fail_msg("%s", rows[i].list);
		buf_clear(&list);
	}
}

static void
is_ca_wants_basic_constraints_to_say_so(void **state)
{
	static const struct {
		const char *list;
		bool ca;
	} rows[] = {
		{ "", false },
		{ "30{" BASIC("3000") "}", false },
		{ "30{" BASIC("30{0101ff}") "}", true },
		{ "30{" BASIC("30{0101ff 020100}") "}", true },
		{ "30{" BASIC("30{010100}") "}", false },
		{ "30{" BASIC("30{010101}") "}", false },
		{ "30{" BASIC("30{020100}") "}", false },
		{ "30{" BASIC("0101ff") "}", false },
		{ "30{" BASIC("") "}", false },
		{ "30{" KEY_USAGE("03020106") "}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i].list);

		if (extensions_is_ca(buf_bytes(&list)) != rows[i].ca)
			fail_msg("%s", rows[i].list);
		buf_clear(&list);
	}
}

static void
have_purpose_looks_for_the_very_one(void **state)
{
	static const struct {
		const char *list;
		bool have;
	} rows[] = {
		{ "", false },
		{ "30{" EXTENDED("30{06{2b06010505070302}}") "}", true },
		{ "30{" EXTENDED("30{06{2b06010505070301}"
				 "06{2b06010505070302}}") "}",
		    true },
		{ "30{" EXTENDED("30{06{2b06010505070301}}") "}", false },
		/* anyExtendedKeyUsage is not every usage. */
		{ "30{" EXTENDED("30{06{551d2500}}") "}", false },
		{ "30{" EXTENDED("30{0500 06{2b06010505070302}}") "}", false },
		{ "30{" EXTENDED("06{2b06010505070302}") "}", false },
		{ "30{" EXTENDED("3000") "}", false },
		{ "30{" EXTENDED("") "}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf list = asn1(rows[i].list);

		if (extensions_have_purpose(buf_bytes(&list),
			OID_CLIENT_AUTH) != rows[i].have)
			fail_msg("%s", rows[i].list);
		buf_clear(&list);
	}
}

static void
purposes_are_compared_whole_as_far_as_they_are_read(void **state)
{
	static const struct {
		const char *purposes;
		bool have;
	} rows[] = {
		{ "", false },
		{ "06{2b06010505070302}", true },
		{ "06{2b06010505070301} 06{2b06010505070302}", true },
		{ "06{2b0601050507030201}", false },
		{ "06{2b060105050703}", false },
		{ "06{2b06010505070302} 0500", true },
		{ "0500 06{2b06010505070302}", false },
		{ "30{ 06{2b06010505070302} }", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf purposes = asn1(rows[i].purposes);

		if (purposes_have(buf_bytes(&purposes), OID_CLIENT_AUTH) !=
		    rows[i].have)
			fail_msg("%s", rows[i].purposes);
		buf_clear(&purposes);
	}
}

static void
append_leaves_out_the_default_of_critical(void **state)
{
	struct buf made = { 0 };

	(void)state;
	extension_append(&made, OID_KEY_USAGE, true, BYTES_LITERAL("a"));
	extension_append(&made, OID_KEY_USAGE, false, BYTES_LITERAL("b"));
	assert_asn1(buf_bytes(&made),
	    "30{06{551d0f} 0101ff 04{'a'}} 30{06{551d0f} 04{'b'}}",
	    "extensions");
	buf_clear(&made);
}

#define ALLOWED \
	(1u << GENERAL_NAME_EMAIL | 1u << GENERAL_NAME_DNS | \
	    1u << GENERAL_NAME_URI | 1u << GENERAL_NAME_IP)

/* A user principal name, as Windows has it: an otherName. */
#define UPN "a0{06{2b060104018237140203} a0{0c{'a@b'}}}"

static void
filter_keeps_the_names_that_are_allowed(void **state)
{
	static const struct {
		const char *names;
		unsigned allowed;
		const char *kept;
	} rows[] = {
		{ "", ALLOWED, "" },
		{ "3000", ALLOWED, "" },
		{ "30{82{'a.example.org'}}", ALLOWED,
		    "30{82{'a.example.org'}}" },
		{ "30{81{'a@b'} 82{'_a.b'} 86{'urn:a'} 87{0a000001}}", ALLOWED,
		    "30{81{'a@b'} 82{'_a.b'} 86{'urn:a'} 87{0a000001}}" },
		{ "30{87{20010db8000000000000000000000001}}", ALLOWED,
		    "30{87{20010db8000000000000000000000001}}" },
		{ "30{82{'azAZ09-._'}}", ALLOWED, "30{82{'azAZ09-._'}}" },
		{ "30{82{'b'} 82{'a'} 82{'b'}}", ALLOWED,
		    "30{82{'b'} 82{'a'} 82{'b'}}" },
		{ "30{81{'a@b'} 82{'b'}}", 1u << GENERAL_NAME_DNS,
		    "30{82{'b'}}" },
		{ "30{81{'a@b'}}", 1u << GENERAL_NAME_DNS, "" },
		/* What is not allowed is not read either. */
		{ "30{81{00} 82{'b'} 87{01}}", 1u << GENERAL_NAME_DNS,
		    "30{82{'b'}}" },
		{ "30{" UPN "82{'b'} a4{3000}}", ALLOWED, "30{82{'b'}}" },
		{ "30{" UPN "}", 1u << 0, "30{" UPN "}" },
		{ "30{82{'b'}}", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf names = asn1(rows[i].names), kept = { 0 };

		buf_append_string(&kept, "before");
		assert_err(general_names_filter(&kept, buf_bytes(&names),
			       rows[i].allowed),
		    ERR_OK, rows[i].names);
		assert_asn1(bytes_from(buf_bytes(&kept), 6), rows[i].kept,
		    rows[i].names);
		buf_clear(&names);
		buf_clear(&kept);
	}
}

#define USER(text) "a0{ 06{2b060104018237140203} a0{ 0c{" text "} } }"
#define SID "86{'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-500'}"
#define DNS (1u << GENERAL_NAME_DNS)
#define URI (1u << GENERAL_NAME_URI)

static const struct {
	const char *names;
	unsigned allowed;
	const char *kept; /* NULL: refused */
} powerful[] = {
	/* A wildcard is the whole of the first of three labels. */
	{ "30{82{'*.a.lab'}}", DNS, NULL },
	{ "30{82{'*.a.lab'}}", DNS | GENERAL_NAMES_WILDCARD,
	    "30{82{'*.a.lab'}}" },
	{ "30{82{'*.a.lab'}}", GENERAL_NAMES_WILDCARD, "" },
	{ "30{82{'*.lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*.lab.'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*..lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*.a..lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*.'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*a.b.lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'a.*.b.lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*.*.b.lab'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'*.a.l/b'}}", DNS | GENERAL_NAMES_WILDCARD, NULL },
	{ "30{82{'a.lab'}}", DNS | GENERAL_NAMES_WILDCARD, "30{82{'a.lab'}}" },
	/* Of the other names, users' are all that there is. */
	{ "30{" USER("'jo@lab'") "}", DNS, "" },
	{ "30{" USER("'jo@lab'") "}", GENERAL_NAMES_UPN,
	    "30{" USER("'jo@lab'") "}" },
	{ "30{" USER("'J' c3b6 '@lab'") "}", GENERAL_NAMES_UPN,
	    "30{" USER("'J' c3b6 '@lab'") "}" },
	{ "30{" USER("'jo'") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@lab@lab'") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@'") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'j o@lab'") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@lab' 00") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@lab' 0a") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@lab' c285") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("'jo@lab' ff") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{" USER("") "}", GENERAL_NAMES_UPN, NULL },
	{ "30{a0{ 06{2b060104018237140203} a0{ 16{'jo@lab'} } }}",
	    GENERAL_NAMES_UPN, NULL },
	{ "30{a0{ 06{2b060104018237140203} a0{ 0c{'jo@lab'} 0500 } }}",
	    GENERAL_NAMES_UPN, NULL },
	{ "30{a0{ 06{2b060104018237140203} a0{ 0c{'jo@lab'} } 0500 }}",
	    GENERAL_NAMES_UPN, NULL },
	{ "30{a0{ 06{2b060104018237140203} }}", GENERAL_NAMES_UPN, NULL },
	{ "30{a0{ 06{2a0304} a0{ 0c{'jo@lab'} } }}", GENERAL_NAMES_UPN, "" },
	{ "30{80{ 06{2b060104018237140203} a0{ 0c{'jo@lab'} } }}",
	    GENERAL_NAMES_UPN, NULL },
	/* Who has a SID says more than another URI. */
	{ "30{" SID "}", 0, "" },
	{ "30{" SID "}", DNS, "" },
	{ "30{" SID "}", URI, NULL },
	{ "30{" SID "}", GENERAL_NAMES_KNOWN, NULL },
	{ "30{" SID "}", GENERAL_NAMES_SID, "30{" SID "}" },
	{ "30{" SID "}", URI | GENERAL_NAMES_SID, "30{" SID "}" },
	{ "30{" SID " 86{'urn:a'}}", GENERAL_NAMES_SID, "30{" SID "}" },
	{ "30{86{'Tag:Microsoft.COM,2022-09-14:SID:S-1'}}", URI, NULL },
	{ "30{86{'tag:microsoft.com,2022-09-14:sid:'}}", URI, NULL },
	{ "30{86{'tag:microsoft.com,2022-09-14:sid'}}", URI,
	    "30{86{'tag:microsoft.com,2022-09-14:sid'}}" },
	{ "30{86{'tag:microsoft.com,2022-09-14:sid:S 1'}}", GENERAL_NAMES_SID,
	    NULL },
};

static void
filter_keeps_powerful_names_where_they_are_listed_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(powerful); i++) {
		struct buf names = asn1(powerful[i].names), kept = { 0 };

		assert_err(general_names_filter(&kept, buf_bytes(&names),
			       powerful[i].allowed),
		    powerful[i].kept == NULL ? ERR_SAN : ERR_OK,
		    powerful[i].names);
		if (powerful[i].kept != NULL)
			assert_asn1(buf_bytes(&kept), powerful[i].kept,
			    powerful[i].names);
		buf_clear(&names);
		buf_clear(&kept);
	}
}

static void
filter_refuses_names_without_their_form(void **state)
{
	static const char *const rows[] = {
		"0500",
		"3000 00",
		"3001",
		"30{82}",
		"30{0c{'a'}}",
		"30{42{'a'}}",
		"30{c2{'a'}}",
		"30{9f02 01 61}",
		/* Empty, with blanks, NUL or past ASCII. */
		"30{82{}}",
		"30{82{'a b'}}",
		"30{82{' a'}}",
		"30{82{'a' 00 '.evil.org'}}",
		"30{82{'a' 0a}}",
		"30{82{'a' 7f}}",
		"30{82{c3a9}}",
		/* Other characters than a host's. */
		"30{82{'*.a'}}",
		"30{82{'a*'}}",
		"30{82{'a/b'}}",
		"30{82{'a:80'}}",
		"30{82{'a@b'}}",
		"30{82{'a[b'}}",
		"30{82{'a`b'}}",
		"30{82{'a{b'}}",
		"30{82{'a{b'}}",
		"30{82{'../../etc;<script>'}}",
		"30{81{}}",
		"30{81{'a @b'}}",
		"30{81{'a'}}",
		"30{81{'@'}}",
		"30{81{'@b'}}",
		"30{81{'a@'}}",
		"30{81{'a@b@c'}}",
		"30{86{}}",
		"30{86{'http://a b/'}}",
		/* Addresses of other sizes, networks among them. */
		"30{87{}}",
		"30{87{0a0000}}",
		"30{87{0a0000000a}}",
		"30{87{0a000000ff000000}}",
		"30{87{20010db800000000000000000000000100}}",
		/* Constructed, though what is inside looks like text. */
		"30{a2{'A!ABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}}",
		"30{a7{04020a01}}",
		/* The last of several. */
		"30{82{'a'} 82{'b'} 82{}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf names = asn1(rows[i]), kept = { 0 };

		buf_append_string(&kept, "before");
		assert_err(general_names_filter(&kept, buf_bytes(&names),
			       ALLOWED),
		    ERR_SAN, rows[i]);
		assert_bytes(buf_bytes(&kept), "before");
		buf_clear(&names);
		buf_clear(&kept);
	}
}

/* Names that are filled up: $0 is `count` times "a". */
static const struct {
	const char *names;
	size_t count;
	enum err expected;
} lengths[] = {
	{ "30{82{$0}}", 253, ERR_OK },
	{ "30{82{$0}}", 254, ERR_SAN },
	{ "30{82{$0}}", 100000, ERR_SAN },
	{ "30{81{$0 '@b'}}", 252, ERR_OK },
	{ "30{81{$0 '@b'}}", 253, ERR_SAN },
	{ "30{86{'urn:' $0}}", 2044, ERR_OK },
	{ "30{86{'urn:' $0}}", 2045, ERR_SAN },
	/* 8192 octets in all: three of 2052, one of 2036. */
	{ "30{86{$1} 86{$1} 86{$1} 86{$0}}", 2032, ERR_OK },
	{ "30{86{$1} 86{$1} 86{$1} 86{$0}}", 2033, ERR_SAN },
	{ "30{86{$1} 86{$1} 86{$1} 86{$0} 8a{$1}}", 2032, ERR_OK },
};

static void
filter_takes_so_long_names_and_no_longer(void **state)
{
	struct buf uri = repeated("'a'", 2048);

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct buf filling = repeated("'a'", lengths[i].count);
		struct bytes parts[] = { buf_bytes(&filling), buf_bytes(&uri) };
		struct buf names = asn1_of(lengths[i].names, parts);
		struct buf kept = { 0 };

		assert_err(general_names_filter(&kept, buf_bytes(&names),
			       ALLOWED),
		    lengths[i].expected, lengths[i].names);
		assert_int_equal(kept.size != 0, lengths[i].expected == ERR_OK);
		buf_clear(&filling);
		buf_clear(&names);
		buf_clear(&kept);
	}
	buf_clear(&uri);
}

static void
filter_takes_so_many_names_and_no_more(void **state)
{
	struct buf most = repeated("82{'a'}", 256);
	struct buf more = repeated("82{'a'}", 257);
	struct bytes parts[] = { buf_bytes(&most), buf_bytes(&more) };
	struct buf names = asn1_of("30{$0}", parts), kept = { 0 };

	(void)state;
	assert_int_equal(general_names_filter(&kept, buf_bytes(&names),
			     ALLOWED),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&kept), buf_bytes(&names));
	buf_clear(&names);
	names = asn1_of("30{$1}", parts);
	assert_int_equal(general_names_filter(&kept, buf_bytes(&names), 0),
	    ERR_SAN);
	buf_clear(&names);
	buf_clear(&kept);
	buf_clear(&most);
	buf_clear(&more);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_takes_sound_lists),
		cmocka_unit_test(check_refuses_doubled_and_malformed_lists),
		cmocka_unit_test(check_takes_so_many_extensions_and_no_more),
		cmocka_unit_test(find_gives_the_content_of_the_octet_string),
		cmocka_unit_test(key_usage_of_a_malformed_extension_is_none),
		cmocka_unit_test(is_ca_wants_basic_constraints_to_say_so),
		cmocka_unit_test(have_purpose_looks_for_the_very_one),
		cmocka_unit_test(
		    purposes_are_compared_whole_as_far_as_they_are_read),
		cmocka_unit_test(append_leaves_out_the_default_of_critical),
		cmocka_unit_test(filter_keeps_the_names_that_are_allowed),
		cmocka_unit_test(
		    filter_keeps_powerful_names_where_they_are_listed_alone),
		cmocka_unit_test(filter_refuses_names_without_their_form),
		cmocka_unit_test(filter_takes_so_long_names_and_no_longer),
		cmocka_unit_test(filter_takes_so_many_names_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
