/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions.h"

#include "crypto/oid.h"
#include "tests/unit/backends_openssl_lab.h"

/* What a section may say; what becomes of it is in the recorded test. */

#define CA CA_FOLDER "ca.pem"
#define CA_NO_SKI CA_FOLDER "ca-no-ski.pem"

/* The section [ext] of a file, behind its first line. */
static struct openssl_lab
lab_of_lines(const char *lines, const char *ca)
{
	return lab_of_text("[ext]\n", lines, ca);
}

static void
check_refused(const char *lines, const char *finding, const char *ca)
{
	struct openssl_lab lab = lab_of_lines(lines, ca);
	const char *text;

	assert_err(lab_read_plan(&lab, "ext"), ERR_CONFIGURATION, lines);
	assert_null(lab.plan);
	text = problems_text(lab.problems);
	if (strstr(text, finding) == NULL)
		fail_msg("%s: \"%s\" has no \"%s\"", lines, text, finding);
	assert_non_null(strstr(text, "a.cnf:"));
	lab_clear(&lab);
}

struct refused {
	const char *lines;
	const char *finding;
};

static void
what_makes_a_ca_is_refused(void **state)
{
	static const struct refused rows[] = {
		{ "basicConstraints = CA:TRUE", "leave \"CA:TRUE\" out" },
		{ "basicConstraints = critical, CA:true, pathlen:0",
		    "CA:TRUE" },
		{ "basicConstraints = CA:FALSE, pathlen:0", "pathlen" },
		{ "basicConstraints = @bc\n[bc]\nCA = TRUE", "CA:TRUE" },
		{ "keyUsage = digitalSignature, keyCertSign", "keyCertSign" },
		{ "keyUsage = CRL Sign", "CRL Sign" },
		{ "keyUsage = cRLSign", "cRLSign" },
		{ "extendedKeyUsage = clientAuth, OCSPSigning", "OCSPSigning" },
		{ "extendedKeyUsage = 1.3.6.1.5.5.7.3.9", "OCSPSigning" },
		{ "nsCertType = sslCA", "sslCA" },
		{ "2.5.29.19 = DER:30:03:01:01:ff", "basicConstraints" },
		{ "2.5.29.15 = DER:03020106", "keyUsage" },
		{ "2.5.29.35 = DER:3000", "authorityKeyIdentifier" },
		{ "basicConstraints = DER:30030101ff", "DER" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_refused(rows[i].lines, rows[i].finding, CA);
}

static void
what_is_not_understood_is_left_to_openssl(void **state)
{
	static const char *const lines[] = {
		"nameConstraints = permitted;email:.example.org",
		"policyConstraints = requireExplicitPolicy:3",
		"1.2.3.4 = ASN1:SEQUENCE:seq",
		"1.2.3.4 = ASN1:UTF8:\xc3\xbc",
		"1.2.3.4 = ASN1:PRINTABLE:a_b",
		"1.2.3.4 = ASN1:INTEGER:-1",
		"1.2.3.4 = ASN1:BOOLEAN:perhaps",
		"1.2.3.4 = a",
		"basicConstraints = CA:maybe",
		"keyUsage = digitalsignature",
		"subjectKeyIdentifier = none",
		"subjectKeyIdentifier = 0102",
		"authorityKeyIdentifier = none",
		"authorityKeyIdentifier = keyid:sometimes",
		"subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:a",
		"subjectAltName = otherName:1.2.3",
		"subjectAltName = x400:a",
		"subjectAltName = DNS",
		"crlDistributionPoints = point\n[point]\nrelativename = a",
		"crlDistributionPoints = point\n[point]\nreasons = none",
		"authorityInfoAccess = URI:http://example.org/",
		"certificatePolicies = 1.2.3:4",
		"certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\na = b",
		"certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		"userNotice = @n\n[n]\nexplicitText = BMP:a",
		"certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		"userNotice = @n\n[n]\na = b",
		"tlsfeature = some",
		"dirName = a",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		check_refused(lines[i], "method = \"openssl\"", CA);
	check_refused("subjectAltName = dirName:d\n[d]\nCN = a\n"
		      "[default]\nstring_mask = default",
	    "a.cnf:6: string_mask", CA);
	check_refused("subjectAltName = dirName:d\n[d]\nsearchGuide = a",
	    "a.cnf:4: ", CA);
}

static void
what_openssl_would_refuse_is_refused(void **state)
{
	static const struct refused rows[] = {
		{ "keyUsage =", "lacks its name" },
		{ "keyUsage = a,,b", "lacks its name" },
		{ "subjectAltName = DNS:", "or its value" },
		{ "subjectAltName = @nowhere", "no section [nowhere]" },
		{ "subjectAltName = IP:192.0.2.256", "no IP address" },
		{ "subjectAltName = DNS:b\xc3\xbc.example.org",
		    "printable ASCII" },
		{ "subjectAltName = RID:1.x", "no object identifier" },
		{ "subjectAltName = dirName:nowhere", "no section [nowhere]" },
		{ "subjectAltName = otherName:a.b;UTF8:c",
		    "no object identifier" },
		{ "extendedKeyUsage = nobody", "no object identifier" },
		{ "crlDistributionPoints = nowhere", "no section [nowhere]" },
		{ "crlDistributionPoints = p\n[p]\nfullname = URI:\\n",
		    "value" },
		{ "certificatePolicies = @nowhere", "no object identifier" },
		{ "certificatePolicies = @p\n[p]\nCPS = a",
		    "no policyIdentifier" },
		{ "certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		  "userNotice = n",
		    "names no section" },
		{ "certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		  "userNotice = @n\n[n]\norganization = a",
		    "go together" },
		{ "certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		  "userNotice = @n\n[n]\nexplicitText = UTF8:\xfc",
		    "not UTF-8" },
		{ "certificatePolicies = @p\n[p]\npolicyIdentifier = 1.2.3\n"
		  "CPS = \xfc",
		    "printable ASCII" },
		{ "nsComment = \xc3\xbc", "printable ASCII" },
		{ "nsComment = a\\nb", "control character" },
		{ "1.2.3.4 = DER:", "one DER element" },
		{ "1.2.3.4 = DER:30", "one DER element" },
		{ "1.2.3.4 = DER:3", "one DER element" },
		{ "1.2.3.4 = DER:05000500", "one DER element" },
		{ "1.2.3.4 = DER:0500\n01.2.3.4 = DER:0500",
		    "a.cnf:3: 01.2.3.4: this extension is there twice" },
		{ "subjectAltName = email:copy, email:move", "twice" },
		{ "subjectAltName = email:copy, DNS:*.example.org",
		    "without \"*\"" },
		{ "subjectAltName = RID:1.2.3, email:move", "alone" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_refused(rows[i].lines, rows[i].finding, CA);
}

static void
what_the_ca_does_not_have_can_not_be_copied(void **state)
{
	static const struct refused rows[] = {
		{ "authorityKeyIdentifier = keyid", "write \"issuer\"" },
		{ "authorityKeyIdentifier = keyid:always, issuer",
		    "write \"issuer\"" },
		{ "issuerAltName = issuer:copy", "leave \"issuer:copy\" out" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_refused(rows[i].lines, rows[i].finding, CA_NO_SKI);
}

static void
a_section_is_there_and_has_something_in_it(void **state)
{
	struct openssl_lab lab = lab_of_lines("", CA);

	(void)state;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_CONFIGURATION);
	assert_int_equal(lab_read_plan(&lab, "none"), ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(lab.problems),
	    "a.cnf: the section [ext] has no extensions"));
	assert_non_null(strstr(problems_text(lab.problems), "[none]"));
	lab_clear(&lab);
	openssl_extensions_free(NULL);
}

/* As easy-rsa has them, one for each type of certificate. */
static void
a_file_of_extensions_alone_needs_no_section(void **state)
{
	struct openssl_lab lab;
	struct sign_rule rule;

	(void)state;
	put("a.cnf", "subjectKeyIdentifier = hash\nnsComment = a\n");
	lab = lab_of("a.cnf", CA);
	assert_int_equal(lab_read_plan(&lab, "default"), ERR_OK);
	openssl_extensions_sign_rule(lab.plan, &rule);
	assert_true(rule.verbatim.size > 0);
	lab_clear(&lab);
}

static void
all_lines_are_reported_at_once(void **state)
{
	struct openssl_lab lab = lab_of_lines(
	    "keyUsage = a\nextendedKeyUsage = b\nnsComment = c\nnoName = d",
	    CA);

	(void)state;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_CONFIGURATION);
	assert_int_equal(problems_count(lab.problems, PROBLEM_ERROR), 3);
	lab_clear(&lab);
}

static void
a_plan_has_a_size(void **state)
{
	struct buf lines = { 0 };

	(void)state;
	for (int i = 0; i < SIGN_GUARD_EXTENSIONS_LIMIT; i++)
		buf_printf(&lines, "1.2.3.%d = DER:0500\n", i);
	check_refused(buf_string(&lines), "more than 27 extensions", CA);
	buf_clear(&lines);
	buf_append_string(&lines, "nsComment = ");
	memset(buf_extend(&lines, 9000), 'a', 9000);
	check_refused(buf_string(&lines), "over 8192 octets", CA);
	buf_clear(&lines);
	buf_append_string(&lines, "keyUsage = digitalSignature");
	for (int i = 0; i < OPENSSL_LIST_LIMIT; i++)
		buf_append_string(&lines, ",digitalSignature");
	check_refused(buf_string(&lines), "more than 128 items", CA);
	buf_clear(&lines);
	buf_append_string(&lines, "subjectAltName = @names\n[names]");
	for (int i = 0; i <= OPENSSL_LIST_LIMIT; i++)
		buf_printf(&lines, "\nDNS.%d = a", i);
	check_refused(buf_string(&lines), "more than 128 lines", CA);
	buf_clear(&lines);
}

/* The names of oid_section, which are OpenSSL's from then on. */
static void
names_of_oids_may_be_the_administrators(void **state)
{
	struct openssl_lab lab = lab_of_lines(
	    "extendedKeyUsage = lab, clientAuth\nlabExtension = DER:0500\n"
	    "[oids]\nlab = 1.2.3\nlabExtension = An extension, 1.2.4",
	    CA);
	struct sign_rule rule;

	(void)state;
	lab.settings.oids = openssl_conf_section(lab.conf, "oids");
	if (lab_read_plan(&lab, "ext") != ERR_OK)
		fail_msg("%s", problems_text(lab.problems));
	openssl_extensions_sign_rule(lab.plan, &rule);
	rule.verbatim.size = 44;
	assert_asn1(rule.verbatim,
	    "30{06{551d25} 04{30{06{2a03} 06{2b06010505070302}}}}"
	    "30{06{2a04} 04{0500}} 301f0603551d230418",
	    "extensions");
	lab_clear(&lab);
}

#define ORDER_SUBJECT "30{31{30{06{550403} 0c{'router'}}}}"
#define MAIL(text) "31{30{06{2a864886f70d010901} 16{'" text "'}}}"

static enum err
append(const struct openssl_lab *lab, const char *subject, const char *asked,
    struct buf *to)
{
	struct buf name = asn1(subject), list = asn1(asked);
	struct openssl_extensions_order order = { buf_bytes(&name),
		BYTES_LITERAL("id"), buf_bytes(&list) };
	enum err err = openssl_extensions_append(to, lab->plan, &order);

	buf_clear(&name);
	buf_clear(&list);
	return err;
}

#define COPIED_NAMES SAN("82{'a.example.org'}")
#define USAGE(bits) EXTENSION("551d0f", bits)

static const struct {
	const char *what;
	const char *asked;
	const char *taken;
} asked_for[] = {
	{ "nothing", "", "" },
	{ "an empty list", "30{}", "" },
	{ "names", "30{" COPIED_NAMES "}", COPIED_NAMES },
	{ "critical", "30{" CRITICAL("551d0f", "03020780") "}",
	    CRITICAL("551d0f", "03020780") },
	{ "usage", "30{" USAGE("03020780") "}", USAGE("03020780") },
	{ "usage with zeroes behind", "30{" USAGE("03020080") "}",
	    USAGE("03020780") },
	{ "FALSE written out", "30{30{06{551d0f} 010100 04{03020780}}}",
	    USAGE("03020780") },
	{ "purposes", "30{" EKU(SERVER_AUTH) "}", EKU(SERVER_AUTH) },
	{ "in its order", "30{" EKU(SERVER_AUTH) COPIED_NAMES "}",
	    EKU(SERVER_AUTH) COPIED_NAMES },
	{ "keyCertSign", "30{" USAGE("03020284") "}", "" },
	{ "cRLSign", "30{" USAGE("03020102") "}", "" },
	{ "no usage", "30{" USAGE("030100") "}", "" },
	{ "no BIT STRING", "30{" USAGE("0500") "}", "" },
	{ "OCSPSigning", "30{" EKU(SERVER_AUTH "06{2b06010505070309}") "}",
	    "" },
	{ "no purpose", "30{" EKU("") "}", "" },
	{ "no list of purposes", "30{" EXTENSION("551d25", "0500") "}", "" },
	{ "basicConstraints", "30{" EXTENSION("551d13", "30{0101ff}") "}", "" },
	{ "subjectKeyIdentifier", "30{" EXTENSION("551d0e", "04{'x'}") "}",
	    "" },
	{ "authorityKeyIdentifier",
	    "30{" EXTENSION("551d23", "30{80{'x'}}") "}", "" },
	{ "CRLs", "30{" EXTENSION("551d1f", "3000") "}", "" },
	{ "access", "30{" EXTENSION("2b06010505070101", "3000") "}", "" },
	{ "policies", "30{" EXTENSION("551d20", "3000") "}", "" },
	{ "what nobody knows", "30{" EXTENSION("2a03", "0500") "}", "" },
	{ "names of other kinds", "30{" SAN("88{2a03}") "}", "" },
};

static void
what_a_request_asks_for_is_taken_where_it_may_be(void **state)
{
	struct openssl_lab lab = lab_of_lines("nsComment = a", CA);
	struct buf none = { 0 };
	struct bytes parts[2];

	(void)state;
	lab.settings.copy_extensions = true;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, "", &none), ERR_OK);
	/* The comment, and what is added behind. */
	parts[0] = bytes_of(none.data, 2 + (size_t)none.data[1]);
	parts[1] = bytes_from(buf_bytes(&none), parts[0].size);
	for (size_t i = 0; i < COUNT(asked_for); i++) {
		char *notation = xasprintf("$0 %s $1", asked_for[i].taken);
		struct buf made = { 0 }, want = asn1_of(notation, parts);

		assert_err(append(&lab, ORDER_SUBJECT, asked_for[i].asked,
			       &made),
		    ERR_OK, asked_for[i].what);
		assert_same_bytes(buf_bytes(&made), buf_bytes(&want));
		buf_clear(&made);
		buf_clear(&want);
		free(notation);
	}
	buf_clear(&none);
	lab_clear(&lab);
}

static void
what_the_section_says_is_not_the_requests(void **state)
{
	static const char asked[] = "30{" COPIED_NAMES USAGE("03020780")
	    EKU(SERVER_AUTH) "}";
	struct openssl_lab lab = lab_of_lines(
	    "keyUsage = keyAgreement\nextendedKeyUsage = clientAuth\n"
	    "subjectAltName = email:copy",
	    CA);
	struct buf without = { 0 }, with = { 0 };

	(void)state;
	lab.settings.copy_extensions = true;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, "", &without), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, asked, &with), ERR_OK);
	assert_same_bytes(buf_bytes(&with), buf_bytes(&without));
	buf_clear(&without);
	buf_clear(&with);
	lab_clear(&lab);
}

