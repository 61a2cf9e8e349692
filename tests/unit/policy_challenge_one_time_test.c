/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_terms.h"

#include "tests/unit/policy_challenges.h"

#define ONE_TIME "challenge = ( { type = \"one-time\"; } );"
#define ANYTHING BYTES_LITERAL("KQ7M-2XRT-88VP-ANNE")

/* One that is good for what NAME_DEVICE asks for, at "/scep", at NOW. */
static struct challenge_known
good(void)
{
	return (struct challenge_known){
		.is_known = true,
		.minted = true,
		.endpoint = BYTES_LITERAL("/scep"),
		.uses = 1,
		.expires_at = NOW,
	};
}

static enum err
check(const struct asking *asking, struct challenge_answer *answer)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(ONE_TIME, &conf);
	enum err err = ask(challenges, asking, answer);

	assert_true(challenges_are_counted(challenges));
	challenges_free(challenges);
	conf_free(conf);
	return err;
}

static void
what_is_remembered_decides(void **state)
{
	static const struct {
		const char *what;
		int uses;
		int64_t expires_at; /* after NOW */
		const char *endpoint;
		bool is_known;
		bool minted;
		const char *subject;
		enum err expected;
	} rows[] = {
		{ "good", 1, 1, "/scep", true, true, "", ERR_OK },
		{ "the last second", 1, 0, "/scep", true, true, "", ERR_OK },
		{ "several uses", 9, 0, "/scep", true, true, "", ERR_OK },
		{ "expired", 1, -1, "/scep", true, true, "",
		    ERR_CHALLENGE_EXPIRED },
		{ "used", 0, 1, "/scep", true, true, "", ERR_CHALLENGE_USED },
		{ "both", 0, -1, "/scep", true, true, "", ERR_CHALLENGE_USED },
		{ "unknown", 1, 1, "/scep", false, true, "",
		    ERR_CHALLENGE_WRONG },
		{ "noted", 1, 1, "/scep", true, false, "",
		    ERR_CHALLENGE_WRONG },
		{ "elsewhere", 1, 1, "/scep/", true, true, "",
		    ERR_CHALLENGE_WRONG },
		{ "elsewhere, used", 0, 1, "/", true, true, "",
		    ERR_CHALLENGE_WRONG },
		{ "its name", 1, 1, "/scep", true, true, "CN=device", ERR_OK },
		{ "another", 1, 1, "/scep", true, true, "CN=bank",
		    ERR_CHALLENGE_NAME },
		{ "another, expired", 1, -1, "/scep", true, true, "CN=bank",
		    ERR_CHALLENGE_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking asking = { .password = ANYTHING,
			.known = good() };
		struct challenge_answer answer;

		asking.known.uses = rows[i].uses;
		asking.known.expires_at = NOW + rows[i].expires_at;
		asking.known.endpoint = bytes_of_string(rows[i].endpoint);
		asking.known.is_known = rows[i].is_known;
		asking.known.minted = rows[i].minted;
		asking.known.subject = bytes_of_string(rows[i].subject);
		assert_err(check(&asking, &answer), rows[i].expected,
		    rows[i].what);
		assert_int_equal(answer.vouches, rows[i].expected == ERR_OK);
		assert_int_equal(answer.spent.is_spent,
		    rows[i].expected == ERR_OK);
	}
}

static void
what_is_accepted_is_used_by_its_hash(void **state)
{
	struct asking asking = { .password = ANYTHING, .known = good() };
	struct challenge_answer answer;
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(check(&asking, &answer), ERR_OK);
	challenge_password_hash(gnutls(), ANYTHING, hash);
	assert_true(answer.spent.minted);
	assert_int_equal(answer.spent.expires_at, NOW);
	assert_same_bytes(BYTES_ARRAY(answer.spent.hash), BYTES_ARRAY(hash));
	assert_hex(BYTES_ARRAY(hash),
	    "64d7c6bf3ebda0e5de84c4ca54b527044cfd28e8380c9092e85c8224d9a51403");
}

static void
without_a_password_nothing_is_remembered(void **state)
{
	struct asking asking = { .known = good() };
	struct challenge_answer answer;

	(void)state;
	assert_int_equal(check(&asking, &answer), ERR_CHALLENGE_MISSING);
	assert_false(answer.spent.is_spent);
}

/* Of the names of a request: those of NAME_DEVICE, and alternative ones. */
static const struct {
	const char *subject; /* of the terms */
	const char *names;
	const char *asked; /* a subject, or NULL */
	const char *alternatives;
	bool fits;
	bool exact;
} terms[] = {
	{ "", "", NULL, NULL, true, false },
	{ "", "", NULL, "82{'a'}", true, false },
	{ "CN=device", "", NULL, NULL, true, true },
	{ "CN=DEVICE", "", NULL, NULL, true, true },
	{ "CN=dev*", "", NULL, NULL, true, false },
	{ "CN=dev", "", NULL, NULL, false, true },
	{ "CN=device,O=Lab", "", NULL, NULL, false, true },
	{ "O=device", "", NULL, NULL, false, true },
	/* With a subject alone there are no others. */
	{ "CN=device", "", NULL, "82{'a'}", false, true },
	{ "CN=device", "dns:a", NULL, "82{'a'}", true, true },
	{ "CN=device", "dns:a", NULL, NULL, true, true },
	{ "CN=device", "dns:a", NULL, "82{'a'} 82{'b'}", false, true },
	{ "CN=device", "dns:a\ndns:b", NULL, "82{'b'} 82{'a'}", true, true },
	{ "CN=device", "dns:*.lab\nip:192.0.2.17", NULL,
	    "87{c0000211} 82{'a.lab'}", true, false },
	{ "CN=device", "dns:*.lab\nip:192.0.2.17", NULL, "81{'a@a.lab'}", false,
	    false },
	{ "", "dns:a", NULL, "82{'a'}", true, false },
	{ "CN=device", "ip:192.0.2.0/24", NULL, "87{c0000211}", true, false },
	{ "CN=device", "ip:192.0.3.0/24", NULL, "87{c0000211}", false, false },
	{ "CN=device", "ip:192.0.2.17", NULL, "87{c0000211}", true, true },
	{ "CN=device", "ip:2001:DB8:0::17", NULL,
	    "87{20010db8 00000000 00000000 00000017}", true, true },
	{ "", "dns:a", NULL, "82{'b'}", false, false },
	/* Each attribute is in its place, and a pattern stays within one. */
	{ "CN=*,O=Lab", "",
	    "30{ 31{30{06{55040a}0c{'Lab'}}} 31{30{06{550403}0c{'a'}}} }", NULL,
	    true, false },
	{ "O=Lab,CN=*", "",
	    "30{ 31{30{06{55040a}0c{'Lab'}}} 31{30{06{550403}0c{'a'}}} }", NULL,
	    false, false },
	{ "CN=*", "",
	    "30{ 31{30{06{55040a}0c{'Lab'}}} 31{30{06{550403}0c{'a'}}} }", NULL,
	    false, false },
	{ "CN=*,O=Lab", "", "30{ 31{30{06{550403}0c{'a,O=Lab'}}} }", NULL,
	    false, false },
	{ "CN=*", "", "30{ 31{30{06{550403}0c{'a,O=Lab'}}} }", NULL, true,
	    false },
	{ "CN=a\\,b", "", "30{ 31{30{06{550403}0c{'a,b'}}} }", NULL, true,
	    true },
	{ "CN=a+O=b", "",
	    "30{ 31{30{06{550403}0c{'a'}} 30{06{55040a}0c{'b'}}} }", NULL, true,
	    true },
	{ "CN=a,O=b", "",
	    "30{ 31{30{06{550403}0c{'a'}} 30{06{55040a}0c{'b'}}} }", NULL,
	    false, true },
	{ "CN=*", "", "30{}", NULL, false, false },
	{ "CN=*", "", "0500", NULL, false, false },
	{ "", "dns:*", "0500", NULL, false, false },
};

static void
it_is_for_the_names_that_it_was_minted_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(terms); i++) {
		struct asking asking = { .subject = terms[i].asked,
			.alternatives = terms[i].alternatives,
			.password = ANYTHING,
			.known = good() };
		struct challenge_answer answer;

		asking.known.subject = bytes_of_string(terms[i].subject);
		asking.known.names = bytes_of_string(terms[i].names);
		assert_err(check(&asking, &answer),
		    terms[i].fits ? ERR_OK : ERR_CHALLENGE_NAME,
		    terms[i].subject);
		assert_int_equal(answer.names_are_exact,
		    terms[i].fits && terms[i].exact);
	}
}

