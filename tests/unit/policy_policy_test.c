/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include "tests/unit/policy_requests.h"

/* A configuration with the sections that are policy's. */
struct root {
	struct policy_sections sections;
};

static const struct conf_key root_keys[] = {
	{ .name = "enrol",
	    .type = CONF_SECTION,
	    .required = true,
	    .offset = offsetof(struct root, sections.enrol) },
	{ .name = "profile",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.profile) },
	{ .name = "renew",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.renew) },
	{ .name = "keys",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.keys) },
	{ 0 },
};

#define CHALLENGE \
	"enrol = { challenge = ( { type = \"static\"; secret = \"secret\"; } " \
	"); };"
#define ANONYMOUS "enrol = { anonymous = true; };"

/* The CA that the policy is of, with a vector's key, and the name of its RA. */
#define CA_KEY "sscep/client.key"
#define NAME_CA "30{ 31{ 30{ 06{550403} 0c{'Lab CA'} } } }"
#define NAME_RA "30{ 31{ 30{ 06{550403} 0c{'Lab RA'} } } }"

struct rules {
	struct conf *conf;
	struct policy policy;
	struct key *ca_key;
	struct buf ca_name;
	struct buf ra_name;
};

static enum err
read_rules(const char *text, struct rules *rules, struct problems *problems)
{
	struct root root = { 0 };
	enum err err;

	put("a.conf", text);
	rules->conf = open_well("a.conf");
	err = conf_read(conf_root(rules->conf), root_keys, &root, problems);
	assert_int_equal(err, ERR_OK);
	return policy_read(&root.sections, &rules->policy, problems);
}

static struct rules
rules_of(const char *text)
{
	struct problems *problems = problems_new();
	struct rules rules = { .ca_key = key_vector(CA_KEY),
		.ca_name = asn1(NAME_CA),
		.ra_name = asn1(NAME_RA) };

	if (read_rules(text, &rules, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	rules.policy.algorithms = ALGORITHMS_DEFAULT;
	rules.policy.provider = gnutls();
	rules.policy.endpoint = "/scep";
	rules.policy.own_keys[0] = key_spki(rules.ca_key);
	rules.policy.own_keys[1] = key_spki(rules.ca_key);
	rules.policy.own_subjects[0] = buf_bytes(&rules.ca_name);
	rules.policy.own_subjects[1] = buf_bytes(&rules.ra_name);
	rules.policy.own_count = 2;
	problems_free(problems);
	return rules;
}

static void
rules_clear(struct rules *rules)
{
	policy_clear(&rules->policy);
	conf_free(rules->conf);
	key_free(rules->ca_key);
	buf_clear(&rules->ca_name);
	buf_clear(&rules->ra_name);
}

/* Decides on a request whose message is signed with the key of `signer`, or
 * with its own where that is NULL. */
static enum err
decide(const struct rules *rules, struct wanted wanted, const char *signer)
{
	const char *own = wanted.key != NULL ? wanted.key : device_key;
	struct key *key = key_vector(signer != NULL ? signer : own);
	struct certificate certificate = { .spki = key_spki(key) };
	struct csr *csr = csr_of(wanted);
	struct facts facts = { .csr = csr,
		.signer.certificate = &certificate,
		.now = NOW };
	struct verdict verdict = { 0 };
	enum err err = policy_decide(&rules->policy, &facts, &verdict);

	assert_int_equal(verdict.authorisation != NULL, err == ERR_OK);
	verdict_clear(&verdict);
	csr_free(csr);
	key_free(key);
	return err;
}

static const struct {
	const char *enrol;
	const char *challenge;
	const char *signer; /* NULL: the request's own key */
	enum err expected;
} requesters[] = {
	{ CHALLENGE, "secret", NULL, ERR_OK },
	{ CHALLENGE, "wrong", NULL, ERR_CHALLENGE_WRONG },
	{ CHALLENGE, NULL, NULL, ERR_CHALLENGE_MISSING },
	{ CHALLENGE, "", NULL, ERR_CHALLENGE_MISSING },
	/* T26: the challenge vouches for a second key, as of macOS. */
	{ CHALLENGE, "secret", "certmonger/client.key", ERR_OK },
	{ CHALLENGE, "wrong", "certmonger/client.key", ERR_CHALLENGE_WRONG },
	{ CHALLENGE, NULL, "certmonger/client.key", ERR_CHALLENGE_MISSING },
	{ ANONYMOUS, NULL, NULL, ERR_OK },
	{ ANONYMOUS, "anything", NULL, ERR_OK },
	{ ANONYMOUS, NULL, "certmonger/client.key", ERR_SIGNER_KEY },
	{ ANONYMOUS, "secret", "certmonger/client.key", ERR_SIGNER_KEY },
	/* Not even the CA's own signature makes another's key one's own. */
	{ ANONYMOUS, NULL, CA_KEY, ERR_SIGNER_KEY },
};

static void
who_asks_has_the_challenge_or_the_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requesters); i++) {
		struct rules rules = rules_of(requesters[i].enrol);

		assert_err(decide(&rules,
			       (struct wanted){
				   .challenge = requesters[i].challenge },
			       requesters[i].signer),
		    requesters[i].expected, requesters[i].enrol);
		rules_clear(&rules);
	}
}

