/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/oid.h"

#include "tests/unit/crypto_codec.h"

static const struct {
	const char *octets;
	const char *text;
} rows[] = {
	{ "00", "0.0" },
	{ "27", "0.39" },
	{ "28", "1.0" },
	{ "2a864886f70d010702", "1.2.840.113549.1.7.2" },
	{ "4f", "1.39" },
	{ "50", "2.0" },
	{ "55040a", "2.5.4.10" },
	{ "8100", "2.48" },
	{ "8837", "2.999" },
	{ "2a8fffffff7f", "1.2.4294967295" },
	{ "90808080 4f", "2.4294967295" },
	{ "6086480186f845010907", "2.16.840.1.113733.1.9.7" },
	{ "2b0601040182370201 0e", "1.3.6.1.4.1.311.2.1.14" },
	{ "55 00 7f 8100 ff7f 818000", "2.5.0.127.128.16383.16384" },
};

static void
append_text_writes_the_dotted_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf octets = asn1(rows[i].octets), text = { 0 };

		oid_append_text(&text, buf_bytes(&octets));
		assert_string_equal(buf_string(&text), rows[i].text);
		buf_clear(&octets);
		buf_clear(&text);
	}
}

static void
append_text_writes_a_very_long_arc_in_hexadecimal(void **state)
{
	struct buf octets = asn1("69 83ffffffffffffffffff7f 05");
	struct buf text = { 0 };

	(void)state;
	oid_append_text(&text, buf_bytes(&octets));
	assert_string_equal(buf_string(&text),
	    "2.25.#83ffffffffffffffffff7f.5");
	buf_clear(&octets);
	buf_clear(&text);
}

static void
from_text_is_the_inverse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf octets = { 0 };

		assert_true(oid_from_text(&octets, rows[i].text));
		assert_asn1(buf_bytes(&octets), rows[i].octets, rows[i].text);
		buf_clear(&octets);
	}
}

static void
from_text_refuses_what_is_no_oid(void **state)
{
	static const char *const texts[] = { "", ".", "1", "1.", ".1", "1.2.",
		"1..2", "1.2..3", "3.1", "0.40", "1.40", "1.2.4294967296",
		"2.4294967296", "1.2.18446744073709551616", "1.2.-3", "1.2.+3",
		"1. 2", " 1.2", "1.2 ", "1.2.3x", "1,2", "a.b", "1.2.0x3" };
	struct buf octets = { 0 };

	(void)state;
	buf_append_string(&octets, "before");
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (oid_from_text(&octets, texts[i]))
			fail_msg("\"%s\" is taken", texts[i]);
		assert_bytes(buf_bytes(&octets), "before");
	}
	buf_clear(&octets);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_text_writes_the_dotted_form),
		cmocka_unit_test(
		    append_text_writes_a_very_long_arc_in_hexadecimal),
		cmocka_unit_test(from_text_is_the_inverse),
		cmocka_unit_test(from_text_refuses_what_is_no_oid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
