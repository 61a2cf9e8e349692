/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_policy.h"

#include "tests/unit/backends_openssl_lab.h"

/* The CA is C=DE, ST=Bavaria, O=Example, CN=ca, in PrintableStrings.  What
 * becomes of whole requests is in the recorded test. */
#define CA CA_FOLDER "ca.pem"

static struct openssl_lab
lab_of_lines(const char *lines)
{
	return lab_of_text("policy = pol\n[pol]\n", lines, CA);
}

static void
a_policy_that_means_nothing_is_refused(void **state)
{
	static const struct {
		const char *lines;
		const char *finding;
	} rows[] = {
		{ "", "no section [pol], or nothing in it" },
		{ "commonName = wanted", "a.cnf:3: commonName: \"wanted\"" },
		{ "commonName =", "neither \"match\"" },
		{ "common-name = supplied", "no attribute of names" },
		{ "0.commonName = supplied", "no attribute of names" },
		{ "commonname = supplied", "no attribute of names" },
		{ "CN = supplied\nL = match",
		    "a.cnf:4: L: the name of the CA has none" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_lab lab = lab_of_lines(rows[i].lines);

		assert_err(lab_read_policy(&lab, NULL), ERR_CONFIGURATION,
		    rows[i].lines);
		assert_null(lab.policy);
		if (strstr(problems_text(lab.problems), rows[i].finding) ==
		    NULL)
			fail_msg("%s: %s", rows[i].lines,
			    problems_text(lab.problems));
		lab_clear(&lab);
	}
}

static void
msie_hack_is_left_to_openssl(void **state)
{
	struct openssl_lab lab = lab_of_lines("CN = supplied");

	(void)state;
	lab.settings.msie_hack = true;
	assert_int_equal(lab_read_policy(&lab, NULL), ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(lab.problems), "msie_hack"));
	lab_clear(&lab);
	openssl_policy_free(NULL);
}

#define PAIR(oid, value) "30{06{" oid "} " value "}"
#define RDN(oid, value) "31{" PAIR(oid, value) "}"
#define CN(value) RDN("550403", value)
#define OU(value) RDN("55040b", value)
#define COUNTRY RDN("550406", "13{'DE'}")
#define EMAIL_OID "2a864886f70d010901"
#define EMAIL(value) RDN(EMAIL_OID, value)

struct row {
	const char *lines;
	const char *asked;
	const char *expected; /* NULL: refused */
	const char *detail;
};

/* Also what it has is left alone where it is refused. */
static void
check_row(const struct row *row, bool preserve, bool email_in_dn, bool moved)
{
	struct openssl_lab lab = lab_of_lines(row->lines);
	struct buf asked = asn1(row->asked), name = { 0 }, subject = { 0 };
	struct buf detail = { 0 };
	enum err err;

	lab.settings.preserve = preserve;
	lab.settings.email_in_dn = email_in_dn;
	if (lab_read_policy(&lab, NULL) != ERR_OK)
		fail_msg("%s", problems_text(lab.problems));
	err = openssl_policy_apply(lab.policy, buf_bytes(&asked), &name,
	    &detail);
	assert_err(err, row->expected != NULL ? ERR_OK : ERR_CA_POLICY,
	    row->asked);
	if (row->expected != NULL) {
		openssl_policy_finish(lab.policy, buf_bytes(&name), moved,
		    &subject);
		assert_asn1(buf_bytes(&subject), row->expected, row->asked);
	} else {
		assert_int_equal(name.size, 0);
	}
	assert_string_equal(buf_string(&detail),
	    row->detail != NULL ? row->detail : "");
	buf_clear(&asked);
	buf_clear(&name);
	buf_clear(&subject);
	buf_clear(&detail);
	lab_clear(&lab);
}

