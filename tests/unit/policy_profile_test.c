/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile.h"

#include "tests/unit/policy_requests.h"

/* Reads the section `profile` with these settings; NULL: there is none. */
static struct profile
profile_of(const char *settings, struct conf **conf)
{
	struct problems *problems = problems_new();
	struct profile profile = { 0 };
	const struct conf_section *section = NULL;

	*conf = NULL;
	if (settings != NULL) {
		put("a.conf", settings);
		*conf = open_well("a.conf");
		section = conf_root(*conf);
	}
	if (profile_read(section, &profile, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return profile;
}

/* What the profile makes of a request; clear it by outcome_clear. */
struct outcome {
	struct conf *conf;
	struct profile profile;
	struct csr *csr;
	struct profile_buffers buffers;
	struct certificate_order order;
	enum err err;
};

static struct outcome
apply(const char *settings, struct wanted wanted)
{
	struct outcome outcome = { .csr = csr_of(wanted) };
	struct profile_request request;

	outcome.profile = profile_of(settings, &outcome.conf);
	request = profile_request_of(outcome.csr);
	outcome.err = profile_apply(&outcome.profile, &request, NOW,
	    &outcome.buffers, &outcome.order);
	return outcome;
}

static void
outcome_clear(struct outcome *outcome)
{
	profile_buffers_clear(&outcome->buffers);
	csr_free(outcome->csr);
	profile_clear(&outcome->profile);
	conf_free(outcome->conf);
}

static void
assert_applied(const struct outcome *outcome, enum err expected,
    const char *what)
{
	assert_err(outcome->err, expected, what);
}

static void
without_a_section_it_is_a_client_certificate_for_a_year(void **state)
{
	struct outcome outcome = apply(NULL, (struct wanted){ 0 });

	(void)state;
	assert_applied(&outcome, ERR_OK, "defaults");
	assert_same_bytes(outcome.order.subject, outcome.csr->subject);
	assert_same_bytes(outcome.order.spki, outcome.csr->spki);
	assert_int_equal(outcome.order.not_before, NOW - 600);
	assert_int_equal(outcome.order.not_after, NOW + 365 * DAY);
	assert_false(outcome.order.ca);
	assert_int_equal(outcome.order.key_usage,
	    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT);
	assert_asn1(outcome.order.extended_key_usage, CLIENT_AUTH, "purpose");
	assert_int_equal(outcome.order.subject_alt_name.size, 0);
	assert_null(outcome.order.crl_urls[0]);
	assert_null(outcome.order.ocsp_urls[0]);
	assert_null(outcome.order.issuer_urls[0]);
	outcome_clear(&outcome);
}

static void
every_setting_is_taken_over(void **state)
{
	struct outcome outcome =
	    apply("days = 30; backdate = \"1h\"; "
		  "key_usage = \"digitalSignature\"; extended_key_usage = "
		  "( \"serverAuth\", \"1.2.3.4\" ); subject = \"keep\"; "
		  "crl_url = \"http://crl\"; ocsp_url = ( \"http://a\", "
		  "\"http://b\" ); issuer_url = \"http://ca\";",
		(struct wanted){ 0 });
	const struct certificate_order *order = &outcome.order;

	(void)state;
	assert_applied(&outcome, ERR_OK, "settings");
	assert_int_equal(order->not_before, NOW - 3600);
	assert_int_equal(order->not_after, NOW + 30 * DAY);
	assert_int_equal(order->key_usage, KEY_USAGE_DIGITAL_SIGNATURE);
	assert_asn1(order->extended_key_usage, SERVER_AUTH "06{2a0304}",
	    "purposes");
	assert_string_equal(order->crl_urls[0], "http://crl");
	assert_null(order->crl_urls[1]);
	assert_string_equal(order->ocsp_urls[1], "http://b");
	assert_null(order->ocsp_urls[2]);
	assert_string_equal(order->issuer_urls[0], "http://ca");
	outcome_clear(&outcome);
}

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "days = 0;", "days" },
	{ "days = 36501;", "days" },
	{ "days_min = -1;", "days_min" },
	{ "days = 7; days_min = 8;", "\"days_min\" is larger than \"days\"" },
	{ "backdate = \"31d\";", "backdate" },
	{ "key_usage = \"keyCertSign\";",
	    "unknown value \"keyCertSign\" of \"key_usage\"; known are "
	    "\"digitalSignature\", \"nonRepudiation\", " },
	{ "key_usage = ( \"cRLSign\" );", "unknown value \"cRLSign\"" },
	{ "key_usage = \"digitalsignature\";", "digitalsignature" },
	{ "extended_key_usage = \"client\";",
	    "unknown value \"client\" of \"extended_key_usage\"; known are "
	    "\"serverAuth\", \"clientAuth\", " },
	{ "extended_key_usage = \"1.2.\";", "unknown value \"1.2.\"" },
	{ "san = \"sids\";", "unknown value \"sids\"" },
	{ "subject = \"change\";", "CN=...,O=..." },
	{ "names = ();", "\"names\" is empty" },
	/* What is no URL, and where. */
	{ "crl_url = \"ca.example.org/ca.crl\";",
	    "\"ca.example.org/ca.crl\" is no URL for \"crl_url\"" },
	{ "crl_url = ( \"http://a/\", \"http://a b/\" );",
	    "\"http://a b/\" is no URL" },
	{ "crl_url = \" http://a/\";", "no URL for \"crl_url\"" },
	{ "crl_url = \"http://a/\\n\";", "no URL for \"crl_url\"" },
	{ "crl_url = \"http://a/\\x7f\";", "no URL for \"crl_url\"" },
	{ "crl_url = \"http://\xc3\xa9/\";", "no URL for \"crl_url\"" },
	{ "crl_url = \"http://\";", "\"http://\" is no URL" },
	{ "crl_url = \"file:///ca.crl\";", "\"file:///ca.crl\" is no URL" },
	{ "ocsp_url = \"https:/a\";", "no URL for \"ocsp_url\"" },
	{ "issuer_url = \"javascript:a\";", "no URL for \"issuer_url\"" },
	{ "basic_constraints = \"CA:TRUE\";", "basic_constraints" },
};

