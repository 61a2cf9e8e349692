/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include <pthread.h>

#include "tests/unit/crypto_codec.h"
#include "tests/unit/decided.h"
#include "tests/unit/scep_renewer.h"

/* More certificates of the same names than there may be: enrol.max_active. */

#define LIMITED(settings) \
	LAB_ENDPOINT(LAB_CA \
	    "enrol = { challenge = ( { type = \"static\"; " \
	    "secret = \"secret\"; } ); max_active = 1; " settings " }; ")

static int
setup(void **state)
{
	if (renewer_setup(state) != 0)
		return -1;
	lab_restart(((struct renewer *)*state)->lab, LIMITED(""));
	return 0;
}

#define DUPLICATE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, renewer_teardown)

/* A first enrolment for the names of the old certificate, with another key. */
static struct lab_request
another(struct renewer *renewer, const char *id)
{
	struct lab_request request = renewer->device->request;

	request.key = renewer->key;
	request.transaction_id = bytes_of_string(id);
	return request;
}

static void
mark_revoked(struct lab *lab, const struct certificate *certificate)
{
	uint8_t authority[STORE_HASH_SIZE];

	provider_digest(lab->provider, DIGEST_SHA256, &lab->ca->spki, 1,
	    authority);
	assert_int_equal(store_certificate_revoke(lab->store,
			     BYTES_ARRAY(authority),
			     serial_number(certificate->serial), 4, LAB_NOW),
	    ERR_OK);
}

static void
one_too_many_is_refused_until_the_other_is_revoked(void **state)
{
	struct renewer *renewer = *state;
	struct lab_request request = another(renewer, "another");
	struct buf other = lab_name("device-2");

	assert_request_refused(renewer->lab, &request, ERR_DUPLICATE);
	request.subject = buf_bytes(&other);
	certificate_free(assert_request_issued(renewer->lab, &request));
	request = another(renewer, "a third");
	mark_revoked(renewer->lab, renewer->old.certificate);
	certificate_free(assert_request_issued(renewer->lab, &request));
	buf_clear(&other);
}

/* Whoever is refused finds the other as it was. */
static void
the_other_stays_as_it_is(void **state)
{
	struct renewer *renewer = *state;
	struct lab_request request = another(renewer, "another");

	assert_request_refused(renewer->lab, &request, ERR_DUPLICATE);
	certificate_free(asked_anew(renewer, "renewal"));
}

static void
one_that_is_renewed_does_not_count_but_its_renewal_does(void **state)
{
	struct renewer *renewer = *state;

	certificate_free(asked_anew(renewer, "renewal"));
	/* The same again is answered; another renewal would be a third. */
	certificate_free(asked_anew(renewer, "renewal"));
	renewer->request.transaction_id = BYTES_LITERAL("another");
	assert_request_refused(renewer->lab, &renewer->request, ERR_DUPLICATE);
}

/* What is no renewal after all is judged without its certificate's help. */
static void
a_renewal_that_is_an_enrolment_counts_its_signer(void **state)
{
	struct renewer *renewer = *state;

	lab_restart(renewer->lab,
	    LAB_ENDPOINT(LAB_CA
		"enrol = { challenge = ( { type = \"static\"; secret = "
		"\"secret\"; } ); max_active = 1; }; "
		"renew = { window = \"1h\"; }; "));
	renewer->request.challenge = BYTES_LITERAL("secret");
	assert_request_refused(renewer->lab, &renewer->request, ERR_DUPLICATE);
}

static void
one_too_many_waits_for_approval(void **state)
{
	struct renewer *renewer = *state;
	struct lab_request request = another(renewer, "another");
	struct transaction transaction = { 0 };

	lab_restart(renewer->lab, LIMITED("duplicates = \"hold\";"));
	assert_int_equal(status_of(renewer->lab, &request, renewer->lab->ca),
	    PKI_STATUS_PENDING);
	assert_true(lab_logged(renewer->lab,
	    "1 other certificates of these names are active"));
	assert_int_equal(store_get(renewer->lab->store, 2, &transaction),
	    ERR_OK);
	assert_int_equal(transaction.state, TRANSACTION_HELD);
	assert_int_equal(decided(renewer->lab->store, 2,
			     buf_bytes(&transaction.request_hash), true,
			     bytes_of_string(""), LAB_NOW),
	    ERR_OK);
	assert_int_equal(status_of(renewer->lab, &request, renewer->lab->ca),
	    PKI_STATUS_SUCCESS);
	transaction_clear(&transaction);
}

