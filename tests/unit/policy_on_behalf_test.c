/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/on_behalf.h"

#include <stdlib.h>

#include "policy/policy.h"
#include "tests/unit/policy_requests.h"

/* A registration authority's certificate, which this CA may have issued. */
#define LISTED "ca/ra.pem"
#define RA_PURPOSE "06{2b0601050507031c}"
#define NAME_MDM "30{ 31{ 30{ 06{550403} 0c{'mdm-1'} } } }"
#define NAME_OTHER "30{ 31{ 30{ 06{550403} 0c{'phone-1'} } } }"

#define BY_FILE "{ certificate = \"mdm.pem\"; names = ( \"CN=device\" ); }"
#define BY_PURPOSE \
	"{ purpose = \"1.3.6.1.5.5.7.3.28\"; signer = ( \"CN=mdm-*\" ); " \
	"names = ( \"CN=*\", \"dns:*.lab\" ); }"
#define ON_BEHALF "on_behalf = ( " BY_FILE ", " BY_PURPOSE " ); "
#define CHALLENGE \
	"challenge = ( { type = \"static\"; secret = \"secret\"; } ); "

struct root {
	struct policy_sections sections;
};

static const struct conf_key root_keys[] = {
	{ .name = "enrol",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.enrol) },
	{ .name = "profile",
	    .type = CONF_SECTIONS,
	    .offset = offsetof(struct root, sections.profile) },
	{ 0 },
};

/* Reads the policy of a file with these settings in "enrol"; both are the
 * caller's. */
static enum err
read_policy(const char *enrol, const char *profile, struct conf **conf,
    struct policy *policy, struct problems *problems)
{
	char *text = xasprintf("enrol = { %s };\n%s", enrol, profile);
	struct root root = { 0 };
	enum err err;

	put("a.conf", text);
	*conf = open_well("a.conf");
	err = conf_read(conf_root(*conf), root_keys, &root, problems);
	assert_int_equal(err, ERR_OK);
	err = policy_read(&root.sections, policy, problems);
	policy->algorithms = ALGORITHMS_DEFAULT;
	policy->provider = gnutls();
	policy->endpoint = "/scep";
	free(text);
	return err;
}

static int
setup(void **state)
{
	struct buf pem;

	if (fixture_setup(state) != 0)
		return -1;
	pem = vector(LISTED);
	put_mode("mdm.pem", buf_bytes(&pem), 0644);
	buf_clear(&pem);
	pem = vector("ca/ca.pem");
	put_mode("ca.pem", buf_bytes(&pem), 0644);
	buf_clear(&pem);
	return 0;
}

#define BEHALF_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

/* Who signs the message. */
struct signer {
	const char *what;
	bool is_listed;      /* it is mdm.pem, else: */
	const char *subject; /* NULL: NAME_MDM */
	const char *purpose; /* NULL: none */
	bool is_own;         /* with the request's key */
	bool is_issued;
	bool is_unknown;
	bool is_revoked;
	int64_t days; /* it is valid for, from NOW; 0: as it is, or 1 */
};

/* What becomes of its requests for CN=device: with no, the right and a wrong
 * challenge password, as PKCSReq and as RenewalReq. */
struct fate {
	struct signer signer;
	enum err enrols[3];
	enum err renews[3];
};

#define BY_CHALLENGE \
	{ \
		ERR_CHALLENGE_MISSING, ERR_OK, ERR_CHALLENGE_WRONG \
	}
#define ALWAYS(err) \
	{ \
		err, err, err \
	}
#define NO_RENEWAL ALWAYS(ERR_RENEWAL_SIGNER)
/* A renewal whose names are others. */
#define OTHER_NAMES \
	{ \
		ERR_RENEWAL_NAMES, ERR_OK, ERR_CHALLENGE_WRONG \
	}

