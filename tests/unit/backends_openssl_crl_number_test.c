/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_crl_number.h"

#include <sys/stat.h>

#include "tests/unit/backends_openssl_index.h"

#define TOO_LARGE "above 3FFFFFFFFFFFFFFF, up to which scepd counts"

static void
numbers_follow_the_file_and_the_last_crl(void **state)
{
	static const struct {
		const char *file;
		int64_t last;
		int64_t number;
		const char *next;
	} rows[] = {
		{ "01\n", 0, 1, "02\n" },
		{ "1000\n", 0, 0x1000, "1001\n" },
		{ "FF\n", 254, 255, "0100\n" },
		/* whoever restored an old file, or has let the time count */
		{ "FF\n", 255, 256, "0101\n" },
		{ "01\n", 1796083200, 1796083201, "6B0E0E02\n" },
		{ "00\n", 0, 1, "02\n" },
		/* and whoever has made CRLs beside us */
		{ "2000\n", 0x1000, 0x2000, "2001\n" },
		{ "3FFFFFFFFFFFFFFF\n", 7, INT64_MAX / 2,
		    "4000000000000000\n" },
		{ "00000000000000000A\n", 0, 10, "0B\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t number = -1;

		put("crlnumber", rows[i].file);
		assert_err(openssl_crl_number_take("crlnumber", "index.txt",
			       rows[i].last, &number),
		    ERR_OK, rows[i].file);
		assert_int_equal(number, rows[i].number);
		assert_text("crlnumber", rows[i].next);
	}
}

static void
no_number_is_taken_twice(void **state)
{
	int64_t number, before = 0;

	(void)state;
	put("crlnumber", "FE\n");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(openssl_crl_number_take("crlnumber",
				     "index.txt", 0, &number),
		    ERR_OK);
		assert_true(number > before);
		before = number;
	}
	assert_int_equal(number, 0x101);
	assert_text("crlnumber", "0102\n");
}

static void
no_number_is_made_up(void **state)
{
	static const struct {
		const char *file; /* NULL: there is none */
		int64_t last;
		enum err expected;
		const char *finding; /* of a check; NULL: it has none */
	} rows[] = {
		{ NULL, 7, ERR_INDEX, "as in: echo 01 > crlnumber" },
		{ "", 7, ERR_INDEX_DAMAGED, "is not one number" },
		{ "1\n", 7, ERR_INDEX_DAMAGED, "is not one number" },
		{ "-01\n", 7, ERR_INDEX_DAMAGED, "is not one number" },
		{ "4000000000000000\n", 7, ERR_INDEX_DAMAGED, TOO_LARGE },
		{ "8000000000000000\n", 7, ERR_INDEX_DAMAGED, TOO_LARGE },
		{ "010000000000000000\n", 7, ERR_INDEX_DAMAGED, TOO_LARGE },
		{ "0123456789ABCDEF0123456789ABCDEF01234567\n", 7,
		    ERR_INDEX_DAMAGED, TOO_LARGE },
		{ "01\n", INT64_MAX / 2, ERR_INDEX_DAMAGED, NULL },
		{ "01\n", INT64_MAX, ERR_INDEX_DAMAGED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		int64_t number = -1;

		if (rows[i].file != NULL)
			put("crlnumber", rows[i].file);
		assert_int_equal(openssl_crl_number_take("crlnumber",
				     "index.txt", rows[i].last, &number),
		    rows[i].expected);
		assert_int_equal(number, -1);
		if (rows[i].file != NULL)
			assert_text("crlnumber", rows[i].file);
		else
			assert_int_equal(access("crlnumber", F_OK), -1);
		assert_int_equal(openssl_crl_number_check("crlnumber",
				     problems),
		    rows[i].finding != NULL ? rows[i].expected : ERR_OK);
		if (rows[i].finding != NULL &&
		    strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		problems_free(problems);
	}
}

static void
a_check_changes_nothing(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	put("crlnumber", "0a\n");
	assert_int_equal(openssl_crl_number_check("crlnumber", problems),
	    ERR_OK);
	assert_text("crlnumber", "0a\n");
	assert_problems(problems, "");
}

/* What can't be locked is not read, even: the lock is that of the index. */
static void
numbers_are_taken_under_the_lock_of_the_index(void **state)
{
	int64_t number = -1;

	(void)state;
	assert_int_equal(mkdir("ca", 0700), 0);
	assert_int_equal(mkdir("ca/.scepd.lock", 0700), 0);
	put("crlnumber", "01\n");
	assert_int_equal(openssl_crl_number_take("crlnumber", "ca/index.txt", 0,
			     &number),
	    ERR_INDEX);
	assert_int_equal(number, -1);
	assert_text("crlnumber", "01\n");
	assert_int_equal(rmdir("ca/.scepd.lock"), 0);
	assert_int_equal(openssl_crl_number_take("crlnumber", "ca/index.txt", 0,
			     &number),
	    ERR_OK);
	assert_int_equal(access("ca/.scepd.lock", F_OK), 0);
}

static void
a_number_is_not_taken_where_the_file_can_not_go_on(void **state)
{
	int64_t number = -1;

	(void)state;
	put("crlnumber", "01\n");
	assert_int_equal(mkdir("crlnumber.scepd", 0700), 0);
	assert_int_equal(openssl_crl_number_take("crlnumber", "index.txt", 0,
			     &number),
	    ERR_INDEX);
	assert_int_equal(number, -1);
	assert_text("crlnumber", "01\n");
	assert_int_equal(rmdir("crlnumber.scepd"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(numbers_follow_the_file_and_the_last_crl),
		CONF_TEST(no_number_is_taken_twice),
		CONF_TEST(no_number_is_made_up),
		CONF_TEST(a_check_changes_nothing),
		CONF_TEST(numbers_are_taken_under_the_lock_of_the_index),
		CONF_TEST(a_number_is_not_taken_where_the_file_can_not_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
