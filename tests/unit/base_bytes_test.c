/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/bytes.h"

#include "tests/unit/unit.h"

static void
views_cover_what_they_were_made_of(void **state)
{
	static const uint8_t array[] = { 1, 0, 2 };

	(void)state;
	assert_int_equal(BYTES_ARRAY(array).size, 3);
	assert_int_equal(BYTES_LITERAL("a\0b").size, 3);
	assert_int_equal(bytes_of(array, 2).size, 2);
	assert_ptr_equal(bytes_of(array, 2).data, array);
	assert_int_equal(bytes_of_string("ab").size, 2);
	assert_int_equal(bytes_of_string("").size, 0);
	assert_int_equal(bytes_of_string(NULL).size, 0);
}

static void
from_ends_at_the_end(void **state)
{
	static const struct {
		size_t offset;
		const char *rest;
	} rows[] = {
		{ 0, "abc" },
		{ 1, "bc" },
		{ 2, "c" },
		{ 3, "" },
		{ 4, "" },
		{ SIZE_MAX, "" },
	};
	struct bytes abc = BYTES_LITERAL("abc");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes rest = bytes_from(abc, rows[i].offset);

		assert_same_bytes(rest, bytes_of_string(rows[i].rest));
		assert_ptr_equal(rest.data + rest.size, abc.data + 3);
	}
}

static void
from_of_nothing_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(bytes_from(bytes_of(NULL, 0), 0).size, 0);
	assert_int_equal(bytes_from(bytes_of(NULL, 0), 7).size, 0);
	assert_null(bytes_from(bytes_of(NULL, 0), 7).data);
}

static void
cut_parts_at_the_first_mark(void **state)
{
	static const struct {
		const char *whole;
		const char *part;
		const char *rest;
	} rows[] = {
		{ "a=b", "a", "b" },
		{ "a=b=c", "a", "b=c" },
		{ "=b", "", "b" },
		{ "a=", "a", "" },
		{ "=", "", "" },
		{ "ab", "ab", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes whole = bytes_of_string(rows[i].whole);
		struct bytes rest = whole, part = bytes_cut(&rest, '=');

		assert_same_bytes(part, bytes_of_string(rows[i].part));
		assert_same_bytes(rest, bytes_of_string(rows[i].rest));
		assert_ptr_equal(rest.data + rest.size,
		    whole.data + whole.size);
	}
}

static void
cut_of_nothing_is_nothing(void **state)
{
	struct bytes rest = bytes_of(NULL, 0);

	(void)state;
	assert_int_equal(bytes_cut(&rest, '\0').size, 0);
	assert_int_equal(rest.size, 0);
	assert_null(rest.data);
}

static void
a_number_is_of_digits_alone_and_within_its_limit(void **state)
{
	static const struct {
		const char *text;
		int64_t limit;
		int64_t number; /* -1: it is none */
	} rows[] = {
		{ "", 9, -1 },
		{ "0", 0, 0 },
		{ "9", 0, 0 },
		{ "9", 8, 8 },
		{ "9", 9, 9 },
		{ "10", 9, 9 },
		{ "99", 99, 99 },
		{ "100", 99, 99 },
		{ "007", 99, 7 },
		{ "1000000000000000000000", 99, 99 },
		{ "9223372036854775806", INT64_MAX, INT64_MAX - 1 },
		{ "9223372036854775807", INT64_MAX, INT64_MAX },
		{ "9223372036854775808", INT64_MAX, INT64_MAX },
		{ "18446744073709551617", INT64_MAX, INT64_MAX },
		{ "-1", 9, -1 },
		{ "+1", 9, -1 },
		{ " 1", 9, -1 },
		{ "1 ", 9, -1 },
		{ "1/", 99, -1 },
		{ "1:", 99, -1 },
		{ "\xb1", 99, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t number = -1;

		assert_int_equal(
		    bytes_read_number(bytes_of_string(rows[i].text),
			rows[i].limit, &number),
		    rows[i].number >= 0);
		assert_int_equal(number, rows[i].number);
	}
}

static void
trim_leaves_what_is_inside(void **state)
{
	static const struct {
		struct bytes bytes;
		struct bytes trimmed;
		struct bytes trimmed_end;
	} rows[] = {
#define ROW(bytes, trimmed, trimmed_end) \
	{ BYTES_LITERAL(bytes), BYTES_LITERAL(trimmed), \
		BYTES_LITERAL(trimmed_end) }
		ROW("ab", "ab", "ab"),
		ROW("\t ab", "ab", "\t ab"),
		ROW("ab \t", "ab", "ab"),
		ROW(" a b ", "a b", " a b"),
		ROW(" \t ", "", ""),
		ROW("", "", ""),
		ROW("\na\n", "\na\n", "\na\n"),
		ROW("\0 a \0", "\0 a \0", "\0 a \0"),
#undef ROW
		{ { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_same_bytes(bytes_trim(rows[i].bytes, " \t"),
		    rows[i].trimmed);
		assert_same_bytes(bytes_trim_end(rows[i].bytes, " \t"),
		    rows[i].trimmed_end);
	}
}

static void
a_beginning_is_no_longer_than_the_whole(void **state)
{
	(void)state;
	assert_true(bytes_begin_with(BYTES_LITERAL("abc"), "ab"));
	assert_true(bytes_begin_with(BYTES_LITERAL("abc"), "abc"));
	assert_true(bytes_begin_with(BYTES_LITERAL("abc"), ""));
	assert_true(bytes_begin_with(bytes_of(NULL, 0), ""));
	assert_false(bytes_begin_with(BYTES_LITERAL("abc"), "abcd"));
	assert_false(bytes_begin_with(BYTES_LITERAL("abc"), "b"));
	assert_false(bytes_begin_with(BYTES_LITERAL("abc"), "aB"));
	assert_false(bytes_begin_with(bytes_of(NULL, 0), "a"));
}

static const struct {
	struct bytes a;
	struct bytes b;
	int order;
} pairs[] = {
	{ { NULL, 0 }, { NULL, 0 }, 0 },
	{ { NULL, 0 }, { (const uint8_t *)"x", 0 }, 0 },
	{ { NULL, 0 }, { (const uint8_t *)"x", 1 }, -1 },
	{ { (const uint8_t *)"x", 1 }, { NULL, 0 }, 1 },
	{ { (const uint8_t *)"ab", 2 }, { (const uint8_t *)"ab", 2 }, 0 },
	{ { (const uint8_t *)"ab", 2 }, { (const uint8_t *)"ac", 2 }, -1 },
	{ { (const uint8_t *)"ab", 2 }, { (const uint8_t *)"abc", 3 }, -1 },
	{ { (const uint8_t *)"abc", 3 }, { (const uint8_t *)"ab", 2 }, 1 },
	{ { (const uint8_t *)"b", 1 }, { (const uint8_t *)"ab", 2 }, 1 },
	{ { (const uint8_t *)"\x7f", 1 }, { (const uint8_t *)"\x80", 1 }, -1 },
	{ { (const uint8_t *)"a\0b", 3 }, { (const uint8_t *)"a\0c", 3 }, -1 },
	{ { (const uint8_t *)"aB", 2 }, { (const uint8_t *)"ab", 2 }, -1 },
};

static void
equality_is_of_all_bytes_and_the_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		bool equal = pairs[i].order == 0;

		assert_int_equal(bytes_equal(pairs[i].a, pairs[i].b), equal);
		assert_int_equal(bytes_equal_secret(pairs[i].a, pairs[i].b),
		    equal);
	}
}

static void
equal_secret_sees_every_bit(void **state)
{
	uint8_t secret[20] = { 0 }, other[20] = { 0 };

	(void)state;
	for (size_t bit = 0; bit < sizeof(other) * 8; bit++) {
		other[bit / 8] = (uint8_t)(1 << bit % 8);
		assert_false(bytes_equal_secret(BYTES_ARRAY(secret),
		    BYTES_ARRAY(other)));
		other[bit / 8] = 0;
	}
	assert_true(bytes_equal_secret(BYTES_ARRAY(secret),
	    BYTES_ARRAY(other)));
}

static void
compare_orders_as_memcmp_with_prefixes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		int order = bytes_compare(pairs[i].a, pairs[i].b);
		int reverse = bytes_compare(pairs[i].b, pairs[i].a);

		assert_int_equal((order > 0) - (order < 0), pairs[i].order);
		assert_int_equal((reverse > 0) - (reverse < 0),
		    -pairs[i].order);
	}
}

