/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_cert.h"

#include "base/pem.h"
#include "crypto/cms_certs.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/tools_state_fixture.h"
#include "tools/issue.h"

/* Certificates that were issued elsewhere, and how they leave again. */

#define STATE " --state state.db"
#define CA " --ca ca.pem"

/* Not within reach of the clock. */
#define FAR INT64_C(4102444800)

/* What each test has in its folder: a CA in ca.pem, another one in other.pem,
 * both in chain.pem, certificates of both, and a configuration. */
struct fixture {
	struct issued ca;
	struct issued other;
	uint8_t authority[STORE_HASH_SIZE];
};

static struct fixture fixture;

static const struct key_spec key_spec = { .curve = "secp256r1" };

static struct issued
ca_of(const char *name)
{
	const struct issue_order order = { .name = name,
		.key = &key_spec,
		.now = NOW,
		.days = 9000 };
	struct issued issued = { 0 };

	assert_int_equal(issue_ca(gnutls(), &order, false, &issued), ERR_OK);
	return issued;
}

static void
append_certificate(struct buf *der, const struct issued *issuer,
    struct bytes serial, const char *common_name)
{
	const struct certificate *ca = issuer->credential.certificate;
	const struct key *key = issuer->credential.key;
	struct buf subject = name_of(common_name), tbs = { 0 };
	const struct certificate_order order = {
		.serial = serial,
		.issuer = ca->subject,
		.subject = buf_bytes(&subject),
		.spki = issuer == &fixture.ca ?
		    fixture.other.credential.certificate->spki :
		    fixture.ca.credential.certificate->spki,
		.not_before = NOW,
		.not_after = FAR,
	};

	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(der, key, buf_bytes(&tbs)),
	    ERR_OK);
	buf_clear(&subject);
	buf_clear(&tbs);
}

static void
append_pem(struct buf *to, const struct issued *issuer, struct bytes serial,
    const char *common_name)
{
	struct buf der = { 0 };

	append_certificate(&der, issuer, serial, common_name);
	pem_append(to, "CERTIFICATE", buf_bytes(&der));
	buf_clear(&der);
}

static void
put_buf(const char *name, struct buf *contents)
{
	put_mode(name, buf_bytes(contents), 0644);
	buf_clear(contents);
}

static void
put_cas(void)
{
	struct buf text = { 0 };
	struct bytes ca = buf_bytes(&fixture.ca.credential.certificate->der);
	struct bytes other =
	    buf_bytes(&fixture.other.credential.certificate->der);

	pem_append(&text, "CERTIFICATE", ca);
	put_mode("ca.pem", buf_bytes(&text), 0644);
	pem_append(&text, "CERTIFICATE", other);
	put_buf("chain.pem", &text);
	pem_append(&text, "CERTIFICATE", other);
	put_buf("other.pem", &text);
	put("scepd.conf",
	    "state = \"state.db\";\n"
	    "endpoints = ( { path = \"/scep\"; ca = { backend = \"file\";\n"
	    "certificate = \"ca.pem\"; key = \"nowhere\";\n"
	    "chain = \"other.pem\"; }; } );\n");
}

static void
put_certificates(void)
{
	struct buf file = { 0 };

	append_certificate(&file, &fixture.ca, BYTES_LITERAL("\x11"), "one");
	put_buf("one.der", &file);
	append_pem(&file, &fixture.ca, BYTES_LITERAL("\x22"), "two");
	append_pem(&file, &fixture.ca, BYTES_LITERAL("\x33"), "t\x1b[2Jhree");
	put_buf("two.pem", &file);
	append_pem(&file, &fixture.other, BYTES_LITERAL("\x44"), "four");
	put_buf("four.pem", &file);
}

static int
setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	fixture.ca = ca_of("CA");
	fixture.other = ca_of("Other CA");
	provider_digest(gnutls(), DIGEST_SHA256,
	    &fixture.ca.credential.certificate->spki, 1, fixture.authority);
	put_cas();
	put_certificates();
	store_close(new_store());
	return 0;
}

static int
teardown(void **state)
{
	issued_clear(&fixture.ca);
	issued_clear(&fixture.other);
	return fixture_teardown(state);
}

