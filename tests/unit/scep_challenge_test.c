/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge.h"
#include "store/store.h"
#include "tests/unit/scep_reply.h"

/*
 * Passwords that are good for one certificate, from the message to the answer:
 * the store in the lab remembers them.
 */
#define PASSWORD BYTES_LITERAL("KQ7M-2XRT-88VP-ANNE")
#define ONE_TIME(approval) \
	LAB_ENDPOINT(LAB_CA \
	    "enrol = { challenge = ( { type = \"one-time\"; } " \
	    "); " approval "}; ")
#define AUTOMATIC ONE_TIME("")
#define MANUAL ONE_TIME("approval = \"manual\"; ")

/* Starts the endpoint and mints PASSWORD. */
static void
start(struct device *device, const char *text, const char *subject,
    int64_t expires_at)
{
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
	const struct challenge_record record = { .hash = BYTES_ARRAY(hash),
		.endpoint = "/scep",
		.subject = bytes_of_string(subject),
		.uses = 1,
		.expires_at = expires_at };

	lab_restart(device->lab, text);
	challenge_password_hash(device->lab->provider, PASSWORD, hash);
	assert_int_equal(store_challenges_add(device->lab->store, &record, 1,
			     LAB_NOW),
	    ERR_OK);
	device->request.challenge = PASSWORD;
}

/* The request of another device, with the same password. */
static struct lab_request
request_of(const struct device *device, const struct lab_client *other)
{
	struct lab_request request = lab_request_by(device->lab, other);

	request.transaction_id = BYTES_LITERAL("another");
	request.challenge = PASSWORD;
	return request;
}

static void
assert_pending(struct lab *lab, const struct lab_request *request)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	struct cert_rep cert_rep = assert_cert_rep(lab, request->client,
	    lab->ca, &exchange);

	assert_int_equal(cert_rep.status, PKI_STATUS_PENDING);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
one_password_is_good_for_one_certificate(void **state)
{
	struct device *device = *state;
	struct lab_client other = lab_client_new(device->lab,
	    "certmonger/client.key");
	struct lab_request request;
	struct buf message;
	struct certificate *first, *again;

	start(device, AUTOMATIC, "CN=device", LAB_NOW);
	message = lab_request_message(device->lab, &device->request);
	first = assert_issued(device->lab, &device->client,
	    buf_bytes(&message));
	assert_true(lab_logged(device->lab, " challenge=1 "));
	/* Whose answer was lost gets it again, and nobody else gets any. */
	again = assert_issued(device->lab, &device->client,
	    buf_bytes(&message));
	assert_same_bytes(buf_bytes(&again->der), buf_bytes(&first->der));
	request = request_of(device, &other);
	assert_request_refused(device->lab, &request, ERR_CHALLENGE_USED);
	/* Nor does he himself. */
	device->request.transaction_id = BYTES_LITERAL("third");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_USED);
	certificate_free(first);
	certificate_free(again);
	buf_clear(&message);
	lab_client_clear(&other);
}

static void
a_password_is_judged_by_what_it_was_minted_for(void **state)
{
	static const struct {
		const char *subject;
		int64_t expires_at;
		struct bytes password;
		enum err expected;
	} rows[] = {
		{ "CN=other", LAB_NOW, PASSWORD, ERR_CHALLENGE_NAME },
		{ "", LAB_NOW - 1, PASSWORD, ERR_CHALLENGE_EXPIRED },
		{ "", LAB_NOW, BYTES_LITERAL("KQ7M-2XRT-88VP-ANNF"),
		    ERR_CHALLENGE_WRONG },
		{ "", LAB_NOW, BYTES_LITERAL(""), ERR_CHALLENGE_MISSING },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct device *device = *state;

		start(device, AUTOMATIC, rows[i].subject, rows[i].expires_at);
		device->request.challenge = rows[i].password;
		assert_request_refused(device->lab, &device->request,
		    rows[i].expected);
		/* No password, nor its hash, is in the log. */
		assert_false(lab_logged(device->lab, "KQ7M"));
	}
}

static void
what_is_held_has_the_password_until_it_is_rejected(void **state)
{
	struct device *device = *state;
	struct lab_client other = lab_client_new(device->lab,
	    "certmonger/client.key");
	const struct decision no = { .reason = BYTES_LITERAL("no"),
		.now = LAB_NOW };
	struct lab_request request;
	struct transaction transaction = { 0 };

	start(device, MANUAL, "", LAB_NOW);
	request = request_of(device, &other);
	assert_pending(device->lab, &device->request);
	assert_pending(device->lab, &device->request);
	assert_request_refused(device->lab, &request, ERR_CHALLENGE_USED);
	assert_int_equal(store_get(device->lab->store, 1, &transaction),
	    ERR_OK);
	assert_int_equal(store_reject(device->lab->store, 1,
			     buf_bytes(&transaction.request_hash), &no),
	    ERR_OK);
	assert_pending(device->lab, &request);
	/* Who has had it asks again and again, and does not get it back. */
	device->request.transaction_id = BYTES_LITERAL("third");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_USED);
	transaction_clear(&transaction);
	lab_client_clear(&other);
}

