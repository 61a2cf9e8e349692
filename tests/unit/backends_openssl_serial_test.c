/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_serial.h"

#include "tests/unit/backends_openssl_index.h"

/* The file says `text`; what it says next is `next`. */
static void
assert_next(const char *text, const char *next)
{
	struct problems *problems = problems_new();
	struct buf number = { 0 }, expected = { 0 };

	put("serial", text);
	assert_err(openssl_serial_read("serial", &number, problems), ERR_OK,
	    text);
	assert_err(openssl_serial_advance("serial", buf_bytes(&number),
		       problems),
	    ERR_OK, text);
	buf_printf(&expected, "%s\n", next);
	assert_text("serial", buf_string(&expected));
	assert_problems(problems, "");
	buf_clear(&number);
	buf_clear(&expected);
}

static void
the_next_number_is_the_one_that_openssl_writes(void **state)
{
	struct buf rows = vector("openssl-index/serials");
	char *left = NULL;
	int count = 0;

	(void)state;
	for (char *line = strtok_r((char *)buf_string(&rows), "\n", &left);
	     line != NULL; line = strtok_r(NULL, "\n", &left)) {
		char *next = strchr(line, ' ');

		*next = '\0';
		if (strlen(line) < 40 || line[0] < '8') {
			assert_next(line, next + 1);
			count++;
		}
	}
	assert_int_equal(count, 20);
	buf_clear(&rows);
}

static void
line_ends_and_blanks_are_passed_over(void **state)
{
	(void)state;
	assert_next("0A\n", "0B");
	assert_next("0a\r\n", "0B");
	assert_next("0A \n\n", "0B");
	assert_next("0001", "02");
	assert_next("FFFF\n", "010000");
}

static void
what_is_no_number_is_damaged(void **state)
{
	static const char *const rows[] = { "", "\n", "1", "123\n", "0x10\n",
		"-01\n", "01 # next\n", "01\n02\n", "G0\n",
		"8000000000000000000000000000000000000000\n",
		"010000000000000000000000000000000000000000\n" };
	struct buf number = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();

		put("serial", rows[i]);
		assert_err(openssl_serial_read("serial", &number, problems),
		    ERR_INDEX_DAMAGED, rows[i]);
		assert_int_equal(number.size, 0);
		assert_non_null(strstr(problems_text(problems),
		    "error: serial: is not one number"));
		problems_free(problems);
	}
}

static void
the_mode_stays_and_a_leftover_is_no_hindrance(void **state)
{
	struct stat status;

	(void)state;
	put("serial.scepd", "of somebody who was killed");
	put("serial.new", "of openssl");
	put("crlnumber", "07\n");
	assert_next("0A\n", "0B");
	assert_int_equal(stat("serial", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(access("serial.scepd", F_OK), -1);
	assert_text("serial.new", "of openssl");
	assert_text("crlnumber", "07\n");
}

static void
a_file_that_is_not_there_is_not_made(void **state)
{
	struct problems *problems = problems_new();
	struct buf number = { 0 };

	(void)state;
	assert_int_equal(openssl_serial_read("serial", &number, problems),
	    ERR_INDEX);
	assert_int_equal(openssl_serial_advance("serial", BYTES_LITERAL("\1"),
			     problems),
	    ERR_INDEX);
	assert_int_equal(access("serial", F_OK), -1);
	assert_problems(problems,
	    "error: serial: No such file or directory\n"
	    "error: serial: can't be replaced: No such file or directory; "
	    "scepd needs to write to its folder\n");
}

static void
a_link_is_not_written_through(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	put("serial", "0A\n");
	put("target", "kept");
	assert_int_equal(symlink("target", "serial.scepd"), 0);
	assert_int_equal(openssl_serial_advance("serial", BYTES_LITERAL("\n"),
			     problems),
	    ERR_INDEX);
	assert_text("target", "kept");
	assert_text("serial", "0A\n");
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(the_next_number_is_the_one_that_openssl_writes),
		CONF_TEST(line_ends_and_blanks_are_passed_over),
		CONF_TEST(what_is_no_number_is_damaged),
		CONF_TEST(the_mode_stays_and_a_leftover_is_no_hindrance),
		CONF_TEST(a_file_that_is_not_there_is_not_made),
		CONF_TEST(a_link_is_not_written_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
