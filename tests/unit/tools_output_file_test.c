/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/output_file.h"

#include "tests/unit/conf_fixture.h"

static void
check(const char *path, bool force, const char *findings)
{
	struct problems *problems = problems_new();
	enum err err = output_file_check(path, force, problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, *findings == '\0' ? ERR_OK : ERR_FILE);
	problems_free(problems);
}

static void
what_could_not_be_written_is_told_before(void **state)
{
	(void)state;
	put("old", "old");
	assert_int_equal(symlink("nowhere", "link"), 0);
	check("new", false, "");
	check("./new", true, "");
	check("old", true, "");
	check("old", false,
	    "error: old: exists already and is left as it is; --force "
	    "overwrites it\n");
	check("link", false,
	    "error: link: exists already and is left as it is; --force "
	    "overwrites it\n");
	check("no/new", false, "error: no: No such file or directory\n");
	check("no/new", true, "error: no: No such file or directory\n");
}

static void
assert_holds(const char *path, const char *text)
{
	struct problems *problems = problems_new();
	struct buf contents = { 0 };
	struct stat status;

	assert_int_equal(file_read(path, FILE_PUBLIC, 100, &contents, problems),
	    ERR_OK);
	assert_string_equal(buf_string(&contents), text);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	buf_clear(&contents);
	problems_free(problems);
}

static void
nothing_is_overwritten_unasked(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	assert_int_equal(output_file_write("a", false, BYTES_LITERAL("one"),
			     problems),
	    ERR_OK);
	assert_holds("a", "one");
	assert_int_equal(output_file_write("a", false, BYTES_LITERAL("two"),
			     problems),
	    ERR_FILE);
	assert_holds("a", "one");
	assert_int_equal(output_file_write("a", true, BYTES_LITERAL("two"),
			     problems),
	    ERR_OK);
	assert_holds("a", "two");
	assert_int_equal(output_file_write("b", true, BYTES_LITERAL("new"),
			     problems),
	    ERR_OK);
	assert_holds("b", "new");
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(output_file_write("folder", true, BYTES_LITERAL("two"),
			     problems),
	    ERR_FILE);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_could_not_be_written_is_told_before),
		CONF_TEST(nothing_is_overwritten_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
