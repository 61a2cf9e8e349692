/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_get.h"

#include "base/hex.h"
#include "crypto/cms_certs.h"
#include "crypto/credential.h"
#include "crypto/oid.h"
#include "tests/unit/tools_crl.h"
#include "tests/unit/tools_world.h"
#include "tools/scepctl_enrol.h"

#define TRUST " --ca ca.pem"
#define OWN " --cert router.pem --key router.key"

static void
what_a_server_can_is_shown(void **state)
{
	struct buf output;

	(void)state;
	world_open(LAB_DEFAULT);
	output = world_output(scepctl_get_in, "get caps " URL, ERR_OK, "");
	assert_non_null(strstr(buf_string(&output), "AES\n"));
	assert_non_null(strstr(buf_string(&output),
	    "\nscepctl chooses sha-256, aes-128 and post.\n"));
	buf_clear(&output);
	output = world_output(scepctl_get_in,
	    "get caps " URL " --json --cipher 3des --method get", ERR_OK, "");
	assert_true(bytes_begin_with(buf_bytes(&output),
	    "{\"capabilities\": [\"AES\", \"DES3\", "));
	assert_non_null(strstr(buf_string(&output),
	    "\"], \"digest\": \"sha-256\", \"cipher\": \"3des\", \"method\": "
	    "\"get\"}\n"));
	buf_clear(&output);
	world_close();
}

/* RFC 8894 section 3.5.1: an error is an answer. */
static void
a_server_without_capabilities_is_one_too(void **state)
{
	(void)state;
	world_open(LAB_DEFAULT);
	world_complains(scepctl_get_in, "get caps http://lab/nowhere", ERR_OK,
	    "does not announce SHA-256");
	world_close();
}

static void
certificates_of_a_server_are_shown_and_written(void **state)
{
	struct buf output;

	(void)state;
	world_open(LAB_ENDPOINT(LAB_SIGNING_CA LAB_RA LAB_CHALLENGE));
	output = world_output(scepctl_get_in, "get ca " URL " --out all.pem",
	    ERR_OK, "");
	assert_true(bytes_begin_with(buf_bytes(&output), "role:"));
	assert_non_null(strstr(buf_string(&output),
	    "E7:E1:07:9D:F9:B6:CA:F2:E4:BB:21:C3:ED:FE:DD:A0:32:A7:F3:93:A6:"
	    "70:F3:34:FB:76:3D:F3:9B:90:3E:E7\n"));
	buf_clear(&output);
	output = world_output(scepctl_get_in, "get ca " URL " --json", ERR_OK,
	    "");
	assert_true(bytes_begin_with(buf_bytes(&output),
	    "[\n{\"role\": \"RA\", \"subject\": \"CN=Lab SCEP RA,O=Lab,C=US\""));
	assert_non_null(strstr(buf_string(&output),
	    ",\n{\"role\": \"CA\", \"subject\": \"CN=Lab SCEP CA,O=Lab,"
	    "C=US\""));
	buf_clear(&output);
	/* What was written is what is trusted next. */
	world_runs(scepctl_enrol_in,
	    "enrol " URL " --subject CN=a --out a.pem --challenge secret "
	    "--ca all.pem",
	    ERR_OK, "");
	world_close();
}

static void
enrol(void)
{
	world_runs(scepctl_enrol_in,
	    "enrol " URL " --subject CN=router --out router.pem "
	    "--challenge secret" TRUST,
	    ERR_OK, "");
}

static char *
line_of(const char *format, const char *certificate)
{
	struct problems *problems = problems_new();
	struct certificate *read = NULL;
	struct buf serial = { 0 };
	size_t count = 0;
	char *line;

	assert_int_equal(certificates_load(certificate, &read, 1, &count,
			     problems),
	    ERR_OK);
	hex_append_colons(&serial, read->serial);
	line = xasprintf("get cert " URL " %s%s", buf_string(&serial), format);
	certificate_free(read);
	buf_clear(&serial);
	problems_free(problems);
	return line;
}