static const struct fate fates[] = {
	{ { .what = "itself", .is_own = true }, BY_CHALLENGE, NO_RENEWAL },
	{ { .what = "a stranger" }, BY_CHALLENGE, NO_RENEWAL },
	{ { .what = "listed", .is_listed = true }, ALWAYS(ERR_OK), NO_RENEWAL },
	{ { .what = "listed, with the request's key",
	      .is_listed = true,
	      .is_own = true },
	    BY_CHALLENGE, NO_RENEWAL },
	{ { .what = "listed, expired", .is_listed = true, .days = -1 },
	    { ERR_BEHALF_EXPIRED, ERR_OK, ERR_CHALLENGE_WRONG }, NO_RENEWAL },
	{ { .what = "listed and issued here",
	      .is_listed = true,
	      .is_issued = true },
	    ALWAYS(ERR_OK), OTHER_NAMES },
	/* It is that certificate: others may know more of it than we do. */
	{ { .what = "listed and issued here, but not known",
	      .is_listed = true,
	      .is_issued = true,
	      .is_unknown = true },
	    ALWAYS(ERR_OK), OTHER_NAMES },
	{ { .what = "listed and revoked here",
	      .is_listed = true,
	      .is_issued = true,
	      .is_revoked = true },
	    ALWAYS(ERR_BEHALF_REVOKED), ALWAYS(ERR_RENEWAL_REVOKED) },
	{ { .what = "with the purpose",
	      .purpose = RA_PURPOSE,
	      .is_issued = true },
	    ALWAYS(ERR_OK), OTHER_NAMES },
	{ { .what = "with the purpose and another",
	      .purpose = CLIENT_AUTH RA_PURPOSE,
	      .is_issued = true },
	    ALWAYS(ERR_OK), OTHER_NAMES },
	{ { .what = "with the purpose, expired",
	      .purpose = RA_PURPOSE,
	      .is_issued = true,
	      .days = -1 },
	    { ERR_BEHALF_EXPIRED, ERR_OK, ERR_CHALLENGE_WRONG },
	    { ERR_RENEWAL_EXPIRED, ERR_OK, ERR_CHALLENGE_WRONG } },
	{ { .what = "with the purpose, revoked",
	      .purpose = RA_PURPOSE,
	      .is_issued = true,
	      .is_revoked = true },
	    ALWAYS(ERR_BEHALF_REVOKED), ALWAYS(ERR_RENEWAL_REVOKED) },
	{ { .what = "with the purpose, not known here",
	      .purpose = RA_PURPOSE,
	      .is_issued = true,
	      .is_unknown = true },
	    OTHER_NAMES, OTHER_NAMES },
	{ { .what = "with the purpose, of another CA", .purpose = RA_PURPOSE },
	    BY_CHALLENGE, NO_RENEWAL },
	{ { .what = "with the purpose and another name",
	      .subject = NAME_OTHER,
	      .purpose = RA_PURPOSE,
	      .is_issued = true },
	    OTHER_NAMES, OTHER_NAMES },
	{ { .what = "with another purpose",
	      .purpose = CLIENT_AUTH,
	      .is_issued = true },
	    OTHER_NAMES, OTHER_NAMES },
	{ { .what = "without a purpose", .is_issued = true }, OTHER_NAMES,
	    OTHER_NAMES },
	{ { .what = "the device, which renews",
	      .subject = NAME_DEVICE,
	      .is_issued = true },
	    ALWAYS(ERR_OK), ALWAYS(ERR_OK) },
};

/* The same where on_behalf is all there is. */
static const struct fate lone_fates[] = {
	{ { .what = "itself", .is_own = true }, ALWAYS(ERR_BEHALF_SIGNER),
	    NO_RENEWAL },
	{ { .what = "a stranger" }, ALWAYS(ERR_BEHALF_SIGNER), NO_RENEWAL },
	{ { .what = "listed", .is_listed = true }, ALWAYS(ERR_OK), NO_RENEWAL },
	{ { .what = "listed, expired", .is_listed = true, .days = -1 },
	    ALWAYS(ERR_BEHALF_EXPIRED), NO_RENEWAL },
	{ { .what = "with the purpose, of another CA", .purpose = RA_PURPOSE },
	    ALWAYS(ERR_BEHALF_SIGNER), NO_RENEWAL },
	{ { .what = "with the purpose",
	      .purpose = RA_PURPOSE,
	      .is_issued = true },
	    ALWAYS(ERR_OK),
	    { ERR_RENEWAL_NAMES, ERR_BEHALF_SIGNER, ERR_BEHALF_SIGNER } },
	{ { .what = "the device, which renews",
	      .subject = NAME_DEVICE,
	      .is_issued = true },
	    ALWAYS(ERR_OK), ALWAYS(ERR_OK) },
};

/* A certificate, and what its views lie in. */
struct made {
	struct certificate certificate;
	struct certificate *listed;
	struct key *key;
	struct buf subject;
	struct buf extensions;
};