static void
nothing_is_taken_unless_it_is_said(void **state)
{
	struct openssl_lab lab = lab_of_lines("nsComment = a", CA);
	struct buf without = { 0 }, with = { 0 };

	(void)state;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, "", &without), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, "30{" COPIED_NAMES "}",
			     &with),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&with), buf_bytes(&without));
	buf_clear(&without);
	buf_clear(&with);
	lab_clear(&lab);
}

static void
names_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *subject;
		const char *asked;
		enum err expected;
	} rows[] = {
		{ ORDER_SUBJECT, "", ERR_OK },
		{ "30{" MAIL("a@example.org") "}", "", ERR_OK },
		{ "30{" MAIL("a") "}", "", ERR_SAN },
		{ "30{" MAIL("a b@example.org") "}", "", ERR_SAN },
		{ "30{0500}", "", ERR_SAN },
		{ ORDER_SUBJECT, "0500", ERR_CSR_ATTRIBUTE },
		{ ORDER_SUBJECT, "30{" EKU("") EKU("") "}",
		    ERR_CSR_ATTRIBUTE },
	}, names[] = {
		{ ORDER_SUBJECT, "30{" SAN("82{'*.org'}") "}",
		    ERR_SAN },
		{ ORDER_SUBJECT, "30{" EXTENSION("551d11", "0500") "}",
		    ERR_SAN },
	};
	struct openssl_lab lab = lab_of_lines("subjectAltName = email:move",
	    CA);
	struct buf made = { 0 };

	(void)state;
	lab.settings.copy_extensions = true;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_true(openssl_extensions_move_email(lab.plan));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_err(append(&lab, rows[i].subject, rows[i].asked, &made),
		    rows[i].expected, rows[i].subject);
		assert_true((made.size > 0) == (rows[i].expected == ERR_OK));
		buf_clear(&made);
	}
	lab_clear(&lab);
	lab = lab_of_lines("nsComment = a", CA);
	lab.settings.copy_extensions = true;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_false(openssl_extensions_move_email(lab.plan));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_err(append(&lab, names[i].subject, names[i].asked,
			       &made),
		    names[i].expected, names[i].asked);
	buf_clear(&made);
	lab_clear(&lab);
}

