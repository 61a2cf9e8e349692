/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/transaction.h"

#include <stdlib.h>

#include "crypto/csr.h"
#include "tests/unit/scep_stored.h"

/*
 * Conversations of devices with an endpoint, and what an operator and the time
 * do meanwhile.
 */

#define MANUAL \
	LAB_ENDPOINT(LAB_CA \
	    "enrol = { approval = \"manual\"; max_held = 2; challenge = ( " \
	    "{ type = \"static\"; secret = \"secret\"; } ); }; ")

/* Two names, as a poll has them; these are nobody's. */
#define POLL_DATA "\x30\x04\x30\x00\x30\x00"

/* A device that is in the middle of something. */
static int
manual_setup(void **state)
{
	struct device *device;

	if (device_setup(state) != 0)
		return -1;
	device = *state;
	lab_restart(device->lab, MANUAL);
	return 0;
}

#define MANUAL_TEST(function) \
	cmocka_unit_test_setup_teardown(function, manual_setup, device_teardown)

static struct lab_request
poll_of(const struct lab_request *request)
{
	struct lab_request poll = *request;

	poll.message_type = "20";
	poll.data = BYTES_LITERAL(POLL_DATA);
	return poll;
}

/* The answer is PENDING. */
static void
assert_pending(struct lab *lab, const struct lab_request *request)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	struct cert_rep cert_rep = assert_cert_rep(lab, request->client,
	    lab->ca, &exchange);

	assert_int_equal(cert_rep.status, PKI_STATUS_PENDING);
	assert_true(lab_logged(lab, "result=pending "));
	assert_int_equal(cert_rep.certificates.size, 0);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static struct buf
serial_of(struct certificate *certificate)
{
	struct buf serial = { 0 };

	buf_append(&serial, serial_number(certificate->serial));
	certificate_free(certificate);
	return serial;
}

static void
assert_same_certificate(struct lab *lab, const struct lab_request *request,
    struct buf *expected)
{
	struct buf serial = serial_of(assert_request_issued(lab, request));

	assert_same_bytes(buf_bytes(&serial), buf_bytes(expected));
	buf_clear(&serial);
}

static void
assert_other_certificate(struct lab *lab, const struct lab_request *request,
    struct buf *than)
{
	struct buf serial = serial_of(assert_request_issued(lab, request));

	assert_false(bytes_equal(buf_bytes(&serial), buf_bytes(than)));
	buf_clear(&serial);
}

static void
the_same_request_again_gets_the_same_certificate(void **state)
{
	struct device *device = *state;
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));

	/* Signed anew, with another nonce, as micromdm and Cisco do. */
	device->request.sender_nonce = BYTES_LITERAL("another nonce 16");
	assert_same_certificate(device->lab, &device->request, &first);
	/* Whoever polls for it gets it too. */
	device->request = poll_of(&device->request);
	assert_same_certificate(device->lab, &device->request, &first);
	buf_clear(&first);
}

/* sscep, certmonger and iOS use one transactionID for everything. */
static void
another_request_under_the_same_id_is_another(void **state)
{
	struct device *device = *state;
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));
	struct buf name = lab_name("another");

	device->request.subject = buf_bytes(&name);
	assert_other_certificate(device->lab, &device->request, &first);
	buf_clear(&name);
	buf_clear(&first);
}

static void
another_key_under_the_same_id_is_somebody_else(void **state)
{
	struct device *device = *state;
	struct lab_client other = lab_client_new(device->lab,
	    "certmonger/client.key");
	struct lab_request request = lab_request_by(device->lab, &other);
	struct lab_request poll = poll_of(&request);
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));

	assert_request_refused(device->lab, &poll, ERR_POLL_UNKNOWN);
	assert_other_certificate(device->lab, &request, &first);
	assert_same_certificate(device->lab, &device->request, &first);
	lab_client_clear(&other);
	buf_clear(&first);
}

static void
a_poll_for_nothing_is_unknown(void **state)
{
	struct device *device = *state;
	struct lab_request poll = poll_of(&device->request);

	assert_request_refused(device->lab, &poll, ERR_POLL_UNKNOWN);
	poll.data = BYTES_LITERAL("\x30\x00");
	assert_request_refused(device->lab, &poll, ERR_CSR_MALFORMED);
}

