/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What openssl.cnf says of CRLs. */
#include "crypto/crl.h"
#include "tests/unit/backends_openssl_lab.h"

#define CA CA_FOLDER "ca.pem"
#define CA_NO_SKI CA_FOLDER "ca-no-ski.pem"

static enum err
read_plan(struct openssl_lab *lab, const char *section)
{
	struct openssl_extensions_source source = { lab->conf, section,
		&lab->settings, lab->ca };

	return openssl_extensions_read_crl(&source, &lab->plan, lab->problems);
}

/* What "openssl ca -gencrl" has made is made again */

static struct crl *
crl_vector(const char *name)
{
	char *path = xasprintf(CA_FOLDER "%s.der", name);
	struct buf der = vector(path);
	struct crl *crl = NULL;

	assert_err(crl_read(buf_bytes(&der), &crl), ERR_OK, name);
	buf_clear(&der);
	free(path);
	return crl;
}

static int64_t
number_of(const struct crl *crl)
{
	int64_t number = 0;

	for (size_t i = 0; i < crl->number.size; i++)
		number = number << 8 | crl->number.data[i];
	return number;
}

static struct openssl_lab
lab_of_crl(const char *name, const char *ca)
{
	const char *folder = getenv("TEST_VECTORS");
	char *path = xasprintf("%s/" CA_FOLDER "openssl.cnf",
	    folder != NULL ? folder : "tests/vectors");
	struct openssl_lab lab = lab_of(path, ca);
	const struct openssl_entry *entry = openssl_conf_find(lab.conf, name,
	    "crl_extensions");

	assert_non_null(entry);
	if (read_plan(&lab, entry->value) != ERR_OK)
		fail_msg("%s: %s", name, problems_text(lab.problems));
	assert_string_equal(problems_text(lab.problems), "");
	free(path);
	return lab;
}

/* The guard of the keeper's key process lets it through, by its rule alone. */
static void
check_guard(const struct openssl_lab *lab, struct bytes tbs, int64_t now,
    const char *what)
{
	struct sign_rule rule = {
		.issuer = lab->ca->subject,
		.crl_extensions = openssl_extensions_constant(lab->plan),
	};
	struct sign_guard guard = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CRL,
		.rules = &rule,
		.rule_count = 1,
	};
	enum sign_kind kind;

	assert_err(sign_guard_check(&guard, DIGEST_SHA256, tbs, now, &kind),
	    ERR_OK, what);
	guard.kinds = SIGN_CERTIFICATE | SIGN_REPLY;
	assert_err(sign_guard_check(&guard, DIGEST_SHA256, tbs, now, &kind),
	    ERR_GUARD_KIND, what);
}

static void
check_crl(const char *name, const char *ca)
{
	struct openssl_lab lab = lab_of_crl(name, ca);
	struct crl *made = crl_vector(name);
	const struct crl_order order = {
		.issuer = lab.ca->subject,
		.extensions = openssl_extensions_constant(lab.plan),
		.number = number_of(made),
		.this_update = made->this_update,
		.next_update = made->next_update,
		.entries = made->entries.left,
	};
	struct buf tbs = { 0 }, hex = { 0 }, want = { 0 };

	crl_append_tbs(&tbs, &order, SIGNATURE_RSA, DIGEST_SHA256);
	if (!bytes_equal(buf_bytes(&tbs), made->outer.signed_part)) {
		hex_append(&hex, buf_bytes(&tbs));
		hex_append(&want, made->outer.signed_part);
		fail_msg("%s: got\n%s, want\n%s", name, buf_string(&hex),
		    buf_string(&want));
	}
	check_guard(&lab, buf_bytes(&tbs), made->this_update, name);
	buf_clear(&tbs);
	crl_free(made);
	lab_clear(&lab);
}

