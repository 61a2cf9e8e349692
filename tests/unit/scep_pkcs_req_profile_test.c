/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "tests/unit/decided.h"
#include "tests/unit/policy_requests.h"
#include "tests/unit/scep_renewer.h"

/* Which of several profiles a certificate is by. */

#define PROFILES \
	"profile = ( { name = \"router\"; days = 30; }, " \
	"{ name = \"phone\"; days = 7; for = { template = \"Phone\"; }; }, " \
	"{ name = \"curve\"; days = 14; for = { key = \"ec\"; }; } ); "
#define RULES LAB_CA LAB_CHALLENGE PROFILES
#define ENDPOINT LAB_ENDPOINT(RULES)

#define TEMPLATE(name) EXTENSION("2b0601040182371402", "0c{'" name "'}")

static int
setup(void **state)
{
	if (device_setup(state) != 0)
		return -1;
	((struct device *)*state)->lab->keeps_store = true;
	lab_restart(((struct device *)*state)->lab, ENDPOINT);
	return 0;
}

#define PROFILE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, device_teardown)

static struct certificate *
assert_days(struct device *device, const struct lab_request *request, int days)
{
	struct certificate *certificate = assert_request_issued(device->lab,
	    request);

	assert_int_equal(certificate->not_after, LAB_NOW + days * DAY);
	return certificate;
}

/* A request with another key and these extensions; the list is the caller's,
 * to buf_clear. */
static struct lab_request
request_of(struct device *device, const char *id, const char *extensions,
    struct buf *list)
{
	struct lab_request request = device->request;
	struct buf inner = asn1(extensions);

	der_append(list, DER_SEQUENCE, buf_bytes(&inner));
	request.extensions = buf_bytes(list);
	request.transaction_id = bytes_of_string(id);
	buf_clear(&inner);
	return request;
}

static void
a_request_chooses_by_what_it_says(void **state)
{
	static const struct {
		const char *key;
		const char *extensions;
		int days;
	} rows[] = {
		{ "strongswan/client.key", "", 30 },
		{ "strongswan/client.key", TEMPLATE("Phone"), 7 },
		{ "strongswan/client.key", TEMPLATE("Router"), 30 },
		{ "keys/p256.pem", "", 14 },
		/* The first that fits. */
		{ "keys/p256.pem", TEMPLATE("Phone"), 7 },
		/* What is malformed is no wish, and no fault. */
		{ "strongswan/client.key",
		    EXTENSION("2b0601040182371402", "04{'Phone'}"), 30 },
	};
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[] = { (char)('a' + i), '\0' };
		struct buf list = { 0 };
		struct key *key = lab_key(device->lab, rows[i].key);
		struct lab_request request = request_of(device, id,
		    rows[i].extensions, &list);

		request.key = key;
		certificate_free(assert_days(device, &request, rows[i].days));
		key_free(key);
		buf_clear(&list);
	}
}

/* Whatever the request says of itself. */
static void
a_challenge_that_is_for_one_profile_has_the_last_word(void **state)
{
	static const struct {
		const char *profile;
		int days;
	} rows[] = { { "curve", 14 }, { "", 7 } };
	struct device *device = *state;

	lab_restart(device->lab,
	    LAB_ENDPOINT(LAB_CA "enrol = { challenge = ( { type = "
				"\"one-time\"; } ); }; " PROFILES));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[] = { (char)('a' + i), '\0' };
		uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
		const struct challenge_record record = {
			.hash = BYTES_ARRAY(hash),
			.endpoint = "/scep",
			.profile = bytes_of_string(rows[i].profile),
			.uses = 1,
			.expires_at = LAB_NOW
		};
		struct buf list = { 0 };
		struct lab_request request = request_of(device, id,
		    TEMPLATE("Phone"), &list);

		request.challenge = bytes_of_string(id);
		challenge_password_hash(device->lab->provider,
		    request.challenge, hash);
		assert_int_equal(store_challenges_add(device->lab->store,
				     &record, 1, LAB_NOW),
		    ERR_OK);
		certificate_free(assert_days(device, &request, rows[i].days));
		buf_clear(&list);
	}
}

/* Renews the first certificate by a request that says nothing of itself. */
static void
assert_renewed(struct device *device, const struct certificate *old,
    const char *conf, int days)
{
	struct lab_client client = { device->client.key,
		(struct certificate *)old };
	struct lab_request request = lab_request_by(device->lab, &client);
	struct key *key = lab_key(device->lab, "certmonger/client.key");
	static char id[] = "renewal a";

	lab_restart(device->lab, conf);
	id[8]++;
	request.key = key;
	request.challenge = bytes_of(NULL, 0);
	request.transaction_id = bytes_of_string(id);
	certificate_free(assert_days(device, &request, days));
	key_free(key);
}

