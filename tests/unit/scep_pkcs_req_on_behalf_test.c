/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "tests/unit/scep_renewer.h"

/* An MDM that requests for its devices: enrol.on_behalf. */

#define RULES(on_behalf, others) \
	LAB_ENDPOINT(LAB_CA "enrol = { on_behalf = ( " on_behalf " ); " others \
			    " }; ")
#define BY_FILE "{ certificate = \"mdm.pem\"; names = ( \"CN=device\" ); }"
#define BY_PURPOSE \
	"{ purpose = \"1.3.6.1.5.5.7.3.28\"; names = ( \"CN=device\" ); }"

/* The MDM has a certificate for CN=mdm and that purpose, by the renewer's first
 * request; the devices have the renewer's other key. */
struct mdm {
	struct device *device;
	struct lab_client client;
	struct key *key;
	struct lab_request request;
};

static int
setup(void **state)
{
	struct mdm *mdm = xalloc(sizeof(*mdm));
	struct buf name = lab_name("mdm");
	void *device;

	if (device_setup(&device) != 0)
		return -1;
	mdm->device = device;
	mdm->device->lab->keeps_store = true;
	lab_restart(mdm->device->lab,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		"profile = { extended_key_usage = \"1.3.6.1.5.5.7.3.28\"; "
		"}; "));
	mdm->device->request.subject = buf_bytes(&name);
	mdm->client = (struct lab_client){ mdm->device->client.key,
		assert_request_issued(mdm->device->lab,
		    &mdm->device->request) };
	lab_put_pem(mdm->device->lab, "mdm.pem", "CERTIFICATE",
	    buf_bytes(&mdm->client.certificate->der));
	mdm->key = lab_key(mdm->device->lab, "certmonger/client.key");
	mdm->request = lab_request_by(mdm->device->lab, &mdm->client);
	mdm->request.key = mdm->key;
	mdm->request.challenge = bytes_of(NULL, 0);
	mdm->request.transaction_id = BYTES_LITERAL("a device's");
	*state = mdm;
	buf_clear(&name);
	return 0;
}

static int
teardown(void **state)
{
	struct mdm *mdm = *state;
	void *device = mdm->device;

	certificate_free(mdm->client.certificate);
	key_free(mdm->key);
	free(mdm);
	return device_teardown(&device);
}

#define MDM_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

static const char *const rules[] = { RULES(BY_FILE, ""),
	RULES(BY_PURPOSE, "") };

/* For the device's key; and the answer is sealed for the MDM, which can read
 * it. */
static void
an_mdm_gets_certificates_for_its_devices(void **state)
{
	struct mdm *mdm = *state;
	struct lab *lab = mdm->device->lab;

	for (size_t i = 0; i < COUNT(rules); i++) {
		char id[] = { (char)('a' + i), '\0' };
		struct certificate *certificate;

		lab_restart(lab, rules[i]);
		mdm->request.transaction_id = bytes_of_string(id);
		certificate = assert_request_issued(lab, &mdm->request);
		assert_same_bytes(certificate->spki, key_spki(mdm->key));
		assert_same_bytes(certificate->subject, mdm->request.subject);
		assert_true(lab_logged(lab, "requested by CN=mdm, serial "));
		certificate_free(certificate);
	}
}

static void
an_mdm_that_is_revoked_gets_none(void **state)
{
	struct mdm *mdm = *state;
	struct lab *lab = mdm->device->lab;
	uint8_t authority[STORE_HASH_SIZE];

	provider_digest(lab->provider, DIGEST_SHA256, &lab->ca->spki, 1,
	    authority);
	assert_int_equal(store_certificate_revoke(lab->store,
			     BYTES_ARRAY(authority),
			     serial_number(mdm->client.certificate->serial), 1,
			     LAB_NOW),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rules); i++) {
		lab_restart(lab, rules[i]);
		assert_request_refused(lab, &mdm->request, ERR_BEHALF_REVOKED);
	}
}

static void
an_mdm_requests_the_names_that_it_may(void **state)
{
	struct mdm *mdm = *state;
	struct buf other = lab_name("server");

	lab_restart(mdm->device->lab, rules[0]);
	mdm->request.subject = buf_bytes(&other);
	assert_request_refused(mdm->device->lab, &mdm->request,
	    ERR_BEHALF_NAMES);
	assert_true(lab_logged(mdm->device->lab, "server"));
	buf_clear(&other);
}

/* Its own certificate, by a renewal of that type. */
static void
an_mdm_renews_its_own_certificate(void **state)
{
	struct mdm *mdm = *state;
	struct certificate *renewed;

	lab_restart(mdm->device->lab, rules[0]);
	mdm->request.subject = mdm->client.certificate->subject;
	mdm->request.message_type = "17";
	renewed = assert_request_issued(mdm->device->lab, &mdm->request);
	assert_same_bytes(renewed->subject, mdm->client.certificate->subject);
	certificate_free(renewed);
}

static void
nobody_else_enrols_there(void **state)
{
	struct mdm *mdm = *state;
	struct lab_request request = mdm->device->request;

	lab_restart(mdm->device->lab, rules[0]);
	request.transaction_id = BYTES_LITERAL("another");
	request.subject = mdm->request.subject;
	assert_request_refused(mdm->device->lab, &request, ERR_BEHALF_SIGNER);
	lab_restart(mdm->device->lab,
	    RULES(BY_FILE,
		"challenge = ( { type = \"static\"; secret = \"secret\"; } "
		");"));
	certificate_free(assert_request_issued(mdm->device->lab, &request));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MDM_TEST(an_mdm_gets_certificates_for_its_devices),
		MDM_TEST(an_mdm_that_is_revoked_gets_none),
		MDM_TEST(an_mdm_requests_the_names_that_it_may),
		MDM_TEST(an_mdm_renews_its_own_certificate),
		MDM_TEST(nobody_else_enrols_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
