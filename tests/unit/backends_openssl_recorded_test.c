/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What "openssl ca" has made of configurations and requests is made again. */
#include "tests/unit/backends_openssl_lab.h"

/* `name` is the CA section's without "ca_", and the certificate's file. */
struct recorded {
	const char *name;
	const char *request;
	bool preserve;
	const char *ca; /* NULL: ca.pem */
};

static const char *
text_of(const struct openssl_lab *lab, const char *section, const char *name)
{
	const struct openssl_entry *entry = openssl_conf_find(lab->conf,
	    section, name);

	return entry == NULL ? "" : entry->value;
}

/* The few settings that matter here, of a section that lacks the others. */
static struct openssl_lab
lab_of_row(const struct recorded *row)
{
	const char *folder = getenv("TEST_VECTORS");
	char *path = xasprintf("%s/" CA_FOLDER "openssl.cnf",
	    folder != NULL ? folder : "tests/vectors");
	char *section = xasprintf("ca_%s", row->name);
	struct openssl_lab lab = lab_of(path,
	    row->ca != NULL ? row->ca : CA_FOLDER "ca.pem");

	lab.settings.preserve = row->preserve;
	lab.settings.copy_extensions =
	    strcmp(text_of(&lab, section, "copy_extensions"), "copy") == 0;
	lab.settings.email_in_dn = strcmp(text_of(&lab, section, "email_in_dn"),
				       "no") != 0;
	if (lab_read_policy(&lab, section) != ERR_OK ||
	    lab_read_plan(&lab, text_of(&lab, section, "x509_extensions")) !=
		ERR_OK)
		fail_msg("%s: %s", row->name, problems_text(lab.problems));
	free(path);
	free(section);
	return lab;
}

static struct csr *
request_of(const struct recorded *row)
{
	char *name = xasprintf(CA_FOLDER "%s.csr", row->request);
	struct buf der = vector(name);
	struct csr *csr = NULL;

	assert_err(csr_read(gnutls(), buf_bytes(&der), &csr), ERR_OK, name);
	buf_clear(&der);
	free(name);
	return csr;
}

static struct certificate *
certificate_of(const struct recorded *row)
{
	char *name = xasprintf(CA_FOLDER "%s.der", row->name);
	struct buf der = vector(name);
	struct certificate *certificate = NULL;

	assert_err(certificate_read(buf_bytes(&der), &certificate), ERR_OK,
	    name);
	buf_clear(&der);
	free(name);
	return certificate;
}

/* All that is new in a certificate, from its serial number to its dates, is as
 * OpenSSL has chosen it. */
static struct buf
compose(const struct openssl_lab *lab, const struct csr *csr,
    const struct certificate *made)
{
	struct buf name = { 0 }, subject = { 0 }, key_id = { 0 };
	struct buf extensions = { 0 }, detail = { 0 }, tbs = { 0 };
	struct openssl_extensions_order what;
	struct certificate_order order = { 0 };

	assert_int_equal(openssl_policy_apply(lab->policy, csr->subject, &name,
			     &detail),
	    ERR_OK);
	assert_int_equal(certificate_new_key_id(gnutls(), csr->spki, &key_id),
	    ERR_OK);
	what = (struct openssl_extensions_order){ buf_bytes(&name),
		buf_bytes(&key_id), csr->extensions };
	assert_int_equal(openssl_extensions_append(&extensions, lab->plan,
			     &what),
	    ERR_OK);
	openssl_policy_finish(lab->policy, buf_bytes(&name),
	    openssl_extensions_move_email(lab->plan), &subject);
	order.serial = made->serial;
	order.issuer = lab->ca->subject;
	order.subject = buf_bytes(&subject);
	order.spki = csr->spki;
	order.not_before = made->not_before;
	order.not_after = made->not_after;
	order.extensions = buf_bytes(&extensions);
	certificate_append_tbs(&tbs, &order, SIGNATURE_RSA, DIGEST_SHA256);
	buf_clear(&name);
	buf_clear(&subject);
	buf_clear(&key_id);
	buf_clear(&extensions);
	buf_clear(&detail);
	return tbs;
}

/* The guard of a key process lets it through, and with the rule alone. */
static void
check_guard(const struct openssl_lab *lab, struct bytes tbs,
    const struct certificate *made, const char *what)
{
	struct sign_rule rule = {
		.issuer = lab->ca->subject,
		.ca_not_before = lab->ca->not_before,
		.ca_not_after = lab->ca->not_after,
		.life = made->not_after - made->not_before,
	};
	struct sign_guard guard = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CERTIFICATE,
		.rules = &rule,
		.rule_count = 1,
	};
	enum sign_kind kind;

	rule.ca_not_before = made->not_before;
	rule.ca_not_after = made->not_after;
	openssl_extensions_sign_rule(lab->plan, &rule);
	assert_err(sign_guard_check(&guard, DIGEST_SHA256, tbs,
		       made->not_before, &kind),
	    ERR_OK, what);
}