/* What the store has of the CA's; true where there is one. */
static bool
get(struct bytes serial, struct stored_certificate *certificate)
{
	struct store *store = new_store();
	enum err err = store_certificate_get(store,
	    BYTES_ARRAY(fixture.authority), serial, certificate);

	store_close(store);
	return err == ERR_OK;
}

/* Import */

static void
import_adds_what_a_ca_has_issued_once(void **state)
{
	/* In this order. */
	static const struct {
		const char *line;
		const char *expected;
	} rows[] = {
		{ "cert import one.der" CA STATE,
		    "RESULT  FILE     SERIAL  SUBJECT\n"
		    "added   one.der  11      CN=one\n" },
		{ "cert import one.der two.pem --config scepd.conf",
		    "RESULT  FILE     SERIAL  SUBJECT\n"
		    "known   one.der  11      CN=one\n"
		    "added   two.pem  22      CN=two\n"
		    "added   two.pem  33      CN=t\\x1b[2Jhree\n" },
		{ "cert import two.pem --json" CA STATE,
		    "[\n{\"result\": \"known\", \"file\": \"two.pem\", "
		    "\"serial\": \"22\", \"subject\": \"CN=two\"},\n"
		    "{\"result\": \"known\", \"file\": \"two.pem\", "
		    "\"serial\": \"33\", "
		    "\"subject\": \"CN=t\\u001b[2Jhree\"}\n]\n" },
		{ "cert list" STATE,
		    "SERIAL  STATE  NOT AFTER             SUBJECT\n"
		    "11      valid  2100-01-01T00:00:00Z  CN=one\n"
		    "22      valid  2100-01-01T00:00:00Z  CN=two\n"
		    "33      valid  2100-01-01T00:00:00Z  "
		    "CN=t\\x1b[2Jhree\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_output(scepctl_cert, rows[i].line, rows[i].expected);
}

static void
import_goes_on_past_what_it_refuses(void **state)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };

	(void)state;
	put("damaged.pem", "-----BEGIN CERTIFICATE-----\n!\n");
	put("empty.pem", "nothing\n");
	put("malformed.pem",
	    "-----BEGIN CERTIFICATE-----\nZGVy\n-----END CERTIFICATE-----\n");
	assert_int_equal(run_words(scepctl_cert,
			     "cert import four.pem malformed.pem damaged.pem "
			     "empty.pem missing.pem one.der" CA STATE,
			     NULL, &output, problems),
	    ERR_FILE);
	assert_string_equal(buf_string(&output),
	    "RESULT   FILE           SERIAL  SUBJECT\n"
	    "refused  four.pem       44      CN=four\n"
	    "refused  malformed.pem          \n"
	    "added    one.der        11      CN=one\n");
	assert_string_equal(problems_text(problems),
	    "error: four.pem: a certificate was refused, serial number 44: "
	    "none of the CAs has issued it\n"
	    "error: malformed.pem: a certificate was refused: it is "
	    "malformed\n"
	    "error: damaged.pem: holds a damaged certificate; what is behind "
	    "it was not looked at\n"
	    "error: empty.pem: holds no certificate\n"
	    "error: missing.pem: No such file or directory\n");
	buf_clear(&output);
	problems_free(problems);
}

static void
import_refuses_a_cas_own(void **state)
{
	(void)state;
	assert_fails(scepctl_cert, "cert import ca.pem" CA STATE, NULL,
	    ERR_FILE, NULL);
	assert_output(scepctl_cert, "cert list --json" STATE, "[]\n");
}