static void
strings_are_equal_with_or_without_case(void **state)
{
	static const struct {
		const char *bytes;
		const char *string;
		bool equal;
		bool equal_nocase;
	} rows[] = {
		{ "", "", true, true },
		{ "", NULL, true, true },
		{ "GetCACert", "GetCACert", true, true },
		{ "getcacert", "GetCACert", false, true },
		{ "GETCACERT", "getcacert", false, true },
		{ "GetCACer", "GetCACert", false, false },
		{ "GetCACert", "GetCACer", false, false },
		{ "AZ", "az", false, true },
		{ "@[", "`{", false, false },
		{ "\xc4", "\xe4", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes bytes = bytes_of_string(rows[i].bytes);

		assert_int_equal(bytes_equal_string(bytes, rows[i].string),
		    rows[i].equal);
		assert_int_equal(bytes_equal_string_nocase(bytes,
				     rows[i].string),
		    rows[i].equal_nocase);
	}
}

static void
a_nul_inside_bytes_does_not_end_them(void **state)
{
	(void)state;
	assert_false(bytes_equal_string(BYTES_LITERAL("GET\0"), "GET"));
	assert_false(bytes_equal_string_nocase(BYTES_LITERAL("GET\0"), "get"));
}

static void
wipe_overwrites_all_of_it_and_no_more(void **state)
{
	uint8_t bytes[] = { 1, 2, 3, 4 };

	(void)state;
	bytes_wipe(bytes + 1, 2);
	assert_bytes(BYTES_ARRAY(bytes), "\x01\x00\x00\x04");
	bytes_wipe(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_cover_what_they_were_made_of),
		cmocka_unit_test(from_ends_at_the_end),
		cmocka_unit_test(from_of_nothing_is_nothing),
		cmocka_unit_test(cut_parts_at_the_first_mark),
		cmocka_unit_test(cut_of_nothing_is_nothing),
		cmocka_unit_test(
		    a_number_is_of_digits_alone_and_within_its_limit),
		cmocka_unit_test(trim_leaves_what_is_inside),
		cmocka_unit_test(a_beginning_is_no_longer_than_the_whole),
		cmocka_unit_test(equality_is_of_all_bytes_and_the_length),
		cmocka_unit_test(equal_secret_sees_every_bit),
		cmocka_unit_test(compare_orders_as_memcmp_with_prefixes_first),
		cmocka_unit_test(strings_are_equal_with_or_without_case),
		cmocka_unit_test(a_nul_inside_bytes_does_not_end_them),
		cmocka_unit_test(wipe_overwrites_all_of_it_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
