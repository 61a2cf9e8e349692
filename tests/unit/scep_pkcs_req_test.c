/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "base/base64.h"
#include "crypto/csr.h"
#include "tests/unit/scep_reply.h"

/*
 * First enrolments as real clients sent them (tests/vectors), from the request
 * as it was recorded to the certificate in the client's hands.
 */

#define DAY 86400

static const struct recorded {
	const char *name;
	enum digest digest;
	enum cipher cipher;
} clients[] = {
	{ "strongswan", DIGEST_SHA256, CIPHER_3DES_CBC },
	{ "strongswan-aes", DIGEST_SHA256, CIPHER_AES128_CBC },
	{ "strongswan-pss", DIGEST_SHA256, CIPHER_AES128_CBC },
	{ "certmonger", DIGEST_SHA256, CIPHER_AES256_CBC },
	{ "micromdm", DIGEST_SHA1, CIPHER_DES_CBC },
	{ "micromdm-head", DIGEST_SHA1, CIPHER_DES_CBC },
	{ "sscep", DIGEST_SHA512, CIPHER_AES128_CBC },
};

static struct buf
vector_of(const char *client, const char *file)
{
	char *path = xasprintf("%s/%s", client, file);
	struct buf contents = lab_vector(path);

	free(path);
	return contents;
}

/* Takes `size` bytes from the front of `rest`. */
static struct bytes
take(struct bytes *rest, size_t size)
{
	struct bytes front = bytes_of(rest->data, size);

	*rest = bytes_from(*rest, size);
	return front;
}

static struct bytes
take_until(struct bytes *rest, const char *mark)
{
	const uint8_t *at = memmem(rest->data, rest->size, mark, strlen(mark));
	struct bytes front;

	assert_non_null(at);
	front = take(rest, (size_t)(at - rest->data));
	take(rest, strlen(mark));
	return front;
}

/* The recorded HTTP request; views into `request`. */
static struct scep_exchange
exchange_of(const struct buf *request)
{
	struct bytes rest = buf_bytes(request);
	struct scep_exchange exchange = { 0 };

	exchange.method = take_until(&rest, " ");
	exchange.path = take_until(&rest, "?");
	exchange.query = take_until(&rest, " ");
	take_until(&rest, "\r\n\r\n");
	exchange.body = rest;
	return exchange;
}

/* Digest and cipher are the request's (E5). */
static void
assert_mirrored(const struct lab *lab, const struct recorded *recorded,
    const struct lab_client *client, struct bytes reply)
{
	struct cms_keyring keyring = { .provider = lab->provider,
		.identities = { { client->certificate, client->key } },
		.count = 1 };
	struct algorithms all = { ~0u, ~0u };
	struct cms_envelope_facts facts;
	struct cms_signed message = { 0 };
	struct bytes unknown = { 0 };
	struct buf content = { 0 };
	enum digest digest;

	assert_int_equal(cms_signed_read(reply, &message), ERR_OK);
	assert_int_equal(cms_signed_verify(lab->provider, &message, all,
			     &digest, &unknown),
	    ERR_OK);
	assert_int_equal(digest, recorded->digest);
	assert_int_equal(cms_envelope_open(message.content, &keyring, all,
			     &facts, &content),
	    ERR_OK);
	assert_int_equal(facts.cipher, recorded->cipher);
	/* The recipient is who signed, by its own octets (E6, E7). */
	assert_same_bytes(facts.issuer, client->certificate->issuer);
	assert_same_bytes(facts.serial, client->certificate->serial);
	buf_clear(&content);
	cms_signed_clear(&message);
}

/* transactionID and nonces fit the request's. */
static void
assert_belongs(const struct cert_rep *cert_rep, struct bytes message)
{
	struct cms_signed request = { 0 };
	struct buf der = { 0 };
	struct der_element nonce;

	assert_int_equal(ber_normalise(message, &der), ERR_OK);
	assert_int_equal(cms_signed_read(buf_bytes(&der), &request), ERR_OK);
	assert_same_bytes(buf_bytes(&cert_rep->transaction_id),
	    attribute_of(&request, OID_TRANSACTION_ID).content);
	nonce = attribute_of(&request, OID_SENDER_NONCE);
	assert_same_bytes(buf_bytes(&cert_rep->recipient_nonce), nonce.content);
	assert_int_equal(cert_rep->sender_nonce.size, nonce.content.size);
	assert_false(bytes_equal(buf_bytes(&cert_rep->sender_nonce),
	    nonce.content));
	cms_signed_clear(&request);
	buf_clear(&der);
}

