/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "tests/unit/scep_renewer.h"
#include "tests/unit/scep_stored.h"

/* Renewals by which the old certificate is revoked: renew.revoke. */

#define REVOKE LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "renew = { revoke = true; }; ")
#define SAME_KEY \
	LAB_ENDPOINT(LAB_CA LAB_CHALLENGE \
	    "renew = { revoke = true; same_key = true; }; ")
#define HOLD \
	LAB_ENDPOINT(LAB_CA LAB_CHALLENGE \
	    "renew = { revoke = true; unknown = \"hold\"; }; ")

/* Two names, as a poll has them; these are nobody's. */
#define POLL_DATA "\x30\x04\x30\x00\x30\x00"

static int
setup(void **state)
{
	if (renewer_setup(state) != 0)
		return -1;
	lab_restart(((struct renewer *)*state)->lab, REVOKE);
	return 0;
}

#define RENEWAL_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, renewer_teardown)

/* In the store: when it was revoked and why; 0: it is not. */
static void
assert_stored(struct lab *lab, const struct certificate *certificate,
    int64_t revoked_at, int reason)
{
	struct stored_certificate stored = { 0 };

	assert_int_equal(store_certificate_get(lab->store, authority_of(lab),
			     serial_number(certificate->serial), &stored),
	    ERR_OK);
	assert_int_equal(stored.revoked_at, revoked_at);
	assert_int_equal(stored.reason, reason);
	stored_certificate_clear(&stored);
}

#define ELSEWHERE(renew) \
	"endpoints = ( { path = \"/\"; " LAB_CA LAB_CHALLENGE renew "} );\n"

/* Who has one from an endpoint with weak rules has none by another's. */
static void
another_endpoint_renews_only_what_it_lists(void **state)
{
	struct renewer *renewer = *state;

	lab_restart(renewer->lab, ELSEWHERE(""));
	assert_request_refused(renewer->lab, &renewer->request,
	    ERR_RENEWAL_ENDPOINT);
	lab_restart(renewer->lab,
	    ELSEWHERE("renew = { from = ( \"/other\", \"/scep\" ); }; "));
	certificate_free(asked_anew(renewer, "renewal"));
}

static void
the_old_certificate_is_revoked_with_its_renewal(void **state)
{
	struct renewer *renewer = *state;
	struct certificate *new;

	assert_stored(renewer->lab, renewer->old.certificate, 0, 0);
	new = asked_anew(renewer, "renewal");
	assert_stored(renewer->lab, renewer->old.certificate, LAB_NOW, 4);
	assert_stored(renewer->lab, new, 0, 0);
	certificate_free(new);
	/* It renews nothing any more. */
	renewer->request.transaction_id = BYTES_LITERAL("another");
	assert_request_refused(renewer->lab, &renewer->request,
	    ERR_RENEWAL_REVOKED);
}

/* The answer was lost. */
static void
the_same_renewal_again_gets_its_answer_though_its_signer_is_revoked(
    void **state)
{
	struct renewer *renewer = *state;
	struct certificate *new = asked_anew(renewer, "renewal"), *again;

	for (size_t i = 0; i < 2; i++) {
		again = asked_anew(renewer, "renewal");
		assert_same_bytes(buf_bytes(&again->der), buf_bytes(&new->der));
		certificate_free(again);
		/* And then by a poll. */
		renewer->request.message_type = "20";
		renewer->request.data = BYTES_LITERAL(POLL_DATA);
	}
	assert_stored(renewer->lab, new, 0, 0);
	certificate_free(new);
}

/* Not asked to, by a renewal that is none, or by one that is refused. */
static void
otherwise_it_stays_valid(void **state)
{
	static const struct row {
		const char *conf;
		const char *challenge;
		enum err expected;
	} rows[] = {
		{ LAB_DEFAULT, "", ERR_OK },
		{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		      "renew = { revoke = true; window = \"1h\"; }; "),
		    "secret", ERR_OK },
		{ LAB_ENDPOINT(LAB_CA LAB_CHALLENGE
		      "renew = { revoke = true; window = \"1h\"; }; "),
		    "", ERR_RENEWAL_EARLY },
	};
	struct renewer *renewer = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[] = { (char)('a' + i), '\0' };

		lab_restart(renewer->lab, rows[i].conf);
		renewer->request.transaction_id = bytes_of_string(id);
		renewer->request.challenge = bytes_of_string(rows[i].challenge);
		if (rows[i].expected == ERR_OK)
			certificate_free(assert_request_issued(renewer->lab,
			    &renewer->request));
		else
			assert_request_refused(renewer->lab, &renewer->request,
			    rows[i].expected);
		assert_stored(renewer->lab, renewer->old.certificate, 0, 0);
	}
}

/* One after the other, each by the one before it. */
static void
the_same_key_is_not_barred_by_its_own_renewals(void **state)
{
	struct renewer *renewer = *state;
	struct lab_client at = { .key = renewer->old.key };
	struct certificate *last = renewer->old.certificate;

	lab_restart(renewer->lab, SAME_KEY);
	renewer->request.client = &at;
	renewer->request.key = at.key;
	for (size_t i = 0; i < 3; i++) {
		char id[] = { (char)('a' + i), '\0' };

		at.certificate = last;
		last = asked_anew(renewer, id);
		assert_stored(renewer->lab, at.certificate, LAB_NOW, 4);
		assert_stored(renewer->lab, last, 0, 0);
		if (i > 0)
			certificate_free(at.certificate);
	}
	certificate_free(last);
}

/* By a store that does not know the old one until then. */
static void
while_a_renewal_is_held_the_old_one_stays_valid(void **state)
{
	struct renewer *renewer = *state;
	struct lab *lab = renewer->lab;
	struct scep_exchange exchange;
	struct buf message = lab_request_message(lab, &renewer->request);

	lab->keeps_store = false;
	lab_restart(lab, HOLD);
	exchange = lab_post(lab, buf_bytes(&message));
	assert_true(lab_logged(lab, "result=pending "));
	buf_clear(&exchange.reply);
	remember(lab, renewer->old.certificate);
	decide(lab, 1, true, "");
	assert_stored(lab, renewer->old.certificate, 0, 0);
	certificate_free(asked_anew(renewer, "renewal"));
	assert_stored(lab, renewer->old.certificate, LAB_NOW, 4);
	buf_clear(&message);
}

/* Nobody here could tell whether it was revoked by others. */
static void
one_that_is_not_known_here_is_left_alone(void **state)
{
	struct renewer *renewer = *state;
	struct store_counts counts = { 0 };

	renewer->lab->keeps_store = false;
	lab_restart(renewer->lab, REVOKE);
	certificate_free(asked_anew(renewer, "renewal"));
	assert_int_equal(store_count(renewer->lab->store, &counts), ERR_OK);
	assert_int_equal(counts.certificates, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RENEWAL_TEST(another_endpoint_renews_only_what_it_lists),
		RENEWAL_TEST(the_old_certificate_is_revoked_with_its_renewal),
		RENEWAL_TEST(
		    the_same_renewal_again_gets_its_answer_though_its_signer_is_revoked),
		RENEWAL_TEST(otherwise_it_stays_valid),
		RENEWAL_TEST(the_same_key_is_not_barred_by_its_own_renewals),
		RENEWAL_TEST(while_a_renewal_is_held_the_old_one_stays_valid),
		RENEWAL_TEST(one_that_is_not_known_here_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
