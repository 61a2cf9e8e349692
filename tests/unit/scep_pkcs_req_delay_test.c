/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge.h"
#include "scep/guesses.h"
#include "store/store.h"
#include "tests/unit/scep_renewer.h"

/*
 * Wrong challenges slow down whoever sends them, asked through the whole of
 * scep/; and nobody else, nor what needs no challenge.
 */

static const struct guess_limits limits = { true, { 3, 600, 60 }, 0 };

#define ENROL \
	"enrol = { challenge = ( { type = \"static\"; secret = \"secret\"; }" \
	" ); approval = \"manual\"; }; "

/* A poll's, and nobody's. */
#define TWO_NAMES "\x30\x04\x30\x00\x30\x00"

#define MINTED "KQ7M-2XRT-88VP-ANNE"

struct asked {
	const char *peer; /* NULL: 192.0.2.7 */
	const char *challenge;
	int64_t at; /* seconds after LAB_NOW */
	enum err expected;
	int64_t retry_after;
};

/* What comes of the message; the time and the peer are `asked`'s. */
static void
assert_answer(struct lab *lab, const struct lab_request *request,
    const struct asked *asked)
{
	struct buf message = lab_request_message(lab, request);
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("POST"),
		.query = BYTES_LITERAL("operation=PKIOperation"),
		.body = buf_bytes(&message),
		.received_at = LAB_NOW + asked->at,
		.peer = bytes_of_string(asked->peer),
	};
	char *word = xasprintf(" result=%s reason=%s ",
	    asked->retry_after > 0 ? "error" : "failure",
	    err_name(asked->expected));

	lab_serve(lab, &exchange);
	if (!lab_logged(lab,
		asked->expected == ERR_OK ? " result=success " : word))
		fail_msg("at %d: %s", (int)asked->at, buf_string(&lab->log));
	assert_int_equal(exchange.status, asked->retry_after > 0 ? 503 : 200);
	assert_int_equal(exchange.retry_after, asked->retry_after);
	if (asked->retry_after > 0)
		assert_string_equal(buf_string(&exchange.reply),
		    "Too many wrong challenge passwords came from here; try "
		    "again later.\n");
	free(word);
	buf_clear(&exchange.reply);
	buf_clear(&message);
}

static void
assert_enrolment(struct device *device, const struct asked *asked)
{
	device->request.challenge = bytes_of_string(asked->challenge);
	assert_answer(device->lab, &device->request, asked);
}

static void
open_slow(struct lab *lab, const char *settings)
{
	lab->guesses = guesses_new(&limits, lab->provider, -1);
	lab_restart(lab, settings);
}

static void
guess_until_slowed(struct device *device)
{
	static const struct asked guess = { .challenge = "wrong",
		.expected = ERR_CHALLENGE_WRONG };
	static const struct asked late = { .challenge = "wrong",
		.expected = ERR_CHALLENGE_DELAYED,
		.retry_after = 1 };

	for (unsigned i = 0; i < limits.backoff.tries; i++)
		assert_enrolment(device, &guess);
	assert_enrolment(device, &late);
}

static void
the_right_one_gets_through_when_the_wait_is_over(void **state)
{
	static const struct asked rows[] = {
		{ NULL, "wrong", 0, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "", 0, ERR_CHALLENGE_MISSING, 0 },
		{ NULL, "wrong", 0, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "wrong", 0, ERR_CHALLENGE_WRONG, 0 },
		/* Whether it is right or not, */
		{ NULL, "secret", 0, ERR_CHALLENGE_DELAYED, 1 },
		{ NULL, "wrong", 0, ERR_CHALLENGE_DELAYED, 1 },
		{ NULL, "wrong", 1, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "secret", 1, ERR_CHALLENGE_DELAYED, 2 },
		{ NULL, "secret", 2, ERR_CHALLENGE_DELAYED, 1 },
		/* but not where there is none, nor for another. */
		{ NULL, "", 2, ERR_CHALLENGE_MISSING, 0 },
		{ "192.0.2.8", "wrong", 2, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "secret", 3, ERR_OK, 0 },
		/* Forgiven. */
		{ NULL, "wrong", 3, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "wrong", 3, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "wrong", 3, ERR_CHALLENGE_WRONG, 0 },
		{ NULL, "wrong", 3, ERR_CHALLENGE_DELAYED, 1 },
		{ "192.0.2.8", "secret", 3, ERR_OK, 0 },
	};
	struct device *device = *state;

	open_slow(device->lab, LAB_DEFAULT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[10];

		snprintf(id, sizeof(id), "%zu", i);
		device->request.transaction_id = bytes_of_string(id);
		assert_enrolment(device, &rows[i]);
	}
	guesses_free(device->lab->guesses);
}

/* Whoever may not know whether a challenge is right must not learn it from
 * what else is wrong. */
