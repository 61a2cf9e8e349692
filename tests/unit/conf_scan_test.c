/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_scan.h"

#include "tests/unit/unit.h"

static void
next_divides_as_libconfig_does(void **state)
{
	static const struct {
		const char *text;
		enum conf_token_kind kind;
		size_t size;
	} rows[] = {
		{ " \t\r\n\fa", CONF_TOKEN_BLANK, 5 },
		{ "\v", CONF_TOKEN_MARK, 1 },
		{ "# a\nb", CONF_TOKEN_BLANK, 3 },
		{ "#", CONF_TOKEN_BLANK, 1 },
		{ "// a\nb", CONF_TOKEN_BLANK, 4 },
		{ "/a", CONF_TOKEN_MARK, 1 },
		{ "/", CONF_TOKEN_MARK, 1 },
		{ "/* * / \n */ */", CONF_TOKEN_BLANK, 11 },
		{ "/**/a", CONF_TOKEN_BLANK, 4 },
		{ "/*/", CONF_TOKEN_UNENDED, 3 },
		{ "/*", CONF_TOKEN_UNENDED, 2 },
		{ "/* *", CONF_TOKEN_UNENDED, 4 },
		{ "\"\"\"", CONF_TOKEN_STRING, 2 },
		{ "\"a\nb\"c", CONF_TOKEN_STRING, 5 },
		{ "\"\\\"\"c", CONF_TOKEN_STRING, 4 },
		{ "\"\\\\\"c", CONF_TOKEN_STRING, 4 },
		{ "\"\\\\\\\"\"c", CONF_TOKEN_STRING, 6 },
		{ "\"\\x\"c", CONF_TOKEN_STRING, 4 },
		{ "\"# /*\"c", CONF_TOKEN_STRING, 6 },
		{ "\"", CONF_TOKEN_UNENDED, 1 },
		{ "\"a\\\"", CONF_TOKEN_UNENDED, 4 },
		{ "\"a\\", CONF_TOKEN_UNENDED, 3 },
		{ "a", CONF_TOKEN_NAME, 1 },
		{ "*a-_*9Z=", CONF_TOKEN_NAME, 7 },
		{ "a.b", CONF_TOKEN_NAME, 1 },
		{ "_a", CONF_TOKEN_MARK, 1 },
		{ "\xc3\xa4", CONF_TOKEN_MARK, 1 },
		{ "12;", CONF_TOKEN_NUMBER, 2 },
		{ "0x1fL,", CONF_TOKEN_NUMBER, 5 },
		{ "-1)", CONF_TOKEN_NUMBER, 2 },
		{ "+1)", CONF_TOKEN_NUMBER, 2 },
		{ "-a", CONF_TOKEN_MARK, 1 },
		{ "+", CONF_TOKEN_MARK, 1 },
		{ "1.5e3;", CONF_TOKEN_NUMBER, 5 },
		{ ".5;", CONF_TOKEN_NUMBER, 2 },
		{ ".;", CONF_TOKEN_MARK, 1 },
		{ "=1", CONF_TOKEN_MARK, 1 },
		{ "@include", CONF_TOKEN_MARK, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes text = bytes_of_string(rows[i].text);
		struct conf_token token = conf_scan_next(text);

		assert_int_equal(token.kind, rows[i].kind);
		assert_int_equal(token.text.size, rows[i].size);
		assert_ptr_equal(token.text.data, text.data);
	}
}

/* The limits of whole numbers are those of conf_conf_test.c. */
static void
number_fault_leaves_fractions_to_libconfig(void **state)
{
	static const char *const rows[] = { "1.5", ".5", "00.5", "1e5", "1E5",
		"99999999999999999999.0", "99999999999999999999e5" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_null(conf_scan_number_fault(bytes_of_string(rows[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_divides_as_libconfig_does),
		cmocka_unit_test(number_fault_leaves_fractions_to_libconfig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
