/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pattern.h"

#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

static const struct {
	const char *pattern;
	const char *value;
	bool expected;
} vectors[] = {
	{ "a", "a", true },
	{ "a", "b", false },
	{ "a", "", false },
	{ "a", "aa", false },
	{ "aa", "a", false },
	/* Anchored at both ends. */
	{ "lab", "a.lab", false },
	{ "lab", "lab.evil", false },
	{ "*.lab", "a.lab", true },
	{ "*.lab", "a.b.lab", true },
	{ "*.lab", ".lab", true },
	{ "*.lab", "lab", false },
	{ "*.lab", "a.lab.evil", false },
	{ "*.lab", "a.lab\n", false },
	{ "?*.lab", ".lab", false },
	{ "?*.lab", "a.lab", true },
	{ "a*", "a", true },
	{ "a*", "abc", true },
	{ "a*", "ba", false },
	{ "*", "", true },
	{ "*", "anything at all", true },
	{ "**", "", true },
	{ "**", "a", true },
	{ "***a***", "a", true },
	/* Going back to the last star, and no further. */
	{ "a*b", "ab", true },
	{ "a*b", "axbxb", true },
	{ "a*b", "axbx", false },
	{ "*ab", "aab", true },
	{ "*aab", "aaab", true },
	{ "*a*b*c", "xaxbxc", true },
	{ "*a*b*c", "xbxaxc", false },
	{ "*a*b*c", "abcabcx", false },
	{ "*a*b*c", "abcabc", true },
	{ "a*a", "a", false },
	{ "a*a", "aa", true },
	/* One character, and there has to be one. */
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "a?c", "abc", true },
	{ "a?c", "ac", false },
	{ "r-??", "r-17", true },
	{ "r-??", "r-1", false },
	{ "r-??", "r-171", false },
	{ "*?", "", false },
	{ "*?", "a", true },
	/* Characters, not octets: two, three and four of them. */
	{ "?", "\xc3\xa9", true },
	{ "??", "\xc3\xa9", false },
	{ "?", "\xe2\x82\xac", true },
	{ "?", "\xf0\x9f\x98\x80", true },
	{ "a?c",
	    "a\xc3\xa9"
	    "c",
	    true },
	{ "*?", "\xc3\xa9", true },
	{ "*\xa9", "\xc3\xa9", false },
	{ "\xc3\xa9*", "\xc3\xa9t\xc3\xa9", true },
	/* What else means something elsewhere stands for itself. */
	{ "a.c", "abc", false },
	{ "[ab]", "a", false },
	{ "[ab]", "[ab]", true },
	{ "\\*", "*", false },
	{ "\\*", "\\x", true },
	{ "^a$", "a", false },
	{ "{a,b}", "a", false },
	{ "*", "*", true },
	{ "?.lab", "*.lab", true },
	/* What is no UTF-8 fits nothing. */
	{ "*", "\xff", false },
	{ "?", "\xc3", false },
	{ "*", "\xc0\xaf", false },
	{ "*", "\xed\xa0\x80", false },
};

static void
a_pattern_is_about_all_of_a_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++)
		if (pattern_matches(vectors[i].pattern, PATTERN_CASE_COUNTS,
			bytes_of_string(vectors[i].value)) !=
		    vectors[i].expected)
			fail_msg("\"%s\" \"%s\"", vectors[i].pattern,
			    vectors[i].value);
}

/* By enum pattern_case: whether they fit. */
static const struct {
	const char *pattern;
	const char *value;
	bool expected[3];
} cases[] = {
	{ "a@b", "a@b", { true, true, true } },
	{ "A@b", "a@b", { false, true, false } },
	{ "a@b", "A@b", { false, true, false } },
	{ "a@B", "a@b", { false, true, true } },
	{ "a@b", "a@B", { false, true, true } },
	{ "*@EXAMPLE.org", "Jo@example.ORG", { false, true, true } },
	{ "j*@example.org", "Jo@example.org", { false, true, false } },
	{ "*@example.org", "jo@example.org.evil", { false, false, false } },
	{ "*@example.org", "jo@evil-example.org", { false, false, false } },
	/* Letters from A to Z alone. */
	{ "@@", "``", { false, false, false } },
	{ "[", "{", { false, false, false } },
	{ "Z@z", "z@Z", { false, true, false } },
	{ "\xc3\x89", "\xc3\xa9", { false, false, false } },
	{ "?@X", "\xc3\xa9@x", { false, true, true } },
};

static void
case_counts_where_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (unsigned letters = PATTERN_CASE_COUNTS;
		     letters <= PATTERN_EMAIL; letters++)
			if (pattern_matches(cases[i].pattern,
				(enum pattern_case)letters,
				bytes_of_string(cases[i].value)) !=
			    cases[i].expected[letters])
				fail_msg("\"%s\" \"%s\" %u", cases[i].pattern,
				    cases[i].value, letters);
}

/* A NUL is a character like any other, and ends neither. */
static void
a_value_may_have_any_octets(void **state)
{
	(void)state;
	assert_false(pattern_matches("a", PATTERN_CASE_COUNTS,
	    BYTES_LITERAL("a\0b")));
	assert_true(pattern_matches("a?b", PATTERN_CASE_COUNTS,
	    BYTES_LITERAL("a\0b")));
	assert_true(pattern_matches("*", PATTERN_CASE_COUNTS,
	    (struct bytes){ NULL, 0 }));
}