static void
a_certificate_is_had_by_its_owner(void **state)
{
	struct problems *problems = problems_new();
	struct buf file = { 0 }, output;
	char *own, *others;

	(void)state;
	world_open(LAB_DEFAULT);
	enrol();
	own = line_of(OWN TRUST, "router.pem");
	others = line_of(TRUST, "router.pem");
	output = world_output(scepctl_get_in, own, ERR_OK, "");
	assert_int_equal(file_read("router.pem", FILE_PUBLIC, 65536, &file,
			     problems),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&output), buf_bytes(&file));
	world_complains(scepctl_get_in, others, ERR_CLIENT_REFUSED,
	    "badCertId");
	buf_clear(&output);
	buf_clear(&file);
	free(own);
	free(others);
	problems_free(problems);
	world_close();
}

/* A server that can what scepd does not in these tests. */

static bool
is_served(enum message_type type)
{
	(void)type;
	return true;
}

/* A degenerate SignedData with a CRL. */
static struct buf
degenerate_of(struct bytes crl)
{
	struct buf made = { 0 };
	size_t info = der_open(&made, DER_SEQUENCE), wrapper, data, content;

	der_append_oid(&made, OID_SIGNED_DATA);
	wrapper = der_open(&made, DER_CONTEXT_CONSTRUCTED);
	data = der_open(&made, DER_SEQUENCE);
	der_append_number(&made, 1);
	der_append(&made, DER_SET, bytes_of(NULL, 0));
	content = der_open(&made, DER_SEQUENCE);
	der_append_oid(&made, OID_DATA);
	der_close(&made, content);
	der_append(&made, DER_CONTEXT_CONSTRUCTED + 1, crl);
	der_append(&made, DER_SET, bytes_of(NULL, 0));
	der_close(&made, data);
	der_close(&made, wrapper);
	der_close(&made, info);
	return made;
}

/* How the next answer is made. */
static struct {
	struct bytes content; /* of its envelope */
	enum cipher cipher;
	enum digest digest;
	const char *status;
} next;

static void
append_answer(struct buf *to, const struct pki_header *header)
{
	struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("3") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    buf_bytes(&header->transaction_id) },
		{ OID_PKI_STATUS, DER_PRINTABLE_STRING,
		    bytes_of_string(next.status) },
		{ OID_RECIPIENT_NONCE, DER_OCTET_STRING,
		    buf_bytes(&header->sender_nonce) },
	};
	struct buf envelope = { 0 };
	struct cms_signed_order order = {
		.has_content = true,
		.digest = next.digest,
		.attributes = attributes,
		.attribute_count = COUNT(attributes),
		.signer = world.lab->ca,
		.key = world.lab->ca_key,
		.signing_time = LAB_NOW,
	};

	assert_int_equal(cms_envelope_append(&envelope, world.lab->provider,
			     header->signer, next.cipher, next.content),
	    ERR_OK);
	order.content = buf_bytes(&envelope);
	assert_int_equal(cms_signed_append(to, world.lab->provider, &order),
	    ERR_OK);
	buf_clear(&envelope);
}

static void
answer_anything(const struct http_request *request, struct http_answer *answer)
{
	struct cms_keyring keyring = { .provider = world.lab->provider,
		.identities = { { world.lab->ca, world.lab->ca_key } },
		.count = 1 };
	struct pki_rules rules = { &keyring, { ~0u, ~0u }, is_served };
	struct pki_header header = { 0 };
	struct pki_request *opened = NULL;

	if (!request->post)
		return;
	assert_int_equal(pki_message_open(request->body, &rules, &header,
			     &opened),
	    ERR_OK);
	buf_clear(&answer->body);
	append_answer(&answer->body, &header);
	pki_request_free(opened);
	pki_header_clear(&header);
}

