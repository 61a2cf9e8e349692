/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include "policy/held.h"
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
	    .type = CONF_SECTIONS,
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
	if (verdict.detail.size > 0)
		assert_int_not_equal(err, ERR_OK);
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
	{ "keys = { rsa_exponent_min = 65537; };", "keys/rsa-e3.pem",
	    ERR_KEY_EXPONENT },
	{ "", "weak-keys/roca-2048.pem", ERR_KEY_WEAK },
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

static const struct {
	const char *profile;
	const char *subject;
	enum err expected;
	const char *made; /* or the detail */
} templates[] = {
	{ "subject = \"CN=${subject.CN},O=Lab\";", NAME_DEVICE, ERR_OK,
	    "30{ 31{ 30{ 06{55040a} 0c{'Lab'} } } "
	    "31{ 30{ 06{550403} 0c{'device'} } } }" },
	/* It is what is made that is judged, and nothing else. */
	{ "subject = \"CN=Lab CA\";", NAME_DEVICE, ERR_SUBJECT, "" },
	{ "subject = \"CN=${subject.O} CA\";",
	    "30{ 31{ 30{ 06{55040a} 0c{'LAB'} } } }", ERR_SUBJECT, "" },
	{ "subject = \"CN=x\";", NAME_CA, ERR_OK,
	    "30{ 31{ 30{ 06{550403} 0c{'x'} } } }" },
	{ "subject = \"CN=${subject.CN}\";",
	    "30{ 31{ 30{ 06{550403} 0c{'a' 0a} } } }", ERR_SUBJECT, "" },
	{ "subject = \"CN=${subject.CN}\";",
	    "30{ 31{ 30{ 06{55040a} 0c{'a'} } } }", ERR_SUBJECT,
	    "the request has no value for ${subject.CN}" },
	{ "names = \"CN=dev*\";", NAME_DEVICE, ERR_OK, NAME_DEVICE },
	{ "names = \"CN=x\";", NAME_DEVICE, ERR_SUBJECT,
	    "no pattern for \"device\" in the subject" },
};

static void
the_subject_is_judged_that_the_certificate_gets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(templates); i++) {
		char *text = xasprintf(CHALLENGE "profile = { %s };",
		    templates[i].profile);
		struct rules rules = rules_of(text);
		struct key *key = key_vector(device_key);
		struct certificate signer = { .spki = key_spki(key) };
		struct csr *csr = csr_of((struct wanted){
		    .subject = templates[i].subject,
		    .challenge = "secret" });
		struct facts facts = { .csr = csr,
			.signer.certificate = &signer,
			.now = NOW };
		struct verdict verdict = { 0 };

		assert_err(policy_decide(&rules.policy, &facts, &verdict),
		    templates[i].expected, templates[i].profile);
		if (templates[i].expected == ERR_OK)
			assert_asn1(
			    authorisation_order(verdict.authorisation)->subject,
			    templates[i].made, templates[i].profile);
		else
			assert_string_equal(buf_string(&verdict.detail),
			    templates[i].made);
		verdict_clear(&verdict);
		csr_free(csr);
		key_free(key);
		rules_clear(&rules);
		free(text);
	}
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
	assert_same_bytes(verdict.request.subject, csr->subject);
	assert_same_bytes(verdict.request.spki, csr->spki);
	assert_same_bytes(verdict.request.extensions, csr->extensions);
	assert_asn1(verdict.request.alt_names, "30{ 82{'a.lab'} }", "asked");
	assert_false(verdict.request.names_are_settled);
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

static const struct {
	const char *enrol;
	int64_t active; /* -1: nobody has counted */
	enum err expected;
	bool issues;
} counted[] = {
	{ "", -1, ERR_OK, true },
	{ "max_active = 1;", -1, ERR_OK, false },
	{ "max_active = 1;", 0, ERR_OK, true },
	{ "max_active = 1;", 1, ERR_DUPLICATE, false },
	{ "max_active = 2;", 1, ERR_OK, true },
	{ "max_active = 1; duplicates = \"hold\";", 0, ERR_OK, true },
	{ "max_active = 1; duplicates = \"hold\";", 1, ERR_OK, false },
	{ "max_active = 1; duplicates = \"warn\";", 1, ERR_OK, true },
	{ "approval = \"manual\";", -1, ERR_OK, false },
	{ "max_active = 1; approval = \"manual\";", 0, ERR_OK, false },
	{ "max_active = 1; approval = \"manual\";", 1, ERR_DUPLICATE, false },
	{ "max_active = 1; approval = \"manual\"; duplicates = \"warn\";", 1,
	    ERR_OK, false },
};

