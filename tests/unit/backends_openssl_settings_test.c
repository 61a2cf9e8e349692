/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_settings.h"

#include "tests/unit/backends_openssl.h"

#define DAY 86400

/* A CA that has all that it needs; settings are added behind it. */
#define CA \
	"[ ca ]\n" \
	"default_ca = CA_default\n" \
	"[ policy ]\n" \
	"commonName = supplied\n" \
	"[ extensions ]\n" \
	"basicConstraints = CA:FALSE\n" \
	"[ CA_default ]\n" \
	"dir = ./demoCA\n" \
	"certificate = $dir/cacert.pem\n" \
	"private_key = $dir/private/cakey.pem\n" \
	"database = $dir/index.txt\n" \
	"new_certs_dir = $dir/newcerts\n" \
	"serial = $dir/serial\n" \
	"default_days = 365\n" \
	"policy = policy\n" \
	"x509_extensions = extensions\n"

/* What a test looks at: closed by close_ca. */
struct ca {
	struct openssl_conf *conf;
	struct openssl_settings settings;
};

static void
open_ca(struct ca *ca, const char *text)
{
	struct problems *problems = problems_new();
	enum err err;

	ca->conf = openssl_open_text(text);
	err = openssl_settings_read(ca->conf, NULL, &ca->settings, problems);
	assert_string_equal(problems_text(problems), "");
	assert_int_equal(err, ERR_OK);
	problems_free(problems);
}

static void
close_ca(struct ca *ca)
{
	openssl_settings_clear(&ca->settings);
	openssl_conf_free(ca->conf);
}

/* The CA with these lines in its section. */
static void
open_with(struct ca *ca, const char *lines)
{
	char *text = xasprintf("%s%s", CA, lines);

	open_ca(ca, text);
	free(text);
}

static void
what_is_not_set_is_as_in_openssl(void **state)
{
	struct ca ca;

	(void)state;
	open_with(&ca, "");
	assert_string_equal(ca.settings.section, "CA_default");
	assert_string_equal(ca.settings.certificate, "demoCA/cacert.pem");
	assert_string_equal(ca.settings.private_key,
	    "demoCA/private/cakey.pem");
	assert_string_equal(ca.settings.database, "demoCA/index.txt");
	assert_string_equal(ca.settings.new_certs_dir, "demoCA/newcerts");
	assert_string_equal(ca.settings.serial, "demoCA/serial");
	assert_null(ca.settings.crlnumber);
	assert_int_equal(ca.settings.start, 0);
	assert_int_equal(ca.settings.end, 0);
	assert_int_equal(ca.settings.days, 365);
	assert_true(ca.settings.default_digest);
	assert_string_equal(ca.settings.policy->value, "policy");
	assert_string_equal(ca.settings.x509_extensions->value, "extensions");
	assert_null(ca.settings.crl_extensions);
	assert_false(ca.settings.copy_extensions);
	assert_true(ca.settings.unique_subject);
	assert_true(ca.settings.email_in_dn);
	assert_false(ca.settings.preserve);
	assert_false(ca.settings.msie_hack);
	assert_int_equal(ca.settings.crl_life, 0);
	assert_int_equal(ca.settings.string_mask, OPENSSL_MASK_DEFAULT);
	assert_false(ca.settings.utf8);
	assert_null(ca.settings.oids);
	close_ca(&ca);
}

static void
what_is_set_is_read(void **state)
{
	struct ca ca;

	(void)state;
	open_with(&ca,
	    "default_startdate = 261201000000Z\n"
	    "default_enddate = 20500101000000Z\n"
	    "crlnumber = $dir/crlnumber\n"
	    "crl_extensions = crl\n"
	    "default_crl_days = 7\n"
	    "default_crl_hours = 12\n"
	    "copy_extensions = Copy\n"
	    "utf8 = yes\n"
	    "[ crl ]\n");
	assert_int_equal(ca.settings.start, 1796083200);
	assert_int_equal(ca.settings.end, 2524608000);
	assert_string_equal(ca.settings.crlnumber, "demoCA/crlnumber");
	assert_string_equal(ca.settings.crl_extensions->value, "crl");
	assert_int_equal(ca.settings.crl_life, 7 * DAY + DAY / 2);
	assert_true(ca.settings.copy_extensions);
	assert_true(ca.settings.utf8);
	close_ca(&ca);
}