static void
one_too_many_is_warned_of(void **state)
{
	struct renewer *renewer = *state;
	struct lab_request request = another(renewer, "another");

	lab_restart(renewer->lab, LIMITED("duplicates = \"warn\";"));
	certificate_free(assert_request_issued(renewer->lab, &request));
	assert_true(lab_logged(renewer->lab,
	    "1 other certificates of these names are active"));
}

/* Without a subject it is by its alternative names. */
static void
a_device_without_a_subject_has_its_alternative_names(void **state)
{
	static const char *const names[] = { "82{'a.lab'} 82{'b.lab'}",
		"82{'B.lab'} 82{'a.lab'}", "82{'a.lab'}" };
	struct renewer *renewer = *state;
	struct buf empty = asn1("30{}");

	for (size_t i = 0; i < COUNT(names); i++) {
		char id[] = { (char)('a' + i), '\0' };
		struct lab_request request = another(renewer, id);
		char *text = xasprintf("30{ 30{ 06{551d11} 04{ 30{%s} } } }",
		    names[i]);
		struct buf extensions = asn1(text);

		request.subject = buf_bytes(&empty);
		request.extensions = buf_bytes(&extensions);
		if (i == 1)
			assert_request_refused(renewer->lab, &request,
			    ERR_DUPLICATE);
		else
			certificate_free(assert_request_issued(renewer->lab,
			    &request));
		buf_clear(&extensions);
		free(text);
	}
	buf_clear(&empty);
}

struct job {
	struct lab *lab;
	struct buf message;
	struct buf reply;
};

static void *
post(void *argument)
{
	struct job *job = argument;
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("POST"),
		.path = BYTES_LITERAL("/scep"),
		.body = buf_bytes(&job->message),
		.received_at = LAB_NOW,
	};

	scep_serve(job->lab->scep, &exchange);
	job->reply = exchange.reply;
	return NULL;
}

/* How many of `count` requests at once for one name have that status. */
static size_t
count_at_once(struct renewer *renewer, size_t count, enum pki_status wanted)
{
	struct buf name = lab_name("device-2");
	struct job jobs[8] = { 0 };
	pthread_t threads[8];
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		char id[] = { (char)('a' + i), '\0' };
		struct lab_request request = another(renewer, id);

		request.subject = buf_bytes(&name);
		jobs[i].lab = renewer->lab;
		jobs[i].message = lab_request_message(renewer->lab, &request);
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post,
				     &jobs[i]),
		    0);
	for (size_t i = 0; i < count; i++) {
		struct cert_rep cert_rep = { 0 };

		pthread_join(threads[i], NULL);
		assert_int_equal(lab_client_read(renewer->lab,
				     &renewer->device->client, renewer->lab->ca,
				     buf_bytes(&jobs[i].reply), &cert_rep),
		    ERR_OK);
		found += cert_rep.status == wanted;
		cert_rep_clear(&cert_rep);
		buf_clear(&jobs[i].message);
		buf_clear(&jobs[i].reply);
	}
	buf_clear(&name);
	return found;
}

static void
of_many_requests_at_once_one_gets_a_certificate(void **state)
{
	struct renewer *renewer = *state;

	assert_int_equal(count_at_once(renewer, 8, PKI_STATUS_SUCCESS), 1);
}

static void
of_many_requests_at_once_all_but_one_wait(void **state)
{
	struct renewer *renewer = *state;

	lab_restart(renewer->lab, LIMITED("duplicates = \"hold\";"));
	assert_int_equal(count_at_once(renewer, 8, PKI_STATUS_PENDING), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DUPLICATE_TEST(
		    one_too_many_is_refused_until_the_other_is_revoked),
		DUPLICATE_TEST(the_other_stays_as_it_is),
		DUPLICATE_TEST(
		    one_that_is_renewed_does_not_count_but_its_renewal_does),
		DUPLICATE_TEST(
		    a_renewal_that_is_an_enrolment_counts_its_signer),
		DUPLICATE_TEST(one_too_many_waits_for_approval),
		DUPLICATE_TEST(one_too_many_is_warned_of),
		DUPLICATE_TEST(
		    a_device_without_a_subject_has_its_alternative_names),
		DUPLICATE_TEST(of_many_requests_at_once_one_gets_a_certificate),
		DUPLICATE_TEST(of_many_requests_at_once_all_but_one_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