static void
a_crl_is_had_by_anybody(void **state)
{
	struct buf crl, content, output;

	(void)state;
	world_open(LAB_DEFAULT);
	world.spoil = answer_anything;
	crl = crl_of(world.lab->ca->subject, world.lab->ca_key, LAB_NOW,
	    LAB_NOW + 86400);
	content = degenerate_of(buf_bytes(&crl));
	next.content = buf_bytes(&content);
	next.cipher = CIPHER_AES128_CBC;
	next.digest = DIGEST_SHA256;
	next.status = "0";
	output = world_output(scepctl_get_in, "get crl " URL TRUST, ERR_OK, "");
	assert_true(bytes_begin_with(buf_bytes(&output),
	    "-----BEGIN X509 CRL-----\n"));
	buf_clear(&output);
	output = world_output(scepctl_get_in,
	    "get crl " URL " --out crl.pem --json" TRUST, ERR_OK, "");
	assert_true(bytes_begin_with(buf_bytes(&output),
	    "{\"issuer\": \"CN=Lab SCEP CA,O=Lab,C=US\", \"this_update\": "
	    "\"2026-12-01T00:00:00Z\", \"next_update\": "
	    "\"2026-12-02T00:00:00Z\", \"pem\": "));
	assert_int_equal(access("crl.pem", R_OK), 0);
	buf_clear(&output);
	buf_clear(&content);
	buf_clear(&crl);
	world_close();
}

static void
a_crl_of_somebody_else_is_refused(void **state)
{
	struct buf crl, content;

	(void)state;
	world_open(LAB_DEFAULT);
	world.spoil = answer_anything;
	crl = crl_of(world.lab->ca->subject, world.lab->ra_key, LAB_NOW, 0);
	content = degenerate_of(buf_bytes(&crl));
	next.content = buf_bytes(&content);
	world_runs(scepctl_get_in, "get crl " URL TRUST, ERR_CLIENT_TRUST,
	    "error: the CRL is not signed by the CA that is trusted\n");
	buf_clear(&content);
	content = degenerate_of(BYTES_LITERAL("\x30\x00"));
	next.content = buf_bytes(&content);
	world_runs(scepctl_get_in, "get crl " URL TRUST, ERR_CLIENT_ANSWER,
	    "error: the answer has a malformed CRL\n");
	buf_clear(&content);
	buf_clear(&crl);
	world_close();
}

static void
broken_algorithms_are_refused_unless_they_are_wished_for(void **state)
{
	static const struct {
		enum cipher cipher;
		enum digest digest;
		const char *status;
		const char *line;
		enum err expected;
		const char *words;
	} rows[] = {
		{ CIPHER_DES_CBC, DIGEST_SHA256, "0", "get crl " URL TRUST,
		    ERR_CLIENT_ANSWER, "--cipher des takes it" },
		{ CIPHER_DES_CBC, DIGEST_SHA256, "0",
		    "get crl " URL TRUST " --cipher des", ERR_CLIENT_ANSWER,
		    "no CRL" },
		{ CIPHER_3DES_CBC, DIGEST_MD5, "0", "get crl " URL TRUST,
		    ERR_CLIENT_ANSWER, "--digest md5 takes it" },
		{ CIPHER_3DES_CBC, DIGEST_MD5, "0",
		    "get crl " URL TRUST " --digest md5", ERR_CLIENT_ANSWER,
		    "no CRL" },
		{ CIPHER_3DES_CBC, DIGEST_SHA1, "3", "get crl " URL TRUST,
		    ERR_CLIENT_ANSWER, "answers a query by \"pending\"" },
		{ CIPHER_3DES_CBC, DIGEST_SHA1, "0",
		    "get cert " URL " 1f" TRUST, ERR_CLIENT_ANSWER,
		    "does not have the certificate" },
		{ CIPHER_3DES_CBC, DIGEST_SHA1, "0",
		    "enrol " URL " --subject CN=a --out a.pem" TRUST,
		    ERR_CLIENT_ANSWER, "no certificates that can be read" },
	};
	struct buf content = degenerate_of(bytes_of(NULL, 0));

	(void)state;
	world_open(LAB_DEFAULT);
	world.spoil = answer_anything;
	next.content = buf_bytes(&content);
	for (size_t i = 0; i < COUNT(rows); i++) {
		next.cipher = rows[i].cipher;
		next.digest = rows[i].digest;
		next.status = rows[i].status;
		world_complains(rows[i].line[0] == 'e' ? scepctl_enrol_in :
							 scepctl_get_in,
		    rows[i].line, rows[i].expected, rows[i].words);
	}
	buf_clear(&content);
	world_close();
}

/* The answer to GetNextCACert, or what it is not. */
static struct bytes next_ca;

