/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_policy.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/crypto_codec.h"
#include "tests/unit/scep_reply.h"

/*
 * In the lab's folder: a configuration, and requests of all kinds.  Times are
 * LAB_NOW's day.
 */

#define MAX_WORDS 16
#define AT " --at 2026-12-01"
#define TEST "policy test scepd.conf "
#define NOT_ASKED \
	"not asked:      the state database, whether the key or the " \
	"certificate was revoked, the names have another one or the request " \
	"was there before; the CA and programs, which may still refuse it\n"

/* The keys of /keyless are in no file: whoever needs one fails. */
#define KEYLESS_CA \
	"ca = { backend = \"file\"; certificate = \"ca.pem\"; " \
	"key = \"none.key\"; }; "
#define SECRET \
	"enrol = { challenge = ( { type = \"static\"; " \
	"secret = \"long-enough-secret\"; } ); }; "

static const char conf[] =
    "endpoints = (\n"
    "{ path = \"/scep\"; " LAB_CA SECRET
    "profile = { name = \"router\"; days = 30; san = ( \"dns\" ); }; },\n"
    "{ path = \"/keyless\"; " KEYLESS_CA SECRET " },\n"
    "{ path = \"/manual\"; " KEYLESS_CA
    "enrol = { anonymous = true; approval = \"manual\"; }; },\n"
    "{ path = \"/hook\"; " KEYLESS_CA
    "enrol = { anonymous = true; approval = \"hook\"; "
    "hook = { command = ( \"/bin/true\" ); }; }; },\n"
    "{ path = \"/minted\"; " KEYLESS_CA
    "enrol = { challenge = ( { type = \"one-time\"; } ); }; },\n"
    "{ path = \"/limited\"; " KEYLESS_CA
    "enrol = { challenge = ( { type = \"static\"; "
    "secret = \"long-enough-secret\"; } ); max_active = 1; }; },\n"
    "{ path = \"/behalf\"; " LAB_CA
    "enrol = { on_behalf = ( { certificate = \"mdm.pem\"; "
    "names = ( \"CN=*\" ); } ); }; },\n"
    "{ path = \"/next\"; " LAB_CA SECRET
    "next = { from = \"2027-01-01\"; ca = { backend = \"file\"; "
    "certificate = \"next.pem\"; key = \"next.key\"; }; }; },\n"
    "{ path = \"/broken\"; " LAB_CA " } );\n";

static void
put_file(const struct lab *lab, const char *name, struct buf *octets)
{
	lab_put(lab, name, buf_bytes(octets), 0600);
	buf_clear(octets);
}

static void
put_message(const struct lab *lab, const char *name,
    const struct lab_request *request)
{
	struct buf octets = lab_request_message(lab, request);

	put_file(lab, name, &octets);
}

static void
put_csr(const struct lab *lab, const char *name,
    const struct lab_request *request)
{
	struct buf octets = lab_request_csr(request);

	put_file(lab, name, &octets);
}

/* As the requests' own challenge is, or none. */
static void
put_requests(const struct lab *lab, struct lab_request *request)
{
	struct buf csr,
	    names = asn1("30{ 30{ 06{551d11} 04{ 30{ 82{'a.lab'} "
			 "81{'a@b'} } } } }");

	request->challenge = BYTES_LITERAL("long-enough-secret");
	request->extensions = buf_bytes(&names);
	put_csr(lab, "right.der", request);
	put_message(lab, "right.message", request);
	request->extensions = bytes_of(NULL, 0);
	buf_clear(&names);
	request->challenge = BYTES_LITERAL("wrong");
	put_csr(lab, "wrong.der", request);
	put_message(lab, "wrong.message", request);
	request->challenge = bytes_of(NULL, 0);
	csr = lab_request_csr(request);
	lab_put_pem(lab, "bare.pem", "CERTIFICATE REQUEST", buf_bytes(&csr));
	lab_put_pem(lab, "bare-old.pem", "NEW CERTIFICATE REQUEST",
	    buf_bytes(&csr));
	csr.data[csr.size - 1] ^= 1;
	put_file(lab, "spoiled.der", &csr);
	request->recipient = lab->ra;
	put_message(lab, "foreign.message", request);
	request->recipient = lab->ca;
	request->message_type = "20";
	request->data = BYTES_LITERAL("\x30\x04\x30\x00\x30\x00");
	put_message(lab, "poll.message", request);
}