static void
a_subject_is_rebuilt_in_the_order_of_the_policy(void **state)
{
	static const struct row rows[] = {
		{ "C = optional\nCN = supplied",
		    "30{" CN("0c{'a'}") COUNTRY "}",
		    "30{" COUNTRY CN("0c{'a'}") "}", NULL },
		{ "CN = supplied", "30{" CN("0c{'a'}") COUNTRY "}",
		    "30{" CN("0c{'a'}") "}", NULL },
		{ "OU = supplied",
		    "30{" OU("0c{'a'}") COUNTRY OU("0c{'b'}") "}",
		    "30{" OU("0c{'a'}") OU("0c{'b'}") "}", NULL },
		{ "CN = optional\nOU = optional",
		    "30{31{" PAIR("550403", "0c{'a'}")
			PAIR("55040b", "0c{'b'}") "}}",
		    "30{" CN("0c{'a'}") OU("0c{'b'}") "}", NULL },
		{ "CN = optional", "30{" COUNTRY "}", "30{}", NULL },
		{ "CN = optional", "30{}", "30{}", NULL },
		{ "CN = optional\n2.5.4.3 = optional", "30{" CN("0c{'a'}") "}",
		    "30{" CN("0c{'a'}") CN("0c{'a'}") "}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], false, true, false);
}

static void
a_subject_that_the_policy_refuses_is_named(void **state)
{
	static const struct row rows[] = {
		{ "commonName = supplied", "30{}", NULL,
		    "commonName is missing" },
		{ "C = match", "30{" CN("0c{'a'}") "}", NULL, "C is missing" },
		{ "C = match", "30{" RDN("550406", "13{'FR'}") "}", NULL,
		    "C differs from the CA's, or in its string type" },
		{ "C = match", "30{" RDN("550406", "0c{'DE'}") "}", NULL,
		    "C differs from the CA's, or in its string type" },
		{ "C = match", "30{" RDN("550406", "13{'de'}") "}", NULL,
		    "C differs from the CA's, or in its string type" },
		{ "C = match", "30{" COUNTRY RDN("550406", "13{'FR'}") "}",
		    NULL, "C differs from the CA's, or in its string type" },
		{ "C = match", "30{" COUNTRY COUNTRY "}",
		    "30{" COUNTRY COUNTRY "}", NULL },
		{ "C = match", "30{0500}", NULL, "the subject is malformed" },
		{ "C = match", "", NULL, "the subject is malformed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], false, true, false);
}

static void
strings_have_the_characters_of_their_type(void **state)
{
	static const char finding[] =
	    "commonName has characters that its string type lacks";
	static const struct row rows[] = {
		{ "C = optional", "30{" CN("13{'a_b'}") "}", NULL, finding },
		{ "C = optional", "30{" CN("16{'a' fc}") "}", NULL, finding },
		{ "C = optional", "30{" RDN("2a03", "13{'a_b'}") "}", NULL,
		    "1.2.3 has characters that its string type lacks" },
		{ "C = optional", "30{" EMAIL("0c{'a@b'}") "}", NULL,
		    "emailAddress is no IA5String" },
		{ "CN = optional", "30{" CN("0c{c3bc}") "}",
		    "30{" CN("0c{c3bc}") "}", NULL },
		{ "CN = optional", "30{" CN("14{fc}") "}",
		    "30{" CN("14{fc}") "}", NULL },
		{ "CN = optional", "30{" CN("1e{00fc}") "}",
		    "30{" CN("1e{00fc}") "}", NULL },
		{ "CN = optional", "30{" CN("16{'a_b'}") "}",
		    "30{" CN("16{'a_b'}") "}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], false, true, false);
}

static void
a_preserved_subject_stays_but_is_asked(void **state)
{
	static const struct row rows[] = {
		{ "CN = supplied",
		    "30{" COUNTRY "31{" PAIR("550403", "0c{'a'}")
			PAIR("55040b", "0c{'b'}") "}}",
		    "30{" COUNTRY "31{" PAIR("550403", "0c{'a'}")
			PAIR("55040b", "0c{'b'}") "}}",
		    NULL },
		{ "CN = supplied", "30{" COUNTRY "}", NULL, "CN is missing" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], true, true, false);
}

/* Any type of string is fine for an address that goes. */
static void
addresses_leave_the_subject(void **state)
{
	static const struct row row = { "CN = supplied",
		"30{" EMAIL("16{'a@b'}") COUNTRY "31{" PAIR("550403", "0c{'a'}")
		    PAIR(EMAIL_OID, "16{'c@d'}") "}}",
		"30{" COUNTRY CN("0c{'a'}") "}", NULL };
	static const struct row utf8 = { "emailAddress = optional",
		"30{" EMAIL("0c{'a@b'}") "}", "30{}", NULL };

	(void)state;
	check_row(&row, true, false, false);
	check_row(&row, true, true, true);
	check_row(&utf8, false, false, false);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CONF_TEST(a_policy_that_means_nothing_is_refused),
		CONF_TEST(msie_hack_is_left_to_openssl),
		CONF_TEST(a_subject_is_rebuilt_in_the_order_of_the_policy),
		CONF_TEST(a_subject_that_the_policy_refuses_is_named),
		CONF_TEST(strings_have_the_characters_of_their_type),
		CONF_TEST(a_preserved_subject_stays_but_is_asked),
		CONF_TEST(addresses_leave_the_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