/* Exponential, this would outlast the test. */
static void
the_worst_pattern_ends(void **state)
{
	struct buf pattern = repeated("'a*'", 127);
	struct buf value = repeated("'a'", 8192);

	(void)state;
	buf_append_string(&pattern, "b");
	assert_null(pattern_fault(buf_string(&pattern), PATTERN_CASE_COUNTS));
	assert_false(pattern_matches(buf_string(&pattern), PATTERN_CASE_COUNTS,
	    buf_bytes(&value)));
	buf_append_string(&value, "b");
	assert_true(pattern_matches(buf_string(&pattern), PATTERN_CASE_COUNTS,
	    buf_bytes(&value)));
	buf_clear(&pattern);
	buf_clear(&value);
}

static void
assert_fault(const char *text, enum pattern_case letters, const char *expected)
{
	const char *fault = pattern_fault(text, letters);

	if (expected == NULL ? fault != NULL :
			       fault == NULL || strstr(fault, expected) == NULL)
		fail_msg("\"%s\": %s", text, fault != NULL ? fault : "(good)");
}

static void
what_is_no_pattern_is_told(void **state)
{
	static const struct {
		const char *text;
		enum pattern_case letters;
		const char *fault;
	} rows[] = {
		{ "*", PATTERN_CASE_COUNTS, NULL },
		{ "", PATTERN_CASE_COUNTS, "empty" },
		{ "a\tb", PATTERN_CASE_COUNTS, "control" },
		{ "a\x7f", PATTERN_CASE_COUNTS, "control" },
		{ "a b~", PATTERN_CASE_COUNTS, NULL },
		{ "\xc3\xa9", PATTERN_CASE_IGNORED, NULL },
		{ "\xe9", PATTERN_CASE_IGNORED, "UTF-8" },
		{ "a\xc3", PATTERN_CASE_IGNORED, "UTF-8" },
		{ "*@b", PATTERN_EMAIL, NULL },
		{ "*", PATTERN_EMAIL, "one \"@\"" },
		{ "a@b@c", PATTERN_EMAIL, "one \"@\"" },
		{ "a@b@c", PATTERN_CASE_IGNORED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_fault(rows[i].text, rows[i].letters, rows[i].fault);
}

static void
a_pattern_has_so_many_characters_and_no_more(void **state)
{
	static const struct {
		const char *character;
		size_t count;
		const char *fault;
	} rows[] = {
		{ "'a'", PATTERN_MAX, NULL },
		{ "'a'", PATTERN_MAX + 1, "over 256" },
		{ "c3a9", PATTERN_MAX, NULL },
		{ "c3a9", PATTERN_MAX + 1, "over 256" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = repeated(rows[i].character, rows[i].count);

		assert_fault(buf_string(&text), PATTERN_CASE_COUNTS,
		    rows[i].fault);
		buf_clear(&text);
	}
}

static void
one_pattern_of_a_list_is_enough(void **state)
{
	static const char *const items[] = { "*.org", "*.com" };
	const struct conf_strings two = { items, 2 }, none = { NULL, 0 };

	(void)state;
	assert_true(pattern_list_matches(&two, PATTERN_CASE_IGNORED,
	    BYTES_LITERAL("a.org")));
	assert_true(pattern_list_matches(&two, PATTERN_CASE_IGNORED,
	    BYTES_LITERAL("a.COM")));
	assert_false(pattern_list_matches(&two, PATTERN_CASE_IGNORED,
	    BYTES_LITERAL("a.net")));
	assert_false(pattern_list_matches(&none, PATTERN_CASE_IGNORED,
	    BYTES_LITERAL("a")));
}

struct settings {
	struct conf_strings match;
};

/* Each that is at fault is reported, by its line. */
static void
a_list_is_checked_whole(void **state)
{
	static const struct conf_key keys[] = {
		{ .name = "match",
		    .type = CONF_STRINGS,
		    .offset = offsetof(struct settings, match) },
		{ 0 },
	};
	struct problems *problems = problems_new();
	struct settings settings = { 0 };
	struct conf *conf;

	(void)state;
	put("a.conf", "match = ( \"a@b\", \"c\", \"d@e\", \"@@\" );");
	conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(conf), keys, &settings, problems),
	    ERR_OK);
	assert_int_equal(pattern_list_check(conf_root(conf), "match",
			     &settings.match, PATTERN_CASE_COUNTS, problems),
	    ERR_OK);
	assert_int_equal(pattern_list_check(conf_root(conf), "match",
			     &settings.match, PATTERN_EMAIL, problems),
	    ERR_CONFIGURATION);
	assert_string_equal(problems_text(problems),
	    "error: a.conf:1: the pattern \"c\" of \"match\" is none: an "
	    "e-mail address has one \"@\", and so has its pattern\n"
	    "error: a.conf:1: the pattern \"@@\" of \"match\" is none: an "
	    "e-mail address has one \"@\", and so has its pattern\n");
	conf_free(conf);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_is_about_all_of_a_value),
		cmocka_unit_test(case_counts_where_it_should),
		cmocka_unit_test(a_value_may_have_any_octets),
		cmocka_unit_test(the_worst_pattern_ends),
		cmocka_unit_test(what_is_no_pattern_is_told),
		cmocka_unit_test(a_pattern_has_so_many_characters_and_no_more),
		cmocka_unit_test(one_pattern_of_a_list_is_enough),
		CONF_TEST(a_list_is_checked_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
