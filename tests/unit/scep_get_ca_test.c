/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_ca.h"

#include "crypto/cms_certs.h"
#include "tests/unit/scep_reply.h"

/* The CA is not its own chain, but any certificate does for these tests. */
#define LAB_CA_CHAIN \
	"ca = { backend = \"file\"; certificate = \"ca.pem\"; " \
	"key = \"ca.key\"; chain = \"ca-sign.pem\"; }; "

static struct scep_exchange
ask(struct lab *lab, const char *query)
{
	struct scep_exchange exchange = { .query = bytes_of_string(query) };

	lab_serve(lab, &exchange);
	assert_int_equal(exchange.status, 200);
	assert_true(lab_logged(lab, " result=ok "));
	return exchange;
}

/* The answer is degenerate SignedData with these certificates in this order
 * (E8), and DER. */
static void
assert_bundle(struct scep_exchange *exchange, const char *content_type,
    const char *const *files, size_t count)
{
	struct bytes found[8];
	struct buf der = { 0 };
	size_t found_count = 0;

	assert_string_equal(exchange->content_type, content_type);
	assert_int_equal(ber_normalise(buf_bytes(&exchange->reply), &der),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&exchange->reply), buf_bytes(&der));
	assert_int_equal(cms_certs_read(buf_bytes(&der), found, COUNT(found),
			     &found_count),
	    ERR_OK);
	assert_int_equal(found_count, count);
	for (size_t i = 0; i < count; i++) {
		struct certificate *certificate = lab_certificate(files[i]);

		assert_same_bytes(found[i], buf_bytes(&certificate->der));
		certificate_free(certificate);
	}
	buf_clear(&der);
	buf_clear(&exchange->reply);
}

/* T1: whatever message= says. */
static const char *const queries[] = {
	"operation=GetCACert",
	"operation=GetCACert&message=",
	"operation=GetCACert&message=CAIdentifier",
	"operation=GetCACert&message=0",
	"operation=GetCACert&message=31",
	"message=*&operation=GetCACert",
	"operation=getcacert&message=default&x=%zz",
};

static void
assert_single(struct lab *lab, const char *query)
{
	struct scep_exchange exchange = ask(lab, query);

	assert_string_equal(exchange.content_type,
	    "application/x-x509-ca-cert");
	assert_same_bytes(buf_bytes(&exchange.reply), buf_bytes(&lab->ca->der));
	buf_clear(&exchange.reply);
}

static void
a_ca_that_serves_itself_is_one_certificate(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(queries); i++)
		assert_single(lab, queries[i]);
	/* Even with a chain above it (E12). */
	lab_restart(lab, LAB_ENDPOINT(LAB_CA_CHAIN LAB_CHALLENGE));
	assert_single(lab, "operation=GetCACert");
}

static void
an_ra_comes_first_in_a_bundle(void **state)
{
	static const char *const two[] = { "ca/ra.pem", "ca/ca-sign.pem" };
	static const char *const three[] = { "ca/ra.pem", "ca/ca.pem",
		"ca/ca-sign.pem" };
	struct scep_exchange exchange;
	struct lab *lab = *state;

	lab_restart(lab, LAB_ENDPOINT(LAB_SIGNING_CA LAB_RA LAB_CHALLENGE));
	exchange = ask(lab, "operation=GetCACert");
	assert_bundle(&exchange, "application/x-x509-ca-ra-cert", two, 2);
	lab_restart(lab, LAB_ENDPOINT(LAB_CA_CHAIN LAB_RA LAB_CHALLENGE));
	exchange = ask(lab, "operation=GetCACert");
	assert_bundle(&exchange, "application/x-x509-ca-ra-cert", three, 3);
}

/* T9: draft-nourse's GetCACertChain, certmonger's GetCAChain. */
static void
the_chain_is_a_bundle_in_either_case(void **state)
{
	static const char *const type = "application/x-x509-ca-ra-cert-chain";
	static const char *const one[] = { "ca/ca.pem" };
	static const char *const two[] = { "ca/ca.pem", "ca/ca-sign.pem" };
	static const char *const three[] = { "ca/ra.pem", "ca/ca.pem",
		"ca/ca-sign.pem" };
	struct scep_exchange exchange;
	struct lab *lab = *state;

	exchange = ask(lab, "operation=GetCACertChain");
	assert_bundle(&exchange, type, one, 1);
	lab_restart(lab, LAB_ENDPOINT(LAB_CA_CHAIN LAB_CHALLENGE));
	exchange = ask(lab, "operation=GetCAChain&message=0");
	assert_bundle(&exchange, type, two, 2);
	lab_restart(lab, LAB_ENDPOINT(LAB_CA_CHAIN LAB_RA LAB_CHALLENGE));
	exchange = ask(lab, "operation=GetCACertChain");
	assert_bundle(&exchange, type, three, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_ca_that_serves_itself_is_one_certificate),
		LAB_TEST(an_ra_comes_first_in_a_bundle),
		LAB_TEST(the_chain_is_a_bundle_in_either_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