static void
a_held_request_waits_until_it_is_approved(void **state)
{
	struct device *device = *state;
	struct lab_request poll = poll_of(&device->request);
	struct transaction transaction;
	struct buf first;

	assert_pending(device->lab, &device->request);
	assert_pending(device->lab, &device->request);
	assert_pending(device->lab, &poll);
	transaction = stored(device->lab, 1);
	assert_int_equal(transaction.state, TRANSACTION_HELD);
	assert_same_bytes(buf_bytes(&transaction.subject),
	    device->request.subject);
	assert_bytes(buf_bytes(&transaction.peer), "192.0.2.7");
	/* The challenge password is not kept. */
	assert_null(memmem(transaction.request.data, transaction.request.size,
	    "secret", 6));
	transaction_clear(&transaction);
	decide(device->lab, 1, true, NULL);
	first = serial_of(assert_request_issued(device->lab, &poll));
	assert_same_certificate(device->lab, &device->request, &first);
	buf_clear(&first);
}

static void
a_rejected_request_stays_rejected(void **state)
{
	const struct refusal_wish wish = { ERR_REQUEST_REJECTED,
		FAIL_INFO_BAD_REQUEST, "who is that?" };
	struct device *device = *state;
	struct lab_request poll = poll_of(&device->request);

	assert_pending(device->lab, &device->request);
	decide(device->lab, 1, false, "who is that?");
	assert_request_refused_with(device->lab, &poll, &wish);
	assert_true(lab_logged(device->lab, "detail=\"who is that?\""));
	assert_request_refused_with(device->lab, &device->request, &wish);
}

/* Nor does a device get to see more than it could show. */
static void
who_gives_no_reason_has_ours_told(void **state)
{
	static const char *const reasons[] = { "",
		"01234567890123456789012345678901234567890123456789"
		"01234567890123456789012345678901234567890123456789"
		"01234567890123456789012345678901234567890123456789"
		"01234567890123456789012345678901234567890123456789"
		"012345678901234567890123456789012345678901234567890" };
	struct device *device = *state;
	struct lab_request request = device->request;

	for (size_t i = 0; i < COUNT(reasons); i++) {
		request.transaction_id = bytes_of_string(i == 0 ? "a" : "b");
		assert_pending(device->lab, &request);
		decide(device->lab, (int64_t)i + 1, false, reasons[i]);
		assert_request_refused(device->lab, &request,
		    ERR_REQUEST_REJECTED);
	}
}

static void
a_lapsed_request_may_be_made_again(void **state)
{
	struct device *device = *state;
	struct lab_request poll = poll_of(&device->request);
	int64_t count;

	assert_pending(device->lab, &device->request);
	assert_int_equal(store_lapse(device->lab->store, LAB_NOW + 1,
			     LAB_NOW + 1, &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	assert_request_refused(device->lab, &poll, ERR_REQUEST_LAPSED);
	assert_pending(device->lab, &device->request);
	assert_pending(device->lab, &poll);
}

/* Nothing is lost by that: the device asks again. */
static void
more_than_may_be_held_are_put_off(void **state)
{
	static const char *const ids[] = { "one", "two", "three" };
	struct device *device = *state;
	struct scep_exchange exchange;
	struct buf message;

	for (size_t i = 0; i < COUNT(ids); i++) {
		device->request.transaction_id = bytes_of_string(ids[i]);
		if (i < 2)
			assert_pending(device->lab, &device->request);
	}
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	assert_int_equal(exchange.status, 503);
	assert_true(lab_logged(device->lab, "reason=store-full"));
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
a_revoked_certificate_is_no_answer_and_its_key_gets_no_other(void **state)
{
	struct device *device = *state;
	struct lab_request poll = poll_of(&device->request);
	struct transaction transaction;
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));

	assert_int_equal(store_certificate_revoke(device->lab->store,
			     authority_of(device->lab), buf_bytes(&first), 1,
			     LAB_NOW),
	    ERR_OK);
	assert_request_refused(device->lab, &poll, ERR_CERTIFICATE_REVOKED);
	assert_request_refused(device->lab, &device->request, ERR_KEY_REVOKED);
	transaction = stored(device->lab, 1);
	assert_true(transaction.revoked);
	transaction_clear(&transaction);
	buf_clear(&first);
}

/* A process that was killed between its two commits: the next one that is
 * asked signs the same octets. */
static void
what_was_to_be_signed_is_signed_by_whoever_comes_next(void **state)
{
	struct device *device = *state;
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));
	struct transaction transaction = stored(device->lab, 1);
	struct transaction begun = { 0 };
	struct certificate *certificate = NULL;
	struct transaction_order order = {
		.key = { "/scep", buf_bytes(&transaction.transaction_id),
		    buf_bytes(&transaction.signer_key) },
		.request_hash = buf_bytes(&transaction.request_hash),
		.subject = buf_bytes(&transaction.subject),
		.now = LAB_NOW,
		/* Any two hashes: nobody looks for it by these. */
		.certificate = {
			.authority = buf_bytes(&transaction.signer_key),
			.key = buf_bytes(&transaction.signer_key),
			.subject = buf_bytes(&transaction.subject),
			.not_before = LAB_NOW,
			.not_after = LAB_NOW + 1,
		},
	};

	assert_int_equal(certificate_read(buf_bytes(&transaction.certificate),
			     &certificate),
	    ERR_OK);
	order.tbs = certificate->outer.signed_part;
	order.certificate.serial = serial_number(certificate->serial);
	store_close(device->lab->store);
	device->lab->store = store_new_memory();
	device->lab->keeps_store = true;
	lab_restart(device->lab, LAB_DEFAULT);
	assert_int_equal(store_begin(device->lab->store, &order, &begun),
	    ERR_OK);
	assert_int_equal(begun.state, TRANSACTION_SIGNING);
	assert_same_certificate(device->lab, &device->request, &first);
	transaction_clear(&begun);
	begun = stored(device->lab, 1);
	assert_int_equal(begun.state, TRANSACTION_ISSUED);
	transaction_clear(&begun);
	transaction_clear(&transaction);
	certificate_free(certificate);
	buf_clear(&first);
}

