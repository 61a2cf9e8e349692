/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buf.h"

#include "tests/unit/unit.h"

static void
a_buf_of_zeroes_is_empty_and_ready(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_int_equal(buf_bytes(&buf).size, 0);
	assert_string_equal(buf_string(&buf), "");
	assert_int_equal(buf.size, 0);
	buf_clear(&buf);
	buf_clear(&buf);
	assert_null(buf.data);
	buf_truncate(&buf, 0);
	buf_append(&buf, bytes_of(NULL, 0));
	assert_int_equal(buf.size, 0);
	buf_clear(&buf);
}

static void
appends_follow_one_another(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_append(&buf, BYTES_LITERAL("a\0b"));
	buf_append_octet(&buf, 0xff);
	buf_append_string(&buf, "cd");
	buf_append_string(&buf, NULL);
	buf_append_string(&buf, "");
	buf_printf(&buf, "%s:%d", "e", -1);
	buf_printf(&buf, "%s", "");
	assert_bytes(buf_bytes(&buf),
	    "a\0b\xff"
	    "cde:-1");
	buf_clear(&buf);
}

static void
growth_keeps_the_contents(void **state)
{
	static const size_t sizes[] = { 1, 63, 64, 65, 4096, 70000 };
	struct buf buf = { 0 };
	size_t expected = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		memset(buf_extend(&buf, sizes[i]), (int)i + 1, sizes[i]);
		expected += sizes[i];
		assert_int_equal(buf.size, expected);
		assert_true(buf.capacity >= buf.size);
	}
	for (size_t i = 0, at = 0; i < COUNT(sizes); at += sizes[i++]) {
		assert_int_equal(buf.data[at], i + 1);
		assert_int_equal(buf.data[at + sizes[i] - 1], i + 1);
	}
	buf_clear(&buf);
}

static void
extend_gives_zeroes_even_where_something_stood(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_append_string(&buf, "0123456789");
	assert_string_equal(buf_string(&buf), "0123456789");
	buf_truncate(&buf, 2);
	assert_memory_equal(buf_extend(&buf, 4), "\0\0\0\0", 4);
	assert_bytes(buf_bytes(&buf), "01\0\0\0\0");
	assert_non_null(buf_extend(&buf, 0));
	assert_int_equal(buf.size, 6);
	buf_clear(&buf);
}

static void
truncate_wipes_what_it_takes_away(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_append_string(&buf, "secret");
	buf_truncate(&buf, 2);
	assert_bytes(buf_bytes(&buf), "se");
	assert_memory_equal(buf.data, "se\0\0\0\0", 6);
	buf_truncate(&buf, 2);
	buf_truncate(&buf, 0);
	assert_memory_equal(buf.data, "\0\0\0\0\0\0", 6);
	buf_clear(&buf);
}

static void
string_ends_in_a_nul_that_is_not_counted(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		assert_int_equal(strlen(buf_string(&buf)), size);
		assert_int_equal(buf.size, size);
		buf_append_octet(&buf, 'x');
	}
	buf_clear(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buf_of_zeroes_is_empty_and_ready),
		cmocka_unit_test(appends_follow_one_another),
		cmocka_unit_test(growth_keeps_the_contents),
		cmocka_unit_test(
		    extend_gives_zeroes_even_where_something_stood),
		cmocka_unit_test(truncate_wipes_what_it_takes_away),
		cmocka_unit_test(string_ends_in_a_nul_that_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
