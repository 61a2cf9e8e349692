/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include "tests/unit/policy_requests.h"

/* What the sections of an endpoint say of each other. */

struct root {
	struct policy_sections sections;
};

static const struct conf_key root_keys[] = {
	{ .name = "enrol",
	    .type = CONF_SECTION,
	    .required = true,
	    .offset = offsetof(struct root, sections.enrol) },
	{ .name = "profile",
	    .type = CONF_SECTIONS,
	    .offset = offsetof(struct root, sections.profile) },
	{ .name = "renew",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.renew) },
	{ 0 },
};

#define KIND_STATIC "{ type = \"static\"; secret = \"0123456789abcdef\"; }"
#define KIND_DERIVED \
	"{ type = \"derived\"; keys = ( { id = \"1\"; " \
	"secret = \"0123456789abcdef0123456789abcdef\"; } ); }"
#define KIND_ONE_TIME "{ type = \"one-time\"; }"
#define CHALLENGE(kind) "challenge = ( " kind " ); "
#define ANONYMOUS "anonymous = true; approval = \"manual\"; "
#define ON_BEHALF \
	"on_behalf = ( { purpose = \"1.3.6.1.5.5.7.3.28\"; " \
	"names = \"CN=*\"; } ); "
#define RENEW "renew = { challenge = true; };"
#define NO_CHALLENGE \
	"error: a.conf:2: a renewal can't be asked for a challenge password"
#define KINDS(kinds) "profile = { san = ( " kinds " ); };"
#define NO_SID "warning: a.conf:2: whoever enrols with a \"sid\" is refused"

struct row {
	const char *enrol;
	const char *others;
	enum err expected;
	const char *finding; /* "": none */
};

static void
check_row(const struct row *row)
{
	struct problems *problems = problems_new();
	char *text = xasprintf("enrol = { %s };\n%s", row->enrol, row->others);
	struct policy policy = { 0 };
	struct root root = { 0 };
	const char *findings;
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(conf), root_keys, &root, problems),
	    ERR_OK);
	assert_err(policy_read(&root.sections, &policy, problems),
	    row->expected, text);
	findings = problems_text(problems);
	if (row->finding[0] == '\0' ? findings[0] != '\0' :
				      strstr(findings, row->finding) == NULL)
		fail_msg("%s: %s", text, findings);
	policy_clear(&policy);
	conf_free(conf);
	problems_free(problems);
	free(text);
}

static void
a_sid_is_no_use_where_no_challenge_is_for_names(void **state)
{
	static const struct row rows[] = {
		{ CHALLENGE(KIND_DERIVED), KINDS("\"sid\""), ERR_OK, "" },
		{ CHALLENGE(KIND_ONE_TIME), KINDS("\"sid\""), ERR_OK, "" },
		{ CHALLENGE(KIND_STATIC "," KIND_DERIVED), KINDS("\"sid\""),
		    ERR_OK, "" },
		{ CHALLENGE(KIND_DERIVED) ON_BEHALF, KINDS("\"sid\""), ERR_OK,
		    "" },
		{ CHALLENGE(KIND_STATIC), KINDS("\"sid\""), ERR_OK, NO_SID },
		{ CHALLENGE(KIND_STATIC), KINDS("\"uri\""), ERR_OK, "" },
		{ CHALLENGE(KIND_STATIC), "", ERR_OK, "" },
		{ CHALLENGE(KIND_STATIC) "approval = \"manual\";",
		    KINDS("\"sid\""), ERR_OK, NO_SID },
		{ ANONYMOUS, KINDS("\"sid\""), ERR_OK, NO_SID },
		{ ON_BEHALF, KINDS("\"sid\""), ERR_OK, NO_SID },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

static void
a_renewal_needs_no_challenge_where_there_is_none(void **state)
{
	static const struct row rows[] = {
		{ CHALLENGE(KIND_STATIC), RENEW, ERR_OK, "" },
		{ CHALLENGE(KIND_DERIVED) ON_BEHALF, RENEW, ERR_OK, "" },
		{ ANONYMOUS, "renew = { challenge = false; };", ERR_OK, "" },
		{ ANONYMOUS, RENEW, ERR_CONFIGURATION, NO_CHALLENGE },
		{ ON_BEHALF, RENEW, ERR_CONFIGURATION, NO_CHALLENGE },
		/* Of which nothing is known, nothing is said. */
		{ "", RENEW, ERR_CONFIGURATION, "nothing authenticates" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

#define FREE "warning: a.conf:2: challenge passwords are for certain names"

static void
names_of_a_challenge_may_end_with_a_renewal(void **state)
{
	static const struct row rows[] = {
		{ CHALLENGE(KIND_DERIVED), "renew = { names = \"profile\"; };",
		    ERR_OK, FREE },
		{ CHALLENGE(KIND_STATIC "," KIND_ONE_TIME),
		    "renew = { names = \"profile\"; };", ERR_OK, FREE },
		{ CHALLENGE(KIND_STATIC), "renew = { names = \"profile\"; };",
		    ERR_OK, "" },
		{ CHALLENGE(KIND_DERIVED), "renew = { names = \"keep\"; };",
		    ERR_OK, "" },
		{ CHALLENGE(KIND_DERIVED),
		    "renew = { names = \"profile\"; challenge = true; };",
		    ERR_OK, "" },
		{ CHALLENGE(KIND_DERIVED),
		    "renew = { names = \"profile\"; }; "
		    "profile = { names = \"CN=*.lab\"; };",
		    ERR_OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_sid_is_no_use_where_no_challenge_is_for_names),
		CONF_TEST(a_renewal_needs_no_challenge_where_there_is_none),
		CONF_TEST(names_of_a_challenge_may_end_with_a_renewal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
