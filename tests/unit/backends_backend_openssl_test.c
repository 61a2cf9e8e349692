/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "store/store.h"
#include "tests/unit/backends_leave.h"
#include "tests/unit/backends_openssl_index.h"

/* A CA that is a directory of `openssl ca`: how it is opened, what it issues,
 * and what it and the store learn from each other. */

#define DIRECTORY_CA "backend = \"openssl\"; config = \"openssl.cnf\";"

#define CA_LINES \
	"[ca]\ndefault_ca = here\n[here]\n" \
	"certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n" \
	"new_certs_dir = newcerts\nserial = serial\ndefault_days = 20\n" \
	"default_md = sha256\nunique_subject = no\n"
#define POLICY_LINES \
	"[any]\ncommonName = supplied\norganizationName = optional\n"
#define DEVICE_LINES \
	"[device]\nbasicConstraints = CA:FALSE\nkeyUsage = digitalSignature\n" \
	"extendedKeyUsage = emailProtection\n"
#define WHOLE \
	CA_LINES "policy = any\nx509_extensions = device\n" POLICY_LINES \
	    DEVICE_LINES

/* In a new folder, each time. */
static void
put_directory(const char *conf, const char *index)
{
	put("openssl.cnf", conf);
	put("index.txt", index);
	if (mkdir("newcerts", 0700) != 0)
		assert_int_equal(errno, EEXIST);
}

static struct backend *
open_directory(void)
{
	put_directory(WHOLE, "");
	return backend_of(DIRECTORY_CA);
}

/* What is issued */

static struct buf
prepared_by(const struct backend *backend, const struct leave *leave)
{
	struct backend_prepared prepared = { 0 };

	assert_int_equal(backend_prepare(backend, leave->verdict.authorisation,
			     NOW, &prepared),
	    ERR_OK);
	assert_int_equal(prepared.detail.size, 0);
	return prepared.tbs;
}

static struct buf
signed_by(const struct backend *backend, struct bytes tbs)
{
	struct buf der = { 0 };

	assert_int_equal(backend_sign(backend, tbs, &der), ERR_OK);
	return der;
}

static void
certificates_say_what_the_configuration_of_openssl_says(void **state)
{
	struct backend *backend = open_directory();
	struct leave leave = leave_for("days = 5;", (struct wanted){ 0 });
	struct buf tbs = prepared_by(backend, &leave);
	struct buf der = signed_by(backend, buf_bytes(&tbs));
	struct certificate *certificate = NULL;

	(void)state;
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	assert_int_equal(signed_object_verify(gnutls(), &certificate->outer,
			     backend_certificate(backend)->spki),
	    ERR_OK);
	assert_int_equal(extensions_key_usage(certificate->extensions),
	    KEY_USAGE_DIGITAL_SIGNATURE);
	assert_true(certificate->not_after <= NOW + 20 * DAY);
	assert_true(certificate->not_after > NOW + 5 * DAY ||
	    certificate->not_after == backend_certificate(backend)->not_after);
	assert_true(backend_has_sign_rule(backend));
	assert_may_be_signed(backend, leave.policy.profiles.items,
	    buf_bytes(&tbs));
	certificate_free(certificate);
	buf_clear(&der);
	buf_clear(&tbs);
	leave_clear(&leave);
	backend_close(backend);
}

static void
what_the_policy_of_the_ca_refuses_is_told(void **state)
{
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct backend_prepared prepared = { 0 };
	struct backend *backend;

	(void)state;
	put_directory(CA_LINES
	    "policy = strict\nx509_extensions = device\n"
	    "[strict]\nlocalityName = supplied\n" DEVICE_LINES,
	    "");
	backend = backend_of(DIRECTORY_CA);
	assert_int_equal(backend_prepare(backend, leave.verdict.authorisation,
			     NOW, &prepared),
	    ERR_CA_POLICY);
	assert_string_equal(buf_string(&prepared.detail),
	    "localityName is missing");
	assert_int_equal(prepared.tbs.size, 0);
	buf_clear(&prepared.detail);
	leave_clear(&leave);
	backend_close(backend);
}

/* How it is opened */

