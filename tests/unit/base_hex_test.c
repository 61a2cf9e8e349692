/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/hex.h"

#include "tests/unit/unit.h"

static void
append_writes_two_digits_an_octet(void **state)
{
	static const struct {
		struct bytes bytes;
		const char *hex;
		const char *colons;
	} rows[] = {
		{ { NULL, 0 }, "", "" },
		{ { (const uint8_t *)"\x00", 1 }, "00", "00" },
		{ { (const uint8_t *)"\x09\x0a", 2 }, "090a", "09:0A" },
		{ { (const uint8_t *)"\x9f\xa0\xff", 3 }, "9fa0ff",
		    "9F:A0:FF" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf hex = { 0 }, colons = { 0 };

		hex_append(&hex, rows[i].bytes);
		hex_append_colons(&colons, rows[i].bytes);
		assert_string_equal(buf_string(&hex), rows[i].hex);
		assert_string_equal(buf_string(&colons), rows[i].colons);
		buf_clear(&hex);
		buf_clear(&colons);
	}
}

static void
append_follows_what_is_there(void **state)
{
	struct buf text = { 0 };

	(void)state;
	buf_append_string(&text, "x=");
	hex_append_colons(&text, BYTES_LITERAL("\x01\x02"));
	hex_append(&text, BYTES_LITERAL("\x03"));
	assert_string_equal(buf_string(&text), "x=01:0203");
	buf_clear(&text);
}

static void
digit_knows_all_characters(void **state)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	(void)state;
	for (int c = 0; c < 256; c++) {
		const char *found = c == 0 ? NULL : strchr(digits, c);

		assert_int_equal(hex_digit((uint8_t)c),
		    found == NULL ? -1 : (found - digits) % 16);
	}
}

static void
decode_inverts_append_for_every_octet(void **state)
{
	(void)state;
	for (int octet = 0; octet < 256; octet++) {
		uint8_t byte = (uint8_t)octet;
		struct buf text = { 0 }, back = { 0 };

		hex_append(&text, bytes_of(&byte, 1));
		assert_true(hex_decode(&back, buf_bytes(&text)));
		assert_same_bytes(buf_bytes(&back), bytes_of(&byte, 1));
		buf_clear(&text);
		buf_clear(&back);
	}
}

static void
decode_takes_both_cases_and_nothing(void **state)
{
	struct buf to = { 0 };

	(void)state;
	assert_true(hex_decode(&to, bytes_of(NULL, 0)));
	assert_int_equal(to.size, 0);
	assert_true(hex_decode(&to, BYTES_LITERAL("aBCd00")));
	assert_bytes(buf_bytes(&to), "\xab\xcd\x00");
	buf_clear(&to);
}

static void
decode_refuses_and_appends_nothing(void **state)
{
	static const struct bytes rows[] = {
		{ (const uint8_t *)"0", 1 },
		{ (const uint8_t *)"000", 3 },
		{ (const uint8_t *)"0g", 2 },
		{ (const uint8_t *)"g0", 2 },
		{ (const uint8_t *)"00:11", 5 },
		{ (const uint8_t *)"0011 ", 5 },
		{ (const uint8_t *)"00 1", 4 },
		{ (const uint8_t *)"0x00", 4 },
		{ (const uint8_t *)"00\0", 4 },
		{ (const uint8_t *)"0011@G", 6 },
		{ (const uint8_t *)"0011`/", 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf to = { 0 };

		buf_append_string(&to, "kept");
		assert_false(hex_decode(&to, rows[i]));
		assert_bytes(buf_bytes(&to), "kept");
		buf_clear(&to);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_writes_two_digits_an_octet),
		cmocka_unit_test(append_follows_what_is_there),
		cmocka_unit_test(digit_knows_all_characters),
		cmocka_unit_test(decode_inverts_append_for_every_octet),
		cmocka_unit_test(decode_takes_both_cases_and_nothing),
		cmocka_unit_test(decode_refuses_and_appends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