static void
read_refuses_what_a_device_may_not_have(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct profile profile = { 0 };
		struct conf *conf;

		put("a.conf", refused[i].settings);
		conf = open_well("a.conf");
		assert_err(profile_read(conf_root(conf), &profile, problems),
		    ERR_CONFIGURATION, refused[i].settings);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		profile_clear(&profile);
		problems_free(problems);
		conf_free(conf);
	}
}

static void
read_takes_urls_that_clients_know(void **state)
{
	static const char *const urls[] = { "http://a",
		"https://a:8443/b?c=%20",
		"ldap://a/cn=b,o=c?certificateRevocationList", "ftp://a/~b",
		"HTTP://a/!" };

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		char *settings = xasprintf("crl_url = \"%s\";", urls[i]);
		struct conf *conf;
		struct profile profile = profile_of(settings, &conf);

		assert_string_equal(profile.crl_urls[0], urls[i]);
		profile_clear(&profile);
		conf_free(conf);
		free(settings);
	}
}

static const struct {
	const char *settings;
	const char *finding;
} doubtful[] = {
	{ "days = 7;", "" },
	{ "key_usage = \"keyAgreement\"; extended_key_usage = \"1.2.3\";", "" },
	{ "extended_key_usage = ();",
	    "warning: a.conf:1: \"extended_key_usage\" is empty: certificates "
	    "are good for every purpose, a server's and code signing too\n" },
	{ "key_usage = ();",
	    "warning: a.conf:1: \"key_usage\" is empty: certificates do not "
	    "limit what their key is used for\n" },
};