static void
what_would_harm_somebody_later_is_refused_at_the_start(void **state)
{
	static const struct {
		const char *conf;
		const char *index;
		const char *finding;
	} rows[] = {
		{ CA_LINES "policy = any\n" POLICY_LINES DEVICE_LINES, "",
		    "x509_extensions" },
		{ WHOLE "[here]\ncopy_extensions = copyall\n", "",
		    "copy_extensions" },
		{ WHOLE "[device]\nsbgp-ipAddrBlock = IPv4:10/8\n", "",
		    "sbgp-ipAddrBlock" },
		{ WHOLE "[device]\nbasicConstraints = CA:TRUE\n", "",
		    "CA:TRUE" },
		{ WHOLE, "V\tno row\n", "index.txt:1: " },
		{ WHOLE "[here]\ndatabase = none.txt\n", "", "none.txt" },
		{ WHOLE "[here]\ncertificate = none.pem\n", "", "none.pem" },
		{ WHOLE "[here", "", "openssl.cnf:" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		struct conf *conf;

		put_directory(rows[i].conf, rows[i].index);
		assert_err(open_with(DIRECTORY_CA, &conf, &backend, problems),
		    ERR_CONFIGURATION, rows[i].finding);
		if (strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%zu: %s", i, problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

/* A name that stays taken is no name for a renewal. */
static void
renewals_need_names_that_may_be_twice_or_that_are_given_up(void **state)
{
	static const struct {
		const char *attr;
		bool revokes;
		enum err err;
	} rows[] = {
		{ "unique_subject = no\n", false, ERR_OK },
		{ "unique_subject = no\n", true, ERR_OK },
		{ "unique_subject = yes\n", false, ERR_CONFIGURATION },
		{ "unique_subject = yes\n", true, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct backend *backend;

		put("index.txt.attr", rows[i].attr);
		backend = open_directory();
		assert_int_equal(backend_check_renewal(backend, rows[i].revokes,
				     problems),
		    rows[i].err);
		assert_int_equal(problems_count(problems, PROBLEM_ERROR),
		    rows[i].err != ERR_OK);
		if (rows[i].err != ERR_OK) {
			assert_non_null(strstr(problems_text(problems),
			    "put the line \"unique_subject = no\" into"));
			assert_non_null(strstr(problems_text(problems),
			    "renew = { revoke = true; }"));
		}
		problems_free(problems);
		backend_close(backend);
	}
}

/* OpenSSL would refuse the whole index. */
static void
a_name_that_is_there_twice_is_found_where_names_are_unique(void **state)
{
	static const char twice[] = "V\t271121000000Z\t\t01\tunknown\t/CN=a\n"
				    "V\t271121000000Z\t\t02\tunknown\t/CN=a\n";
	struct problems *problems = problems_new();
	struct backend *backend = NULL;
	struct conf *conf;

	(void)state;
	put_directory(WHOLE "[here]\nunique_subject = yes\n", twice);
	assert_int_equal(open_with(DIRECTORY_CA, &conf, &backend, problems),
	    ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(problems), "index.txt:2: "));
	problems_free(problems);
	conf_free(conf);
	put_directory(WHOLE, twice);
	backend_close(backend_of(DIRECTORY_CA));
}

static void
crls_last_as_long_as_the_configuration_of_openssl_says(void **state)
{
	static const struct {
		const char *lines; /* of openssl.cnf */
		const char *crl;
		int64_t life;
	} rows[] = {
		{ "", "", 7 * DAY },
		{ "default_crl_days = 30", "", 30 * DAY },
		{ "default_crl_hours = 12", "", DAY / 2 },
		{ "default_crl_days = 1\ndefault_crl_hours = 12", "",
		    3 * DAY / 2 },
		{ "default_crl_days = 1000", "", 1000 * DAY },
		{ "default_crl_days = 0", "", 7 * DAY },
		{ "default_crl_days = 30", "life = \"1d\";", DAY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *conf = xasprintf(WHOLE "[here]\n%s\n", rows[i].lines);
		char *settings = xasprintf(DIRECTORY_CA " crl = { %s };",
		    rows[i].crl);
		struct backend *backend;

		put_directory(conf, "");
		backend = backend_of(settings);
		assert_int_equal(backend_crl(backend)->life, rows[i].life);
		backend_close(backend);
		free(settings);
		free(conf);
	}
}

/* The CRL that the CA makes, which its key's process must be ready to sign. */
static void
assert_crl(const struct backend *backend, const char *extensions)
{
	const struct crl_order order = { .number = 7,
		.this_update = NOW,
		.next_update = NOW + DAY };
	const struct certificate *ca = backend_certificate(backend);
	const struct key *key = backend_key(backend);
	struct sign_rule rule = { .issuer = ca->subject };
	struct sign_guard guard = { .scheme = key_scheme(key),
		.digest = key_digest(key),
		.kinds = SIGN_CRL,
		.rules = &rule,
		.rule_count = 1 };
	struct buf key_id = { 0 }, der = { 0 }, want;
	struct crl *crl = NULL;
	enum sign_kind kind;

	assert_int_equal(certificate_key_id(gnutls(), ca, &key_id), ERR_OK);
	rule.authority_key_id = buf_bytes(&key_id);
	backend_sign_rule(backend, &rule);
	assert_int_equal(backend_make_crl(backend, &order, &der), ERR_OK);
	assert_int_equal(crl_read(buf_bytes(&der), &crl), ERR_OK);
	assert_int_equal(sign_guard_check(&guard, guard.digest,
			     crl->outer.signed_part, NOW, &kind),
	    ERR_OK);
	want = asn1_of(extensions, &rule.authority_key_id);
	assert_same_bytes(bytes_from(crl->outer.signed_part,
			      crl->outer.signed_part.size - want.size),
	    buf_bytes(&want));
	crl_free(crl);
	buf_clear(&key_id);
	buf_clear(&der);
	buf_clear(&want);
}

#define KEY_ID_AND_NUMBER \
	"30{06{551d23} 04{30{80{$0}}}} 30{06{551d14} 04{020107}}"

static void
crls_have_in_them_what_the_configuration_of_openssl_says(void **state)
{
	static const struct {
		const char *lines;
		const char *extensions;
	} rows[] = {
		{ "", "a0{30{" KEY_ID_AND_NUMBER "}}" },
		{ "crl_extensions = list\n[list]\n",
		    "a0{30{" KEY_ID_AND_NUMBER "}}" },
		{ "crl_extensions = list\n[list]\n"
		  "issuerAltName = DNS:a\nauthorityKeyIdentifier = keyid",
		    "a0{30{30{06{551d12} 04{30{82{'a'}}}}" KEY_ID_AND_NUMBER
		    "}}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *conf = xasprintf(WHOLE "[here]\n%s\n", rows[i].lines);
		struct backend *backend;

		put_directory(conf, "");
		backend = backend_of(DIRECTORY_CA " crl = {};");
		assert_crl(backend, rows[i].extensions);
		backend_close(backend);
		free(conf);
	}
}

static void
what_crls_can_not_have_is_refused_where_they_are_made_here(void **state)
{
	static const struct {
		const char *crl;
		bool taken;
	} rows[] = {
		{ "", true },
		{ "crl = { file = \"ca.crl\"; };", true },
		{ "crl = {};", false },
	};

	(void)state;
	put_directory(WHOLE "[here]\ncrl_extensions = list\n"
			    "[list]\nfreshestCRL = URI:http://a/\n",
	    "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		char *settings = xasprintf(DIRECTORY_CA " %s", rows[i].crl);
		struct backend *backend = NULL;
		struct conf *conf;

		assert_err(open_with(settings, &conf, &backend, problems),
		    rows[i].taken ? ERR_OK : ERR_CONFIGURATION, settings);
		assert_int_equal(
		    strstr(problems_text(problems),
			"freshestCRL: \"URI:http://a/\" is something") == NULL,
		    rows[i].taken);
		backend_close(backend);
		problems_free(problems);
		conf_free(conf);
		free(settings);
	}
}

#define NUMBERED WHOLE "[here]\ncrlnumber = crlnumber\n"

static void
assert_number(const struct backend *backend, int64_t last, int64_t expected)
{
	int64_t number = 0;

	assert_int_equal(backend_take_crl_number(backend, last, NOW, &number),
	    ERR_OK);
	assert_int_equal(number, expected);
}

static void
crls_have_the_numbers_that_the_configuration_of_openssl_says(void **state)
{
	struct backend *backend;
	int64_t number = 7;

	(void)state;
	put_directory(NUMBERED, "");
	put("crlnumber", "1000\n");
	backend = backend_of(DIRECTORY_CA " crl = {};");
	assert_number(backend, 0, 0x1000);
	assert_number(backend, 0x1000, 0x1001);
	assert_number(backend, 0x2000, 0x2001);
	assert_text("crlnumber", "2002\n");
	assert_int_equal(unlink("crlnumber"), 0);
	assert_int_equal(backend_take_crl_number(backend, 0, NOW, &number),
	    ERR_INDEX);
	assert_int_equal(number, 7);
	backend_close(backend);
}

static void
crls_that_nobody_counts_are_numbered_by_the_time(void **state)
{
	static const char *const settings[] = { DIRECTORY_CA " crl = {};",
		LAB_CA " crl = {};" };

	(void)state;
	put_directory(WHOLE, "");
	put("crlnumber", "1000\n");
	for (size_t i = 0; i < COUNT(settings); i++) {
		struct backend *backend = backend_of(settings[i]);

		assert_number(backend, 0, NOW);
		assert_number(backend, NOW - 1, NOW);
		assert_number(backend, NOW, NOW + 1);
		assert_number(backend, NOW + 5, NOW + 6);
		backend_close(backend);
	}
	assert_text("crlnumber", "1000\n");
}

static void
a_start_wants_the_number_of_crls_that_are_made_here(void **state)
{
	static const struct {
		const char *number; /* NULL: there is no file */
		const char *crl;
		const char *finding; /* NULL: it starts */
	} rows[] = {
		{ NULL, "", NULL },
		{ NULL, "crl = { file = \"ca.crl\"; };", NULL },
		{ NULL, "crl = {};", "as in: echo 01 > crlnumber" },
		{ "1\n", "crl = {};", "crlnumber: is not one number" },
		{ "010000000000000000\n", "crl = {};",
		    "crlnumber: the number of the next CRL is above" },
		{ "010000000000000000\n", "crl = { file = \"ca.crl\"; };",
		    NULL },
		{ "01\n", "crl = {};", NULL },
	};

	(void)state;
	put_directory(NUMBERED, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		char *settings = xasprintf(DIRECTORY_CA " %s", rows[i].crl);
		struct backend *backend = NULL;
		struct conf *conf;

		if (rows[i].number != NULL)
			put("crlnumber", rows[i].number);
		assert_err(open_with(settings, &conf, &backend, problems),
		    rows[i].finding == NULL ? ERR_OK : ERR_CONFIGURATION,
		    settings);
		if (rows[i].finding != NULL &&
		    strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		backend_close(backend);
		problems_free(problems);
		conf_free(conf);
		free(settings);
	}
	assert_text("crlnumber", "01\n");
}

static void
a_digest_other_than_what_signs_is_warned_of(void **state)
{
	struct problems *problems = problems_new();
	struct backend *backend = NULL;
	struct conf *conf;

	(void)state;
	put_directory(WHOLE "[here]\ndefault_md = sha512\n", "");
	assert_int_equal(open_with(DIRECTORY_CA, &conf, &backend, problems),
	    ERR_OK);
	assert_non_null(strstr(problems_text(problems),
	    "default_md is sha-512 there, but scepd signs with sha-256"));
	problems_free(problems);
	conf_free(conf);
	backend_close(backend);
}

/* Books */

/* A certificate that is about to be given away. */
struct issue {
	struct backend *backend;
	struct store *store;
	uint8_t authority[STORE_HASH_SIZE];
	uint8_t key[STORE_HASH_SIZE];
	struct buf tbs;
	struct buf der;
	struct buf name;                /* of its file in newcerts, and */
	struct buf serial;              /* as index.txt has its number */
	struct certificate certificate; /* views `tbs` */
};

static void
issue_begin(struct issue *issue)
{
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct transaction transaction = { 0 };
	struct transaction_order order = {
		.key = { "/scep", BYTES_LITERAL("id"),
		    BYTES_ARRAY(issue->key) },
		.request_hash = BYTES_ARRAY(issue->key),
		.request = BYTES_LITERAL("request"),
		.now = NOW,
	};

	issue->backend = open_directory();
	issue->store = store_new_memory();
	issue->tbs = prepared_by(issue->backend, &leave);
	issue->der = signed_by(issue->backend, buf_bytes(&issue->tbs));
	assert_int_equal(certificate_view_tbs(buf_bytes(&issue->tbs),
			     &issue->certificate),
	    ERR_OK);
	provider_digest(gnutls(), DIGEST_SHA256,
	    &backend_certificate(issue->backend)->spki, 1, issue->authority);
	order.subject = issue->certificate.subject;
	order.tbs = buf_bytes(&issue->tbs);
	order.certificate = (struct certificate_record){
		.authority = BYTES_ARRAY(issue->authority),
		.serial = serial_number(issue->certificate.serial),
		.subject = issue->certificate.subject,
		.key = BYTES_ARRAY(issue->key),
		.not_before = issue->certificate.not_before,
		.not_after = issue->certificate.not_after,
	};
	assert_int_equal(store_begin(issue->store, &order, &transaction),
	    ERR_OK);
	openssl_index_serial_append(&issue->serial, order.certificate.serial);
	buf_printf(&issue->name, "newcerts/%s.pem", buf_string(&issue->serial));
	transaction_clear(&transaction);
	leave_clear(&leave);
}

static void
issue_end(struct issue *issue)
{
	store_close(issue->store);
	backend_close(issue->backend);
	buf_clear(&issue->tbs);
	buf_clear(&issue->der);
	buf_clear(&issue->name);
	buf_clear(&issue->serial);
}

static void
assert_entered(struct issue *issue, struct bytes der, struct bytes expected)
{
	const struct backend_entry entry = { .certificate = der, .now = NOW };
	struct buf entered = { 0 };

	assert_int_equal(backend_enter(issue->backend, issue->store, &entry,
			     &entered),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&entered), expected);
	buf_clear(&entered);
}

/* How many rows of its number are in the index. */
static size_t
rows_of(struct issue *issue, char type)
{
	struct buf text = text_of("index.txt");
	size_t count = 0;

	for (char *line = text.size > 0 ? (char *)text.data : NULL, *next;
	     line != NULL && *line != '\0'; line = next) {
		next = strchr(line, '\n');
		*next++ = '\0';
		count += line[0] == type &&
		    strstr(line, buf_string(&issue->serial)) != NULL;
	}
	buf_clear(&text);
	return count;
}

static void
a_certificate_is_entered_once_however_often_it_is_asked_for(void **state)
{
	struct issue issue = { 0 };
	struct stored_certificate stored = { 0 };

	(void)state;
	issue_begin(&issue);
	assert_true(backend_has_books(issue.backend));
	for (size_t i = 0; i < 2; i++) {
		assert_entered(&issue, buf_bytes(&issue.der),
		    buf_bytes(&issue.der));
		assert_int_equal(rows_of(&issue, 'V'), 1);
		assert_int_equal(access(buf_string(&issue.name), R_OK), 0);
	}
	assert_int_equal(store_certificate_get(issue.store,
			     BYTES_ARRAY(issue.authority),
			     serial_number(issue.certificate.serial), &stored),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&stored.der), buf_bytes(&issue.der));
	stored_certificate_clear(&stored);
	issue_end(&issue);
}

static void
what_openssl_has_lost_is_put_back(void **state)
{
	struct issue issue = { 0 };

	(void)state;
	issue_begin(&issue);
	assert_entered(&issue, buf_bytes(&issue.der), buf_bytes(&issue.der));
	put("index.new", "V\t271121000000Z\t\t01\tunknown\t/CN=by hand\n");
	assert_int_equal(rename("index.new", "index.txt"), 0);
	assert_int_equal(rows_of(&issue, 'V'), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(backend_update_books(issue.backend,
				     issue.store, NOW),
		    ERR_OK);
		assert_int_equal(rows_of(&issue, 'V'), 1);
	}
	issue_end(&issue);
}

static void
what_openssl_has_revoked_is_revoked_in_the_store(void **state)
{
	struct issue issue = { 0 };
	struct stored_certificate stored = { 0 };
	struct buf row = { 0 };

	(void)state;
	issue_begin(&issue);
	assert_entered(&issue, buf_bytes(&issue.der), buf_bytes(&issue.der));
	buf_printf(&row,
	    "R\t271121000000Z\t261121000000Z,superseded\t%s\tunknown\t/CN=x\n",
	    buf_string(&issue.serial));
	put("index.txt", buf_string(&row));
	assert_int_equal(backend_update_books(issue.backend, issue.store, NOW),
	    ERR_OK);
	assert_int_equal(store_certificate_get(issue.store,
			     BYTES_ARRAY(issue.authority),
			     serial_number(issue.certificate.serial), &stored),
	    ERR_OK);
	assert_int_equal(stored.revoked_at, INT64_C(1795219200));
	assert_int_equal(stored.reason, 4);
	assert_int_equal(rows_of(&issue, 'R'), 1);
	assert_int_equal(rows_of(&issue, 'V'), 0);
	stored_certificate_clear(&stored);
	buf_clear(&row);
	issue_end(&issue);
}

/* An ECDSA signature made again is another one; that of this CA, RSA, is not,
 * so the last octet of it stands for that: newcerts is the CA's own. */
static void
the_certificate_that_is_in_newcerts_is_the_one_that_is_given_away(void **state)
{
	struct issue issue = { 0 };
	struct buf earlier = { 0 }, pem = { 0 };

	(void)state;
	issue_begin(&issue);
	buf_append(&earlier, buf_bytes(&issue.der));
	earlier.data[earlier.size - 1] ^= 1;
	pem_append(&pem, "CERTIFICATE", buf_bytes(&earlier));
	put(buf_string(&issue.name), buf_string(&pem));
	assert_entered(&issue, buf_bytes(&issue.der), buf_bytes(&earlier));
	assert_int_equal(rows_of(&issue, 'V'), 1);
	buf_clear(&earlier);
	buf_clear(&pem);
	issue_end(&issue);
}

static void
nothing_is_entered_that_the_ca_has_not_signed(void **state)
{
	struct issue issue = { 0 };
	struct backend_entry entry = { .now = NOW };
	struct buf entered = { 0 };

	(void)state;
	issue_begin(&issue);
	issue.der.data[issue.der.size - 1] ^= 1;
	entry.certificate = buf_bytes(&issue.der);
	assert_int_equal(backend_enter(issue.backend, issue.store, &entry,
			     &entered),
	    ERR_GUARD_ISSUER);
	entry.certificate = BYTES_LITERAL("no certificate");
	assert_int_equal(backend_enter(issue.backend, issue.store, &entry,
			     &entered),
	    ERR_CERTIFICATE_MALFORMED);
	entry.certificate = buf_bytes(&issue.der);
	issue.der.data[issue.der.size - 1] ^= 1;
	put(buf_string(&issue.name), "something else");
	assert_int_equal(backend_enter(issue.backend, issue.store, &entry,
			     &entered),
	    ERR_INDEX_SERIAL);
	assert_int_equal(entered.size, 0);
	assert_int_equal(rows_of(&issue, 'V'), 0);
	issue_end(&issue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    certificates_say_what_the_configuration_of_openssl_says),
		CONF_TEST(what_the_policy_of_the_ca_refuses_is_told),
		CONF_TEST(
		    what_would_harm_somebody_later_is_refused_at_the_start),
		CONF_TEST(
		    renewals_need_names_that_may_be_twice_or_that_are_given_up),
		CONF_TEST(
		    a_name_that_is_there_twice_is_found_where_names_are_unique),
		CONF_TEST(
		    crls_last_as_long_as_the_configuration_of_openssl_says),
		CONF_TEST(
		    crls_have_in_them_what_the_configuration_of_openssl_says),
		CONF_TEST(
		    what_crls_can_not_have_is_refused_where_they_are_made_here),
		CONF_TEST(
		    crls_have_the_numbers_that_the_configuration_of_openssl_says),
		CONF_TEST(crls_that_nobody_counts_are_numbered_by_the_time),
		CONF_TEST(a_start_wants_the_number_of_crls_that_are_made_here),
		CONF_TEST(a_digest_other_than_what_signs_is_warned_of),
		CONF_TEST(
		    a_certificate_is_entered_once_however_often_it_is_asked_for),
		CONF_TEST(what_openssl_has_lost_is_put_back),
		CONF_TEST(what_openssl_has_revoked_is_revoked_in_the_store),
		CONF_TEST(
		    the_certificate_that_is_in_newcerts_is_the_one_that_is_given_away),
		CONF_TEST(nothing_is_entered_that_the_ca_has_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