static void
terms_without_a_fault_are_those_that_something_can_fit(void **state)
{
	static const struct {
		const char *subject;
		const char *names;
		bool good;
	} rows[] = {
		{ "", "", true },
		{ "CN=*", "", true },
		{ "CN=a,O=Lab\\, Inc+1.2.3=*", "dns:*\nip:192.0.2.17", true },
		{ "router-17", "", false },
		{ "CN=", "", false },
		{ "CN=a,", "", false },
		{ "CN=a,b", "", false },
		{ "cn=a", "", false },
		{ "", "a", false },
		{ "", "dns:a\n\ndns:b", false },
		{ "", "DNS:a", false },
		{ "", "email:*", false },
		{ "", "ip:192.0.2.0/24", true },
		{ "", "ip:192.0.2.*", false },
		{ "dns:a", "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct challenge_terms said = {
			bytes_of_string(rows[i].subject),
			bytes_of_string(rows[i].names)
		};

		if ((challenge_terms_fault(&said) == NULL) != rows[i].good)
			fail_msg("%s|%s", rows[i].subject, rows[i].names);
	}
}

static void
an_endpoint_says_how_long_they_are_good(void **state)
{
	static const struct {
		const char *settings;
		int64_t lifetime; /* -1: it takes none */
	} rows[] = {
		{ ONE_TIME, 3600 },
		{ "challenge = ( { type = \"one-time\"; lifetime = \"30d\"; "
		  "} );",
		    30 * DAY },
		{ "challenge = ( { type = \"static\"; secret = \"a long "
		  "enough secret\"; } );",
		    -1 },
		{ "anonymous = true;", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;
		struct challenges *challenges = challenges_of(rows[i].settings,
		    &conf);
		int64_t lifetime = -1;

		assert_int_equal(challenges_mint_for(challenges, &lifetime),
		    rows[i].lifetime >= 0);
		assert_int_equal(lifetime, rows[i].lifetime);
		assert_int_equal(challenges_are_counted(challenges),
		    rows[i].lifetime >= 0);
		challenges_free(challenges);
		conf_free(conf);
	}
}

static void
read_refuses_what_makes_no_sense(void **state)
{
	(void)state;
	assert_found("challenge = ( { type = \"one-time\"; lifetime = \"0s\"; "
		     "} );",
	    ERR_CONFIGURATION, "lifetime");
	assert_found("challenge = ( { type = \"one-time\"; lifetime = "
		     "\"2y\"; } );",
	    ERR_CONFIGURATION, "lifetime");
	assert_found("challenge = ( { type = \"one-time\"; secret = \"x\"; } "
		     ");",
	    ERR_CONFIGURATION, "secret");
	assert_found("challenge = ( { type = \"one-time\"; }, { type = "
		     "\"one-time\"; } );",
	    ERR_CONFIGURATION, "one is enough");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_is_remembered_decides),
		CONF_TEST(what_is_accepted_is_used_by_its_hash),
		CONF_TEST(without_a_password_nothing_is_remembered),
		CONF_TEST(it_is_for_the_names_that_it_was_minted_for),
		CONF_TEST(
		    terms_without_a_fault_are_those_that_something_can_fit),
		CONF_TEST(an_endpoint_says_how_long_they_are_good),
		CONF_TEST(read_refuses_what_makes_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