static void
read_warns_of_certificates_without_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(doubtful); i++) {
		struct problems *problems = problems_new();
		struct profile profile = { 0 };
		struct conf *conf;

		put("a.conf", doubtful[i].settings);
		conf = open_well("a.conf");
		assert_err(profile_read(conf_root(conf), &profile, problems),
		    ERR_OK, doubtful[i].settings);
		assert_string_equal(problems_text(problems),
		    doubtful[i].finding);
		profile_clear(&profile);
		problems_free(problems);
		conf_free(conf);
	}
}

static const struct {
	const char *settings;
	const char *key;
	unsigned key_usage;
} usages[] = {
	{ NULL, "keys/p256.pem", KEY_USAGE_DIGITAL_SIGNATURE },
	{ "key_usage = ( \"keyEncipherment\" );", "keys/p256.pem",
	    KEY_USAGE_KEY_AGREEMENT },
	{ "key_usage = ( \"dataEncipherment\", \"keyAgreement\" );",
	    "keys/p256.pem", KEY_USAGE_KEY_AGREEMENT },
	{ "key_usage = ( \"keyEncipherment\" );", "strongswan/client.key",
	    KEY_USAGE_KEY_ENCIPHERMENT },
	{ "key_usage = ();", "strongswan/client.key", 0 },
	{ "key_usage = ();", "keys/p256.pem", 0 },
	{ "key_usage = ( \"nonRepudiation\", \"encipherOnly\", "
	  "\"decipherOnly\", \"dataEncipherment\" );",
	    "strongswan/client.key",
	    KEY_USAGE_NON_REPUDIATION | KEY_USAGE_ENCIPHER_ONLY |
		KEY_USAGE_DECIPHER_ONLY | KEY_USAGE_DATA_ENCIPHERMENT },
};

static void
key_usage_is_what_the_key_can_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(usages); i++) {
		struct outcome outcome = apply(usages[i].settings,
		    (struct wanted){ .key = usages[i].key });

		assert_applied(&outcome, ERR_OK, usages[i].settings);
		assert_int_equal(outcome.order.key_usage, usages[i].key_usage);
		outcome_clear(&outcome);
	}
}

static const struct {
	const char *settings;
	int asked;
	int days;
} lives[] = {
	{ "days = 30;", 0, 30 },
	{ "days = 30;", 7, 30 },
	{ "days = 30;", 60, 30 },
	{ "days = 30; days_min = 7;", 0, 30 },
	{ "days = 30; days_min = 7;", 1, 7 },
	{ "days = 30; days_min = 7;", 6, 7 },
	{ "days = 30; days_min = 7;", 7, 7 },
	{ "days = 30; days_min = 7;", 8, 8 },
	{ "days = 30; days_min = 7;", 29, 29 },
	{ "days = 30; days_min = 7;", 30, 30 },
	{ "days = 30; days_min = 7;", 31, 30 },
	{ "days = 30; days_min = 7;", 36500, 30 },
	{ "days = 30; days_min = 30;", 7, 30 },
	{ "days = 30; days_min = 1;", 1, 1 },
};

static void
a_device_chooses_its_days_within_those_of_the_profile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lives); i++) {
		struct problems *problems = problems_new();
		struct csr *csr = csr_of((struct wanted){ 0 });
		struct profile_request request = profile_request_of(csr);
		struct profile_buffers buffers = { 0 };
		struct certificate_order order;
		struct profile profile = { 0 };
		struct sign_rule rule = { 0 };
		struct conf *conf;

		put("a.conf", lives[i].settings);
		conf = open_well("a.conf");
		assert_int_equal(profile_read(conf_root(conf), &profile,
				     problems),
		    ERR_OK);
		request.days = lives[i].asked;
		assert_int_equal(profile_apply(&profile, &request, NOW,
				     &buffers, &order),
		    ERR_OK);
		assert_int_equal(order.not_after, NOW + lives[i].days * DAY);
		/* The guard's limit stays the most. */
		profile_sign_rule(&profile, &rule);
		assert_int_equal(rule.life, 30 * DAY);
		profile_buffers_clear(&buffers);
		profile_clear(&profile);
		problems_free(problems);
		csr_free(csr);
		conf_free(conf);
	}
}

