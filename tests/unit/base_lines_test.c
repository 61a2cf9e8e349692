/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/lines.h"

#include "tests/unit/unit.h"

#define TEXT "a\n\nabcd\nabcdefgh\nabc"

/* However it is cut. */
static void
lines_come_as_they_were_written(void **state)
{
	static const struct {
		enum lines_found found;
		const char *line;
	} rows[] = {
		{ LINES_WHOLE, "a" },
		{ LINES_WHOLE, "" },
		{ LINES_WHOLE, "abcd" },
		{ LINES_TOO_LONG, "abcd" },
		{ LINES_WHOLE, "efgh" },
	};

	(void)state;
	for (size_t piece = 1; piece <= sizeof(TEXT); piece++) {
		struct lines lines = { .limit = 4 };
		struct bytes rest = BYTES_LITERAL(TEXT), line;
		size_t count = 0;

		for (; rest.size > 0; rest = bytes_from(rest, piece)) {
			enum lines_found found;

			lines_add(&lines,
			    bytes_of(rest.data,
				piece < rest.size ? piece : rest.size));
			while ((found = lines_take(&lines, &line)) !=
			    LINES_NONE) {
				assert_true(count < COUNT(rows));
				assert_int_equal(found, rows[count].found);
				assert_same_bytes(line,
				    bytes_of_string(rows[count].line));
				count++;
			}
		}
		assert_int_equal(count, COUNT(rows));
		lines_clear(&lines);
		assert_int_equal(lines_take(&lines, &line), LINES_NONE);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_as_they_were_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
