/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/endpoint.h"

#include "tests/unit/scep_reply.h"

/* What a start checks, so that no client has to find it out. */

#define KEY_USAGE_SERVING \
	(KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT)

/* The endpoints can't start, and the lines say why. */
static void
assert_no_start(struct lab *lab, const char *text, const char *finding)
{
	struct problems *problems = problems_new();
	enum err err = lab_start(lab, text, problems);

	if (err != ERR_CONFIGURATION)
		fail_msg("started: %s", text);
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	assert_null(lab->scep);
	problems_free(problems);
}

static void
assert_warned(struct lab *lab, const char *text, const char *finding)
{
	struct problems *problems = problems_new();

	if (lab_start(lab, text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	problems_free(problems);
}

static const struct {
	const char *text;
	const char *finding;
} refused[] = {
	{ "", "endpoints" },
	{ "endpoints = ();", "endpoints" },
	{ "endpoints = ( { " LAB_CA LAB_CHALLENGE " } );", "path" },
	{ LAB_ENDPOINT(LAB_CHALLENGE), "\"ca\"" },
	/* Nobody is let in because somebody forgot to say who. */
	{ LAB_ENDPOINT(LAB_CA), "\"enrol\"" },
	{ LAB_ENDPOINT(LAB_CA "enrol = {}; "), "nothing authenticates" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "challenge = \"x\"; "),
	    "challenge" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "algorithms = \"aes-512\"; "),
	    "unknown algorithm \"aes-512\"" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "algorithms = \"sha-256\"; "),
	    "lists no digest or no cipher" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "algorithms = \"aes-128\"; "),
	    "lists no digest or no cipher" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "empty_content = \"no\"; "),
	    "empty_content" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "algorithms = (); "),
	    "lists no digest or no cipher" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "profile = { days = 0; }; "),
	    "days" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "keys = { ec = \"x\"; }; "),
	    "unknown curve" },
	{ LAB_ENDPOINT("ca = { backend = \"file\"; certificate = \"ca.pem\"; "
		       "key = \"ra.key\"; }; " LAB_CHALLENGE),
	    "is not the private key of the certificate" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "ra = { certificate = "
	      "\"ra.pem\"; key = \"ca.key\"; }; "),
	    "is not the private key of the certificate" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "ra = { key = \"ra.key\"; }; "),
	    "certificate" },
	/* What no key process would sign: OCSPSigning. */
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "profile = { extended_key_usage = (\"clientAuth\", "
	      "\"1.3.6.1.5.5.7.3.9\"); }; "),
	    "no certificate by this profile would ever be signed" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "profile = ( { name = \"a\"; },\n{ name = \"b\"; "
	      "extended_key_usage = \"1.3.6.1.5.5.7.3.9\"; } ); "),
	    "scepd.conf:2: no certificate by this profile would ever be "
	    "signed" },
	/* What such a CA would never do. */
	{ LAB_ENDPOINT("ca = { backend = \"command\"; command = ( "
		       "\"/bin/true\" ); certificate = \"ca.pem\"; }; " LAB_RA
			   LAB_CHALLENGE
		       "profile = ( { name = \"a\"; },\n{ name = \"b\"; "
		       "subject = \"CN=${subject.CN}\"; } ); "),
	    "scepd.conf:2: a CA that makes certificates of the requests "
	    "themselves can't give other subjects" },
	/* E13: keyUsage of who serves. */
	{ LAB_ENDPOINT(LAB_SIGNING_CA LAB_CHALLENGE),
	    "keyUsage lacks digitalSignature or keyEncipherment" },
};

static void
a_start_refuses_what_could_not_serve(void **state)
{
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_no_start(*state, refused[i].text, refused[i].finding);
}

static void
two_endpoints_do_not_share_a_path(void **state)
{
	assert_no_start(*state,
	    "endpoints = ( { path = \"/a\"; " LAB_CA LAB_CHALLENGE " }, "
	    "{ path = \"/a/b\"; " LAB_CA LAB_CHALLENGE " }, "
	    "{ path = \"/a\"; " LAB_CA LAB_CHALLENGE " } );",
	    "another endpoint has this path already");
}

