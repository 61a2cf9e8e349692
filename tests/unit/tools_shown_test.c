/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/shown.h"

#include "tests/unit/unit.h"
#include "tools/table.h"

static void
nothing_speaks_to_a_terminal(void **state)
{
	static const struct {
		struct bytes text;
		const char *shown;
	} rows[] = {
		{ BYTES_LITERAL(""), "" },
		{ BYTES_LITERAL("a b"), "a b" },
		{ BYTES_LITERAL("a   b"), "a \\x20\\x20b" },
		{ BYTES_LITERAL("\x1b[2J\x00\x7f\n"),
		    "\\x1b[2J\\x00\\x7f\\x0a" },
		{ BYTES_LITERAL("\"\\/"), "\"\\/" },
		{ BYTES_LITERAL("\xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80"),
		    "\\xc3\\xa4\\xe2\\x80\\xae\\xf0\\x9f\\x98\\x80" },
		{ BYTES_LITERAL("a\x9bz"), "a\\x9bz" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf shown = { 0 };

		shown_append_text(&shown, rows[i].text);
		assert_string_equal(buf_string(&shown), rows[i].shown);
		buf_clear(&shown);
	}
}

static void
times_and_ages_are_short(void **state)
{
	static const struct {
		int64_t seconds;
		const char *time;
		const char *age;
	} rows[] = {
		{ -5, "1970-01-01T00:00:00Z", "0s" },
		{ 0, "1970-01-01T00:00:00Z", "0s" },
		{ 59, "1970-01-01T00:00:59Z", "59s" },
		{ 60, "1970-01-01T00:01:00Z", "1m" },
		{ 7199, "1970-01-01T01:59:59Z", "1h" },
		{ 86399, "1970-01-01T23:59:59Z", "23h" },
		{ 86400, "1970-01-02T00:00:00Z", "1d" },
		{ INT64_C(1796083200), "2026-12-01T00:00:00Z", "20788d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf time = { 0 }, age = { 0 };

		shown_append_time(&time, rows[i].seconds);
		shown_append_age(&age, rows[i].seconds);
		assert_string_equal(buf_string(&time), rows[i].time);
		assert_string_equal(buf_string(&age), rows[i].age);
		buf_clear(&time);
		buf_clear(&age);
	}
}

#define THIRTY "ABCDEFGHIJABCDEFGHIJABCDEFGHIJ"

static void
long_cells_are_cut_but_for_the_last(void **state)
{
	static const char *const cells[] = { "A", "B", "", "x",
		THIRTY "1234567890", "y", THIRTY "12345678901", THIRTY THIRTY };
	struct table table = { .columns = 2 };
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++)
		table_add(&table, bytes_of_string(cells[i]));
	table_append(&text, &table);
	assert_string_equal(buf_string(&text),
	    "A                                         B\n"
	    "                                          x\n" THIRTY
	    "1234567890  y\n" THIRTY "1234567...  " THIRTY THIRTY "\n");
	table_clear(&table);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_speaks_to_a_terminal),
		cmocka_unit_test(times_and_ages_are_short),
		cmocka_unit_test(long_cells_are_cut_but_for_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
