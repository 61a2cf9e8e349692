/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/transaction.h"

#include "tests/unit/scep_stored.h"

/*
 * Conversations of real clients (tests/vectors), message by message as they
 * were recorded: requests that had to wait, polls, renewals, and questions for
 * what was issued.
 */

#define MANUAL \
	LAB_ENDPOINT(LAB_CA \
	    "enrol = { approval = \"manual\"; challenge = ( " \
	    "{ type = \"static\"; secret = \"secret\"; } ); }; ")
#define KNOWN_ONLY \
	LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "renew = { unknown = \"refuse\"; }; ")

#define MAX_STEPS 5

/* What an operator, or the time, does before a step. */
enum meanwhile {
	NOTHING,
	APPROVED,   /* request 1 */
	REMEMBERED, /* the certificate that the message is signed with */
	REVOKED     /* the same */
};

struct step {
	const char *message; /* of tests/vectors; NULL: there is no more */
	enum err reason;     /* of a FAILURE; ERR_OK: what `key` says */
	const char *key;     /* that opens a SUCCESS; NULL: it is PENDING */
	const char *issued;  /* the key that was certified */
	enum meanwhile meanwhile;
};

static const struct conversation {
	const char *text; /* of the configuration */
	struct step steps[MAX_STEPS];
} conversations[] = {
	{ MANUAL,
	    { { .message = "sscep-pending/message.der" },
		{ .message = "sscep-pending/poll.der" },
		{ .message = "sscep-pending/poll-again.der",
		    .key = "sscep-pending/client.key",
		    .issued = "sscep-pending/client.key",
		    .meanwhile = APPROVED } } },
	{ MANUAL,
	    { { .message = "strongswan-pending/message.der" },
		{ .message = "strongswan-pending/poll.der" },
		{ .message = "strongswan-pending/poll-again.der",
		    .key = "strongswan-pending/client.key",
		    .issued = "strongswan-pending/client.key",
		    .meanwhile = APPROVED } } },
	/* It asks again by the same request. */
	{ MANUAL,
	    { { .message = "certmonger-pending/message.der" },
		{ .message = "certmonger-pending/message.der" },
		{ .message = "certmonger-pending/message.der",
		    .key = "certmonger-pending/client.key",
		    .issued = "certmonger-pending/client.key",
		    .meanwhile = APPROVED } } },
	{ LAB_DEFAULT,
	    { { .message = "sscep-pending/poll.der",
		  .reason = ERR_POLL_UNKNOWN },
		{ .message = "strongswan-pending/poll.der",
		    .reason = ERR_POLL_UNKNOWN } } },
	/* By a certificate that is known by its CA alone. */
	{ LAB_DEFAULT,
	    { { .message = "sscep-ops/message.der",
		  .key = "sscep-ops/client.key",
		  .issued = "sscep-ops/client.key" },
		{ .message = "sscep-ops/get-cert.der",
		    .reason = ERR_CERTIFICATE_UNKNOWN },
		{ .message = "sscep-ops/renewal.der",
		    .key = "sscep-ops/client.key",
		    .issued = "sscep-ops/new.key" } } },
	{ LAB_DEFAULT,
	    { { .message = "sscep-ops/get-cert.der",
		  .key = "sscep-ops/client.key",
		  .issued = "sscep-ops/client.key",
		  .meanwhile = REMEMBERED },
		{ .message = "sscep-ops/renewal.der",
		    .reason = ERR_RENEWAL_REVOKED,
		    .meanwhile = REVOKED } } },
	{ LAB_DEFAULT,
	    { { .message = "strongswan-renew/message.der",
		  .key = "strongswan-renew/client.key",
		  .issued = "strongswan-renew/client.key" },
		{ .message = "strongswan-renew/renewal.der",
		    .key = "strongswan-renew/client.key",
		    .issued = "strongswan-renew/new.key" },
		/* The answer got lost. */
		{ .message = "strongswan-renew/renewal.der",
		    .key = "strongswan-renew/client.key",
		    .issued = "strongswan-renew/new.key" } } },
	{ KNOWN_ONLY,
	    { { .message = "strongswan-renew/renewal.der",
		  .reason = ERR_RENEWAL_UNKNOWN },
		{ .message = "strongswan-renew/renewal.der",
		    .key = "strongswan-renew/client.key",
		    .issued = "strongswan-renew/new.key",
		    .meanwhile = REMEMBERED } } },
	/* It renews with the key that it has, which is none; it is the
	 * challenge that it sends along which makes it an enrolment. */
	{ LAB_DEFAULT,
	    { { .message = "certmonger-rekey/renewal.der",
		.key = "certmonger-rekey/new.key",
		.issued = "certmonger-rekey/new.key" } } },
};

