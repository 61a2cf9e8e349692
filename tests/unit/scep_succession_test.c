/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/succession.h"

#include <stdlib.h>

#include "crypto/cms_certs.h"
#include "crypto/name.h"
#include "tests/unit/scep_stored.h"

/*
 * A device, its CA, and the CA that comes after it, which has the same name:
 * before the change, after it, and when the old CA is a former one.
 */

#define NEXT_CA \
	"ca = { backend = \"file\"; certificate = \"next.pem\"; " \
	"key = \"next.key\"; }; "
#define NEXT(from) "next = { from = \"" from "\"; " NEXT_CA "}; "
#define FORMER(key) "former = ( { certificate = \"ca.pem\"; " key "} ); "

/* LAB_NOW is 2026-12-01. */
#define STAGED LAB_ENDPOINT(LAB_CA LAB_CHALLENGE NEXT("2027-01-01"))
#define CHANGED LAB_ENDPOINT(LAB_CA LAB_CHALLENGE NEXT("2026-11-30"))
#define CHANGED_LONG_AGO \
	LAB_ENDPOINT(LAB_CA LAB_CHALLENGE \
	    "next = { from = \"2026-11-30\"; overlap = \"24h\"; " NEXT_CA \
	    "}; ")
#define MOVED LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE FORMER(""))
#define MOVED_WITH_KEY \
	LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE \
		FORMER("key = \"ca.key\"; until = \"2026-12-02\"; "))
#define MOVED_LONG_AGO \
	LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE \
		FORMER("key = \"ca.key\"; until = \"2026-12-01\"; "))

struct change {
	struct device *device;
	struct certificate *next;
	struct key *next_key;
};

static void
put_next(struct change *change, struct lab *lab)
{
	struct certificate_order order;
	struct buf der;

	change->next_key = lab_key(lab, "certmonger/client.key");
	order = lab_ca_order(change->next_key, lab->ca->subject);
	order.subject_key_id = BYTES_LITERAL("next");
	order.serial = BYTES_LITERAL("\x02");
	der = lab_issue(&order, change->next_key);
	assert_int_equal(certificate_read(buf_bytes(&der), &change->next),
	    ERR_OK);
	lab_put_pem(lab, "next.pem", "CERTIFICATE", buf_bytes(&der));
	lab_put_vector(lab, "next.key", "certmonger/client.key");
	buf_clear(&der);
	/* One that devices could take for the present one. */
	order.serial = lab->ca->serial;
	der = lab_issue(&order, change->next_key);
	lab_put_pem(lab, "twin.pem", "CERTIFICATE", buf_bytes(&der));
	buf_clear(&der);
}

/* It begins with what the device got from the present CA. */
static int
change_setup(void **state)
{
	struct change *change = xalloc(sizeof(*change));
	void *device;

	if (device_setup(&device) != 0)
		return -1;
	change->device = device;
	change->device->lab->keeps_store = true;
	put_next(change, change->device->lab);
	*state = change;
	return 0;
}

static int
change_teardown(void **state)
{
	struct change *change = *state;
	void *device = change->device;

	certificate_free(change->next);
	key_free(change->next_key);
	free(change);
	return device_teardown(&device);
}

#define CHANGE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, change_setup, change_teardown)

/* What comes of the request, sealed for one CA; the other or the same one has
 * answered, and has issued what is in a SUCCESS. */
static enum pki_status
ask(struct change *change, const struct certificate *recipient,
    const struct certificate *answering)
{
	struct device *device = change->device;
	struct certificate *certificate;
	struct scep_exchange exchange;
	struct cert_rep cert_rep;
	enum pki_status status;
	struct buf message;

	device->request.recipient = recipient;
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	cert_rep = assert_cert_rep(device->lab, device->request.client,
	    answering, &exchange);
	status = cert_rep.status;
	if (status == PKI_STATUS_SUCCESS) {
		certificate = lab_client_certificate(&cert_rep);
		assert_int_equal(signed_object_verify(device->lab->provider,
				     &certificate->outer, answering->spki),
		    ERR_OK);
		certificate_free(certificate);
	}
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
	return status;
}

static struct scep_exchange
get(struct lab *lab, const char *query)
{
	struct scep_exchange exchange = { .query = bytes_of_string(query) };

	lab_serve(lab, &exchange);
	return exchange;
}

static bool
announces_next(struct lab *lab)
{
	struct scep_exchange exchange = get(lab, "operation=GetCACaps");
	bool found = strstr(buf_string(&exchange.reply), "GetNextCACert\n") !=
	    NULL;

	buf_clear(&exchange.reply);
	return found;
}