/* For a key that a reply can't be enciphered to. */
static void
put_curve(const struct lab *lab, const struct lab_request *usual)
{
	struct lab_request request = *usual;
	struct key *key = lab_key(lab, "keys/p256.pem");

	request.key = key;
	request.challenge = BYTES_LITERAL("long-enough-secret");
	put_csr(lab, "curve.der", &request);
	key_free(key);
}

static void
put_next_ca(const struct lab *lab)
{
	struct key *key = lab_key(lab, "sscep/client.key");
	struct buf name = lab_name("next");
	struct certificate_order order = lab_ca_order(key, buf_bytes(&name));
	struct buf der = lab_issue(&order, key);

	lab_put_pem(lab, "next.pem", "CERTIFICATE", buf_bytes(&der));
	lab_put_vector(lab, "next.key", "sscep/client.key");
	buf_clear(&der);
	buf_clear(&name);
	key_free(key);
}

/* For another's key. */
static void
put_others(const struct lab *lab, const struct lab_request *usual)
{
	struct lab_client mdm = lab_client_new(lab, "sscep/client.key");
	struct lab_request request = *usual;

	request.client = &mdm;
	request.challenge = bytes_of(NULL, 0);
	lab_put_pem(lab, "mdm.pem", "CERTIFICATE",
	    buf_bytes(&mdm.certificate->der));
	put_message(lab, "others.message", &request);
	lab_client_clear(&mdm);
}

/* Of a CA of the endpoint's: what it is signed with is all that tells. */
static void
put_renewal(const struct lab *lab, const struct lab_request *usual)
{
	struct lab_request request = *usual;
	struct buf subject = lab_name("device");
	struct certificate_order order = {
		.serial = BYTES_LITERAL("\x07"),
		.issuer = lab->ca->subject,
		.subject = buf_bytes(&subject),
		.spki = key_spki(usual->client->key),
		.not_before = LAB_NOW - 86400,
		.not_after = LAB_NOW + 86400,
	};
	struct buf der = lab_issue(&order, lab->ca_key);
	struct lab_client owner = { .key = usual->client->key };
	struct key *next = lab_key(lab, "certmonger/client.key");

	assert_int_equal(certificate_read(buf_bytes(&der), &owner.certificate),
	    ERR_OK);
	request.client = &owner;
	request.challenge = bytes_of(NULL, 0);
	put_message(lab, "same-key.message", &request);
	request.key = next;
	put_message(lab, "renewal.message", &request);
	key_free(next);
	certificate_free(owner.certificate);
	buf_clear(&der);
	buf_clear(&subject);
}

static int
begin(void **state)
{
	struct device *device;
	struct lab_request usual;

	if (device_setup((void **)&device) != 0)
		return -1;
	usual = device->request;
	put_renewal(device->lab, &usual);
	put_curve(device->lab, &usual);
	put_requests(device->lab, &device->request);
	put_next_ca(device->lab);
	put_others(device->lab, &usual);
	lab_put(device->lab, "scepd.conf", bytes_of_string(conf), 0600);
	lab_put(device->lab, "challenge", BYTES_LITERAL("long-enough-secret\n"),
	    0600);
	lab_put(device->lab, "garbage", BYTES_LITERAL("garbage"), 0600);
	lab_put(device->lab, "empty", bytes_of(NULL, 0), 0600);
	lab_put(device->lab, "short.der", BYTES_LITERAL("\x30\x02\x30\x00"),
	    0600);
	*state = device;
	return chdir(device->lab->folder);
}

static int
end(void **state)
{
	return chdir("/") != 0 || device_teardown(state) != 0;
}

/* Runs the words of `line`, which are divided by blanks. */
static enum err
run(const char *line, struct buf *output, struct problems *problems)
{
	char *words[MAX_WORDS + 1] = { NULL };
	char *copy = xstrdup(line), *at = copy;
	int count = 0;
	enum err err;

	for (char *word; (word = strsep(&at, " ")) != NULL;)
		words[count++] = word;
	err = scepctl_policy(count, words, output, problems);
	free(copy);
	return err;
}

/* What must be tried without a finding; what it prints is the caller's. */
static struct buf
tried(const char *line, enum err expected)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run(line, &output, problems);

	assert_string_equal(problems_text(problems), "");
	if (err != expected)
		fail_msg("%s: %s: %s", line, err_name(err),
		    buf_string(&output));
	problems_free(problems);
	return output;
}