/* The certificate is for the request's subject and key, by the CA. */
static void
assert_certifies(const struct lab *lab, const struct certificate *certificate,
    const char *name)
{
	struct buf der = vector_of(name, "csr.der");
	struct csr *csr = NULL;

	assert_int_equal(csr_read(lab->provider, buf_bytes(&der), &csr),
	    ERR_OK);
	assert_same_bytes(certificate->subject, csr->subject);
	assert_same_bytes(certificate->spki, csr->spki);
	assert_same_bytes(certificate->issuer, lab->ca->subject);
	assert_int_equal(certificate->not_before, LAB_NOW - 600);
	assert_int_equal(certificate->not_after, LAB_NOW + 365 * DAY);
	assert_int_equal(signed_object_verify(lab->provider,
			     &certificate->outer, lab->ca->spki),
	    ERR_OK);
	csr_free(csr);
	buf_clear(&der);
}

static void
enrol(struct lab *lab, const struct recorded *recorded,
    struct scep_exchange *exchange)
{
	struct lab_client client = lab_client_recorded(lab, recorded->name);
	struct buf message = vector_of(recorded->name, "message.der");
	struct certificate *certificate;
	struct cert_rep cert_rep;

	lab_serve(lab, exchange);
	cert_rep = assert_cert_rep(lab, &client, lab->ca, exchange);
	if (cert_rep.status != PKI_STATUS_SUCCESS)
		fail_msg("%s: %s", recorded->name, buf_string(&lab->log));
	assert_mirrored(lab, recorded, &client, buf_bytes(&exchange->reply));
	assert_belongs(&cert_rep, buf_bytes(&message));
	certificate = lab_client_certificate(&cert_rep);
	assert_certifies(lab, certificate, recorded->name);
	certificate_free(certificate);
	cert_rep_clear(&cert_rep);
	lab_client_clear(&client);
	buf_clear(&message);
	buf_clear(&exchange->reply);
}

static void
recorded_requests_are_answered_as_they_were_sent(void **state)
{
	struct lab *lab = *state;

	lab_restart(lab, LAB_ENDPOINT(LAB_CA LAB_CHALLENGE LAB_LEGACY));
	for (size_t i = 0; i < COUNT(clients); i++) {
		struct buf request = vector_of(clients[i].name, "request.bin");
		struct scep_exchange exchange = exchange_of(&request);

		enrol(lab, &clients[i], &exchange);
		buf_clear(&request);
	}
}

/* A spelling of the base64 in a query. */
static void
spell(struct buf *to, struct bytes message, const char *plus, const char *slash,
    const char *line_end)
{
	struct buf text = { 0 };

	base64_append(&text, message);
	buf_append_string(to, "operation=PKIOperation&message=");
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '+')
			buf_append_string(to, plus);
		else if (text.data[i] == '/')
			buf_append_string(to, slash);
		else if (text.data[i] != '=' || *plus != '-')
			buf_append_octet(to, text.data[i]);
		if (i % 64 == 63)
			buf_append_string(to, line_end);
	}
	buf_clear(&text);
}

/* T5: what Cisco, Juniper, iOS, sscep, libscep, jscep and the Go clients make
 * of base64 in a URL. */
static const struct spelling {
	const char *plus;
	const char *slash;
	const char *line_end;
} spellings[] = {
	{ "%2B", "%2F", "" }, { "%2b", "/", "%0A" }, { "+", "/", "" },
	{ " ", "/", "%0D%0A" }, { "%20", "%2f", "%0a" },
	{ "-", "_", "" }, /* base64url, without padding */
};

static void
recorded_messages_are_read_from_any_spelling_of_a_get(void **state)
{
	struct lab *lab = *state;

	lab_restart(lab, LAB_ENDPOINT(LAB_CA LAB_CHALLENGE LAB_LEGACY));
	for (size_t i = 0; i < COUNT(clients); i++) {
		const struct spelling *spelling =
		    &spellings[i % COUNT(spellings)];
		struct buf message = vector_of(clients[i].name, "message.der");
		struct scep_exchange exchange = { 0 };
		struct buf query = { 0 };

		spell(&query, buf_bytes(&message), spelling->plus,
		    spelling->slash, spelling->line_end);
		exchange.query = buf_bytes(&query);
		enrol(lab, &clients[i], &exchange);
		buf_clear(&query);
		buf_clear(&message);
	}
}

static void
every_spelling_of_a_get_is_read(void **state)
{
	struct lab *lab = *state;
	struct buf message = vector_of("sscep", "message.der");

	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct scep_exchange exchange = { 0 };
		struct buf query = { 0 };

		spell(&query, buf_bytes(&message), spellings[i].plus,
		    spellings[i].slash, spellings[i].line_end);
		exchange.query = buf_bytes(&query);
		enrol(lab, &clients[COUNT(clients) - 1], &exchange);
		buf_clear(&query);
	}
	buf_clear(&message);
}

