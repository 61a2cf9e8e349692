/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_check.h"

#include "backends/openssl_index_scan.h"
#include "backends/openssl_index_set.h"
#include "tests/unit/backends_openssl_index.h"
#include "tests/unit/children.h"

#define ROW(serial, name) \
	"V\t271121000000Z\t\t" serial "\tunknown\t/CN=" name "\n"

/* The index has this text, and one finding, which begins so and has `part` in
 * it; NULL: none. */
static void
assert_finding(const char *text, const char *start, const char *part)
{
	struct problems *problems = problems_new();
	bool error = start != NULL && strncmp(start, "error", 5) == 0;
	const char *found;

	put("index.txt", text);
	assert_err(openssl_index_check("index.txt", true, problems),
	    error ? ERR_INDEX_DAMAGED : ERR_OK, text);
	found = problems_text(problems);
	if (start == NULL)
		assert_string_equal(found, "");
	else if (strncmp(found, start, strlen(start)) != 0 ||
	    strstr(found, part) == NULL || strchr(found, '\n')[1] != '\0')
		fail_msg("%s: %s", text, found);
	problems_free(problems);
}

static void
check_names_what_openssl_refuses(void **state)
{
	static const struct {
		const char *text;
		const char *start;
		const char *part;
	} rows[] = {
		{ "", NULL, NULL },
		{ ROW("01", "a") ROW("02", "b"), NULL, NULL },
		{ "R\t271121000000Z\t261120100000Z,superseded\t01\tunknown\t/\n"
		  "E\t271121000000Z\t\t02\tunknown\t/CN=a\n"
		  "S\t20500101000000Z\t\t03\tsome file\t/CN=a\n" ROW("04", "a"),
		    NULL, NULL },
		{ ROW("01", "a") "\n", "error: index.txt:2: ", "is empty" },
		{ ROW("01", "a") "V\tx\n",
		    "error: index.txt:2: ", "six fields" },
		{ "V\t271121000000Z\t\t1\tunknown\t/CN=a\n",
		    "error: index.txt:1: ", "put a 0 before" },
		{ "V\t271121000000Z\t\t0x\tunknown\t/CN=a\n",
		    "error: index.txt:1: ", "hexadecimal" },
		{ "V\t271121\t\t01\tunknown\t/CN=a\n",
		    "error: index.txt:1: ", "the second field is no date" },
		{ "V\t271121000000Z\t261120100000Z\t01\tunknown\t/CN=a\n",
		    "error: index.txt:1: ", "not revoked (R)" },
		{ "R\t271121000000Z\t\t01\tunknown\t/CN=a\n",
		    "error: index.txt:1: ", "third field" },
		{ ROW("01", "a") ROW("02", "b") ROW("0001", "c"),
		    "error: index.txt:3: ", "serial number of line 1 as well" },
		{ ROW("01", "a") ROW("02", "b") ROW("03", "a"),
		    "error: index.txt:3: ", "subject of line 1 as well" },
		{ ROW("01", "a") "V\t271121000000Z\t\t02\tunknown\t/CN=b",
		    "error: index.txt:2: ", "the last line has no end" },
		{ "# mine\n" ROW("01", "a"),
		    "warning: index.txt:1: ", "loses it" },
		{ ROW("0a", "a"), "warning: index.txt:1: ", "capital" },
		{ ROW("01", "a\r"), "warning: index.txt:1: ", "Windows" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_finding(rows[i].text, rows[i].start, rows[i].part);
}

static void
names_may_be_there_twice_where_they_need_not_be_unique(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	put("index.txt", ROW("01", "a") ROW("02", "a"));
	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_OK);
	assert_problems(problems, "");
}

static void
check_stops_at_so_many_findings(void **state)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_append_string(&text, "\n");
	put_mode("index.txt", buf_bytes(&text), 0600);
	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_INDEX_DAMAGED);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 20);
	assert_non_null(strstr(problems_text(problems), "more lines"));
	problems_free(problems);
	buf_clear(&text);
}

static void
a_line_longer_than_any_is_damaged(void **state)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	(void)state;
	memset(buf_extend(&text, 2 * OPENSSL_INDEX_MAX_LINE), 'x',
	    2 * OPENSSL_INDEX_MAX_LINE);
	put_mode("index.txt", buf_bytes(&text), 0600);
	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_INDEX_DAMAGED);
	assert_non_null(strstr(problems_text(problems),
	    "index.txt:1: is long"));
	problems_free(problems);
	buf_clear(&text);
}

static void
an_index_that_can_not_be_used_is_named(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_INDEX);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(openssl_index_check("fifo", false, problems),
	    ERR_INDEX);
	assert_problems(problems,
	    "error: index.txt: No such file or directory; for a new CA, make an "
	    "empty file there\n"
	    "error: fifo: Invalid argument; is it a regular file?\n");
}

