/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/conf_fixture.h"

struct enrol {
	const char *challenge;
	const char *approval;
	int64_t backend;
	const struct conf_section *inner;
	struct conf_sections items;
};

static const char *const backends[] = { "file", "openssl", NULL };

static const struct conf_key backend_key = {
	.name = "backend",
	.type = CONF_CHOICE,
	.required = true,
	.choices = backends,
};

static const struct conf_key keys[] = {
	{ .name = "challenge",
	    .type = CONF_STRING,
	    .required = true,
	    .offset = offsetof(struct enrol, challenge) },
	{ .name = "approval",
	    .type = CONF_STRING,
	    .offset = offsetof(struct enrol, approval) },
	{ .name = "backend",
	    .type = CONF_CHOICE,
	    .offset = offsetof(struct enrol, backend),
	    .choices = backends },
	{ .name = "inner",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct enrol, inner) },
	{ .name = "items",
	    .type = CONF_SECTIONS,
	    .offset = offsetof(struct enrol, items) },
	{ 0 },
};

static void
assert_findings(const char *text, const char *findings)
{
	struct enrol enrol = { 0 };
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &enrol, findings);
	conf_free(conf);
}

#define KNOWN "; known here: challenge, approval, backend, inner, items\n"

static void
unknown_keys_are_refused_with_the_nearest_name(void **state)
{
	static const struct {
		const char *name;
		const char *advice;
	} rows[] = {
		{ "challange", "; did you mean \"challenge\"?\n" },
		{ "Challenge", "; did you mean \"challenge\"?\n" },
		{ "challenges", "; did you mean \"challenge\"?\n" },
		{ "challlengse", "; did you mean \"challenge\"?\n" },
		{ "chllanga", "; did you mean \"challenge\"?\n" },
		{ "chllang", KNOWN },
		{ "back-end", "; did you mean \"backend\"?\n" },
		{ "itmes", "; did you mean \"items\"?\n" },
		{ "item", "; did you mean \"items\"?\n" },
		{ "ite", KNOWN },
		{ "colour", KNOWN },
		{ "a23456789012345678901234567890123456789012345678901",
		    KNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf("challenge = \"x\";\n%s = 1;",
		    rows[i].name);
		char *finding = xasprintf("error: a.conf:2: unknown setting "
					  "\"%s\"%s",
		    rows[i].name, rows[i].advice);

		assert_findings(text, finding);
		free(finding);
		free(text);
	}
}

static void
missing_keys_are_refused_at_their_section(void **state)
{
	(void)state;
	assert_findings("\n\napproval = \"x\";",
	    "error: a.conf:1: \"challenge\" is missing\n");
	assert_findings("", "error: a.conf:1: \"challenge\" is missing\n");
	assert_findings("challenge = \"\";",
	    "error: a.conf:1: \"challenge\" is empty\n");
}

static void
all_findings_come_at_once(void **state)
{
	(void)state;
	assert_findings("\ncolour = 1;\napproval = 2;\nbackend = \"x\";\n"
			"itmes = ( );",
	    "error: a.conf:2: unknown setting \"colour\"" KNOWN
	    "error: a.conf:3: \"approval\" must be text in quotes, not a "
	    "number without quotes\n"
	    "error: a.conf:4: \"backend\" can't be \"x\"; it may be \"file\" "
	    "or \"openssl\"\n"
	    "error: a.conf:5: unknown setting \"itmes\"; did you mean "
	    "\"items\"?\n"
	    "error: a.conf:1: \"challenge\" is missing\n");
}

static void
findings_say_which_section_they_are_in(void **state)
{
	struct problems *problems = problems_new();
	struct enrol outer = { 0 }, inner = { 0 };
	struct conf *conf;

	(void)state;
	put("a.conf",
	    "challenge = \"x\";\ninner = {\n  challange = \"y\";\n"
	    "};\nitems = (\n  { challenge = \"z\"; },\n"
	    "  {\n  colour = 1; } );");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &outer, "");
	assert_int_equal(conf_read(outer.inner, keys, &inner, problems),
	    ERR_CONFIGURATION);
	assert_int_equal(conf_read(outer.items.items[0], keys, &inner,
			     problems),
	    ERR_OK);
	assert_int_equal(conf_read(outer.items.items[1], keys, &inner,
			     problems),
	    ERR_CONFIGURATION);
	assert_string_equal(problems_text(problems),
	    "error: a.conf:3: unknown setting \"challange\" in \"inner\"; "
	    "did you mean \"challenge\"?\n"
	    "error: a.conf:2: \"challenge\" is missing in \"inner\"\n"
	    "error: a.conf:8: unknown setting \"colour\" in item 2 of "
	    "\"items\"" KNOWN
	    "error: a.conf:7: \"challenge\" is missing in item 2 of "
	    "\"items\"\n");
	problems_free(problems);
	conf_free(conf);
}