/* And what is not counted is not issued. */
static void
how_many_are_active_has_a_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(counted); i++) {
		char *text = xasprintf("enrol = { challenge = ( { type = "
				       "\"static\"; secret = \"secret\"; } ); "
				       "%s };",
		    counted[i].enrol);
		struct rules rules = rules_of(text);
		struct csr *csr = csr_of((struct wanted){
		    .challenge = "secret" });
		struct certificate signer = { .spki = csr->spki };
		struct facts facts = { .csr = csr,
			.signer.certificate = &signer,
			.now = NOW };
		struct verdict verdict = { 0 };
		enum err err = policy_decide(&rules.policy, &facts, &verdict);

		assert_int_equal(err, ERR_OK);
		if (counted[i].active >= 0)
			err = policy_count(&rules.policy, counted[i].active,
			    &verdict);
		assert_err(err, counted[i].expected, counted[i].enrol);
		assert_int_equal(verdict.authorisation != NULL,
		    counted[i].issues);
		assert_int_equal(verdict.is_duplicate,
		    counted[i].active > 0 && err == ERR_OK &&
			strstr(counted[i].enrol, "= 2") == NULL);
		verdict_clear(&verdict);
		csr_free(csr);
		rules_clear(&rules);
		free(text);
	}
}

/* A verdict that was settled is judged again where another was faster. */
static void
what_was_counted_is_counted_again(void **state)
{
	struct rules rules = rules_of("enrol = { challenge = ( { type = "
				      "\"static\"; secret = \"secret\"; } ); "
				      "max_active = 1; duplicates = \"hold\"; "
				      "};");
	struct csr *csr = csr_of((struct wanted){ .challenge = "secret" });
	struct certificate signer = { .spki = csr->spki };
	struct facts facts = { .csr = csr,
		.signer.certificate = &signer,
		.now = NOW };
	struct verdict verdict = { 0 };

	(void)state;
	assert_int_equal(policy_decide(&rules.policy, &facts, &verdict),
	    ERR_OK);
	assert_int_equal(policy_count(&rules.policy, 0, &verdict), ERR_OK);
	assert_non_null(verdict.authorisation);
	assert_int_equal(policy_count(&rules.policy, 1, &verdict), ERR_OK);
	assert_null(verdict.authorisation);
	verdict_clear(&verdict);
	csr_free(csr);
	rules_clear(&rules);
}

#define PROFILES \
	"profile = ( { name = \"phone\"; days = 7; }, { name = \"router\"; " \
	"days = 14; san = \"ip\"; } );"

/* What is decided at once is by the first of several. */
static void
the_verdict_names_the_profile_it_is_by(void **state)
{
	static const struct {
		const char *profile;
		const char *name;
		int days;
	} rows[] = {
		{ "", NULL, 365 },
		{ "profile = { days = 7; };", NULL, 7 },
		{ "profile = { name = \"router\"; days = 7; };", "router", 7 },
		{ PROFILES, "phone", 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf(ANONYMOUS "%s", rows[i].profile);
		struct rules rules = rules_of(text);
		struct csr *csr = csr_of((struct wanted){ 0 });
		struct certificate signer = { .spki = csr->spki };
		struct facts facts = { .csr = csr,
			.signer.certificate = &signer,
			.now = NOW };
		struct verdict verdict = { 0 };

		assert_int_equal(policy_decide(&rules.policy, &facts, &verdict),
		    ERR_OK);
		assert_same_bytes(bytes_of_string(verdict.profile),
		    bytes_of_string(rows[i].name));
		assert_int_equal(
		    authorisation_order(verdict.authorisation)->not_after,
		    NOW + rows[i].days * DAY);
		verdict_clear(&verdict);
		csr_free(csr);
		rules_clear(&rules);
		free(text);
	}
}

#define RULES \
	"profile = ( { name = \"phone\"; }, { name = \"router\"; for = { " \
	"template = \"Router\"; }; }, { name = \"curve\"; for = { key = " \
	"\"ec\"; }; } );"
#define ROUTER EXTENSION("2b0601040182371402", "0c{'Router'}")

static const struct {
	const char *extensions;
	const char *old; /* NULL: it is no renewal; "": not known */
	const char *chosen;
} choices[] = {
	{ NULL, NULL, "phone" },
	{ ROUTER, NULL, "router" },
	/* A renewal has what there was. */
	{ NULL, "router", "router" },
	{ ROUTER, "phone", "phone" },
	{ ROUTER, "curve", "curve" },
	{ ROUTER, "", "router" },
	{ NULL, "", "phone" },
	{ ROUTER, "tablet", "router" },
};

static void
a_request_chooses_its_profile_and_a_renewal_keeps_it(void **state)
{
	struct rules rules = rules_of(ANONYMOUS RULES);

	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct csr *csr = csr_of((struct wanted){
		    .extensions = choices[i].extensions });
		struct key *old_key = key_vector("certmonger/client.key");
		struct certificate signer = { .subject = csr->subject,
			.spki = choices[i].old != NULL ? key_spki(old_key) :
							 csr->spki,
			.not_before = NOW - DAY,
			.not_after = NOW + DAY };
		struct facts facts = { .csr = csr,
			.signer = { .certificate = &signer,
			    .is_issued = choices[i].old != NULL,
			    .is_known = true },
			.now = NOW };
		struct verdict verdict = { 0 };

		if (choices[i].old != NULL)
			strcpy(facts.signer.profile, choices[i].old);
		assert_int_equal(policy_decide(&rules.policy, &facts, &verdict),
		    ERR_OK);
		assert_string_equal(verdict.profile, choices[i].chosen);
		verdict_clear(&verdict);
		key_free(old_key);
		csr_free(csr);
	}
	rules_clear(&rules);
}

