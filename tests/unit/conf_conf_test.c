/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf.h"

#include "tests/unit/conf_fixture.h"

struct wanted {
	int64_t number;
	const char *path;
	const struct conf_section *inner;
};

static const struct conf_key wanted_keys[] = {
	{ .name = "number",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct wanted, number),
	    .minimum = INT64_MIN },
	{ .name = "path",
	    .type = CONF_PATH,
	    .offset = offsetof(struct wanted, path) },
	{ .name = "inner",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct wanted, inner) },
	{ 0 },
};

static struct wanted
read_wanted(const struct conf *conf)
{
	struct wanted wanted = { 0 };

	read_with_findings(conf, wanted_keys, &wanted, "");
	return wanted;
}

/* What libconfig 1.5 takes, and what it would not take without our help. */
static void
open_takes_all_forms_of_a_file(void **state)
{
	static const char *const rows[] = {
		"number = 7;",
		"number = 7",
		"number : 7,",
		"\n\nnumber\n=\n7\n;\n",
		"number = 7; # a comment at the end, without a line end",
		"number = 7; // the same",
		"# first\nnumber = 7;",
		"/* { [ ( \" */ number = 7; /**/",
		"number = 7; /* # */ // /* \n",
		"number = 7;\r\n# of Windows\r\n",
		"\xef\xbb\xbfnumber = 7;",
		"number = +7;",
		"number = 0x7;",
		"number = 0X7L;",
		"number = 7LL;",
		"path = \"a # b // c /* d\"; number = 7;",
		"path = \"a \\\" b \\\\\"; number = 7;",
		"path = \"two\"\n  \"halves\"; number = 7;",
		"path = \"\\x41 { \\q\"; number = 7;",
		"inner = { number = 1; inner = { number = 2; }; }; number = 7;",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;

		put("a.conf", rows[i]);
		conf = open_well("a.conf");
		assert_int_equal(read_wanted(conf).number, 7);
		conf_free(conf);
	}
}

static void
open_takes_an_empty_file(void **state)
{
	static const char *const rows[] = { "", "\n", "\xef\xbb\xbf", "#",
		"/* only this */" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;

		put("a.conf", rows[i]);
		conf = open_well("a.conf");
		assert_int_equal(read_wanted(conf).number, 0);
		conf_free(conf);
	}
}

/* libconfig 1.5 keeps the lower 32 bits of what has no L. */
static void
open_keeps_numbers_at_the_limits(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} rows[] = {
		{ "number = 2147483646;", INT32_MAX - 1 },
		{ "number = 2147483647;", INT32_MAX },
		{ "number = -2147483647;", INT32_MIN + 1 },
		{ "number = -2147483648;", INT32_MIN },
		{ "number = 2147483648L;", INT64_C(2147483648) },
		{ "number = -2147483649L;", INT64_C(-2147483649) },
		{ "number = 9223372036854775806L;", INT64_MAX - 1 },
		{ "number = 9223372036854775807L;", INT64_MAX },
		{ "number = -9223372036854775807L;", INT64_MIN + 1 },
		{ "number = -9223372036854775808L;", INT64_MIN },
		{ "number = 0x7fffffff;", INT32_MAX },
		{ "number = 0x80000000L;", INT64_C(2147483648) },
		{ "number = 0xFFFFFFFFLL;", INT64_C(4294967295) },
		{ "number = 0x7fffffffffffffffL;", INT64_MAX },
		{ "number = 0x00000000007fffffff;", INT32_MAX },
		{ "number = 0;", 0 },
		{ "number = -0;", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;

		put("a.conf", rows[i].text);
		conf = open_well("a.conf");
		assert_int_equal(read_wanted(conf).number, rows[i].number);
		conf_free(conf);
	}
}

#define TOO_WIDE " is too large without an L at its end\n"
#define TOO_LARGE " is too large\n"
#define NO_NUMBER " is not a number; put text in quotes\n"
#define NOT_OCTAL \
	" starts with 0, which does not mean octal here; put a mode in " \
	"quotes, write a number without the 0\n"