static void
read_counts_only_its_own_findings(void **state)
{
	struct problems *problems = problems_new();
	struct enrol enrol = { 0 };
	struct conf *conf;

	(void)state;
	problem_add(problems, PROBLEM_ERROR, "of somebody else");
	put("a.conf", "challenge = \"x\";");
	conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(conf), keys, &enrol, problems),
	    ERR_OK);
	problems_free(problems);
	conf_free(conf);
}

static void
read_choice_reads_one_key_alone(void **state)
{
	static const struct {
		const char *text;
		bool required;
		int64_t index;
		const char *findings;
	} rows[] = {
		{ "colour = 1; backend = \"openssl\";", true, 1, "" },
		{ "colour = 1; backend = \"file\";", false, 0, "" },
		{ "colour = 1;", false, 9, "" },
		{ "\ncolour = 1;", true, 9,
		    "error: a.conf:1: \"backend\" is missing\n" },
		{ "\nbackend = \"opensssl\";", true, 9,
		    "error: a.conf:2: \"backend\" can't be \"opensssl\"; it "
		    "may be \"file\" or \"openssl\"\n" },
		{ "\nbackend = 1;", false, 9,
		    "error: a.conf:2: \"backend\" must be a word in quotes, "
		    "not a number without quotes\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct conf_key key = backend_key;
		struct conf *conf;
		int64_t index = 9;
		enum err err;

		key.required = rows[i].required;
		put("a.conf", rows[i].text);
		conf = open_well("a.conf");
		err = conf_read_one(conf_root(conf), &key, &index, problems);
		assert_string_equal(problems_text(problems), rows[i].findings);
		assert_int_equal(err,
		    *rows[i].findings == '\0' ? ERR_OK : ERR_CONFIGURATION);
		assert_int_equal(index, rows[i].index);
		problems_free(problems);
		conf_free(conf);
	}
}

/* As a tool reads it that knows nothing else of the file. */
static void
read_one_fills_its_field_alone(void **state)
{
	static const struct conf_key key = { .name = "state",
		.type = CONF_PATH,
		.offset = sizeof(const char *) };
	const char *fields[] = { "before", "default", "behind" };
	struct problems *problems = problems_new();
	struct conf *conf;

	(void)state;
	put("a.conf", "colour = 1; state = \"/state.db\";");
	put("b.conf", "colour = 1;");
	conf = open_well("b.conf");
	assert_int_equal(conf_read_one(conf_root(conf), &key, fields, problems),
	    ERR_OK);
	assert_string_equal(fields[1], "default");
	conf_free(conf);
	conf = open_well("a.conf");
	assert_int_equal(conf_read_one(conf_root(conf), &key, fields, problems),
	    ERR_OK);
	assert_string_equal(fields[1], "/state.db");
	assert_string_equal(fields[0], "before");
	assert_string_equal(fields[2], "behind");
	assert_string_equal(problems_text(problems), "");
	conf_free(conf);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(unknown_keys_are_refused_with_the_nearest_name),
		CONF_TEST(missing_keys_are_refused_at_their_section),
		CONF_TEST(all_findings_come_at_once),
		CONF_TEST(findings_say_which_section_they_are_in),
		CONF_TEST(read_counts_only_its_own_findings),
		CONF_TEST(read_choice_reads_one_key_alone),
		CONF_TEST(read_one_fills_its_field_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
