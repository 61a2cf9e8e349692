/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/tools_fixture.h"
#include "tools/init.h"
#include "tools/issue.h"

/* An RA for a CA that is there: scepctl init --ra-for. */

#define FOR_CA "--ra-for ca.pem --ca-key ca.key --key rsa-2048 "

/* Writes certificate and key of a CA, as ca.pem and ca.key, and gives them
 * back; the caller's, to issued_clear. */
static struct issued
put_ca(const char *name, int64_t now, int64_t days)
{
	static const struct key_spec ec = { .curve = "secp256r1" };
	struct issue_order order = {
		.name = name,
		.organisation = "Org",
		.key = &ec,
		.now = now,
		.days = days,
	};
	struct issued ca = { 0 };
	struct buf pem = { 0 };

	assert_int_equal(issue_ca(gnutls(), &order, false, &ca), ERR_OK);
	pem_append(&pem, "CERTIFICATE",
	    buf_bytes(&ca.credential.certificate->der));
	put_mode("ca.pem", buf_bytes(&pem), 0644);
	put_mode("ca.key", buf_bytes(&ca.key_pem), 0600);
	buf_clear(&pem);
	return ca;
}

/* Signs what `order` says with the key of `ca`, and writes it as ca.pem. */
static void
put_certificate(struct certificate_order *order, const struct issued *ca)
{
	const struct key *key = ca->credential.key;
	struct buf tbs = { 0 }, der = { 0 }, pem = { 0 };

	order->serial = BYTES_LITERAL("\x01");
	order->issuer = order->subject;
	order->spki = key_spki(key);
	order->subject_key_id = BYTES_LITERAL("key");
	certificate_append_tbs(&tbs, order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	pem_append(&pem, "CERTIFICATE", buf_bytes(&der));
	put_mode("ca.pem", buf_bytes(&pem), 0644);
	buf_clear(&tbs);
	buf_clear(&der);
	buf_clear(&pem);
}

static void
ra_is_issued_by_a_ca_that_stays_as_it_is(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);
	struct buf certificate = contents_of("ca.pem");
	struct buf key = contents_of("ca.key"), after, output;
	struct credential ra;

	(void)state;
	output = output_with(FOR_CA "new", NULL);
	ra = credential_of_files("new/ra.pem", "new/ra.key");
	assert_is_ra(ra.certificate);
	assert_int_equal(facts_of(ra.certificate).bits, 2048);
	assert_issued_by(ra.certificate, ca.credential.certificate);
	assert_int_equal(ra.certificate->not_after,
	    ca.credential.certificate->not_after);
	assert_subject(ra.certificate, "CN=Old RA,O=Org");
	assert_false(exists("new/scepd.conf"));
	assert_false(exists("new/challenge.txt"));
	after = contents_of("ca.pem");
	assert_same_bytes(buf_bytes(&after), buf_bytes(&certificate));
	buf_clear(&after);
	after = contents_of("ca.key");
	assert_same_bytes(buf_bytes(&after), buf_bytes(&key));
	buf_clear(&after);
	buf_clear(&certificate);
	buf_clear(&key);
	buf_clear(&output);
	credential_clear(&ra);
	issued_clear(&ca);
}

/* What is printed is a setting with the files' whole paths. */
static void
ra_comes_with_the_lines_to_add(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);
	struct buf output = output_with(FOR_CA "%", "a \"b\"");
	char *here = getcwd(NULL, 0);
	char *expected = xasprintf("\t\tra = {\n"
				   "\t\t\tcertificate = \"%s/a \\\"b\\\"/"
				   "ra.pem\";\n"
				   "\t\t\tkey = \"%s/a \\\"b\\\"/ra.key\";\n"
				   "\t\t};\n",
	    here, here);

	(void)state;
	assert_non_null(strstr(buf_string(&output), expected));
	free(here);
	free(expected);
	buf_clear(&output);
	issued_clear(&ca);
}

static void
ra_is_never_valid_longer_than_its_ca(void **state)
{
	static const struct {
		const char *line;
		int64_t days; /* of the RA from now on */
	} rows[] = {
		{ FOR_CA "a", 100 },
		{ FOR_CA "--days 99 b", 99 },
		{ FOR_CA "--days 101 c", 100 },
		{ FOR_CA "--days 36500 d", 100 },
	};
	static const char *const folders[] = { "a", "b", "c", "d" };
	int64_t now = clock_now();
	struct issued ca = put_ca("Old", now, 100);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *pem = xasprintf("%s/ra.pem", folders[i]);
		char *key = xasprintf("%s/ra.key", folders[i]);
		struct credential ra;

		init(rows[i].line);
		ra = credential_of_files(pem, key);
		assert_issued_by(ra.certificate, ca.credential.certificate);
		assert_in_range(ra.certificate->not_after,
		    now + rows[i].days * DAY, now + rows[i].days * DAY + 60);
		credential_clear(&ra);
		free(pem);
		free(key);
	}
	issued_clear(&ca);
}

