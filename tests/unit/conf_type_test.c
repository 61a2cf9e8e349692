/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_type.h"

#include "tests/unit/conf_fixture.h"

/* One field of each type that a table may fill; secrets have their own
 * tests (conf_secret_test.c). */
struct values {
	bool boolean;
	int64_t integer;
	int64_t limited;
	int64_t size;
	int64_t duration;
	int64_t time;
	int64_t mode;
	int64_t choice;
	const char *string;
	const char *path;
	const char *url_path;
	struct conf_strings strings;
	const struct conf_section *section;
	struct conf_sections sections;
};

static const char *const choices[] = { "file", "openssl", "command", NULL };

#define KEY(field, key_type, ...) \
	{ \
		.name = #field, .type = (key_type), \
		.offset = offsetof(struct values, field), __VA_ARGS__ \
	}

static const struct conf_key keys[] = {
	KEY(boolean, CONF_BOOLEAN, .minimum = 0),
	KEY(integer, CONF_INTEGER, .minimum = 0),
	KEY(limited, CONF_INTEGER, .minimum = -2, .maximum = 256),
	KEY(size, CONF_SIZE, .minimum = 1024, .maximum = 4194304),
	KEY(duration, CONF_DURATION, .minimum = 60, .maximum = 31536000),
	KEY(time, CONF_TIME, .minimum = 0),
	KEY(mode, CONF_MODE, .minimum = 0),
	KEY(choice, CONF_CHOICE, .choices = choices),
	KEY(string, CONF_STRING, .minimum = 0),
	KEY(path, CONF_PATH, .minimum = 0),
	KEY(url_path, CONF_URL_PATH, .minimum = 0),
	KEY(strings, CONF_STRINGS, .minimum = 0),
	KEY(section, CONF_SECTION, .minimum = 0),
	KEY(sections, CONF_SECTIONS, .minimum = 0),
	{ 0 },
};

/* What a conf holds, read from a.conf with this text. */
static struct conf *
read_text(const char *text, struct values *values)
{
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	read_with_findings(conf, keys, values, "");
	return conf;
}

/* The text must be refused with this behind "error: a.conf:1: ", and leave
 * the preset in place. */
static void
assert_refused(const char *text, const char *finding)
{
	static const struct values nothing = { 0 };
	struct values values = { .strings = { NULL, 7 } };
	char *line = xasprintf("error: a.conf:1: %s\n", finding);
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values, line);
	assert_int_equal(values.integer, nothing.integer);
	assert_int_equal(values.limited, nothing.limited);
	assert_int_equal(values.size, nothing.size);
	assert_int_equal(values.duration, nothing.duration);
	assert_int_equal(values.time, nothing.time);
	assert_int_equal(values.mode, nothing.mode);
	assert_int_equal(values.choice, nothing.choice);
	assert_null(values.string);
	assert_null(values.path);
	assert_null(values.url_path);
	assert_null(values.section);
	conf_free(conf);
	free(line);
}

static void
numbers_are_stored_up_to_their_limits(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
		int64_t value;
	} rows[] = {
#define ROW(field, text, value) \
	{ #field " = " text ";", offsetof(struct values, field), value }
		ROW(integer, "1", 1),
		ROW(integer, "2147483647", INT32_MAX),
		ROW(integer, "9223372036854775807L", INT64_MAX),
		ROW(integer, "0x10", 16),
		ROW(limited, "-1", -1),
		ROW(limited, "-2", -2),
		ROW(limited, "255", 255),
		ROW(limited, "256", 256),
		ROW(size, "1024", 1024),
		ROW(size, "1025", 1025),
		ROW(size, "4194303", 4194303),
		ROW(size, "4194304", 4194304),
		ROW(size, "\"1k\"", 1024),
		ROW(size, "\"4M\"", 4194304),
		ROW(size, "\"4095k\"", 4095 * 1024),
		ROW(size, "\"2048\"", 2048),
		ROW(duration, "\"60s\"", 60),
		ROW(duration, "\"61s\"", 61),
		ROW(duration, "\"1m\"", 60),
		ROW(duration, "\"364d\"", 364 * 86400),
		ROW(duration, "\"365d\"", 365 * 86400),
		ROW(duration, "\"1y\"", 365 * 86400),
		ROW(time, "\"2027-01-01\"", 1798761600),
		ROW(mode, "\"0660\"", 0660),
		ROW(mode, "\"777\"", 0777),
		ROW(choice, "\"openssl\"", 1),
		ROW(choice, "\"command\"", 2),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct values values = { 0 };
		struct conf *conf = read_text(rows[i].text, &values);
		int64_t value;

		memcpy(&value, (char *)&values + rows[i].offset, sizeof(value));
		assert_int_equal(value, rows[i].value);
		conf_free(conf);
	}
}