static struct made
make(const struct signer *signer, const struct csr *csr)
{
	struct made made = { .key = key_vector("certmonger/client.key"),
		.listed = certificate_vector(LISTED),
		.subject = asn1(signer->subject != NULL ? signer->subject :
							  NAME_MDM) };
	char *text = xasprintf(EKU("%s"),
	    signer->purpose != NULL ? signer->purpose : "");
	struct buf inner = asn1(text);

	der_append(&made.extensions, DER_SEQUENCE, buf_bytes(&inner));
	made.certificate = (struct certificate){
		.spki = key_spki(made.key),
		.subject = buf_bytes(&made.subject),
		.extensions = buf_bytes(&made.extensions),
		.not_before = NOW - 2 * DAY,
		.not_after = NOW + DAY,
	};
	if (signer->purpose == NULL)
		made.certificate.extensions = bytes_of(NULL, 0);
	if (signer->is_listed)
		made.certificate = *made.listed;
	if (signer->is_own)
		made.certificate.spki = csr->spki;
	if (signer->days != 0)
		made.certificate.not_after = NOW + signer->days * DAY;
	buf_clear(&inner);
	free(text);
	return made;
}

static void
made_clear(struct made *made)
{
	certificate_free(made->listed);
	key_free(made->key);
	buf_clear(&made->subject);
	buf_clear(&made->extensions);
}

static enum err
decide(const struct policy *policy, const struct signer *signer,
    struct wanted wanted, bool is_renewal_req, struct verdict *verdict)
{
	struct csr *csr = csr_of(wanted);
	struct made made = make(signer, csr);
	const struct facts facts = {
		.csr = csr,
		.signer = { .certificate = &made.certificate,
		    .is_issued = signer->is_issued,
		    .is_known = signer->is_issued && !signer->is_unknown,
		    .is_revoked = signer->is_revoked },
		.is_renewal_req = is_renewal_req,
		.now = NOW,
	};
	enum err err = policy_decide(policy, &facts, verdict);

	/* What it views is gone. */
	assert_int_equal(verdict->authorisation != NULL, err == ERR_OK);
	authorisation_free(verdict->authorisation);
	verdict->authorisation = NULL;
	made_clear(&made);
	csr_free(csr);
	return err;
}

static void
check_fate(const struct policy *policy, const struct fate *fate)
{
	static const char *const challenges[] = { NULL, "secret", "wrong" };

	for (int type = 0; type < 2; type++)
		for (size_t i = 0; i < COUNT(challenges); i++) {
			enum err wanted = type == 0 ? fate->enrols[i] :
						      fate->renews[i];
			struct verdict verdict = { 0 };
			enum err err = decide(policy, &fate->signer,
			    (struct wanted){ .challenge = challenges[i] },
			    type == 1, &verdict);

			if (err != wanted)
				fail_msg("%s, type %d, challenge %zu: %s",
				    fate->signer.what, type, i,
				    err == ERR_OK ? "ok" : err_name(err));
			verdict_clear(&verdict);
		}
}

