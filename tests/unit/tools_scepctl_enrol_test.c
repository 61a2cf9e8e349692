/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/decided.h"
#include "tools/scepctl_enrol.h"

#include "crypto/credential.h"
#include "crypto/oid.h"
#include "tests/unit/tools_world.h"

#define ENROL "enrol " URL " --subject CN=router --out router.pem "
#define TRUST "--ca ca.pem "
#define SECRET "--challenge secret "

#define LAB_MANUAL \
	LAB_ENDPOINT(LAB_CA "enrol = { anonymous = true; " \
			    "approval = \"manual\"; }; ")

static struct credential
credential_of(const char *certificate, const char *key)
{
	struct problems *problems = problems_new();
	struct credential_files files = { .certificate = certificate,
		.key = key };
	struct crypto_setup setup = { .provider = world.lab->provider };
	struct credential credential = { 0 };

	if (credential_load(&setup, &files, &credential, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return credential;
}

/* Whether both files are there and belong together. */
static void
assert_has(const char *certificate, const char *key)
{
	struct credential credential = credential_of(certificate, key);

	credential_clear(&credential);
}

static struct buf
text_of(const char *path)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	if (file_read(path, FILE_PUBLIC, 65536, &text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return text;
}

static void
runs(const char *line)
{
	world_runs(scepctl_enrol_in, line, ERR_OK, "");
}

static void
it_gets_a_certificate_and_makes_its_key(void **state)
{
	static const struct {
		const char *configuration;
		const char *line;
	} rows[] = {
		{ LAB_DEFAULT, ENROL TRUST SECRET },
		{ LAB_DEFAULT, ENROL TRUST SECRET "--method get" },
		{ LAB_DEFAULT,
		    ENROL TRUST SECRET "--digest sha-512 --cipher aes-256" },
		{ LAB_DEFAULT,
		    ENROL TRUST SECRET "--digest sha-1 --cipher 3des" },
		{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE LAB_LEGACY),
		    ENROL TRUST SECRET "--cipher des" },
		{ LAB_DEFAULT, ENROL TRUST SECRET "--key-type rsa-3072" },
		{ LAB_DEFAULT, ENROL TRUST SECRET "--key-type secp256r1" },
		{ LAB_DEFAULT, ENROL TRUST SECRET "--key-type secp384r1" },
		{ LAB_DEFAULT, ENROL TRUST SECRET "--san dns:a.example.org" },
		{ LAB_ENDPOINT(LAB_SIGNING_CA LAB_RA LAB_ANONYMOUS),
		    ENROL "--trust-on-first-use" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf output = { 0 };
		struct problems *problems = problems_new();

		world_open(rows[i].configuration);
		if (world_run(scepctl_enrol_in, rows[i].line, &output,
			problems) != ERR_OK)
			fail_msg("%s: %s", rows[i].line,
			    problems_text(problems));
		assert_non_null(strstr(buf_string(&output), " CN=router\n"));
		assert_has("router.pem", "router.key");
		unlink("router.pem");
		unlink("router.key");
		unlink("router.key.signer");
		buf_clear(&output);
		problems_free(problems);
		world_close();
	}
}

static void
the_same_command_gets_the_same_certificate(void **state)
{
	struct buf first, second;

	(void)state;
	world_open(LAB_DEFAULT);
	runs(ENROL TRUST SECRET "--key-type secp256r1");
	first = text_of("router.pem");
	runs(ENROL TRUST SECRET "--force");
	second = text_of("router.pem");
	assert_same_bytes(buf_bytes(&second), buf_bytes(&first));
	buf_clear(&first);
	buf_clear(&second);
	world_close();
}

static bool
approve(const struct transaction *transaction)
{
	return decided(world.lab->store, transaction->number,
		   buf_bytes(&transaction->request_hash), true,
		   bytes_of(NULL, 0), LAB_NOW) == ERR_OK;
}

static bool
approve_at_last(const struct transaction *transaction)
{
	return world.waits < 3 || approve(transaction);
}

static bool
reject(const struct transaction *transaction)
{
	return decided(world.lab->store, transaction->number,
		   buf_bytes(&transaction->request_hash), false,
		   bytes_of(NULL, 0), LAB_NOW) == ERR_OK;
}

static void
it_waits_until_the_request_is_approved(void **state)
{
	(void)state;
	world_open(LAB_MANUAL);
	world.decide = approve_at_last;
	runs(ENROL TRUST "--interval 10s --max-time 1m");
	assert_int_equal(world.waits, 3);
	assert_has("router.pem", "router.key");
	assert_string_equal(buf_string(&world.told),
	    "pending for 0s; asking again in 10s, for 1m more (interrupt it at "
	    "will: the same command goes on with it)\n"
	    "pending for 10s; asking again in 10s, for 50s more (interrupt it "
	    "at will: the same command goes on with it)\n"
	    "pending for 20s; asking again in 10s, for 40s more (interrupt it "
	    "at will: the same command goes on with it)\n");
	world_close();
}

static void
it_goes_on_with_a_request_that_was_given_up(void **state)
{
	(void)state;
	world_open(LAB_MANUAL);
	world_runs(scepctl_enrol_in, ENROL TRUST "--max-time 1m",
	    ERR_CLIENT_PENDING,
	    "error: the request is held and waits to be approved; the same "
	    "command, with the same key, asks again\n");
	assert_int_equal(world.waits, 2);
	assert_int_equal(access("router.pem", F_OK), -1);
	world.decide = approve;
	runs(ENROL TRUST);
	assert_int_equal(world.waits, 3);
	world_close();
}

static void
it_tells_why_it_is_refused(void **state)
{
	(void)state;
	world_open(LAB_DEFAULT);
	world_runs(scepctl_enrol_in, ENROL TRUST "--challenge wrong",
	    ERR_CLIENT_REFUSED,
	    "error: the server refuses: badRequest (\"The challenge password "
	    "was not accepted.\"): it does not give this certificate to who "
	    "asks: most often the challenge password, the subject, or a rule "
	    "of the CA; its log says more\n");
	world_complains(scepctl_enrol_in, ENROL TRUST "--cipher des",
	    ERR_CLIENT_REFUSED, "badAlg");
	world_close();
	world_open(LAB_MANUAL);
	world.decide = reject;
	world_complains(scepctl_enrol_in, ENROL TRUST, ERR_CLIENT_REFUSED,
	    "The request was rejected.");
	world_close();
}

static void
it_renews_with_a_new_key_and_the_same_names(void **state)
{
	static const char *const lines[] = {
		"enrol " URL " --renew router.pem --key router.key --out "
		"new.pem",
		"enrol " URL " --renew router.pem --key router.key --out "
		"new.pem --new-key other.key --subject CN=router",
	};
	static const char *const keys[] = { "new.key", "other.key" };

	(void)state;
	world_open(LAB_DEFAULT);
	runs(ENROL TRUST SECRET "--san dns:router.example.org");
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct credential made;
		struct bytes names;

		world_runs(scepctl_enrol_in, lines[i], ERR_OK, "");
		made = credential_of("new.pem", keys[i]);
		assert_true(extensions_find(made.certificate->extensions,
		    OID_SUBJECT_ALT_NAME, &names));
		assert_bytes(names, "\x30\x14\x82\x12router.example.org");
		credential_clear(&made);
		unlink("new.pem");
	}
	world_close();
}

static void
it_renews_with_the_same_key_where_the_server_lets_it(void **state)
{
	(void)state;
	world_open(LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	    "renew = { same_key = true; }; "));
	runs(ENROL TRUST SECRET);
	runs("enrol " URL
	     " --renew router.pem --key router.key --new-key same --out "
	     "new.pem");
	assert_has("new.pem", "router.key");
	world_close();
}

/* Where renewal is not announced it is a PKCSReq by the old certificate. */
static void
hide_renewal(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "GetCACaps") == NULL)
		return;
	buf_clear(&answer->body);
	buf_append_string(&answer->body, "AES\r\nSHA-256\r\nPOSTPKIOperation");
}