static void
one_start_reports_everything(void **state)
{
	struct problems *problems = problems_new();

	assert_int_equal(lab_start(*state,
			     "endpoints = ( { path = \"/x\"; algorithms = "
			     "\"y\"; ca = { backend = \"file\"; certificate = "
			     "\"none.pem\"; key = \"none.key\"; }; ra = { "
			     "certificate = \"ra.pem\"; key = \"none\"; }; "
			     "enrol = {}; profile = { days = 0; }; }, "
			     "{ path = \"/b\"; } );",
			     problems),
	    ERR_CONFIGURATION);
	/* algorithms, none.pem, none.key, none, enrol, days; ca and
	 * enrol of the second endpoint. */
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 8);
	problems_free(problems);
}

static void
a_key_that_everybody_can_read_is_refused(void **state)
{
	struct lab *lab = *state;
	struct buf key = lab_vector("ca/ca.key.pem");

	lab_put(lab, "ca.key", buf_bytes(&key), 0644);
	assert_no_start(lab, LAB_DEFAULT, "ca.key");
	buf_clear(&key);
}

/* Puts a certificate for the key of a vector, issued by `issuer`, and the key
 * of it into the lab's folder. */
static void
put_identity(struct lab *lab, const char *name, struct certificate_order *order,
    const char *key_name, const struct key *issuer)
{
	struct key *key = lab_key(lab, key_name);
	char *certificate_file = xasprintf("%s.pem", name);
	char *key_file = xasprintf("%s.key", name);
	struct buf der;

	order->spki = key_spki(key);
	der = lab_issue(order, issuer != NULL ? issuer : key);
	lab_put_pem(lab, certificate_file, "CERTIFICATE", buf_bytes(&der));
	lab_put_vector(lab, key_file, key_name);
	free(certificate_file);
	free(key_file);
	buf_clear(&der);
	key_free(key);
}

static void
an_ec_ca_needs_an_ra(void **state)
{
	struct lab *lab = *state;
	struct buf name = lab_name("EC CA");
	struct certificate_order order = lab_ca_order(lab->ca_key,
	    buf_bytes(&name));
	struct key *ec = lab_key(lab, "keys/p256.pem");

	put_identity(lab, "ca", &order, "keys/p256.pem", NULL);
	assert_no_start(lab, LAB_DEFAULT,
	    "make an RSA RA certificate for this CA");
	/* With one that it issued, it serves. */
	order.ca = false;
	order.key_usage = KEY_USAGE_SERVING;
	order.serial = BYTES_LITERAL("\x02");
	put_identity(lab, "ra", &order, "ca/ra.key.pem", ec);
	lab_restart(lab, LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE));
	key_free(ec);
	buf_clear(&name);
}

/* What an RA certificate may be, and what not. */
static const struct {
	const char *name; /* of its issuer */
	const char *key;
	bool by_ca;
	unsigned key_usage;
	int64_t not_after;
	const char *finding; /* NULL: it will do */
} authorities[] = {
	{ NULL, "ca/ra.key.pem", true, KEY_USAGE_SERVING, LAB_NOW + 86400,
	    NULL },
	{ NULL, "ca/ra.key.pem", true, 0, LAB_NOW + 86400, NULL },
	{ NULL, "ca/ra.key.pem", true, KEY_USAGE_DIGITAL_SIGNATURE,
	    LAB_NOW + 86400, "keyUsage lacks" },
	{ NULL, "ca/ra.key.pem", true, KEY_USAGE_KEY_ENCIPHERMENT,
	    LAB_NOW + 86400, "keyUsage lacks" },
	{ NULL, "keys/p256.pem", true, KEY_USAGE_SERVING, LAB_NOW + 86400,
	    "key can't decrypt" },
	{ NULL, "ca/ra.key.pem", true, KEY_USAGE_SERVING, LAB_NOW - 1,
	    "RA certificate" },
	{ "Another CA", "ca/ra.key.pem", true, KEY_USAGE_SERVING,
	    LAB_NOW + 86400, "is not issued by this endpoint's CA" },
	{ NULL, "ca/ra.key.pem", false, KEY_USAGE_SERVING, LAB_NOW + 86400,
	    "is not issued by this endpoint's CA" },
};