/* What the message is signed with; the caller's, to certificate_free. */
static struct certificate *
signer_of(struct bytes message)
{
	struct cms_signed read = { 0 };
	struct certificate *signer;
	struct buf der = { 0 };

	assert_int_equal(ber_normalise(message, &der), ERR_OK);
	assert_int_equal(cms_signed_read(buf_bytes(&der), &read), ERR_OK);
	signer = read.signer;
	assert_non_null(signer);
	read.signer = NULL;
	cms_signed_clear(&read);
	buf_clear(&der);
	return signer;
}

static void
approve(struct lab *lab, const struct certificate *signer)
{
	(void)signer;
	decide(lab, 1, true, NULL);
}

static void
withdraw(struct lab *lab, const struct certificate *certificate)
{
	assert_int_equal(store_certificate_revoke(lab->store, authority_of(lab),
			     serial_number(certificate->serial), 1, LAB_NOW),
	    ERR_OK);
}

static void (*const meanwhiles[])(struct lab *lab,
    const struct certificate *signer) = {
	[APPROVED] = approve,
	[REMEMBERED] = remember,
	[REVOKED] = withdraw,
};

static void
assert_waits(struct lab *lab, const struct lab_client *client,
    struct bytes message)
{
	struct scep_exchange exchange = lab_post(lab, message);
	struct cert_rep cert_rep = assert_cert_rep(lab, client, lab->ca,
	    &exchange);

	assert_int_equal(cert_rep.status, PKI_STATUS_PENDING);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
}

static void
assert_gets(struct lab *lab, const struct lab_client *client,
    const struct step *step, struct bytes message)
{
	struct certificate *certificate = assert_issued(lab, client, message);
	struct key *key = lab_key(lab, step->issued);

	assert_same_bytes(certificate->spki, key_spki(key));
	key_free(key);
	certificate_free(certificate);
}

static void
take_step(struct lab *lab, const struct step *step)
{
	struct buf message = lab_vector(step->message);
	struct lab_client client = {
		.certificate = signer_of(buf_bytes(&message))
	};

	if (step->key != NULL)
		client.key = lab_key(lab, step->key);
	if (step->meanwhile != NOTHING)
		meanwhiles[step->meanwhile](lab, client.certificate);
	if (step->reason != ERR_OK)
		assert_refused(lab, &client, buf_bytes(&message), step->reason);
	else if (step->key == NULL)
		assert_waits(lab, &client, buf_bytes(&message));
	else
		assert_gets(lab, &client, step, buf_bytes(&message));
	lab_client_clear(&client);
	buf_clear(&message);
}

static void
recorded_conversations_come_to_their_ends(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(conversations); i++) {
		const struct step *step = conversations[i].steps;

		lab_restart(lab, conversations[i].text);
		for (; step->message != NULL; step++)
			take_step(lab, step);
	}
}

/* The answer is sealed with the key that certmonger has given up, which nobody
 * has any more. */
static void
a_recorded_rekey_is_a_renewal(void **state)
{
	struct lab *lab = *state;
	struct buf message = lab_vector("certmonger-rekey/rekey.der");
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));

	if (!lab_logged(lab, " result=success "))
		fail_msg("%s", buf_string(&lab->log));
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_LAB_TEST(recorded_conversations_come_to_their_ends),
		LAB_TEST(a_recorded_rekey_is_a_renewal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