static void
assert_prints(const char *line, enum err expected, const char *text)
{
	struct buf output = tried(line, expected);

	assert_string_equal(buf_string(&output), text);
	buf_clear(&output);
}

static void
what_would_be_certified_is_shown(void **state)
{
	(void)state;
	assert_prints(TEST "/scep right.der" AT, ERR_OK,
	    "decision:       issue\n"
	    "taken for:      a first enrolment\n"
	    "file:           PKCS#10\n"
	    "asks for:       CN=device\n"
	    "asks for names: dns:a.lab,email:a@b\n"
	    "key:            RSA 2048\n"
	    "challenge:      is there\n"
	    "profile:        router\n"
	    "subject:        CN=device\n"
	    "names:          dns:a.lab\n"
	    "key usage:      digitalSignature,keyEncipherment\n"
	    "ext key usage:  clientAuth\n"
	    "not before:     2026-11-30T23:50:00Z\n"
	    "not after:      2026-12-31T00:00:00Z\n" NOT_ASKED);
}

static void
a_refusal_is_shown_with_its_reason(void **state)
{
	(void)state;
	assert_prints(TEST "/scep wrong.message" AT, ERR_CHALLENGE_WRONG,
	    "decision:       refuse\n"
	    "reason:         challenge-wrong\n"
	    "meaning:        The challenge password is none that the "
	    "endpoint takes.\n"
	    "device is told: The challenge password was not accepted.\n"
	    "file:           PKCSReq\n"
	    "transaction:    transaction\n"
	    "signer:         CN=device\n"
	    "signer is:      of no CA here\n"
	    "asks for:       CN=device\n"
	    "asks for names: \n"
	    "key:            RSA 2048\n"
	    "challenge:      is there\n" NOT_ASKED);
}

static void
json_is_one_object(void **state)
{
	(void)state;
	assert_prints(TEST "/hook bare.pem --json" AT, ERR_CLIENT_PENDING,
	    "{\"decision\": \"hold\", \"approved_by\": "
	    "\"the program of the setting hook\", "
	    "\"taken_for\": \"a first enrolment\", \"file\": \"PKCS#10\", "
	    "\"asks_for\": \"CN=device\", \"asks_for_names\": \"\", "
	    "\"key\": \"RSA 2048\", \"challenge\": \"none\", "
	    "\"profile\": \"\", \"subject\": \"CN=device\", \"names\": \"\", "
	    "\"key_usage\": \"digitalSignature,keyEncipherment\", "
	    "\"ext_key_usage\": \"clientAuth\", "
	    "\"not_before\": \"2026-11-30T23:50:00Z\", "
	    "\"not_after\": \"2027-12-01T00:00:00Z\", "
	    "\"not_asked\": \"the state database, whether the key or the "
	    "certificate was revoked, the names have another one or the "
	    "request was there before; the CA and programs, which may still "
	    "refuse it\"}\n");
}

