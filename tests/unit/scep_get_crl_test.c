/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_crl.h"

#include "crypto/cms_certs.h"
#include "tests/unit/scep_crl.h"

/* A CRL is asked for, by GetCRL and by a plain GET. */

static int
crl_setup(void **state)
{
	struct device *device;

	if (device_setup(state) != 0)
		return -1;
	device = *state;
	lab_restart(device->lab, MAKES);
	put_certificate(device->lab, 7, LAB_NOW + 86400);
	set_reason(device->lab, 7, 1);
	assert_int_equal(scep_make_crls(device->lab->scep, LAB_NOW), ERR_OK);
	device->request.message_type = "22";
	device->request.data = BYTES_LITERAL("\x30\x05\x30\x00\x02\x01\x07");
	return 0;
}

#define CRL_TEST(function) \
	cmocka_unit_test_setup_teardown(function, crl_setup, device_teardown)

/* Whether the answer has the CRL that is in the store. */
static void
assert_answered(struct lab *lab, const struct lab_request *request)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	struct cert_rep cert_rep = assert_cert_rep(lab, request->client,
	    lab->ca, &exchange);
	struct stored_crl stored = stored_crl_of(lab);
	struct bytes crl, certificate;
	size_t count;

	assert_int_equal(cert_rep.status, PKI_STATUS_SUCCESS);
	assert_int_equal(cms_certs_read_crl(buf_bytes(&cert_rep.certificates),
			     &crl),
	    ERR_OK);
	assert_same_bytes(crl, buf_bytes(&stored.der));
	/* E8: the CRL and nothing else. */
	assert_int_equal(cms_certs_read(buf_bytes(&cert_rep.certificates),
			     &certificate, 1, &count),
	    ERR_OK);
	assert_int_equal(count, 0);
	stored_crl_clear(&stored);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
everybody_gets_the_crl(void **state)
{
	static const struct bytes forms[] = {
		BYTES_LITERAL("\x30\x05\x30\x00\x02\x01\x07"),
		/* Of draft-nourse-scep-05. */
		BYTES_LITERAL("\x30\x09\x30\x05\x30\x00\x02\x01\x01\x30\x00"),
	};
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(forms); i++) {
		device->request.data = forms[i];
		assert_answered(device->lab, &device->request);
	}
	/* It leaves no transaction. */
	device->request.message_type = "20";
	device->request.data = BYTES_LITERAL("\x30\x04\x30\x00\x30\x00");
	assert_request_refused(device->lab, &device->request, ERR_POLL_UNKNOWN);
}

static void
what_is_no_such_request_is_refused(void **state)
{
	static const struct bytes forms[] = {
		BYTES_LITERAL("\x30\x00"),
		BYTES_LITERAL("\x30\x02\x30\x00"),
		BYTES_LITERAL("\x30\x05\x02\x01\x07\x30\x00"),
		BYTES_LITERAL("\x30\x04\x30\x00\x05\x00"),
	};
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(forms); i++) {
		device->request.data = forms[i];
		assert_request_refused(device->lab, &device->request,
		    ERR_CSR_MALFORMED);
	}
}

static void
where_there_is_no_crl_it_is_said(void **state)
{
	static const char *const rows[] = { MAKES, LAB_DEFAULT };
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		lab_restart(device->lab, rows[i]);
		assert_request_refused(device->lab, &device->request,
		    ERR_CRL_NONE);
	}
}

static void
a_crl_is_served_at_its_path(void **state)
{
	static const char *const methods[] = { "GET", "HEAD" };
	struct lab *lab = ((struct device *)*state)->lab;
	struct stored_crl stored = stored_crl_of(lab);

	for (size_t i = 0; i < COUNT(methods); i++) {
		struct scep_exchange exchange = {
			.method = bytes_of_string(methods[i]),
			.path = BYTES_LITERAL("/scep/ca.crl"),
		};

		lab_serve(lab, &exchange);
		assert_int_equal(exchange.status, 200);
		assert_string_equal(exchange.content_type,
		    "application/pkix-crl");
		assert_int_equal(exchange.cached_for, 60);
		assert_same_bytes(buf_bytes(&exchange.reply),
		    buf_bytes(&stored.der));
		assert_true(lab_logged(lab, " operation=CRL "));
		buf_clear(&exchange.reply);
	}
	stored_crl_clear(&stored);
}

static void
nothing_else_is_served_there(void **state)
{
	struct lab *lab = ((struct device *)*state)->lab;
	struct scep_exchange post = {
		.method = BYTES_LITERAL("POST"),
		.path = BYTES_LITERAL("/scep/ca.crl"),
	};
	struct scep_exchange below = {
		.path = BYTES_LITERAL("/scep/ca.crl/"),
	};
	struct scep_exchange none = {
		.path = BYTES_LITERAL("/scep/ca.crl"),
	};

	lab_serve(lab, &post);
	assert_http_error(lab, &post, ERR_HTTP_METHOD);
	lab_serve(lab, &below);
	assert_http_error(lab, &below, ERR_HTTP_OPERATION);
	lab_restart(lab, MAKES);
	lab_serve(lab, &none);
	assert_http_error(lab, &none, ERR_CRL_NONE);
}

#define TWO(first, second) \
	"endpoints = ( { path = \"/a\"; " first LAB_CHALLENGE "}, " \
	"{ path = \"/b\"; " second LAB_CHALLENGE " } );"

static void
crls_of_two_cas_have_two_paths(void **state)
{
	static const struct {
		const char *text;
		const char *finding;
	} rows[] = {
		{ TWO(CA_WITH("path = \"/crl\";"), CA_WITH("path = \"/crl\";")),
		    "" },
		{ TWO(CA_WITH("path = \"/b\";"), LAB_CA),
		    "is that of another CA's or of an endpoint" },
		{ TWO(LAB_CA, CA_WITH("path = \"/a\";")),
		    "is that of another CA's or of an endpoint" },
		{ TWO(LAB_CA, CA_WITH("path = \"/b\";")),
		    "is that of another CA's or of an endpoint" },
		{ TWO(CA_WITH("path = \"/crl\";"),
		      "ca = { backend = \"file\"; certificate = \"own.pem\"; "
		      "key = \"own.key\"; crl = { path = \"/crl\"; }; }; "),
		    "is that of another CA's or of an endpoint" },
	};
	struct lab *lab = *state;
	struct key *key = lab_key(lab, "certmonger/client.key");
	struct buf name = lab_name("own");
	struct certificate_order order = lab_ca_order(key, buf_bytes(&name));
	struct buf der = lab_issue(&order, key);

	lab_put_pem(lab, "own.pem", "CERTIFICATE", buf_bytes(&der));
	lab_put_vector(lab, "own.key", "certmonger/client.key");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		bool good = rows[i].finding[0] == '\0';

		assert_int_equal(lab_start(lab, rows[i].text, problems),
		    good ? ERR_OK : ERR_CONFIGURATION);
		if (strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("want %s: %s", rows[i].finding,
			    problems_text(problems));
		problems_free(problems);
	}
	key_free(key);
	buf_clear(&name);
	buf_clear(&der);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CRL_TEST(everybody_gets_the_crl),
		CRL_TEST(what_is_no_such_request_is_refused),
		CRL_TEST(where_there_is_no_crl_it_is_said),
		CRL_TEST(a_crl_is_served_at_its_path),
		CRL_TEST(nothing_else_is_served_there),
		BARE_LAB_TEST(crls_of_two_cas_have_two_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