/* For NAME_DEVICE at "/scep", until an hour after LAB_NOW. */
static void
a_derived_password_is_used_once(void **state)
{
	static const char endpoint[] = LAB_ENDPOINT(LAB_CA
	    "enrol = { challenge = ( { type = \"derived\"; keys = ( { "
	    "id = \"1\"; secret = \"0123456789abcdef0123456789abcdef\"; } ); "
	    "} ); }; ");
	struct device *device = *state;

	lab_restart(device->lab, endpoint);
	device->request.challenge =
	    BYTES_LITERAL("D1-1-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9");
	certificate_free(assert_request_issued(device->lab, &device->request));
	certificate_free(assert_request_issued(device->lab, &device->request));
	device->request.transaction_id = BYTES_LITERAL("another");
	assert_request_refused(device->lab, &device->request,
	    ERR_CHALLENGE_USED);
}

/* One that is refused for another reason may be used still. */
static void
what_is_refused_uses_no_password(void **state)
{
	struct device *device = *state;
	const struct key *key = device->request.key;
	struct key *weak = lab_key(device->lab, "keys/rsa-1025.pem");

	start(device, AUTOMATIC, "", LAB_NOW);
	device->request.key = weak;
	assert_request_refused(device->lab, &device->request, ERR_KEY_SIZE);
	device->request.key = key;
	certificate_free(assert_request_issued(device->lab, &device->request));
	key_free(weak);
}

#define PROFILES \
	LAB_ENDPOINT(LAB_CA \
	    "profile = ( { name = \"a\"; days = 7; }, { name " \
	    "= \"b\"; days = 30; } ); enrol = { challenge = ( { " \
	    "type = \"one-time\"; }, { type = \"static\"; " \
	    "secret = \"secret\"; } ); }; ")

/* By the profile that the password is for, whatever the default is. */
static void
a_password_is_for_its_profile(void **state)
{
	static const struct {
		const char *profile;
		int64_t days; /* 0: it is refused */
	} rows[] = {
		{ "", 7 },
		{ "a", 7 },
		{ "b", 30 },
		{ "c", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct device *device = *state;
		uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
		const struct challenge_record record = {
			.hash = BYTES_ARRAY(hash),
			.endpoint = "/scep",
			.profile = bytes_of_string(rows[i].profile),
			.uses = 1,
			.expires_at = LAB_NOW
		};
		struct certificate *certificate;

		lab_restart(device->lab, PROFILES);
		challenge_password_hash(device->lab->provider, PASSWORD, hash);
		assert_int_equal(store_challenges_add(device->lab->store,
				     &record, 1, LAB_NOW),
		    ERR_OK);
		device->request.challenge = PASSWORD;
		if (rows[i].days == 0) {
			assert_put_off(device->lab, &device->request,
			    ERR_PROFILE);
			continue;
		}
		certificate = assert_request_issued(device->lab,
		    &device->request);
		assert_int_equal(certificate->not_after,
		    LAB_NOW + rows[i].days * 86400);
		certificate_free(certificate);
	}
}

/* One that nobody has to know is not looked at: it may be long used. */
static void
a_renewal_does_not_choose_by_a_password_that_is_not_asked_for(void **state)
{
	struct device *device = *state;
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
	const struct challenge_record record = { .hash = BYTES_ARRAY(hash),
		.endpoint = "/scep",
		.profile = BYTES_LITERAL("b"),
		.uses = 1,
		.expires_at = LAB_NOW - 1 };
	struct certificate *old, *renewed;

	lab_restart(device->lab, PROFILES);
	challenge_password_hash(device->lab->provider, PASSWORD, hash);
	assert_int_equal(store_challenges_add(device->lab->store, &record, 1,
			     LAB_NOW),
	    ERR_OK);
	old = assert_request_issued(device->lab, &device->request);
	certificate_free(device->client.certificate);
	device->client.certificate = old;
	device->request = lab_request_by(device->lab, &device->client);
	device->request.challenge = PASSWORD;
	device->request.transaction_id = BYTES_LITERAL("renewal");
	device->request.key = lab_key(device->lab, "certmonger/client.key");
	renewed = assert_request_issued(device->lab, &device->request);
	assert_int_equal(renewed->not_after, LAB_NOW + 7 * 86400);
	certificate_free(renewed);
	key_free((struct key *)(uintptr_t)device->request.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(one_password_is_good_for_one_certificate),
		DEVICE_TEST(a_password_is_judged_by_what_it_was_minted_for),
		DEVICE_TEST(what_is_held_has_the_password_until_it_is_rejected),
		DEVICE_TEST(a_derived_password_is_used_once),
		DEVICE_TEST(what_is_refused_uses_no_password),
		DEVICE_TEST(a_password_is_for_its_profile),
		DEVICE_TEST(
		    a_renewal_does_not_choose_by_a_password_that_is_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