static void
assert_ca(struct lab *lab, const struct certificate *ca)
{
	struct scep_exchange exchange = get(lab, "operation=GetCACert");

	assert_same_bytes(buf_bytes(&exchange.reply), buf_bytes(&ca->der));
	buf_clear(&exchange.reply);
}

/* As a client reads it: signed by the CA that it knows. */
static void
assert_next_is(struct lab *lab, const struct certificate *signer,
    const struct certificate *next)
{
	static const struct algorithms all = { ~0u, ~0u };
	struct scep_exchange exchange = get(lab,
	    "operation=GetNextCACert&message=ca");
	struct cms_signed message = { 0 };
	struct bytes certificate, unknown = { 0 };
	enum digest digest;
	size_t count;

	assert_int_equal(exchange.status, 200);
	assert_string_equal(exchange.content_type,
	    "application/x-x509-next-ca-cert");
	assert_int_equal(cms_signed_read(buf_bytes(&exchange.reply), &message),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&message.signer->der),
	    buf_bytes(&signer->der));
	assert_int_equal(cms_signed_verify(lab->provider, &message, all,
			     &digest, &unknown),
	    ERR_OK);
	assert_int_equal(cms_certs_read(message.content, &certificate, 1,
			     &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	assert_same_bytes(certificate, buf_bytes(&next->der));
	cms_signed_clear(&message);
	buf_clear(&exchange.reply);
}

static void
assert_no_next(struct lab *lab)
{
	struct scep_exchange exchange = get(lab, "operation=GetNextCACert");

	assert_http_error(lab, &exchange, ERR_NEXT_CA_NONE);
	assert_false(announces_next(lab));
}

static void
a_next_ca_is_announced_until_it_begins(void **state)
{
	static const char *const without[] = { LAB_DEFAULT, CHANGED, MOVED };
	struct change *change = *state;
	struct lab *lab = change->device->lab;

	lab_restart(lab, STAGED);
	assert_true(announces_next(lab));
	assert_next_is(lab, lab->ca, change->next);
	assert_ca(lab, lab->ca);
	for (size_t i = 0; i < COUNT(without); i++) {
		lab_restart(lab, without[i]);
		assert_no_next(lab);
		assert_ca(lab, i == 0 ? lab->ca : change->next);
	}
}

static void
the_answer_is_signed_by_the_ra_where_there_is_one(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;

	lab_restart(lab,
	    LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE NEXT("2027-01-01")));
	assert_next_is(lab, lab->ra, change->next);
}

/* Nothing is restarted for it. */
static void
the_next_ca_begins_by_itself(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;
	const struct certificate *const cas[] = { lab->ca, change->next };

	lab_restart(lab, STAGED);
	/* 2026-12-31T23:59:59Z, and a second later. */
	for (int i = 0; i < 2; i++) {
		struct scep_exchange exchange = {
			.query = BYTES_LITERAL("operation=GetCACert"),
			.received_at = 1798761599 + i,
		};

		lab_serve(lab, &exchange);
		assert_same_bytes(buf_bytes(&exchange.reply),
		    buf_bytes(&cas[i]->der));
		buf_clear(&exchange.reply);
	}
}

/* RFC 8894 section 4.7: who asks the next CA gets its certificate already. */
static void
requests_go_to_the_ca_that_they_are_sealed_for(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;

	lab_restart(lab, STAGED);
	assert_int_equal(ask(change, lab->ca, lab->ca), PKI_STATUS_SUCCESS);
	change->device->request.transaction_id = BYTES_LITERAL("another");
	assert_int_equal(ask(change, change->next, change->next),
	    PKI_STATUS_SUCCESS);
}

/* Who still has the old CA's certificate gets a new one for a while. */
static void
the_old_keys_open_requests_for_a_while(void **state)
{
	static const struct {
		const char *text;
		enum pki_status status;
	} rows[] = {
		{ CHANGED, PKI_STATUS_SUCCESS },
		{ CHANGED_LONG_AGO, PKI_STATUS_FAILURE },
		{ MOVED, PKI_STATUS_FAILURE },
		{ MOVED_WITH_KEY, PKI_STATUS_SUCCESS },
		{ MOVED_LONG_AGO, PKI_STATUS_FAILURE },
	};
	struct change *change = *state;
	struct lab *lab = change->device->lab;

	for (size_t i = 0; i < COUNT(rows); i++) {
		lab_restart(lab, rows[i].text);
		assert_int_equal(ask(change, lab->ca, change->next),
		    rows[i].status);
		assert_int_equal(ask(change, change->next, change->next),
		    PKI_STATUS_SUCCESS);
	}
}

/* What the device got before; its key is another one's now. */
static struct lab_client
enrolled(struct change *change)
{
	return (struct lab_client){
		.key = change->device->client.key,
		.certificate = assert_request_issued(change->device->lab,
		    &change->device->request),
	};
}