static void
a_setting_of_the_default_section_counts_too(void **state)
{
	struct openssl_settings settings = { 0 };
	struct problems *problems = problems_new();
	struct openssl_conf *conf = openssl_open_text("default_md = sha384\n" CA
						      "[ other ]\n");

	(void)state;
	assert_int_equal(openssl_settings_read(conf, NULL, &settings, problems),
	    ERR_OK);
	assert_false(settings.default_digest);
	assert_int_equal(settings.digest, DIGEST_SHA384);
	openssl_settings_clear(&settings);
	openssl_conf_free(conf);
	problems_free(problems);
}

static void
a_section_can_be_asked_for(void **state)
{
	struct openssl_settings settings = { 0 };
	struct problems *problems = problems_new();
	struct openssl_conf *conf = openssl_open_text(CA
	    "[ ca ]\ndefault_ca = other\n[ other ]\n");

	(void)state;
	assert_int_equal(openssl_settings_read(conf, "CA_default", &settings,
			     problems),
	    ERR_OK);
	assert_string_equal(settings.section, "CA_default");
	openssl_settings_clear(&settings);
	openssl_conf_free(conf);
	problems_free(problems);
}

static void
digests_have_the_names_that_openssl_has_for_them(void **state)
{
	static const struct {
		const char *line;
		enum digest digest;
	} rows[] = {
		{ "default_md = sha1\n", DIGEST_SHA1 },
		{ "default_md = SHA224\n", DIGEST_SHA224 },
		{ "default_md = sha256\n", DIGEST_SHA256 },
		{ "default_md = SHA-256\n", DIGEST_SHA256 },
		{ "default_md = sha2-384\n", DIGEST_SHA384 },
		{ "default_md = Sha512\n", DIGEST_SHA512 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ca ca;

		open_with(&ca, rows[i].line);
		assert_false(ca.settings.default_digest);
		assert_int_equal(ca.settings.digest, rows[i].digest);
		close_ca(&ca);
	}
}

/* All switches, as letters: unique, email, preserve, msie. */
static void
switches_are_told_by_their_first_letter_and_place(void **state)
{
	static const struct {
		const char *lines;
		const char *on;
	} rows[] = {
		{ "", "ue" },
		{ "unique_subject = no\n", "e" },
		{ "unique_subject = False\n", "e" },
		{ "unique_subject = 0\n", "e" },
		{ "unique_subject = yes\n", "ue" },
		{ "unique_subject = perhaps\n", "ue" },
		{ "unique_subject =\n", "ue" },
		{ "email_in_dn = no\n", "u" },
		{ "email_in_dn = 0\n", "ue" },
		{ "preserve = yes\nmsie_hack = yes\n", "ue" },
		{ "[ ca ]\npreserve = yes\n", "uep" },
		{ "[ ca ]\nmsie_hack = Y\n", "uem" },
		{ "[ ca ]\npreserve = 1\n", "ue" },
		{ "[ default ]\npreserve = yes\n", "uep" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ca ca;
		char on[5] = "", *end = on;

		open_with(&ca, rows[i].lines);
		if (ca.settings.unique_subject)
			*end++ = 'u';
		if (ca.settings.email_in_dn)
			*end++ = 'e';
		if (ca.settings.preserve)
			*end++ = 'p';
		if (ca.settings.msie_hack)
			*end++ = 'm';
		assert_string_equal(on, rows[i].on);
		close_ca(&ca);
	}
}

static void
other_choices_are_read(void **state)
{
	static const struct {
		const char *lines;
		const char *serial;
		const char *key;
		enum openssl_string_mask mask;
	} rows[] = {
		{ "rand_serial = yes\n", NULL, "demoCA/private/cakey.pem",
		    OPENSSL_MASK_DEFAULT },
		{ "rand_serial = no\nstring_mask = utf8only\n", NULL,
		    "demoCA/private/cakey.pem", OPENSSL_MASK_UTF8ONLY },
		{ "private_key = pkcs11:object=ca\nstring_mask = pkix\n",
		    "demoCA/serial", "pkcs11:object=ca", OPENSSL_MASK_PKIX },
		{ "string_mask = MASK:0x2002\nserial = /srv/serial\n",
		    "/srv/serial", "demoCA/private/cakey.pem",
		    OPENSSL_MASK_NUMBER },
		{ "string_mask = nombstr\nprivate_key = ./a:b\n",
		    "demoCA/serial", "a:b", OPENSSL_MASK_NOMBSTR },
		{ "string_mask = default\ncopy_extensions = NONE\n"
		  "default_startdate = today\n",
		    "demoCA/serial", "demoCA/private/cakey.pem",
		    OPENSSL_MASK_DEFAULT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ca ca;

		open_with(&ca, rows[i].lines);
		if (rows[i].serial == NULL)
			assert_null(ca.settings.serial);
		else
			assert_string_equal(ca.settings.serial, rows[i].serial);
		assert_string_equal(ca.settings.private_key, rows[i].key);
		assert_int_equal(ca.settings.string_mask, rows[i].mask);
		assert_false(ca.settings.copy_extensions);
		close_ca(&ca);
	}
}

static void
names_for_oids_are_found(void **state)
{
	static const struct {
		const char *name;
		const char *dotted; /* NULL: it is none */
	} rows[] = {
		{ "short", "1.2.3" },
		{ "other", "1.2.4" },
		{ "A Long, Name", "1.2.4" },
		{ "Other", NULL },
		{ "1.2.3", NULL },
		{ "", NULL },
	};
	struct ca ca;
	struct bytes dotted;

	(void)state;
	open_with(&ca,
	    "[ default ]\noid_section = oids\n[ oids ]\n"
	    "short = 1.2.3\nother = A Long, Name ,  1.2.4\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool found = openssl_settings_oid(&ca.settings, rows[i].name,
		    &dotted);

		assert_int_equal(found, rows[i].dotted != NULL);
		if (found)
			assert_same_bytes(dotted,
			    bytes_of_string(rows[i].dotted));
	}
	close_ca(&ca);
	open_with(&ca, "");
	assert_false(openssl_settings_oid(&ca.settings, "short", &dotted));
	close_ca(&ca);
}

/* The text of a configuration, read with this section. */
static void
assert_refused(const char *text, const char *section, const char *findings)
{
	struct openssl_settings settings = { .days = 77 };
	struct problems *problems = problems_new();
	struct openssl_conf *conf = openssl_open_text(text);

	assert_int_equal(openssl_settings_read(conf, section, &settings,
			     problems),
	    ERR_CONFIGURATION);
	assert_int_equal(settings.days, 77);
	assert_string_equal(problems_text(problems), findings);
	openssl_conf_free(conf);
	problems_free(problems);
}

#define SIGNED_BY_OPENSSL "or have openssl sign (method = \"openssl\")"
#define NO_NUMBER "is a number from 0 to 1000000, and not "
#define NO_TIME "is a time as YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, and not "
#define LOADED \
	"which may keep the CA's key where scepd can't use it; have openssl " \
	"sign (method = \"openssl\"), or give scepd a file without this line\n"

/* Line 17 is the first that is added to the CA. */
static void
settings_are_refused_with_place_and_remedy(void **state)
{
	static const struct {
		const char *lines;
		const char *findings;
	} rows[] = {
		{ "default_md = md5\n",
		    "error: a.cnf:17: \"default_md\" is \"md5\", which scepd "
		    "signs no certificates with; take sha256, sha384, sha512 "
		    "or default, " SIGNED_BY_OPENSSL "\n" },
		{ "default_md = RSA-SHA256\n",
		    "error: a.cnf:17: \"default_md\" is \"RSA-SHA256\", which "
		    "scepd signs no certificates with; take sha256, sha384, "
		    "sha512 or default, " SIGNED_BY_OPENSSL "\n" },
		{ "copy_extensions = copyall\n",
		    "error: a.cnf:17: copy_extensions = copyall lets a request "
		    "replace what x509_extensions says, so that anybody could "
		    "become a CA (CA:TRUE); set it to copy or none, or give "
		    "scepd a section of its own\n" },
		{ "copy_extensions = all\n",
		    "error: a.cnf:17: \"copy_extensions\" is none or copy, and "
		    "not \"all\"\n" },
		{ "default_days = 12 months\n",
		    "error: a.cnf:17: \"default_days\" " NO_NUMBER
		    "\"12 months\"\n" },
		{ "default_days = 1000001\n",
		    "error: a.cnf:17: \"default_days\" " NO_NUMBER
		    "\"1000001\"\n" },
		{ "default_days = 99999999999999999999\n",
		    "error: a.cnf:17: \"default_days\" " NO_NUMBER
		    "\"99999999999999999999\"\n" },
		{ "default_days = 0\n",
		    "error: a.cnf:7: the section \"CA_default\" has no "
		    "\"default_days\" above 0; say how many days certificates "
		    "are valid\n" },
		{ "default_crl_days = -1\n",
		    "error: a.cnf:17: \"default_crl_days\" " NO_NUMBER
		    "\"-1\"\n" },
		{ "default_crl_hours =\n",
		    "error: a.cnf:17: \"default_crl_hours\" " NO_NUMBER
		    "\"\"\n" },
		{ "default_enddate = today\n",
		    "error: a.cnf:17: \"default_enddate\" " NO_TIME
		    "\"today\"\n" },
		{ "default_startdate = 20261301000000Z\n",
		    "error: a.cnf:17: \"default_startdate\" " NO_TIME
		    "\"20261301000000Z\"\n" },
		{ "default_startdate = 20261201000000.000000000Z\n",
		    "error: a.cnf:17: \"default_startdate\" " NO_TIME
		    "\"20261201000000.000000000Z\"\n" },
		{ "policy = nosuch\n",
		    "error: a.cnf:17: \"policy\" names the section \"nosuch\", "
		    "which is not there\n" },
		{ "crl_extensions = nosuch\n",
		    "error: a.cnf:17: \"crl_extensions\" names the section "
		    "\"nosuch\", which is not there\n" },
		{ "x509_extensions =\n",
		    "error: a.cnf:17: \"x509_extensions\" has no value\n" },
		{ "string_mask = utf8\n",
		    "error: a.cnf:17: \"string_mask\" is utf8only, pkix, "
		    "nombstr or default, and not \"utf8\"\n" },
		{ "private_key = org.openssl.engine:pkcs11:ca\n",
		    "error: a.cnf:17: \"private_key\" names a key by "
		    "\"org.openssl.engine:\", which scepd does not know; name "
		    "a file or a pkcs11: URL, " SIGNED_BY_OPENSSL "\n" },
		{ "[ default ]\noid_file = .oid\n",
		    "error: a.cnf:18: scepd reads no \"oid_file\"; write its "
		    "lines into a section, as NAME = NUMBER, and name that by "
		    "oid_section, " SIGNED_BY_OPENSSL "\n" },
		{ "[ default ]\noid_section = nosuch\n",
		    "error: a.cnf:18: \"oid_section\" names the section "
		    "\"nosuch\", which is not there\n" },
		{ "[ default ]\nopenssl_conf = init\n[ init ]\n"
		  "engines = e\n[ e ]\npkcs11 = p\n",
		    "error: a.cnf:22: this loads \"pkcs11\" into "
		    "OpenSSL, " LOADED },
		{ "[ default ]\nopenssl_conf = init\n[ init ]\n"
		  "providers = p\n[ p ]\ndefault = d\ntpm2 = t\n",
		    "error: a.cnf:23: this loads \"tpm2\" into "
		    "OpenSSL, " LOADED },
		{ "[ default ]\nopenssl_conf = init\n[ init ]\n"
		  "providers = p\nssl_conf = s\n[ p ]\ndefault = d\n"
		  "legacy = l\n[ CA_default ]\nutf8 = yes\nserial =\n",
		    "error: a.cnf:27: \"serial\" has no value\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = xasprintf("%s%s", CA, rows[i].lines);

		assert_refused(text, NULL, rows[i].findings);
		free(text);
	}
}

#define MISSING "error: a.cnf:1: the section \"s\" has no "

static void
what_is_missing_is_told_all_at_once(void **state)
{
	(void)state;
	assert_refused("[ s ]\n", "s",
	    MISSING
	    "\"certificate\"; name the file of the CA's certificate\n" MISSING
	    "\"database\"; name the list of certificates, as in "
	    "database = $dir/index.txt\n" MISSING
	    "\"new_certs_dir\"; name the folder for new certificates, "
	    "as in new_certs_dir = $dir/newcerts\n" MISSING
	    "\"private_key\"; name the file of the CA's key\n" MISSING
	    "\"serial\"; set rand_serial = yes, or name the file of "
	    "the next number\n" MISSING
	    "\"policy\"; name the section that says what a subject may "
	    "have\n" MISSING
	    "\"x509_extensions\": certificates would be of version 1, "
	    "without any extension, and taken for a CA's by some; name "
	    "a section with basicConstraints = CA:FALSE in it\n" MISSING
	    "\"default_days\" above 0; say how many days certificates "
	    "are valid\n");
}

static void
a_ca_that_is_nowhere_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *section;
		const char *findings;
	} rows[] = {
		{ "[ s ]\n", NULL,
		    "error: a.cnf: nothing names the section of the CA: set "
		    "default_ca in [ca] there, or the setting section of "
		    "scepd\n" },
		{ "[ ca ]\ndefault_ca = nosuch\n", NULL,
		    "error: a.cnf:2: \"default_ca\" names the section "
		    "\"nosuch\", which is not there\n" },
		{ "[ ca ]\ndefault_ca = ca\n", "nosuch",
		    "error: a.cnf: there is no section \"nosuch\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(rows[i].text, rows[i].section, rows[i].findings);
}

/* A recorded configuration as it is delivered, in a directory. */
static void
open_stock(struct ca *ca, const char *name, const char *directory)
{
	struct problems *problems = problems_new();
	char *path = openssl_vector(name);

	set_easy_rsa_variables();
	ca->conf = openssl_open(path, directory);
	assert_int_equal(openssl_settings_read(ca->conf, NULL, &ca->settings,
			     problems),
	    ERR_OK);
	assert_string_equal(problems_text(problems), "");
	problems_free(problems);
	free(path);
}

static void
the_configuration_of_debian_and_of_ca_pl_is_read(void **state)
{
	struct ca ca;

	(void)state;
	open_stock(&ca, "debian.cnf", "/srv/ca");
	assert_string_equal(ca.settings.certificate,
	    "/srv/ca/demoCA/cacert.pem");
	assert_string_equal(ca.settings.private_key,
	    "/srv/ca/demoCA/private/cakey.pem");
	assert_string_equal(ca.settings.database, "/srv/ca/demoCA/index.txt");
	assert_string_equal(ca.settings.new_certs_dir,
	    "/srv/ca/demoCA/newcerts");
	assert_string_equal(ca.settings.serial, "/srv/ca/demoCA/serial");
	assert_string_equal(ca.settings.crlnumber, "/srv/ca/demoCA/crlnumber");
	assert_int_equal(ca.settings.days, 365);
	assert_true(ca.settings.default_digest);
	assert_int_equal(ca.settings.crl_life, 30 * DAY);
	assert_string_equal(ca.settings.policy->value, "policy_match");
	assert_string_equal(ca.settings.x509_extensions->value, "usr_cert");
	assert_null(ca.settings.crl_extensions);
	assert_true(ca.settings.unique_subject);
	assert_non_null(ca.settings.oids);
	close_ca(&ca);
}

static void
the_configuration_of_easy_rsa_is_read(void **state)
{
	struct ca ca;

	(void)state;
	open_stock(&ca, "easy-rsa.cnf", NULL);
	assert_string_equal(ca.settings.certificate, "/srv/pki/ca.crt");
	assert_string_equal(ca.settings.private_key, "/srv/pki/private/ca.key");
	assert_string_equal(ca.settings.database, "/srv/pki/index.txt");
	assert_string_equal(ca.settings.new_certs_dir,
	    "/srv/pki/certs_by_serial");
	assert_string_equal(ca.settings.serial, "/srv/pki/serial");
	assert_null(ca.settings.crlnumber);
	assert_int_equal(ca.settings.days, 825);
	assert_false(ca.settings.default_digest);
	assert_int_equal(ca.settings.digest, DIGEST_SHA256);
	assert_int_equal(ca.settings.crl_life, 180 * DAY);
	assert_string_equal(ca.settings.policy->value, "policy_anything");
	assert_string_equal(ca.settings.x509_extensions->value, "basic_exts");
	assert_string_equal(ca.settings.crl_extensions->value, "crl_ext");
	assert_false(ca.settings.unique_subject);
	close_ca(&ca);
}

static void
settings_of_zeroes_may_be_cleared(void **state)
{
	struct openssl_settings settings = { 0 };

	(void)state;
	openssl_settings_clear(&settings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_is_not_set_is_as_in_openssl),
		CONF_TEST(what_is_set_is_read),
		CONF_TEST(a_setting_of_the_default_section_counts_too),
		CONF_TEST(a_section_can_be_asked_for),
		CONF_TEST(digests_have_the_names_that_openssl_has_for_them),
		CONF_TEST(switches_are_told_by_their_first_letter_and_place),
		CONF_TEST(other_choices_are_read),
		CONF_TEST(names_for_oids_are_found),
		CONF_TEST(settings_are_refused_with_place_and_remedy),
		CONF_TEST(what_is_missing_is_told_all_at_once),
		CONF_TEST(a_ca_that_is_nowhere_is_refused),
		CONF_TEST(the_configuration_of_debian_and_of_ca_pl_is_read),
		CONF_TEST(the_configuration_of_easy_rsa_is_read),
		cmocka_unit_test(settings_of_zeroes_may_be_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