static void
a_renewal_keeps_its_profile_while_that_is_there(void **state)
{
	struct device *device = *state;
	struct buf list = { 0 };
	struct lab_request request = request_of(device, "first",
	    TEMPLATE("Phone"), &list);
	struct certificate *old = assert_days(device, &request, 7);

	assert_renewed(device, old, ENDPOINT, 7);
	/* It has another life now. */
	assert_renewed(device, old,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		"profile = ( { name = \"router\"; days = 30; }, "
		"{ name = \"phone\"; days = 8; } ); "),
	    8);
	/* It is gone. */
	assert_renewed(device, old,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		"profile = ( { name = \"router\"; days = 30; }, "
		"{ name = \"Phone\"; days = 8; } ); "),
	    30);
	/* Another endpoint's of that name is none of this one's. */
	assert_renewed(device, old,
	    "endpoints = ( { path = \"/other\"; " RULES
	    " }, { path = \"/scep\"; " RULES " } );\n",
	    7);
	certificate_free(old);
	buf_clear(&list);
}

/* Both have one of that name. */
static void
a_profile_is_one_endpoints(void **state)
{
	struct device *device = *state;
	struct buf list = { 0 };
	struct lab_request request = request_of(device, "first",
	    TEMPLATE("Phone"), &list);
	struct certificate *old = assert_days(device, &request, 7);
	struct lab_client client = { device->client.key, old };
	struct key *key = lab_key(device->lab, "certmonger/client.key");
	struct scep_exchange exchange = { .path = BYTES_LITERAL("/other"),
		.method = BYTES_LITERAL("POST") };
	struct cert_rep cert_rep;
	struct certificate *renewed;
	struct buf message;

	lab_restart(device->lab,
	    "endpoints = ( { path = \"/other\"; " RULES
	    " renew = { from = \"/scep\"; }; }, "
	    "{ path = \"/scep\"; " RULES " } );\n");
	request = lab_request_by(device->lab, &client);
	request.key = key;
	request.challenge = bytes_of(NULL, 0);
	message = lab_request_message(device->lab, &request);
	exchange.body = buf_bytes(&message);
	lab_serve(device->lab, &exchange);
	cert_rep = assert_cert_rep(device->lab, &client, device->lab->ca,
	    &exchange);
	renewed = lab_client_certificate(&cert_rep);
	assert_int_equal(renewed->not_after, LAB_NOW + 30 * DAY);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
	certificate_free(renewed);
	certificate_free(old);
	key_free(key);
	buf_clear(&list);
}

/* And by the one that an operator names, where he does. */
static void
what_waits_is_by_the_profile_that_it_has_chosen(void **state)
{
	static const struct {
		const char *approved;
		int days;
	} rows[] = { { "", 7 }, { "curve", 14 } };
	struct device *device = *state;

	lab_restart(device->lab,
	    LAB_ENDPOINT(LAB_CA "enrol = { anonymous = true; "
				"approval = \"manual\"; }; " PROFILES));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[] = { (char)('a' + i), '\0' };
		int64_t number = (int64_t)i + 1;
		struct buf list = { 0 };
		struct lab_request request = request_of(device, id,
		    TEMPLATE("Phone"), &list);
		struct buf message = lab_request_message(device->lab, &request);
		struct scep_exchange exchange = lab_post(device->lab,
		    buf_bytes(&message));
		struct decision decision = {
			.profile = bytes_of_string(rows[i].approved),
			.now = LAB_NOW
		};
		struct transaction held = { 0 };

		buf_clear(&exchange.reply);
		buf_clear(&message);
		assert_int_equal(store_get(device->lab->store, number, &held),
		    ERR_OK);
		assert_string_equal(buf_string(&held.profile), "phone");
		assert_int_equal(store_approve(device->lab->store, number,
				     buf_bytes(&held.request_hash), &decision),
		    ERR_OK);
		certificate_free(assert_days(device, &request, rows[i].days));
		transaction_clear(&held);
		buf_clear(&list);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROFILE_TEST(a_request_chooses_by_what_it_says),
		PROFILE_TEST(
		    a_challenge_that_is_for_one_profile_has_the_last_word),
		PROFILE_TEST(a_renewal_keeps_its_profile_while_that_is_there),
		PROFILE_TEST(a_profile_is_one_endpoints),
		PROFILE_TEST(what_waits_is_by_the_profile_that_it_has_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