static void
certificates_of_the_old_ca_renew_themselves(void **state)
{
	static const char *const rows[] = { STAGED, CHANGED, CHANGED_LONG_AGO,
		MOVED };
	struct change *change = *state;
	struct lab *lab = change->device->lab;
	struct lab_client old = enrolled(change);
	struct key *key = lab_key(lab, "sscep/client.key");

	change->device->request.client = &old;
	change->device->request.key = key;
	change->device->request.challenge = bytes_of(NULL, 0);
	change->device->request.message_type = "17";
	for (size_t i = 0; i < COUNT(rows); i++) {
		lab_restart(lab, rows[i]);
		change->device->request.transaction_id =
		    bytes_of_string(i == 0 ? "a" : rows[i]);
		change->device->request.transaction_id.size = 1 + i;
		assert_int_equal(ask(change, i == 0 ? lab->ca : change->next,
				     i == 0 ? lab->ca : change->next),
		    PKI_STATUS_SUCCESS);
	}
	key_free(key);
	certificate_free(old.certificate);
}

/* It is among the old CA's that it counts as revoked. */
static void
certificates_of_the_old_ca_are_revoked_by_their_renewal(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;
	struct lab_client old = enrolled(change);
	struct key *key = lab_key(lab, "sscep/client.key");
	struct stored_certificate stored = { 0 };

	change->device->request.client = &old;
	change->device->request.key = key;
	lab_restart(lab,
	    LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE
		    FORMER("") "renew = { revoke = true; }; "));
	assert_int_equal(ask(change, change->next, change->next),
	    PKI_STATUS_SUCCESS);
	assert_int_equal(store_certificate_get(lab->store, authority_of(lab),
			     serial_number(old.certificate->serial), &stored),
	    ERR_OK);
	assert_int_equal(stored.reason, 4);
	assert_int_equal(stored.revoked_at, LAB_NOW);
	stored_certificate_clear(&stored);
	key_free(key);
	certificate_free(old.certificate);
}

static void
certificates_of_the_old_ca_are_still_given(void **state)
{
	static const char *const rows[] = { STAGED, CHANGED, MOVED };
	struct change *change = *state;
	struct device *device = change->device;
	struct lab_client old = enrolled(change);
	struct buf wanted = { 0 };
	size_t start = der_open(&wanted, DER_SEQUENCE);

	buf_append(&wanted, device->lab->ca->subject);
	der_append_unsigned(&wanted, old.certificate->serial);
	der_close(&wanted, start);
	device->request.message_type = "21";
	device->request.data = buf_bytes(&wanted);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct certificate *ca = i == 0 ? device->lab->ca :
							change->next;
		struct buf message;
		struct scep_exchange exchange;
		struct cert_rep cert_rep;
		struct certificate *given;

		lab_restart(device->lab, rows[i]);
		device->request.recipient = ca;
		message = lab_request_message(device->lab, &device->request);
		exchange = lab_post(device->lab, buf_bytes(&message));
		cert_rep = assert_cert_rep(device->lab, &device->client, ca,
		    &exchange);
		assert_int_equal(cert_rep.status, PKI_STATUS_SUCCESS);
		given = lab_client_certificate(&cert_rep);
		assert_same_bytes(buf_bytes(&given->der),
		    buf_bytes(&old.certificate->der));
		certificate_free(given);
		cert_rep_clear(&cert_rep);
		buf_clear(&exchange.reply);
		buf_clear(&message);
	}
	certificate_free(old.certificate);
	buf_clear(&wanted);
}