static void
answer_next_ca(const struct http_request *request, struct http_answer *answer)
{
	struct cms_signed_order order = { .has_content = true,
		.content = next_ca,
		.digest = DIGEST_SHA256,
		.signer = world.lab->ca,
		.key = world.lab->ca_key,
		.signing_time = LAB_NOW };

	if (strstr(request->url, "GetNextCACert") == NULL)
		return;
	answer->status = 200;
	buf_clear(&answer->body);
	buf_clear(&answer->content_type);
	buf_append_string(&answer->content_type,
	    "application/x-x509-next-ca-cert");
	assert_int_equal(cms_signed_append(&answer->body, world.lab->provider,
			     &order),
	    ERR_OK);
}

static void
the_next_ca_is_shown_where_the_present_one_vouches(void **state)
{
	struct bytes ders[1];
	struct buf content = { 0 }, output;

	(void)state;
	world_open(LAB_DEFAULT);
	world_complains(scepctl_get_in, "get next-ca " URL TRUST,
	    ERR_CLIENT_HTTP, "GetNextCACert: the server answers by HTTP");
	world.spoil = answer_next_ca;
	ders[0] = buf_bytes(&world.lab->ca->der);
	cms_certs_append(&content, ders, 1);
	next_ca = buf_bytes(&content);
	output = world_output(scepctl_get_in,
	    "get next-ca " URL " --out next.pem" TRUST, ERR_OK, "");
	assert_non_null(strstr(buf_string(&output), "CN=Lab SCEP CA"));
	assert_int_equal(access("next.pem", R_OK), 0);
	world_complains(scepctl_get_in, "get next-ca " URL, ERR_CLIENT_TRUST,
	    "nothing vouches yet");
	next_ca = BYTES_LITERAL("what?");
	world_complains(scepctl_get_in, "get next-ca " URL TRUST,
	    ERR_CLIENT_ANSWER, "no SignedData with certificates in it");
	buf_clear(&output);
	buf_clear(&content);
	world_close();
}

static void
what_makes_no_sense_is_told(void **state)
{
	static const struct {
		const char *line;
		const char *findings;
	} rows[] = {
		{ "get",
		    "no action is named; \"scepctl get --help\" lists "
		    "them" },
		{ "get all",
		    "unknown action \"all\"; \"scepctl get --help\" "
		    "lists them" },
		{ "get ca", "something is missing: scepctl get ca URL" },
		{ "get cert " URL,
		    "something is missing: scepctl get cert URL SERIAL" },
		{ "get crl " URL " 17", "\"17\" is one word too many" },
		{ "get cert " URL " 1g",
		    "\"1g\" is not a serial number in hexadecimal" },
		{ "get crl " URL " --cert a.pem",
		    "--cert and --key go together" },
		{ "get ca lab",
		    "lab: does not begin with http:// or "
		    "https://" },
	};

	(void)state;
	world_open(LAB_DEFAULT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *findings = xasprintf("error: %s\n", rows[i].findings);

		world_runs(scepctl_get_in, rows[i].line, ERR_CONFIGURATION,
		    findings);
		free(findings);
	}
	assert_int_equal(world.requests, 0);
	world_close();
}

static void
help_is_shown(void **state)
{
	static const struct {
		const char *line;
		const char *words;
	} rows[] = {
		{ "get --help", "next-ca    the CA certificates to come" },
		{ "get cert --help", "usage: scepctl get cert URL SERIAL" },
	};
	struct buf output;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		output = world_output(scepctl_get_in, rows[i].line, ERR_OK, "");
		assert_non_null(strstr(buf_string(&output), rows[i].words));
		buf_clear(&output);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_a_server_can_is_shown),
		CONF_TEST(a_server_without_capabilities_is_one_too),
		CONF_TEST(certificates_of_a_server_are_shown_and_written),
		CONF_TEST(a_certificate_is_had_by_its_owner),
		CONF_TEST(a_crl_is_had_by_anybody),
		CONF_TEST(a_crl_of_somebody_else_is_refused),
		CONF_TEST(
		    broken_algorithms_are_refused_unless_they_are_wished_for),
		CONF_TEST(the_next_ca_is_shown_where_the_present_one_vouches),
		CONF_TEST(what_makes_no_sense_is_told),
		cmocka_unit_test(help_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