static void
it_renews_by_an_ordinary_request_where_it_has_to(void **state)
{
	(void)state;
	world_open(LAB_DEFAULT);
	runs(ENROL TRUST SECRET);
	world.spoil = hide_renewal;
	runs("enrol " URL " --renew router.pem --key router.key --out new.pem");
	assert_has("new.pem", "new.key");
	assert_true(lab_logged(world.lab, "messageType=19"));
	world_close();
}

/* What goes wrong with a message, as a server that is none would have it. */

static void
say_nothing(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "PKIOperation") != NULL)
		buf_clear(&answer->body);
}

static void
say_teapot(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "PKIOperation") == NULL)
		return;
	answer->status = 418;
	buf_clear(&answer->body);
	buf_append_string(&answer->body, "I am a\x1b[2J teapot.\n\n");
}

static void
send_elsewhere(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "GetCACert") == NULL)
		return;
	answer->status = 302;
	buf_clear(&answer->body);
	buf_append_string(&answer->location, "http://elsewhere/\x07");
}

/* The answer that an earlier request got. */
static struct buf earlier;

static void
say_it_again(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "PKIOperation") == NULL)
		return;
	if (earlier.size == 0)
		buf_append(&earlier, buf_bytes(&answer->body));
	buf_clear(&answer->body);
	buf_append(&answer->body, buf_bytes(&earlier));
}

