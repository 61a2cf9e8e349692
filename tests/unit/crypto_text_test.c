/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/text.h"

#include "crypto/der.h"
#include "tests/unit/crypto_codec.h"

static void
append_utf8_converts_every_string_type(void **state)
{
	static const struct {
		uint8_t tag;
		const char *content;
		const char *utf8;
	} rows[] = {
		{ DER_PRINTABLE_STRING, "'router 1'", "'router 1'" },
		/* What clients put into it all the same. */
		{ DER_PRINTABLE_STRING, "'a@b_c*'", "'a@b_c*'" },
		{ DER_NUMERIC_STRING, "'0123'", "'0123'" },
		{ DER_IA5_STRING, "01 7f", "01 7f" },
		{ DER_VISIBLE_STRING, "'~'", "'~'" },
		{ DER_T61_STRING, "'a' e9 ff 80", "'a' c3a9 c3bf c280" },
		{ DER_BMP_STRING, "0061 00e9 20ac ffff d7ff e000",
		    "'a' c3a9 e282ac efbfbf ed9fbf ee8080" },
		{ DER_UNIVERSAL_STRING, "00000061 000020ac 0001f600 0010ffff",
		    "'a' e282ac f09f9880 f48fbfbf" },
		{ DER_UTF8_STRING, "'a' c3a9 e282ac f09f9880 f48fbfbf",
		    "'a' c3a9 e282ac f09f9880 f48fbfbf" },
		{ DER_UTF8_STRING,
		    "01 7f c280 dfbf e0a080 ed9fbf ee8080 "
		    "efbfbf f0908080",
		    "01 7f c280 dfbf e0a080 ed9fbf ee8080 efbfbf f0908080" },
		{ DER_UTF8_STRING, "", "" },
		{ DER_BMP_STRING, "", "" },
		{ DER_UNIVERSAL_STRING, "", "" },
		{ DER_PRINTABLE_STRING, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf content = asn1(rows[i].content), utf8 = { 0 };

		assert_err(text_append_utf8(&utf8, rows[i].tag,
			       buf_bytes(&content)),
		    ERR_OK, rows[i].content);
		assert_asn1(buf_bytes(&utf8), rows[i].utf8, rows[i].content);
		buf_clear(&content);
		buf_clear(&utf8);
	}
}

static void
append_utf8_refuses_what_is_not_valid_in_the_type(void **state)
{
	static const struct {
		uint8_t tag;
		const char *content;
	} rows[] = {
		/* Past ASCII, and U+0000 in each of them. */
		{ DER_PRINTABLE_STRING, "'a' e9" },
		{ DER_PRINTABLE_STRING, "'a' 00" },
		{ DER_NUMERIC_STRING, "80" },
		{ DER_IA5_STRING, "80" },
		{ DER_IA5_STRING, "'a' 00 'b'" },
		{ DER_VISIBLE_STRING, "ff" },
		{ DER_T61_STRING, "00" },
		{ DER_BMP_STRING, "0061 0000" },
		{ DER_UNIVERSAL_STRING, "00000000" },
		{ DER_UTF8_STRING, "'a' 00" },
		/* Lengths that are no multiple of the width. */
		{ DER_BMP_STRING, "00" },
		{ DER_BMP_STRING, "0061 00" },
		{ DER_UNIVERSAL_STRING, "000061" },
		{ DER_UNIVERSAL_STRING, "00000061 0000" },
		/* Surrogates, also in pairs. */
		{ DER_BMP_STRING, "d800" },
		{ DER_BMP_STRING, "d83d de00" },
		{ DER_UNIVERSAL_STRING, "0000d800" },
		{ DER_UNIVERSAL_STRING, "0000dfff" },
		{ DER_UNIVERSAL_STRING, "00110000" },
		{ DER_UNIVERSAL_STRING, "ffffffff" },
		{ DER_UTF8_STRING, "eda080" },
		{ DER_UTF8_STRING, "edbfbf" },
		/* UTF-8 in other than its shortest form, or past its end. */
		{ DER_UTF8_STRING, "c080" },
		{ DER_UTF8_STRING, "c1bf" },
		{ DER_UTF8_STRING, "e08080" },
		{ DER_UTF8_STRING, "e09fbf" },
		{ DER_UTF8_STRING, "f0808080" },
		{ DER_UTF8_STRING, "f08fbfbf" },
		{ DER_UTF8_STRING, "f4908080" },
		{ DER_UTF8_STRING, "f5808080" },
		{ DER_UTF8_STRING, "f888808080" },
		{ DER_UTF8_STRING, "ff" },
		/* UTF-8 that begins in the middle, or ends there. */
		{ DER_UTF8_STRING, "80" },
		{ DER_UTF8_STRING, "bf 'a'" },
		{ DER_UTF8_STRING, "c3" },
		{ DER_UTF8_STRING, "c3 'a'" },
		{ DER_UTF8_STRING, "c3c3" },
		{ DER_UTF8_STRING, "e282" },
		{ DER_UTF8_STRING, "e2 'aa'" },
		{ DER_UTF8_STRING, "f09f98" },
		/* No strings of characters. */
		{ DER_OCTET_STRING, "'a'" },
		{ DER_INTEGER, "05" },
		{ DER_SEQUENCE, "" },
		{ DER_BIT_STRING, "'a'" },
		{ DER_UTC_TIME, "'700101000000Z'" },
		{ DER_CONTEXT + 12, "'a'" },
	};
	struct buf utf8 = { 0 };

	(void)state;
	buf_append_string(&utf8, "before");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf content = asn1(rows[i].content);

		assert_err(text_append_utf8(&utf8, rows[i].tag,
			       buf_bytes(&content)),
		    ERR_STRING, rows[i].content);
		assert_bytes(buf_bytes(&utf8), "before");
		buf_clear(&content);
	}
	buf_clear(&utf8);
}

static void
printable_string_is_the_set_of_x680(void **state)
{
	static const char others[] = "!\"#$%&*;<>@[\\]^_`{|}~\x7f\x80\xff\n";

	(void)state;
	assert_true(text_is_printable_string(BYTES_LITERAL("")));
	assert_true(text_is_printable_string(
	    BYTES_LITERAL("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "abcdefghijklmnopqrstuvwxyz0123456789"
			  " '()+,-./:=?")));
	for (size_t i = 0; i < sizeof(others); i++)
		assert_false(text_is_printable_string(bytes_of(others + i, 1)));
}

static void
control_characters_and_lengths_are_those_of_utf8(void **state)
{
	static const struct {
		const char *text;
		bool control;
		size_t characters;
	} rows[] = {
		{ "", false, 0 },
		{ "router ~", false, 8 },
		{ "a\x1f", true, 2 },
		{ "\r\n", true, 2 },
		{ "\x7f", true, 1 },
		{ "\xc2\x80", true, 1 },
		{ "\xc2\x9f", true, 1 },
		{ "\xc2\xa0", false, 1 },
		{ "a\xc2", true, 2 },
		{ "M\xc3\xbcller", false, 6 },
		{ "\xe2\x82\xac\xf0\x9f\x98\x80", false, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes text = bytes_of_string(rows[i].text);

		assert_int_equal(text_has_control(text), rows[i].control);
		assert_int_equal(text_count_characters(text),
		    rows[i].characters);
	}
	assert_true(text_has_control(bytes_of("a\0", 2)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    control_characters_and_lengths_are_those_of_utf8),
		cmocka_unit_test(append_utf8_converts_every_string_type),
		cmocka_unit_test(
		    append_utf8_refuses_what_is_not_valid_in_the_type),
		cmocka_unit_test(printable_string_is_the_set_of_x680),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