/* Also where the CA is younger than the day by which an RA is dated back. */
static void
ra_is_not_valid_before_its_ca(void **state)
{
	struct certificate_order order = {
		.subject = BYTES_LITERAL("\x30\x00"),
		.not_before = clock_now() - 5,
		.not_after = clock_now() + 500,
		.ca = true,
	};
	struct issued ca = put_ca("Old", clock_now(), 1000);
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	struct credential ra;

	(void)state;
	put_certificate(&order, &ca);
	assert_int_equal(run(FOR_CA "new", NULL, &output, problems), ERR_OK);
	ra = credential_of_files("new/ra.pem", "new/ra.key");
	assert_int_equal(ra.certificate->not_before, order.not_before);
	assert_int_equal(ra.certificate->not_after, order.not_after);
	assert_subject(ra.certificate, "CN=SCEP RA");
	credential_clear(&ra);
	issued_clear(&ca);
	problems_free(problems);
	buf_clear(&output);
}

static void
ra_has_the_name_that_is_asked_for(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);
	struct credential ra;

	(void)state;
	init(FOR_CA "--name Front --organisation Other --country us new");
	ra = credential_of_files("new/ra.pem", "new/ra.key");
	assert_subject(ra.certificate, "CN=Front,O=Other,C=US");
	credential_clear(&ra);
	issued_clear(&ca);
}

/* A name that would be no fit name is not taken over from the CA's. */
static void
ra_of_a_ca_with_an_odd_name_has_a_plain_one(void **state)
{
	static const struct {
		const char *name;
		const char *ra;
	} rows[] = {
		{ "Bell\a", "CN=SCEP RA,O=Org" },
		{ "1234567890123456789012345678901234567890123456789012345678"
		  "9012345",
		    "CN=SCEP RA,O=Org" },
		{ "12345678901234567890123456789012345678901234567890123456"
		  "78901234",
		    "CN=12345678901234567890123456789012345678901234567890"
		    "12345678901 RA,O=Org" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct issued ca = put_ca(rows[i].name, clock_now(), 1000);
		struct credential ra;

		init(FOR_CA ".");
		ra = credential_of_files("ra.pem", "ra.key");
		assert_subject(ra.certificate, rows[i].ra);
		assert_int_equal(unlink("ra.pem"), 0);
		assert_int_equal(unlink("ra.key"), 0);
		credential_clear(&ra);
		issued_clear(&ca);
	}
}

/* The key of these files is the encrypted one of tests/vectors/keys. */
static void
put_encrypted_ca(void)
{
	struct buf plain = key_file("p384.pem");
	struct buf encrypted = key_file("p384-pbes2.pem");
	struct buf subject = { 0 };
	struct name_part name = { "CN", "Sealed" };
	struct certificate_order order = {
		.not_before = clock_now() - 5,
		.not_after = clock_now() + 500 * DAY,
		.ca = true,
		.key_usage = KEY_USAGE_CERT_SIGN,
	};
	struct issued ca = { 0 };

	assert_int_equal(key_load(gnutls(), buf_bytes(&plain), no_passphrase,
			     &ca.credential.key),
	    ERR_OK);
	assert_int_equal(name_append(&subject, &name, 1), ERR_OK);
	order.subject = buf_bytes(&subject);
	put_certificate(&order, &ca);
	put_mode("ca.key", buf_bytes(&encrypted), 0600);
	issued_clear(&ca);
	buf_clear(&plain);
	buf_clear(&encrypted);
	buf_clear(&subject);
}

static void
ra_is_issued_with_an_encrypted_key(void **state)
{
	static const char *const passphrases[] = { PASSPHRASE, PASSPHRASE "\n",
		PASSPHRASE "\r\n", PASSPHRASE "\nmore" };

	(void)state;
	put_encrypted_ca();
	for (size_t i = 0; i < COUNT(passphrases); i++) {
		struct credential ra;

		put("passphrase", passphrases[i]);
		init(FOR_CA "--ca-passphrase-file passphrase .");
		ra = credential_of_files("ra.pem", "ra.key");
		assert_subject(ra.certificate, "CN=Sealed RA");
		credential_clear(&ra);
		assert_int_equal(unlink("ra.pem"), 0);
		assert_int_equal(unlink("ra.key"), 0);
	}
}

static void
ra_needs_the_passphrase_of_an_encrypted_key(void **state)
{
	(void)state;
	put_encrypted_ca();
	put("wrong", "not this one\n");
	put_mode("public", BYTES_LITERAL(PASSPHRASE), 0644);
	init_badly(FOR_CA "new", ERR_KEY_FILE,
	    "error: ca.key: holds no private key in PEM form, or one that "
	    "needs the setting passphrase\n"
	    "error: ca.key: is encrypted; put its passphrase into a file and "
	    "name that with --ca-passphrase-file\n");
	init_badly(FOR_CA "--ca-passphrase-file wrong new", ERR_KEY_FILE,
	    "error: ca.key: holds no private key in PEM form, or one with "
	    "another passphrase\n");
	init_badly(FOR_CA "--ca-passphrase-file public new", ERR_FILE,
	    "error: public: holds a secret and everybody can read it; run: "
	    "chmod o-rwx on it\n");
	init_badly(FOR_CA "--ca-passphrase-file missing new", ERR_FILE,
	    "error: missing: No such file or directory\n");
	assert_false(exists("new"));
}

static void
ra_overwrites_nothing(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);

	(void)state;
	put("ra.key", "kept");
	init_badly(FOR_CA ".", ERR_FILE,
	    "error: ./ra.key: exists already and is left as it is; choose "
	    "another folder, or move the file away\n");
	assert_false(exists("ra.pem"));
	issued_clear(&ca);
}

