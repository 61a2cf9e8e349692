/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_REPLY_H
#define SCEPD_TESTS_UNIT_SCEP_REPLY_H

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/ber.h"
#include "crypto/oid.h"
#include "tests/fakes/lab.h"
#include "tests/fakes/lab_client.h"
#include "tests/unit/unit.h"

/*
 * What the tests of scep/ share: answers taken apart, once as a client reads
 * them, once element by element by rules E1 to E9 of the protocol.
 */

/* Setup and teardown of a test that has a lab as its state; the lab of
 * LAB_DEFAULT, or one that the test starts itself. */
static inline int
lab_setup(void **state)
{
	*state = lab_open(LAB_DEFAULT);
	return 0;
}

static inline int
lab_setup_bare(void **state)
{
	*state = lab_new();
	return 0;
}

static inline int
lab_teardown(void **state)
{
	lab_free(*state);
	return 0;
}

#define LAB_TEST(function) \
	cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)
#define BARE_LAB_TEST(function) \
	cmocka_unit_test_setup_teardown(function, lab_setup_bare, lab_teardown)

/* A device in a lab, and what it asks for: another state of tests. */
struct device {
	struct lab *lab;
	struct lab_client client;
	struct lab_request request;
};

static inline int
device_setup(void **state)
{
	struct device *device = xalloc(sizeof(*device));

	device->lab = lab_open(LAB_DEFAULT);
	device->client = lab_client_new(device->lab, "strongswan/client.key");
	device->request = lab_request_by(device->lab, &device->client);
	*state = device;
	return 0;
}

static inline int
device_teardown(void **state)
{
	struct device *device = *state;

	lab_client_clear(&device->client);
	lab_free(device->lab);
	free(device);
	return 0;
}

#define DEVICE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, device_setup, device_teardown)

/* Starts the lab's endpoints anew; they must be without an error. */
static inline void
lab_restart(struct lab *lab, const char *text)
{
	struct problems *problems = problems_new();

	if (lab_start(lab, text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
}

/* An answer that is a CertRep, as the client reads it. */
static inline struct cert_rep
assert_cert_rep(struct lab *lab, const struct lab_client *client,
    const struct certificate *signer, const struct scep_exchange *exchange)
{
	struct cert_rep cert_rep = { 0 };
	enum err err;

	assert_int_equal(exchange->status, 200);
	assert_string_equal(exchange->content_type,
	    "application/x-pki-message");
	err = lab_client_read(lab, client, signer, buf_bytes(&exchange->reply),
	    &cert_rep);
	if (err != ERR_OK)
		fail_msg("%s; %s", err_name(err), buf_string(&lab->log));
	return cert_rep;
}

/* The device is told to come again, by HTTP: a FAILURE would have it give up. */
static inline void
assert_put_off(struct lab *lab, const struct lab_request *request,
    enum err reason)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	char *word = xasprintf("reason=%s ", err_name(reason));

	assert_int_equal(exchange.status, 503);
	assert_true(lab_logged(lab, word));
	free(word);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

/* The status that the request is answered with. */
static inline enum pki_status
status_of(struct lab *lab, const struct lab_request *request,
    const struct certificate *signer)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	struct cert_rep cert_rep = assert_cert_rep(lab, request->client, signer,
	    &exchange);
	enum pki_status status = cert_rep.status;

	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
	return status;
}

/* What a refusal is to say. */
struct refusal_wish {
	enum err reason; /* in the log */
	enum fail_info fail_info;
	const char *text;
};

/* The request is refused like that, by a signed FAILURE and in the log, to the
 * client that knows the reply by its transactionID. */
static inline void
assert_refused_with(struct lab *lab, const struct lab_client *client,
    struct bytes message, const struct refusal_wish *wish)
{
	struct scep_exchange exchange = lab_post(lab, message);
	struct cert_rep cert_rep = assert_cert_rep(lab, client, lab->ca,
	    &exchange);
	char *word = xasprintf("result=failure reason=%s ",
	    err_name(wish->reason));

	if (!lab_logged(lab, word))
		fail_msg("want %s: %s", word, buf_string(&lab->log));
	assert_int_equal(cert_rep.status, PKI_STATUS_FAILURE);
	assert_int_equal(cert_rep.fail_info, wish->fail_info);
	assert_same_bytes(buf_bytes(&cert_rep.fail_info_text),
	    bytes_of_string(wish->text));
	free(word);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
}

/* As err_list.h has it. */
static inline void
assert_refused(struct lab *lab, const struct lab_client *client,
    struct bytes message, enum err reason)
{
	const struct refusal_wish wish = { reason, err_fail_info(reason),
		err_public_text(reason) };

	assert_refused_with(lab, client, message, &wish);
}

/* As assert_refused_with and assert_refused, for a request that is made
 * first. */
static inline void
assert_request_refused_with(struct lab *lab, const struct lab_request *request,
    const struct refusal_wish *wish)
{
	struct buf message = lab_request_message(lab, request);

	assert_refused_with(lab, request->client, buf_bytes(&message), wish);
	buf_clear(&message);
}

static inline void
assert_request_refused(struct lab *lab, const struct lab_request *request,
    enum err reason)
{
	struct buf message = lab_request_message(lab, request);

	assert_refused(lab, request->client, buf_bytes(&message), reason);
	buf_clear(&message);
}

/* The certificate that the message gets; the caller's, to
 * certificate_free. */
static inline struct certificate *
assert_issued(struct lab *lab, const struct lab_client *client,
    struct bytes message)
{
	struct scep_exchange exchange = lab_post(lab, message);
	struct cert_rep cert_rep = assert_cert_rep(lab, client, lab->ca,
	    &exchange);
	struct certificate *certificate;

	if (cert_rep.status != PKI_STATUS_SUCCESS)
		fail_msg("refused: %s", buf_string(&lab->log));
	assert_true(lab_logged(lab, " result=success "));
	certificate = lab_client_certificate(&cert_rep);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	return certificate;
}

static inline struct certificate *
assert_request_issued(struct lab *lab, const struct lab_request *request)
{
	struct buf message = lab_request_message(lab, request);
	struct certificate *certificate = assert_issued(lab, request->client,
	    buf_bytes(&message));

	buf_clear(&message);
	return certificate;
}

/* The request is answered by a plain HTTP error. */
static inline void
assert_http_error(struct lab *lab, struct scep_exchange *exchange,
    enum err reason)
{
	char *text = xasprintf("%s\n", err_public_text(reason));
	char *word = xasprintf("result=error reason=%s ", err_name(reason));

	assert_int_equal(exchange->status, err_http_status(reason));
	assert_string_equal(exchange->content_type, "text/plain");
	assert_string_equal(buf_string(&exchange->reply), text);
	if (!lab_logged(lab, word))
		fail_msg("want %s: %s", word, buf_string(&lab->log));
	free(text);
	free(word);
	buf_clear(&exchange->reply);
}

/* One signed attribute's value; its tag is 0 where there is none. */
static inline struct der_element
attribute_of(const struct cms_signed *message, struct bytes oid)
{
	struct der_element value;

	assert_int_equal(cms_signed_attribute(message, oid, &value), ERR_OK);
	return value;
}

#endif