static void
no_other_reason_tells_what_the_challenge_is(void **state)
{
	static const struct asked late = { .challenge = "secret",
		.expected = ERR_CHALLENGE_DELAYED,
		.retry_after = 1 };
	static const struct asked in_time = { .challenge = "secret",
		.at = 1,
		.expected = ERR_KEY_SIZE };
	static const struct asked again = { .challenge = "secret",
		.at = 1,
		.expected = ERR_CHALLENGE_DELAYED,
		.retry_after = 1 };
	struct device *device = *state;
	struct key *key = lab_key(device->lab, "keys/rsa.pem");

	open_slow(device->lab, LAB_DEFAULT);
	guess_until_slowed(device);
	device->request.key = key;
	assert_enrolment(device, &late);
	assert_enrolment(device, &in_time);
	assert_enrolment(device, &again);
	key_free(key);
	guesses_free(device->lab->guesses);
}

static void
assert_pending(struct lab *lab, struct bytes message)
{
	struct scep_exchange exchange = lab_post(lab, message);

	assert_int_equal(exchange.status, 200);
	if (!lab_logged(lab, " result=pending "))
		fail_msg("%s", buf_string(&lab->log));
	buf_clear(&exchange.reply);
}

static void
the_same_again_and_polls_are_answered(void **state)
{
	struct device *device = *state;
	struct buf message, poll;

	open_slow(device->lab, LAB_ENDPOINT(LAB_CA ENROL));
	message = lab_request_message(device->lab, &device->request);
	assert_pending(device->lab, buf_bytes(&message));
	device->request.transaction_id = BYTES_LITERAL("another");
	guess_until_slowed(device);
	assert_pending(device->lab, buf_bytes(&message));
	device->request.transaction_id = BYTES_LITERAL("transaction");
	device->request.message_type = "20";
	device->request.data = BYTES_LITERAL(TWO_NAMES);
	poll = lab_request_message(device->lab, &device->request);
	assert_pending(device->lab, buf_bytes(&poll));
	buf_clear(&message);
	buf_clear(&poll);
	guesses_free(device->lab->guesses);
}

/* Which nobody can guess: it is of no use to make the one wait who has it,
 * because somebody else behind his NAT guesses. */
static void
a_challenge_that_was_minted_gets_through_at_once(void **state)
{
	static const struct asked minted = { .challenge = MINTED };
	static const struct asked late = { .challenge = "secret",
		.expected = ERR_CHALLENGE_DELAYED,
		.retry_after = 1 };
	struct device *device = *state;
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
	const struct challenge_record record = { .hash = BYTES_ARRAY(hash),
		.endpoint = "/scep",
		.uses = 1,
		.expires_at = LAB_NOW + 60 };

	open_slow(device->lab,
	    LAB_ENDPOINT(LAB_CA "enrol = { challenge = ( "
				"{ type = \"static\"; secret = \"secret\"; }, "
				"{ type = \"one-time\"; } ); }; "));
	challenge_password_hash(device->lab->provider, BYTES_LITERAL(MINTED),
	    hash);
	assert_int_equal(store_challenges_add(device->lab->store, &record, 1,
			     LAB_NOW),
	    ERR_OK);
	guess_until_slowed(device);
	assert_enrolment(device, &minted);
	/* It forgives nobody. */
	device->request.transaction_id = BYTES_LITERAL("another");
	assert_enrolment(device, &late);
	guesses_free(device->lab->guesses);
}

/* One where nothing is asked for, too, whatever came to others. */
static void
an_anonymous_endpoint_slows_nobody_down(void **state)
{
	static const struct asked one = { .challenge = "whatever" };
	struct device *device = *state;

	open_slow(device->lab,
	    "endpoints = ( { path = \"/other\"; " LAB_CA LAB_CHALLENGE
	    " }, { path = \"/scep\"; " LAB_CA LAB_ANONYMOUS " } );");
	for (unsigned i = 0; i < 10; i++)
		assert_enrolment(device, &one);
	guesses_free(device->lab->guesses);
}

static void
renewals_are_slowed_down_only_where_they_need_a_challenge(void **state)
{
	static const struct asked fine = { .at = 0 };
	static const struct asked late = { .expected = ERR_CHALLENGE_DELAYED,
		.retry_after = 1 };
	struct renewer *renewer = *state;

	open_slow(renewer->lab, LAB_DEFAULT);
	renewer->device->request.transaction_id = BYTES_LITERAL("guess");
	guess_until_slowed(renewer->device);
	renewer->request.challenge = BYTES_LITERAL("whatever");
	assert_answer(renewer->lab, &renewer->request, &fine);
	lab_restart(renewer->lab,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "renew = { challenge = true; "
					      "same_key = true; }; "));
	renewer->request.transaction_id = BYTES_LITERAL("next");
	renewer->request.challenge = BYTES_LITERAL("secret");
	assert_answer(renewer->lab, &renewer->request, &late);
	guesses_free(renewer->lab->guesses);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(the_right_one_gets_through_when_the_wait_is_over),
		DEVICE_TEST(no_other_reason_tells_what_the_challenge_is),
		DEVICE_TEST(the_same_again_and_polls_are_answered),
		DEVICE_TEST(a_challenge_that_was_minted_gets_through_at_once),
		DEVICE_TEST(an_anonymous_endpoint_slows_nobody_down),
		cmocka_unit_test_setup_teardown(
		    renewals_are_slowed_down_only_where_they_need_a_challenge,
		    renewer_setup, renewer_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