static void
check_fates(const char *enrol, const struct fate *rows, size_t count)
{
	struct problems *problems = problems_new();
	struct policy policy = { 0 };
	struct conf *conf;

	if (read_policy(enrol, "", &conf, &policy, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	for (size_t i = 0; i < count; i++)
		check_fate(&policy, &rows[i]);
	policy_clear(&policy);
	conf_free(conf);
	problems_free(problems);
}

static void
who_is_listed_vouches_and_nobody_else_does(void **state)
{
	(void)state;
	check_fates(CHALLENGE ON_BEHALF, fates, COUNT(fates));
}

static void
where_nothing_else_is_listed_nobody_else_enrols(void **state)
{
	(void)state;
	check_fates(ON_BEHALF, lone_fates, COUNT(lone_fates));
}

/* Approval is asked for all the same. */
static void
what_is_requested_for_another_may_have_to_be_approved(void **state)
{
	static const struct {
		const char *enrol;
		bool held;
	} rows[] = { { CHALLENGE ON_BEHALF, false },
		{ CHALLENGE ON_BEHALF "approval = \"manual\";", true } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		const struct signer signer = { .is_listed = true };
		struct csr *csr = csr_of((struct wanted){ 0 });
		struct made made = make(&signer, csr);
		const struct facts facts = { .csr = csr,
			.signer.certificate = &made.certificate,
			.now = NOW };
		struct verdict verdict = { 0 };
		struct policy policy = { 0 };
		struct conf *conf;

		assert_int_equal(read_policy(rows[i].enrol, "", &conf, &policy,
				     problems),
		    ERR_OK);
		assert_int_equal(policy_decide(&policy, &facts, &verdict),
		    ERR_OK);
		assert_int_equal(verdict.authorisation == NULL, rows[i].held);
		assert_true(verdict.is_on_behalf);
		assert_false(verdict.is_renewal);
		verdict_clear(&verdict);
		policy_clear(&policy);
		problems_free(problems);
		conf_free(conf);
		made_clear(&made);
		csr_free(csr);
	}
}

static const struct {
	bool is_listed; /* for CN=device alone, else for all CNs and *.lab */
	const char *subject;
	const char *names;
	enum err expected;
	const char *detail;
} names[] = {
	{ true, NAME_DEVICE, NULL, ERR_OK, "" },
	{ true, NAME_OTHER, NULL, ERR_BEHALF_NAMES, "phone-1" },
	{ true, NAME_DEVICE, SAN("82{'a.lab'}"), ERR_BEHALF_NAMES, "a.lab" },
	{ true, NAME_EMPTY, SAN("82{'a.lab'}"), ERR_BEHALF_NAMES, "a.lab" },
	{ false, NAME_OTHER, SAN("82{'a.lab'}"), ERR_OK, "" },
	{ false, NAME_OTHER, SAN("82{'a.lab.example'}"), ERR_BEHALF_NAMES,
	    "a.lab.example" },
	{ false, "30{ 31{ 30{ 06{55040a} 0c{'Lab'} } } }", NULL,
	    ERR_BEHALF_NAMES, "Lab" },
	/* What the profile leaves out is of no consequence. */
	{ true, NAME_DEVICE, SAN("87{0a000001}"), ERR_OK, "" },
	/* The usual rules hold as well. */
	{ false, NAME_EMPTY, NULL, ERR_SUBJECT, NULL },
	{ false, NAME_DEVICE, SAN("82{'*.lab'}"), ERR_SAN, NULL },
};

static void
each_has_names_of_its_own_to_request(void **state)
{
	struct problems *problems = problems_new();
	struct policy policy = { 0 };
	struct conf *conf;

	(void)state;
	assert_int_equal(read_policy(CHALLENGE ON_BEHALF, "", &conf, &policy,
			     problems),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct signer signer = { .is_listed = names[i].is_listed,
			.purpose = RA_PURPOSE,
			.is_issued = true };
		struct verdict verdict = { 0 };
		enum err err = decide(&policy, &signer,
		    (struct wanted){ .subject = names[i].subject,
			.extensions = names[i].names },
		    false, &verdict);

		assert_err(err, names[i].expected, names[i].subject);
		if (names[i].detail != NULL &&
		    strstr(buf_string(&verdict.detail), names[i].detail) ==
			NULL)
			fail_msg("want %s: %s", names[i].detail,
			    buf_string(&verdict.detail));
		verdict_clear(&verdict);
	}
	policy_clear(&policy);
	conf_free(conf);
	problems_free(problems);
}

#define ERROR(line) "error: a.conf:" line ": "
#define EITHER \
	ERROR("1") \
	"who may request for others is either one " \
	"\"certificate\", or each of this CA's with a " \
	"\"purpose\"\n"

static const struct {
	const char *entry;
	const char *findings;
} refused[] = {
	{ "{ names = \"CN=*\"; }", EITHER },
	{ "{ certificate = \"mdm.pem\"; purpose = \"1.2.3\"; names = "
	  "\"CN=*\"; }",
	    EITHER },
	{ "{ certificate = \"mdm.pem\"; }",
	    ERROR("1") "\"names\" is missing in item 1 of \"on_behalf\"\n" },
	{ "{ certificate = \"mdm.pem\"; names = (); }",
	    ERROR("1") "no names could be requested; list some, \"CN=*\" for "
		       "every common name\n" },
	{ "{ certificate = \"mdm.pem\"; signer = \"CN=*\"; names = \"CN=*\"; "
	  "}",
	    ERROR("1") "\"signer\" goes with \"purpose\": a \"certificate\" "
		       "is that one, whatever its names\n" },
	{ "{ certificate = \"ca.pem\"; names = \"CN=*\"; }",
	    ERROR("1") "this is a CA's certificate: list that of the one who "
		       "requests, which the CA may have issued\n" },
	{ "{ purpose = \"1.2.3\"; signer = (); names = \"CN=*\"; }",
	    ERROR("1") "\"signer\" is empty, so that nobody could be one; "
		       "leave it out where each with the purpose is one, "
		       "whatever its names\n" },
	{ "{ purpose = \"cmcRA\"; names = \"CN=*\"; }",
	    ERROR("1") "\"purpose\" is \"cmcRA\", which is no object "
		       "identifier in dotted form, like "
		       "\"1.3.6.1.5.5.7.3.28\"\n" },
};

static void
an_entry_says_who_and_what_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		char *enrol = xasprintf(CHALLENGE "on_behalf = ( %s );",
		    refused[i].entry);
		struct policy policy = { 0 };
		struct conf *conf;

		assert_err(read_policy(enrol, "", &conf, &policy, problems),
		    ERR_CONFIGURATION, enrol);
		/* Behind the warning of the short secret, if any. */
		if (strstr(problems_text(problems), refused[i].findings) ==
		    NULL)
			fail_msg("%s", problems_text(problems));
		policy_clear(&policy);
		problems_free(problems);
		conf_free(conf);
		free(enrol);
	}
}

