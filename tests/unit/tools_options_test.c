/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/unit.h"
#include "tools/options.h"

struct values {
	const char *name;
	const char *number;
	const char *name_file;
	bool loud;
};

static const struct options_row rows[] = {
	{ "name", "NAME", offsetof(struct values, name), "who it is" },
	{ "number", "N", offsetof(struct values, number),
	    "how many,\nby default 1" },
	{ "name-file", "FILE", offsetof(struct values, name_file), "where" },
	{ "loud", NULL, offsetof(struct values, loud), "say it" },
	{ 0 },
};

/* A command line, and the findings it has. */
struct line {
	const char *words[8];
	const char *findings;
};

static enum err
read_line(const struct line *line, struct values *values, size_t *rest_count)
{
	static char command[] = "command";
	struct problems *problems = problems_new();
	struct options_words rest = { 0 };
	char *argv[COUNT(line->words) + 2] = { command };
	int argc = 1;
	enum err err;

	for (; line->words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)line->words[argc - 1];
	err = options_read((struct options_words){ argv, (size_t)argc }, rows,
	    values, &rest, problems);
	assert_string_equal(problems_text(problems), line->findings);
	problems_free(problems);
	*rest_count = rest.count;
	return err;
}

static void
read_takes_options_and_the_rest_in_any_order(void **state)
{
	static const struct line lines[] = {
		{ { "rest", "--name", "x", "--loud" }, "" },
		{ { "--loud", "--name=x", "rest" }, "" },
		{ { "--name", "x", "--loud", "--", "--rest" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct values values = { .number = "kept" };
		size_t rest_count;

		assert_int_equal(read_line(&lines[i], &values, &rest_count),
		    ERR_OK);
		assert_string_equal(values.name, "x");
		assert_string_equal(values.number, "kept");
		assert_true(values.loud);
		assert_int_equal(rest_count, 1);
	}
}

static void
read_names_what_is_wrong(void **state)
{
	static const struct line lines[] = {
		{ { "--nubmer", "3" },
		    "error: unknown option \"--nubmer\"; did you mean "
		    "\"--number\"?\n" },
		{ { "--lout=yes" },
		    "error: unknown option \"--lout\"; did you mean "
		    "\"--loud\"?\n" },
		{ { "--something-else" },
		    "error: unknown option \"--something-else\"\n" },
		{ { "-x" }, "error: unknown option \"-x\"\n" },
		{ { "--n", "3" },
		    "error: \"--n\" could be any of --name --number "
		    "--name-file; write more of it\n" },
		{ { "--number" },
		    "error: --number needs a value: --number N\n" },
		{ { "--loud=yes" }, "error: --loud has no value\n" },
		{ { "--number", "1", "--number=2" },
		    "error: --number is given twice\n" },
		{ { "--lod", "--number" },
		    "error: unknown option \"--lod\"; did you mean "
		    "\"--loud\"?\n"
		    "error: --number needs a value: --number N\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct values values = { 0 };
		size_t rest_count;

		assert_int_equal(read_line(&lines[i], &values, &rest_count),
		    ERR_CONFIGURATION);
	}
}

static void
help_puts_lines_under_each_other(void **state)
{
	struct buf help = { 0 };

	(void)state;
	options_append_help(&help, rows);
	assert_string_equal(buf_string(&help),
	    "  --name NAME               who it is\n"
	    "  --number N                how many,\n"
	    "                            by default 1\n"
	    "  --name-file FILE          where\n"
	    "  --loud                    say it\n");
	buf_clear(&help);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_takes_options_and_the_rest_in_any_order),
		cmocka_unit_test(read_names_what_is_wrong),
		cmocka_unit_test(help_puts_lines_under_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
