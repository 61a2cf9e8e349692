/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/duplicates.h"

#include "policy/enrol.h"
#include "tests/unit/policy_requests.h"

static const struct {
	const char *settings;
	enum err expected;
	int64_t max_active;
	enum duplicates action;
	const char *findings;
} sections[] = {
	{ "", ERR_OK, 0, DUPLICATES_REFUSE, "" },
	{ "max_active = 0;", ERR_OK, 0, DUPLICATES_REFUSE, "" },
	{ "max_active = 1;", ERR_OK, 1, DUPLICATES_REFUSE, "" },
	{ "max_active = 1000; duplicates = \"refuse\";", ERR_OK, 1000,
	    DUPLICATES_REFUSE, "" },
	{ "max_active = 2; duplicates = \"hold\";", ERR_OK, 2, DUPLICATES_HOLD,
	    "" },
	{ "max_active = 1; duplicates = \"warn\";", ERR_OK, 1, DUPLICATES_WARN,
	    "" },
	{ "duplicates = \"refuse\";", ERR_CONFIGURATION, 0, DUPLICATES_REFUSE,
	    "error: a.conf:1: \"duplicates\" does nothing without "
	    "\"max_active\", which says how many certificates of the same "
	    "names there may be\n" },
	{ "max_active = -1;", ERR_CONFIGURATION, 0, DUPLICATES_REFUSE,
	    "error: a.conf:1: \"max_active\" must be from 0 to 1000, not "
	    "-1\n" },
	{ "max_active = 1001;", ERR_CONFIGURATION, 0, DUPLICATES_REFUSE,
	    "error: a.conf:1: \"max_active\" must be from 0 to 1000, not "
	    "1001\n" },
	{ "max_active = 1; duplicates = \"replace\";", ERR_CONFIGURATION, 0,
	    DUPLICATES_REFUSE,
	    "error: a.conf:1: \"duplicates\" can't be \"replace\"; it may be "
	    "\"refuse\", \"hold\" or \"warn\"\n" },
};

static void
the_section_says_how_many_and_what_of_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		struct problems *problems = problems_new();
		struct enrol_rules rules = { 0 };
		char *text = xasprintf("challenge = ( { type = \"static\"; "
				       "secret = \"it is long enough\"; } ); "
				       "%s",
		    sections[i].settings);
		struct conf *conf;

		put("a.conf", text);
		conf = open_well("a.conf");
		assert_err(enrol_rules_read(conf_root(conf), &rules, problems),
		    sections[i].expected, sections[i].settings);
		assert_string_equal(problems_text(problems),
		    sections[i].findings);
		assert_int_equal(rules.duplicates.max_active,
		    sections[i].max_active);
		assert_int_equal(rules.duplicates.action, sections[i].action);
		enrol_rules_clear(&rules);
		problems_free(problems);
		conf_free(conf);
		free(text);
	}
}

static const struct {
	struct duplicate_rules rules;
	int64_t active;
	enum err expected;
	bool hold;
} counts[] = {
	{ { 0, DUPLICATES_REFUSE }, 1000, ERR_OK, false },
	{ { 1, DUPLICATES_REFUSE }, 0, ERR_OK, false },
	{ { 1, DUPLICATES_REFUSE }, 1, ERR_DUPLICATE, false },
	{ { 2, DUPLICATES_REFUSE }, 1, ERR_OK, false },
	{ { 2, DUPLICATES_REFUSE }, 2, ERR_DUPLICATE, false },
	{ { 2, DUPLICATES_REFUSE }, 3, ERR_DUPLICATE, false },
	{ { 0, DUPLICATES_HOLD }, 1000, ERR_OK, false },
	{ { 2, DUPLICATES_HOLD }, 1, ERR_OK, false },
	{ { 2, DUPLICATES_HOLD }, 2, ERR_OK, true },
	{ { 2, DUPLICATES_HOLD }, 3, ERR_OK, true },
	{ { 1, DUPLICATES_WARN }, 0, ERR_OK, false },
	{ { 1, DUPLICATES_WARN }, 1, ERR_OK, false },
};

static void
as_many_as_may_be_are_enough(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		bool hold = false;

		assert_int_equal(duplicates_check(&counts[i].rules,
				     counts[i].active, &hold),
		    counts[i].expected);
		assert_int_equal(hold, counts[i].hold);
	}
}

#define NAMES(names) "30{" names "}"