static void
import_brings_revocations(void **state)
{
	/* In this order. */
	static const struct {
		const char *line;
		const char *result;
		int64_t revoked_at;
		int reason;
	} rows[] = {
		{ "cert import one.der" CA STATE, "added", 0, 0 },
		{ "cert import one.der --revoked superseded "
		  "--revoked-at 2026-11-22T08:30:05Z" CA STATE,
		    "revoked", INT64_C(1795336205), 4 },
		{ "cert import one.der --revoked keyCompromise "
		  "--revoked-at 2026-11-01" CA STATE,
		    "known", INT64_C(1795336205), 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stored_certificate certificate = { 0 };
		struct buf output = output_of(scepctl_cert, rows[i].line);

		assert_non_null(strstr(buf_string(&output), rows[i].result));
		assert_true(get(BYTES_LITERAL("\x11"), &certificate));
		assert_int_equal(certificate.revoked_at, rows[i].revoked_at);
		assert_int_equal(certificate.reason, rows[i].reason);
		stored_certificate_clear(&certificate);
		buf_clear(&output);
	}
}

/* Revoking what is not known */

#define UNKNOWN \
	"{\"serial\": \"77\", \"state\": \"revoked\", \"subject\": null, " \
	"\"not_before\": null, \"not_after\": null, \"revoked\": \""

static void
a_serial_number_alone_can_be_revoked(void **state)
{
	struct stored_certificate certificate = { 0 };
	struct buf output;

	(void)state;
	assert_output(scepctl_cert,
	    "cert revoke 77 --reason keyCompromise" CA STATE,
	    "certificate 77 is revoked: keyCompromise; nothing but its serial "
	    "number is known\n");
	assert_true(get(BYTES_LITERAL("\x77"), &certificate));
	assert_int_equal(certificate.reason, 1);
	assert_output(scepctl_cert, "cert list --revoked" STATE,
	    "SERIAL  STATE    NOT AFTER  SUBJECT\n"
	    "77      revoked  unknown    \n");
	output = output_of(scepctl_cert, "cert show 77 --json" STATE);
	assert_int_equal(strncmp(buf_string(&output), UNKNOWN, strlen(UNKNOWN)),
	    0);
	buf_clear(&output);
	output = output_of(scepctl_cert, "cert show 77" STATE);
	assert_non_null(strstr(buf_string(&output),
	    "subject:        unknown\n"
	    "not before:     unknown\n"
	    "not after:      unknown\n"));
	buf_clear(&output);
	assert_output(scepctl_cert, "cert revoke 77 --reason superseded" STATE,
	    "certificate 77 is revoked: superseded; nothing but its serial "
	    "number is known\n");
	assert_fails(scepctl_cert, "cert allow 77" STATE, NULL, ERR_STORE_NONE,
	    "error: the key of certificate 77 is not known, and so not "
	    "refused\n");
	assert_fails(scepctl_cert, "cert export 77" STATE, NULL, ERR_STORE_NONE,
	    "error: the certificate is not signed yet, or only its serial "
	    "number is known\n");
	stored_certificate_clear(&certificate);
}

static void
a_certificate_can_be_revoked_by_its_file(void **state)
{
	struct store *store;
	bool revoked = false;
	uint8_t key[STORE_HASH_SIZE];

	(void)state;
	assert_output(scepctl_cert, "cert revoke 11" CA STATE,
	    "certificate 11 is revoked: unspecified; nothing but its serial "
	    "number is known\n");
	assert_output(scepctl_cert,
	    "cert revoke --file one.der --config scepd.conf",
	    "certificate one.der is revoked: unspecified\n");
	provider_digest(gnutls(), DIGEST_SHA256,
	    &fixture.other.credential.certificate->spki, 1, key);
	store = new_store();
	assert_int_equal(store_key_is_revoked(store, BYTES_ARRAY(key),
			     &revoked),
	    ERR_OK);
	assert_true(revoked);
	store_close(store);
	assert_output(scepctl_cert, "cert list" STATE,
	    "SERIAL  STATE    NOT AFTER             SUBJECT\n"
	    "11      revoked  2100-01-01T00:00:00Z  CN=one\n");
}

/* Export */

#define P7B_MAX 4

static struct buf
contents_of(const char *name)
{
	struct problems *problems = problems_new();
	struct buf contents = { 0 };

	assert_int_equal(file_read(name, FILE_PUBLIC, 65536, &contents,
			     problems),
	    ERR_OK);
	problems_free(problems);
	return contents;
}

/* Whether the file is a PKCS#7 with these certificates. */
static void
assert_p7b(const char *name, const struct bytes *wanted, size_t wanted_count)
{
	struct buf p7b = contents_of(name);
	struct bytes certificates[P7B_MAX];
	size_t count = 0;

	assert_int_equal(cms_certs_read(buf_bytes(&p7b), certificates, P7B_MAX,
			     &count),
	    ERR_OK);
	assert_int_equal(count, wanted_count);
	for (size_t i = 0; i < count; i++)
		assert_same_bytes(certificates[i], wanted[i]);
	buf_clear(&p7b);
}

static void
export_writes_it_as_it_came(void **state)
{
	struct buf der = contents_of("one.der");
	struct buf pem = { 0 }, output;

	(void)state;
	pem_append(&pem, "CERTIFICATE", buf_bytes(&der));
	output = output_of(scepctl_cert,
	    "cert import one.der two.pem" CA STATE);
	buf_clear(&output);
	output = output_of(scepctl_cert, "cert export 11" STATE);
	assert_same_bytes(buf_bytes(&output), buf_bytes(&pem));
	buf_clear(&output);
	output = output_of(scepctl_cert,
	    "cert export 11 --form der --out out" STATE);
	assert_int_equal(output.size, 0);
	output = contents_of("out");
	assert_same_bytes(buf_bytes(&output), buf_bytes(&der));
	buf_clear(&output);
	assert_fails(scepctl_cert, "cert export 11 --out out" STATE, NULL,
	    ERR_FILE, NULL);
	buf_clear(&der);
	buf_clear(&pem);
}

static void
export_finds_what_a_request_got(void **state)
{
	struct buf der = contents_of("one.der"), pem = { 0 };
	struct store *store = new_store();
	struct transaction_order order = signing_order_of("id", "serial");
	struct transaction transaction = { 0 };
	int64_t number = begun(store, &order);

	(void)state;
	assert_int_equal(number, 1);
	assert_fails(scepctl_cert, "cert export --request 1" STATE, NULL,
	    ERR_STORE_NONE, "error: the request has no certificate\n");
	assert_int_equal(store_issue(store, number, buf_bytes(&der), NOW,
			     &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
	store_close(store);
	pem_append(&pem, "CERTIFICATE", buf_bytes(&der));
	assert_output(scepctl_cert, "cert export --request 1" STATE,
	    buf_string(&pem));
	buf_clear(&der);
	buf_clear(&pem);
}

static void
export_with_its_chain_puts_the_cas_behind_it(void **state)
{
	struct buf der = contents_of("one.der"),
		   chain = contents_of("chain.pem");
	const struct bytes wanted[] = { buf_bytes(&der),
		buf_bytes(&fixture.ca.credential.certificate->der) };
	struct buf pem = { 0 }, output;

	(void)state;
	pem_append(&pem, "CERTIFICATE", buf_bytes(&der));
	buf_append(&pem, buf_bytes(&chain));
	output = output_of(scepctl_cert, "cert import one.der" CA STATE);
	buf_clear(&output);
	output = output_of(scepctl_cert,
	    "cert export 11 --chain --config scepd.conf");
	assert_same_bytes(buf_bytes(&output), buf_bytes(&pem));
	buf_clear(&output);
	output = output_of(scepctl_cert,
	    "cert export 11 --chain --form p7b --out a.p7b" CA STATE);
	assert_p7b("a.p7b", wanted, 2);
	put("other.conf",
	    "state = \"state.db\";\n"
	    "endpoints = ( { ca = { backend = \"file\"; certificate = \"other.pem\"; }; } );\n");
	assert_fails(scepctl_cert, "cert export 11 --chain --config other.conf",
	    NULL, ERR_FILE,
	    "error: none of the CAs that are known has issued it; name its CA "
	    "by --ca FILE\n");
	assert_fails(scepctl_cert, "cert export 11 --chain --form der" CA STATE,
	    NULL, ERR_CONFIGURATION,
	    "error: --form der has room for one certificate; choose pem or "
	    "p7b\n");
	buf_clear(&der);
	buf_clear(&chain);
	buf_clear(&pem);
}

static void
chain_writes_the_cas_alone(void **state)
{
	const struct bytes wanted[] = {
		buf_bytes(&fixture.ca.credential.certificate->der),
		buf_bytes(&fixture.other.credential.certificate->der)
	};
	struct buf chain = contents_of("chain.pem"), output;

	(void)state;
	output = output_of(scepctl_cert, "cert chain --config scepd.conf");
	assert_same_bytes(buf_bytes(&output), buf_bytes(&chain));
	buf_clear(&output);
	output = output_of(scepctl_cert,
	    "cert chain --form p7b --out b.p7b --ca chain.pem");
	assert_p7b("b.p7b", wanted, 2);
	buf_clear(&chain);
}

static void
what_can_not_be_done_is_said(void **state)
{
	static const struct failing_line rows[] = {
		{ "cert revoke" STATE, ERR_CONFIGURATION,
		    "error: revoke needs a SERIAL, or a certificate by --file "
		    "FILE\n" },
		{ "cert revoke 11 --file one.der" CA STATE, ERR_CONFIGURATION,
		    "error: name a certificate by SERIAL or by --file, not by "
		    "both\n" },
		{ "cert revoke --file four.pem" CA STATE, ERR_FILE,
		    "error: four.pem: none of the CAs has issued it\n" },
		{ "cert revoke --file two.pem" CA STATE, ERR_FILE,
		    "error: two.pem: holds more than one certificate\n" },
		{ "cert revoke 77 --reason removeFromCRL" CA STATE,
		    ERR_STORE_NONE, "error: there is no certificate 77\n" },
		{ "cert revoke 0102030405060708090a0b0c0d0e0f101112131415" CA
			STATE,
		    ERR_CONFIGURATION,
		    "error: \"0102030405060708090a0b0c0d0e0f101112131415\" is "
		    "not a serial number in hexadecimal\n" },
		{ "cert import one.der --revoked removeFromCRL" CA STATE,
		    ERR_CONFIGURATION,
		    "error: --revoked removeFromCRL: is no reason to be "
		    "revoked\n" },
		{ "cert import one.der --revoked-at 2026-11-01" CA STATE,
		    ERR_CONFIGURATION,
		    "error: --revoked-at needs --revoked REASON\n" },
		{ "cert import one.der --revoked superseded --revoked-at "
		  "2200-01-01" CA STATE,
		    ERR_CONFIGURATION,
		    "error: --revoked-at is not in the past\n" },
		{ "cert import one.der --revoked superseded --revoked-at "
		  "2026-02-30" CA STATE,
		    ERR_CONFIGURATION,
		    "error: --revoked-at \"2026-02-30\": is no date as "
		    "2026-11-22 or 2026-11-22T08:30:00Z\n" },
		{ "cert import" CA STATE, ERR_CONFIGURATION,
		    "error: import needs a FILE\n" },
		{ "cert import one.der --config nowhere.conf" STATE, ERR_FILE,
		    "error: nowhere.conf: No such file or directory\n"
		    "error: the CAs of the configuration are not known; name "
		    "one by --ca FILE\n" },
		{ "cert export" STATE, ERR_CONFIGURATION,
		    "error: name one certificate, by SERIAL or by --request "
		    "NUMBER\n" },
		{ "cert export --request 9" STATE, ERR_STORE_NONE,
		    "error: there is no request 9\n" },
		{ "cert chain --form pkcs7" CA, ERR_CONFIGURATION,
		    "error: --form \"pkcs7\": is unknown; choose one of pem, "
		    "der, p7b\n" },
	};

	(void)state;
	assert_all_fail(scepctl_cert, rows, COUNT(rows));
	assert_output(scepctl_cert, "cert list --json" STATE, "[]\n");
}

#define FOREIGN_TEST(test) \
	cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOREIGN_TEST(import_adds_what_a_ca_has_issued_once),
		FOREIGN_TEST(import_goes_on_past_what_it_refuses),
		FOREIGN_TEST(import_refuses_a_cas_own),
		FOREIGN_TEST(import_brings_revocations),
		FOREIGN_TEST(a_serial_number_alone_can_be_revoked),
		FOREIGN_TEST(a_certificate_can_be_revoked_by_its_file),
		FOREIGN_TEST(export_writes_it_as_it_came),
		FOREIGN_TEST(export_finds_what_a_request_got),
		FOREIGN_TEST(export_with_its_chain_puts_the_cas_behind_it),
		FOREIGN_TEST(chain_writes_the_cas_alone),
		FOREIGN_TEST(what_can_not_be_done_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