static void
crls_are_those_that_openssl_makes(void **state)
{
	static const char *const names[] = { "crl_debian", "crl_easyrsa",
		"crl_issuer", "crl_names", "crl_point", "crl_inline",
		"crl_generic" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		check_crl(names[i], CA);
	check_crl("crl_no_ski", CA_NO_SKI);
}

/* What a section may say */

static struct openssl_lab
lab_of_lines(const char *lines, const char *ca)
{
	char *text = xasprintf("[ext]\n%s\n", lines);
	struct openssl_lab lab;

	put("a.cnf", text);
	lab = lab_of("a.cnf", ca);
	free(text);
	return lab;
}

/* RFC 5280 section 5.2.1. */
static void
crls_say_whose_they_are_where_the_section_does_not(void **state)
{
	static const struct {
		const char *lines;
		const char *ca;
		const char *expected;
	} rows[] = {
		{ "issuerAltName = DNS:a", CA,
		    "30{06{551d12} 04{30{82{'a'}}}}"
		    "30{06{551d23} 04{30{80{ee9d1355ba7e96d13996d07f106ab1d44a"
		    "c171dd}}}}" },
		{ "issuerAltName = DNS:a", CA_NO_SKI,
		    "30{06{551d12} 04{30{82{'a'}}}}"
		    "30{06{551d23} 04{30{a1{a4{$0}} 8203008001}}}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_lab lab = lab_of_lines(rows[i].lines,
		    rows[i].ca);
		struct buf want = asn1_of(rows[i].expected, &lab.ca->issuer);

		assert_int_equal(read_plan(&lab, "ext"), ERR_OK);
		assert_same_bytes(openssl_extensions_constant(lab.plan),
		    buf_bytes(&want));
		buf_clear(&want);
		lab_clear(&lab);
	}
}

static void
a_section_with_nothing_in_it_is_as_none(void **state)
{
	static const char *const sections[] = { "ext", "nowhere" };

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		struct openssl_lab lab = lab_of_lines("", CA);

		assert_int_equal(read_plan(&lab, sections[i]), ERR_OK);
		assert_int_equal(openssl_extensions_constant(lab.plan).size, 0);
		assert_string_equal(problems_text(lab.problems), "");
		lab_clear(&lab);
	}
	assert_int_equal(openssl_extensions_constant(NULL).size, 0);
}

#define POINT "issuingDistributionPoint = critical, @point\n[point]\n"
#define OTHERS "name the file in scepd.conf: crl = { file = "

static const struct {
	const char *lines;
	const char *finding;
} refused[] = {
	/* of some certificates, or of changes */
	{ POINT "fullname = URI:http://a/\nonlyuser = TRUE",
	    "a.cnf:5: issuingDistributionPoint: \"onlyuser:TRUE\" is "
	    "something which scepd does not write into CRLs itself; make "
	    "them by \"openssl ca -gencrl\", and " OTHERS },
	{ POINT "fullname = URI:http://a/\nonlyCA = yes", OTHERS },
	{ POINT "fullname = URI:http://a/\nonlyAA = yes", OTHERS },
	{ POINT "fullname = URI:http://a/\nindirectCRL = yes", OTHERS },
	{ POINT "fullname = URI:http://a/\nindirectCRL = maybe", OTHERS },
	{ POINT "onlysomereasons = keyCompromise",
	    "\"onlysomereasons:keyCompromise\"" },
	{ POINT "relativename = a", "\"relativename:a\"" },
	{ POINT "onlyuser = FALSE", "there is no \"fullname\" in it" },
	{ "issuingDistributionPoint = onlyuser", "\"onlyuser\"" },
	{ "issuingDistributionPoint = fullname", "\"fullname\"" },
	{ "issuingDistributionPoint = fullname:URI:a, fullname:URI:b",
	    "\"fullname:URI:b\"" },
	{ "issuingDistributionPoint = @nowhere", "no section [nowhere]" },
	{ "freshestCRL = URI:http://a/", OTHERS },
	{ "2.5.29.46 = DER:3000", OTHERS },
	{ "deltaCRL = 1", OTHERS },
	{ "2.5.29.27 = DER:020101", "a.cnf:2: 2.5.29.27: " },
	{ "2.5.29.28 = DER:30038401FF",
	    "write this extension by its name, "
	    "\"issuingDistributionPoint\"" },
	/* which the keeper writes */
	{ "crlNumber = 7", OTHERS },
	{ "2.5.29.20 = DER:020107", OTHERS },
	/* of certificates */
	{ "basicConstraints = CA:FALSE", OTHERS },
	{ "keyUsage = cRLSign", OTHERS },
	{ "subjectKeyIdentifier = hash", OTHERS },
	/* as there */
	{ "authorityKeyIdentifier = none", OTHERS },
	{ "authorityKeyIdentifier = keyid:sometimes", "\"sometimes\"" },
	{ "1.2.3.4 = ASN1:SEQUENCE:seq", OTHERS },
	{ "1.2.3.4 = DER:0500\n01.2.3.4 = DER:0500", "there twice" },
	{ "issuerAltName = dirName:d\n[d]\nsearchGuide = a", OTHERS },
	{ "nsComment = a", OTHERS },
};

static void
what_would_make_a_crl_another_one_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct openssl_lab lab = lab_of_lines(refused[i].lines, CA);
		const char *text;

		assert_err(read_plan(&lab, "ext"), ERR_CONFIGURATION,
		    refused[i].lines);
		assert_null(lab.plan);
		text = problems_text(lab.problems);
		if (strstr(text, refused[i].finding) == NULL)
			fail_msg("%s: \"%s\" has no \"%s\"", refused[i].lines,
			    text, refused[i].finding);
		lab_clear(&lab);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CONF_TEST(crls_are_those_that_openssl_makes),
		CONF_TEST(crls_say_whose_they_are_where_the_section_does_not),
		CONF_TEST(a_section_with_nothing_in_it_is_as_none),
		CONF_TEST(what_would_make_a_crl_another_one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