static void
zero_replaces_a_preset(void **state)
{
	struct values values = { .boolean = true,
		.integer = 9,
		.limited = 9,
		.mode = 9,
		.choice = 9 };
	struct conf *conf = read_text("boolean = false; integer = 0;"
				      "limited = 0; mode = \"000\";"
				      "choice = \"file\";",
	    &values);

	(void)state;
	assert_false(values.boolean);
	assert_int_equal(values.integer, 0);
	assert_int_equal(values.limited, 0);
	assert_int_equal(values.mode, 0);
	assert_int_equal(values.choice, 0);
	conf_free(conf);
}

static void
absent_keys_leave_presets(void **state)
{
	struct values values = { .boolean = true,
		.integer = 9,
		.string = "preset",
		.strings = { NULL, 7 } };
	struct conf *conf = read_text("limited = 3;", &values);

	(void)state;
	assert_true(values.boolean);
	assert_int_equal(values.integer, 9);
	assert_int_equal(values.limited, 3);
	assert_string_equal(values.string, "preset");
	assert_int_equal(values.strings.count, 7);
	conf_free(conf);
}

static void
booleans_are_words(void **state)
{
	static const struct {
		const char *text;
		bool value;
	} rows[] = {
		{ "boolean = true;", true },
		{ "boolean = TRUE;", true },
		{ "boolean = False;", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct values values = { .boolean = !rows[i].value };
		struct conf *conf = read_text(rows[i].text, &values);

		assert_int_equal(values.boolean, rows[i].value);
		conf_free(conf);
	}
}

#define BOOLEAN "\"boolean\" must be true or false without quotes, not "
#define INTEGER "\"integer\" must be a whole number without quotes, not "
#define SIZE \
	"\"size\" must be a number of bytes, or one with its unit in quotes " \
	"(\"256k\", \"4M\"), not "
#define DURATION \
	"\"duration\" must be a time with its unit in quotes (\"90s\", " \
	"\"10m\", \"12h\", \"30d\", \"5y\"), not "
#define MODE "\"mode\" must be three octal digits in quotes (\"0660\"), not "
#define STRINGS \
	"\"strings\" must be text in quotes, or a list of it: ( \"...\", " \
	"\"...\" ), not "
#define SECTIONS \
	"\"sections\" must be a group, or a list of groups: ( { ... }, " \
	"{ ... } ), not "

static void
values_of_other_types_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *finding;
	} rows[] = {
		{ "boolean = 1;", BOOLEAN "a number without quotes" },
		{ "boolean = \"true\";", BOOLEAN "text in quotes" },
		{ "boolean = ( true );", BOOLEAN "a list" },
		{ "integer = \"7\";", INTEGER "text in quotes" },
		{ "integer = 1.5;", INTEGER "a fraction" },
		{ "integer = 1e3;", INTEGER "a fraction" },
		{ "integer = true;", INTEGER "true or false" },
		{ "integer = [ 7 ];", INTEGER "a list" },
		{ "integer = { };", INTEGER "a group" },
		{ "size = 1.5;", SIZE "a fraction" },
		{ "size = true;", SIZE "true or false" },
		{ "duration = 30;", DURATION "a number without quotes" },
		{ "duration = 0;", DURATION "a number without quotes" },
		{ "duration = { };", DURATION "a group" },
		{ "mode = 660;", MODE "a number without quotes" },
		{ "mode = true;", MODE "true or false" },
		{ "choice = 1;",
		    "\"choice\" must be a word in quotes, not a "
		    "number without quotes" },
		{ "string = 1;",
		    "\"string\" must be text in quotes, not a "
		    "number without quotes" },
		{ "string = ( \"a\" );",
		    "\"string\" must be text in quotes, not a list" },
		{ "path = true;",
		    "\"path\" must be a file name in quotes, "
		    "not true or false" },
		{ "time = \"2027\";",
		    "\"time\" must be a date in quotes, with or without a "
		    "time of day in UTC (\"2027-01-01\", "
		    "\"2027-01-01T06:00:00Z\"), not \"2027\"" },
		{ "url_path = 1;",
		    "\"url_path\" must be the path of a URL in quotes, "
		    "not a number without quotes" },
		{ "strings = 1;", STRINGS "a number without quotes" },
		{ "strings = { };", STRINGS "a group" },
		{ "section = ( );",
		    "\"section\" must be a group: { ... }, not a list" },
		{ "section = \"a\";",
		    "\"section\" must be a group: { ... }, "
		    "not text in quotes" },
		{ "sections = 1;", SECTIONS "a number without quotes" },
		{ "sections = \"a\";", SECTIONS "text in quotes" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(rows[i].text, rows[i].finding);
}

static void
values_out_of_range_or_form_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *finding;
	} rows[] = {
		{ "integer = -1;", "\"integer\" must be at least 0, not -1" },
		{ "integer = -9223372036854775808L;",
		    "\"integer\" must be at least 0, not "
		    "-9223372036854775808" },
		{ "limited = -3;",
		    "\"limited\" must be from -2 to 256, not -3" },
		{ "limited = 257;",
		    "\"limited\" must be from -2 to 256, not 257" },
		{ "limited = 4294967296L;",
		    "\"limited\" must be from -2 to 256, not 4294967296" },
		{ "size = 1023;", "\"size\" must be from 1k to 4M, not 1023" },
		{ "size = -1;", "\"size\" must be from 1k to 4M, not -1" },
		{ "size = 4194305;",
		    "\"size\" must be from 1k to 4M, not 4194305" },
		{ "size = \"5M\";", "\"size\" must be from 1k to 4M, not 5M" },
		{ "size = \"4G\";", SIZE "\"4G\"" },
		{ "size = \"\";", SIZE "\"\"" },
		{ "duration = \"59s\";",
		    "\"duration\" must be from 1m to 1y, not 59s" },
		{ "duration = \"0d\";",
		    "\"duration\" must be from 1m to 1y, not 0s" },
		{ "duration = \"31536001s\";",
		    "\"duration\" must be from 1m to 1y, not 31536001s" },
		{ "duration = \"366d\";",
		    "\"duration\" must be from 1m to 1y, not 366d" },
		{ "duration = \"30\";", DURATION "\"30\"" },
		{ "duration = \"\";", DURATION "\"\"" },
		{ "mode = \"66\";", MODE "\"66\"" },
		{ "mode = \"0800\";", MODE "\"0800\"" },
		{ "mode = \"\";", MODE "\"\"" },
		{ "choice = \"fil\";",
		    "\"choice\" can't be \"fil\"; it may be \"file\", "
		    "\"openssl\" or \"command\"" },
		{ "choice = \"FILE\";",
		    "\"choice\" can't be \"FILE\"; it may be \"file\", "
		    "\"openssl\" or \"command\"" },
		{ "choice = \"\";",
		    "\"choice\" can't be \"\"; it may be \"file\", "
		    "\"openssl\" or \"command\"" },
		{ "string = \"\";", "\"string\" is empty" },
		{ "path = \"\";", "\"path\" is empty" },
		{ "strings = \"\";", "\"strings\" is empty" },
		{ "strings = ( \"a\", \"\" );",
		    "item 2 of \"strings\" is empty" },
		{ "strings = [ \"\" ];", "item 1 of \"strings\" is empty" },
		{ "strings = ( \"a\", 2 );",
		    "item 2 of \"strings\" must be text in quotes, not a "
		    "number without quotes" },
		{ "strings = ( ( \"a\" ) );",
		    "item 1 of \"strings\" must be text in quotes, not a "
		    "list" },
		{ "sections = ( );",
		    "\"sections\" is an empty list, but "
		    "needs at least one group" },
		{ "sections = ( { }, \"a\" );",
		    "item 2 of \"sections\" must be a group: { ... }, not "
		    "text in quotes" },
		{ "sections = ( ( { } ) );",
		    "item 1 of \"sections\" must be a group: { ... }, not a "
		    "list" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(rows[i].text, rows[i].finding);
}

static void
findings_name_the_line_of_the_setting(void **state)
{
	struct values values = { 0 };
	struct conf *conf;

	(void)state;
	put("a.conf",
	    "strings = (\n  \"a\",\n  \"\"\n);\n"
	    "sections = (\n  { },\n  7\n);\n"
	    "limited =\n\n 300;");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values,
	    "error: a.conf:1: item 2 of \"strings\" is empty\n"
	    "error: a.conf:7: item 2 of \"sections\" must be a group: "
	    "{ ... }, not a number without quotes\n"
	    "error: a.conf:9: \"limited\" must be from -2 to 256, not 300\n");
	conf_free(conf);
}