static void
the_attributes_say_whether_subjects_are_unique(void **state)
{
	static const struct {
		const char *text; /* NULL: there is no file */
		bool fallback;
		bool unique;
	} rows[] = {
		{ NULL, true, true },
		{ NULL, false, false },
		{ "", true, true },
		{ "", false, false },
		{ "unique_subject = yes\n", false, true },
		{ "unique_subject = no\n", true, false },
		{ "unique_subject=no", true, false },
		{ "unique_subject = No # so\r\n", true, false },
		{ "unique_subject = 0\n", true, false },
		{ "unique_subject = false\n", true, false },
		{ "unique_subject = 1\n", false, true },
		{ "unique_subject =\n", false, true },
		{ "# unique_subject = no\n", true, true },
		{ "unique_subjects = no\n", true, true },
		{ "[other]\nunique_subject = no\n", true, true },
		{ "[other]\n[ default ]\nunique_subject = no\n", true, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		bool unique = !rows[i].unique;

		if (rows[i].text != NULL)
			put("index.txt.attr", rows[i].text);
		assert_err(openssl_index_unique_subject("index.txt",
			       rows[i].fallback, &unique, problems),
		    ERR_OK, rows[i].text);
		assert_int_equal(unique, rows[i].unique);
		assert_problems(problems, "");
	}
}

/* `openssl ca` leaves an instant without them. */
static void
attributes_that_come_back_are_waited_for(void **state)
{
	struct problems *problems = problems_new();
	bool unique = true;
	pid_t child;

	(void)state;
	put("index.txt.attr.old", "unique_subject = yes\n");
	put("index.txt.attr.new", "unique_subject = no\n");
	child = fork();
	if (child == 0)
		_exit(rename("index.txt.attr.new", "index.txt.attr") != 0);
	assert_int_equal(openssl_index_unique_subject("index.txt", true,
			     &unique, problems),
	    ERR_OK);
	assert_ends_well(child);
	assert_false(unique);
	/* But not for ever. */
	assert_int_equal(unlink("index.txt.attr"), 0);
	assert_int_equal(openssl_index_unique_subject("index.txt", true,
			     &unique, problems),
	    ERR_OK);
	assert_true(unique);
	assert_problems(problems, "");
}

static void
attributes_that_can_not_be_read_are_an_error(void **state)
{
	struct problems *problems = problems_new();
	bool unique = true;

	(void)state;
	assert_int_equal(mkdir("index.txt.attr", 0700), 0);
	assert_int_equal(openssl_index_unique_subject("index.txt", false,
			     &unique, problems),
	    ERR_INDEX);
	assert_true(unique);
	assert_problems(problems, "error: index.txt.attr: Is a directory\n");
}

/* Lines of all lengths, so that they end anywhere in what is read at once. */
static enum err
count_line(void *context, const struct openssl_index_line *line)
{
	uint64_t *count = context;

	assert_int_equal(line->number, ++*count);
	assert_int_equal(line->text.size, (*count - 1) % 1000);
	for (size_t i = 0; i < line->text.size; i++)
		assert_int_equal(line->text.data[i], 'a' + *count % 26);
	assert_int_equal(line->ended, *count != 2500);
	return ERR_OK;
}

static void
a_scan_hands_over_every_line(void **state)
{
	struct buf text = { 0 };
	uint64_t count = 0;
	int fd;

	(void)state;
	for (size_t i = 1; i <= 2500; i++) {
		memset(buf_extend(&text, (i - 1) % 1000), 'a' + (int)(i % 26),
		    (i - 1) % 1000);
		if (i < 2500)
			buf_append_octet(&text, '\n');
	}
	put_mode("lines", buf_bytes(&text), 0600);
	fd = open("lines", O_RDONLY);
	assert_int_equal(openssl_index_scan(fd, count_line, &count), ERR_OK);
	assert_int_equal(count, 2500);
	close(fd);
	count = 0;
	assert_int_equal(openssl_index_scan(fd, count_line, &count), ERR_INDEX);
	assert_int_equal(count, 0);
	buf_clear(&text);
}

static void
a_set_finds_what_is_in_it(void **state)
{
	struct openssl_index_set set = { 0 };

	(void)state;
	assert_int_equal(openssl_index_set_find(&set, BYTES_LITERAL("x")), 0);
	for (uint32_t i = 1; i <= 50000; i++)
		assert_int_equal(openssl_index_set_add(&set,
				     bytes_of(&i, sizeof(i)), i),
		    0);
	assert_int_equal(openssl_index_set_add(&set, BYTES_LITERAL(""), 7), 0);
	for (uint32_t i = 1; i <= 50000; i += 7) {
		assert_int_equal(openssl_index_set_find(&set,
				     bytes_of(&i, sizeof(i))),
		    i);
		assert_int_equal(openssl_index_set_add(&set,
				     bytes_of(&i, sizeof(i)), 3),
		    i);
	}
	assert_int_equal(openssl_index_set_find(&set, BYTES_LITERAL("")), 7);
	assert_int_equal(openssl_index_set_find(&set, BYTES_LITERAL("\1")), 0);
	openssl_index_set_clear(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(check_names_what_openssl_refuses),
		CONF_TEST(
		    names_may_be_there_twice_where_they_need_not_be_unique),
		CONF_TEST(check_stops_at_so_many_findings),
		CONF_TEST(a_line_longer_than_any_is_damaged),
		CONF_TEST(an_index_that_can_not_be_used_is_named),
		CONF_TEST(the_attributes_say_whether_subjects_are_unique),
		CONF_TEST(attributes_that_come_back_are_waited_for),
		CONF_TEST(attributes_that_can_not_be_read_are_an_error),
		CONF_TEST(a_scan_hands_over_every_line),
		cmocka_unit_test(a_set_finds_what_is_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