static void
an_ra_is_issued_by_the_ca_and_fit_to_serve(void **state)
{
	struct lab *lab = *state;
	const char *text = LAB_ENDPOINT(LAB_SIGNING_CA LAB_RA LAB_CHALLENGE);

	for (size_t i = 0; i < COUNT(authorities); i++) {
		struct buf other = lab_name("Another CA");
		struct certificate_order order = lab_ca_order(lab->ca_key,
		    lab->ca->subject);

		order.ca = false;
		order.key_usage = authorities[i].key_usage;
		order.not_after = authorities[i].not_after;
		if (authorities[i].name != NULL)
			order.issuer = buf_bytes(&other);
		put_identity(lab, "ra", &order, authorities[i].key,
		    authorities[i].by_ca ? lab->ca_key : lab->ra_key);
		if (authorities[i].finding != NULL)
			assert_no_start(lab, text, authorities[i].finding);
		else
			lab_restart(lab, text);
		buf_clear(&other);
	}
}

static void
an_expired_ca_is_refused(void **state)
{
	struct lab *lab = *state;
	struct certificate_order order = lab_ca_order(lab->ca_key,
	    lab->ca->subject);

	order.not_after = LAB_NOW - 1;
	put_identity(lab, "ca", &order, "ca/ca.key.pem", NULL);
	assert_no_start(lab, LAB_DEFAULT, "CA certificate");
}

static void
what_is_risky_or_near_its_end_is_warned_of(void **state)
{
	struct lab *lab = *state;
	struct certificate_order order = lab_ca_order(lab->ca_key,
	    lab->ca->subject);

	assert_warned(lab, LAB_ENDPOINT(LAB_CA LAB_CHALLENGE LAB_LEGACY),
	    "md5 and des are broken");
	assert_warned(lab, LAB_ENDPOINT(LAB_CA LAB_ANONYMOUS), "everybody");
	order.not_after = LAB_NOW + 86400;
	put_identity(lab, "ca", &order, "ca/ca.key.pem", NULL);
	assert_warned(lab, LAB_DEFAULT, "expires on 2026-12-02");
}

static const struct {
	const char *own;
	const char *path;
	bool has;
} paths[] = {
	{ "/scep", "/scep", true },
	{ "/scep", "/scep/", true },
	{ "/scep", "/scep/pkiclient.exe", true },
	{ "/scep", "/scep/../../etc/passwd", true },
	{ "/scep", "/scep//", true },
	{ "/scep", "/scepter", false },
	{ "/scep", "/sce", false },
	{ "/scep", "/Scep", false },
	{ "/scep", "scep", false },
	{ "/scep", "/a/scep", false },
	{ "/scep", "/", false },
	{ "/scep", "", false },
	{ "/scep/devices", "/scep", false },
	{ "/scep/devices", "/scep/devices", true },
	{ "/scep/devices", "/scep%2Fdevices", false },
	{ "/", "/", true },
	{ "/", "/cgi-bin/pkiclient.exe", true },
	{ "/", "", true },
	{ "/", "x", false },
};

static void
a_path_belongs_to_an_endpoint_by_whole_segments(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct endpoint endpoint = { .path = paths[i].own };

		if (endpoint_has_path(&endpoint,
			bytes_of_string(paths[i].path)) != paths[i].has)
			fail_msg("%s of %s", paths[i].path, paths[i].own);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_LAB_TEST(a_start_refuses_what_could_not_serve),
		BARE_LAB_TEST(two_endpoints_do_not_share_a_path),
		BARE_LAB_TEST(one_start_reports_everything),
		BARE_LAB_TEST(a_key_that_everybody_can_read_is_refused),
		BARE_LAB_TEST(an_ec_ca_needs_an_ra),
		BARE_LAB_TEST(an_ra_is_issued_by_the_ca_and_fit_to_serve),
		BARE_LAB_TEST(an_expired_ca_is_refused),
		BARE_LAB_TEST(what_is_risky_or_near_its_end_is_warned_of),
		cmocka_unit_test(
		    a_path_belongs_to_an_endpoint_by_whole_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
