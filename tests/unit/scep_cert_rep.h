/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_CERT_REP_H
#define SCEPD_TESTS_UNIT_SCEP_CERT_REP_H

#include "crypto/sign_guard.h"
#include "tests/unit/scep_reply.h"

/* What the tests of cert_rep_append share: answers made and taken apart. */

/* What an answer needs, as after a request by a recorded client. */
struct fixture {
	struct lab *lab;
	struct lab_client client;
	struct cms_identity ca;
	struct pki_header header;
	struct bytes certificate;
};

static inline int
setup(void **state)
{
	struct fixture *fixture = xalloc(sizeof(*fixture));

	fixture->lab = lab_new();
	fixture->client = lab_client_recorded(fixture->lab, "sscep");
	fixture->ca = (struct cms_identity){ fixture->lab->ca,
		fixture->lab->ca_key };
	fixture->header.signer = fixture->client.certificate;
	fixture->header.transaction_id_tag = DER_PRINTABLE_STRING;
	fixture->certificate = buf_bytes(&fixture->lab->ra->der);
	buf_append_string(&fixture->header.transaction_id, "txid");
	buf_append_string(&fixture->header.sender_nonce, "0123456789abcdef");
	*state = fixture;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *fixture = *state;

	fixture->header.signer = NULL;
	pki_header_clear(&fixture->header);
	lab_client_clear(&fixture->client);
	lab_free(fixture->lab);
	free(fixture);
	return 0;
}

static inline struct cert_rep_order
order_of(const struct fixture *fixture, enum pki_status status)
{
	return (struct cert_rep_order){ .status = status,
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.fail_info_text = BYTES_LITERAL("No."),
		.certificates = &fixture->certificate,
		.certificate_count = 1,
		.signer = &fixture->ca,
		.signing_time = LAB_NOW };
}

/* The answer; the caller's, to buf_clear. */
static inline struct buf
made(const struct fixture *fixture, const struct cert_rep_order *order)
{
	struct buf reply = { 0 };

	assert_int_equal(cert_rep_append(&reply, fixture->lab->provider,
			     &fixture->header, order),
	    ERR_OK);
	return reply;
}

static inline struct buf
made_with(const struct fixture *fixture, enum pki_status status)
{
	struct cert_rep_order order = order_of(fixture, status);

	return made(fixture, &order);
}

static inline struct cert_rep
read_back(const struct fixture *fixture, const struct buf *reply)
{
	struct cert_rep cert_rep = { 0 };

	assert_int_equal(lab_client_read(fixture->lab, &fixture->client,
			     fixture->lab->ca, buf_bytes(reply), &cert_rep),
	    ERR_OK);
	return cert_rep;
}

/* What we write, the key's process must be ready to sign. */
static inline void
assert_may_be_signed(const struct cms_signed *message)
{
	const struct sign_guard guard = { .kinds = SIGN_REPLY,
		.reply_digests = ~0u };
	struct der algorithm = der_of(message->digest_algorithm);
	struct buf set = { 0 };
	enum digest digest;
	enum sign_kind kind;

	assert_int_equal(algorithm_read_digest(&algorithm, &digest, NULL),
	    ERR_OK);
	der_append(&set, DER_SET, message->attributes);
	assert_int_equal(sign_guard_check(&guard, digest, buf_bytes(&set),
			     LAB_NOW, &kind),
	    ERR_OK);
	buf_clear(&set);
}

/* E3: DER through and through; views into `reply`. */
static inline struct cms_signed
taken_apart(const struct buf *reply)
{
	struct cms_signed message = { 0 };
	struct buf der = { 0 };

	assert_int_equal(ber_normalise(buf_bytes(reply), &der), ERR_OK);
	assert_same_bytes(buf_bytes(reply), buf_bytes(&der));
	assert_int_equal(cms_signed_read(buf_bytes(reply), &message), ERR_OK);
	assert_may_be_signed(&message);
	buf_clear(&der);
	return message;
}

#define FIXTURE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
