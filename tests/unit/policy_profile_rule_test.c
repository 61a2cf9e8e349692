/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile_rule.h"

#include "tests/unit/policy_requests.h"

#define TEMPLATE(name) EXTENSION("2b0601040182371402", "0c{'" name "'}")
#define TEMPLATE_ID \
	EXTENSION("2b0601040182371507", "30{ 06{2b06010401823715080708} }")
#define RSA "strongswan/client.key"
#define EC "keys/p256.pem"

static const struct {
	const char *rule;
	const char *key;
	const char *extensions; /* or NULL */
	bool fits;
} rows[] = {
	{ "key = \"ec\";", EC, NULL, true },
	{ "key = \"ec\";", RSA, NULL, false },
	{ "key = \"rsa\";", EC, NULL, false },
	{ "key = \"rsa\";", RSA, NULL, true },
	{ "key = (\"rsa\", \"ec\");", EC, NULL, true },
	{ "key = (\"rsa\", \"ec\");", RSA, NULL, true },
	{ "template = \"Phone\";", RSA, TEMPLATE("Phone"), true },
	{ "template = \"Phone\";", RSA, TEMPLATE("PHONE"), true },
	{ "template = \"Phone\";", RSA, TEMPLATE("Phones"), false },
	{ "template = \"Phone\";", RSA, TEMPLATE("Phon"), false },
	{ "template = \"Phone\";", RSA, TEMPLATE_ID, false },
	{ "template = \"Phone\";", RSA, NULL, false },
	{ "template = (\"Tablet\", \"Phone\");", RSA, TEMPLATE("Phone"), true },
	/* No patterns: "*" is a star. */
	{ "template = \"*\";", RSA, TEMPLATE("Phone"), false },
	{ "template = \"1.3.6.1.4.1.311.21.8.7.8\";", RSA, TEMPLATE_ID, true },
	{ "template = \"1.3.6.1.4.1.311.21.8.7\";", RSA, TEMPLATE_ID, false },
	{ "template = \"1.3.6.1.4.1.311.21.8.7.9\";", RSA, TEMPLATE_ID, false },
	{ "template = \"1.3.6.1.4.1.311.21.8.7.8\";", RSA, NULL, false },
	{ "template = \"Phone\";", RSA, TEMPLATE("Other") TEMPLATE_ID, false },
	{ "template = (\"Phone\", \"1.3.6.1.4.1.311.21.8.7.8\");", RSA,
	    TEMPLATE("Other") TEMPLATE_ID, true },
	/* Both have to fit. */
	{ "template = \"Phone\"; key = \"ec\";", EC, TEMPLATE("Phone"), true },
	{ "template = \"Phone\"; key = \"ec\";", RSA, TEMPLATE("Phone"),
	    false },
	{ "template = \"Phone\"; key = \"ec\";", EC, TEMPLATE("Other"), false },
};

/* Reads the rule of a file with this text; both are the caller's. */
static enum err
read_rule(const char *text, struct conf **conf, struct profile_rule *rule,
    struct problems *problems)
{
	put("a.conf", text);
	*conf = open_well("a.conf");
	return profile_rule_read(conf_root(*conf), rule, problems);
}

static void
all_that_a_rule_says_has_to_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct csr *csr = csr_of((struct wanted){ .key = rows[i].key,
		    .extensions = rows[i].extensions });
		struct profile_rule rule;
		struct conf *conf;

		assert_int_equal(read_rule(rows[i].rule, &conf, &rule,
				     problems),
		    ERR_OK);
		if (profile_rule_fits(&rule, csr) != rows[i].fits)
			fail_msg("row %zu: %s", i, rows[i].rule);
		csr_free(csr);
		conf_free(conf);
		problems_free(problems);
	}
}

static void
no_rule_fits_nothing(void **state)
{
	struct problems *problems = problems_new();
	struct csr *csr = csr_of((struct wanted){ 0 });
	struct profile_rule rule;

	(void)state;
	assert_int_equal(profile_rule_read(NULL, &rule, problems), ERR_OK);
	assert_false(profile_rule_fits(&rule, csr));
	csr_free(csr);
	problems_free(problems);
}

static void
what_is_no_rule_is_told(void **state)
{
	static const struct {
		const char *text;
		const char *finding;
	} faults[] = {
		{ "",
		    "error: a.conf:1: \"for\" says nothing of the requests "
		    "that the profile is for: set \"template\" or \"key\"\n" },
		{ "template = ();",
		    "error: a.conf:1: \"for\" says nothing of the requests "
		    "that the profile is for: set \"template\" or \"key\"\n" },
		{ "key = \"dsa\";",
		    "error: a.conf:1: \"key\" can't be \"dsa\"; it may be "
		    "\"rsa\" or \"ec\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct problems *problems = problems_new();
		struct profile_rule rule;
		struct conf *conf;

		assert_err(read_rule(faults[i].text, &conf, &rule, problems),
		    ERR_CONFIGURATION, faults[i].text);
		assert_string_equal(problems_text(problems), faults[i].finding);
		conf_free(conf);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(all_that_a_rule_says_has_to_fit),
		CONF_TEST(no_rule_fits_nothing),
		CONF_TEST(what_is_no_rule_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
