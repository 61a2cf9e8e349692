/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand.h"

#include "tests/unit/base_errands.h"

static void
each_kind_is_done_by_its_handler_and_others_are_refused(void **state)
{
	static const struct row {
		uint16_t kind;
		enum err err;
		const char *reply;
	} rows[] = {
		{ ERRAND_ECHO, ERR_OK, "before, asked" },
		{ ERRAND_FAIL, ERR_FILE, "before, " },
		{ ERRAND_TALK_TOO_MUCH, ERR_ERRAND_REFUSED, "before, " },
		{ ERRAND_UNKNOWN, ERR_ERRAND_REFUSED, "before, " },
		{ 0, ERR_ERRAND_REFUSED, "before, " },
		{ UINT16_MAX, ERR_ERRAND_REFUSED, "before, " },
	};
	unsigned count = 0;
	const struct errand_table table = errand_test_table(&count);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf reply = { 0 };

		buf_append_string(&reply, "before, ");
		assert_int_equal(errand_table_run(&table, rows[i].kind,
				     BYTES_LITERAL("asked"), &reply),
		    rows[i].err);
		assert_string_equal(buf_string(&reply), rows[i].reply);
		buf_clear(&reply);
	}
	assert_int_equal(count, 1);
}

static void
an_empty_table_refuses_all(void **state)
{
	const struct errand_table table = { 0 };
	struct buf reply = { 0 };

	(void)state;
	assert_int_equal(errand_table_run(&table, ERRAND_ECHO,
			     BYTES_LITERAL("asked"), &reply),
	    ERR_ERRAND_REFUSED);
	assert_int_equal(reply.size, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_kind_is_done_by_its_handler_and_others_are_refused),
		cmocka_unit_test(an_empty_table_refuses_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