/* Each as the endpoint itself would have it. */
static void
every_kind_of_request_is_decided(void **state)
{
	static const struct row {
		const char *words;
		enum err expected;
		const char *shown;
	} rows[] = {
		{ "/scep right.message", ERR_OK,
		    "names:          dns:a.lab\n" },
		{ "/scep bare.pem", ERR_CHALLENGE_MISSING, "none\n" },
		{ "/scep bare-old.pem --challenge-file challenge", ERR_OK,
		    "is there\n" },
		{ "/scep wrong.der --challenge-file challenge", ERR_OK,
		    "decision:       issue\n" },
		{ "/keyless right.der", ERR_OK, "profile:        \n" },
		{ "/keyless wrong.der", ERR_CHALLENGE_WRONG, "refuse" },
		{ "/manual bare.pem", ERR_CLIENT_PENDING,
		    "approved by:    somebody, by scepctl pending approve\n" },
		{ "/scep renewal.message", ERR_OK,
		    "taken for:      a renewal\n" },
		{ "/scep same-key.message", ERR_RENEWAL_KEY,
		    "signer is:      of the endpoint's CA\n" },
		{ "/scep spoiled.der", ERR_CSR_SIGNATURE,
		    "reason:         csr-signature\n" },
		{ "/scep foreign.message", ERR_ENVELOPE_DECRYPT,
		    "reason:         decrypt\n" },
		{ "/scep short.der", ERR_CSR_MALFORMED,
		    "reason:         csr\n" },
		/* What signs its message has to be another key, of RSA. */
		{ "/scep curve.der", ERR_OK, "key:            EC " },
		{ "/minted right.der", ERR_CHALLENGE_WRONG, "refuse" },
		{ "/minted right.der --minted", ERR_OK, "issue" },
		{ "/minted bare.pem --minted", ERR_OK, "issue" },
		{ "/minted bare.pem", ERR_CHALLENGE_MISSING, "none" },
		{ "/scep wrong.der --minted", ERR_CHALLENGE_WRONG, "refuse" },
		{ "/limited right.der", ERR_OK, "decision:       issue\n" },
		{ "/behalf others.message", ERR_OK,
		    "taken for:      a first enrolment on behalf of a device\n" },
		{ "/behalf wrong.message", ERR_BEHALF_SIGNER, "refuse" },
		/* The announcement of a next CA takes its keys. */
		{ "/next right.der", ERR_OK, "decision:       issue\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf(TEST "%s" AT, rows[i].words);
		struct buf output = tried(line, rows[i].expected);

		if (strstr(buf_string(&output), rows[i].shown) == NULL)
			fail_msg("%s: %s", line, buf_string(&output));
		/* Nobody sees a challenge. */
		assert_null(strstr(buf_string(&output), "secret"));
		buf_clear(&output);
		free(line);
	}
}

static void
what_can_not_be_tried_is_told(void **state)
{
	static const struct row {
		const char *line;
		enum err expected;
		const char *told;
	} rows[] = {
		{ TEST "/no right.der", ERR_CONFIGURATION,
		    "no endpoint has the path \"/no\"; there are: /scep, "
		    "/keyless, " },
		{ TEST "/broken right.der", ERR_CONFIGURATION, "\"enrol\"" },
		{ TEST "/scep nothing", ERR_FILE, "nothing: No such file" },
		{ TEST "/scep garbage", ERR_FILE,
		    "garbage: holds neither a PKCS#10 request nor a "
		    "pkiMessage" },
		{ TEST "/scep next.key", ERR_FILE, "next.key: holds neither" },
		{ TEST "/scep empty", ERR_FILE, "empty: holds neither" },
		{ TEST "/scep poll.message", ERR_FILE,
		    "poll.message: is no request for a certificate, but of "
		    "messageType 20" },
		{ TEST "/keyless right.message", ERR_CONFIGURATION,
		    "this takes the endpoint's private keys: run it as root" },
		{ TEST "/scep right.der --challenge-file nothing", ERR_FILE,
		    "nothing: No such file" },
		{ TEST "/scep right.der --at soon", ERR_CONFIGURATION,
		    "--at \"soon\": is no date" },
		{ "policy test nothing /scep right.der", ERR_CONFIGURATION,
		    "nothing" },
		{ "policy test scepd.conf /scep", ERR_CONFIGURATION,
		    "takes three words" },
		{ TEST "/scep right.der wrong.der", ERR_CONFIGURATION,
		    "takes three words" },
		{ "policy", ERR_CONFIGURATION, "scepctl policy test CONFIG" },
		{ "policy try scepd.conf /scep right.der", ERR_CONFIGURATION,
		    "no action is named" },
		{ TEST "/scep right.der --yaml", ERR_CONFIGURATION, "yaml" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf output = { 0 };

		assert_int_equal(run(rows[i].line, &output, problems),
		    rows[i].expected);
		if (strstr(problems_text(problems), rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].line,
			    problems_text(problems));
		assert_int_equal(output.size, 0);
		problems_free(problems);
	}
}

/* No state database is made, nor anything else. */
static void
nothing_is_left_behind(void **state)
{
	struct stat before, after;
	struct buf output;

	(void)state;
	assert_int_equal(stat(".", &before), 0);
	output = tried(TEST "/scep right.message" AT, ERR_OK);
	assert_int_equal(stat(".", &after), 0);
	assert_memory_equal(&after.st_mtim, &before.st_mtim,
	    sizeof(before.st_mtim));
	buf_clear(&output);
}

static void
help_is_for_whoever_asks(void **state)
{
	struct buf output = tried("policy test --help", ERR_OK);

	(void)state;
	assert_non_null(strstr(buf_string(&output), "--challenge-file FILE"));
	buf_clear(&output);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_would_be_certified_is_shown),
		cmocka_unit_test(a_refusal_is_shown_with_its_reason),
		cmocka_unit_test(json_is_one_object),
		cmocka_unit_test(every_kind_of_request_is_decided),
		cmocka_unit_test(what_can_not_be_tried_is_told),
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(help_is_for_whoever_asks),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
