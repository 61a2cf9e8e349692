/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/serial.h"

#include "base/problems.h"
#include "tests/unit/unit.h"

static void
numbers_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		struct bytes serial;
	} rows[] = {
		{ "0x0A1B", BYTES_LITERAL("\x0a\x1b") },
		{ "0a:1b", BYTES_LITERAL("\x0a\x1b") },
		{ "a1b", BYTES_LITERAL("\x0a\x1b") },
		{ "00:00:0a:1b", BYTES_LITERAL("\x0a\x1b") },
		{ "7", BYTES_LITERAL("\x07") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf serial = { 0 };

		assert_int_equal(serial_read(rows[i].text, &serial, problems),
		    ERR_OK);
		assert_same_bytes(buf_bytes(&serial), rows[i].serial);
		buf_clear(&serial);
		problems_free(problems);
	}
}

static void
other_words_are_told(void **state)
{
	static const char *const rows[] = { "", "0x", ":", "1g", "-1", "1 2" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf serial = { 0 };

		assert_int_equal(serial_read(rows[i], &serial, problems),
		    ERR_CONFIGURATION);
		assert_int_equal(problems_count(problems, PROBLEM_ERROR), 1);
		assert_int_equal(serial.size, 0);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_people_write_them),
		cmocka_unit_test(other_words_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