static void
ra_is_not_issued_by_what_is_no_ca(void **state)
{
	struct certificate_order no_ca = {
		.subject = BYTES_LITERAL("\x30\x00"),
		.not_before = clock_now() - 5,
		.not_after = clock_now() + 500 * DAY,
	};
	struct certificate_order no_signer = no_ca;
	struct issued ca = put_ca("Old", clock_now(), 1000);

	(void)state;
	put_certificate(&no_ca, &ca);
	init_badly(FOR_CA "new", ERR_CONFIGURATION,
	    "error: ca.pem: is no CA certificate (basicConstraints does not "
	    "say CA:TRUE)\n");
	no_signer.ca = true;
	no_signer.key_usage = KEY_USAGE_CRL_SIGN;
	put_certificate(&no_signer, &ca);
	init_badly(FOR_CA "new", ERR_CONFIGURATION,
	    "error: ca.pem: may not sign certificates (its keyUsage lacks "
	    "keyCertSign)\n");
	assert_false(exists("new"));
	issued_clear(&ca);
}

static void
ra_is_not_issued_by_an_expired_ca(void **state)
{
	struct issued ca = put_ca("Old", 1000000000, 10);

	(void)state;
	init_badly(FOR_CA "new", ERR_CONFIGURATION,
	    "error: the CA certificate \"CN=Old,O=Org\" expired on "
	    "2001-09-19\n");
	assert_false(exists("new"));
	issued_clear(&ca);
}

static void
ra_is_not_issued_with_another_key_or_none(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);

	(void)state;
	put("empty", "");
	init_badly("--ra-for ca.pem --ca-key empty new", ERR_KEY_FILE,
	    "error: empty: holds no private key in PEM form, or one that "
	    "needs the setting passphrase\n");
	init_badly("--ra-for empty --ca-key ca.key new", ERR_PEM,
	    "error: empty: holds no certificate in PEM form; convert it with: "
	    "openssl x509 -inform DER\n");
	assert_int_equal(rename("ca.pem", "one.pem"), 0);
	issued_clear(&ca);
	ca = put_ca("Other", clock_now(), 1000);
	init_badly("--ra-for one.pem --ca-key ca.key new", ERR_KEY_FILE,
	    "error: ca.key: is not the private key of the certificate in "
	    "one.pem\n");
	assert_false(exists("new"));
	issued_clear(&ca);
}

/* Clients would take it for self-signed. */
static void
ra_can_not_have_the_name_of_its_ca(void **state)
{
	struct issued ca = put_ca("Old", clock_now(), 1000);

	(void)state;
	init_badly(FOR_CA "--name OLD new", ERR_CONFIGURATION,
	    "error: ca.pem: the RA can't have the CA's own name; choose "
	    "another with --name\n");
	assert_false(exists("new"));
	issued_clear(&ca);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(ra_is_issued_by_a_ca_that_stays_as_it_is),
		CONF_TEST(ra_comes_with_the_lines_to_add),
		CONF_TEST(ra_is_never_valid_longer_than_its_ca),
		CONF_TEST(ra_is_not_valid_before_its_ca),
		CONF_TEST(ra_has_the_name_that_is_asked_for),
		CONF_TEST(ra_of_a_ca_with_an_odd_name_has_a_plain_one),
		CONF_TEST(ra_is_issued_with_an_encrypted_key),
		CONF_TEST(ra_needs_the_passphrase_of_an_encrypted_key),
		CONF_TEST(ra_overwrites_nothing),
		CONF_TEST(ra_is_not_issued_by_what_is_no_ca),
		CONF_TEST(ra_is_not_issued_by_an_expired_ca),
		CONF_TEST(ra_is_not_issued_with_another_key_or_none),
		CONF_TEST(ra_can_not_have_the_name_of_its_ca),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
