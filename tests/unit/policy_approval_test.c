/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/approval.h"

#include "policy/enrol.h"
#include "policy/renewal.h"
#include "tests/unit/conf_fixture.h"

/* What a section came to. */
struct outcome {
	enum err err;
	bool manual;
	bool has_hook;
};

static struct outcome
read_enrol(const struct conf_section *section, struct problems *problems)
{
	struct enrol_rules rules = { 0 };
	struct outcome outcome = { .err = enrol_rules_read(section, &rules,
				       problems) };

	outcome.manual = rules.manual;
	outcome.has_hook = rules.hook != NULL;
	enrol_rules_clear(&rules);
	return outcome;
}

static struct outcome
read_renew(const struct conf_section *section, struct problems *problems)
{
	struct renewal_rules rules = { 0 };
	struct outcome outcome = { .err = renewal_rules_read(section, &rules,
				       problems) };

	outcome.manual = rules.manual;
	outcome.has_hook = rules.hook != NULL;
	return outcome;
}

/* Both sections take the same settings; the first needs another besides. */
static const struct {
	const char *needs;
	struct outcome (*read)(const struct conf_section *section,
	    struct problems *problems);
} sections[] = {
	{ "challenge = ( { type = \"static\"; secret = \"long enough it is\"; "
	  "} ); ",
	    read_enrol },
	{ "", read_renew },
};

#define HOOK "hook = { command = ( \"/bin/true\" ); };"

static const struct {
	const char *settings;
	struct outcome outcome;
	const char *findings;
} rows[] = {
	{ "", { ERR_OK, false, false }, "" },
	{ "approval = \"automatic\";", { ERR_OK, false, false }, "" },
	{ "approval = \"manual\";", { ERR_OK, true, false }, "" },
	{ "approval = \"hook\"; " HOOK, { ERR_OK, true, true }, "" },
	{ "approval = \"hook\";", { ERR_CONFIGURATION, false, false },
	    "error: a.conf:1: approval by a hook needs one: hook = { command "
	    "= ( \"/...\" ); }\n" },
	{ HOOK, { ERR_CONFIGURATION, false, false },
	    "error: a.conf:1: a hook is asked only with approval = "
	    "\"hook\"\n" },
	{ "approval = \"manual\"; " HOOK, { ERR_CONFIGURATION, false, false },
	    "error: a.conf:1: a hook is asked only with approval = "
	    "\"hook\"\n" },
	{ "approval = \"none\";", { ERR_CONFIGURATION, false, false },
	    "error: a.conf:1: \"approval\" can't be \"none\"; it may be "
	    "\"automatic\", \"manual\" or \"hook\"\n" },
	{ "approval = \"hook\"; hook = \"/bin/true\";",
	    { ERR_CONFIGURATION, false, false },
	    "error: a.conf:1: \"hook\" must be a group: { ... }, not text in "
	    "quotes\n" },
};

static void
check(size_t section, size_t row)
{
	struct problems *problems = problems_new();
	char *text = xasprintf("%s%s", sections[section].needs,
	    rows[row].settings);
	struct outcome outcome;
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	outcome = sections[section].read(conf_root(conf), problems);
	assert_string_equal(problems_text(problems), rows[row].findings);
	assert_int_equal(outcome.err, rows[row].outcome.err);
	assert_int_equal(outcome.manual, rows[row].outcome.manual);
	assert_int_equal(outcome.has_hook, rows[row].outcome.has_hook);
	problems_free(problems);
	conf_free(conf);
	free(text);
}

static void
approval_and_its_hook_are_checked_together_in_both_sections(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++)
		for (size_t j = 0; j < COUNT(rows); j++)
			check(i, j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    approval_and_its_hook_are_checked_together_in_both_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