/* RFC 5280 section 4.2.1.6: a list has one name at least. */
static void
a_list_without_names_is_left_out(void **state)
{
	struct openssl_lab lab = lab_of_lines("subjectAltName = email:copy",
	    CA);
	struct buf made = { 0 }, list = { 0 };
	struct bytes value;

	(void)state;
	assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
	assert_int_equal(append(&lab, ORDER_SUBJECT, "", &made), ERR_OK);
	der_append(&list, DER_SEQUENCE, buf_bytes(&made));
	assert_int_equal(extensions_check(buf_bytes(&list)), ERR_OK);
	assert_false(extensions_find(buf_bytes(&list), OID_SUBJECT_ALT_NAME,
	    &value));
	assert_true(extensions_find(buf_bytes(&list), OID_SUBJECT_KEY_ID,
	    &value));
	buf_clear(&made);
	buf_clear(&list);
	lab_clear(&lab);
}

static void
the_rule_leaves_open_what_differs(void **state)
{
	static const struct {
		const char *lines;
		bool copy;
		unsigned open;
	} rows[] = {
		{ "nsComment = a", false, 0 },
		{ "nsComment = a", true,
		    SIGN_OPEN_ALT_NAME | SIGN_OPEN_KEY_USAGE |
			SIGN_OPEN_PURPOSES },
		{ "keyUsage = keyAgreement", true,
		    SIGN_OPEN_ALT_NAME | SIGN_OPEN_PURPOSES },
		{ "extendedKeyUsage = clientAuth\nsubjectAltName = DNS:a", true,
		    SIGN_OPEN_KEY_USAGE },
		{ "subjectAltName = email:copy", false, SIGN_OPEN_ALT_NAME },
		{ "subjectAltName = DNS:a", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_lab lab = lab_of_lines(rows[i].lines, CA);
		struct sign_rule rule = { .open = 0xff };

		lab.settings.copy_extensions = rows[i].copy;
		assert_int_equal(lab_read_plan(&lab, "ext"), ERR_OK);
		openssl_extensions_sign_rule(lab.plan, &rule);
		assert_int_equal(rule.open, rows[i].open);
		assert_true(rule.verbatim.size > 0);
		lab_clear(&lab);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CONF_TEST(what_makes_a_ca_is_refused),
		CONF_TEST(what_is_not_understood_is_left_to_openssl),
		CONF_TEST(what_openssl_would_refuse_is_refused),
		CONF_TEST(what_the_ca_does_not_have_can_not_be_copied),
		CONF_TEST(a_section_is_there_and_has_something_in_it),
		CONF_TEST(a_file_of_extensions_alone_needs_no_section),
		CONF_TEST(all_lines_are_reported_at_once),
		CONF_TEST(a_plan_has_a_size),
		CONF_TEST(names_of_oids_may_be_the_administrators),
		CONF_TEST(what_a_request_asks_for_is_taken_where_it_may_be),
		CONF_TEST(what_the_section_says_is_not_the_requests),
		CONF_TEST(nothing_is_taken_unless_it_is_said),
		CONF_TEST(names_that_are_none_are_refused),
		CONF_TEST(a_list_without_names_is_left_out),
		CONF_TEST(the_rule_leaves_open_what_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