static void
paths_are_relative_to_the_file_of_the_setting(void **state)
{
	static const struct {
		const char *file;
		const char *path;
		const char *wanted;
	} rows[] = {
		{ "a.conf", "ca.pem", "ca.pem" },
		{ "a.conf", "sub/ca.pem", "sub/ca.pem" },
		{ "a.conf", "/etc/ca.pem", "/etc/ca.pem" },
		{ "sub/a.conf", "ca.pem", "sub/ca.pem" },
		{ "sub/a.conf", "../ca.pem", "sub/../ca.pem" },
		{ "./sub/a.conf", "ca.pem", "./sub/ca.pem" },
		{ "sub/a.conf", "/etc/ca.pem", "/etc/ca.pem" },
		{ "sub/a.conf", "pkcs11:object=ra", "sub/pkcs11:object=ra" },
	};

	(void)state;
	assert_int_equal(mkdir("sub", 0700), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf("path = \"%s\";", rows[i].path);
		struct values values = { 0 };
		struct conf *conf;

		put(rows[i].file, text);
		conf = open_well(rows[i].file);
		read_with_findings(conf, keys, &values, "");
		assert_string_equal(values.path, rows[i].wanted);
		conf_free(conf);
		free(text);
	}
}

static void
paths_of_urls_are_plain(void **state)
{
	static const char *const good[] = { "/", "/scep", "/scep/ca.crl" };
	static const struct {
		const char *path;
		const char *fault;
	} bad[] = {
		{ "", "a path begins with \"/\"" },
		{ "scep", "a path begins with \"/\"" },
		{ "https://a/scep", "a path begins with \"/\"" },
		{ "/scep/",
		    "a path does not end in \"/\"; whatever follows it in a "
		    "URL belongs to it anyway" },
		{ "/a//b",
		    "a path is plain: no \"?\", \"#\", \"%\" or \"//\"" },
		{ "/a?b", "a path is plain: no \"?\", \"#\", \"%\" or \"//\"" },
		{ "/a#b", "a path is plain: no \"?\", \"#\", \"%\" or \"//\"" },
		{ "/a%20b",
		    "a path is plain: no \"?\", \"#\", \"%\" or \"//\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		char *text = xasprintf("url_path = \"%s\";", good[i]);
		struct values values = { 0 };
		struct conf *conf = read_text(text, &values);

		assert_string_equal(values.url_path, good[i]);
		conf_free(conf);
		free(text);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *text = xasprintf("url_path = \"%s\";", bad[i].path);
		char *finding = xasprintf("\"url_path\": %s", bad[i].fault);

		assert_refused(text, finding);
		free(finding);
		free(text);
	}
}

