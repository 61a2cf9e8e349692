/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/conf_fixture.h"
#include "tools/new_files.h"

#define CONTENTS BYTES_LITERAL("new")

static const struct new_file pair[] = {
	{ "one", 0644, { (const uint8_t *)"first", 5 } },
	{ "two", 0600, { (const uint8_t *)"second", 6 } },
};

static void
check_with_findings(const char *folder, const char *findings)
{
	struct problems *problems = problems_new();
	enum err err = new_files_check(folder, pair, COUNT(pair), problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, *findings == '\0' ? ERR_OK : ERR_FILE);
	problems_free(problems);
}

static enum err
create(const char *folder, const struct new_file *files, size_t count)
{
	struct problems *problems = problems_new();
	enum err err = new_files_create(folder, files, count, problems);

	assert_int_equal(problems_count(problems, PROBLEM_ERROR),
	    err == ERR_OK ? 0 : 1);
	problems_free(problems);
	return err;
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void
create_makes_the_folder_and_the_files(void **state)
{
	struct problems *problems = problems_new();
	struct buf read = { 0 };

	(void)state;
	check_with_findings("new", "");
	assert_int_equal(create("new", pair, COUNT(pair)), ERR_OK);
	assert_int_equal(mode_of("new"), 0700);
	assert_int_equal(mode_of("new/one"), 0644);
	assert_int_equal(mode_of("new/two"), 0600);
	assert_int_equal(file_read("new/two", FILE_SECRET, 100, &read,
			     problems),
	    ERR_OK);
	assert_bytes(buf_bytes(&read), "second");
	buf_clear(&read);
	problems_free(problems);
}

static void
create_uses_a_folder_that_is_there(void **state)
{
	(void)state;
	assert_int_equal(mkdir("there", 0750), 0);
	put("there/other", "kept");
	check_with_findings("there", "");
	assert_int_equal(create("there", pair, COUNT(pair)), ERR_OK);
	assert_int_equal(mode_of("there"), 0750);
	assert_int_equal(access("there/other", F_OK), 0);
}

static void
check_names_every_file_that_exists(void **state)
{
	(void)state;
	put("one", "kept");
	assert_int_equal(symlink("nowhere", "two"), 0);
	check_with_findings(".",
	    "error: ./one: exists already and is left as it is; choose "
	    "another folder, or move the file away\n"
	    "error: ./two: exists already and is left as it is; choose "
	    "another folder, or move the file away\n");
}

static void
check_refuses_folders_that_are_not_fit(void **state)
{
	(void)state;
	put("file", "");
	assert_int_equal(mkdir("public", 0700), 0);
	assert_int_equal(chmod("public", 01777), 0);
	check_with_findings("missing/new",
	    "error: missing: is not there; make it first, with: mkdir -p\n");
	check_with_findings("file",
	    "error: file: is no folder; choose another name\n");
	check_with_findings("file/new", "error: file/new: Not a directory\n");
	check_with_findings("public",
	    "error: public: everybody can write to this folder, so keys are "
	    "not safe in it; choose another, which is made where it is not "
	    "there\n");
}

static void
create_removes_what_it_made_when_it_fails(void **state)
{
	static const struct new_file files[] = {
		{ "one", 0644, { (const uint8_t *)"first", 5 } },
		{ "missing/two", 0644, { (const uint8_t *)"second", 6 } },
	};

	(void)state;
	assert_int_equal(create("new", files, COUNT(files)), ERR_FILE);
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(mkdir("there", 0700), 0);
	assert_int_equal(create("there", files, COUNT(files)), ERR_FILE);
	assert_int_equal(access("there", F_OK), 0);
	assert_int_equal(access("there/one", F_OK), -1);
}

/* Between the check and this, somebody made one of them. */
static void
create_leaves_what_is_not_its_own(void **state)
{
	struct problems *problems = problems_new();
	struct buf read = { 0 };

	(void)state;
	put("two", "kept");
	assert_int_equal(create(".", pair, COUNT(pair)), ERR_FILE);
	assert_int_equal(access("one", F_OK), -1);
	assert_int_equal(file_read("two", FILE_PUBLIC, 100, &read, problems),
	    ERR_OK);
	assert_bytes(buf_bytes(&read), "kept");
	buf_clear(&read);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(create_makes_the_folder_and_the_files),
		CONF_TEST(create_uses_a_folder_that_is_there),
		CONF_TEST(check_names_every_file_that_exists),
		CONF_TEST(check_refuses_folders_that_are_not_fit),
		CONF_TEST(create_removes_what_it_made_when_it_fails),
		CONF_TEST(create_leaves_what_is_not_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