#define TWO_PURPOSES "extended_key_usage = ( \"serverAuth\", \"clientAuth\" );"

static const struct {
	const char *settings;
	const char *asked;
	const char *granted;
} purposes[] = {
	{ TWO_PURPOSES, NULL, SERVER_AUTH CLIENT_AUTH },
	{ TWO_PURPOSES, EKU(CLIENT_AUTH), CLIENT_AUTH },
	{ TWO_PURPOSES, EKU(CLIENT_AUTH SERVER_AUTH), SERVER_AUTH CLIENT_AUTH },
	{ TWO_PURPOSES, EKU(CODE_SIGNING SERVER_AUTH), SERVER_AUTH },
	/* None of them: all of the profile's, never none at all. */
	{ TWO_PURPOSES, EKU(CODE_SIGNING), SERVER_AUTH CLIENT_AUTH },
	{ TWO_PURPOSES, EKU(ANY_PURPOSE), SERVER_AUTH CLIENT_AUTH },
	{ TWO_PURPOSES, EKU(""), SERVER_AUTH CLIENT_AUTH },
	{ TWO_PURPOSES, EXTENSION("551d25", "0500"), SERVER_AUTH CLIENT_AUTH },
	{ NULL, EKU(SMARTCARD_LOGON OCSP_SIGNING), CLIENT_AUTH },
	{ "extended_key_usage = ();", EKU(CLIENT_AUTH), "" },
};

static void
purposes_are_those_of_the_profile_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(purposes); i++) {
		struct outcome outcome = apply(purposes[i].settings,
		    (struct wanted){ .extensions = purposes[i].asked });

		assert_applied(&outcome, ERR_OK, purposes[i].asked);
		assert_asn1(outcome.order.extended_key_usage,
		    purposes[i].granted, purposes[i].asked);
		outcome_clear(&outcome);
	}
}

#define ALL_KINDS "san = ( \"email\", \"dns\", \"uri\", \"ip\" );"

static const struct {
	const char *settings;
	const char *asked;
	const char *granted; /* NULL: refused */
} names[] = {
	{ NULL, SAN("82{'a.lab'}"), "30{ 82{'a.lab'} }" },
	{ NULL, SAN("82{'a.lab'} 81{'a@lab'} 86{'http://a'} 87{0a000001}"),
	    "30{ 82{'a.lab'} 81{'a@lab'} }" },
	{ NULL, SAN("87{0a000001}"), "" },
	{ "san = ();", SAN("82{'a.lab'}"), "" },
	{ ALL_KINDS, SAN("86{'urn:a'} 87{0a000001}"),
	    "30{ 86{'urn:a'} 87{0a000001} }" },
	/* What is not taken is not looked at. */
	{ NULL, SAN("82{'a.lab'} 87{}"), "30{ 82{'a.lab'} }" },
	{ NULL, SAN("87{}"), "" },
	{ ALL_KINDS, SAN("87{}"), NULL },
	{ NULL, SAN("82{'a.lab' 00}"), NULL },
	{ NULL, SAN("82{'a lab'}"), NULL },
	{ NULL, SAN("82{}"), NULL },
	{ NULL, EXTENSION("551d11", "0500"), NULL },
	{ NULL, SAN("82{'*.lab'}"), NULL },
	{ NULL, SAN("82{'a.lab'} 82{'*'}"), NULL },
	{ NULL, SAN("82{'a*.lab'}"), NULL },
	{ NULL, SAN("82{'../../etc;<script>'}"), NULL },
	{ NULL, SAN("82{'_a-1.LAB'}"), "30{ 82{'_a-1.LAB'} }" },
	{ NULL, SAN("81{'a.lab'}"), NULL },
	{ "san = ( \"email\" );", SAN("82{'*.lab'} 81{'a@lab'}"),
	    "30{ 81{'a@lab'} }" },
	{ ALL_KINDS, SAN("86{'http://a/*'}"), "30{ 86{'http://a/*'} }" },
};