/* The device's certificate, with which it signs from now on. */
static struct lab_client
renewing(struct device *device)
{
	return (struct lab_client){ .key = device->client.key,
		.certificate = assert_request_issued(device->lab,
		    &device->request) };
}

static void
a_certificate_of_ours_renews_itself_by_either_type(void **state)
{
	static const char *const types[] = { "19", "17" };
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(types); i++) {
		struct lab_client old = renewing(device);
		struct key *key = lab_key(device->lab, "certmonger/client.key");
		struct lab_request request = lab_request_by(device->lab, &old);

		request.key = key;
		request.challenge = bytes_of(NULL, 0);
		request.message_type = types[i];
		request.transaction_id = bytes_of_string(types[i]);
		certificate_free(assert_request_issued(device->lab, &request));
		key_free(key);
		certificate_free(old.certificate);
	}
}

/* GetCert: what was issued, to whom it belongs. */
static void
get_cert_gives_a_device_its_own_certificate(void **state)
{
	struct device *device = *state;
	struct lab_client other = lab_client_new(device->lab,
	    "certmonger/client.key");
	struct lab_request request = lab_request_by(device->lab,
	    &device->client);
	struct buf first = serial_of(assert_request_issued(device->lab,
	    &device->request));
	struct buf wanted = { 0 };
	size_t start = der_open(&wanted, DER_SEQUENCE);

	buf_append(&wanted, device->lab->ca->subject);
	der_append_unsigned(&wanted, buf_bytes(&first));
	der_close(&wanted, start);
	request.message_type = "21";
	request.data = buf_bytes(&wanted);
	assert_same_certificate(device->lab, &request, &first);
	request.client = &other;
	assert_request_refused(device->lab, &request, ERR_CERTIFICATE_UNKNOWN);
	request.client = &device->client;
	wanted.data[wanted.size - 1] ^= 1;
	assert_request_refused(device->lab, &request, ERR_CERTIFICATE_UNKNOWN);
	lab_client_clear(&other);
	buf_clear(&wanted);
	buf_clear(&first);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		DEVICE_TEST(the_same_request_again_gets_the_same_certificate),
		DEVICE_TEST(another_request_under_the_same_id_is_another),
		DEVICE_TEST(another_key_under_the_same_id_is_somebody_else),
		DEVICE_TEST(a_poll_for_nothing_is_unknown),
		MANUAL_TEST(a_held_request_waits_until_it_is_approved),
		MANUAL_TEST(a_rejected_request_stays_rejected),
		MANUAL_TEST(who_gives_no_reason_has_ours_told),
		MANUAL_TEST(a_lapsed_request_may_be_made_again),
		MANUAL_TEST(more_than_may_be_held_are_put_off),
		DEVICE_TEST(
		    a_revoked_certificate_is_no_answer_and_its_key_gets_no_other),
		DEVICE_TEST(
		    what_was_to_be_signed_is_signed_by_whoever_comes_next),
		DEVICE_TEST(a_certificate_of_ours_renews_itself_by_either_type),
		DEVICE_TEST(get_cert_gives_a_device_its_own_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