static void
single_des_is_refused_where_it_is_not_written_out(void **state)
{
	struct lab *lab = *state;
	struct lab_client client = lab_client_recorded(lab, "micromdm");
	struct buf message = vector_of("micromdm", "message.der");

	assert_refused(lab, &client, buf_bytes(&message), ERR_CIPHER);
	/* The operator reads which algorithm it was. */
	assert_true(lab_logged(lab, "detail=\"algorithm 1.3.14.3.2.7\""));
	lab_restart(lab,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		"algorithms = (\"strict\", \"des\"); "));
	assert_refused(lab, &client, buf_bytes(&message), ERR_DIGEST);
	assert_true(lab_logged(lab, "detail=\"algorithm 1.3.14.3.2.26\""));
	lab_client_clear(&client);
	buf_clear(&message);
}

/* A CA certificate for the key of the recorded one, with the key usage that
 * serving takes; that one is not of today either. */
static struct certificate *
put_apple_ca(struct lab *lab)
{
	struct certificate *old = lab_certificate("apple-2016/ca.pem");
	struct key *key = lab_key(lab, "apple-2016/ca.key");
	struct certificate_order order = lab_ca_order(key, old->subject);
	struct certificate *made = NULL;
	struct buf der;

	order.serial = old->serial;
	der = lab_issue(&order, key);
	assert_int_equal(certificate_read(buf_bytes(&der), &made), ERR_OK);
	lab_put_pem(lab, "ca.pem", "CERTIFICATE", buf_bytes(&der));
	lab_put_vector(lab, "ca.key", "apple-2016/ca.key");
	certificate_free(old);
	key_free(key);
	buf_clear(&der);
	return made;
}

static void
assert_apple_refused(struct lab *lab, const char *configuration,
    enum err reason)
{
	struct lab_client nobody = { 0 };
	struct buf message = lab_vector("apple-2016/message.der");
	struct scep_exchange exchange;
	struct cert_rep cert_rep;
	char *word = xasprintf("reason=%s ", err_name(reason));

	lab_restart(lab, configuration);
	exchange = lab_post(lab, buf_bytes(&message));
	cert_rep = assert_cert_rep(lab, &nobody, lab->ca, &exchange);
	assert_int_equal(cert_rep.status, PKI_STATUS_FAILURE);
	assert_int_equal(cert_rep.fail_info, FAIL_INFO_BAD_REQUEST);
	assert_int_equal(cert_rep.sender_nonce.size, 8);
	assert_belongs(&cert_rep, buf_bytes(&message));
	if (!lab_logged(lab, word))
		fail_msg("want %s: %s", word, buf_string(&lab->log));
	free(word);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
macos_without_a_challenge_is_opened_and_refused(void **state)
{
	struct lab *lab = *state;

	certificate_free(lab->ca);
	lab->ca = put_apple_ca(lab);
	assert_apple_refused(lab, LAB_DEFAULT, ERR_CHALLENGE_MISSING);
	/* Without a challenge nothing speaks for its second key. */
	assert_apple_refused(lab, LAB_ENDPOINT(LAB_CA LAB_ANONYMOUS),
	    ERR_SIGNER_KEY);
}

/* A request, its parts, a reply and its parts: none of them is for us. */
static const struct sample {
	const char *name;
	int status;
	enum err reason;
} samples[] = {
	{ "scep_req0.der", 400, ERR_DER_TAG },
	{ "scep_req1.der", 400, ERR_SIGNED_TYPE },
	{ "scep_req2.der", 200, ERR_ENVELOPE_DECRYPT },
	{ "scep_resp0.der", 400, ERR_SIGNED_SIGNERS },
	{ "scep_resp1.der", 400, ERR_SIGNED_TYPE },
	{ "scep_resp2.der", 200, ERR_MESSAGE_TYPE },
};

static void
jscep_samples_are_read_and_refused(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct buf message = vector_of("jscep-samples",
		    samples[i].name);
		struct scep_exchange exchange = lab_post(lab,
		    buf_bytes(&message));
		char *word = xasprintf("reason=%s ",
		    err_name(samples[i].reason));

		if (!lab_logged(lab, word))
			fail_msg("%s: want %s: %s", samples[i].name, word,
			    buf_string(&lab->log));
		assert_int_equal(exchange.status, samples[i].status);
		free(word);
		buf_clear(&exchange.reply);
		buf_clear(&message);
	}
}

static void
the_log_says_whom_an_envelope_was_addressed_to(void **state)
{
	struct lab *lab = *state;
	struct buf message = vector_of("jscep-samples", "scep_req2.der");
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));

	if (!lab_logged(lab, "detail=\"addressed to issuer "))
		fail_msg("%s", buf_string(&lab->log));
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(recorded_requests_are_answered_as_they_were_sent),
		LAB_TEST(recorded_messages_are_read_from_any_spelling_of_a_get),
		LAB_TEST(every_spelling_of_a_get_is_read),
		LAB_TEST(single_des_is_refused_where_it_is_not_written_out),
		LAB_TEST(macos_without_a_challenge_is_opened_and_refused),
		LAB_TEST(jscep_samples_are_read_and_refused),
		LAB_TEST(the_log_says_whom_an_envelope_was_addressed_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