static const struct {
	const char *subject_a, *names_a;
	const char *subject_b, *names_b;
	bool same;
} identities[] = {
	/* A subject, however it is written, and whatever is beside it. */
	{ NAME_DEVICE, "", NAME_DEVICE, "", true },
	{ NAME_DEVICE, "", "30{ 31{ 30{ 06{550403} 13{' DEVICE '} } } }", "",
	    true },
	{ NAME_DEVICE, "", NAME_DEVICE, NAMES("82{'a.lab'}"), true },
	{ NAME_DEVICE, "", "30{ 31{ 30{ 06{550403} 0c{'device2'} } } }", "",
	    false },
	{ NAME_DEVICE, "", "30{ 31{ 30{ 06{55040a} 0c{'device'} } } }", "",
	    false },
	/* None: the alternative names, as a set. */
	{ NAME_EMPTY, NAMES("82{'a.lab'}"), NAME_EMPTY, NAMES("82{'a.lab'}"),
	    true },
	{ NAME_EMPTY, NAMES("82{'a.lab'}"), NAME_EMPTY, NAMES("82{'b.lab'}"),
	    false },
	{ NAME_EMPTY, NAMES("82{'a.lab'}"), NAME_EMPTY, NAMES("86{'a.lab'}"),
	    false },
	{ NAME_EMPTY, NAMES("82{'a.lab'}"), NAME_EMPTY,
	    NAMES("82{'a.lab'} 82{'b.lab'}"), false },
	{ NAME_EMPTY, NAMES("82{'a.lab'} 82{'b.lab'} 87{0a000001}"), NAME_EMPTY,
	    NAMES("87{0a000001} 82{'b.lab'} 82{'a.lab'} 82{'b.lab'}"), true },
	{ NAME_EMPTY, NAMES("82{'a.lab'} 81{'m@lab'} 86{'http://x'}"),
	    NAME_EMPTY, NAMES("82{'A.LAB'} 81{'M@Lab'} 86{'HTTP://X'}"), true },
	/* Whose octets are no letters. */
	{ NAME_EMPTY, NAMES("87{0a000041}"), NAME_EMPTY, NAMES("87{0a000061}"),
	    false },
	/* One is not the other. */
	{ NAME_DEVICE, "", NAME_EMPTY, NAMES("82{'device'}"), false },
};

static void
names_are_the_same_however_they_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(identities); i++) {
		struct buf texts[] = { asn1(identities[i].subject_a),
			asn1(identities[i].names_a),
			asn1(identities[i].subject_b),
			asn1(identities[i].names_b) };
		uint8_t a[DUPLICATES_IDENTITY_SIZE];
		uint8_t b[DUPLICATES_IDENTITY_SIZE];

		duplicates_identity(gnutls(), buf_bytes(&texts[0]),
		    buf_bytes(&texts[1]), a);
		duplicates_identity(gnutls(), buf_bytes(&texts[2]),
		    buf_bytes(&texts[3]), b);
		if (bytes_equal(BYTES_ARRAY(a), BYTES_ARRAY(b)) !=
		    identities[i].same)
			fail_msg("row %zu", i);
		for (size_t j = 0; j < COUNT(texts); j++)
			buf_clear(&texts[j]);
	}
}

/* No more are looked at than the filter of names lets through. */
static void
names_without_end_have_an_identity(void **state)
{
	struct buf many = { 0 }, list = { 0 }, empty = asn1(NAME_EMPTY);
	uint8_t identity[DUPLICATES_IDENTITY_SIZE];

	(void)state;
	for (int i = 0; i < 1000; i++)
		der_append(&many, DER_CONTEXT + GENERAL_NAME_DNS,
		    BYTES_LITERAL("a.lab"));
	der_append(&list, DER_SEQUENCE, buf_bytes(&many));
	duplicates_identity(gnutls(), buf_bytes(&empty), buf_bytes(&list),
	    identity);
	duplicates_identity(gnutls(), buf_bytes(&empty),
	    BYTES_LITERAL("\x30\x7f"), identity);
	buf_clear(&many);
	buf_clear(&list);
	buf_clear(&empty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(the_section_says_how_many_and_what_of_more),
		cmocka_unit_test(as_many_as_may_be_are_enough),
		cmocka_unit_test(names_are_the_same_however_they_are_written),
		cmocka_unit_test(names_without_end_have_an_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