static void
names_are_of_the_listed_kinds_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct outcome outcome = apply(names[i].settings,
		    (struct wanted){ .extensions = names[i].asked });

		assert_applied(&outcome,
		    names[i].granted == NULL ? ERR_SAN : ERR_OK,
		    names[i].asked);
		if (outcome.err == ERR_OK)
			assert_asn1(outcome.order.subject_alt_name,
			    names[i].granted, names[i].asked);
		outcome_clear(&outcome);
	}
}

/* Who signs has to know which of the powerful names there may be. */
static void
the_rule_to_sign_by_has_the_powerful_names(void **state)
{
	static const struct {
		const char *settings;
		unsigned alt_names;
	} rows[] = {
		{ NULL, 0 },
		{ ALL_KINDS, 0 },
		{ "san = ( \"upn\", \"dns\" );", GENERAL_NAMES_UPN },
		{ "san = ( \"sid\" );", GENERAL_NAMES_SID },
		{ "san = ( \"wildcard\" );", GENERAL_NAMES_WILDCARD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;
		struct profile profile = profile_of(rows[i].settings, &conf);
		struct sign_rule rule = { 0 };

		profile_sign_rule(&profile, &rule);
		assert_int_equal(rule.alt_names, rows[i].alt_names);
		profile_clear(&profile);
		conf_free(conf);
	}
}

static const struct {
	const char *subject;
	const char *extensions;
	enum err expected;
} subjects[] = {
	{ NAME_DEVICE, NULL, ERR_OK },
	{ NAME_EMPTY, SAN("82{'a.lab'}"), ERR_OK },
	{ NAME_EMPTY, NULL, ERR_SUBJECT },
	{ NAME_EMPTY, SAN("86{'http://a'}"), ERR_SUBJECT },
	{ NAME_EMPTY, SAN(""), ERR_SUBJECT },
};

static void
a_certificate_has_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(subjects); i++) {
		struct outcome outcome = apply(NULL,
		    (struct wanted){ .subject = subjects[i].subject,
			.extensions = subjects[i].extensions });

		assert_applied(&outcome, subjects[i].expected,
		    subjects[i].extensions);
		outcome_clear(&outcome);
	}
}

static void
nothing_else_is_had_for_the_asking(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(smuggled); i++) {
		struct outcome outcome = apply(NULL,
		    (struct wanted){ .extensions = smuggled[i] });
		const struct certificate_order *order = &outcome.order;

		assert_applied(&outcome, ERR_OK, smuggled[i]);
		assert_false(order->ca);
		assert_int_equal(order->key_usage,
		    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT);
		assert_asn1(order->extended_key_usage, CLIENT_AUTH,
		    smuggled[i]);
		assert_int_equal(order->subject_alt_name.size, 0);
		assert_int_equal(order->subject_key_id.size, 0);
		assert_int_equal(order->authority_key_id.size, 0);
		assert_null(order->crl_urls[0]);
		assert_null(order->ocsp_urls[0]);
		outcome_clear(&outcome);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    without_a_section_it_is_a_client_certificate_for_a_year),
		CONF_TEST(every_setting_is_taken_over),
		CONF_TEST(read_refuses_what_a_device_may_not_have),
		CONF_TEST(read_takes_urls_that_clients_know),
		CONF_TEST(read_warns_of_certificates_without_limits),
		CONF_TEST(
		    a_device_chooses_its_days_within_those_of_the_profile),
		CONF_TEST(key_usage_is_what_the_key_can_do),
		CONF_TEST(purposes_are_those_of_the_profile_alone),
		CONF_TEST(names_are_of_the_listed_kinds_alone),
		CONF_TEST(the_rule_to_sign_by_has_the_powerful_names),
		CONF_TEST(a_certificate_has_a_name),
		CONF_TEST(nothing_else_is_had_for_the_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