static void
open_refuses_numbers_that_would_change(void **state)
{
	static const struct {
		const char *number;
		const char *finding;
	} rows[] = {
		{ "2147483648", TOO_WIDE },
		{ "-2147483649", TOO_WIDE },
		{ "4294967301", TOO_WIDE },
		{ "9223372036854775807", TOO_WIDE },
		{ "-9223372036854775808", TOO_WIDE },
		{ "9223372036854775808", TOO_LARGE },
		{ "9223372036854775808L", TOO_LARGE },
		{ "-9223372036854775809L", TOO_LARGE },
		{ "18446744073709551615L", TOO_LARGE },
		{ "18446744073709551616L", TOO_LARGE },
		{ "99999999999999999999999L", TOO_LARGE },
		{ "0x80000000", TOO_WIDE },
		{ "0xffffffff", TOO_WIDE },
		{ "0x100000005", TOO_WIDE },
		{ "0x8000000000000000L", TOO_LARGE },
		{ "0xffffffffffffffffL", TOO_LARGE },
		{ "0x10000000000000000L", TOO_LARGE },
		{ "0x", NO_NUMBER },
		{ "0xL", NO_NUMBER },
		{ "-0x5", NO_NUMBER },
		{ "0x5g", NO_NUMBER },
		{ "5l", NO_NUMBER },
		{ "5LLL", NO_NUMBER },
		{ "5days", NO_NUMBER },
		{ "30d", NO_NUMBER },
		{ "256k", NO_NUMBER },
		{ "0660", NOT_OCTAL },
		{ "-0660", NOT_OCTAL },
		{ "0660L", NOT_OCTAL },
		{ "00", NOT_OCTAL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf("list = (\n%s\n);\n", rows[i].number);
		char *finding = xasprintf("error: a.conf:2: %s%s",
		    rows[i].number, rows[i].finding);

		put("a.conf", text);
		open_badly("a.conf", finding);
		free(finding);
		free(text);
	}
}

static void
open_refuses_nul_in_text(void **state)
{
	static const char finding[] = "error: a.conf:2: text can't hold a NUL "
				      "character (\"\\x00\")\n";
	static const char *const bad[] = { "\\x00", "a\\x00b", "a\\X00",
		"\\\\\\x00", "\\\"\\x00" };
	static const char *const good[] = { "\\x01", "\\x0", "\\\\x00", "x00" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *text = xasprintf("\npath = \"%s\";", bad[i]);

		put("a.conf", text);
		open_badly("a.conf", finding);
		free(text);
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		char *text = xasprintf("\npath = \"%s\";", good[i]);

		put("a.conf", text);
		conf_free(open_well("a.conf"));
		free(text);
	}
}

static void
open_refuses_files_with_nul(void **state)
{
	static const char finding[] = "error: a.conf:2: holds a NUL character;"
				      " is this a text file, in UTF-8?\n";

	(void)state;
	put_mode("a.conf", BYTES_LITERAL("\n# \0\n"), 0640);
	open_badly("a.conf", finding);
	put_mode("a.conf", BYTES_LITERAL("\npath = \"a\0b\";\n"), 0640);
	open_badly("a.conf", finding);
	put_mode("a.conf", BYTES_LITERAL("\nnumber = 1;\0"), 0640);
	open_badly("a.conf", finding);
}

#define SYNTAX \
	"syntax error: here or just before, something is missing or " \
	"misplaced, such as a comma, \"=\" or the quotes around text\n"

static void
open_says_where_a_file_is_malformed(void **state)
{
	static const struct {
		const char *text;
		const char *findings;
	} rows[] = {
		{ "number 7;", "error: a.conf:1: " SYNTAX },
		{ "\n\nnumber = ;\n\n", "error: a.conf:3: " SYNTAX },
		{ "path = file;", "error: a.conf:1: " SYNTAX },
		{ "list = ( 1,\n2,\n);", "error: a.conf:3: " SYNTAX },
		{ "list = ( 1\n2 );", "error: a.conf:2: " SYNTAX },
		{ "number", "error: a.conf:1: " SYNTAX },
		{ "path = \"a\" \"b\" \"c\" = 7;", "error: a.conf:1: " SYNTAX },
		{ "a.b = 1;", "error: a.conf:1: " SYNTAX },
		{ "number = 7;;", "error: a.conf:1: " SYNTAX },
		{ "list = [ 1,\n\"a\" ];",
		    "error: a.conf:2: mismatched element type in array: [ ] "
		    "holds values of one type, ( ) of any\n" },
		{ "\npath = \"a\n\n",
		    "error: a.conf:2: this text in quotes "
		    "is never closed\n" },
		{ "path = \"a\\\"",
		    "error: a.conf:1: this text in quotes is "
		    "never closed\n" },
		{ "\n/* number = 7;\n",
		    "error: a.conf:2: this comment is "
		    "never closed\n" },
		{ "/*/", "error: a.conf:1: this comment is never closed\n" },
		{ "\ninner = {\nlist = (\n",
		    "error: a.conf:2: \"{\" is never closed\n"
		    "error: a.conf:3: \"(\" is never closed\n" },
		{ "list = [\n", "error: a.conf:1: \"[\" is never closed\n" },
		{ "number = 7;\n}",
		    "error: a.conf:2: \"}\" closes nothing: no \"{\" is "
		    "open\n" },
		{ "list = ( 1 ) ]",
		    "error: a.conf:1: \"]\" closes nothing: no \"[\" is "
		    "open\n" },
		{ "inner = {\nlist = (\n1\n}\n)",
		    "error: a.conf:4: \"}\" can't close the \"(\" of "
		    "a.conf:2\n" },
		{ "number = 7;\nnumber = 8;\n",
		    "error: a.conf:2: \"number\" is set already at a.conf:1; "
		    "remove one of the two\n" },
		{ "inner = { a = 1; b = { a = 2; };\na : 3; };",
		    "error: a.conf:2: \"a\" is set already at a.conf:1; "
		    "remove one of the two\n" },
		{ "l = ( { a = 1;\na = 2; }, { a = 1; } );",
		    "error: a.conf:2: \"a\" is set already at a.conf:1; "
		    "remove one of the two\n" },
		{ "a = 0660;\nb = \"\\x00\";\na = 1;",
		    "error: a.conf:1: 0660" NOT_OCTAL
		    "error: a.conf:2: text can't hold a NUL character "
		    "(\"\\x00\")\n"
		    "error: a.conf:3: \"a\" is set already at a.conf:1; "
		    "remove one of the two\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("a.conf", rows[i].text);
		open_badly("a.conf", rows[i].findings);
	}
}

static void
open_takes_the_same_name_in_different_groups(void **state)
{
	struct conf *conf;

	(void)state;
	put("a.conf",
	    "number = 1; inner = { number = 2; inner = {\n"
	    "number = 3; }; }; path = \"number = 4\"; # number = 5\n"
	    "/* number = 6; */");
	conf = open_well("a.conf");
	assert_int_equal(read_wanted(conf).number, 1);
	conf_free(conf);
}

static void
open_refuses_files_that_can_not_be_read(void **state)
{
	struct buf large = { 0 };

	(void)state;
	open_badly("none.conf",
	    "error: none.conf: No such file or "
	    "directory\n");
	assert_int_equal(mkdir("folder", 0700), 0);
	open_badly("folder", "error: folder: is not a regular file\n");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	open_badly("fifo", "error: fifo: is not a regular file\n");
	memset(buf_extend(&large, 1024 * 1024 + 1), '\n', 1024 * 1024 + 1);
	put_mode("large.conf", buf_bytes(&large), 0640);
	open_badly("large.conf",
	    "error: large.conf: is larger than any file "
	    "of its kind; is it the right one?\n");
	buf_truncate(&large, 1024 * 1024);
	put_mode("large.conf", buf_bytes(&large), 0640);
	conf_free(open_well("large.conf"));
	buf_clear(&large);
}

static void
include_is_relative_to_the_file_it_stands_in(void **state)
{
	char *absolute = xasprintf("inner = {\n@include \"%s/sub/b.conf\"\n};",
	    (const char *)*state);
	struct conf *conf;

	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(mkdir("sub/deeper", 0700), 0);
	put("a.conf", "@include \"sub/b.conf\"\n");
	put("sub/b.conf", "number = 5;\n@include \"deeper/c.conf\"");
	put("sub/deeper/c.conf", "@include \"../d.conf\"\npath = \"key\";");
	put("sub/d.conf", "# nothing, and no line end");
	conf = open_well("a.conf");
	assert_int_equal(read_wanted(conf).number, 5);
	assert_string_equal(read_wanted(conf).path, "sub/deeper/key");
	conf_free(conf);
	put("a.conf", absolute);
	conf_free(open_well("a.conf"));
	free(absolute);
}

static void
include_works_wherever_a_setting_may_stand(void **state)
{
	static const char *const rows[] = {
		"@include \"b.conf\"",
		"  \t@include\t\"b.conf\"  # why\n",
		"path = \"p\"; @include \"b.conf\" inner = { };",
		"inner = { @include \"b.conf\" }; @include \"b.conf\"",
		"# @include \"none\"\n@include \"b.conf\"\n",
		"/*\n@include \"none\"\n*/ @include \"b.conf\"\n",
		"path = \"\\\n@include \\\"none\\\"\"; @include \"b.conf\"",
	};

	(void)state;
	put("b.conf", "number = 5;");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;

		put("a.conf", rows[i]);
		conf = open_well("a.conf");
		assert_int_equal(read_wanted(conf).number, 5);
		conf_free(conf);
	}
}

static void
include_keeps_files_and_lines_apart(void **state)
{
	static const struct {
		const char *inner; /* b.conf, included by line 3 of a.conf */
		const char *after; /* line 4 of a.conf */
		const char *findings;
	} rows[] = {
		{ "\nnumber 5;", "", "error: b.conf:2: " SYNTAX },
		{ "", "number 5;", "error: a.conf:4: " SYNTAX },
		{ "\n\n\n\n", "number 5;", "error: a.conf:4: " SYNTAX },
		{ "number", "= ;", "error: a.conf:4: " SYNTAX },
		{ "\npath = \"a", "\";",
		    "error: b.conf:2: this text in quotes is never closed\n" },
		{ "\n/*", "*/",
		    "error: b.conf:2: this comment is never closed\n" },
		{ "\ninner = {", "",
		    "error: b.conf:2: \"{\" is never closed\n" },
		{ "\n}", "",
		    "error: b.conf:2: \"}\" closes nothing: no \"{\" is "
		    "open\n" },
		{ "inner = {", ")",
		    "error: a.conf:4: \")\" can't close the \"{\" of "
		    "b.conf:1\n" },
		{ "\nfirst = 2;", "",
		    "error: b.conf:2: \"first\" is set already at a.conf:1; "
		    "remove one of the two\n" },
		{ "\nnumber = 2;", "number = 3;",
		    "error: a.conf:4: \"number\" is set already at b.conf:2; "
		    "remove one of the two\n" },
		{ "\na = 0660;", "b = 00;",
		    "error: b.conf:2: 0660" NOT_OCTAL
		    "error: a.conf:4: 00" NOT_OCTAL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf("first = 1;\n\n@include \"b.conf\"\n%s",
		    rows[i].after);

		put("a.conf", text);
		put("b.conf", rows[i].inner);
		open_badly("a.conf", rows[i].findings);
		free(text);
	}
}

static void
include_on_the_first_line_keeps_lines_apart(void **state)
{
	(void)state;
	put("a.conf", "@include \"b.conf\" @include \"c.conf\"\nnumber 5;");
	put("b.conf", "@include \"c.conf\"\n\n number 5;");
	put("c.conf", "");
	open_badly("a.conf", "error: b.conf:3: " SYNTAX);
	put("b.conf", "");
	open_badly("a.conf", "error: a.conf:2: " SYNTAX);
	put("c.conf", "number 5;");
	open_badly("a.conf", "error: c.conf:1: " SYNTAX);
}

static void
include_says_what_it_can_not_include(void **state)
{
	static const struct {
		const char *text;
		const char *findings;
	} rows[] = {
		{ "\n@include \"none.conf\"\n@include \"/none/x\"\n",
		    "error: a.conf:2: none.conf: No such file or directory\n"
		    "error: a.conf:3: /none/x: No such file or directory\n" },
		{ "\n@include \".\"",
		    "error: a.conf:2: .: is not a regular file\n" },
		{ "\n@include \"a.conf\"",
		    "error: a.conf:2: @include goes deeper than 10 files; does "
		    "one include itself?\n" },
		{ "\n@include b.conf",
		    "error: a.conf:2: \"@\" starts nothing but: @include "
		    "\"FILE\"\n" },
		{ "@include \"\"",
		    "error: a.conf:1: \"@\" starts nothing but: @include "
		    "\"FILE\"\n" },
		{ "@include",
		    "error: a.conf:1: \"@\" starts nothing but: @include "
		    "\"FILE\"\n" },
		{ "@include \"b.conf",
		    "error: a.conf:1: \"@\" starts nothing but: @include "
		    "\"FILE\"\n" },
		{ "number = @;",
		    "error: a.conf:1: \"@\" starts nothing but: @include "
		    "\"FILE\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("a.conf", rows[i].text);
		open_badly("a.conf", rows[i].findings);
	}
}

static void
include_goes_ten_files_deep(void **state)
{
	struct conf *conf;

	(void)state;
	for (int i = 1; i < 10; i++) {
		char *name = xasprintf("%d.conf", i);
		char *text = xasprintf("@include \"%d.conf\"", i + 1);

		put(name, text);
		free(text);
		free(name);
	}
	put("10.conf", "number = 10;");
	conf = open_well("1.conf");
	assert_int_equal(read_wanted(conf).number, 10);
	conf_free(conf);
	put("10.conf", "\n@include \"11.conf\"");
	put("11.conf", "");
	open_badly("1.conf",
	    "error: 10.conf:2: @include goes deeper than 10 "
	    "files; does one include itself?\n");
}

static void
problem_names_the_place_of_the_key_or_the_section(void **state)
{
	struct problems *problems = problems_new();
	const struct conf_section *root, *inner;
	struct conf *conf;

	(void)state;
	put("a.conf", "\nnumber = 1;\ninner =\n{ @include \"b.conf\" };");
	put("b.conf", "\n\nnumber = 2;");
	conf = open_well("a.conf");
	root = conf_root(conf);
	inner = read_wanted(conf).inner;
	conf_problem(root, "number", PROBLEM_ERROR, problems, "%d", 1);
	conf_problem(root, NULL, PROBLEM_WARNING, problems, "%s", "100%");
	conf_problem(root, "none", PROBLEM_ERROR, problems, "3");
	conf_problem(inner, "number", PROBLEM_WARNING, problems, "4");
	conf_problem(inner, NULL, PROBLEM_ERROR, problems, "5");
	conf_problem(inner, "none", PROBLEM_ERROR, problems, "6");
	assert_string_equal(problems_text(problems),
	    "error: a.conf:2: 1\n"
	    "warning: a.conf:1: 100%\n"
	    "error: a.conf:1: 3\n"
	    "warning: b.conf:3: 4\n"
	    "error: a.conf:3: 5\n"
	    "error: a.conf:3: 6\n");
	problems_free(problems);
	conf_free(conf);
}

static void
free_takes_nothing(void **state)
{
	(void)state;
	conf_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(open_takes_all_forms_of_a_file),
		CONF_TEST(open_takes_an_empty_file),
		CONF_TEST(open_keeps_numbers_at_the_limits),
		CONF_TEST(open_refuses_numbers_that_would_change),
		CONF_TEST(open_refuses_nul_in_text),
		CONF_TEST(open_refuses_files_with_nul),
		CONF_TEST(open_says_where_a_file_is_malformed),
		CONF_TEST(open_takes_the_same_name_in_different_groups),
		CONF_TEST(open_refuses_files_that_can_not_be_read),
		CONF_TEST(include_is_relative_to_the_file_it_stands_in),
		CONF_TEST(include_works_wherever_a_setting_may_stand),
		CONF_TEST(include_keeps_files_and_lines_apart),
		CONF_TEST(include_on_the_first_line_keeps_lines_apart),
		CONF_TEST(include_says_what_it_can_not_include),
		CONF_TEST(include_goes_ten_files_deep),
		CONF_TEST(problem_names_the_place_of_the_key_or_the_section),
		CONF_TEST(free_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