static void
check_row(const struct recorded *row)
{
	struct openssl_lab lab = lab_of_row(row);
	struct csr *csr = request_of(row);
	struct certificate *made = certificate_of(row);
	struct buf tbs = compose(&lab, csr, made), hex = { 0 }, want = { 0 };

	if (!bytes_equal(buf_bytes(&tbs), made->outer.signed_part)) {
		hex_append(&hex, buf_bytes(&tbs));
		hex_append(&want, made->outer.signed_part);
		fail_msg("%s: got\n%s, want\n%s", row->name, buf_string(&hex),
		    buf_string(&want));
	}
	check_guard(&lab, buf_bytes(&tbs), made, row->name);
	buf_clear(&tbs);
	certificate_free(made);
	csr_free(csr);
	lab_clear(&lab);
}

static void
certificates_are_those_that_openssl_makes(void **state)
{
	static const struct recorded rows[] = {
		{ "usr_cert", "router", false, NULL },
		{ "v3_req", "router", false, NULL },
		{ "usr_cert_no_ski", "router", false,
		    CA_FOLDER "ca-no-ski.pem" },
		{ "client", "router", false, NULL },
		{ "server", "router", false, NULL },
		{ "email_type", "router", false, NULL },
		{ "names", "router", false, NULL },
		{ "other_names", "router", false, NULL },
		{ "email_copy", "router", false, NULL },
		{ "email_move", "router", false, NULL },
		{ "no_email", "router", false, NULL },
		{ "two_emails", "emails", false, NULL },
		{ "policies", "router", false, NULL },
		{ "locations", "router", false, NULL },
		{ "points", "router", false, NULL },
		{ "netscape", "router", false, NULL },
		{ "generic", "router", false, NULL },
		{ "purposes", "router", false, NULL },
		{ "copy", "asks", false, NULL },
		{ "copy_some", "asks", false, NULL },
		{ "preserve", "emails", true, NULL },
		{ "preserve_no_email", "multivalued", true, NULL },
		{ "multivalued", "multivalued", false, NULL },
		{ "twice", "twice", false, NULL },
		{ "dropped", "router", false, NULL },
		{ "oids", "types", false, NULL },
		{ "utf8", "utf8", false, NULL },
		{ "t61", "t61", false, NULL },
		{ "bmp", "bmp", false, NULL },
		{ "more", "router-rsa", false, NULL },
		{ "no_subject", "router", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

static void
requests_that_openssl_refuses_are_refused(void **state)
{
	static const struct {
		struct recorded row;
		const char *detail;
	} rows[] = {
		{ { "refuses_missing", "nameless", false, NULL },
		    "commonName is missing" },
		{ { "refuses_other", "elsewhere", false, NULL },
		    "countryName differs from the CA's, or in its string "
		    "type" },
		{ { "refuses_type", "router-utf8", false, NULL },
		    "stateOrProvinceName differs from the CA's, or in its "
		    "string type" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_lab lab = lab_of_row(&rows[i].row);
		struct csr *csr = request_of(&rows[i].row);
		struct buf name = { 0 }, detail = { 0 };

		assert_int_equal(openssl_policy_apply(lab.policy, csr->subject,
				     &name, &detail),
		    ERR_CA_POLICY);
		assert_int_equal(name.size, 0);
		assert_string_equal(buf_string(&detail), rows[i].detail);
		buf_clear(&detail);
		csr_free(csr);
		lab_clear(&lab);
	}
}

/* Debian's file as it is installed. */
static void
what_a_distribution_ships_is_understood(void **state)
{
	const char *folder = getenv("TEST_VECTORS");
	char *path = xasprintf("%s/openssl/debian.cnf",
	    folder != NULL ? folder : "tests/vectors");
	struct openssl_lab lab = lab_of(path, CA_FOLDER "ca.pem");

	(void)state;
	if (openssl_settings_read(lab.conf, NULL, &lab.settings,
		lab.problems) != ERR_OK ||
	    lab_read_plan(&lab, lab.settings.x509_extensions->value) !=
		ERR_OK ||
	    lab_read_policy(&lab, lab.settings.section) != ERR_OK)
		fail_msg("%s", problems_text(lab.problems));
	openssl_settings_clear(&lab.settings);
	lab_clear(&lab);
	free(path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_are_those_that_openssl_makes),
		cmocka_unit_test(requests_that_openssl_refuses_are_refused),
		cmocka_unit_test(what_a_distribution_ships_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