/* One octet in the signature, which is at the end. */
static void
bend_signature(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "PKIOperation") != NULL)
		answer->body.data[answer->body.size - 5] ^= 1;
}

static void
send_junk(const struct http_request *request, struct http_answer *answer)
{
	if (strstr(request->url, "GetCACert") == NULL)
		return;
	buf_clear(&answer->body);
	buf_append_string(&answer->body, "<html>");
}

static void
it_takes_no_answer_that_is_none(void **state)
{
	static const struct {
		void (*spoil)(const struct http_request *request,
		    struct http_answer *answer);
		enum err expected;
		const char *words;
	} rows[] = {
		{ say_nothing, ERR_CLIENT_ANSWER, "the answer can't be read" },
		{ say_teapot, ERR_CLIENT_HTTP,
		    "PKIOperation: the server answers by HTTP status 418: I am "
		    "a\\x1b[2J teapot.\n" },
		{ send_elsewhere, ERR_CLIENT_HTTP,
		    "GetCACert: the server answers by HTTP status 302, which "
		    "sends elsewhere and is not followed; is that its URL?: "
		    "http://elsewhere/\\x07\n" },
		{ bend_signature, ERR_CLIENT_TRUST,
		    "is not signed by the server's certificates" },
		{ send_junk, ERR_CLIENT_ANSWER,
		    "neither a certificate nor a SignedData" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		world_open(LAB_DEFAULT);
		world.spoil = rows[i].spoil;
		world_complains(scepctl_enrol_in, ENROL TRUST SECRET,
		    rows[i].expected, rows[i].words);
		assert_int_equal(access("router.pem", F_OK), -1);
		world_close();
	}
}

static void
it_takes_no_answer_to_another_request(void **state)
{
	static const char other[] =
	    "enrol " URL " --subject CN=router --out other.pem " TRUST SECRET
	    "--max-time 0s";

	(void)state;
	world_open(LAB_DEFAULT);
	world.spoil = say_it_again;
	runs(ENROL TRUST SECRET);
	world_complains(scepctl_enrol_in, ENROL TRUST SECRET "--force",
	    ERR_CLIENT_ANSWER, "does not repeat the request's nonce");
	/* One of 256 wrong keys decrypts something that seems to be whole, and
	 * is no answer. */
	world_complains(scepctl_enrol_in, other, ERR_CLIENT_ANSWER,
	    "PKIOperation: the answer ");
	buf_clear(&earlier);
	world_close();
	world_open(LAB_MANUAL);
	world.spoil = say_it_again;
	world_complains(scepctl_enrol_in, ENROL TRUST "--max-time 0s --force",
	    ERR_CLIENT_PENDING, "the request is held");
	world_complains(scepctl_enrol_in, other, ERR_CLIENT_ANSWER,
	    "another transactionID");
	buf_clear(&earlier);
	world_close();
}

static void
it_makes_nothing_of_a_ca_that_nobody_vouches_for(void **state)
{
	(void)state;
	world_open(LAB_DEFAULT);
	world_complains(scepctl_enrol_in, ENROL SECRET, ERR_CLIENT_TRUST,
	    "nothing vouches yet for the CA");
	assert_int_equal(access("router.key", F_OK), -1);
	assert_int_equal(world.requests, 2);
	world_complains(scepctl_enrol_in, ENROL SECRET "--ca ra.pem",
	    ERR_CLIENT_TRUST, "what is trusted does not vouch for the CA");
	world_close();
}

static void
what_makes_no_sense_is_told_before_anything_is_asked(void **state)
{
	static const struct {
		const char *line;
		const char *findings;
	} rows[] = {
		{ "enrol", "no server is named: scepctl enrol URL" },
		{ "enrol " URL " more", "\"more\" is one word too many" },
		{ "enrol " URL " --subjct CN=a",
		    "unknown option \"--subjct\"; did you mean "
		    "\"--subject\"?" },
		{ "enrol " URL " --subject CN=a",
		    "no file is named for the certificate: --out FILE" },
		{ "enrol " URL " --out a.pem",
		    "no name is given for the certificate: --subject "
		    "CN=router-17,O=Example; or --renew one" },
		{ "enrol " URL " --out a.pem --renew b.pem",
		    "--renew needs the key of the certificate: --key FILE" },
		{ ENROL "--new-key b.key", "--new-key is for --renew" },
		{ ENROL "--challenge a --challenge-file b",
		    "--challenge and --challenge-file exclude each other" },
		{ ENROL "--challenge \xff",
		    "the challenge password is not UTF-8" },
		{ ENROL "--key router.pem",
		    "--out and the private key's file are the same" },
		{ ENROL "--interval 0s",
		    "--interval \"0s\": is not a time like 30s, 10m or 12h" },
		{ ENROL "--max-time soon",
		    "--max-time \"soon\": is not a time like 30s, 10m or "
		    "12h" },
		{ ENROL "--timeout 0s",
		    "--timeout: is not a time like 30s, from 1s to 1d" },
		{ "enrol ftp://lab/scep --subject CN=a --out a.pem",
		    "ftp://lab/scep: does not begin with http:// or "
		    "https://" },
		{ "enrol http:///scep --subject CN=a --out a.pem",
		    "http:///scep: names no host, like "
		    "http://scep.example.org/scep" },
		{ "enrol http://lab/scep?x --subject CN=a --out a.pem",
		    "http://lab/scep?x: has a query; leave out what is behind "
		    "\"?\"" },
		{ "enrol http://lab/\xc3\xa4 --subject CN=a --out a.pem",
		    "http://lab/\xc3\xa4: has a blank or another character "
		    "that no URL has" },
	};

	(void)state;
	world_open(LAB_DEFAULT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *findings = xasprintf("error: %s\n", rows[i].findings);

		world_runs(scepctl_enrol_in, rows[i].line, ERR_CONFIGURATION,
		    findings);
		free(findings);
	}
	assert_int_equal(world.requests, 0);
	world_close();
}

static void
what_files_lack_is_told(void **state)
{
	static const struct {
		const char *line;
		enum err expected;
		const char *findings;
	} rows[] = {
		{ "enrol " URL " --subject CN=a --out ca.pem", ERR_FILE,
		    "ca.pem: exists already and is left as it is; --force "
		    "overwrites it" },
		{ "enrol " URL " --subject CN=a --out no/a.pem", ERR_FILE,
		    "no: No such file or directory" },
		{ ENROL "--challenge-file empty", ERR_FILE,
		    "empty: has an empty first line, and no challenge "
		    "password" },
		{ ENROL TRUST SECRET "--key-type dsa", ERR_CONFIGURATION,
		    "--key-type \"dsa\": is unknown; choose rsa-3072, "
		    "rsa-2048, rsa-4096, secp256r1 or secp384r1" },
		{ ENROL TRUST SECRET "--key empty", ERR_KEY_FILE,
		    "empty: holds no private key in PEM form, or an encrypted "
		    "one" },
		{ ENROL TRUST "--key-type secp256r1", ERR_CONFIGURATION,
		    "the answer can't be encrypted for an EC key, so an RSA "
		    "key has to sign the request, for which a challenge "
		    "password vouches: give one, or take --key-type "
		    "rsa-2048" },
		{ ENROL TRUST SECRET "--key-type rsa-2048", ERR_CONFIGURATION,
		    "router.key: is there already, with a key of another kind "
		    "than --key-type; leave that out, or name another file" },
	};

	(void)state;
	world_open(LAB_DEFAULT);
	put("empty", "\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *findings = xasprintf("error: %s\n", rows[i].findings);

		world_runs(scepctl_enrol_in, rows[i].line, rows[i].expected,
		    findings);
		free(findings);
	}
	world_close();
}

static void
an_ec_certificate_is_not_renewed(void **state)
{
	(void)state;
	world_open(LAB_DEFAULT);
	runs(ENROL TRUST SECRET "--key-type secp256r1");
	world_complains(scepctl_enrol_in,
	    "enrol " URL " --renew router.pem --key router.key --out n.pem",
	    ERR_CONFIGURATION, "enrol anew, with a challenge password");
	world_close();
}

static void
the_report_is_json_where_asked(void **state)
{
	struct buf output;

	(void)state;
	world_open(LAB_DEFAULT);
	output = world_output(scepctl_enrol_in, ENROL TRUST SECRET "--json",
	    ERR_OK, "");
	assert_true(bytes_begin_with(buf_bytes(&output),
	    "{\"certificate\": \"router.pem\", \"key\": \"router.key\", "
	    "\"subject\": \"CN=router\", \"issuer\": "));
	buf_clear(&output);
	world_close();
}

static void
help_is_shown(void **state)
{
	struct buf output = world_output(scepctl_enrol_in, "enrol --help",
	    ERR_OK, "");

	(void)state;
	assert_non_null(strstr(buf_string(&output), "--trust-on-first-use"));
	buf_clear(&output);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(it_gets_a_certificate_and_makes_its_key),
		CONF_TEST(the_same_command_gets_the_same_certificate),
		CONF_TEST(it_waits_until_the_request_is_approved),
		CONF_TEST(it_goes_on_with_a_request_that_was_given_up),
		CONF_TEST(it_tells_why_it_is_refused),
		CONF_TEST(it_renews_with_a_new_key_and_the_same_names),
		CONF_TEST(it_renews_with_the_same_key_where_the_server_lets_it),
		CONF_TEST(it_renews_by_an_ordinary_request_where_it_has_to),
		CONF_TEST(it_takes_no_answer_that_is_none),
		CONF_TEST(it_takes_no_answer_to_another_request),
		CONF_TEST(it_makes_nothing_of_a_ca_that_nobody_vouches_for),
		CONF_TEST(what_makes_no_sense_is_told_before_anything_is_asked),
		CONF_TEST(what_files_lack_is_told),
		CONF_TEST(an_ec_certificate_is_not_renewed),
		CONF_TEST(the_report_is_json_where_asked),
		cmocka_unit_test(help_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