static const struct {
	const char *keys;
	const char *key;
	enum err expected;
} keys[] = {
	{ "", "keys/rsa.pem", ERR_KEY_SIZE },
	{ "keys = { rsa_min = 1024; };", "keys/rsa.pem", ERR_OK },
	{ "", "keys/p521.pem", ERR_KEY_TYPE },
	{ "", "keys/p384.pem", ERR_OK },
	{ "", CA_KEY, ERR_KEY_OURS },
};

static void
what_is_certified_is_a_key_of_a_device(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		char *text = xasprintf(CHALLENGE "%s", keys[i].keys);
		struct rules rules = rules_of(text);

		assert_err(decide(&rules,
			       (struct wanted){ .key = keys[i].key,
				   .challenge = "secret" },
			       NULL),
		    keys[i].expected, keys[i].key);
		rules_clear(&rules);
		free(text);
	}
}

static void
a_request_is_signed_with_a_listed_digest(void **state)
{
	struct rules rules = rules_of(CHALLENGE);
	struct wanted wanted = { .challenge = "secret" };

	(void)state;
	rules.policy.algorithms.digests = 1u << DIGEST_SHA512;
	assert_int_equal(decide(&rules, wanted, NULL), ERR_CSR_DIGEST);
	rules.policy.algorithms.digests |= 1u << DIGEST_SHA256;
	assert_int_equal(decide(&rules, wanted, NULL), ERR_OK);
	rules_clear(&rules);
}

static const struct {
	const char *subject;
	const char *extensions;
	enum err expected;
} subjects[] = {
	{ NAME_CA, NULL, ERR_SUBJECT },
	/* The same name in another string type, case and spacing. */
	{ "30{ 31{ 30{ 06{550403} 13{'LAB  ca '} } } }", NULL, ERR_SUBJECT },
	{ NAME_CA, SAN("82{'a.lab'}"), ERR_SUBJECT },
	{ NAME_RA, NULL, ERR_SUBJECT },
	{ "30{ 31{ 30{ 06{550403} 0c{'*.lab'} } } }", NULL, ERR_SUBJECT },
	{ "30{ 31{ 30{ 06{550403} 0c{'a' 0a} } } }", NULL, ERR_SUBJECT },
	{ "30{ 31{ 30{ 06{550403} 0c{'Lab CA 2'} } } }", NULL, ERR_OK },
	{ NAME_EMPTY, NULL, ERR_SUBJECT },
	{ NAME_EMPTY, SAN("82{'a.lab'}"), ERR_OK },
	{ NAME_DEVICE, SAN("82{'*.lab'}"), ERR_SAN },
};