static void
a_file_and_patterns_have_to_be_good(void **state)
{
	static const char *const entries[] = {
		"{ certificate = \"missing.pem\"; names = \"CN=*\"; }",
		"{ certificate = \"a.conf\"; names = \"CN=*\"; }",
		"{ certificate = \"mdm.pem\"; names = \"device\"; }",
		"{ purpose = \"1.2.3\"; signer = \"mdm\"; names = \"CN=*\"; }",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++) {
		struct problems *problems = problems_new();
		char *enrol = xasprintf(CHALLENGE "on_behalf = ( %s );",
		    entries[i]);
		struct policy policy = { 0 };
		struct conf *conf;

		assert_err(read_policy(enrol, "", &conf, &policy, problems),
		    ERR_CONFIGURATION, enrol);
		assert_true(problems_count(problems, PROBLEM_ERROR) > 0);
		policy_clear(&policy);
		problems_free(problems);
		conf_free(conf);
		free(enrol);
	}
}

/* clientAuth, which devices get where nothing is said. */
#define FOR_CLIENTS \
	"on_behalf = ( { purpose = \"1.3.6.1.5.5.7.3.2\"; " \
	"names = ( \"CN=*\" ); } ); "

/* Whoever has the purpose, and a name that fits, is one. */
static void
a_profile_that_gives_devices_the_purpose_is_warned_of(void **state)
{
	static const struct {
		const char *enrol;
		const char *profile;
		const char *warned; /* NULL: not */
	} rows[] = {
		{ ON_BEHALF, "", NULL },
		{ ON_BEHALF,
		    "profile = { extended_key_usage = \"clientAuth\"; };",
		    NULL },
		{ ON_BEHALF,
		    "profile = { extended_key_usage = ( \"clientAuth\", "
		    "\"1.3.6.1.5.5.7.3.28\" ); };",
		    "warning: a.conf:2: by this profile a device gets" },
		{ FOR_CLIENTS, "",
		    "warning: a.conf:1: each device gets this purpose" },
		{ FOR_CLIENTS,
		    "profile = { extended_key_usage = \"serverAuth\"; };",
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct policy policy = { 0 };
		struct conf *conf;

		assert_int_equal(read_policy(rows[i].enrol, rows[i].profile,
				     &conf, &policy, problems),
		    ERR_OK);
		assert_int_equal(problems_count(problems, PROBLEM_WARNING),
		    rows[i].warned != NULL);
		if (rows[i].warned != NULL)
			assert_non_null(strstr(problems_text(problems),
			    rows[i].warned));
		policy_clear(&policy);
		problems_free(problems);
		conf_free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BEHALF_TEST(who_is_listed_vouches_and_nobody_else_does),
		BEHALF_TEST(where_nothing_else_is_listed_nobody_else_enrols),
		BEHALF_TEST(
		    what_is_requested_for_another_may_have_to_be_approved),
		BEHALF_TEST(each_has_names_of_its_own_to_request),
		BEHALF_TEST(an_entry_says_who_and_what_for),
		BEHALF_TEST(a_file_and_patterns_have_to_be_good),
		BEHALF_TEST(
		    a_profile_that_gives_devices_the_purpose_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