static void
strings_come_alone_in_lists_and_in_arrays(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *items[3];
	} rows[] = {
		{ "strings = \"one\";", 1, { "one" } },
		{ "strings = ( );", 0, { NULL } },
		{ "strings = [ ];", 0, { NULL } },
		{ "strings = ( \"one\" );", 1, { "one" } },
		{ "strings = [ \"one\" ];", 1, { "one" } },
		{ "strings = ( \"one\", \"two\", \"three\" );", 3,
		    { "one", "two", "three" } },
		{ "strings = [ \"one\", \"two\", \"one\" ];", 3,
		    { "one", "two", "one" } },
		{ "strings = ( \"one\",\n \"tw\" \"o\" );", 2,
		    { "one", "two" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct values values = { .strings = { NULL, 7 } };
		struct conf *conf = read_text(rows[i].text, &values);

		assert_int_equal(values.strings.count, rows[i].count);
		for (size_t j = 0; j < rows[i].count; j++)
			assert_string_equal(values.strings.items[j],
			    rows[i].items[j]);
		conf_free(conf);
	}
}

/* An item is told from the group that stands alone by how findings call it. */
static void
sections_come_alone_and_in_lists(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *finding; /* about the first one */
	} rows[] = {
		{ "sections = { integer = -1; };", 1,
		    "error: a.conf:1: \"integer\" must be at least 0, not "
		    "-1\n" },
		{ "sections = { unknown_here = 1; };", 1, "in \"sections\"" },
		{ "sections = { };", 1, "" },
		{ "sections = ( { } );", 1, "" },
		{ "sections = ( { unknown_here = 1; } );", 1,
		    "in item 1 of \"sections\"" },
		{ "sections = ( { }, { unknown_here = 1; } );", 2, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct values outer = { 0 }, inner = { 0 };
		struct conf *conf = read_text(rows[i].text, &outer);
		enum err err;

		assert_int_equal(outer.sections.count, rows[i].count);
		err = conf_read(outer.sections.items[0], keys, &inner,
		    problems);
		assert_int_equal(err,
		    *rows[i].finding == '\0' ? ERR_OK : ERR_CONFIGURATION);
		if (strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

static void
sections_are_read_one_by_one(void **state)
{
	struct values outer = { 0 }, inner[3] = { 0 };
	struct problems *problems = problems_new();
	struct conf *conf;

	(void)state;
	put("a.conf",
	    "section = { integer = 1; };\n"
	    "sections = ( { integer = 2; }, { integer = 3; } );");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &outer, "");
	assert_int_equal(outer.sections.count, 2);
	assert_int_equal(conf_read(outer.section, keys, &inner[0], problems),
	    ERR_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(conf_read(outer.sections.items[i], keys,
				     &inner[i + 1], problems),
		    ERR_OK);
	assert_int_equal(inner[0].integer, 1);
	assert_int_equal(inner[1].integer, 2);
	assert_int_equal(inner[2].integer, 3);
	problems_free(problems);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(numbers_are_stored_up_to_their_limits),
		CONF_TEST(zero_replaces_a_preset),
		CONF_TEST(absent_keys_leave_presets),
		CONF_TEST(booleans_are_words),
		CONF_TEST(values_of_other_types_are_refused),
		CONF_TEST(values_out_of_range_or_form_are_refused),
		CONF_TEST(findings_name_the_line_of_the_setting),
		CONF_TEST(paths_are_relative_to_the_file_of_the_setting),
		CONF_TEST(paths_of_urls_are_plain),
		CONF_TEST(strings_come_alone_in_lists_and_in_arrays),
		CONF_TEST(sections_come_alone_and_in_lists),
		CONF_TEST(sections_are_read_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