static void
nobody_gets_a_name_of_ours_or_an_unfit_one_or_none(void **state)
{
	struct rules rules = rules_of(CHALLENGE);

	(void)state;
	for (size_t i = 0; i < COUNT(subjects); i++)
		assert_err(decide(&rules,
			       (struct wanted){ .subject = subjects[i].subject,
				   .extensions = subjects[i].extensions,
				   .challenge = "secret" },
			       NULL),
		    subjects[i].expected, subjects[i].subject);
	rules_clear(&rules);
}

/* Reasons come in an order: nobody without the challenge learns of rules. */
static void
the_challenge_is_asked_for_first(void **state)
{
	struct rules rules = rules_of(CHALLENGE);

	(void)state;
	assert_int_equal(decide(&rules,
			     (struct wanted){ .key = "keys/rsa.pem",
				 .subject = NAME_CA,
				 .extensions = SAN("82{}"),
				 .challenge = "wrong" },
			     NULL),
	    ERR_CHALLENGE_WRONG);
	rules_clear(&rules);
}

static void
an_authorisation_is_the_profiles_order_for_the_request(void **state)
{
	struct rules rules = rules_of(CHALLENGE "profile = { days = 7; };");
	struct key *key = key_vector(device_key);
	struct certificate signer = { .spki = key_spki(key) };
	struct csr *csr = csr_of((struct wanted){ .challenge = "secret",
	    .extensions = SAN("82{'a.lab'}") });
	struct facts facts = { .csr = csr,
		.signer.certificate = &signer,
		.now = NOW };
	struct verdict verdict = { 0 };
	const struct certificate_order *order;

	(void)state;
	assert_int_equal(policy_decide(&rules.policy, &facts, &verdict),
	    ERR_OK);
	assert_false(verdict.is_renewal);
	assert_true(verdict.held.size > 0);
	order = authorisation_order(verdict.authorisation);
	assert_same_bytes(order->subject, csr->subject);
	assert_same_bytes(order->spki, csr->spki);
	assert_int_equal(order->not_after, NOW + 7 * DAY);
	assert_asn1(order->subject_alt_name, "30{ 82{'a.lab'} }", "names");
	/* These are the backend's to say. */
	assert_int_equal(order->serial.size, 0);
	assert_int_equal(order->issuer.size, 0);
	verdict_clear(&verdict);
	verdict_clear(&verdict);
	csr_free(csr);
	key_free(key);
	rules_clear(&rules);
}

static void
read_reports_what_is_wrong_in_all_sections(void **state)
{
	struct problems *problems = problems_new();
	struct rules rules = { 0 };

	(void)state;
	assert_int_equal(read_rules("enrol = {}; profile = { days = 0; }; "
				    "renew = { window = 1; }; "
				    "keys = { rsa_min = 1; };",
			     &rules, problems),
	    ERR_CONFIGURATION);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 4);
	assert_non_null(strstr(problems_text(problems), "authenticates"));
	assert_non_null(strstr(problems_text(problems), "days"));
	assert_non_null(strstr(problems_text(problems), "window"));
	assert_non_null(strstr(problems_text(problems), "rsa_min"));
	rules_clear(&rules);
	problems_free(problems);
}

static void
one_bad_section_is_enough(void **state)
{
	static const char *const texts[] = {
		"enrol = {};",
		CHALLENGE "profile = { days = 0; };",
		CHALLENGE "renew = { names = \"some\"; };",
		CHALLENGE "keys = { rsa_min = 1; };",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct problems *problems = problems_new();
		struct rules rules = { 0 };

		assert_err(read_rules(texts[i], &rules, problems),
		    ERR_CONFIGURATION, texts[i]);
		rules_clear(&rules);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(who_asks_has_the_challenge_or_the_key),
		CONF_TEST(what_is_certified_is_a_key_of_a_device),
		CONF_TEST(a_request_is_signed_with_a_listed_digest),
		CONF_TEST(nobody_gets_a_name_of_ours_or_an_unfit_one_or_none),
		CONF_TEST(the_challenge_is_asked_for_first),
		CONF_TEST(
		    an_authorisation_is_the_profiles_order_for_the_request),
		CONF_TEST(read_reports_what_is_wrong_in_all_sections),
		CONF_TEST(one_bad_section_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