/* A process that ended before the change has left something to be signed. */
static void
what_the_old_ca_has_begun_it_ends(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;
	const struct certificate *const cas[] = { lab->ca, change->next };
	struct succession succession = {
		.provider = lab->provider,
	};
	struct certificate_order order = lab_ca_order(change->next_key,
	    lab->ca->subject);
	struct problems *problems = problems_new();
	struct conf *conf = NULL;
	char *path = xasprintf("%s/order.conf", lab->folder);
	struct succession_sections sections = { .path = "/scep" };
	const struct crypto_setup setup = { .provider = lab->provider,
		.now = LAB_NOW };
	static const struct conf_key keys[] = {
		{ .name = "ca", .type = CONF_SECTION },
		{ .name = "next",
		    .type = CONF_SECTION,
		    .offset = sizeof(struct conf_section *) },
		{ 0 },
	};
	const struct conf_section *found[2] = { NULL, NULL };

	lab_put(lab, "order.conf", bytes_of_string(LAB_CA NEXT("2026-11-30")),
	    0600);
	assert_int_equal(conf_open(path, &conf, problems), ERR_OK);
	assert_int_equal(conf_read(conf_root(conf), keys, found, problems),
	    ERR_OK);
	sections.present.ca = found[0];
	sections.next = found[1];
	if (succession_open(&sections, &setup, &succession, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	for (size_t i = 0; i < COUNT(cas); i++) {
		struct buf tbs = { 0 }, key_id = { 0 };

		assert_int_equal(certificate_key_id(lab->provider, cas[i],
				     &key_id),
		    ERR_OK);
		order.authority_key_id = buf_bytes(&key_id);
		certificate_append_tbs(&tbs, &order, SIGNATURE_RSA,
		    DIGEST_SHA256);
		assert_same_bytes(buf_bytes(&authority_certificate(
				      succession_preparer(&succession,
					  buf_bytes(&tbs)))
						 ->der),
		    buf_bytes(&cas[i]->der));
		buf_clear(&key_id);
		buf_clear(&tbs);
	}
	succession_clear(&succession);
	conf_free(conf);
	free(path);
	problems_free(problems);
}

static void
none_of_their_names_and_keys_is_certified(void **state)
{
	static const char *const rows[] = { STAGED, CHANGED, MOVED };
	struct change *change = *state;
	struct lab *lab = change->device->lab;
	struct key *const keys[] = { lab->ca_key, change->next_key };

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(keys); j++) {
			const struct certificate *ca = i == 0 ? lab->ca :
								change->next;

			lab_restart(lab, rows[i]);
			change->device->request.key = keys[j];
			assert_int_equal(ask(change, ca, ca),
			    PKI_STATUS_FAILURE);
			assert_true(lab_logged(lab, "reason=key-of-ca "));
		}
}

static const struct {
	const char *text;
	const char *finding;
} refused[] = {
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "next = { " NEXT_CA "}; "),
	    "from" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "next = { from = \"soon\"; " NEXT_CA
					    "}; "),
	    "must be a date in quotes" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "next = { from = \"2027-01-01\"; " LAB_CA "}; "),
	    "has the same key as the present one" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "next = { from = \"2027-01-01\"; " LAB_SIGNING_CA "}; "),
	    "keyUsage lacks digitalSignature or keyEncipherment" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE NEXT("2050-01-01")), "expired" },
	{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
	      "next = { from = \"2027-01-01\"; ca = { backend = \"file\"; "
	      "certificate = \"twin.pem\"; key = \"next.key\"; }; }; "),
	    "has the same issuer and serial number" },
	{ LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE FORMER("key = \"ca.key\"; ")),
	    "go together" },
	{ LAB_ENDPOINT(
	      NEXT_CA LAB_CHALLENGE FORMER("until = \"2027-01-01\"; ")),
	    "go together" },
	{ LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE
		  FORMER("key = \"ra.key\"; until = \"2027-01-01\"; ")),
	    "is not the private key" },
	{ LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE
	      "former = ( { certificate = \"ra.pem\"; } ); "),
	    "is no CA certificate" },
	{ LAB_ENDPOINT(NEXT_CA LAB_CHALLENGE
	      "former = ( { certificate = \"ca.pem\"; }, { certificate = "
	      "\"ca.pem\"; }, { certificate = \"ca.pem\"; }, { certificate = "
	      "\"ca.pem\"; }, { certificate = \"ca.pem\"; } ); "),
	    "more than 4 former CAs" },
};

static void
a_start_refuses_what_could_not_follow(void **state)
{
	struct change *change = *state;
	struct lab *lab = change->device->lab;

	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();

		if (lab_start(lab, refused[i].text, problems) !=
		    ERR_CONFIGURATION)
			fail_msg("starts: %s", refused[i].text);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("want %s: %s", refused[i].finding,
			    problems_text(problems));
		problems_free(problems);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CHANGE_TEST(a_next_ca_is_announced_until_it_begins),
		CHANGE_TEST(the_answer_is_signed_by_the_ra_where_there_is_one),
		CHANGE_TEST(the_next_ca_begins_by_itself),
		CHANGE_TEST(requests_go_to_the_ca_that_they_are_sealed_for),
		CHANGE_TEST(the_old_keys_open_requests_for_a_while),
		CHANGE_TEST(certificates_of_the_old_ca_renew_themselves),
		CHANGE_TEST(
		    certificates_of_the_old_ca_are_revoked_by_their_renewal),
		CHANGE_TEST(certificates_of_the_old_ca_are_still_given),
		CHANGE_TEST(what_the_old_ca_has_begun_it_ends),
		CHANGE_TEST(none_of_their_names_and_keys_is_certified),
		CHANGE_TEST(a_start_refuses_what_could_not_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