#define BOTH_NAMES SAN("82{'a.lab'} 87{0a000001}")

static const struct {
	const char *profile;
	const char *chosen; /* NULL: none */
	enum err expected;
	int days;
	const char *names;
} approved[] = {
	{ "", NULL, ERR_OK, 365, "30{ 82{'a.lab'} }" },
	{ "", "phone", ERR_PROFILE, 0, NULL },
	{ PROFILES, NULL, ERR_OK, 7, "30{ 82{'a.lab'} }" },
	{ PROFILES, "phone", ERR_OK, 7, "30{ 82{'a.lab'} }" },
	{ PROFILES, "router", ERR_OK, 14, "30{ 87{0a000001} }" },
	{ PROFILES, "tablet", ERR_PROFILE, 0, NULL },
	{ PROFILES, "Router", ERR_PROFILE, 0, NULL },
};

/* Whatever the default would make of it. */
static void
what_was_held_is_by_the_profile_that_was_chosen(void **state)
{
	struct csr *csr = csr_of((struct wanted){ .extensions = BOTH_NAMES });
	struct profile_request request = profile_request_of(csr);
	struct buf held = { 0 };

	(void)state;
	held_append(&held, &request);
	for (size_t i = 0; i < COUNT(approved); i++) {
		char *text = xasprintf(CHALLENGE "%s", approved[i].profile);
		struct rules rules = rules_of(text);
		struct bytes chosen = bytes_of_string(approved[i].chosen);
		struct verdict verdict = { 0 };

		assert_int_equal(policy_has_profile(&rules.policy, chosen),
		    approved[i].expected != ERR_PROFILE);
		assert_err(policy_resume(&rules.policy, buf_bytes(&held),
			       chosen, NOW, &verdict),
		    approved[i].expected, approved[i].chosen);
		assert_int_equal(verdict.authorisation != NULL,
		    approved[i].expected == ERR_OK);
		if (verdict.authorisation != NULL) {
			const struct certificate_order *order =
			    authorisation_order(verdict.authorisation);

			assert_int_equal(order->not_after,
			    NOW + approved[i].days * DAY);
			assert_asn1(order->subject_alt_name, approved[i].names,
			    approved[i].chosen);
		}
		verdict_clear(&verdict);
		rules_clear(&rules);
		free(text);
	}
	buf_clear(&held);
	csr_free(csr);
}

/* What can't be read has no profile to be missed. */
static void
what_was_not_held_here_is_told(void **state)
{
	struct rules rules = rules_of(CHALLENGE PROFILES);
	struct verdict verdict = { 0 };

	(void)state;
	assert_int_equal(policy_resume(&rules.policy, BYTES_LITERAL("noise"),
			     BYTES_LITERAL("tablet"), NOW, &verdict),
	    ERR_CSR_MALFORMED);
	assert_null(verdict.authorisation);
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

/* A device would find it out in a year. */
static void
read_warns_of_subjects_that_can_not_be_asked_for_again(void **state)
{
	static const struct {
		const char *text;
		bool warned;
	} rows[] = {
		{ "profile = { subject = \"CN=x\"; };", true },
		{ "profile = { subject = \"keep\"; };", false },
		{ "profile = { subject = \"CN=x\"; }; "
		  "renew = { names = \"keep\"; };",
		    false },
		{ "profile = { subject = \"CN=x\"; }; "
		  "renew = { names = \"profile\"; };",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf(CHALLENGE "%s", rows[i].text);
		struct problems *problems = problems_new();
		struct rules rules = { 0 };

		assert_err(read_rules(text, &rules, problems), ERR_OK, text);
		assert_int_equal(strstr(problems_text(problems),
				     "that renews") != NULL,
		    rows[i].warned);
		rules_clear(&rules);
		problems_free(problems);
		free(text);
	}
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
		CONF_TEST(the_subject_is_judged_that_the_certificate_gets),
		CONF_TEST(the_challenge_is_asked_for_first),
		CONF_TEST(
		    an_authorisation_is_the_profiles_order_for_the_request),
		CONF_TEST(how_many_are_active_has_a_say),
		CONF_TEST(what_was_counted_is_counted_again),
		CONF_TEST(the_verdict_names_the_profile_it_is_by),
		CONF_TEST(a_request_chooses_its_profile_and_a_renewal_keeps_it),
		CONF_TEST(what_was_held_is_by_the_profile_that_was_chosen),
		CONF_TEST(what_was_not_held_here_is_told),
		CONF_TEST(read_reports_what_is_wrong_in_all_sections),
		CONF_TEST(one_bad_section_is_enough),
		CONF_TEST(
		    read_warns_of_subjects_that_can_not_be_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
